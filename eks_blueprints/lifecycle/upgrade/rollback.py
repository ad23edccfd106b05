"""One minor version back, as EKS offers it since 2026: within 7 days of an upgrade in place, under its conditions.

Source: EKS user guide, "Roll back a cluster to a previous Kubernetes version" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from eks_blueprints.core import versions
from eks_blueprints.core.clock import today
from eks_blueprints.lifecycle.upgrade import estimate
from eks_blueprints.lifecycle.upgrade.checks.addons import fits, newest
from eks_blueprints.lifecycle.upgrade.model import Component, Finding, Situation
from eks_blueprints.lifecycle.upgrade.planned import Step
from eks_blueprints.lifecycle.upgrade.steps import aws

DAYS = 7
SOURCE = "EKS user guide, Roll back a cluster to a previous Kubernetes version"
STAYS = (
    "objects that were written in APIs or fields which are new in the newer version: etcd is kept as it is",
    "add-ons: EKS changes none of them, take back by hand what does not run on the older version",
    "a second minor back, or any after 7 days, after a further upgrade, or after an upgrade that EKS did by itself",
    "a cluster that was created at this version",
    "volumes that a newer CSI driver changed, and data that newer controllers migrated",
)
"""What does not come back."""


def rollback_findings(situation: Situation, target: int) -> Iterator[Finding]:
    """Whether EKS takes the cluster back to 1.`target`."""
    if target != situation.minor - 1:
        yield _refused("rollback-far", f"a cluster goes back one minor at most, to 1.{situation.minor - 1}", situation)
    if situation.upgraded_on is None:
        yield Finding(
            level="unknown",
            code="rollback-window",
            what=f"when the cluster was upgraded is not known: EKS takes it back within {DAYS} days of an "
            "upgrade in place, "
            "and never a cluster that was created at this version or that EKS upgraded by itself",
            do=f"give --upgraded-on DAY; look it up: {aws(situation, 'list-updates')}",
            place=situation.place,
            source=SOURCE,
            gate=True,
        )
    elif today() > situation.upgraded_on + timedelta(days=DAYS):
        over = (today() - situation.upgraded_on).days
        what = f"the upgrade was {over} days ago ({situation.upgraded_on}), and EKS takes it back within {DAYS}"
        yield _refused("rollback-window", what, situation)
    if versions.support(f"1.{target}") == "extended" and situation.support_type == "STANDARD":
        what = (
            f"1.{target} is in extended support, for which the cluster needs support_type EXTENDED; its "
            "charge comes back"
        )
        yield _refused("rollback-support", what, situation)
    elif versions.support(f"1.{target}") == "ended":
        yield _refused("rollback-support", f"EKS no longer supports 1.{target}", situation)
    for each in situation.nodes:
        if each.kind == "auto mode" or (each.minor is not None and each.minor <= target):
            continue
        known = f"runs 1.{each.minor}" if each.minor is not None else "runs a version that is not known"
        yield Finding(
            level="warning" if each.minor is not None else "unknown",
            code="rollback-nodes",
            what=f"{each.name} ({each.kind}) {known}: nodes go back first, none may be newer than 1.{target}",
            do=_back(each.kind, target),
            place=each.place,
            source=SOURCE,
        )
    for component in (each for each in situation.components if fits(each, situation, target) is False):
        yield Finding(
            level="warning",
            code="rollback-addons",
            what=f"{component.name} {component.version} does not run on 1.{target}, and EKS leaves it as it is",
            do=f"write {_older(component, situation, target)} after the control plane is back",
            place=component.place,
            source=SOURCE,
        )
    for stays in STAYS:
        yield Finding(level="note", code="rollback-stays", what=f"does not come back: {stays}", do="", source=SOURCE)


def rollback_steps(situation: Situation, target: int) -> list[Step]:
    """The way back, nodes first."""
    newer = [
        each for each in situation.nodes if each.kind != "auto mode" and (each.minor is None or each.minor > target)
    ]
    return [
        Step(
            id="rollback-insights",
            until="they are all PASSING",
            title="ask EKS whether it can be rolled back",
            why="its insights look at what an older version cannot read; --force passes over them, and over "
            "nothing else",
            commands=(aws(situation, "list-insights --filter categories=ROLLBACK_READINESS"),),
        ),
        Step(
            id="rollback-nodes",
            until="no kubelet is newer than the version to go back to",
            title=f"take nodes back to 1.{target}",
            why="in a deployment of its own: a kubelet may not be newer than its control plane",
            found=tuple(f"{each.name} ({each.kind}): {_back(each.kind, target)}" for each in newer),
            commands=(f"pulumi up --stack {situation.stack}",),
            edits=True,
            done=not newer,
        ),
        Step(
            id="rollback-control-plane",
            until="status is ACTIVE and the version is the older one",
            title=f"take the control plane back to 1.{target}",
            why="the same call as an upgrade (UpdateClusterVersion, of type VersionRollback); Auto Mode's nodes go "
            "back by themselves",
            commands=(
                aws(situation, f"update-cluster-version --kubernetes-version 1.{target}"),
                aws(situation, "describe-cluster --query cluster.[status,version]"),
            ),
            time=estimate.control_plane(),
        ),
        Step(
            id="rollback-addons",
            until="each is ACTIVE",
            title=f"take add-ons back that do not run on 1.{target}",
            why="EKS leaves add-ons as they are",
            found=tuple(f"{each.name} {each.version or ''}".strip() for each in situation.components if each.eks),
            edits=True,
            done=not [each for each in situation.components if each.eks and fits(each, situation, target) is False],
        ),
        Step(
            id="rollback-file",
            until="the preview shows no change",
            title="write the older version into the stack file",
            why="so that the next deployment does not upgrade again; what the provider makes of a lower version has "
            "not been tried on AWS, so the call comes first and the file after it, with a refresh",
            found=(situation.place,) if situation.place else (),
            edits=True,
            done=(situation.declared or situation.minor) <= target,
            commands=(f"pulumi refresh --stack {situation.stack}", f"pulumi preview --stack {situation.stack}"),
        ),
    ]


def _older(each: Component, situation: Situation, target: int) -> str:
    offered = situation.offered.get(each.name, {}).get(f"1.{target}", ())
    found = newest(offered)
    return f"version: {found}" if found else f"a version that runs on 1.{target}"


def _back(kind: str, target: int) -> str:
    ways = {
        "fargate": "delete its pods after the control plane is back",
        "karpenter": "pin the alias to an image of the older version, and have nodes replaced",
        "hybrid": f"run nodeadm upgrade 1.{target} on each of its machines",
    }
    return ways.get(kind, f'write version: "1.{target}" there, and deploy that first')


def _refused(code: str, what: str, situation: Situation) -> Finding:
    do = "go on with the newer version, or build a second cluster of the older one beside it (blue/green)"
    return Finding(level="blocker", code=code, what=what, do=do, place=situation.place, source=SOURCE)
