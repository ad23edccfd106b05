"""The cluster itself, with its log group and OIDC provider."""

from __future__ import annotations

from typing import Any

from eks_blueprints.cluster.roles import AUTO_MODE_NODE_POLICIES, cluster_policies
from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.lifecycle.importers.found.draft import Draft, said, unless
from eks_blueprints.lifecycle.importers.found.keys import key
from eks_blueprints.lifecycle.importers.found.model import IDP, LOG_GROUP, OIDC, Found
from eks_blueprints.lifecycle.importers.found.roles import own_role

_MODE = "accessConfig.authenticationMode"
_NEVER = 0
"""Days of a log group that keeps everything for ever."""


def add_cluster(draft: Draft) -> None:
    """Say what the cluster is, with its roles and its key."""
    found = draft.cluster
    public = found.get("vpcConfig.endpointPublicAccess", False)
    fields = said(
        name=found.get("name"),
        version=found.get("version"),
        endpoint_private_access=bool(found.get("vpcConfig.endpointPrivateAccess", False)),
        endpoint_public_access=public,
        public_access_cidrs=list(found.get("vpcConfig.publicAccessCidrs", ["0.0.0.0/0"])) if public else None,
        security_group_ids=sorted(found.get("vpcConfig.securityGroupIds", ())),
        service_ipv4_cidr=found.get("kubernetesNetworkConfig.serviceIpv4Cidr"),
        remote_node_networks=found.get("remoteNetworkConfig.remoteNodeNetworks.cidrs"),
        remote_pod_networks=found.get("remoteNetworkConfig.remotePodNetworks.cidrs"),
        support_type=found.get("upgradePolicy.supportType"),
        zonal_shift=found.get("zonalShiftConfig.enabled"),
        control_plane_scaling_tier=found.get("controlPlaneScalingConfig.tier"),
        deletion_protection=found.get("deletionProtection"),
        control_plane_egress_mode=found.get("vpcConfig.controlPlaneEgressMode"),
        tags=found.get("tags"),
    )
    fields["enabled_cluster_log_types"] = sorted(found.get("enabledClusterLogTypes", ()))
    fields |= _role(draft) | _access(draft) | _encryption(draft) | _auto_mode(draft)
    fields |= _logs(draft) | _oidc(draft) | _identity_provider(draft)
    draft.data["cluster"] = {name: value for name, value in fields.items() if not _is_default(name, value)}
    draft.take(found, "cluster")
    draft.unsaid(
        found,
        {"outpostConfig": "a local cluster on Outposts cannot be described by a stack file; leave it to its tool"},
    )


def _is_default(name: str, value: Any) -> bool:
    default = ClusterArgs.model_fields[name].default
    return bool(value == (list(default) if isinstance(default, tuple) else default)) and name != "encryption_config"


def _access(draft: Draft) -> dict[str, Any]:
    found = draft.cluster
    mode = found.get(_MODE, "CONFIG_MAP")
    if mode != "CONFIG_MAP":
        return {"authentication_mode": mode} if mode != "API" else {}
    draft.note(
        found,
        "accessConfig.authenticationMode is CONFIG_MAP, which a stack file does not offer: the up after the adoption "
        "sets API_AND_CONFIG_MAP, which keeps aws-auth as it is and cannot be reverted",
    )
    return {"authentication_mode": "API_AND_CONFIG_MAP"}


def _role(draft: Draft) -> dict[str, Any]:
    arn = draft.cluster.get("roleArn")
    role = own_role(draft, arn, "eks", "cluster.iam_role", "cluster-role")
    if role is None:
        return said(role_arn=arn)
    auto_mode = bool(draft.cluster.get("computeConfig.enabled"))
    others = role.others(cluster_policies(auto_mode=auto_mode))
    return said(iam_role=role.marks(others), role_permissions_boundary=role.boundary)


def _encryption(draft: Draft) -> dict[str, Any]:
    arn = draft.cluster.get("encryptionConfig.provider.keyArn")
    return {"encryption_config": None if arn is None else key(draft, str(arn))}


def _auto_mode(draft: Draft) -> dict[str, Any]:
    found = draft.cluster
    if not found.get("computeConfig.enabled"):
        return {}
    pools = list(found.get("computeConfig.nodePools", ()))
    arn = found.get("computeConfig.nodeRoleArn") if pools else None
    role = own_role(draft, arn, "ec2", "cluster.auto_mode.node_iam_role", "auto-mode-node-role")
    if role is None:
        return {"auto_mode": {"node_pools": pools, **said(node_role_arn=arn)}}
    marks, boundary = role.marks(role.others(AUTO_MODE_NODE_POLICIES)), role.boundary
    return {"auto_mode": {"node_pools": pools, **said(node_iam_role=marks, node_role_permissions_boundary=boundary)}}


def _logs(draft: Draft) -> dict[str, Any]:
    name = f"/aws/eks/{draft.name}/cluster"
    found = draft.holdings.one(LOG_GROUP, name=name)
    if not draft.cluster.get("enabledClusterLogTypes"):
        return {}
    if found is None:
        # EKS makes it when logs are turned on, and keeps what is in it for ever.
        made = {"name": name, "retentionInDays": _NEVER, "logGroupClass": "STANDARD", "skipDestroy": False}
        found = Found.of(LOG_GROUP, f"log group {name}, which EKS made", made)
        draft.extra.append(found)
    draft.take(found, "cluster.log_group")
    fields = said(kms_key_id=found.get("kmsKeyId"), log_group_class=unless(found.get("logGroupClass"), "STANDARD"))
    return {"log_group": {"retention_in_days": int(found.get("retentionInDays", _NEVER)), **fields}}


def _oidc(draft: Draft) -> dict[str, Any]:
    issuers = [
        each.get("issuer", "") for identity in draft.cluster.get("identities", ()) for each in identity.get("oidcs", ())
    ]
    bare = {str(issuer).removeprefix("https://") for issuer in issuers if issuer}
    for found in draft.holdings.of(OIDC):
        if str(found.get("url", "")).removeprefix("https://") not in bare:
            continue
        draft.take(found, "cluster.oidc_provider", "")
        audiences = [each for each in found.get("clientIdLists", ()) if each != "sts.amazonaws.com"]
        return said(openid_connect_audiences=audiences)
    return {"oidc_provider": False}


def _identity_provider(draft: Draft) -> dict[str, Any]:
    found = draft.holdings.one(IDP, clusterName=draft.name)
    if found is None:
        return {}
    draft.take(found, "cluster.identity_provider")
    given = ("issuerUrl", "clientId", "usernameClaim", "usernamePrefix", "groupsClaim", "groupsPrefix")
    ours = ("issuer_url", "client_id", "username_claim", "username_prefix", "groups_claim", "groups_prefix")
    fields = said(
        name=found.get("oidc.identityProviderConfigName"),
        **{name: found.get(f"oidc.{key}") for name, key in zip(ours, given, strict=True)},
        required_claims=found.get("oidc.requiredClaims"),
        tags=found.get("tags"),
    )
    return {"identity_provider": fields}
