"""The ClusterConfig of a stack file, and what of the stack file it does not say."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import InputError, Path, Problem, dotted
from eks_blueprints.core.facts.partitions import partition_of
from eks_blueprints.core.json_values import merged
from eks_blueprints.lifecycle.exporters.eksctl import nodes, parts
from eks_blueprints.lifecycle.exporters.eksctl.taken import Fields, reversed_rules
from eks_blueprints.lifecycle.importers.eksctl import schema
from eks_blueprints.lifecycle.importers.writing import as_yaml
from eks_blueprints.stackfile import open_stack

_LOGS = ["api", "audit", "authenticator"]
_DEFAULTS: dict[Path, Any] = {
    ("cluster", "endpoint_private_access"): True,
    ("cluster", "endpoint_public_access"): False,
    ("cluster", "authentication_mode"): "API",
    ("cluster", "enabled_cluster_log_types"): _LOGS,
    ("cluster", "oidc_provider"): True,
}
"""What is the default here and not with eksctl."""
_NO_PLACE = "no field of a ClusterConfig says it"


@dataclass(slots=True)
class Exported:
    """What an export made."""

    document: Document
    data: dict[str, Any]
    reported: list[tuple[Path, str]] = field(default_factory=list)
    """Fields of the stack file that eksctl cannot say, and why."""

    @property
    def text(self) -> str:
        """The ClusterConfig as YAML."""
        return as_yaml(self.data)

    def place(self, path: Path) -> str:
        """File, line and column of a field; those of the file where it is a default."""
        found = self.document.place(path, of_key=True)
        return f"{found.file or self.document.file}:{found.line}:{found.column}" if found else self.document.file


def exported(file: FilePath) -> Exported:
    """The ClusterConfig of a stack file.

    Raises:
        InputError: if the stack file is invalid, or describes no platform with a region and a cluster.
    """
    stack = open_stack(file)
    data = deepcopy(stack.document.data)
    if not isinstance(data.get("cluster"), dict) or not isinstance(data.get("region"), str):
        raise InputError([Problem((), "describes no platform; got no region or cluster; name another", str(file))])
    for key in ("extends", "blueprint"):
        data.pop(key, None)
    fields = Fields(data)
    for path, value in _DEFAULTS.items():
        fields.default(path, deepcopy(value))
    said = _config(fields, file)
    left = [(path, _NO_PLACE) for path in fields.left()]
    return Exported(stack.document, said, [*fields.notes, *left])


def _config(fields: Fields, file: FilePath) -> dict[str, Any]:
    region = fields.at(("region",))
    partition = partition_of(region) or "aws"
    fields.default(("cluster", "name"), file.stem)
    said: dict[str, Any] = {"apiVersion": schema.table()["api_version"], "kind": schema.ROOT}
    metadata = {
        "name": fields.take(("cluster", "name")),
        "region": fields.take(("region",)),
        "version": fields.take(("cluster", "version")),
    }
    if tags := fields.take(("tags",)):
        metadata["tags"] = tags
    said["metadata"] = metadata
    said |= merged(parts.network(fields, region), _control_plane(fields, partition))
    if entries := parts.access(fields):
        said.setdefault("accessConfig", {})["accessEntries"] = entries
    if accounts := parts.identities(fields):
        said["iam"] = {**said.get("iam", {}), **accounts}
    for name, each in list(fields.at(("compute",), {}).items()):
        kind = each.get("kind", name)
        fields.default(("compute", name, "kind"), kind)
        if kind in nodes.LISTS:
            said.setdefault(nodes.LISTS[kind][0], []).append(nodes.group(fields, name, ("compute", name), partition))
        elif kind == "fargate":
            said.setdefault("fargateProfiles", []).append(nodes.fargate(fields, name, ("compute", name)))
        elif kind == "karpenter":
            said["karpenter"] = nodes.karpenter(fields, ("compute", name))
        if fields.at(("compute", name), None) == {}:
            fields.drop(("compute", name))
    return said | parts.addons(fields, auto_mode="autoModeConfig" in said)


def _control_plane(fields: Fields, partition: str) -> dict[str, Any]:
    cluster: Path = ("cluster",)
    said: dict[str, Any] = {}
    logs, days = (
        fields.take((*cluster, "enabled_cluster_log_types")),
        fields.take((*cluster, "log_group", "retention_in_days"), 90),
    )
    if logs:
        said["cloudWatch"] = {"clusterLogging": {"enableTypes": logs, **({"logRetentionInDays": days} if days else {})}}
    auto = fields.at((*cluster, "auto_mode"))
    if auto is not None:
        said["autoModeConfig"] = {"enabled": True}
        for key, name in (
            ("node_role_arn", "nodeRoleARN"),
            ("node_role_permissions_boundary", "permissionsBoundaryARN"),
        ):
            if (value := fields.take((*cluster, "auto_mode", key))) is not None:
                said["autoModeConfig"][name] = value
        if auto == {}:
            fields.drop((*cluster, "auto_mode"))
    _keys(fields, cluster)
    if (family := fields.take((*cluster, "ip_family"), fields.at(("network", "ip_family")))) is not None:
        fields.take(("network", "ip_family"))
        said["kubernetesNetworkConfig"] = {"ipFamily": {"ipv4": "IPv4", "ipv6": "IPv6"}[family]}
    if (mode := fields.take((*cluster, "authentication_mode"))) is not None:
        said["accessConfig"] = {"authenticationMode": mode}
    controller = (*cluster, "iam_role", "policy_arns", "vpc-resource-controller")
    wanted = f"arn:{partition}:iam::aws:policy/AmazonEKSVPCResourceController"
    if fields.at(controller) == wanted:
        fields.drop(controller)
    else:
        said["iam"] = {"vpcResourceControllerPolicy": False}
    strategy = (*cluster, "kube_scheduler_config", "node_resources_fit", "scoring_strategy", "resources")
    if (resources := fields.take(strategy)) is not None:
        said["kubeSchedulerConfig"] = {"nodeResourcesFit": {"scoringStrategy": {"resources": resources}}}
    if (provider := fields.at((*cluster, "identity_provider"))) is not None:
        fields.default((*cluster, "identity_provider", "name"), "oidc")
        rest = reversed_rules(fields, "IdentityProvider", (*cluster, "identity_provider"))
        said["identityProviders"] = [{"type": "oidc", **rest}] if provider is not None else []
    return reduce(merged, (said, reversed_rules(fields, schema.ROOT, ()), _metadata(fields), _inside(fields)))


def _inside(fields: Fields) -> dict[str, Any]:
    """Parts that a step of the import goes into, by the rules of their types."""
    owners = {
        "iam": "ClusterIAM",
        "vpc": "ClusterVPC",
        "kubernetesNetworkConfig": "KubernetesNetworkConfig",
        "autoModeConfig": "AutoModeConfig",
    }
    return {key: found for key, owner in owners.items() if (found := reversed_rules(fields, owner, ()))}


def _metadata(fields: Fields) -> dict[str, Any]:
    forced = fields.take(("cluster", "force_update_version"))
    return {} if forced is None else {"metadata": {"forceUpdateVersion": forced}}


def _keys(fields: Fields, cluster: Path) -> None:
    """The key of Secrets: one that exists is said by its ARN, and none at all is eksctl's default."""
    key = (*cluster, "encryption_config")
    if fields.at(key, _ABSENT) is None:
        fields.drop(key)
    elif fields.at((*key, "key_arn")) is None:
        where = dotted(key)
        fields.note(key, f"a key of the cluster's own is made here, and not by eksctl: write {where}.key_arn, or null")


_ABSENT = object()
