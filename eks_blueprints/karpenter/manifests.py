"""Pools and classes of nodes as the objects that Kubernetes takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.requirements import Requirement
from eks_blueprints.spec import Spec

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
    return _object("karpenter.sh/v1", "NodePool", pool.name, _without_nothing(spec))


def requirement(item: Requirement) -> dict[str, Any]:
    """A condition on a label; the list of values is left out where the operator takes none."""
    return {key: value for key, value in plain(item).items() if value != []}


def plain(value: Any) -> Any:
    """A spec's fields under Kubernetes' names, without those that are absent; Outputs stay what they are."""
    if isinstance(value, Spec):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return {camel(name): plain(item) for name, item in fields.items() if item is not None}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


def camel(name: str) -> str:
    """`consolidate_after` as `consolidateAfter`."""
    first, *others = name.split("_")
    return _IRREGULAR.get(name, first + "".join(word.capitalize() for word in others))


def _object(version: str, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}


def _without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
