"""What becomes of the data: kept, saved in snapshots, or deleted, as `--volumes` says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eks_blueprints.lifecycle.teardown.actions.claims import CLAIMS, VOLUMES, Claim, claims, owner, users
from eks_blueprints.lifecycle.teardown.actions.snapshots import take
from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster
from eks_blueprints.lifecycle.teardown.run import Run, UnfinishedError
from eks_blueprints.lifecycle.teardown.search import CLAIM, KEEP
from eks_blueprints.lifecycle.teardown.steps import Step
from eks_blueprints.live.account import refusals
from eks_blueprints.live.kubectl import Kubectl, names
from eks_blueprints.live.tags import tag_rows

_SCALED = {"Deployment": "deployments.apps", "StatefulSet": "statefulsets.apps"}
_DELETED = {"Job": "jobs.batch", "CronJob": "cronjobs.batch", "DaemonSet": "daemonsets.apps", "Pod": "pods"}


def undecided(run: Run, cluster: PlannedCluster) -> list[Claim]:
    """The claims for which nobody has said what becomes of their data.

    Raises:
        LiveError: if the cluster does not answer.
    """
    found = claims(run.on(cluster))
    if run.volumes is None:
        return found
    return [each for each in found if run.volumes == "snapshot" and each.handle and not each.ebs]


def settle(run: Run, step: Step) -> None:
    """Do what `--volumes` says, for every claim of the cluster."""
    cluster = step.of
    kubectl = run.on(cluster)
    found = claims(kubectl)
    if not found:
        return
    if left := undecided(run, cluster):
        names_ = ", ".join(map(str, left))
        raise UnfinishedError(
            f"claims hold data that nobody has decided on: {names_}; add --volumes keep, snapshot or delete"
        )
    if run.volumes == "keep":
        _keep(run, cluster, kubectl, found)
        return
    _stop_users(run, kubectl)
    if run.volumes == "snapshot":
        take(run, cluster, [each for each in found if each.handle])
    _delete(run, cluster, kubectl, found)


def _keep(run: Run, cluster: PlannedCluster, kubectl: Kubectl, found: Sequence[Claim]) -> None:
    for claim in found:
        if claim.volume is not None and not claim.retained:
            patch = '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'
            kubectl.do("patch", VOLUMES, claim.volume, "--type=merge", "--patch", patch)
    _mark(run, cluster, found)


def _mark(run: Run, cluster: PlannedCluster, found: Sequence[Claim]) -> None:
    """Tag what stays, so that it is told from leftovers once the cluster is gone."""
    ec2: Any = run.session(cluster.region).client("ec2")
    for claim in found:
        if claim.handle is not None:
            if claim.ebs:
                with refusals(f"tag volume {claim.handle}"):
                    marks = {KEEP: cluster.name, CLAIM: claim.shown}
                    ec2.create_tags(Resources=[claim.handle], Tags=tag_rows(marks))
            run.say(f"keeps the volume of claim {claim}")


def _stop_users(run: Run, kubectl: Kubectl) -> None:
    stopped: set[tuple[str, str, str]] = set()
    for pod in users(kubectl):
        home = pod["metadata"]["namespace"]
        kind, name = owner(kubectl, pod)
        if (home, kind, name) in stopped:
            continue
        stopped.add((home, kind, name))
        if kind in _SCALED:
            kubectl.do("scale", _SCALED[kind], name, "--replicas=0", "--namespace", home)
            run.say(f"scaled {kind} {home}/{name} to nothing")
        else:
            # What an operator of its own owns, comes back until that is gone: the wait says so.
            which = (_DELETED[kind], name) if kind in _DELETED else ("pods", pod["metadata"]["name"])
            kubectl.do("delete", *which, "--namespace", home, "--wait=false", "--ignore-not-found")
            run.say(f"deletes {kind} {home}/{name}")
    run.wait(
        "pods that use volumes",
        lambda: names(users(kubectl)),
        lambda: "an operator creates them again: scale that down, or delete the object that it works for",
    )


def _delete(run: Run, cluster: PlannedCluster, kubectl: Kubectl, found: Sequence[Claim]) -> None:
    _mark(run, cluster, [each for each in found if each.retained])
    for claim in found:
        home = ("--namespace", claim.namespace)
        kubectl.do("delete", CLAIMS, claim.name, *home, "--wait=false", "--ignore-not-found")
        run.say(f"deletes claim {claim}")
    gone = {each.volume for each in found if each.volume and not each.retained}
    run.wait(
        "volumes",
        lambda: [name for each in kubectl.objects(VOLUMES) if (name := each["metadata"]["name"]) in gone],
        lambda: "their driver has to run to delete them: look at its log",
    )
