"""Checks of Karpenter and EKS Auto Mode against the rest of a platform, made before any resource is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from eks_blueprints.addons._helm_values import clashes
from eks_blueprints.blueprint.karpenter_network import check_network
from eks_blueprints.blueprint.kinds import AutoMode, EksPodIdentityAgent, Fargate, Karpenter, VpcCni
from eks_blueprints.blueprint.placing import CRITICAL, admits
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.core.spec import is_known
from eks_blueprints.karpenter.controller import OWN_VALUES, SERVICE_ACCOUNT

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

_CNI_POLICY = "AmazonEKS_CNI_Policy"
_FIPS_REGIONS = ("us-", "ca-")
_LABELS = {"app.kubernetes.io/name": "karpenter", "app.kubernetes.io/instance": "karpenter"}
"""Labels of the controller's pods, which Fargate's selectors may name."""


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem of Karpenter and Auto Mode that they cannot see alone; warnings are marked as such."""
    yield from _once(args)
    yield from _same_names(args)
    for compute in args.compute:
        if isinstance(compute, Karpenter):
            yield from _below(compute, compute.problems(args.cluster.version))
            yield from _home(args, compute)
            yield from _permissions(args, compute)
            yield from _plugin(args, compute)
            yield from _values(compute)
        elif isinstance(compute, AutoMode):
            yield from _auto_mode(args, compute)
        if isinstance(compute, Karpenter | AutoMode):
            yield from _roles(args, compute)
            yield from check_network(args, compute)
    yield from _nowhere(args)


def _once(args: BlueprintArgs) -> Iterator[Problem]:
    for kind in (Karpenter, AutoMode):
        found = [compute for compute in args.compute if isinstance(compute, kind)]
        for other in found[1:]:
            message = f"can be on a cluster once; got {found[0].name} of the same kind; put its pools into that one"
            yield Problem(_at(other), message)


def _same_names(args: BlueprintArgs) -> Iterator[Problem]:
    """Pools are objects of one kind, whoever acts upon them."""
    owners: dict[str, str] = {}
    if args.cluster.auto_mode is not None:
        owners = dict.fromkeys(args.cluster.auto_mode.node_pools, "EKS Auto Mode")
    for compute in args.compute:
        if isinstance(compute, Karpenter | AutoMode):
            for pool in compute.pools:
                if (owner := owners.setdefault(pool.name, compute.name)) != compute.name:
                    message = f"is also the name of a pool of {owner}; got {pool.name}; rename one of them"
                    yield Problem(_at(compute, "node_pools", pool.name), message)


def _home(args: BlueprintArgs, karpenter: Karpenter) -> Iterator[Problem]:
    """The controller cannot run on nodes that Karpenter launches, its own or Auto Mode's."""
    profiles = [c for c in args.compute if isinstance(c, Fargate) and c.runs(karpenter.namespace, _LABELS)]
    nodes = [c for c in args.compute if c.runs_pods and not c.runs_beside and c.operating_system == "linux"]
    if not profiles and not nodes:
        got = "none but Auto Mode" if args.cluster.auto_mode is not None else "none"
        do = f"add managed_nodes, or a Fargate profile for namespace {karpenter.namespace}"
        yield Problem(_at(karpenter), f"needs nodes that it has not launched, to run on; got {got}; {do}")
    elif not profiles and not any(_tolerates(karpenter, each) for each in nodes):
        taints = ", ".join(sorted({taint.key for each in nodes for taint in each.node_taints}))
        do = "leave one group without, use CriticalAddonsOnly, or give values.tolerations"
        yield Problem(_at(karpenter), f"tolerates the taints of no node; got {taints} on all of them; {do}")
    if profiles and not nodes and karpenter.identity == "pod_identity":
        do = "set identity: irsa"
        message = f"gets no AWS permissions from Pod Identity on Fargate; got only {profiles[0].name} to run on; {do}"
        yield Problem(_at(karpenter, "identity"), message)
    most = sum(each.node_count[0] for each in nodes if each.node_count)
    if not profiles and 0 < most < karpenter.replicas and len(nodes) == len([n for n in nodes if n.node_count]):
        message = f"is more than the nodes it can run on, one on each; got {karpenter.replicas} for {most}"
        yield _doubt(_at(karpenter, "replicas"), f"{message}; lower it or add nodes")


def _tolerates(karpenter: Karpenter, host: Compute) -> bool:
    given = karpenter.values.get("tolerations")
    return admits(host, given if isinstance(given, list) else [CRITICAL])


def _permissions(args: BlueprintArgs, karpenter: Karpenter) -> Iterator[Problem]:
    agent = any(isinstance(addon, EksPodIdentityAgent) for addon in args.addons)
    if karpenter.identity == "pod_identity" and not agent:
        do = "add eks_pod_identity_agent: {}, or set identity: irsa"
        yield Problem(_at(karpenter, "identity"), f"is Pod Identity; got addons without its agent; {do}")
    profiled = [each for each in karpenter.classes if each.instance_profile is not None]
    if profiled and not karpenter.node_role_arns:
        at = _at(karpenter, "node_classes", profiled[0].name, "instance_profile")
        message = f"has a role that Karpenter may not give to nodes; got {shown(profiled[0].instance_profile)}"
        yield _doubt(at, f"{message}; name the role's ARN under node_role_arns")
    for addon in args.addons:
        same = getattr(addon, "namespace", "") == karpenter.namespace
        if same and addon.service_account == SERVICE_ACCOUNT:
            yield Problem(_at(karpenter), f"has the service account of {addon.name}; got both; remove one of them")


