"""EKS add-ons: their versions, their settings, and whether those are there that something counts on."""

from __future__ import annotations

import re
from typing import Any

from eks_blueprints.core.facts.csi_drivers import EBS
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.core.facts.pods import Addressing, addresses
from eks_blueprints.policies.addon_settings import parsed, settings_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts, running
from eks_blueprints.policies.network_engine import network_engine
from eks_blueprints.policies.objects import CONFIG_MAP, STATEFUL_SET
from eks_blueprints.policies.platform import ADDON, NODE_GROUP, addon, auto_mode, cluster_of, version_of
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack
from eks_blueprints.policies.volumes import CLAIM, STORAGE_CLASS, provisioner, templates_of

HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
VPA = "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler"
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
SNAPSHOT = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot"

_MINIMUM = {"vpc-cni": {23: (1, 8), 26: (1, 12)}}
"""Least version of an add-on from a minor of Kubernetes on. Source: EKS user guide, 2026-11-21."""


@rule("addon-version-pinned", ADDON, severity="medium", enforcement="advisory", wave=2)
def version_pinned(found: Props) -> Faults:
    """Add-on versions are pinned.

    One without addonVersion is made with EKS's default for the version of the cluster, and keeps it from then on; a new
    platform may get another one.
    """
    if not found.has("addonVersion"):
        yield found.fault("uses whatever version is the default", "addonVersion")
        return
    version = found.text("addonVersion") or ""
    if found.symbolic(version) and "getAddonVersion" in version:
        yield found.fault("uses whatever version AWS recommends on the day", "addonVersion", got=version)
    elif not found.symbolic(version) and not re.fullmatch(r"v?\d+\.\d+\.\d+.*", version):
        yield found.fault("names no exact version", "addonVersion", got=version)


@rule("addon-version-compatible", ADDON, severity="high", enforcement="mandatory", wave=1, across=True)
def version_compatible(found: Props, context: Context) -> Faults:
    """The version of an add-on supports the cluster's Kubernetes version.

    kube-proxy is no newer than the control plane and at most three minors older; an add-on that has a least version
    for the cluster's minor has it. Other add-ons are not judged offline: EKS alone lists what fits what.
    """
    name = found.get("addonName")
    if name != "kube-proxy" and name not in _MINIMUM:
        raise NotApplicable
    cluster = cluster_of(context.resource, context.stack)
    minor = version_of(cluster)
    version = found.get("addonVersion")
    match = re.match(r"v?(\d+)\.(\d+)", version) if isinstance(version, str) else None
    if match is None or minor is None:
        raise NotApplicable
    has = (int(match[1]), int(match[2]))
    if name == "kube-proxy":
        if not minor - 3 <= has[1] <= minor:
            yield found.fault(f"does not work with a control plane of 1.{minor}", "addonVersion", got=version)
        return
    least = max((need for since, need in _MINIMUM[str(name)].items() if minor >= since), default=(0, 0))
    if has < least:
        do = f"use {least[0]}.{least[1]} or newer"
        yield found.fault(f"is too old for Kubernetes 1.{minor}", "addonVersion", got=version, do=do)


@rule("addon-conflict-resolution-explicit", ADDON, severity="low", enforcement="advisory", wave=3)
def conflicts(found: Props) -> Faults:
    """Conflict resolution for add-on updates is set."""
    how = found.get("resolveConflictsOnUpdate")
    if how not in ("OVERWRITE", "PRESERVE"):
        yield found.fault("fails on settings that someone changed", "resolveConflictsOnUpdate", got=how)


@rule("addon-configuration-values-valid", ADDON, severity="medium", enforcement="mandatory", wave=2)
def values_valid(found: Props) -> Faults:
    """The configuration values of an add-on are valid.

    configurationValues is JSON or YAML of a mapping; which keys an add-on knows is its own affair.
    """
    if not found.has("configurationValues"):
        raise NotApplicable
    values = found.raw("configurationValues")
    if isinstance(values, str):
        values = parsed(found.document("configurationValues"), values)
    else:
        found.get("configurationValues")
    if not isinstance(values, dict):
        got = found.raw("configurationValues")
        yield found.fault("has settings that are no mapping", "configurationValues", got=got)


@rule("addon-core-managed", CLUSTER, severity="medium", enforcement="advisory", wave=3, across=True)
def core_managed(cluster: Props, context: Context) -> Faults:
    """VPC CNI, kube-proxy and CoreDNS are EKS add-ons."""
    if auto_mode(context.resource) or running(context.stack, "cilium"):
        raise NotApplicable
    for name in ("vpc-cni", "kube-proxy", "coredns"):
        if addon(name, context.resource, context.stack) is None:
            yield cluster.fault(f"leaves {name} to itself", got=name, do=f"add the add-on {name}")


