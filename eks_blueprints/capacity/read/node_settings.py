"""What user data tells the kubelet that changes how much pods may request.

Sources: nodeadm's NodeConfig (awslabs/amazon-eks-ami), `bootstrap.sh` of Amazon Linux 2, settings of Bottlerocket.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.yaml_text import YAMLError, documents
from eks_blueprints.policies.stack import Resource

_MOST_PODS = re.compile(r"--max-pods[= ]+[\"']?([0-9]{1,4})")
_CONFIG = "node.eks.aws/"
_INTERFACES = "networkInterfaces"
_NAMES = {
    "max-pods": "max_pods",
    "kube-reserved": "kube_reserved",
    "system-reserved": "system_reserved",
    "eviction-hard": "eviction_hard",
}
"""Names of settings by those of Bottlerocket."""


def kubelet_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of nodes by what the kubelet is configured with, in Kubernetes' words."""
    words = {
        "maxPods": "max_pods",
        "podsPerCore": "pods_per_core",
        "kubeReserved": "kube_reserved",
        "systemReserved": "system_reserved",
        "evictionHard": "eviction_hard",
    }
    return _fitting({ours: config[theirs] for theirs, ours in words.items() if config.get(theirs) is not None})


def told_settings(text: str) -> dict[str, Any]:
    """Settings of nodes by their user data; those that it says nothing of, or not plainly, are left out."""
    if not text:
        return {}
    if "[settings.kubernetes" in text:
        return _of_bottlerocket(text)
    found: dict[str, Any] = {}
    for config in _configs(text):
        kubelet = config.get("kubelet")
        if isinstance(kubelet, Mapping):
            given = kubelet.get("config")
            found |= kubelet_settings(given) if isinstance(given, Mapping) else {}
    if match := _MOST_PODS.search(text):
        found["max_pods"] = int(match[1])
    return found


def template_settings(template: Resource) -> dict[str, Any]:
    """Settings of nodes by the disks and network interfaces of their launch template, as far as it tells of them."""
    found: dict[str, Any] = {}
    props = template.props
    if props.is_known("blockDeviceMappings") and (disks := props.items("blockDeviceMappings")):
        found["starting_volumes"] = len(disks)
    if props.is_known(_INTERFACES):
        cards = [(str(each.raw("interfaceType")), each.raw("networkCardIndex")) for each in props.items(_INTERFACES)]
        if fabric := [card for kind, card in cards if kind.startswith("efa")]:
            found["efa_interfaces"] = len(fabric)
            found["efa_on_first_card"] = sum(kind == "efa-only" and not card for kind, card in cards)
    return found


def _configs(text: str) -> Iterator[Mapping[str, Any]]:
    """The specs of NodeConfigs, be the text one or a MIME archive with some."""
    parts = [text] if not text.lstrip().lower().startswith(("mime-version", "content-type")) else _parts(text)
    for part in parts:
        if _CONFIG not in part:
            continue
        try:
            read = documents(part)
        except YAMLError:
            continue
        for each in read:
            if isinstance(each, Mapping) and isinstance(each.get("spec"), Mapping):
                yield each["spec"]


def _parts(text: str) -> Iterator[str]:
    from email import message_from_string

    for part in message_from_string(text).walk():
        if not part.is_multipart():
            body = part.get_payload(decode=True)
            yield body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)


def _of_bottlerocket(text: str) -> dict[str, Any]:
    try:
        given: Any = tomllib.loads(text)
    except ValueError:
        return {}
    for key in ("settings", "kubernetes"):
        given = given.get(key) if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping):
        return {}
    return _fitting({ours: given[theirs] for theirs, ours in _NAMES.items() if theirs in given})


def _fitting(found: Mapping[str, Any]) -> dict[str, Any]:
    """Those settings that have the form which they must have."""
    fitting: dict[str, Any] = {}
    for name, value in found.items():
        if name in ("max_pods", "pods_per_core"):
            number = int(value) if isinstance(value, str) and value.isdigit() else value
            if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
                fitting[name] = number
        elif isinstance(value, Mapping):
            fitting[name] = {str(key): str(each) for key, each in value.items()}
    return fitting
