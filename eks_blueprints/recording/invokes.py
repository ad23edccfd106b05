"""What provider functions answer while a program is recorded: no cloud is asked.

An answer given by the caller wins; then the handful below that nearly every AWS program calls; then a symbolic result
shaped by the function's result type, ``${getSubnet(id=subnet-1).cidrBlock}``; what has no shape is unknown.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from pulumi import _types

from eks_blueprints.core import kustomize
from eks_blueprints.core.aws_config import account_of_role
from eks_blueprints.core.yaml_text import documents
from eks_blueprints.network import zones
from eks_blueprints.recording.policy_document import FUNCTION, policy_document
from eks_blueprints.recording.symbols import UNKNOWN, shape

KUSTOMIZE = "kubernetes:kustomize:directory"
_CALLER = "aws:index/getCallerIdentity:getCallerIdentity"

Answer = Mapping[str, Any] | Callable[[dict[str, Any]], Mapping[str, Any]]

ACCOUNT = "123456789012"
"""The account number AWS uses in its own documentation."""

REGION = "${aws.region}"
"""The region of a program that sets none: the real one would come from the environment, which a plan must not read."""


class Answers:
    """Answers by token."""

    def __init__(self, given: Mapping[str, Answer], config: Mapping[str, str]) -> None:
        self._given = given
        self._config = config
        self.names: dict[str, None] = {"aws": None, "config": None}
        """What the symbols made here begin with."""
        self.result_types: dict[str, type] = {}
        """Result type by token, noted as the SDK is called (`hooks.py`): the request itself does not carry it."""

    def answer(self, token: str, args: dict[str, Any], provider: Mapping[str, Any]) -> dict[str, Any]:
        """The result of one call, spelled as the provider would."""
        given = self._given.get(token)
        if given is not None:
            return dict(given(args) if callable(given) else given)
        args = {key: value for key, value in args.items() if value is not None}
        known: dict[str, Any] = {}
        if token == _CALLER:
            known = _caller_identity(self._region(args, provider), account_of(provider) or self._account())
        elif token in _COMMON:
            known = _COMMON[token](self._region(args, provider), args)
        return {**self._shaped(token, args), **args, **known}

    def _region(self, args: Mapping[str, Any], provider: Mapping[str, Any]) -> str:
        for source in (args.get("region"), provider.get("region"), self._config.get("aws:region")):
            if isinstance(source, str):
                return source
        return REGION

    def _account(self) -> str:
        """The account of the default provider, which has the stack's settings."""
        settings = {name: self._config.get(f"aws:{name}") for name in ("allowedAccountIds", "assumeRoles")}
        return account_of(settings) or ACCOUNT

    def _shaped(self, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        typ = self.result_types.get(token)
        if typ is None:
            return {"result": UNKNOWN}
        name = token.rpartition(":")[2] + _arguments(args)
        self.names[name] = None
        return {key: shape(each, f"{name}.{key}", None) for key, each in _types.output_type_types(typ).items()}


def _arguments(args: Mapping[str, Any]) -> str:
    """What tells two calls of one function apart: short arguments as they are, long ones as a digest."""
    if not args:
        return ""
    if all(isinstance(value, str | int | bool) for value in args.values()):
        text = ",".join(f"{key}={value}" for key, value in args.items())
        if len(text) <= 60:
            return f"({text})"
    encoded = json.dumps(args, sort_keys=True, default=repr).encode()
    return f"({hashlib.sha256(encoded).hexdigest()[:8]})"


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _caller_identity(region: str, account: str) -> dict[str, Any]:
    arn = f"arn:{_partition(region)}:iam::{account}:root"
    return {"accountId": account, "arn": arn, "id": account, "userId": account}


def account_of(provider: Mapping[str, Any]) -> str | None:
    """The account that an AWS provider is told to be in: the one that is allowed, or that of the role it takes on."""
    allowed, roles = (_listed(provider.get(name)) for name in ("allowedAccountIds", "assumeRoles"))
    if len(allowed) == 1:
        return str(allowed[0])
    role = roles[-1].get("roleArn") if roles and isinstance(roles[-1], Mapping) else None
    return account_of_role(role) if isinstance(role, str) else None


def _listed(value: Any) -> list[Any]:
    # A provider's nested inputs are JSON text.
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _get_region(region: str, _args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "region": region,
        "name": region,
        "id": region,
        "description": region,
        "endpoint": f"ec2.{region}.{_dns(region)}",
    }


def _get_partition(region: str, _args: Mapping[str, Any]) -> dict[str, Any]:
    partition, suffix = _partition(region), _dns(region)
    return {
        "partition": partition,
        "id": partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _dns(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def _availability_zones(region: str, _args: Mapping[str, Any]) -> dict[str, Any]:
    # As many as the region has; of one of which the table knows fewer, three.
    known = zones.all_zone_ids(region)
    ids = known if len(known) >= 3 else tuple(f"{region}-az{number}" for number in (1, 2, 3))
    names = [f"{region}{letter}" for letter in ascii_lowercase[: len(ids)]]
    return {"names": names, "zoneIds": list(ids), "id": region, "groupNames": [region]}


def _decoded_yaml(_region: str, args: Mapping[str, Any]) -> dict[str, Any]:
    # What the provider does for `yaml.ConfigFile`, whose children the SDK then makes itself.
    text = args.get("text")
    if not isinstance(text, str):
        return {"result": []}
    namespace = args.get("defaultNamespace")
    found = [each for each in documents(text) if isinstance(each, dict)]
    for each in found:
        if namespace and isinstance(metadata := each.get("metadata"), dict):
            metadata.setdefault("namespace", namespace)
    return {"result": found}


def _kustomized(_region: str, args: Mapping[str, Any]) -> dict[str, Any]:
    # What the provider does for the first `kustomize.Directory`, whose children the SDK then makes itself.
    folder = args.get("directory")
    found = kustomize.objects(Path(folder)) if isinstance(folder, str) and "://" not in folder else None
    return {"result": UNKNOWN if found is None else [each for each in found if isinstance(each, dict)]}


_COMMON: dict[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
    "aws:index/getRegion:getRegion": _get_region,
    "aws:index/getPartition:getPartition": _get_partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "kubernetes:yaml:decode": _decoded_yaml,
    KUSTOMIZE: _kustomized,
    FUNCTION: lambda _region, args: policy_document(args),
}
