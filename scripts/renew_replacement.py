"""Renew eks_blueprints/review/diff/replacement.json from a checkout of the Terraform AWS provider; review the diff.

    python scripts/renew_replacement.py CHECKOUT

pulumi-aws is that provider, bridged. For the types an EKS platform may hold, the table says which inputs cannot be
changed in place (`ForceNew`, `RequiresReplace`) and which lists are sets. The Terraform names become Pulumi's by
looking them up in the installed pulumi-aws; a name that it does not have is an output, and is left out. No network.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pulumi_aws

from eks_blueprints.recording.inputs.derive import args_class, resolve, table_of
from eks_blueprints.recording.inputs.shapes import ListOf, MapOf, Named, ObjectOf, Shape

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "review" / "diff" / "replacement.json"
SERVICES = (
    "acm alb amp autoscaling backup budgets cfg cloudformation cloudwatch codebuild codeconnections "
    "codepipeline codestarconnections dynamodb ebs ec2 ec2transitgateway ecr efs eks elasticache emrcontainers "
    "fsx grafana guardduty iam kms lambda lb networkfirewall opensearch ram rds resourcegroups route53 s3 "
    "secretsmanager shield sns sqs ssm vpc vpclattice wafv2 "
)
PREFIXES = {"amp": "prometheus", "cfg": "config", "ec2transitgateway": "ec2_transit_gateway", "lambda_": "lambda"}
RENAMED = {
    "aws:alb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:autoscaling/tag:Tag": "aws_autoscaling_group_tag",
    "aws:codepipeline/pipeline:Pipeline": "aws_codepipeline",
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment": (
        "aws_network_interface_sg_attachment"
    ),
    "aws:ec2transitgateway/transitGateway:TransitGateway": "aws_ec2_transit_gateway",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "aws_iam_openid_connect_provider",
    "aws:rds/subnetGroup:SubnetGroup": "aws_db_subnet_group",
    "aws:rds/parameterGroup:ParameterGroup": "aws_db_parameter_group",
    "aws:s3/inventory:Inventory": "aws_s3_bucket_inventory",
    # The schema of both kinds of rule stands with the ingress rule.
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "aws_vpc_security_group_ingress_rule",
}

BY_HAND: dict[str, Any] = {
    "aws:codepipeline/pipeline:Pipeline": {"replace": ["name"], "sets": ["artifactStores"]},
    "aws:codestarnotifications/notificationRule:NotificationRule": {
        "replace": ["resource"],
        "sets": ["eventTypeIds", "targets"],
    },
}
"""Resources whose schema is built by functions that are not followed here; read in the sources of the same version."""

ANNOTATION = re.compile(r'@(?:SDK|Framework)Resource\("(aws_[a-z0-9_]+)"')
KEY = re.compile(r'^\s*(?:"([a-z0-9_]+)"|names\.(Attr\w+)|(\w+))\s*:\s*', re.MULTILINE)
MAP = re.compile(r"map\[string\](?:\*schema\.Schema|schema\.Attribute|schema\.Block|nwschema\.\w+)\s*\{")


@dataclass
class Node:
    """One attribute of a Terraform schema."""

    replaces: bool = False
    is_set: bool = False
    children: dict[str, Node] = field(default_factory=dict)


def main() -> None:
    """Read the checkout named on the command line and write the table."""
    checkout = Path(sys.argv[1])
    constants = _constants(checkout)
    sources = {m[1]: file for file in _sources(checkout) for m in ANNOTATION.finditer(file.read_text("utf-8"))}
    types: dict[str, Any] = dict(BY_HAND)
    for token, module, name in sorted(_tokens()):
        source = next((sources[each] for each in _terraform_names(token) if each in sources), None)
        if source is None:
            continue
        text = source.read_text("utf-8")
        schema = _schema(text, constants | dict(re.findall(r'^\s+(\w+)\s*=\s*"([a-z0-9_]+)"$', text, re.MULTILINE)))
        args = args_class(getattr(importlib.import_module(module), name))
        if args is None or not schema:
            continue
        replace, sets = set(), set()
        _walk(schema, ObjectOf(args), "", replace, sets)
        types[token] = {"replace": sorted(_outermost(replace)), "sets": sorted(sets)}
    _write(types, checkout)


def _write(types: dict[str, Any], checkout: Path) -> None:
    head = {
        "as_of": datetime.now(UTC).date().isoformat(),
        "source": f"hashicorp/terraform-provider-aws {_version(checkout)}, as bridged by pulumi-aws "
        f"{importlib.metadata.version('pulumi-aws')}",
        "renew": "python scripts/renew_replacement.py CHECKOUT",
        "needs": "a checkout of terraform-provider-aws",
    }
    rows = [f"    {json.dumps(token)}: {json.dumps(row)}" for token, row in sorted(types.items())]
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    TABLE.write_text("\n".join(["{", *lines, '  "types": {', ",\n".join(rows), "  }", "}"]) + "\n", encoding="utf-8")


def _version(checkout: Path) -> str:
    match = re.search(r"^## (\S+)", (checkout / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    return match[1] if match else "of unknown version"


def _sources(checkout: Path) -> Iterator[Path]:
    for file in sorted(checkout.glob("internal/service/*/*.go")):
        if not file.name.endswith("_test.go"):
            yield file


def _constants(checkout: Path) -> dict[str, str]:
    text = (checkout / "names" / "attr_consts_gen.go").read_text("utf-8")
    return {m[1]: m[2] for m in re.finditer(r'(Attr\w+)\s*=\s*"([^"]+)"', text)}


def _tokens() -> Iterator[tuple[str, str, str]]:
    root = Path(pulumi_aws.__file__).parent
    for service in SERVICES.split():
        for file in (root / (f"{service}_" if service == "lambda" else service)).glob("*.py"):
            match = re.search(r"super\((\w+), __self__\).__init__\(\s*'(aws:[^']+)'", file.read_text("utf-8"))
            if match:
                yield match[2], f"pulumi_aws.{file.parent.name}.{file.stem}", match[1]


def _terraform_names(token: str) -> list[str]:
    service, name = token.split(":")[1].split("/", maxsplit=1)[0], _snake(token.split(":")[2])
    given = [RENAMED[token]] if token in RENAMED else []
    return [*given, f"aws_{PREFIXES.get(service, service)}_{name}", f"aws_{name}"]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _schema(text: str, constants: dict[str, str]) -> dict[str, Node]:
    """The outermost schema of a resource: everything its attribute and block maps name."""
    found: dict[str, Node] = {}
    start = ANNOTATION.search(text)
    at = start.start() if start else 0
    while match := MAP.search(text, at):
        end = _closing(text, match.end() - 1)
        found = _entries(text[match.end() : end], constants) | found
        at = end
        if found and not re.match(r"[^\n]*\n?[\s,})]*(Blocks|Schema|s\.Blocks)", text[at + 1 : at + 300]):
            break
    if not found and at:
        # A few keep the schema in a variable above the resource.
        return (
            _entries(text[match.end() : _closing(text, match.end() - 1)], constants)
            if (match := MAP.search(text))
            else {}
        )
    return found


def _entries(body: str, constants: dict[str, str]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    at = 0
    while match := KEY.search(body, at):
        end = _value_end(body, match.end())
        name = match[1] or constants.get(match[2] or match[3], "")
        if name:
            found[name] = _node(body[match.end() : end], constants)
        at = end + 1
    return found


def _node(value: str, constants: dict[str, str]) -> Node:
    node = Node()
    if not re.match(r"&?(?:schema\.\w+|nwschema\.\w+)?\s*\{|\w+\.\w*Attribute", value):
        node.replaces = "RequiresReplace" in value or "ForceNew" in value
        return node
    inner: dict[str, Node] = {}
    plain, at = "", 0
    while match := MAP.search(value, at):
        end = _closing(value, match.end() - 1)
        inner |= _entries(value[match.end() : end], constants)
        plain += value[at : match.start()]
        at = end
    plain += value[at:]
    node.children = inner
    node.replaces = bool(re.search(r"ForceNew:\s*true|\.RequiresReplace(IfConfigured)?\(\)", plain))
    node.is_set = bool(re.search(r"schema\.TypeSet|schema\.Set\w+|SetOfString", plain))
    return node


def _value_end(text: str, start: int) -> int:
    depth, at = 0, start
    while at < len(text):
        character = text[at]
        if character in "\"`'":
            at = _string_end(text, at)
        elif text.startswith("//", at):
            at = text.find("\n", at)
            if at == -1:
                return len(text)
        elif character in "{([":
            depth += 1
        elif character in "})]":
            depth -= 1
        elif character == "," and depth == 0:
            return at
        at += 1
    return len(text)


def _string_end(text: str, at: int) -> int:
    quote = text[at]
    at += 1
    while at < len(text) and text[at] != quote:
        at += 2 if text[at] == "\\" and quote != "`" else 1
    return at


def _closing(text: str, opening: int) -> int:
    depth, at = 0, opening
    while at < len(text):
        character = text[at]
        if character in "\"`'":
            at = _string_end(text, at)
        elif text.startswith("//", at):
            at = text.find("\n", at)
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return len(text)


def _walk(schema: dict[str, Node], shape: Shape, path: str, replace: set[str], sets: set[str]) -> None:
    shape = _opened(shape)
    if not isinstance(shape, ObjectOf):
        return
    table = table_of(shape.args)
    by_python = {each.python_name: each for each in table.properties.values()}
    for name, node in schema.items():
        found = next((by_python[each] for each in _spellings(name) if each in by_python), None)
        if found is None:
            continue
        at = f"{path}.{found.name}" if path else found.name
        if node.replaces:
            replace.add(at)
        if node.is_set and isinstance(_resolved(found.shape), ListOf):
            sets.add(at)
        _walk(node.children, found.shape, at, replace, sets)


def _spellings(name: str) -> list[str]:
    # Terraform's blocks are singular where Pulumi's lists are plural, and Python's own words get an underscore.
    plurals = [f"{name}s", f"{name}es", f"{name[:-1]}ies", name.removesuffix("s")]
    return [name, *plurals, f"{name}_", *(f"{each}_" for each in plurals)]


def _resolved(shape: Shape) -> Shape:
    return _resolved(resolve(shape)) if isinstance(shape, Named) else shape


def _opened(shape: Shape) -> Shape:
    shape = _resolved(shape)
    while isinstance(shape, ListOf | MapOf):
        shape = _resolved(shape.item if isinstance(shape, ListOf) else shape.value)
    return shape


def _outermost(paths: set[str]) -> set[str]:
    return {path for path in paths if not any(path.startswith(f"{other}.") for other in paths)}


if __name__ == "__main__":
    main()
