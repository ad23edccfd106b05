"""Snapshots of EBS volumes before they are deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eks_blueprints.lifecycle.teardown.actions.claims import Claim
from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster
from eks_blueprints.lifecycle.teardown.run import Run, UnfinishedError
from eks_blueprints.lifecycle.teardown.search import CLAIM, KEEP
from eks_blueprints.live.account import refusals
from eks_blueprints.live.tags import tag_rows


def take(run: Run, cluster: PlannedCluster, found: Sequence[Claim]) -> None:
    """Take one of each volume that has none from an earlier run, and wait until all are complete.

    Raises:
        UnfinishedError: if one fails, or takes too long.
        LiveError: if AWS refuses.
    """
    ec2: Any = run.session(cluster.region).client("ec2")
    there = _taken(ec2, cluster)
    for claim in found:
        if claim.handle is None or claim.handle in there:
            continue
        marks = {"Name": f"{cluster.name} {claim.shown}", KEEP: cluster.name, CLAIM: claim.shown}
        with refusals(f"snapshot volume {claim.handle}"):
            made = ec2.create_snapshot(
                VolumeId=claim.handle,
                Description=f"Of claim {claim.shown}, before cluster {cluster.name} was deleted",
                TagSpecifications=[{"ResourceType": "snapshot", "Tags": tag_rows(marks)}],
            )
        run.say(f"takes snapshot {made['SnapshotId']} of claim {claim}")
    wanted = {claim.handle for claim in found}
    run.wait(
        "snapshots",
        lambda: _incomplete(ec2, cluster, wanted),
        lambda: "large volumes take hours: run the command again, it goes on with these",
    )


def _taken(ec2: Any, cluster: PlannedCluster) -> dict[str, Any]:
    """Snapshots of earlier runs that did not fail, by volume."""
    mine = [{"Name": f"tag:{KEEP}", "Values": [cluster.name]}]
    with refusals("list snapshots"):
        pages = ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=mine)
        rows = [row for page in pages for row in page["Snapshots"]]
    return {row["VolumeId"]: row for row in rows if row["State"] != "error"}


def _incomplete(ec2: Any, cluster: PlannedCluster, wanted: set[str | None]) -> list[str]:
    there = _taken(ec2, cluster)
    if failed := [str(each) for each in wanted if each not in there]:
        raise UnfinishedError(
            f"snapshots of {', '.join(sorted(failed))} failed; run the command again to take new ones"
        )
    left = [there[each] for each in wanted if each is not None and there[each]["State"] != "completed"]
    return [f"{row['SnapshotId']} {row.get('Progress') or '0%'}" for row in left]
