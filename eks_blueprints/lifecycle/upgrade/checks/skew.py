"""Kubelets and kube-proxy against a control plane: Kubernetes' version skew policy, as EKS enforces it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from eks_blueprints.core.facts.addon_compatibility import kubelet_fits, oldest_kubelet
from eks_blueprints.lifecycle.upgrade.declared_nodes import minor_in
from eks_blueprints.lifecycle.upgrade.model import Finding, Nodes, Situation

_POLICY = "Kubernetes version skew policy"


def skew(situation: Situation, target: int) -> Iterator[Finding]:
    """Nodes that a control plane 1.`target` would not take, or whose version is not known."""
    unknown: defaultdict[tuple[str, str], list[Nodes]] = defaultdict(list)
    for each in situation.nodes:
        if each.kind == "auto mode":
            continue  # EKS keeps them within the skew.
        if each.minor is None:
            unknown[each.kind, _why(each)].append(each)
        else:
            yield from _nodes(each, each.minor, situation, target)
    for (kind, why), found in unknown.items():
        yield Finding(
            level="unknown",
            code="node-version",
            what=f"which version the nodes of {', '.join(each.name for each in found)} ({kind}) run is not known{why}",
            do="look at kubectl get nodes, or plan with --kubeconfig",
            place=found[0].place,
            source=_POLICY,
        )
    proxy = situation.component("kube-proxy")
    minor = minor_in(proxy.version) if proxy is not None and proxy.version else None
    if proxy is not None and minor is not None and not kubelet_fits(minor, target):
        yield Finding(
            level="blocker",
            code="kube-proxy-skew",
            what=f"kube-proxy {proxy.version} is {_far(minor, target)}",
            do=f"bring kube-proxy to 1.{situation.minor} first",
            place=proxy.place,
            source=_POLICY,
        )


def _nodes(each: Nodes, minor: int, situation: Situation, target: int) -> Iterator[Finding]:
    if not kubelet_fits(minor, target):
        yield Finding(
            level="blocker",
            code="node-skew",
            what=f"{each.name} ({each.kind}) runs 1.{minor}, which is {_far(minor, target)}",
            do=_how(each, situation.minor, target),
            place=each.place,
            source=_POLICY,
        )
    elif minor < situation.minor:
        yield Finding(
            level="warning",
            code="node-behind",
            what=f"{each.name} ({each.kind}) runs 1.{minor}, behind its control plane 1.{situation.minor}",
            do=_how(each, situation.minor, target),
            place=each.place,
            source="EKS user guide: bring nodes to the control plane's version before it is updated",
        )


def _far(minor: int, target: int) -> str:
    if minor > target:
        return f"newer than a control plane 1.{target}"
    return f"too old for a control plane 1.{target}, which takes 1.{oldest_kubelet(target)} and newer"


def _how(each: Nodes, current: int, target: int) -> str:
    wanted = min(current, target)
    if each.kind == "fargate":
        return "restart its pods: kubectl rollout restart"
    if each.kind == "karpenter":
        return "wait until Karpenter has replaced its nodes, or look why it does not: kubectl get nodeclaims"
    if each.kind == "hybrid":
        return f"run nodeadm upgrade 1.{wanted} on each of its machines"
    return f'write version: "1.{wanted}" there, or its release, and deploy that first'


def _why(each: Nodes) -> str:
    reasons = {
        "fargate": ": a pod's kubelet is of the control plane on the day it started",
        "karpenter": f", as {each.image} decides it" if each.image else "",
        "hybrid": ": their machines are not in the program",
    }
    return reasons.get(each.kind, f": {each.image}" if each.image else "")
