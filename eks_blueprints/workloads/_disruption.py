"""How many pods of a workload may be gone at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Spec
from eks_blueprints.workloads._words import check_one

_PERCENT = Form(r"(100|[1-9]?[0-9])%")


def _count(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return value
    raise ValueError(f"is neither a count nor a share; got {shown(value)}; write a number such as 1, or 25%")


CountOrShare = Annotated[
    int | str, BeforeValidator(_count), WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]})
]


class PodDisruptionBudget(Spec):
    """How many pods may be gone at once while nodes are drained."""

    max_unavailable: CountOrShare | None = None
    """Pods that may be gone: a count, or a share such as `25%`."""

    min_available: CountOrShare | None = None
    """Pods that have to stay: a count, or a share."""

    unhealthy_pod_eviction_policy: Literal["IfHealthyBudget", "AlwaysAllow"] = "AlwaysAllow"
    """Whether pods that are not ready can always be evicted, so that a broken release does not hold up a drain."""

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        faults = Faults()
        check_one(self, "max_unavailable", "min_available", faults)
        faults.raise_if_any()
        return self

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides the selector."""
        found = {"maxUnavailable": self.max_unavailable, "minAvailable": self.min_available}
        said = {key: value for key, value in found.items() if value is not None}
        return {**said, "unhealthyPodEvictionPolicy": self.unhealthy_pod_eviction_policy}
