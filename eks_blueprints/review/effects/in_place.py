"""What an update in place takes away all the same: ways to the API server, ways out of the network, kept logs.

Sources: EKS user guide, "Cluster API server endpoint" (nodes go by the public endpoint where the private one is off,
and must then be among the addresses that it lets in), "Create nodes with EKS Hybrid Nodes"; CloudWatch Logs API
reference, PutRetentionPolicy; VPC user guide, "NAT gateways" (2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eks_blueprints.core.address_ranges import whole
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.effects.links import section
from eks_blueprints.review.effects.nodes import CLUSTER
from eks_blueprints.review.effects.words import Attention, Level, attention

_FOR_EVER = 0


def in_place(diff: PlanDiff) -> Iterator[Attention]:
    """Of each update."""
    for each in diff.of("update"):
        if each.old is not None and (told := _TOLD.get(each.type)):
            yield from told(each)


def _cluster(each: ResourceDiff) -> Iterator[Attention]:
    assert each.old is not None  # noqa: S101 - an update has both sides
    old, new = (section(side.inputs, "vpcConfig") for side in (each.old, each.resource))
    if old.get("endpointPrivateAccess") is True and new.get("endpointPrivateAccess") is not True:
        yield _without_private(each, new)
    if old.get("endpointPublicAccess") is not False and new.get("endpointPublicAccess") is False:
        effect = "nothing outside the network can reach the API server any more: people, pipelines, `up` itself"
        cause = "`vpcConfig.endpointPublicAccess` true → false"
        yield attention("dies", "warning", "access ends", each, cause, effect)
    for key, what in (("remoteNodeNetworks", "hybrid nodes"), ("remotePodNetworks", "pods on hybrid nodes")):
        if gone := _cidrs(each.old.inputs, key) - _cidrs(each.resource.inputs, key):
            cause = f"`remoteNetworkConfig.{key}` loses {', '.join(sorted(gone))}"
            effect = f"the control plane no longer reaches {what} there"
            yield attention("dies", "warning", "access ends", each, cause, effect)


def _without_private(each: ResourceDiff, config: Mapping[str, Any]) -> Attention:
    let_in = config.get("publicAccessCidrs")
    cidrs = [str(cidr) for cidr in let_in] if isinstance(let_in, list) else []
    narrow = bool(cidrs) and not whole(cidrs)
    effect = "nodes, and pods that call the API server, use its public endpoint from now on, through a NAT gateway"
    if narrow:
        effect += (
            f"; of addresses it lets in only {', '.join(cidrs[:3])}: where those of the NAT gateways are "
            "not among them, every node becomes NotReady"
        )
    level: Level = "danger" if narrow else "warning"
    return attention("dies", level, "access ends", each, "`vpcConfig.endpointPrivateAccess` true → false", effect)


def _cidrs(inputs: Mapping[str, Any], key: str) -> set[str]:
    found = section(inputs, "remoteNetworkConfig", key).get("cidrs")
    return {str(cidr) for cidr in found} if isinstance(found, list) else set()


def _route(each: ResourceDiff) -> Iterator[Attention]:
    for change in each.changes:
        if change.path == "natGatewayId":
            effect = (
                "the way out of its subnets goes by another NAT gateway: open connections break, and others see "
                "another public address, which they may have in their allow-lists"
            )
            yield attention(
                "dies", "warning", "egress address changes", each, f"`natGatewayId` {transition(change)}", effect
            )


def _log_group(each: ResourceDiff) -> Iterator[Attention]:
    for change in each.changes:
        before, after = (days if isinstance(days, int) else _FOR_EVER for days in (change.old, change.new))
        if change.path == "retentionInDays" and after != _FOR_EVER and (before == _FOR_EVER or after < before):
            cause = f"`retentionInDays` {transition(change)}"
            yield attention("dies", "warning", "logs end", each, cause, f"what is older than {after} days is deleted")


def _pipeline(each: ResourceDiff) -> Iterator[Attention]:
    """Source: AWS CodePipeline User Guide, "Edit a pipeline in CodePipeline", read 2026-11-30."""
    assert each.old is not None  # noqa: S101 - an update has both sides
    changed = sorted(key for key in _RUNS if each.old.inputs.get(key) != each.resource.inputs.get(key))
    if changed:
        cause = " and ".join(f"`{key}`" for key in changed)
        effect = "a run that is under way does not go on to its end: release the change again"
        yield attention("dies", "note", "ends runs", each, f"{cause} changed", effect)


_RUNS = ("artifactStores", "executionMode", "roleArn", "stages", "triggers", "variables")
"""What UpdatePipeline is told. Tags are changed beside it."""

_TOLD: dict[str, Callable[[ResourceDiff], Iterator[Attention]]] = {
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:codepipeline/pipeline:Pipeline": _pipeline,
    "aws:ec2/route:Route": _route,
    CLUSTER: _cluster,
}
