"""What is worth saying of a resource in one line: its few inputs that a reader looks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.recording import PlannedResource

_TELLING = (
    "addonName",
    "addonVersion",
    "instanceTypes",
    "scalingConfig",
    "minSize",
    "maxSize",
    "capacityType",
    "amiType",
    "version",
    "releaseVersion",
    "cidrBlock",
    "ipv6CidrBlock",
    "availabilityZone",
    "availabilityZoneId",
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "serviceName",
    "vpcEndpointType",
    "principalArn",
    "policyArn",
    "accessScope",
    "namespace",
    "serviceAccount",
    "retentionInDays",
    "enableKeyRotation",
    "authenticationMode",
    "enabledClusterLogTypes",
    "region",
    "chart",
    "selectors",
    "engine",
    "runtime",
    "url",
    "kind",
    "type",
    "cidrIpv4",
    "cidrIpv6",
    "prefixListId",
    "referencedSecurityGroupId",
    "ipProtocol",
    "fromPort",
    "toPort",
    "bucket",
    "name",
)
"""Inputs in the order they are told, of any provider; nothing here is specific to one resource type."""

_MOST = 4
_ID = 40
"""Characters of an id that is shown; ARNs say little that the rest does not."""


def facts_of(resource: PlannedResource) -> str:
    """Up to four inputs that tell this resource from its siblings, and the options that guard it."""
    given = [key for key in _TELLING if resource.inputs.get(key) not in (None, resource.name)]
    facts = [fact for key in given for fact in _fact(key, resource.inputs[key])]
    facts += [f"{key} {value}" for key, value in _metadata(resource.inputs) if value]
    if resource.options.get("protect"):
        facts.insert(0, "protected")
    if resource.options.get("read_id"):
        facts.insert(0, "already there")
    if is_imported(resource):
        id_ = str(resource.options["import_id"])
        facts.insert(0, f"imported as {id_}" if len(id_) <= _ID else "imported")
    return ", ".join(facts[:_MOST])


def is_imported(resource: PlannedResource) -> bool:
    """Whether it exists, and the engine takes it over instead of creating it."""
    return bool(resource.options.get("import_id"))


def short_type(token: str) -> str:
    """`aws:ec2/vpc:Vpc` as `ec2.Vpc`, `eks-blueprints:index:Network` as `Network`."""
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    if package == "pulumi":
        known = {"aws": "AWS", "kubernetes": "Kubernetes", "eks": "EKS"}
        return f"{known.get(name, name)} provider" if module == "providers" else name
    group = module.split("/")[0]
    if group == "index" or not name:
        return name or token
    prefix = group.split(".")[0] if package == "kubernetes" else group
    return f"{prefix}.{name}"


def _fact(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and not any(str(mark).startswith("$") for mark in value):
        if key == "scalingConfig":
            least, most = _text(value.get("minSize")), _text(value.get("maxSize"))
            yield f"{least} nodes" if least == most else f"{least}-{most} nodes"
        elif key == "accessScope":
            yield _text(value.get("namespaces") or value.get("type"))
        return
    text = _text(value)
    if text:
        yield text if key in _SELF_EVIDENT else f"{key} {text}"


_SELF_EVIDENT = frozenset(
    [
        "instanceTypes",
        "amiType",
        "capacityType",
        "cidrBlock",
        "addonName",
        "availabilityZone",
        "availabilityZoneId",
        "policyArn",
        "principalArn",
        "serviceName",
        "kind",
        "chart",
    ]
)


def _metadata(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    metadata = inputs.get("metadata")
    if isinstance(metadata, Mapping):
        yield "namespace", _text(metadata.get("namespace"))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(_text(item) for item in value)
    if isinstance(value, str):
        last = value.rpartition("/")[2] if value.startswith("arn:") else value
        return last if len(last) <= 48 else last[:47] + "…"
    return str(value) if isinstance(value, int | float) else ""
