"""Clusters and what belongs to them.

Where the real service would wait and time out (nodes that cannot join, an add-on with nowhere to run) the stand-in
refuses at once, with the reason.
"""

from __future__ import annotations

import base64
import json
import os
import re
from typing import Any

from ..account import Row
from . import ec2, iam
from .rules import CREATOR, Context, NotFoundError, ServiceError, creates, deletes, trusts, updates

CLUSTER = ec2.CLUSTER
NODE_GROUP = ec2.NODE_GROUP
FARGATE = ec2.FARGATE
ADDON = "aws:eks/addon:Addon"
ENTRY = "aws:eks/accessEntry:AccessEntry"
ENTRY_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
IDP = "aws:eks/identityProviderConfig:IdentityProviderConfig"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

OLDEST, NEWEST = 30, 36
ON_NODES = {"coredns", "aws-ebs-csi-driver", "aws-efs-csi-driver", "metrics-server", "snapshot-controller",
            "amazon-cloudwatch-observability", "adot", "external-dns", "cert-manager"}  # fmt: skip
MODES = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"]


def invalid(message: str) -> ServiceError:
    return ServiceError("InvalidParameterException", message)


def conflict(message: str) -> ServiceError:
    return ServiceError("ResourceInUseException", message)


def minor(version: Any) -> int:
    found = re.fullmatch(r"1\.(\d+)", str(version))
    if not found or not OLDEST <= int(found.group(1)) <= NEWEST:
        raise invalid(f"unsupported Kubernetes version {version}")
    return int(found.group(1))


def cluster(ctx: Context, name: Any) -> Row:
    found = next((row for row in ctx.account.rows(CLUSTER, ctx.region) if row.id == name), None)
    if found is None:
        raise NotFoundError(f"No cluster found for name: {name}.")
    return found


def auto_mode(row: Row) -> bool:
    return bool(row.get("computeConfig.enabled"))


def can_run(ctx: Context, row: Row) -> bool:
    """Whether a pod would find a place: auto mode, nodes, or a Fargate profile."""
    if auto_mode(row):
        return True
    groups = ctx.account.rows(NODE_GROUP, ctx.region, clusterName=row.id)
    if any(group.get("scalingConfig.desiredSize", 0) or group.get("scalingConfig.minSize", 0) for group in groups):
        return True
    if ctx.account.rows(FARGATE, ctx.region, clusterName=row.id):
        return True
    key = f"kubernetes.io/cluster/{row.id}"
    return any(key in json.dumps(group.outputs) for group in ctx.account.rows(ec2.SCALING_GROUP, ctx.region))


def check_subnets(ctx: Context, ids: list[str]) -> tuple[str, set[str]]:
    """The one VPC of some subnets, and their zones."""
    rows = [ec2.subnet(ctx, id) for id in ids]
    vpcs = {row.outputs["vpcId"] for row in rows}
    if len(vpcs) != 1:
        raise invalid(f"Subnets specified must belong to the same VPC: {sorted(vpcs)}")
    return vpcs.pop(), {row.outputs["availabilityZone"] for row in rows}


def check_auto_mode(inputs: dict[str, Any]) -> None:
    compute = (inputs.get("computeConfig") or {}).get("enabled")
    balancing = ((inputs.get("kubernetesNetworkConfig") or {}).get("elasticLoadBalancing") or {}).get("enabled")
    storage = ((inputs.get("storageConfig") or {}).get("blockStorage") or {}).get("enabled")
    if len({bool(compute), bool(balancing), bool(storage)}) > 1:
        raise invalid(
            "For EKS Auto Mode, please ensure that all required configs, including computeConfig, "
            "kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled."
        )
    if compute:
        if inputs.get("bootstrapSelfManagedAddons") is not False:
            raise invalid("bootstrapSelfManagedAddons must be false when EKS Auto Mode is enabled")
        if (inputs.get("accessConfig") or {}).get("authenticationMode", "CONFIG_MAP") == "CONFIG_MAP":
            raise invalid("EKS Auto Mode needs an authentication mode with access entries")
        pools, role = inputs["computeConfig"].get("nodePools"), inputs["computeConfig"].get("nodeRoleArn")
        if bool(pools) != bool(role):
            raise invalid(
                "When Compute Config nodePools is not null or empty, nodeRoleArn must be given, and only then"
            )


