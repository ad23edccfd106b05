"""Labels and taints of nodes, by the rules of Kubernetes, the kubelet and EKS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.naming import LABEL_KEY, LABEL_VALUE, TAINT_EFFECTS
from eks_blueprints.core.spec import Spec

if TYPE_CHECKING:
    from eks_blueprints.karpenter.taints import Taint as PoolTaint

# Of Kubernetes' own domains the kubelet lets a node set labels in these only, and does not start with others.
_KUBELET_DOMAINS = ("kubelet.kubernetes.io", "node.kubernetes.io")
_RESERVED_DOMAINS = ("kubernetes.io", "k8s.io", "eks.amazonaws.com")

_KUBELET_LABELS = frozenset(
    {
        "kubernetes.io/hostname",
        *(f"{domain}/{name}" for domain in ("kubernetes.io", "beta.kubernetes.io") for name in ("arch", "os")),
        "beta.kubernetes.io/instance-type",
        *(f"topology.kubernetes.io/{name}" for name in ("region", "zone")),
        *(f"failure-domain.beta.kubernetes.io/{name}" for name in ("region", "zone")),
    }
)

KEY_LIMIT = 63
"""Most characters that EKS takes in the key of a label or taint of a managed node group, prefix included."""


class Taint(Spec):
    """Keeps pods off the nodes unless they tolerate it."""

    key: str = Field(min_length=1, max_length=KEY_LIMIT)
    """Key, by Kubernetes' rules for label keys."""
    value: str | None = None
    """Value, by Kubernetes' rules for label values. Default: empty."""
    effect: Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]
    """What happens to pods that do not tolerate it: not placed, not placed and evicted, or placed elsewhere where
    possible. In EKS's spelling."""

    @field_validator("key")
    @classmethod
    def _key_has_the_form(cls, key: str) -> str:
        if not LABEL_KEY.fullmatch(key):
            raise ValueError(
                f"is not a valid taint key; got {shown(key)}; write letters, digits, -, _ and ., or domain/name"
            )
        return key

    @field_validator("value")
    @classmethod
    def _value_has_the_form(cls, value: str | None) -> str | None:
        if value is not None and not LABEL_VALUE.fullmatch(value):
            raise ValueError(
                f"is not a valid taint value; got {shown(value)}; use up to 63 letters, digits, -, _ and ."
            )
        return value


def tolerated(taint: Taint | PoolTaint) -> dict[str, str]:
    """The toleration of a taint of a group or of a pool, as Kubernetes writes it."""
    value = {"value": taint.value} if taint.value else {}
    return {"key": taint.key, "operator": "Equal", **value, "effect": TAINT_EFFECTS.get(taint.effect, taint.effect)}


def check_labels(labels: Mapping[str, str], faults: Faults, at: str = "labels") -> None:
    """Note every label that Kubernetes, the kubelet or EKS would refuse."""
    for key, value in labels.items():
        match = LABEL_KEY.fullmatch(key)
        if match is None or len(key) > KEY_LIMIT:
            do = f"use up to {KEY_LIMIT} letters, digits, -, _ and ., or domain/name"
            faults.add((at, key), f"is not a valid label key; got {shown(key)}; {do}")
        elif _reserved(match["domain"] or ""):
            do = "use a domain of your own, or node.kubernetes.io"
            faults.add((at, key), f"is in a reserved domain; got {shown(key)}; {do}")
        # Kubernetes takes an empty value, EKS does not.
        if not value or not LABEL_VALUE.fullmatch(value):
            do = "use 1 to 63 letters, digits, -, _ and ., a letter or digit at both ends"
            faults.add((at, key), f"is not a valid label value; got {shown(value)}; {do}")


def check_taints(taints: Iterable[Taint], faults: Faults, at: str = "taints") -> None:
    """Note every taint that is listed twice."""
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(taints):
        if (taint.key, taint.effect) in seen:
            faults.add((at, index), f"is listed twice; got {taint.key} with {taint.effect} again; remove one")
        seen.add((taint.key, taint.effect))


def refused_by_kubelet(key: str) -> bool:
    """Whether the kubelet does not start with a label: one of Kubernetes' own domains that is not the kubelet's.

    Source: k8s.io/kubernetes v1.35.4, cmd/kubelet/app/options (validation of --node-labels).
    """
    domain = key.rpartition("/")[0]
    if key in _KUBELET_LABELS or not _reserved(domain):
        return False
    return domain != "eks.amazonaws.com" and not domain.endswith(".eks.amazonaws.com")


def _reserved(domain: str) -> bool:
    if domain in _KUBELET_DOMAINS or domain.endswith(tuple(f".{name}" for name in _KUBELET_DOMAINS)):
        return False
    return domain in _RESERVED_DOMAINS or domain.endswith(tuple(f".{name}" for name in _RESERVED_DOMAINS))
