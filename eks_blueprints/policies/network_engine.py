"""What enforces the NetworkPolicies of a cluster, and the settings of the VPC CNI that pods depend on."""

from __future__ import annotations

from dataclasses import dataclass

from eks_blueprints.policies.addon_settings import settings_of
from eks_blueprints.policies.installed import running
from eks_blueprints.policies.objects import CONFIG_MAP
from eks_blueprints.policies.platform import NODE_CLASS, addon, auto_mode
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack

_OTHERS = {"cilium": "Cilium", "calico": "Calico", "tigera-operator": "Calico"}


@dataclass(frozen=True, slots=True)
class Engine:
    """What enforces NetworkPolicies."""

    name: str
    """`VPC CNI`, `Calico`, `Cilium` or `Auto Mode`; empty where nothing does."""
    why_not: str = ""
    strict: bool = False
    """Whether connections are denied that no policy allows, of pods that no policy selects too."""


def network_engine(cluster: Resource, stack: Stack) -> Engine:
    """What enforces the NetworkPolicies of a cluster.

    Raises:
        Undetermined: if that hangs on a value that is not known.
    """
    for chart, name in _OTHERS.items():
        if running(stack, chart):
            return Engine(name)
    if auto_mode(cluster) and _auto_mode_enforces(stack):
        classes = stack.of(NODE_CLASS)
        strict = bool(classes) and all(each.props.get("spec", "networkPolicy") == "DefaultDeny" for each in classes)
        return Engine("Auto Mode", strict=strict)
    cni = addon("vpc-cni", cluster, stack)
    if cni is None:
        if auto_mode(cluster):
            return Engine("", "Auto Mode enforces none unless it is configured")
        return Engine("", "the cluster has no vpc-cni add-on that enforces it")
    values = settings_of(cni)
    if values.flag("enableNetworkPolicy") is not True:
        return Engine("", f"{cni.name} does not enforce network policies")
    return Engine("VPC CNI", strict=values.get("env", "NETWORK_POLICY_ENFORCING_MODE") == "strict")


@dataclass(frozen=True, slots=True)
class PodGroups:
    """How the VPC CNI gives security groups to pods."""

    on: bool
    """Whether it does: ENABLE_POD_ENI, or Auto Mode or a cluster elsewhere, of which that is not known."""
    strict: bool = False
    """POD_SECURITY_GROUP_ENFORCING_MODE: whether traffic within a node obeys them, and nothing but they apply."""
    why_not: str = ""


def pod_groups(cluster: Resource | None, stack: Stack) -> PodGroups:
    """Whether SecurityGroupPolicies have an effect on a cluster."""
    if cluster is None:
        return PodGroups(True)
    if auto_mode(cluster):
        return PodGroups(False, why_not="Auto Mode gives no security groups to single pods")
    cni = addon("vpc-cni", cluster, stack)
    if cni is None:
        return PodGroups(False, why_not="the cluster has no vpc-cni add-on, which would do it")
    try:
        env = settings_of(cni).at("env")
        # EKS takes the mode to be strict where nothing is said.
        strict = env.get("POD_SECURITY_GROUP_ENFORCING_MODE") != "standard"
        if env.flag("ENABLE_POD_ENI") is True:
            return PodGroups(True, strict)
    except Undetermined as error:
        return PodGroups(True, why_not=str(error))
    return PodGroups(False, why_not=f"{cni.name} does not set ENABLE_POD_ENI: true")


def _auto_mode_enforces(stack: Stack) -> bool:
    for each in stack.of(CONFIG_MAP):
        if each.props.text("metadata", "name") == "amazon-vpc-cni":
            data = each.props.at("data")
            return bool(data.flag("enable-network-policy-controller") or data.flag("enable-network-policy"))
    return False
