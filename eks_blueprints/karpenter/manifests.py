"""Pools and classes of nodes as the objects that Kubernetes takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.errors import fail
from eks_blueprints.core.spec import In, Spec
from eks_blueprints.karpenter import kubelet_parts, kubelet_settings
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.node_class import NodeClass
from eks_blueprints.karpenter.node_overlay import NodeOverlay
from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.requirements import Requirement
from eks_blueprints.karpenter.selectors import SecurityGroupSelectorTerm, SubnetSelectorTerm

_IRREGULAR = {
    "associate_public_ip_address": "associatePublicIPAddress",
    "cluster_dns": "clusterDNS",
    "cpu_cfs_quota": "cpuCFSQuota",
    "image_gc_high_threshold_percent": "imageGCHighThresholdPercent",
    "image_gc_low_threshold_percent": "imageGCLowThresholdPercent",
    "http_protocol_ipv6": "httpProtocolIPv6",
    "ipv4_prefix_size": "ipv4PrefixSize",
    "kms_key_id": "kmsKeyID",
    "owner_id": "ownerID",
    "secondary_ipv4_count": "secondaryIPv4Count",
    "secondary_ipv4_prefix_count": "secondaryIPv4PrefixCount",
    "snapshot_id": "snapshotID",
    **kubelet_parts.IRREGULAR,
    **kubelet_settings.IRREGULAR,
}


def node_pool(pool: Pool) -> dict[str, Any]:
    """The NodePool of a pool, of either flavor."""
    metadata = _without_nothing({"labels": pool.labels or None, "annotations": pool.annotations or None})
    reference = {"group": pool.flavor.group, "kind": pool.flavor.kind, "name": pool.node_class}
    node = {
        "nodeClassRef": reference,
        "requirements": [requirement(item) for item in pool.all_requirements],
        "taints": plain(pool.taints) or None,
        "startupTaints": plain(pool.startup_taints) or None,
        "expireAfter": pool.expire_after,
        "terminationGracePeriod": pool.termination_grace_period,
    }
    template = {"metadata": metadata or None, "spec": _without_nothing(node)}
    spec = {
        "template": _without_nothing(template),
        "disruption": None if pool.disruption is None else plain(pool.disruption),
        "limits": pool.limits or None,
        "weight": pool.weight,
        "replicas": pool.replicas,
    }
    return _object("karpenter.sh/v1", "NodePool", pool, _without_nothing(spec))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDefaults:
    """What a class of nodes gets where its spec leaves it open."""

    role: In[str] | None = None
    """Name of the role of nodes."""
    subnets: tuple[SubnetSelectorTerm, ...] = ()
    security_groups: tuple[SecurityGroupSelectorTerm, ...] = ()


def discovered(tags: Mapping[str, In[str]], role: In[str] | None = None) -> ClassDefaults:
    """Defaults that select subnets and security groups by the same tags."""
    subnets = SubnetSelectorTerm(tags=dict(tags))
    groups = SecurityGroupSelectorTerm(tags=dict(tags))
    return ClassDefaults(role=role, subnets=(subnets,), security_groups=(groups,))


def ec2_node_class(spec: Ec2NodeClass, defaults: ClassDefaults | None = None) -> dict[str, Any]:
    """The EC2NodeClass of a class of Karpenter's nodes.

    Raises:
        InputError: if the spec leaves open what the defaults do not say either.
    """
    return _object("karpenter.k8s.aws/v1", "EC2NodeClass", spec, _class_fields(spec, defaults or ClassDefaults()))


def node_class(spec: NodeClass, defaults: ClassDefaults | None = None) -> dict[str, Any]:
    """The NodeClass of a class of Auto Mode's nodes.

    Raises:
        InputError: if the spec leaves open what the defaults do not say either.
    """
    return _object("eks.amazonaws.com/v1", "NodeClass", spec, _class_fields(spec, defaults or ClassDefaults()))


def _class_fields(spec: Ec2NodeClass | NodeClass, defaults: ClassDefaults) -> dict[str, Any]:
    fields = _spec_fields(spec)
    if spec.role is None and spec.instance_profile is None:
        fields["role"] = defaults.role
    given = {"subnetSelectorTerms": defaults.subnets, "securityGroupSelectorTerms": defaults.security_groups}
    fields = {name: plain(terms) for name, terms in given.items() if terms} | fields
    for name in ("role", *given):
        if fields.get(name) is None and not (name == "role" and spec.instance_profile is not None):
            fail("is not set; got nothing; set it here or where the platform creates it", spec.name, name)
    return fields


def node_overlay(spec: NodeOverlay) -> dict[str, Any]:
    """The NodeOverlay of an overlay."""
    fields = {"requirements": [], **_spec_fields(spec)}
    return _object("karpenter.sh/v1alpha1", "NodeOverlay", spec, fields)


def requirement(item: Requirement) -> dict[str, Any]:
    """A condition on a label."""
    return dict(plain(item))


def plain(value: Any) -> Any:
    """A spec's fields under Kubernetes' names, without those that are absent; Outputs stay what they are."""
    if isinstance(value, Spec):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return {camel(name): plain(item) for name, item in fields.items() if not absent(value, name)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


def absent(spec: Spec, name: str) -> bool:
    """Whether a field says nothing."""
    # An empty list counts as absent only where the field is empty by default; no budgets at all are something else.
    value = getattr(spec, name)
    return value is None or (value in ((), {}) and value == type(spec).model_fields[name].default)


def camel(name: str) -> str:
    """`consolidate_after` as `consolidateAfter`."""
    first, *others = name.split("_")
    return _IRREGULAR.get(name, first + "".join(word.capitalize() for word in others))


def _object(
    version: str, kind: str, item: Pool | NodeOverlay | Ec2NodeClass | NodeClass, spec: dict[str, Any]
) -> dict[str, Any]:
    metadata = {"name": item.name, **(item.metadata.fields() if item.metadata else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def _spec_fields(item: NodeOverlay | Ec2NodeClass | NodeClass) -> dict[str, Any]:
    return {name: value for name, value in plain(item).items() if name not in ("name", "metadata")}


def _without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
