"""Checks of add-ons against each other and against what a platform runs on, made before any resource is."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pydantic import ValidationError

from eks_blueprints.addons.base import AddOn
from eks_blueprints.blueprint import addon_delivery, scaling
from eks_blueprints.blueprint.addon_defaults import brought_by_auto_mode, hosts, only_fargate, settled
from eks_blueprints.blueprint.core_addons import is_listed
from eks_blueprints.blueprint.kinds import (
    ChartAddOn,
    Coredns,
    EksPodIdentityAgent,
    Fargate,
    HelmAddOn,
    KubeProxy,
    VpcCni,
)
from eks_blueprints.blueprint.order import in_order
from eks_blueprints.blueprint.placing import CRITICAL, admits
from eks_blueprints.compute.base import Compute
from eks_blueprints.core import versions
from eks_blueprints.core.errors import Path, Problem, problems_of, unknown_name
from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

_PROXY_SKEW = 3


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem of a platform's add-ons; warnings are marked as such."""
    yield from _defaults(args)
    yield from addon_delivery.check(args)
    yield from _each_other(args)
    yield from scaling.check(args, settled(args))
    yield from _core(args)
    yield from _kube_proxy(args)
    yield from _homeless(args)
    yield from _matrix(args)


def _defaults(args: BlueprintArgs) -> Iterator[Problem]:
    name = args.addon_defaults.system_nodes
    at = ("addon_defaults", "system_nodes")
    found = [compute for compute in args.compute if compute.name == name]
    if name is not None and not found:
        yield Problem(at, unknown_name(name, [compute.name for compute in args.compute], "compute"))
    for compute in found:
        if not compute.node_labels and not compute.node_taints:
            yield Problem(
                at, f"cannot be distinguished from other nodes; got {name} without labels and taints; give it labels"
            )
    if args.addon_defaults.registry_mirrors:
        unknown = [a.name for a in args.addons if isinstance(a, ChartAddOn) and not (a.images or a.values)]
        if unknown:
            named = ", ".join(unknown)
            yield _doubt(
                ("addon_defaults", "registry_mirrors"), f"cannot be given to the charts of {named}; use values"
            )


def _each_other(args: BlueprintArgs) -> Iterator[Problem]:
    alike: dict[Hashable, list[AddOn]] = {}
    for addon in args.addons:
        if addon.single or addon.service_account:
            alike.setdefault(_likeness(addon), []).append(addon)
    for addon in args.addons:
        for needed in addon.requires:
            there = any(isinstance(other, needed) for other in args.addons)
            if not there and not (args.cluster.auto_mode is not None and needed.fits.in_auto_mode):
                kind = needed.kind()
                yield _at(addon, f"requires {kind}; got addons without it; add {kind}: {{}}")
        for other in args.addons if addon.conflicts else ():
            if other is not addon and isinstance(other, addon.conflicts):
                yield _at(addon, f"cannot run beside {other.name}; got both; remove one of them")
        if addon.single or addon.service_account:
            yield from (_twice(addon, other) for other in alike[_likeness(addon)] if other.name < addon.name)
        for compute in args.compute:
            if reason := addon.fits.not_beside.get(compute.kind()):
                yield _at(addon, f"cannot run beside {compute.name}, {reason}; got both; remove one of them")
    try:
        in_order(args.addons)
    except ValidationError as error:
        yield from problems_of(error)


def _likeness(addon: AddOn) -> Hashable:
    """What no two add-ons share that are on a cluster once, or have a service account in their namespace."""
    return type(addon), None if addon.single else addon.home


def _twice(addon: AddOn, other: AddOn) -> Problem:
    if addon.single:
        return _at(addon, f"can be on a cluster once; got {other.name} of the same kind; remove one of them")
    do = "use another namespace for one of them"
    return _at(addon, f"has the service account of {other.name}; got {addon.home} for both; {do}", "namespace")


