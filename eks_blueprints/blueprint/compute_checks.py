"""Checks of compute against each other, the cluster and the add-ons that scale it, made before any resource is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.kinds import (
    AwsEbsCsiDriver,
    ClusterAutoscaler,
    Ec2Nodes,
    Fargate,
    HybridNodes,
    ManagedNodes,
    SelfManagedNodes,
    VpcCni,
)
from eks_blueprints.compute._image import release_minor
from eks_blueprints.compute._settings_rules import beside_cluster
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.facts import instance_types
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.core.spec import is_known
from eks_blueprints.core.versions import minor
from eks_blueprints.network import layout
from eks_blueprints.network.spec import NetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.compute._instance_requirements import LeastRange

KUBELET_SKEW = 3
"""Most minor versions that nodes may be behind the control plane (Kubernetes version skew policy)."""

PROFILES_PER_CLUSTER = 10
"""EKS's default quota of Fargate profiles."""


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem of a platform's compute that no element can see alone; warnings are marked as such."""
    yield from _two_autoscalers(args)
    yield from _autoscaled(args)
    yield from _versions(args)
    yield from _settings(args)
    yield from _images(args)
    yield from _requirements(args)
    yield from _windows(args)
    yield from _roles(args)
    yield from _fargate(args)
    yield from _hybrid(args)


def _two_autoscalers(args: BlueprintArgs) -> Iterator[Problem]:
    karpenter = next((compute for compute in args.compute if compute.kind() == "karpenter"), None)
    if karpenter is None:
        return
    for addon in _autoscalers(args):
        what = "runs beside Karpenter, and both add a node for the same pending pod"
        do = "keep one of them, or keep their pods apart by taints"
        yield _doubt(("addons", addon.name), f"{what}; got {karpenter.name} too; {do}")
    open_pools = [pool.name for pool in getattr(karpenter, "pools", ()) if not pool.taints]
    if open_pools and (others := _open_in_auto_mode(args)):
        what = "has pools that accept the same pods as those of Auto Mode, and both may add a node for one pod"
        got = f"{', '.join(open_pools)} beside {', '.join(others)}"
        do = "taint one of them, or turn off those of Auto Mode with cluster.auto_mode.node_pools"
        yield _doubt(("compute", karpenter.name), f"{what}; got {got}; {do}")


def _open_in_auto_mode(args: BlueprintArgs) -> list[str]:
    if args.cluster.auto_mode is None:
        return []
    # The built-in pool `system` has a taint that keeps ordinary pods away.
    built_in = [pool for pool in args.cluster.auto_mode.node_pools if pool == "general-purpose"]
    own = [
        pool.name
        for compute in args.compute
        if compute.kind() == "auto_mode"
        for pool in getattr(compute, "pools", ())
        if not pool.taints
    ]
    return [*built_in, *own]


def _autoscaled(args: BlueprintArgs) -> Iterator[Problem]:
    for addon in _autoscalers(args):
        groups = [compute for compute in args.compute if isinstance(compute, Ec2Nodes)]
        growing = [group for group in groups if group.scaling[0] < group.scaling[2]]
        if not growing:
            got = "none" if not groups else f"only {', '.join(group.name for group in groups)} with one size each"
            do = "give a group a max_size above its min_size, unless other programs create groups"
            yield _doubt(("addons", addon.name), f"has no group that it could scale; got {got}; {do}")
        for group in growing:
            yield from _one_size(group)
            yield from _one_zone(args, group)
        if addon.priorities and not any(".*" in each.groups for each in addon.priorities):
            do = "add a low one with .*, unless some groups must not grow"
            at = ("addons", addon.name, "priorities")
            yield _doubt(at, f"leave out groups that match none of them, which then never grow; got no .*; {do}")


def _one_size(group: Ec2Nodes) -> Iterator[Problem]:
    sizes: dict[tuple[int, int], str] = {}
    wanted = getattr(group, "instance_requirements", None)
    if wanted is not None and not (_one(wanted.vcpu_count) and _one(wanted.memory_mib)):
        what = "allow types of several sizes, and Cluster Autoscaler assumes that all nodes of a group are equal"
        do = "give vcpu_count and memory_mib one value each, or use Karpenter"
        yield _doubt(("compute", group.name, "instance_requirements"), f"{what}; got ranges; {do}")
    for name in group.named_types:
        if (facts := instance_type(name)) is not None:
            sizes.setdefault((facts.vcpus, facts.memory_mib), name)
    if len(sizes) > 1:
        got = " and ".join(f"{name} ({cpus} vCPUs, {memory // 1024} GiB)" for (cpus, memory), name in sizes.items())
        what = "differ in size, and Cluster Autoscaler assumes that all nodes of a group are like the first type"
        at = ("compute", group.name, "instance_types")
        yield _doubt(at, f"{what}; got {got}; create one group for each size")


