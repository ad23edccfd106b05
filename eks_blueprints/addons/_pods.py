"""What add-ons may say about the pods they run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.naming import LABEL_KEY, LABEL_VALUE
from eks_blueprints.core.spec import Spec

_COUNT_OR_PERCENT = Form(r"\d+|(100|[1-9]?\d)%")


def _node_selector(labels: dict[str, str]) -> dict[str, str]:
    faults = Faults()
    for key, value in labels.items():
        if not LABEL_KEY.fullmatch(key) or not LABEL_VALUE.fullmatch(value):
            do = "use letters, digits, -, _ and ., or domain/name for the key"
            faults.add((key,), f"is not a label; got {shown(f'{key}: {value}')}; {do}")
    faults.raise_if_any()
    return labels


NodeSelector = Annotated[dict[str, str], AfterValidator(_node_selector)]
"""Labels that nodes have to carry."""


class Toleration(Spec):
    """Lets pods onto nodes with a matching taint; with the names and spelling of Kubernetes."""

    key: str | None = Field(default=None, min_length=1, max_length=317)
    """Key of the taint. Default: every key, which needs operator Exists."""
    operator: Literal["Exists", "Equal"] = "Equal"
    """Whether the taint's value has to be `value`, or may be anything."""
    value: str | None = Field(default=None, max_length=63)
    """Value of the taint, for operator Equal. Default: empty."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint. Default: every effect."""
    toleration_seconds: int | None = Field(default=None, ge=0)
    """How long a pod may stay on a node that gets a NoExecute taint, in seconds. Default: forever."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.key is not None and not LABEL_KEY.fullmatch(self.key):
            faults.add("key", f"is not a valid taint key; got {shown(self.key)}; write a name, or domain/name")
        if self.value is not None and not LABEL_VALUE.fullmatch(self.value):
            faults.add("value", f"is not a valid taint value; got {shown(self.value)}; use letters, digits, -, _ and .")
        if self.operator == "Exists" and self.value is not None:
            faults.add("value", f"accepts no value with operator Exists; got {shown(self.value)}; remove it")
        if self.operator == "Equal" and self.key is None:
            faults.add("key", "is needed with operator Equal; got none; name the key or use operator: Exists")
        if self.toleration_seconds is not None and self.effect != "NoExecute":
            faults.add("toleration_seconds", "is for effect NoExecute only; got another; set the effect or remove it")
        faults.raise_if_any()
        return self

    def manifest(self) -> dict[str, Any]:
        """It as Kubernetes writes it."""
        fields = {
            "key": self.key,
            "operator": self.operator,
            "value": self.value,
            "effect": self.effect,
            "tolerationSeconds": self.toleration_seconds,
        }
        return {name: value for name, value in fields.items() if value is not None}


class PodDisruptionBudget(Spec):
    """How many pods may be gone at once while nodes are drained: one of the two, as a count or a percentage."""

    max_unavailable: str | None = None
    """Pods that may be gone: a count such as "1", or "25%"."""
    min_available: str | None = None
    """Pods that have to stay: a count such as "1", or "50%"."""

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        faults = Faults()
        if (self.max_unavailable is None) == (self.min_available is None):
            got = "neither" if self.max_unavailable is None else "both"
            faults.add((), f"accepts either max_unavailable or min_available; got {got}; give one")
        for field in ("max_unavailable", "min_available"):
            value = getattr(self, field)
            if value is not None and not _COUNT_OR_PERCENT.fullmatch(value):
                faults.add(field, f'is neither a count nor a percentage; got {shown(value)}; write "1" or "25%"')
        faults.raise_if_any()
        return self

    def manifest(self) -> dict[str, Any]:
        """It as add-ons take it."""
        fields = {"maxUnavailable": self.max_unavailable, "minAvailable": self.min_available}
        return {name: int(value) if value.isdigit() else value for name, value in fields.items() if value is not None}


def pod_settings(tolerations: Sequence[Toleration] | None, node_selector: dict[str, str]) -> dict[str, Any]:
    """Where pods may run, in the words that the add-ons of EKS share."""
    settings: dict[str, Any] = {}
    if tolerations is not None:
        settings["tolerations"] = [toleration.manifest() for toleration in tolerations]
    if node_selector:
        settings["nodeSelector"] = dict(node_selector)
    return settings