def _core(args: BlueprintArgs) -> Iterator[Problem]:
    nodes = [compute for compute in args.compute if compute.runs_pods]
    auto = args.cluster.auto_mode is not None
    networks = any(isinstance(addon, VpcCni) or addon.brings_network for addon in args.addons)
    if nodes and not networks:
        named = ", ".join(compute.name for compute in nodes)
        do = "add vpc_cni: {}, unless another network plugin is installed elsewhere"
        yield _doubt(("addons",), f"include no network plugin, so the nodes of {named} never become ready; {do}")
    if nodes and not _has(args, KubeProxy):
        yield _doubt(("addons",), "do not include kube_proxy, so services cannot be reached; add kube_proxy: {}")
    if not auto and not _has(args, EksPodIdentityAgent):
        for addon in settled(args):
            if addon.identity_used == "pod_identity":
                do = "add eks_pod_identity_agent: {}, or set identity: irsa"
                yield _at(addon, f"gets its AWS permissions from EKS Pod Identity; got addons without the agent; {do}")
    if nodes and not auto and not _has(args, Coredns):
        yield _doubt(("addons",), "do not include coredns, so no name in the cluster resolves; add coredns: {}")


def _kube_proxy(args: BlueprintArgs) -> Iterator[Problem]:
    """A kube-proxy beside its Kubernetes (version skew policy): no newer, and at most three minor versions older."""
    cluster = versions.minor(args.cluster.version)
    for addon in args.addons:
        if not isinstance(addon, KubeProxy) or not isinstance(addon.version, str):
            continue
        if (match := re.match(r"v1\.(\d+)\.", addon.version)) is None:
            continue
        apart, got = cluster - int(match[1]), f"{addon.version} with a cluster of {args.cluster.version}"
        if apart < 0 or apart > _PROXY_SKEW:
            what = "is newer than the cluster's" if apart < 0 else "is too far behind the cluster's"
            do = f"use a build of {args.cluster.version}, or leave it out for EKS's default"
            yield Problem(("addons", addon.name, "version"), f"{what}; got {got}; {do}")


def _homeless(args: BlueprintArgs) -> Iterator[Problem]:
    """Add-ons that no node could run: EKS would wait for them in vain, and `pulumi up` with it."""
    if args.cluster.auto_mode is not None:
        return
    nodes = hosts(args)
    waiting = [addon for addon in settled(args) if not addon.before_nodes]
    if only_fargate(args):
        yield from _on_fargate(args, waiting)
    elif waiting and not nodes:
        named = ", ".join(addon.name for addon in waiting)
        if any(compute.kind() == "hybrid_nodes" for compute in args.compute):
            what = f"runs {named} on hybrid nodes only, which join after the cluster exists, and `pulumi up` waits"
            do = "add managed_nodes, or leave them out until machines have joined"
            yield _doubt(("compute",), f"{what}; got no other that runs Linux pods; {do}")
            return
        do = "add compute, such as nodes: {kind: managed_nodes}, or set cluster.auto_mode"
        if named in [addon.name for addon in args.addons if not is_listed(addon)]:
            do += f", or leave it out: addons: {{{named}: null}}"
        yield Problem(("compute",), f"is needed by {named}; got none that runs Linux pods; {do}")
    else:
        for addon in waiting:
            if not any(_tolerates(addon, host) for host in nodes) and not _sent_to_fargate(addon, args):
                taints = ", ".join(sorted({taint.key for host in nodes for taint in host.node_taints}))
                do = "leave one group of nodes without taints, or give the add-on tolerations"
                yield _at(addon, f"tolerates the taints of no node; got {taints} on all of them; {do}")


def _on_fargate(args: BlueprintArgs, waiting: list[AddOn]) -> Iterator[Problem]:
    profiles = [compute for compute in args.compute if compute.kind() == "fargate"]
    patterns = [selector.namespace for profile in profiles for selector in getattr(profile, "selectors", ())]
    for addon in waiting:
        if addon.fits.not_on_fargate:
            do = "add nodes, or remove it"
            yield _at(addon, f"cannot run on Fargate: {addon.fits.not_on_fargate}; got nothing but Fargate; {do}")
        elif not any(fnmatchcase(addon.home, pattern) for pattern in patterns):
            do = f"add a selector for namespace {addon.home}"
            yield _at(addon, f"runs in a namespace that no Fargate profile selects; got {addon.home}; {do}")
        if addon.identity == "pod_identity":
            yield _at(addon, "gets no permissions from Pod Identity on Fargate; got pod_identity; use irsa", "identity")