def _one(ends: LeastRange) -> bool:
    return ends.min == ends.max


def _one_zone(args: BlueprintArgs, group: Ec2Nodes) -> Iterator[Problem]:
    volumes = any(isinstance(addon, AwsEbsCsiDriver) for addon in args.addons)
    if not volumes or len(group.subnet_ids) == 1:
        return
    zones = group.zones or _zones(args)
    if len(zones) > 1:
        what = "spans zones: for a pod whose EBS volume is in one of them, Cluster Autoscaler may grow it in another"
        do = "create a group for each zone, where pods with volumes run on it"
        yield _doubt(("compute", group.name, "zones"), f"{what}; got {', '.join(zones)}; {do}")


def _zones(args: BlueprintArgs) -> tuple[str, ...]:
    try:
        return layout.zones_of(args.network, args.region) if isinstance(args.network, NetworkArgs) else ()
    except ValueError:  # told at the network or the region
        return ()


def _versions(args: BlueprintArgs) -> Iterator[Problem]:
    cluster = minor(args.cluster.version)
    yield from _releases(args)
    for compute in args.compute:
        version = getattr(compute, "version", None)
        if not isinstance(compute, Ec2Nodes) or version is None:
            continue
        at, got = ("compute", compute.name, "version"), f"{version} with a cluster of {args.cluster.version}"
        if minor(version) > cluster:
            yield Problem(at, f"is newer than the cluster's; got {got}; upgrade the cluster first")
        elif cluster - minor(version) > KUBELET_SKEW:
            do = f"use 1.{cluster - KUBELET_SKEW} or newer"
            yield Problem(at, f"is too far behind the cluster's; got {got}; {do}")


def _releases(args: BlueprintArgs) -> Iterator[Problem]:
    """Releases of images, which say their Kubernetes version, where the group leaves its own to the cluster's."""
    cluster = args.cluster.version
    for compute in args.compute:
        if not isinstance(compute, ManagedNodes | SelfManagedNodes) or compute.version is not None:
            continue
        of = None if compute.release is None else release_minor(compute.release, compute.ami)
        if of is None or of == minor(cluster):
            continue
        field = ("release_version",) if isinstance(compute, ManagedNodes) else ("image", "release")
        got = f"{compute.release} with a cluster of {cluster}"
        do = f"use a release of {cluster}" + (f', or write version: "1.{of}" too' if of < minor(cluster) else "")
        what = "is of another Kubernetes version than its nodes"
        yield Problem(("compute", compute.name, *field), f"{what}; got {got}; {do}")


def _settings(args: BlueprintArgs) -> Iterator[Problem]:
    for compute in args.compute:
        if isinstance(compute, Ec2Nodes):
            for problem in beside_cluster(compute, args.cluster.version):
                yield replace(problem, path=("compute", compute.name, *problem.path))


def _images(args: BlueprintArgs) -> Iterator[Problem]:
    for compute in args.compute:
        existing = getattr(compute, "launch_template", None)
        if existing is not None and not existing.pinned:
            what = "is looked up again on every deployment, so a new version replaces nodes without a commit"
            at = ("compute", compute.name, "launch_template", "version")
            yield _doubt(at, f"{what}; got {existing.version}; pin it by number")
        if isinstance(compute, ManagedNodes | SelfManagedNodes) and compute.image_drifts:
            what = "is looked up again on every deployment, so a new image replaces nodes without a commit"
            got = "no image" if compute.image is None else "one that is found by name or parameter"
            do = "pin it by id" if isinstance(compute, ManagedNodes) else "pin it by release or id"
            yield _doubt(("compute", compute.name, "image"), f"{what}; got {got}; {do}")


