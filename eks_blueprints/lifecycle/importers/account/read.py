"""Everything of one cluster, as the APIs of AWS describe it.

Needs eks:Describe*, eks:List*, ec2:Describe*, autoscaling:DescribeAutoScalingGroups, logs:DescribeLogGroups,
logs:ListTagsForResource, iam:ListOpenIDConnectProviders and iam:GetOpenIDConnectProvider: all of them only read. What
roles and keys need besides is told in `roles` and `keys`; without it they stay by their ARN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.lifecycle.importers.account import responses
from eks_blueprints.lifecycle.importers.account.asked import Row, client, pages
from eks_blueprints.lifecycle.importers.account.belongings import belongings
from eks_blueprints.lifecycle.importers.found.model import (
    ADDON,
    CLUSTER,
    ENTRY,
    ENTRY_POLICY,
    FARGATE,
    GROUP,
    IDENTITY,
    IDP,
    LOG_GROUP,
    NAT,
    NODE_GROUP,
    OIDC,
    SUBNET,
    VPC,
    Found,
    Holdings,
)
from eks_blueprints.live.account import refusals
from eks_blueprints.live.cluster import described, vpc_of
from eks_blueprints.live.tags import tags_of


def read_cluster(session: Any, name: str) -> Holdings:
    """What belongs to a cluster in the account and the region of a session.

    Raises:
        InputError: if there is no such cluster.
        LiveError: if AWS does not answer, or refuses to.
    """
    cluster = described(session, name)
    where = f"account {session.region_name}"
    with refusals(f"read cluster {name}"):
        if cluster is None:
            known = list(pages(client(session, "eks"), "list_clusters", "clusters"))
            do = f"known are {', '.join(sorted(known))}" if known else "there is none in this region"
            raise InputError([Problem((), f"has no cluster of that name; got {shown(name)}; {do}", where)])
        rows = [Found.of(type_, place, _with_tags(kept)) for type_, place, kept in _found(session, cluster)]
        own = belongings(session, rows)
        rows += [Found.of(type_, place, _with_tags(kept)) for type_, place, kept in own.rows]
        return Holdings(tuple(rows), f"cluster {name} in {session.region_name}", tuple(own.doubts), own.users)


def _found(session: Any, cluster: Mapping[str, Any]) -> Iterator[Row]:
    name = cluster["name"]
    eks, asked = client(session, "eks"), {"clusterName": name}
    yield (CLUSTER, f"cluster {name}", responses.cluster(cluster))
    for each in pages(eks, "list_nodegroups", "nodegroups", **asked):
        answer = eks.describe_nodegroup(nodegroupName=each, **asked)["nodegroup"]
        yield (NODE_GROUP, f"node group {each}", responses.node_group(answer))
    for each in pages(eks, "list_fargate_profiles", "fargateProfileNames", **asked):
        answer = eks.describe_fargate_profile(fargateProfileName=each, **asked)["fargateProfile"]
        yield (FARGATE, f"Fargate profile {each}", responses.fargate_profile(answer))
    associations = list(_associations(eks, name))
    for each in pages(eks, "list_addons", "addons", **asked):
        answer = dict(eks.describe_addon(addonName=each, **asked)["addon"])
        of_it = set(answer.get("podIdentityAssociations", ()))
        answer["podIdentityAssociations"] = [
            {"roleArn": one["roleArn"], "serviceAccount": one["serviceAccount"]}
            for one in associations
            if one["associationArn"] in of_it
        ]
        yield (ADDON, f"add-on {each}", {"clusterName": name, **answer, "arn": answer.get("addonArn")})
    for one in associations:
        if not one.get("ownerArn"):  # those of add-ons are their add-on's
            yield (IDENTITY, f"Pod Identity association {one['associationId']}", one)
    yield from _access(eks, cluster)
    for row in pages(eks, "list_identity_provider_configs", "identityProviderConfigs", **asked):
        answer = eks.describe_identity_provider_config(identityProviderConfig=row, **asked)["identityProviderConfig"]
        oidc = dict(answer["oidc"])
        kept = {"clusterName": name, "tags": oidc.pop("tags", {}), "oidc": oidc}
        yield (IDP, f"identity provider {row['name']}", kept)
    yield from _around(session, cluster)


def _with_tags(kept: Mapping[str, Any]) -> Mapping[str, Any]:
    # The provider has them twice: those of the program, and all, with the defaults of the provider. It leaves out
    # those that AWS sets itself, such as aws:cloudformation:stack-name, which no program may set.
    if not isinstance(kept.get("tags"), Mapping):
        return kept
    tags = {key: value for key, value in kept["tags"].items() if not key.startswith("aws:")}
    return {**kept, "tags": tags, "tagsAll": tags}


def _associations(eks: Any, name: str) -> Iterator[Mapping[str, Any]]:
    for row in pages(eks, "list_pod_identity_associations", "associations", clusterName=name):
        asked = {"clusterName": name, "associationId": row["associationId"]}
        yield eks.describe_pod_identity_association(**asked)["association"]


def _access(eks: Any, cluster: Mapping[str, Any]) -> Iterator[Row]:
    if cluster.get("accessConfig", {}).get("authenticationMode", "CONFIG_MAP") == "CONFIG_MAP":
        return  # EKS refuses to list entries of such a cluster
    asked = {"clusterName": cluster["name"]}
    for principal in pages(eks, "list_access_entries", "accessEntries", **asked):
        answer = eks.describe_access_entry(principalArn=principal, **asked)["accessEntry"]
        yield (ENTRY, f"access entry {principal}", responses.access_entry(answer))
        of_it = {"principalArn": principal, **asked}
        for policy in pages(eks, "list_associated_access_policies", "associatedAccessPolicies", **of_it):
            yield (ENTRY_POLICY, f"policy of access entry {principal}", {**of_it, **policy})


def _around(session: Any, cluster: Mapping[str, Any]) -> Iterator[Row]:
    """What is beside the cluster: its logs, its OIDC provider, its network, its Auto Scaling groups."""
    name = cluster["name"]
    logs, home = session.client("logs"), f"/aws/eks/{name}/cluster"
    for row in pages(logs, "describe_log_groups", "logGroups", logGroupNamePrefix=home):
        if row["logGroupName"] == home:
            arn = row.get("logGroupArn") or row["arn"].removesuffix(":*")
            marks = logs.list_tags_for_resource(resourceArn=arn)["tags"]
            yield (LOG_GROUP, f"log group {home}", responses.log_group(row, marks))
    issuer = cluster.get("identity", {}).get("oidc", {}).get("issuer", "").removeprefix("https://")
    iam = session.client("iam")
    for row in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] if issuer else ():
        if row["Arn"].endswith(f":oidc-provider/{issuer}"):
            answer = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=row["Arn"])
            yield (OIDC, f"OIDC provider {row['Arn']}", responses.oidc_provider(row["Arn"], answer))
    yield from _network(session, cluster)
    wanted = [{"Name": "tag-key", "Values": [f"kubernetes.io/cluster/{name}"]}]
    groups = session.client("autoscaling")
    for row in pages(groups, "describe_auto_scaling_groups", "AutoScalingGroups", Filters=wanted):
        if not any(tag["Key"] == "eks:nodegroup-name" for tag in row.get("Tags", ())):
            yield (GROUP, f"Auto Scaling group {row['AutoScalingGroupName']}", responses.group(row))


def _network(session: Any, cluster: Mapping[str, Any]) -> Iterator[Row]:
    vpc = vpc_of(session, cluster)
    ec2 = session.client("ec2")
    of_it = {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}
    for row in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]:
        kept = {"id": vpc, "cidrBlock": row["CidrBlock"], "tags": tags_of(row.get("Tags"))}
        yield (VPC, f"VPC {vpc}", kept)
    for row in pages(ec2, "describe_subnets", "Subnets", **of_it):
        kept = {**responses.spelled(row, {"subnetId": "id"}), "tags": tags_of(row.get("Tags"))}
        yield (SUBNET, f"subnet {row['SubnetId']}", kept)
    for row in pages(ec2, "describe_nat_gateways", "NatGateways", **of_it):
        if row.get("State") in (None, "available", "pending"):
            yield (NAT, f"NAT gateway {row['NatGatewayId']}", responses.spelled(row, {"natGatewayId": "id"}))
