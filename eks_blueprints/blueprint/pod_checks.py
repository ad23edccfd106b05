"""Pods that nodes take on and have no addresses for, and addresses that nodes never use.

Only where the VPC CNI gives pods their addresses: other network plugins have ranges of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eks_blueprints.blueprint import address_checks
from eks_blueprints.blueprint.kinds import Ec2Nodes, Karpenter, ManagedNodes, VpcCni
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.facts.ami_types import CUSTOM
from eks_blueprints.core.facts.instance_types import InstanceType, facts_of
from eks_blueprints.core.facts.pods import Addressing, addresses, recommended, told_by_itself

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass

_CROWDED = "pods beyond that wait in ContainerCreating for an address"


@dataclass(frozen=True, slots=True)
class _Network:
    """What the VPC CNI of a platform gives pods."""

    prefixes: bool
    custom_networking: bool
    ipv6: bool
    security_groups: bool
    saves: bool
    """Whether nodes take only the addresses that pods use."""

    def way(self, *, windows: bool = False) -> Addressing:
        """How pods of a node get their addresses."""
        custom = self.custom_networking and not windows
        return Addressing(prefixes=self.prefixes, custom_networking=custom, ipv6=self.ipv6, windows=windows)


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every number of pods that does not fit what the VPC CNI gives nodes; warnings all."""
    network = _network(args)
    if network is None:
        return
    for compute in args.compute:
        if isinstance(compute, Ec2Nodes):
            yield from _group(compute, network)
        elif isinstance(compute, Karpenter):
            yield from _karpenter(compute, network)
    if not network.saves:
        yield from address_checks.check(args, prefixes=network.prefixes, custom_networking=network.custom_networking)
    if network.security_groups:
        yield from _trunks(args)


