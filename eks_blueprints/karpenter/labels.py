"""Labels of nodes: their form, and which of them Karpenter and EKS Auto Mode know or keep for themselves."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import nearest, shown
from eks_blueprints.core.form import Form

REGION = "topology.kubernetes.io/region"
ZONE = "topology.kubernetes.io/zone"
ZONE_ID = "topology.k8s.aws/zone-id"
ARCHITECTURE = "kubernetes.io/arch"
OPERATING_SYSTEM = "kubernetes.io/os"
INSTANCE_TYPE = "node.kubernetes.io/instance-type"
CAPACITY_TYPE = "karpenter.sh/capacity-type"
POOL = "karpenter.sh/nodepool"
GROUP = "eks.amazonaws.com/nodegroup"
COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
"""`auto` on nodes of EKS Auto Mode, `fargate` on machines of Fargate."""
WINDOWS_BUILD = "node.kubernetes.io/windows-build"
WINDOWS_BUILDS = {"Windows2019": "10.0.17763", "Windows2022": "10.0.20348", "Windows2025": "10.0.26100"}
"""Build of each family; source: github.com/aws/karpenter-provider-aws v1.14.1, pkg/apis/v1/labels.go."""
LINUX = "linux"

OLD_NAMES: Mapping[str, str] = {
    "beta.kubernetes.io/arch": ARCHITECTURE,
    "beta.kubernetes.io/os": OPERATING_SYSTEM,
    "beta.kubernetes.io/instance-type": INSTANCE_TYPE,
    "failure-domain.beta.kubernetes.io/zone": ZONE,
    "failure-domain.beta.kubernetes.io/region": REGION,
}
"""Names that Karpenter reads as newer ones."""

KNOWN_VALUES: Mapping[str, tuple[str, ...]] = {
    CAPACITY_TYPE: ("on-demand", "spot", "reserved"),
    "karpenter.k8s.aws/instance-tenancy": ("default", "dedicated"),
    ARCHITECTURE: ("amd64", "arm64"),
    OPERATING_SYSTEM: ("linux", "windows"),
}
"""All values there are of some labels; others match no node."""

_NAME = Form(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]")
_DOMAIN = Form(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_FILE = Path(__file__).with_name("labels.toml")


@dataclass(frozen=True, slots=True)
class Flavor:
    """Which controller makes the nodes of a pool."""

    name: str
    group: str
    """API group of its classes of nodes, which is also the domain of its labels."""
    kind: str
    """Kind of its classes of nodes."""


KARPENTER = Flavor("Karpenter", "karpenter.k8s.aws", "EC2NodeClass")
AUTO_MODE = Flavor("EKS Auto Mode", "eks.amazonaws.com", "NodeClass")


@cache
def known_labels(flavor: Flavor) -> frozenset[str]:
    """The labels in a flavor's own domain that its nodes carry."""
    return frozenset(_table()["karpenter" if flavor is KARPENTER else "auto_mode"]["labels"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def normal(key: str) -> str:
    """The name under which Karpenter keeps a label."""
    return OLD_NAMES.get(key, key)


def with_old_names(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels of a node, with the older names too that Kubernetes still gives to some of them."""
    return {**labels, **{old: labels[new] for old, new in OLD_NAMES.items() if new in labels}}


def qualified_name(key: str, what: str) -> str:
    """A name of Kubernetes' own form: letters, digits, -, _ and ., and a domain before it where wanted.

    Raises:
        ValueError: if it has not that form.
    """
    domain, slash, name = key.rpartition("/")
    if slash and (not _DOMAIN.fullmatch(domain) or len(domain) > 253):
        raise ValueError(f"has a bad domain; got {shown(key)}; write {what} like example.com/name")
    if not _NAME.fullmatch(name):
        do = "use up to 63 letters, digits, -, _ and ., a letter or digit at both ends"
        raise ValueError(f"is not a valid {what}; got {shown(key)}; {do}")
    return key


def label_value(value: str) -> str:
    """A value of a label; it may be empty.

    Raises:
        ValueError: if Kubernetes refuses it.
    """
    if value and not _NAME.fullmatch(value):
        do = "use up to 63 letters, digits, -, _ and ., a letter or digit at both ends"
        raise ValueError(f"is not a valid label value; got {shown(value)}; {do}")
    return value


def label_key(key: str) -> str:
    """The key of a label that a pool may ask for or give.

    Raises:
        ValueError: if Kubernetes refuses it or it is kept for the controller.
    """
    qualified_name(key, "label key")
    if key == "kubernetes.io/hostname":
        raise ValueError(f"is reserved for each node's own name; got {shown(key)}; remove it")
    # The API server looks at all before the first slash, whether it is a domain or not.
    domain = key.partition("/")[0]
    if domain.endswith("karpenter.sh") and key != CAPACITY_TYPE:
        do = f"use {CAPACITY_TYPE}, or a domain of your own that does not end in karpenter.sh"
        raise ValueError(f"is reserved for Karpenter; got {shown(key)}; {do}")
    if domain.endswith(KARPENTER.group) and key not in known_labels(KARPENTER):
        near = nearest(key, known_labels(KARPENTER))
        do = f"did you mean {near}?" if near else "use a domain of your own"
        raise ValueError(f"is not a label of Karpenter's nodes; got {shown(key)}; {do}")
    return key


def unknown_value(key: str, value: str) -> str | None:
    """What is wrong with a value that a label never has; None where it may have it."""
    known = KNOWN_VALUES.get(normal(key), (value,))
    if value in known:
        return None
    near = nearest(value, known)
    do = f"did you mean {near}?" if near else f"use {' or '.join(known)}"
    return f"is not a value of {shown(key)}; got {shown(value)}; {do}"


def unknown_values(key: str, values: Iterable[str]) -> list[str]:
    """What is wrong with those values of a list that a label never has."""
    return [fault for value in values if (fault := unknown_value(key, value)) is not None]


def object_name(name: str, longest: int = 63) -> str:
    """The name of an object; that of a pool or a class of nodes is also a label of its nodes.

    Raises:
        ValueError: if it is none, or too long.
    """
    if not _DOMAIN.fullmatch(name) or len(name) > longest:
        do = f"use up to {longest} lowercase letters, digits and -, a letter or digit at both ends"
        raise ValueError(f"is not a valid name of an object; got {shown(name)}; {do}")
    return name
