"""What must hold within one pool of nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Faults, Path, nearest, shown
from eks_blueprints.core.form import Form
from eks_blueprints.karpenter.durations import NEVER, seconds
from eks_blueprints.karpenter.labels import (
    KARPENTER,
    LINUX,
    OPERATING_SYSTEM,
    WINDOWS_BUILD,
    label_key,
    label_value,
    normal,
    qualified_name,
    unknown_value,
)
from eks_blueprints.karpenter.object_metadata import check_annotations
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed, allowed_by
from eks_blueprints.karpenter.taints import check_taints

if TYPE_CHECKING:
    from eks_blueprints.karpenter.node_pool import Pool

MAX_REQUIREMENTS = 100
BUILT_IN_POOLS = ("general-purpose", "system")
"""Pools that EKS Auto Mode brings; they can be switched on and off but not changed. Source: EKS user guide."""

AUTO_MODE_LIFETIME_HOURS = 504
"""Most hours of `expire_after` and `termination_grace_period` together, checked at admission (EKS user guide)."""
AUTO_MODE_EXPIRY_HOURS = 336
AUTO_MODE_GRACE_HOURS = 24

_RESOURCES = ("cpu", "memory", "ephemeral-storage", "pods", "nodes")
_HUGE_PAGES = Form(r"hugepages-[0-9]+[KMG]i")
_HOUR = 3600


def check(pool: Pool, faults: Faults) -> None:
    """Note what Karpenter would refuse, or take and then never act upon."""
    _check_shorthands(pool, faults)
    _check_requirements(pool, faults)
    _check_labels(pool, faults)
    check_annotations(pool.annotations, faults, ("annotations",))
    check_taints({"taints": pool.taints, "startup_taints": pool.startup_taints}, faults)
    _check_limits(pool, faults)
    _check_static(pool, faults)
    if pool.expire_after not in (None, NEVER) and seconds(str(pool.expire_after)) == 0:
        do = f"write an age such as 720h, or {NEVER}"
        faults.add("expire_after", f"would replace every node as soon as it is there; got {pool.expire_after}; {do}")


def check_auto_mode(pool: Pool, faults: Faults) -> None:
    """Note what only EKS Auto Mode refuses, or what never matches its nodes."""
    if pool.name in BUILT_IN_POOLS:
        message = f"is a pool of Auto Mode's own, which cannot be changed; got {shown(pool.name)}; choose another"
        faults.add("name", message)
    keys: list[tuple[Path, str]] = [(("requirements", n, "key"), item.key) for n, item in enumerate(pool.requirements)]
    keys += [(("labels", key), key) for key in pool.labels]
    for path, key in keys:
        domain, _, name = key.partition("/")
        if domain == KARPENTER.group:
            do = f"use eks.amazonaws.com/{name} or another label of its own"
            faults.add(path, f"is on no node of Auto Mode; got {shown(key)}; {do}")
    _check_linux(pool, faults)
    check_lifetime(pool, faults)


def _check_linux(pool: Pool, faults: Faults) -> None:
    """Note what asks Auto Mode, whose nodes are all Linux, for another system."""
    for index, item in enumerate(pool.requirements):
        left = allowed_by(item)
        if normal(item.key) == OPERATING_SYSTEM:
            fits = LINUX in left
        else:
            fits = normal(item.key) != WINDOWS_BUILD or not left.required
        if not fits:
            message = f"leaves no node on Auto Mode, which is Linux only; got {_said(item)}; remove it"
            faults.add(("requirements", index), message)
    for key, value in pool.labels.items():
        if normal(key) == WINDOWS_BUILD or (normal(key) == OPERATING_SYSTEM and value != LINUX):
            message = f"is on no node of Auto Mode, which is Linux only; got {shown(value)}; remove it"
            faults.add(("labels", key), message)


def check_lifetime(pool: Pool, faults: Faults) -> None:
    """Note nodes that would live longer than EKS Auto Mode lets them."""
    if pool.expire_after == NEVER:
        do = f"write at most {AUTO_MODE_LIFETIME_HOURS - AUTO_MODE_GRACE_HOURS}h, or leave it out for 336h"
        faults.add("expire_after", f"cannot be on Auto Mode, where nodes live up to 21 days; got {NEVER}; {do}")
        return
    life = seconds(pool.expire_after) if pool.expire_after else AUTO_MODE_EXPIRY_HOURS * _HOUR
    grace = seconds(pool.termination_grace_period) if pool.termination_grace_period else AUTO_MODE_GRACE_HOURS * _HOUR
    if life + grace > AUTO_MODE_LIFETIME_HOURS * _HOUR:
        field = "expire_after" if pool.expire_after else "termination_grace_period"
        got = f"{pool.expire_after or '336h by default'} and {pool.termination_grace_period or '24h by default'}"
        do = "lower expire_after or termination_grace_period"
        faults.add(field, f"allows nodes older than Auto Mode's 21 days (504h) with the grace period; got {got}; {do}")


def _check_shorthands(pool: Pool, faults: Faults) -> None:
    said = {normal(requirement.key): field for field, requirement in pool.shorthands.items()}
    for field, requirement in pool.shorthands.items():
        for value in requirement.values:
            _try(label_value, value, faults, field)
    for index, item in enumerate(pool.requirements):
        if before := said.get(normal(item.key)):
            do = f"set all of it here and remove {before}, or the reverse"
            faults.add(("requirements", index, "key"), f"is already set by {before}; got {shown(item.key)}; {do}")


def _check_requirements(pool: Pool, faults: Faults) -> None:
    if len(pool.all_requirements) > MAX_REQUIREMENTS:
        got = f"got {len(pool.all_requirements)} with the fields of their own"
        faults.add("requirements", f"can have at most {MAX_REQUIREMENTS} in all; {got}; remove some")
    left: dict[str, Allowed] = {}
    for index, item in enumerate(pool.requirements):
        key = normal(item.key)
        before, left[key] = left.get(key, Allowed()), left.get(key, Allowed()).narrowed(allowed_by(item))
        if left[key].nothing and not before.nothing:
            faults.add(("requirements", index), f"leaves no value of {shown(item.key)}; got {_said(item)}; relax it")


def _said(item: Requirement) -> str:
    return f"{item.operator} {shown(item.values)}" if item.values else item.operator


def _check_labels(pool: Pool, faults: Faults) -> None:
    left = allowed(pool.all_requirements)
    for key, value in pool.labels.items():
        ok = _try(label_key, key, faults, ("labels", key)) and _try(label_value, value, faults, ("labels", key))
        if not ok:
            continue
        if (fault := unknown_value(key, value)) is not None:
            faults.add(("labels", key), fault)
            continue
        conditions = left.get(normal(key))
        if conditions is not None and not conditions.nothing and value not in conditions:
            faults.add(("labels", key), f"conflicts with the requirements; got {shown(value)}; change one of them")


def _check_limits(pool: Pool, faults: Faults) -> None:
    for name in pool.limits:
        if "/" in name:
            _try(lambda text: qualified_name(text, "resource"), name, faults, ("limits", name))
        elif name not in _RESOURCES and not _HUGE_PAGES.fullmatch(name):
            near = nearest(name, _RESOURCES)
            do = f"did you mean {near}?" if near else f"use {', '.join(_RESOURCES)}, or one such as nvidia.com/gpu"
            faults.add(("limits", name), f"is not a resource of nodes and would limit nothing; got {shown(name)}; {do}")


def _check_static(pool: Pool, faults: Faults) -> None:
    if pool.replicas is None:
        return
    for name in pool.limits:
        if name != "nodes":
            do = "leave only nodes"
            faults.add(("limits", name), f"cannot be limited in a static pool (replicas); got {shown(name)}; {do}")
    if pool.weight is not None:
        faults.add("weight", f"cannot be set in a static pool (replicas); got {pool.weight}; remove it")


def _try(check: Callable[[str], str], value: str, faults: Faults, path: str | Path) -> bool:
    try:
        check(value)
    except ValueError as error:
        faults.add(path, str(error))
        return False
    return True