def check_endpoint(inputs: dict[str, Any]) -> None:
    access = inputs["vpcConfig"]
    if access.get("endpointPublicAccess") is False and not access.get("endpointPrivateAccess"):
        raise invalid("Private and public endpoint access cannot be false.")
    if access.get("publicAccessCidrs") and access.get("endpointPublicAccess") is False:
        raise invalid("publicAccessCidrs need endpointPublicAccess")


@creates(CLUSTER)
def create_cluster(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if any(row.id == name for row in ctx.account.rows(CLUSTER, ctx.region)):
        raise conflict(f"Cluster already exists with name: {name}")
    role = iam.role_of_arn(ctx, inputs["roleArn"])
    if not trusts(role, "eks"):
        raise invalid(f"Role with arn: {inputs['roleArn']}, could not be assumed: the trusted entity is not correct")
    if not iam.policies(ctx, role):
        raise invalid(f"The role {role.id} has no policy attached: the cluster could not make network interfaces")
    version = inputs.get("version") or f"1.{NEWEST - 1}"
    minor(version)
    check_auto_mode(inputs)
    check_endpoint(inputs)
    config = inputs["vpcConfig"]
    vpc_id, zones = check_subnets(ctx, config["subnetIds"])
    if len(zones) < 2 and not inputs.get("outpostConfig"):
        raise invalid("Subnets specified must be in at least two different AZs")
    for id in config.get("securityGroupIds", []):
        ec2.check_group(ctx, id)
    keeps_logs(ctx, name, inputs)
    number = ctx.account.count("cluster")
    key = f"{number:032X}"
    network = inputs.get("kubernetesNetworkConfig") or {}
    family = network.get("ipFamily", "ipv4")
    host = f"{key}.gr7.{ctx.region}.eks.amazonaws.com"
    arn = ctx.arn("eks", f"cluster/{name}")
    ctx.account.add(Row("creator", CREATOR, arn, {}, {"arn": ctx.caller}, origin="seed"))
    return name, {
        "arn": arn,
        # A test can have an API server of its own, which the real Kubernetes provider then talks to.
        "endpoint": os.environ.get("STANDIN_API_SERVER", f"https://{host}"),
        "certificateAuthority": {
            "data": os.environ.get("STANDIN_API_AUTHORITY")
            or base64.b64encode(f"authority {number}".encode()).decode()
        },
        "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{ctx.region}.amazonaws.com/id/{key}"}]}],
        "vpcConfig": {
            "endpointPrivateAccess": False, "endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"], **config,
            "clusterSecurityGroupId": ctx.new_id("sg"), "vpcId": vpc_id,
        },
        "accessConfig": {
            "authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": True,
            **(inputs.get("accessConfig") or {}),
        },
        "kubernetesNetworkConfig": {
            "elasticLoadBalancing": {"enabled": False}, "ipFamily": family,
            **({"serviceIpv4Cidr": "172.20.0.0/16"} if family == "ipv4" else {"serviceIpv6Cidr": "fd00:1::/108"}),
            **network,
        },
        "version": version,
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "clusterId": "",
        "createdAt": "2026-01-01T00:00:00Z",
        "upgradePolicy": {"supportType": "EXTENDED", **(inputs.get("upgradePolicy") or {})},
        "deletionProtection": inputs.get("deletionProtection", False),
    }  # fmt: skip


def keeps_logs(ctx: Context, name: str, inputs: dict[str, Any]) -> None:
    """A cluster that logs makes its log group itself where the program has not: later ones of that name collide."""
    group = f"/aws/eks/{name}/cluster"
    if inputs.get("enabledClusterLogTypes") and not ctx.account.find(LOG_GROUP, group, ctx.region):
        outputs = {"name": group, "arn": ctx.arn("logs", f"log-group:{group}"), "retentionInDays": 0}
        ctx.account.add(Row(group, LOG_GROUP, ctx.region, {"name": group}, outputs, origin="service"))


