"""The provider's functions, answered from the account where they look something up."""

from __future__ import annotations

import json
import re
from typing import Any

from ..account import Row
from ..base import ServiceError
from . import ec2, eks, iam
from .rules import ZONES, Context, listed


def call(ctx: Context, token: str, args: dict[str, Any]) -> dict[str, Any]:
    name = token.rsplit(":", 1)[-1]
    handler = FUNCTIONS.get(token) or FUNCTIONS.get(name)
    if handler is None:
        raise ServiceError("NotImplemented", f"the stand-in does not answer {token}: add it to aws/functions.py")
    result = handler(ctx, {_camel(key): value for key, value in args.items()})
    return {"id": "-", **args, **result}


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def caller_identity(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    return {"accountId": ctx.account_id, "arn": ctx.caller, "userId": "AIDATESTER", "id": ctx.account_id}


def region(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    name = args.get("name") or ctx.region
    return {"name": name, "region": name, "id": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}


def partition(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    suffix = "amazonaws.com.cn" if ctx.partition == "aws-cn" else "amazonaws.com"
    return {"partition": ctx.partition, "dnsSuffix": suffix, "reverseDnsPrefix": "com.amazonaws", "id": ctx.partition}


def zones(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    left_out = args.get("excludeNames") or []
    names = [f"{ctx.region}{letter}" for letter in ZONES if f"{ctx.region}{letter}" not in left_out]
    ids = [f"{ctx.region}-az{ZONES.index(name[-1]) + 1}" for name in names]
    return {"names": names, "zoneIds": ids, "groupNames": [ctx.region], "id": ctx.region}


def zone(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    name = args.get("name") or f"{ctx.region}a"
    return {
        "name": name, "zoneId": f"{ctx.region}-az{ZONES.index(name[-1]) + 1}", "region": ctx.region,
        "state": "available", "zoneType": "availability-zone",
        "groupName": ctx.region, "nameSuffix": name[-1], "optInStatus": "opted-in",
    }  # fmt: skip


def parameter(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    """AMI parameters have an image's id; the account may hold others."""
    name = args["name"]
    row = ctx.account.find("aws:ssm/parameter:Parameter", name)
    if row:
        value = row.outputs["value"]
    elif re.search(r"/aws/service/(eks|bottlerocket|ami)", name):
        value = "1.0.0-20260101" if name.endswith("release_version") else "ami-0123456789abcdef0"
    else:
        raise ServiceError("ParameterNotFound", f"couldn't find resource: {name}")
    return {
        "value": value,
        "insecureValue": value,
        "type": "String",
        "arn": ctx.arn("ssm", f"parameter{name}"),
        "version": 1,
    }


def ami(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "ami-0123456789abcdef0", "imageId": "ami-0123456789abcdef0", "architecture": "x86_64", "name": "image",
        "rootDeviceName": "/dev/xvda", "ownerId": "602401143452",
    }  # fmt: skip


def _tagged(row: Row, tags: dict[str, str] | None) -> bool:
    mine = row.outputs.get("tagsAll") or row.outputs.get("tags") or {}
    return all(mine.get(key) == value for key, value in (tags or {}).items())


def _filtered(row: Row, filters: list[dict[str, Any]] | None) -> bool:
    """EC2 filters by name: `vpc-id`, `tag:Name`, `cidr-block`; an unknown filter finds nothing."""
    for given in filters or []:
        name, values = given["name"], given["values"]
        if name.startswith("tag:"):
            found = (row.outputs.get("tagsAll") or row.outputs.get("tags") or {}).get(name[4:])
        else:
            found = row.outputs.get(_camel(name.replace("-", "_")))
        patterns = [re.escape(str(value)).replace(r"\*", ".*") for value in values]
        if found is None or not any(re.fullmatch(pattern, str(found)) for pattern in patterns):
            return False
    return True


def _select(ctx: Context, type: str, args: dict[str, Any]) -> list[Row]:
    return [
        row
        for row in ctx.account.rows(type)
        if row.scope in (ctx.region, "global")
        and _tagged(row, args.get("tags"))
        and _filtered(row, args.get("filters"))
    ]


def one(type: str, *keys: str) -> Any:
    """A lookup of one thing by id, by the given keys, by tags or filters."""

    def handler(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
        rows = _select(ctx, type, args)
        if args.get("id"):
            rows = [row for row in rows if row.id == args["id"]]
        for key in keys:
            if args.get(key) is not None:
                rows = [row for row in rows if row.outputs.get(key) == args[key] or row.id == args[key]]
        if len(rows) != 1:
            raise ServiceError("NotFound", f"{len(rows)} matching {type.rsplit(':', 1)[-1]} found for {args}")
        return {**rows[0].outputs, "id": rows[0].id}

    return handler


def many(type: str) -> Any:
    def handler(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
        ids = [row.id for row in _select(ctx, type, args)]
        return {"ids": ids, "id": ctx.region, "names": ids}

    return handler


def cluster_auth(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    return {"token": f"k8s-aws-v1.{args['name']}", "id": args["name"]}


def addon_version(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    build = f"v1.{eks.minor(args['kubernetesVersion'])}.0-eksbuild.1"
    return {"version": build, "id": args["addonName"]}


def cluster_versions(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    versions = [
        {"clusterVersion": f"1.{n}", "versionStatus": "STANDARD_SUPPORT"} for n in range(eks.OLDEST, eks.NEWEST + 1)
    ]
    return {"clusterVersions": versions}


def principal(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    name = args["serviceName"]
    return {"name": f"{name}.amazonaws.com", "suffix": "amazonaws.com", "serviceName": name, "region": ctx.region}


def session_context(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    return {"issuerArn": args["arn"], "issuerName": args["arn"].rsplit("/", 1)[-1], "issuerId": "", "sessionName": ""}


def ecr_token(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    return {"userName": "AWS", "password": "token", "authorizationToken": "QVdTOnRva2Vu", "expiresAt": "",
            "proxyEndpoint": f"https://{ctx.account_id}.dkr.ecr.{ctx.region}.amazonaws.com"}  # fmt: skip


def policy_document(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    """The JSON that the provider writes: singular where one, sorted where several."""
    statements: list[dict[str, Any]] = []
    for source in [*listed(args.get("sourcePolicyDocuments")), *listed(args.get("sourceJson"))]:
        statements += listed(json.loads(source).get("Statement"))
    for written in args.get("statements") or []:
        given = {_camel(key): value for key, value in written.items()}
        statement: dict[str, Any] = {}
        if given.get("sid"):
            statement["Sid"] = given["sid"]
        statement["Effect"] = given.get("effect") or "Allow"
        for name in ("actions", "notActions", "resources", "notResources"):
            if given.get(name):
                statement[name[0].upper() + name[1:-1]] = _one_or_sorted(given[name])
        for name in ("principals", "notPrincipals"):
            if given.get(name):
                kinds: dict[str, list[str]] = {}
                for who in given[name]:
                    kinds.setdefault(who["type"], []).extend(who["identifiers"])
                star = kinds == {"*": ["*"]}
                statement[name[0].upper() + name[1:-1]] = (
                    "*" if star else {k: _one_or_sorted(v) for k, v in kinds.items()}
                )
        if given.get("conditions"):
            tests: dict[str, dict[str, Any]] = {}
            for test in given["conditions"]:
                tests.setdefault(test["test"], {})[test["variable"]] = _one_or_sorted(test["values"])
            statement["Condition"] = tests
        statements.append(statement)
    document: dict[str, Any] = {"Version": args.get("version") or "2012-10-17", "Statement": statements}
    if args.get("policyId"):
        document["Id"] = args["policyId"]
    return {"json": json.dumps(document, indent=2), "minifiedJson": json.dumps(document, separators=(",", ":"))}


def _one_or_sorted(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def managed_policy(ctx: Context, args: dict[str, Any]) -> dict[str, Any]:
    if args.get("name") and not any(row.outputs["name"] == args["name"] for row in ctx.account.rows(iam.POLICY)):
        arn = f"arn:{ctx.partition}:iam::aws:policy/{args['name']}"
        return {"arn": arn, "name": args["name"], "path": "/", "policy": "{}", "policyId": "ANPA", "id": arn}
    return dict(one(iam.POLICY, "arn", "name")(ctx, args))


FUNCTIONS: dict[str, Any] = {
    "getCallerIdentity": caller_identity,
    "getRegion": region,
    "getPartition": partition,
    "getAvailabilityZones": zones,
    "getAvailabilityZone": zone,
    "getServicePrincipal": principal,
    "aws:ssm/getParameter:getParameter": parameter,
    "getAmi": ami,
    "getVpc": one(ec2.VPC, "cidrBlock"),
    "getSubnet": one(ec2.SUBNET, "availabilityZone", "cidrBlock", "vpcId"),
    "getSubnets": many(ec2.SUBNET),
    "getSecurityGroup": one(ec2.GROUP, "name", "vpcId"),
    "getSecurityGroups": many(ec2.GROUP),
    "getRouteTable": one(ec2.ROUTE_TABLE, "vpcId"),
    "getRouteTables": many(ec2.ROUTE_TABLE),
    "aws:eks/getCluster:getCluster": one(eks.CLUSTER, "name"),
    "getClusterAuth": cluster_auth,
    "aws:eks/getNodeGroup:getNodeGroup": one(eks.NODE_GROUP, "nodeGroupName", "clusterName"),
    "getAddonVersion": addon_version,
    "getClusterVersions": cluster_versions,
    "getPolicyDocument": policy_document,
    "aws:iam/getRole:getRole": one(iam.ROLE, "name"),
    "aws:iam/getPolicy:getPolicy": managed_policy,
    "getSessionContext": session_context,
    "getOpenIdConnectProvider": one(iam.OIDC, "arn", "url"),
    "aws:kms/getKey:getKey": one("aws:kms/key:Key", "keyId"),
    "aws:kms/getAlias:getAlias": one("aws:kms/alias:Alias", "name"),
    "aws:route53/getZone:getZone": one("aws:route53/zone:Zone", "name", "zoneId"),
    "aws:ecrpublic/getAuthorizationToken:getAuthorizationToken": ecr_token,
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": ecr_token,
}