def _plugin(args: BlueprintArgs, karpenter: Karpenter) -> Iterator[Problem]:
    """What the network plugin asks of nodes that it finds here."""
    windows = [each.name for each in karpenter.classes if each.family.startswith("Windows")]
    for addon in args.addons:
        if not isinstance(addon, VpcCni):
            continue
        if windows and not addon.windows_ipam and "enableWindowsIpam" not in addon.configuration_values:
            message = f"must give addresses to pods on Windows nodes; got class {windows[0]} without it"
            yield Problem(("addons", addon.name, "windows_ipam"), f"{message}; set windows_ipam: true")
        if addon.custom_networking is not None and not karpenter.settings.reserved_enis:
            message = "is 0 with custom networking, where pods get no addresses from the first interface"
            do = "set 1, or nodes appear larger than they are"
            yield _doubt(_at(karpenter, "settings", "reserved_enis"), f"{message}; got 0; {do}")
        own = all(each.role is None and each.instance_profile is None for each in karpenter.classes)
        attached = any(str(arn).endswith(_CNI_POLICY) for arn in karpenter.node_policies.values())
        if addon.identity_used == "node_role" and own and not attached:
            message = f"need {_CNI_POLICY} where vpc_cni uses the nodes' role; got a role without it"
            do = f"add cni: arn:aws:iam::aws:policy/{_CNI_POLICY}, or give vpc_cni another identity"
            yield Problem(_at(karpenter, "node_policies"), f"{message}; {do}")


def _values(karpenter: Karpenter) -> Iterator[Problem]:
    """Values of the chart that say again what a field or the platform says."""
    at = _at(karpenter, "values")
    for path, typed, raw in clashes(karpenter.said_values(), karpenter.values):
        message = f"is also set by a field of karpenter; got {shown(raw)} and {shown(typed)}; set it once"
        yield Problem((*at, *path), message)
    for name in OWN_VALUES:
        first, last = name.split(".")
        part = karpenter.values.get(first)
        if isinstance(part, dict) and last in part:
            message = f"is set by the platform and cannot be changed; got {shown(part[last])}; remove it"
            yield Problem((*at, first, last), message)


def _auto_mode(args: BlueprintArgs, compute: AutoMode) -> Iterator[Problem]:
    switched = args.cluster.auto_mode
    if switched is None:
        do = "add cluster.auto_mode: {}, or run karpenter"
        yield Problem(_at(compute), f"is for clusters with EKS Auto Mode; got one without; {do}")
        return
    found = compute.problems(switched.node_pools)
    if not switched.node_pools:
        found = [_no_default(problem) for problem in found]
    yield from _below(compute, found)
    for each in compute.classes:
        security = each.advanced_security
        if security is not None and security.fips and not args.region.startswith(_FIPS_REGIONS):
            at = _at(compute, "node_classes", each.name, "advanced_security", "fips")
            yield Problem(at, f"is for regions of the United States and Canada; got {args.region}; remove it")
        if each.tags:
            message = "need more permissions of the cluster's role than Auto Mode gives it; got tags"
            do = "allow it ec2:CreateFleet, ec2:RunInstances, ec2:CreateLaunchTemplate and ec2:CreateTags with them"
            yield _doubt(_at(compute, "node_classes", each.name, "tags"), f"{message}; {do}")


def _no_default(problem: Problem) -> Problem:
    if problem.path[-1] != "node_class":
        return problem
    return replace(problem, message=f"{problem.message}; class default comes with cluster.auto_mode.node_pools")


def _roles(args: BlueprintArgs, compute: Karpenter | AutoMode) -> Iterator[Problem]:
    """Nodes with a role that is not made here get in only by an access entry that someone makes."""
    wanted = "EC2" if isinstance(compute, AutoMode) else "EC2_LINUX"
    let_in = {
        str(entry.principal_arn).rpartition("/")[2]: entry.type
        for entry in args.access.values()
        if is_known(entry.principal_arn)
    }
    for each in compute.classes:
        at = _at(compute, "node_classes", each.name, "role")
        if not isinstance(each.role, str):
            continue
        windows = isinstance(compute, Karpenter) and str(getattr(each, "family", "")).startswith("Windows")
        kind = "EC2_WINDOWS" if windows else wanted
        name = each.role.rpartition("/")[2]
        if name not in let_in:
            message = f"has no access entry here; got {each.role}"
            yield _doubt(at, f"{message}; add one of type {kind} under access, unless it has one from elsewhere")
        elif let_in[name] != kind:
            yield Problem(at, f"has an access entry of another type; got {let_in[name]} for {each.role}; use {kind}")


def _nowhere(args: BlueprintArgs) -> Iterator[Problem]:
    switched = args.cluster.auto_mode
    if switched is None or switched.node_pools or any(c.runs_pods for c in args.compute):
        return
    if not any(isinstance(c, AutoMode) and c.pools for c in args.compute):
        do = "turn a built-in pool on, or add pools of your own under compute.auto_mode"
        yield _doubt(("cluster", "auto_mode", "node_pools"), f"leaves Auto Mode nothing to launch; got []; {do}")


def _below(compute: Compute, problems: list[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield replace(problem, path=(*_at(compute), *problem.path))


def _at(compute: Compute, *field: str) -> Path:
    return (compute.group, compute.name, *field)


def _doubt(path: Path, message: str) -> Problem:
    return Problem(path, message, severity="warning")
