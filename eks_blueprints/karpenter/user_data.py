"""User data that a class of nodes adds to Karpenter's own, in the form that each family of images takes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import Parser
from typing import Any

from eks_blueprints.core.document import parse
from eks_blueprints.core.errors import InputError, Path, dotted, shown, unknown_name
from eks_blueprints.core.node_settings import USER_DATA_LIMIT, bottlerocket, credentials, node_config
from eks_blueprints.karpenter.selectors import Family

_KARPENTERS: Mapping[Family | None, int] = {
    "AL2": 2_300,
    "AL2023": 2_600,
    "Bottlerocket": 2_400,
    "Windows2019": 2_300,
    "Windows2022": 2_300,
    "Windows2025": 2_300,
}
"""What Karpenter adds, reckoned: the cluster's name, endpoint and certificate authority (some 1,700 bytes), labels,
taints and the kubelet's settings, in the family's form."""

_NODE_CONFIG = "application/node.eks.aws"
_OF_A_DOCUMENT = ("apiVersion", "kind", "metadata", "spec")


def problems(text: str, family: Family | None) -> Iterator[str]:
    """What Karpenter, EC2 or the image of a family cannot take."""
    added = _KARPENTERS.get(family, 0)
    if (length := len(text.encode())) + added > USER_DATA_LIMIT:
        beside = f" beside the {added} or so that Karpenter adds" if added else ""
        yield f"can have at most {USER_DATA_LIMIT} bytes{beside}; got {length}; download long content from elsewhere"
    if family == "Bottlerocket":
        yield from _toml(text)
    elif family in ("AL2", "AL2023"):
        yield from _mime(text, family)
    elif family is not None and family.startswith("Windows") and "<powershell>" in text.lower():
        yield "is wrapped by Karpenter already; got <powershell>; write the commands alone"
    yield from (message for _, message in credentials.in_texts(text))


def _toml(text: str) -> Iterator[str]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)[:1].lower() + str(error)[1:]
        yield f"is not TOML, which Bottlerocket reads; got {reason}; write tables such as [settings]"
        return
    settings = found.pop("settings", {})
    for key in found:
        yield f"contains a key outside of settings, which would be lost; got {shown(key)}; write [settings.{key}]"
    if not isinstance(settings, dict):
        yield f"needs settings to be a table; got {shown(settings)}; write [settings.kubernetes]"
        return
    yield from (_at(("settings", *path), message) for path, message in bottlerocket.problems(settings))


def _mime(text: str, family: Family) -> Iterator[str]:
    if not text.strip().startswith(("MIME-Version:", "Content-Type:")):
        # Karpenter takes any other text for a script, unless it is a NodeConfig.
        if family == "AL2023" and f"apiVersion: {node_config.API_VERSION}" in text:
            yield from _document(text)
        return
    archive: Message[str, str] = Parser().parsestr(text.lstrip())
    if not archive.is_multipart():
        do = "write a Content-Type of multipart/mixed with its boundary, and a part below each boundary"
        yield f"is not a multipart MIME archive; got {shown(text)}; {do}"
        return
    for part in archive.walk():
        if part.get_content_type() == _NODE_CONFIG:
            yield from _document(str(part.get_payload()))


def _document(text: str) -> Iterator[str]:
    try:
        found: Any = parse(text, "NodeConfig").data
    except InputError as error:
        yield from (f"is not a NodeConfig: {problem}" for problem in error.problems)
        return
    for key in found:
        if key not in _OF_A_DOCUMENT:
            yield _at((str(key),), unknown_name(str(key), _OF_A_DOCUMENT, "field of a NodeConfig"))
    if found.get("kind") != "NodeConfig" or found.get("apiVersion") != node_config.API_VERSION:
        got = f"{shown(found.get('apiVersion'))} and {shown(found.get('kind'))}"
        do = f"write apiVersion: {node_config.API_VERSION} and kind: NodeConfig"
        yield f"is not a NodeConfig that nodeadm knows; got {got}; {do}"
    spec = found.get("spec") or {}
    if not isinstance(spec, dict):
        yield _at(("spec",), f"needs a mapping; got {shown(spec)}; write kubelet: and other fields below it")
        return
    yield from (_at(("spec", *path), message) for path, message in node_config.problems(spec, None))


def _at(path: Path, message: str) -> str:
    return f"{dotted(path)} {message}"
