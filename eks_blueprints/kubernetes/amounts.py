"""What the API server asks of amounts that stand together: bounds of containers, quotas, and what autoscalers aim at.

The rules are those of its own validation (pkg/apis/core/validation and pkg/apis/autoscaling/validation in
k8s.io/kubernetes).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, nearest, not_one_of, shown
from eks_blueprints.kubernetes import names
from eks_blueprints.kubernetes.pods import exactly, resource_fault

_BOUNDS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_NOT_ABOVE = (
    ("min", "max"),
    ("min", "default"),
    ("min", "defaultRequest"),
    ("default", "max"),
    ("defaultRequest", "max"),
    ("defaultRequest", "default"),
)
"""Bounds, of which the first is not above the second where both are given."""
_LIMITED = ("Container", "PersistentVolumeClaim", "Pod")
_OF_CONTAINERS = ("Container", "Pod")
_COUNTED = (
    *("configmaps", "cpu", "ephemeral-storage", "memory", "persistentvolumeclaims", "pods", "replicationcontrollers"),
    *("resourcequotas", "secrets", "services", "services.loadbalancers", "services.nodeports", "storage"),
)
"""What a ResourceQuota counts by itself, with or without `requests.` and `limits.` before it."""
_AMOUNTS = frozenset({"cpu", "ephemeral-storage", "memory", "storage"})
"""Those of them that need not be whole."""
_SCOPES = (
    *("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating"),
    "VolumeAttributesClass",
)


def _limits(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    found = value.get("limits")
    yield from names.apart(found, (*path, "limits"), "type")


def _limit(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    of = value.get("type")
    if not isinstance(of, str):
        return
    if "/" not in of and of not in _LIMITED:
        yield Problem((*path, "type"), not_one_of(of, _LIMITED))
    bounds = {field: found for field in _BOUNDS if isinstance(found := value.get(field), Mapping)}
    for field, amounts in bounds.items():
        if of == "Pod" and field in ("default", "defaultRequest") and amounts:
            yield Problem((*path, field), "is not allowed with type Pod; got some; remove it, or use type Container")
        for key in amounts if of in _OF_CONTAINERS else ():
            if message := resource_fault(str(key)):
                yield Problem((*path, field, key), message)
    for low, high in _NOT_ABOVE:
        for key, amount in bounds.get(low, {}).items():
            least, most = exactly(amount), exactly(bounds.get(high, {}).get(key))
            if least is not None and most is not None and least > most:
                got = f"{shown(amount)} and a {high} of {shown(bounds[high][key])}"
                yield Problem((*path, low, key), f"is more than {high}; got {got}; lower it or raise {high}")


def _overhead(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    fixed = value.get("podFixed")
    for key in fixed if isinstance(fixed, Mapping) else ():
        if message := resource_fault(str(key)):
            yield Problem((*path, "podFixed", key), message)


def _quota(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    hard = value.get("hard")
    for key, amount in hard.items() if isinstance(hard, Mapping) else ():
        bare, at = str(key).removeprefix("requests.").removeprefix("limits."), (*path, "hard", key)
        of_its_own = "/" not in bare and not bare.startswith("hugepages-")
        if of_its_own and bare not in _COUNTED:
            near = nearest(bare, _COUNTED) or "count/deployments.apps, for any kind"
            yield Problem(at, f"is no resource; got {shown(key)}; did you mean {near}?")
        elif (found := exactly(amount)) is not None and found < 0:
            yield Problem(at, f"is negative; got {shown(amount)}; write 0 or more")
        elif found is not None and of_its_own and bare not in _AMOUNTS and found.denominator != 1:
            yield Problem(at, f"is not a whole number; got {shown(amount)}; write one such as 1")
    for at, scope in names.entries(value.get("scopes"), (*path, "scopes")):
        if scope not in _SCOPES:
            yield Problem(at, not_one_of(scope, _SCOPES))


def _aims_at(*fields: str) -> Any:
    """A rule for metrics: their target has one of these fields."""

    def check(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
        target = value.get("target")
        if isinstance(target, Mapping) and all(target.get(field) is None for field in fields):
            got, do = ("neither", "add one") if len(fields) > 1 else ("nothing", "add it")
            yield Problem((*path, "target", fields[0]), f"needs {' or '.join(fields)}; got {got}; {do}")

    return check


RULES: Mapping[str, Any] = {
    "ContainerResourceMetricSource": _aims_at("averageUtilization", "averageValue"),
    "ExternalMetricSource": _aims_at("averageValue", "value"),
    "LimitRangeItem": _limit,
    "LimitRangeSpec": _limits,
    "ObjectMetricSource": _aims_at("averageValue", "value"),
    "Overhead": _overhead,
    "PodsMetricSource": _aims_at("averageValue"),
    "ResourceMetricSource": _aims_at("averageUtilization", "averageValue"),
    "ResourceQuotaSpec": _quota,
}
"""The rules by the type of what they judge."""
