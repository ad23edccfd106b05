"""Taints of Karpenter's nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import field_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.labels import label_value, qualified_name


class Taint(Spec):
    """Keeps pods off the nodes unless they tolerate it."""

    key: str
    """Key, by Kubernetes' rules for label keys, such as `dedicated` or `nvidia.com/gpu`."""
    value: str | None = None
    """Value, by Kubernetes' rules for label values. Default: none."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
    """What happens to pods that do not tolerate it: not placed, placed elsewhere where possible, or evicted too."""

    @field_validator("key")
    @classmethod
    def _key_has_the_form(cls, key: str) -> str:
        return qualified_name(key, "taint key")

    @field_validator("value")
    @classmethod
    def _value_has_the_form(cls, value: str | None) -> str | None:
        if value == "":
            raise ValueError('is empty; got ""; leave it out')
        # Karpenter's CRD lets a domain into the value; Kubernetes then refuses the node.
        return None if value is None else label_value(value)


def check_taints(taints: Mapping[str, Sequence[Taint]], faults: Faults) -> None:
    """Note every taint that is listed twice, in the same field or in two; Karpenter refuses the pool."""
    seen: dict[tuple[str, str], str] = {}
    for field, entries in taints.items():
        for index, taint in enumerate(entries):
            if before := seen.get((taint.key, taint.effect)):
                where = "" if before == field else f" in {before}"
                got = shown(f"{taint.key}:{taint.effect}")
                faults.add((field, index), f"exists already{where}; got {got} again; remove one")
            seen.setdefault((taint.key, taint.effect), field)