def _requirements(args: BlueprintArgs) -> Iterator[Problem]:
    for compute in args.compute:
        if not isinstance(compute, SelfManagedNodes) or compute.instance_requirements is None:
            continue
        from eks_blueprints.compute._instance_requirements import some_fits  # few platforms have any

        if not some_fits(compute.instance_requirements, compute.ami.architecture):
            what = f"fits no instance type that EC2 had on {instance_types.date()}"
            got = f"these attributes with an image for {compute.ami.architecture}"
            do = "require less, or name the architecture"
            yield _doubt(("compute", compute.name, "instance_requirements"), f"{what}; got {got}; {do}")


def _windows(args: BlueprintArgs) -> Iterator[Problem]:
    names = [compute.name for compute in args.compute if compute.operating_system == "windows"]
    if not names:
        return
    if (args.cluster.ip_family or args.network.ip_family) == "ipv6":
        for name in names:
            do = "put Windows nodes on a cluster of their own, for IPv4"
            yield Problem(("compute", name), f"runs Windows, which does not support IPv6; got a cluster for it; {do}")
    for addon in args.addons:
        if isinstance(addon, VpcCni) and not addon.windows_ipam and not _said(addon, "enableWindowsIpam"):
            what = "must give addresses to pods on Windows nodes"
            do = "set windows_ipam: true"
            at = ("addons", addon.name, "windows_ipam")
            yield Problem(at, f"{what}; got {', '.join(names)} without it; {do}")


def _roles(args: BlueprintArgs) -> Iterator[Problem]:
    """EKS takes each principal once: the entry of a role comes from one place."""
    known = {name: entry.principal_arn for name, entry in args.access.items() if is_known(entry.principal_arn)}
    taken = {str(arn): f"access.{name}" for name, arn in known.items()}
    for compute in args.compute:
        if isinstance(compute, ManagedNodes) and isinstance(compute.node_role_arn, str):
            taken.setdefault(compute.node_role_arn, f"compute.{compute.name}")
    for compute in args.compute:
        field, role = _own_entry(compute)
        if role is None:
            continue
        if role in taken:
            do = "set access_entry: false" if field == "node_role_arn" else "use one role each"
            at = ("compute", compute.name, field)
            yield Problem(at, f"has an access entry from {taken[role]} already; got {role}; {do}")
        taken.setdefault(role, f"compute.{compute.name}")


def _own_entry(compute: Compute) -> tuple[str, str | None]:
    if isinstance(compute, SelfManagedNodes) and compute.access_entry and isinstance(compute.node_role_arn, str):
        return "node_role_arn", compute.node_role_arn
    if isinstance(compute, HybridNodes) and isinstance(compute.role_arn, str):
        return "role_arn", compute.role_arn
    return "", None


def _fargate(args: BlueprintArgs) -> Iterator[Problem]:
    profiles = [compute for compute in args.compute if isinstance(compute, Fargate)]
    logging = [profile for profile in profiles if profile.logging is not None]
    for profile in logging[1:]:
        at = ("compute", profile.name, "logging")
        first = logging[0].name
        yield Problem(at, f"exists once for all pods on Fargate; got it on {first} too; keep one of them")
    if len(profiles) > PROFILES_PER_CLUSTER:
        what = f"has more Fargate profiles than EKS's default quota of {PROFILES_PER_CLUSTER}"
        yield _doubt(("compute",), f"{what}; got {len(profiles)}; combine some, or request a higher quota")


def _hybrid(args: BlueprintArgs) -> Iterator[Problem]:
    hybrid = [compute for compute in args.compute if isinstance(compute, HybridNodes)]
    cluster = args.cluster
    for compute in hybrid:
        if not cluster.remote_node_networks:
            do = "set cluster.remote_node_networks to the address ranges of the machines"
            yield Problem(("compute", compute.name), f"needs a cluster that knows their networks; got none; {do}")
    if hybrid and cluster.endpoint_public_access and cluster.endpoint_private_access:
        what = "has both endpoints, and machines outside the VPC resolve only the public one"
        do = "turn one off, or check that their addresses are among public_access_cidrs"
        yield _doubt(("cluster", "endpoint_public_access"), f"{what}; got both with hybrid nodes; {do}")


def _autoscalers(args: BlueprintArgs) -> list[ClusterAutoscaler]:
    return [addon for addon in args.addons if isinstance(addon, ClusterAutoscaler)]


def _said(addon: VpcCni, key: str) -> bool:
    return bool(addon.configuration_values.get(key))


def _doubt(path: Path, message: str) -> Problem:
    return Problem(path, message, severity="warning")
