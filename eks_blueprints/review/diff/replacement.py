"""Which inputs cannot be changed in place, and what else a provider says about a type.

AWS: `replacement.json`, made from the provider's source by `scripts/renew_replacement.py`. Kubernetes: the list of the
pulumi-kubernetes provider (provider/pkg/provider/diff.go), and the identity of every object. Both know more than an
SDK's documentation does: of pulumi-aws' pages only a few state it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.review.diff.changes import ABSENT, Change
from eks_blueprints.review.diff.values import bare

_FILE = Path(__file__).with_name("replacement.json")

_ALWAYS_AWS = ("region",)
"""Since pulumi-aws 7 every resource has a region, and none can move to another one. Nor can its provider, so that the
engine replaces all that is managed with it, global things too (pulumi-aws, pull request 4000)."""

_SELECTOR = ("spec.selector",)
_STATEFUL = (
    *_SELECTOR,
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
)
_KUBERNETES: dict[str, tuple[str, ...]] = {
    "apps/v1:DaemonSet": _SELECTOR,
    "apps/v1:Deployment": _SELECTOR,
    "apps/v1:StatefulSet": _STATEFUL,
    "batch/v1:Job": ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    "core/v1:ConfigMap": ("binaryData", "data"),
    "core/v1:PersistentVolume": ("spec.csi", "spec.hostPath", "spec.local", "spec.nfs", "spec.awsElasticBlockStore"),
    # A larger request and another VolumeAttributesClass are for the volume in place; all else the API server refuses.
    "core/v1:PersistentVolumeClaim": ("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
    "core/v1:ResourceQuota": ("spec.scopes",),
    "core/v1:Secret": ("type", "stringData", "data"),
    "core/v1:Service": ("spec.clusterIP",),
    "rbac.authorization.k8s.io/v1:ClusterRoleBinding": ("roleRef",),
    "rbac.authorization.k8s.io/v1:RoleBinding": ("roleRef",),
    "storage.k8s.io/v1:StorageClass": ("parameters", "provisioner"),
}
_OBJECT = ("metadata.name", "metadata.namespace", "kind")
"""The API version is not among them: in another one it is the same object, which an alias leads to."""
_RELEASE = ("name", "namespace")

_FIXED_NAMES = {
    "aws:eks/fargateProfile:FargateProfile": "fargateProfileName",
    "aws:eks/nodeGroup:NodeGroup": "nodeGroupName",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:rds/instance:Instance": "identifier",
    "aws:kms/alias:Alias": "name",
}


def as_of() -> date:
    """The date of the table about AWS."""
    return date.fromisoformat(_table()["as_of"])


def source() -> str:
    """Where the table about AWS comes from."""
    return str(_table()["source"])


def immutable(type_: str) -> tuple[str, ...] | None:
    """Paths of the inputs whose change replaces a resource of this type; None if that is not known."""
    if type_.startswith("kubernetes:"):
        return _kubernetes(type_)
    if type_ == "pulumi:providers:kubernetes":
        return ("clusterIdentifier", "context", "cluster")
    if type_ == "pulumi:providers:aws":
        return _ALWAYS_AWS
    if type_.startswith("pulumi:providers:"):
        return ()
    row = _table()["types"].get(type_)
    return None if row is None else (*row["replace"], *_ALWAYS_AWS)


def is_set(type_: str, path: str) -> bool:
    """Whether the order of the list at a path, without positions, means nothing."""
    row = _table()["types"].get(type_)
    return row is not None and path in row["sets"]


def covers(rule: str, path: str) -> bool:
    """Whether a rule like `vpcConfig.subnetIds` is about a path like `vpcConfig.subnetIds[]` or `vpcConfig`."""
    at = bare(path.partition("{}")[0].removesuffix(" (order)"))
    return at == rule or at.startswith(f"{rule}.") or rule.startswith(f"{at}.")


def replacing(type_: str, change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a change cannot be made in place."""
    condition = _CONDITIONS.get((type_, change.top))
    if condition is not None:
        return bool(condition(change, old, new))
    return any(_concerns(rule, change) for rule in immutable(type_) or ())


def _concerns(rule: str, change: Change) -> bool:
    if not covers(rule, change.path):
        return False
    at = bare(change.path.removesuffix(" (order)"))
    if not rule.startswith(f"{at}."):
        return True
    # The whole parent comes or goes: only if it holds the immutable part.
    inner = rule.removeprefix(f"{at}.").split(".")
    return any(_holds(value, inner) for value in (change.old, change.new))


def _holds(value: Any, keys: list[str]) -> bool:
    if isinstance(value, list):
        return any(_holds(each, keys) for each in value)
    if not keys:
        return value is not None
    return isinstance(value, Mapping) and keys[0] in value and _holds(value[keys[0]], keys[1:])


def deletes_first(type_: str, options: Mapping[str, Any], inputs: Mapping[str, Any]) -> bool:
    """Whether a replacement removes the old resource before it makes the new one.

    A fixed physical name cannot be had twice, so the bridged providers and the Kubernetes one delete first with it.
    """
    given = options.get("delete_before_replace")
    if given is not None:
        return bool(given)
    if type_.startswith("kubernetes:"):
        metadata = inputs.get("metadata")
        return type_ == "kubernetes:helm.sh/v3:Release" or bool(isinstance(metadata, Mapping) and metadata.get("name"))
    name = _FIXED_NAMES.get(type_, "name")
    return type_.startswith("aws:") and isinstance(inputs.get(name), str) and name in (immutable(type_) or ())


def _kubernetes(type_: str) -> tuple[str, ...]:
    token = type_.removeprefix("kubernetes:")
    if token.startswith("helm.sh/"):
        return _RELEASE
    return (*_OBJECT, *_KUBERNETES.get(token, ()))


def _encryption_removed(change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    # Adding a key is possible in place; taking it away is not, and another key needs a new cluster (EKS API).
    return bool(old.get("encryptionConfig")) and change.path != "encryptionConfig.resources (order)"


def _compute_role(change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if not change.path.endswith("nodeRoleArn") or ABSENT in (change.old, change.new):
        return False
    config = new.get("computeConfig")
    return isinstance(config, Mapping) and bool(config.get("enabled"))


def _region_known(change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    # From or to the region of the environment is no move that the provider sees.
    return bool(old.get("region") and new.get("region"))


def _volume_not_grown(change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    before, after = old.get("size"), new.get("size")
    return not (isinstance(before, int) and isinstance(after, int) and after > before)


_CONDITIONS: dict[tuple[str, str], Any] = {
    ("aws:eks/cluster:Cluster", "encryptionConfig"): _encryption_removed,
    ("aws:eks/cluster:Cluster", "computeConfig"): _compute_role,
    ("aws:ebs/volume:Volume", "size"): _volume_not_grown,
    ("pulumi:providers:aws", "region"): _region_known,
}
"""What the provider decides by old and new value (its CustomizeDiff), and not by the property alone."""


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    for row in table["types"].values():
        row["sets"] = frozenset(row["sets"])
    return table