def _network(args: BlueprintArgs) -> _Network | None:
    if any(addon.brings_network for addon in args.addons):
        return None
    cni = next((addon for addon in args.addons if isinstance(addon, VpcCni)), None)
    if cni is None:
        return None
    raw: Any = cni.configuration_values.get("env")
    env: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    return _Network(
        prefixes=bool(cni.prefix_delegation) or _on(env, "ENABLE_PREFIX_DELEGATION"),
        custom_networking=cni.custom_networking is not None or _on(env, "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
        ipv6=(args.cluster.ip_family or args.network.ip_family) == "ipv6",
        security_groups=cni.pod_security_groups is not None or _on(env, "ENABLE_POD_ENI"),
        saves="WARM_IP_TARGET" in env or "MINIMUM_IP_TARGET" in env,
    )


def _on(env: Mapping[str, Any], name: str) -> bool:
    return str(env.get(name, "")).lower() == "true"


def _group(group: Ec2Nodes, network: _Network) -> Iterator[Problem]:
    types = facts_of(group.named_types)
    if not types or len(types) < len(group.named_types):
        return
    way = network.way(windows=group.operating_system == "windows")
    path, said = _said(group)
    if said is not None:
        yield from _crowded((group.group, group.name, *path), said, types, way)
        return
    # EKS tells managed groups with its own images what it recommends, by what the CNI is set to.
    if group.operating_system == "windows" or (isinstance(group, ManagedNodes) and group.ami_type != CUSTOM):
        return
    if _reckoned(group):
        return
    at = (group.group, group.name, "max_pods")
    fewest = min(types, key=lambda kind: told_by_itself(kind).count or 0)
    counted = told_by_itself(fewest).count or 0
    better = min(recommended(kind, way).count or 0 for kind in types)
    if network.prefixes and better > counted:
        yield _idle(at, counted, fewest.name, f"set max_pods: {better}")
    yield from _crowded(at, None, types, way, f"set max_pods: {better}")


def _said(group: Ec2Nodes) -> tuple[Path, int | None]:
    """Where a group's number of pods is told, and which it is."""
    told: tuple[tuple[Path, Any], ...] = (
        (("node_config", "kubelet", "config", "maxPods"), group.node_config),
        (("bottlerocket_settings", "kubernetes", "max-pods"), group.bottlerocket_settings),
    )
    for path, tree in told:
        for key in path[1:]:
            tree = tree.get(key) if isinstance(tree, dict) else None  # noqa: PLW2901 - one level deeper each time
        if isinstance(tree, int) and not isinstance(tree, bool):
            return path, tree
    return ("max_pods",), group.max_pods


def _reckoned(group: Ec2Nodes) -> bool:
    """Whether nodes reckon their number by what the group says, which is not known here."""
    kubelet = group.node_config.get("kubelet")
    if not isinstance(kubelet, dict):
        return False
    flags = [flag for flag in kubelet.get("flags", ()) if isinstance(flag, str)]
    return bool(kubelet.get("maxPodsExpression")) or any("--max-pods" in flag for flag in flags)


def _crowded(
    at: Path, said: int | None, types: list[InstanceType], way: Addressing, do: str | None = None
) -> Iterator[Problem]:
    """A number of pods beyond the addresses of the smallest type that does not have them."""
    for kind in sorted(types, key=lambda each: (addresses(each, way).count or 0, each.name)):
        has = addresses(kind, way)
        number = told_by_itself(kind).count if said is None else said
        if has.count is None or number is None or number <= has.count:
            continue
        got = f"{number} on {kind.name}, which has {has.formula} = {has.count}"
        if said is None:
            got = f"none, so nodes of {kind.name} use {number}; there are {has.formula} = {has.count}"
        what = f"is more than there are addresses for, and {_CROWDED}"
        instead = do or f"set {has.count} or less{_or_prefixes(kind, number, way)}"
        yield Problem(at, f"{what}; got {got}; {instead}", severity="warning")
        return


def _or_prefixes(kind: InstanceType, number: int, way: Addressing) -> str:
    with_prefixes = Addressing(prefixes=True, custom_networking=way.custom_networking, windows=way.windows)
    enough = addresses(kind, with_prefixes).count
    if way.prefixes or enough is None or enough < number:
        return ", or use a larger type"
    return ", or prefix_delegation: true on vpc_cni"


def _idle(at: Path, counted: int, kind: str, do: str) -> Problem:
    what = "is not set, so nodes count single addresses and vpc_cni's prefix_delegation adds no pods"
    return Problem(at, f"{what}; got {counted} on {kind}; {do}", severity="warning")


def _karpenter(karpenter: Karpenter, network: _Network) -> Iterator[Problem]:
    for node_class in karpenter.classes:
        windows = node_class.family.startswith("Windows")
        at = (karpenter.group, karpenter.name, "node_classes", node_class.name, "kubelet", "max_pods")
        said = None if node_class.kubelet is None else node_class.kubelet.max_pods
        per_core = None if node_class.kubelet is None else node_class.kubelet.pods_per_core
        if said is None:
            if network.prefixes and not windows and node_class.family != "Custom":
                example = "such as m7g.large" if not (one := _example(karpenter, node_class)) else f"such as {one.name}"
                counted = f"{told_by_itself(one).count if one else 29} on a type {example}"
                do = "set kubelet: {max_pods: 110}"
                what = "is not set, so Karpenter counts single addresses and prefix_delegation adds no pods"
                yield Problem(at, f"{what}; got {counted}; {do}", severity="warning")
        elif not per_core:
            types = [kind for kind in _types(karpenter, node_class) if kind.vcpus > 0]
            yield from _crowded(at, said, types, network.way(windows=windows))


def _types(karpenter: Karpenter, node_class: Ec2NodeClass) -> list[InstanceType]:
    """The types that the pools of a class name; those of pools that leave them open are anybody's guess."""
    found: set[str] = set()
    for pool in karpenter.pools:
        if pool.node_class == node_class.name and _narrow(pool):
            found |= _left(pool)
    return facts_of(sorted(found))


def _example(karpenter: Karpenter, node_class: Ec2NodeClass) -> InstanceType | None:
    types = _types(karpenter, node_class)
    return min(types, key=lambda kind: (told_by_itself(kind).count or 0, kind.name), default=None)


def _narrow(pool: Any) -> bool:
    return bool(pool.instance_types or (pool.instance_families and pool.instance_sizes))


def _left(pool: Any) -> frozenset[str]:
    from eks_blueprints.karpenter import instances
    from eks_blueprints.karpenter.overlap import labels_left

    return instances.left(pool.flavor, labels_left(pool))


def _trunks(args: BlueprintArgs) -> Iterator[Problem]:
    """Security groups for pods need types whose interfaces can be trunks."""
    for compute in args.compute:
        if isinstance(compute, Ec2Nodes):
            types = facts_of(compute.named_types)
            if without := [kind.name for kind in types if not kind.branch_interfaces]:
                yield _no_trunk((compute.group, compute.name, "instance_types"), without)
        elif isinstance(compute, Karpenter):
            for pool in compute.pools:
                types = facts_of(_left(pool))
                if types and not any(kind.branch_interfaces for kind in types):
                    at = (compute.group, compute.name, "node_pools", pool.name)
                    yield _no_trunk(at, sorted({kind.family for kind in types})[:4])


def _no_trunk(at: Path, got: list[str]) -> Problem:
    what = "does not support pods with their own security groups, which vpc_cni's pod_security_groups is for"
    do = "use types that support them, such as m7g.large (eks-blueprints explain pods shows how many)"
    return Problem(at, f"{what}; got {', '.join(got)}; {do}", severity="warning")