def _matrix(args: BlueprintArgs) -> Iterator[Problem]:
    try:
        partition = zones.partition(args.region)
    except ValueError:  # told at the region
        return
    for addon in args.addons:
        fits = addon.fits
        if brought_by_auto_mode(addon, args):
            if is_listed(addon):
                yield _doubt(("addons", addon.name), f"is not installed: EKS Auto Mode includes {fits.in_auto_mode}")
            continue
        if fits.not_in_auto_mode and args.cluster.auto_mode is not None:
            yield from _in_auto_mode(addon, args)
        if fits.partitions and partition not in fits.partitions:
            yield _at(addon, f"is not available in partition {partition}; got region {args.region}; remove it")
        yield from _version(addon, args.cluster.version)
        yield from _newer_chart(addon)
        yield from _architectures(addon, args)


def _in_auto_mode(addon: AddOn, args: BlueprintArgs) -> Iterator[Problem]:
    reason = addon.fits.not_in_auto_mode
    if hosts(args):
        do = "keep its pods off these nodes, or remove it"
        yield _doubt(("addons", addon.name), f"does not work on the nodes of EKS Auto Mode, {reason}; {do}")
    else:
        do = "remove it, or use nodes of your own in place of auto_mode"
        yield _at(addon, f"cannot run on EKS Auto Mode: {reason}; got nothing but Auto Mode; {do}")


def _version(addon: AddOn, version: str) -> Iterator[Problem]:
    fits, minor = addon.fits, versions.minor(version)
    if fits.from_version and minor < versions.minor(fits.from_version):
        yield _at(addon, f"needs Kubernetes {fits.from_version} or newer; got {version}; upgrade the cluster first")
    if fits.to_version and minor > versions.minor(fits.to_version):
        yield _at(addon, f"ran on Kubernetes up to {fits.to_version}; got {version}; remove it")


def _newer_chart(addon: AddOn) -> Iterator[Problem]:
    if not isinstance(addon, HelmAddOn) or addon.version is None:
        return
    known = type(addon).chart.version
    if _line(addon.version) > _line(known):
        message = f"is newer than {known}, the chart that this library knows; got {addon.version}"
        unchecked = "its values, images and permissions were not checked: read its release notes"
        yield _doubt(("addons", addon.name, "version"), f"{message}; {unchecked}")


def _line(version: str) -> tuple[int, ...]:
    """Major and minor: a patch changes nothing that is known here."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _architectures(addon: AddOn, args: BlueprintArgs) -> Iterator[Problem]:
    nodes = [host.architectures for host in hosts(args)]
    if not nodes or addon.before_nodes or not all(nodes):
        return
    if not any(kinds & addon.fits.architectures for kinds in nodes):
        there, has = (
            ", ".join(sorted(addon.fits.architectures)),
            ", ".join(sorted({k for kinds in nodes for k in kinds})),
        )
        yield _at(addon, f"has images for {there} only; got nodes of {has}; add nodes that fit, or remove it")


def _sent_to_fargate(addon: AddOn, args: BlueprintArgs) -> bool:
    # Beside nodes CoreDNS goes to Fargate only where it is told to.
    if addon.fits.not_on_fargate or (isinstance(addon, Coredns) and addon.compute_type is None):
        return False
    return any(isinstance(compute, Fargate) and compute.runs(addon.home) for compute in args.compute)


def _tolerates(addon: AddOn, host: Compute) -> bool:
    # EKS gives its add-ons a toleration of CriticalAddonsOnly, the taint for nodes that are kept for them.
    given = [each.manifest() for each in getattr(addon, "tolerations", None) or ()]
    values = getattr(addon, "configuration_values", {})
    for part in (values, values.get("controller")):
        written = part.get("tolerations") if isinstance(part, Mapping) else None
        given += (
            [each for each in written or () if isinstance(each, Mapping)] if isinstance(written, list | tuple) else []
        )
    return admits(host, [*given, CRITICAL] if addon.of_eks else given)


def _has(args: BlueprintArgs, kind: type[AddOn]) -> bool:
    return any(isinstance(addon, kind) for addon in args.addons)


def _at(addon: AddOn, message: str, *field: str) -> Problem:
    return Problem(("addons", addon.name, *field), message)


def _doubt(path: Path, message: str) -> Problem:
    return Problem(path, message, severity="warning")
