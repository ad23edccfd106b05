"""Answers of AWS's APIs as properties of pulumi-aws: other spelling, tags as mappings, lists of which there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.live.tags import tags_of

_OWN_KEYS = frozenset({"labels", "requiredClaims", "tags"})
"""Properties that are mappings with keys of the user's own."""

_CLUSTER = {"resourcesVpcConfig": "vpcConfig"}
_NODE_GROUP = {
    "nodegroupName": "nodeGroupName",
    "nodegroupArn": "arn",
    "nodeRole": "nodeRoleArn",
    "subnets": "subnetIds",
    "sourceSecurityGroups": "sourceSecurityGroupIds",
}
_FARGATE = {"subnets": "subnetIds", "fargateProfileArn": "arn"}
_GROUP = {
    "autoScalingGroupName": "name",
    "autoScalingGroupARN": "arn",
    "targetGroupARNs": "targetGroupArns",
    "loadBalancerNames": "loadBalancers",
    "newInstancesProtectedFromScaleIn": "protectFromScaleIn",
    "launchTemplateId": "id",
    "launchTemplateName": "name",
}


def cluster(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A cluster, as eks:DescribeCluster answers."""
    found = spelled(answer, _CLUSTER)
    enabled = [each for each in answer.get("logging", {}).get("clusterLogging", ()) if each.get("enabled")]
    found["enabledClusterLogTypes"] = [type_ for each in enabled for type_ in each.get("types", ())]
    found["encryptionConfig"] = _first(found.get("encryptionConfig"))
    issuer = answer.get("identity", {}).get("oidc", {}).get("issuer")
    found["identities"] = [{"oidcs": [{"issuer": issuer}]}] if issuer else []
    remote = found.get("remoteNetworkConfig") or {}
    for name in ("remoteNodeNetworks", "remotePodNetworks"):
        if name in remote:
            remote[name] = _first(remote[name])
    return found


def node_group(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A node group, as eks:DescribeNodegroup answers."""
    return spelled(answer, _NODE_GROUP)


def fargate_profile(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A Fargate profile, as eks:DescribeFargateProfile answers."""
    return spelled(answer, _FARGATE)


def access_entry(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An access entry, as eks:DescribeAccessEntry answers."""
    return spelled(answer, {"username": "userName"})


def log_group(answer: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """A log group, as logs:DescribeLogGroups answers. Without retention it keeps everything for ever."""
    found = spelled(answer, {"logGroupName": "name"})
    return {"retentionInDays": 0, "skipDestroy": False, **found, "tags": dict(tags)}


def oidc_provider(arn: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An OIDC provider, as iam:GetOpenIDConnectProvider answers."""
    audiences, thumbprints = answer.get("ClientIDList", []), answer.get("ThumbprintList", [])
    return {
        "arn": arn,
        "url": answer["Url"],
        "clientIdLists": audiences,
        "thumbprintLists": thumbprints,
        "tags": tags_of(answer.get("Tags")),
    }


def group(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An Auto Scaling group, as autoscaling:DescribeAutoScalingGroups answers."""
    found = spelled(answer, _GROUP)
    found["vpcZoneIdentifiers"] = [each for each in str(answer.get("VPCZoneIdentifier", "")).split(",") if each]
    found["suspendedProcesses"] = [each["ProcessName"] for each in answer.get("SuspendedProcesses", ())]
    found["enabledMetrics"] = [each["Metric"] for each in answer.get("EnabledMetrics", ())]
    found["tags"] = [
        {"key": each["Key"], "value": each["Value"], "propagateAtLaunch": each["PropagateAtLaunch"]}
        for each in answer.get("Tags", ())
        if not each["Key"].startswith("aws:")
    ]
    mixed = answer.get("MixedInstancesPolicy")
    if mixed is not None:
        # Here the names of the template are the long ones.
        found["mixedInstancesPolicy"] = spelled(mixed, {})
    return found


def spelled(answer: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A mapping with keys as pulumi-aws spells them, at any depth: those of `names`, and a small first letter."""
    found = {}
    for key, value in answer.items():
        small = key[:1].lower() + key[1:]
        name = names.get(small, small)
        found[name] = dict(value) if name in _OWN_KEYS and isinstance(value, Mapping) else _value(value, names)
    return found


def _value(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return spelled(value, names)
    return [_value(each, names) for each in value] if isinstance(value, list) else value


def _first(rows: Any) -> Any:
    return rows[0] if isinstance(rows, list) and rows else None