@updates(CLUSTER)
def update_cluster(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    check_auto_mode(inputs)
    check_endpoint(inputs)
    old, new = minor(row.outputs["version"]), minor(inputs.get("version") or row.outputs["version"])
    if new < old:
        raise invalid(f"Kubernetes version 1.{new} is lower than the cluster's 1.{old}: downgrade is not supported")
    if new > old + 1:
        raise invalid(f"Unsupported Kubernetes minor version update from 1.{old} to 1.{new}")
    for group in ctx.account.rows(NODE_GROUP, ctx.region, clusterName=row.id):
        if new > old and new - minor(group.outputs["version"]) > 3:
            raise invalid(f"Nodegroup {group.outputs['nodeGroupName']} must be updated before the cluster")
    vpc_id, zones = check_subnets(ctx, inputs["vpcConfig"]["subnetIds"])
    if vpc_id != row.get("vpcConfig.vpcId") or len(zones) < 2:
        raise invalid("Subnets must stay in the cluster's VPC and in at least two AZs")
    modes = row.get("accessConfig.authenticationMode"), (inputs.get("accessConfig") or {}).get("authenticationMode")
    if modes[1] and MODES.index(modes[1]) < MODES.index(modes[0]):
        raise invalid(f"Unsupported authentication mode update from {modes[0]} to {modes[1]}")
    if modes[1] and MODES.index(modes[1]) - MODES.index(modes[0]) > 1:
        raise invalid(f"Unsupported authentication mode update from {modes[0]} to {modes[1]}: go through both")
    keeps_logs(ctx, row.id, inputs)
    kept = {name: {**row.outputs[name], **(inputs.get(name) or {})}
            for name in ("vpcConfig", "accessConfig", "kubernetesNetworkConfig", "upgradePolicy")}  # fmt: skip
    return {**kept, "version": f"1.{new}"}


@deletes(CLUSTER)
def delete_cluster(ctx: Context, row: Row) -> None:
    if row.outputs.get("deletionProtection"):
        raise ServiceError("InvalidRequestException", f"Cannot delete cluster {row.id}: deletion protection is enabled")
    for type, word in ((NODE_GROUP, "nodegroups"), (FARGATE, "Fargate profiles")):
        for other in ctx.account.rows(type, ctx.region, clusterName=row.id):
            raise conflict(f"Cluster has {word} attached: {other.id}")
    role = next((r for r in ctx.account.rows(iam.ROLE) if r.outputs["arn"] == row.outputs["roleArn"]), None)
    if role is None or not iam.policies(ctx, role):
        raise invalid(f"The role of cluster {row.id} lost its policies: its network interfaces cannot be deleted")
    for type in (ADDON, ENTRY, ENTRY_POLICY, IDENTITY, IDP):  # these go with their cluster
        for other in ctx.account.rows(type, ctx.region, clusterName=row.id):
            ctx.account.remove(other)
    for other in ctx.account.rows(scope=row.outputs["arn"]):  # and so does all that is in it
        ctx.account.remove(other)


@creates(NODE_GROUP)
def create_node_group(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner, name = cluster(ctx, inputs["clusterName"]), inputs["nodeGroupName"]
    id = f"{owner.id}:{name}"
    if ctx.account.find(NODE_GROUP, id, ctx.region):
        raise conflict(f"NodeGroup already exists with name {name} and cluster name {owner.id}")
    vpc_id, _ = check_subnets(ctx, inputs["subnetIds"])
    if vpc_id != owner.get("vpcConfig.vpcId"):
        raise invalid("Subnets are not in the cluster's VPC")
    check_scaling(inputs)
    check_template(ctx, inputs)
    role = iam.role_of_arn(ctx, inputs["nodeRoleArn"])
    if not trusts(role, "ec2."):
        raise invalid(f"The role {role.id} does not trust ec2.amazonaws.com")
    held = iam.policies(ctx, role)
    for family in (("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"),
                   ("AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPullOnly")):  # fmt: skip
        if not any(policy in held for policy in family):
            raise ServiceError("NodeCreationFailure", f"Instances failed to join: role {role.id} lacks {family[0]}")
    check_networking(ctx, owner)
    if int(minor(owner.outputs["version"])) < minor(inputs.get("version") or owner.outputs["version"]):
        raise invalid("Nodegroup Kubernetes version is newer than the cluster's")
    own_entry(ctx, owner, inputs["nodeRoleArn"], "EC2_LINUX")
    version = inputs.get("version") or owner.outputs["version"]
    return id, {
        "arn": ctx.arn("eks", f"nodegroup/{owner.id}/{name}/{ctx.account.count('node group'):08x}"),
        "status": "ACTIVE",
        "amiType": inputs.get("amiType", "AL2023_x86_64_STANDARD"),
        "capacityType": inputs.get("capacityType", "ON_DEMAND"),
        "instanceTypes": inputs.get("instanceTypes") or ([] if inputs.get("launchTemplate") else ["t3.medium"]),
        "diskSize": inputs.get("diskSize", 20),
        "version": version,
        "releaseVersion": inputs.get("releaseVersion") or f"{version}.0-20260101",
        "launchTemplate": template_outputs(ctx, inputs),
        "resources": [{"autoscalingGroups": [{"name": f"eks-{name}"}], "remoteAccessSecurityGroupId": ""}],
    }


def template_outputs(ctx: Context, inputs: dict[str, Any]) -> dict[str, Any] | None:
    given = inputs.get("launchTemplate")
    if not given:
        return None
    rows = ctx.account.rows(ec2.TEMPLATE, ctx.region)
    row = next(r for r in rows if given.get("id") == r.id or given.get("name") == r.outputs["name"])
    return {"id": row.id, "name": row.outputs["name"], "version": str(given["version"])}


def check_scaling(inputs: dict[str, Any]) -> None:
    scaling = inputs["scalingConfig"]
    low, want, high = scaling["minSize"], scaling["desiredSize"], scaling["maxSize"]
    if not low <= want <= high:
        raise invalid(f"desired capacity {want} must be between minSize {low} and maxSize {high}")
    update = inputs.get("updateConfig") or {}
    if update.get("maxUnavailable") and update.get("maxUnavailablePercentage"):
        raise invalid("Only one of maxUnavailable and maxUnavailablePercentage may be given")


def check_template(ctx: Context, inputs: dict[str, Any]) -> None:
    given = inputs.get("launchTemplate")
    if not given:
        if inputs.get("amiType") == "CUSTOM":
            raise invalid("AMI type CUSTOM needs a launch template with an image")
        return
    rows = ctx.account.rows(ec2.TEMPLATE, ctx.region)
    row = next((r for r in rows if given.get("id") == r.id or given.get("name") == r.outputs["name"]), None)
    if row is None:
        raise invalid(f"Launch template {given} does not exist")
    version = str(given.get("version"))
    if version not in ("$Latest", "$Default") and not (
        version.isdigit() and 1 <= int(version) <= row.outputs["latestVersion"]
    ):
        raise invalid(f"Launch template {row.id} has no version {version}")
    for name in ("diskSize", "remoteAccess"):
        if inputs.get(name):
            raise invalid(f"{name} cannot be specified with a launch template")
    if row.outputs.get("instanceType") and inputs.get("instanceTypes"):
        raise invalid("Instance types can only be in the launch template or in the request, not in both")
    if row.outputs.get("imageId") and inputs.get("amiType", "CUSTOM") != "CUSTOM":
        raise invalid("You cannot specify an AMI type when the launch template names an image")
    if row.outputs.get("imageId") and (inputs.get("version") or inputs.get("releaseVersion")):
        raise invalid("You cannot specify a version when the launch template names an image")
    profile = row.get("iamInstanceProfile")
    if profile:
        raise invalid("The launch template must not name an instance profile: the node role is given to the group")


def check_networking(ctx: Context, owner: Row) -> None:
    """Nodes become ready only with a network plugin: the self-managed default or the add-on."""
    if owner.outputs.get("bootstrapSelfManagedAddons", True) or auto_mode(owner):
        return
    names = {row.outputs["addonName"] for row in ctx.account.rows(ADDON, ctx.region, clusterName=owner.id)}
    charts = {
        str(r.outputs.get("chart")) for r in ctx.account.rows("kubernetes:helm.sh/v3:Release", owner.outputs["arn"])
    }
    if not names & {"vpc-cni"} and not any("cilium" in chart or "aws-vpc-cni" in chart for chart in charts):
        raise ServiceError("NodeCreationFailure", f"Unhealthy nodes in {owner.id}: cni plugin not initialized")


def own_entry(ctx: Context, owner: Row, principal: str, kind: str) -> None:
    """EKS makes the access entry of a node role itself, unless it is there."""
    if owner.get("accessConfig.authenticationMode") == "CONFIG_MAP":
        return
    id = f"{owner.id}:{principal}"
    if not ctx.account.find(ENTRY, id, ctx.region):
        outputs = {"clusterName": owner.id, "principalArn": principal, "type": kind}
        ctx.account.add(Row(id, ENTRY, ctx.region, outputs, outputs, origin="service"))


@updates(NODE_GROUP)
def update_node_group(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    owner = cluster(ctx, inputs["clusterName"])
    check_scaling(inputs)
    check_template(ctx, inputs)
    old, new = minor(row.outputs["version"]), minor(inputs.get("version") or row.outputs["version"])
    if new > minor(owner.outputs["version"]):
        raise invalid(f"Nodegroup version 1.{new} is newer than the cluster's {owner.outputs['version']}")
    if new < old:
        raise invalid(f"Nodegroup version cannot go back from 1.{old} to 1.{new}")
    release = inputs.get("releaseVersion") or (f"1.{new}.0-20260101" if new != old else row.outputs["releaseVersion"])
    return {"version": f"1.{new}", "releaseVersion": release, "launchTemplate": template_outputs(ctx, inputs)}


@creates(FARGATE)
def create_fargate(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner, name = cluster(ctx, inputs["clusterName"]), inputs["fargateProfileName"]
    if ctx.account.find(FARGATE, f"{owner.id}:{name}", ctx.region):
        raise conflict(f"A Fargate Profile already exists with this name in this cluster: {name}")
    if not 1 <= len(inputs.get("selectors", [])) <= 5:
        raise invalid("A Fargate profile has one to five selectors")
    ids = inputs.get("subnetIds") or owner.get("vpcConfig.subnetIds")
    if check_subnets(ctx, ids)[0] != owner.get("vpcConfig.vpcId"):
        raise invalid("Subnets are not in the cluster's VPC")
    for id in ids:
        if ec2.is_public(ctx, id):
            raise invalid(f"Subnet {id} provided in Fargate Profile is not a private subnet")
    role = iam.role_of_arn(ctx, inputs["podExecutionRoleArn"])
    if not trusts(role, "eks-fargate-pods"):
        raise invalid("Misconfigured PodExecutionRole Trust Policy; please add the eks-fargate-pods.amazonaws.com")
    own_entry(ctx, owner, inputs["podExecutionRoleArn"], "FARGATE_LINUX")
    arn = ctx.arn("eks", f"fargateprofile/{owner.id}/{name}/{ctx.account.count('fargate'):08x}")
    return f"{owner.id}:{name}", {"arn": arn, "status": "ACTIVE"}


@creates(ADDON)
def create_addon(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner, name = cluster(ctx, inputs["clusterName"]), inputs["addonName"]
    id = f"{owner.id}:{name}"
    if ctx.account.find(ADDON, id, ctx.region):
        raise conflict("Addon already exists.")
    check_addon(ctx, inputs)
    if name in ON_NODES and not can_run(ctx, owner):
        raise ServiceError(
            "InsufficientNumberOfReplicas",
            f"Add-on {name} stays DEGRADED until the wait times out: cluster {owner.id} has nowhere to run its pods",
        )
    version = inputs.get("addonVersion") or "v1.0.0-eksbuild.1"
    arn = ctx.arn("eks", f"addon/{owner.id}/{name}/{ctx.account.count('addon'):08x}")
    now = "2026-01-01T00:00:00Z"
    return id, {"arn": arn, "addonVersion": version, "createdAt": now, "modifiedAt": now}


def check_addon(ctx: Context, inputs: dict[str, Any]) -> None:
    version = inputs.get("addonVersion")
    if version and not re.fullmatch(r"v?\d+\.\d+[\w.+-]*", version):
        raise invalid(f"Addon version {version} specified is not supported")
    if inputs.get("serviceAccountRoleArn"):
        if inputs.get("podIdentityAssociations"):
            raise invalid("Use either serviceAccountRoleArn or podIdentityAssociations")
        iam.role_of_arn(ctx, inputs["serviceAccountRoleArn"])
    for association in inputs.get("podIdentityAssociations", []):
        check_pod_role(ctx, association["roleArn"])


@updates(ADDON)
def update_addon(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    check_addon(ctx, inputs)
    return {"modifiedAt": f"2026-01-02T00:00:{ctx.account.count('addon update') % 60:02d}Z"}


def check_pod_role(ctx: Context, arn: str) -> None:
    if not trusts(iam.role_of_arn(ctx, arn), "pods.eks"):
        raise invalid(f"Trust policy of role {arn} is incompatible: it must allow pods.eks.amazonaws.com")


def needs_entries(owner: Row) -> None:
    if owner.get("accessConfig.authenticationMode") == "CONFIG_MAP":
        raise ServiceError(
            "InvalidRequestException", f"The cluster {owner.id}'s authentication mode must be API or API_AND_CONFIG_MAP"
        )


@creates(ENTRY)
def create_entry(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = cluster(ctx, inputs["clusterName"])
    needs_entries(owner)
    id = f"{owner.id}:{inputs['principalArn']}"
    if ctx.account.find(ENTRY, id, ctx.region):
        raise conflict(f"The specified access entry resource is already in use on this cluster: {id}")
    kind, groups = inputs.get("type", "STANDARD"), inputs.get("kubernetesGroups") or []
    if kind != "STANDARD" and groups:
        raise invalid(f"An access entry of type {kind} cannot have kubernetesGroups")
    if any(str(group).startswith(("system:", "eks:", "aws:", "amazon:", "iam:")) for group in groups):
        raise invalid("The kubernetes group name must not begin with system:, eks:, aws:, amazon: or iam:")
    return id, {
        "accessEntryArn": ctx.arn("eks", f"access-entry/{owner.id}/{ctx.account.count('entry'):08x}"),
        "type": kind, "userName": inputs.get("userName") or inputs["principalArn"], "kubernetesGroups": groups,
        "createdAt": "2026-01-01T00:00:00Z", "modifiedAt": "2026-01-01T00:00:00Z",
    }  # fmt: skip


@deletes(ENTRY)
def delete_entry(ctx: Context, row: Row) -> None:
    for other in ctx.account.rows(ENTRY_POLICY, ctx.region, clusterName=row.outputs["clusterName"]):
        if other.outputs["principalArn"] == row.outputs["principalArn"]:
            ctx.account.remove(other)


@creates(ENTRY_POLICY)
def create_entry_policy(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = cluster(ctx, inputs["clusterName"])
    needs_entries(owner)
    principal, policy = inputs["principalArn"], str(inputs["policyArn"])
    entry = ctx.account.find(ENTRY, f"{owner.id}:{principal}", ctx.region)
    if entry is None:
        raise NotFoundError(f"The specified principalArn could not be found: no access entry for {principal}")
    if not re.fullmatch(rf"arn:{ctx.partition}:eks::aws:cluster-access-policy/AmazonEKS\w+Policy(V2)?", policy):
        raise invalid(f"The policyArn {policy} is not a valid cluster access policy")
    if entry.outputs.get("type") not in ("STANDARD", "EC2"):
        raise invalid(f"An access policy cannot be associated with an entry of type {entry.outputs.get('type')}")
    scope = inputs["accessScope"]
    if (scope.get("type") == "namespace") != bool(scope.get("namespaces")):
        raise invalid("A namespace scope needs namespaces, and a cluster scope has none")
    id = f"{owner.id}#{principal}#{policy}"
    if ctx.account.find(ENTRY_POLICY, id, ctx.region):
        raise conflict(f"{policy} is associated already")
    return id, {"associatedAt": "2026-01-01T00:00:00Z", "modifiedAt": "2026-01-01T00:00:00Z"}


@creates(IDENTITY)
def create_identity(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = cluster(ctx, inputs["clusterName"])
    check_pod_role(ctx, inputs["roleArn"])
    place = inputs["namespace"], inputs["serviceAccount"]
    for other in ctx.account.rows(IDENTITY, ctx.region, clusterName=owner.id):
        if (other.outputs["namespace"], other.outputs["serviceAccount"]) == place:
            raise conflict(f"Association already exists: {other.id}")
    for addon in ctx.account.rows(ADDON, ctx.region, clusterName=owner.id):
        for own in addon.outputs.get("podIdentityAssociations") or []:
            if own.get("serviceAccount") == place[1] and place[0] == "kube-system":
                raise conflict(f"Association already exists: owned by add-on {addon.outputs['addonName']}")
    id = ctx.new_id("a")
    arn = ctx.arn("eks", f"podidentityassociation/{owner.id}/{id}")
    return id, {"associationId": id, "associationArn": arn, "externalId": "", "disableSessionTags": False}


@updates(IDENTITY)
def update_identity(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    check_pod_role(ctx, inputs["roleArn"])
    return {}


@creates(IDP)
def create_idp(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = cluster(ctx, inputs["clusterName"])
    if ctx.account.rows(IDP, ctx.region, clusterName=owner.id):
        raise conflict("Cluster has an identity provider already")
    name = inputs["oidc"]["identityProviderConfigName"]
    return f"{owner.id}:{name}", {
        "arn": ctx.arn("eks", f"identityproviderconfig/{owner.id}/oidc/{name}"),
        "status": "ACTIVE",
    }