@rule(
    "addon-ebs-csi-present",
    STORAGE_CLASS,
    CLAIM,
    STATEFUL_SET,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def ebs_driver(subject: Props, context: Context) -> Faults:
    """The EBS CSI driver is installed if EBS volumes are used."""
    stack, resource = context.stack, context.resource
    found = _provisioners(resource, stack) & set(EBS)
    if not found:
        raise NotApplicable
    cluster = cluster_of(resource, stack)
    if cluster is None:
        raise NotApplicable
    if EBS[1] in found and auto_mode(cluster):
        return
    driver = addon("aws-ebs-csi-driver", cluster, stack) or charts(stack, "aws-ebs-csi-driver")
    if not driver:
        yield subject.fault("requests EBS volumes, and nothing creates them", got=sorted(found))


@rule(
    "addon-snapshot-controller-present",
    SNAPSHOT,
    f"{SNAPSHOT}Class",
    severity="low",
    enforcement="mandatory",
    wave=2,
    across=True,
)
def snapshot_controller(subject: Props, context: Context) -> Faults:
    """The snapshot controller is installed if volume snapshots are used."""
    stack = context.stack
    if cluster_of(context.resource, stack) is None:
        raise NotApplicable
    found = addon("snapshot-controller", cluster_of(context.resource, stack), stack)
    if found is None and not running(stack, "snapshot-controller"):
        yield subject.fault("requests a snapshot, and nothing creates it")


@rule(
    "addon-network-policy-engine-enabled",
    NETWORK_POLICY,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def network_policy_engine(policy: Props, context: Context) -> Faults:
    """Network policies are enforced by a network plugin."""
    stack = context.stack
    cluster = cluster_of(context.resource, stack)
    if cluster is None:
        raise NotApplicable
    engine = network_engine(cluster, stack)
    if not engine.name:
        yield policy.fault(f"is ignored: {engine.why_not}")


@rule("addon-coredns-ha", ADDON, severity="medium", enforcement="advisory", wave=3, across=True)
def coredns_ha(found: Props, context: Context) -> Faults:
    """DNS survives the loss of a node."""
    if found.get("addonName") != "coredns":
        raise NotApplicable
    values = settings_of(context.resource)
    count = values.number("replicaCount")
    if values.flag("autoScaling", "enabled") is not True and count is not None and count < 2:
        yield found.fault("resolves names with one pod", "configurationValues", got=count)
    if values.flag("podDisruptionBudget", "enabled") is False:
        yield found.fault("may lose all of its pods at once", "configurationValues")


@rule("addon-metrics-server-present", HPA, VPA, severity="high", enforcement="mandatory", wave=1, across=True)
def metrics_server(autoscaler: Props, context: Context) -> Faults:
    """Metrics Server is installed if autoscalers need it."""
    stack, resource = context.stack, context.resource
    kinds = [metric.get("type") for metric in autoscaler.items("spec", "metrics")]
    if resource.type == HPA and kinds and not {"Resource", "ContainerResource"} & set(kinds):
        raise NotApplicable
    cluster = cluster_of(resource, stack)
    if cluster is None:
        raise NotApplicable
    if addon("metrics-server", cluster, stack) is None and not running(stack, "metrics-server"):
        yield autoscaler.fault("has nothing to measure with: the cluster has no metrics-server")


@rule("addon-prefix-delegation-considered", NODE_GROUP, severity="low", enforcement="advisory", wave=3, across=True)
def prefix_delegation(group: Props, context: Context) -> Faults:
    """Nodes do not allow more pods than they have IP addresses for.

    Where the user data of a node group's launch template sets maxPods beyond what an instance type of the group has
    addresses for, vpc-cni has ENABLE_PREFIX_DELEGATION.
    """
    template = context.stack.resolved(context.resource, "launchTemplate", "id", types=(_TEMPLATE,))
    data = template.props.text("userData") if template else None
    match = re.search(r"max-?pods['\"]?[:=\s]+(\d+)", data or "", re.IGNORECASE)
    if match is None:
        raise NotApplicable
    cni = addon("vpc-cni", cluster_of(context.resource, context.stack), context.stack)
    if cni is not None and settings_of(cni).flag("env", "ENABLE_PREFIX_DELEGATION"):
        return
    for name in group.words("instanceTypes"):
        found = instance_type(name)
        most = None if found is None else addresses(found, Addressing()).count
        if most is not None and int(match[1]) > most:
            yield group.fault(f"has addresses for {most} pods on {name}", "launchTemplate", got=match[1])


@rule("addon-kube-proxy-not-ipvs", ADDON, CONFIG_MAP, severity="medium", enforcement="advisory", wave=3)
def no_ipvs(subject: Props, context: Context) -> Faults:
    """kube-proxy does not use the deprecated ipvs mode."""
    if context.resource.type == ADDON:
        if subject.get("addonName") != "kube-proxy":
            raise NotApplicable
        if settings_of(context.resource).get("mode") == "ipvs":
            yield subject.fault("uses the ipvs mode", "configurationValues", got="ipvs")
        return
    if subject.text("metadata", "name") != "kube-proxy-config":
        raise NotApplicable
    for key, value in subject.pairs("data"):
        if re.search(r"^mode:\s*\"?ipvs", value.text() or "", re.MULTILINE):
            yield subject.fault("uses the ipvs mode", "data", key, got="ipvs")


_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


def _provisioners(resource: Resource, stack: Stack) -> set[Any]:
    if resource.type == STORAGE_CLASS:
        return {resource.props.get("provisioner")}
    claims = [resource.props.at("spec")] if resource.type == CLAIM else [t.at("spec") for t in templates_of(resource)]
    return {provisioner(claim, stack) for claim in claims}
