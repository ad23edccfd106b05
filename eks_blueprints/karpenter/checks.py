"""What must hold across the pools and classes of nodes of one controller, and what about them is doubtful."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from eks_blueprints.core.errors import Path, Problem, nearest, shown
from eks_blueprints.karpenter import unfit
from eks_blueprints.karpenter.disruption import Budget
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.labels import (
    ARCHITECTURE,
    AUTO_MODE,
    CAPACITY_TYPE,
    KARPENTER,
    OPERATING_SYSTEM,
    WINDOWS_BUILD,
    WINDOWS_BUILDS,
    known_labels,
)
from eks_blueprints.karpenter.node_class import NodeClass
from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.overlap import arrive_at_both, labels_left
from eks_blueprints.karpenter.pool_rules import BUILT_IN_POOLS
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.karpenter.requirements import Requirement

AnyClass = Ec2NodeClass | NodeClass

_LAST_AL2 = (1, 32)
_FIRST_WINDOWS_2025 = (1, 35)


def check(
    pools: Sequence[Pool],
    node_classes: Sequence[AnyClass] = (),
    *,
    built_in: Collection[str] = (),
    kubernetes_version: str | None = None,
) -> list[Problem]:
    """All problems across pools and classes, errors and warnings, by path below the element that holds them.

    `built_in` names classes that are there without being made, such as Auto Mode's `default`.
    """
    found = [*_names(pools, "node_pools"), *_names(node_classes, "node_classes")]
    classes = {node_class.name: node_class for node_class in node_classes}
    for pool in pools:
        if pool.name in BUILT_IN_POOLS and pool.flavor is AUTO_MODE:
            continue
        found += _reference(pool, classes, built_in)
        found += _doubts(pool)
        mismatched = list(_against_class(pool, classes.get(pool.node_class)))
        found += mismatched or unfit.problems(pool, classes.get(pool.node_class))
    for node_class in node_classes:
        found += _images(node_class, kubernetes_version)
        found += _pod_networks(node_class)
    found += _weights(pools)
    return found


def _names(items: Sequence[Pool | AnyClass], group: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            yield Problem((group, item.name), f"is listed twice; got {shown(item.name)}; rename one of them")
        seen.add(item.name)


def _reference(pool: Pool, classes: dict[str, AnyClass], built_in: Collection[str]) -> Iterator[Problem]:
    known = {*classes, *built_in}
    if pool.node_class not in known:
        near = nearest(pool.node_class, known)
        do = f"did you mean {near}?" if near else f"known are {', '.join(sorted(known)) or 'none'}"
        message = f"names a class of nodes that does not exist; got {shown(pool.node_class)}; {do}"
        yield Problem(("node_pools", pool.name, "node_class"), message)


def _doubts(pool: Pool) -> Iterator[Problem]:
    here = ("node_pools", pool.name)
    if not pool.limits and pool.replicas is None:
        message = 'sets no limit on what can be launched; got nothing; write one such as cpu: "1000"'
        yield Problem((*here, "limits"), message, severity="warning")
    if pool.replicas is not None and "nodes" in pool.limits and pool.replicas > exact(pool.limits["nodes"]):
        message = f"is more than limits.nodes allows; got {pool.replicas}; raise the limit"
        yield Problem((*here, "replicas"), message, severity="warning")
    for index, budget in enumerate(pool.disruption.budgets_in_force if pool.disruption else ()):
        if budget.schedule is None and budget.most(100) == 0:
            path = (*here, "disruption", "budgets", index)
            yield Problem(
                path,
                f"blocks {_blocked(budget)} permanently; got {budget.nodes} without a schedule; add one",
                severity="warning",
            )
    if pool.replicas is not None and pool.disruption is not None:
        for field in ("consolidation_policy", "consolidate_after"):
            if field in pool.disruption.model_fields_set and (value := getattr(pool.disruption, field)) is not None:
                message = f"has no effect in a static pool (replicas); got {value}; remove it"
                yield Problem((*here, "disruption", field), message, severity="warning")
    yield from _values(pool)
    if pool.flavor is KARPENTER:
        yield from _foreign_labels(pool)
    else:
        yield from _misspelt_labels(pool)


def _blocked(budget: Budget) -> str:
    return "all disruption" if budget.reasons is None else f"disruption of {', '.join(budget.reasons)} nodes"


def _values(pool: Pool) -> Iterator[Problem]:
    """Values that say nothing: what the controllers take and pass over."""
    said: list[tuple[Path, Requirement]] = [((field,), item) for field, item in pool.shorthands.items()]
    said += [(("requirements", index, "values"), item) for index, item in enumerate(pool.requirements)]
    for path, item in said:
        at = ("node_pools", pool.name, *path)
        for message in item.doubts:
            yield Problem(at, message, severity="warning")


def _misspelt_labels(pool: Pool) -> Iterator[Problem]:
    """Labels that look like those by which Auto Mode chooses instance types, and are none."""
    known = known_labels(AUTO_MODE)
    for index, item in enumerate(pool.requirements):
        if item.key.startswith(f"{AUTO_MODE.group}/instance-") and item.key not in known:
            near = nearest(item.key, known)
            do = f"did you mean {near}?" if near else "remove it"
            message = f"is not a label by which Auto Mode chooses instance types; got {item.key}; {do}"
            yield Problem(("node_pools", pool.name, "requirements", index, "key"), message, severity="warning")


def _foreign_labels(pool: Pool) -> Iterator[Problem]:
    for index, item in enumerate(pool.requirements):
        if item.key in known_labels(AUTO_MODE):
            own = item.key.replace(AUTO_MODE.group, KARPENTER.group)
            do = f"use {own}" if own in known_labels(KARPENTER) else "remove it"
            message = f"chooses no instance types outside Auto Mode and only becomes a label; got {item.key}; {do}"
            yield Problem(("node_pools", pool.name, "requirements", index, "key"), message, severity="warning")


def _against_class(pool: Pool, node_class: AnyClass | None) -> Iterator[Problem]:
    if node_class is None:
        return
    left = labels_left(pool)
    here = ("node_pools", pool.name)
    capacity = left.get(CAPACITY_TYPE)
    if capacity and capacity.values == frozenset({"reserved"}) and not node_class.capacity_reservation_selector_terms:
        do = "add capacity_reservation_selector_terms there, or another capacity type"
        message = f"requires reserved capacity, and class {node_class.name} selects none; got reserved; {do}"
        yield Problem((*here, "capacity_types"), message)
    if isinstance(node_class, NodeClass) or node_class.family == "Custom":
        return
    runs = "windows" if node_class.family.startswith("Windows") else "linux"
    systems = left.get(OPERATING_SYSTEM)
    if systems is not None and runs not in systems:
        message = (
            f"requires another operating system than class {node_class.name} runs; got {node_class.family}; change one"
        )
        yield Problem((*here, "operating_systems"), message)
    build, own = left.get(WINDOWS_BUILD), WINDOWS_BUILDS.get(node_class.family)
    if build is not None and build.required and own not in build:
        do = f"use {own}" if own else "remove it, or name a class with a Windows image"
        got = ", ".join(sorted(build.values or ())) or "a condition on it"
        message = (
            f"requires another build of Windows than class {node_class.name} runs ({node_class.family}); got {got}"
        )
        yield Problem((*here, "requirements"), f"{message}; {do}")
    architectures = left.get(ARCHITECTURE)
    if runs == "windows" and architectures is not None and "amd64" not in architectures:
        yield Problem((*here, "architectures"), "cannot run Windows; got arm64 only; use amd64")


def _images(node_class: AnyClass, kubernetes_version: str | None) -> Iterator[Problem]:
    if isinstance(node_class, NodeClass) or node_class.alias is None:
        return
    path = ("node_classes", node_class.name, "ami_selector_terms", 0, "alias")
    family, _, version = node_class.alias.partition("@")
    if version == "latest" and not family.startswith("windows"):
        message = f"replaces nodes whenever AWS releases an image; got {node_class.alias}; pin a release in production"
        yield Problem(path, message, severity="warning")
    if kubernetes_version is None:
        return
    minor = tuple(int(part) for part in kubernetes_version.split(".")[:2])
    if family == "al2" and minor > _LAST_AL2:
        yield Problem(path, f"has no image for Kubernetes 1.33 and newer; got {node_class.alias}; use al2023")
    if family == "windows2025" and minor < _FIRST_WINDOWS_2025:
        yield Problem(path, f"has no image before Kubernetes 1.35; got {node_class.alias}; use windows2022@latest")


def _pod_networks(node_class: AnyClass) -> Iterator[Problem]:
    if not isinstance(node_class, NodeClass):
        return
    subnets, groups = node_class.pod_subnet_selector_terms, node_class.pod_security_group_selector_terms
    if bool(subnets) != bool(groups):
        missing = "pod_subnet_selector_terms" if groups else "pod_security_group_selector_terms"
        message = "is required together with its counterpart; got nothing; set both or neither"
        yield Problem(("node_classes", node_class.name, missing), message, severity="warning")


def _weights(pools: Sequence[Pool]) -> Iterator[Problem]:
    dynamic = [pool for pool in pools if pool.replicas is None]
    for one, other in combinations(dynamic, 2):
        if one.flavor is not other.flavor or (one.weight or 0) != (other.weight or 0) or one.name == other.name:
            continue
        if arrive_at_both(one, other):
            told, by = (one, other) if other.name in BUILT_IN_POOLS else (other, one)
            first = max(one.name, other.name)
            got = f"{one.weight or 0} for both"
            message = f"is that of {by.name}, which fits the same pods, so that {first} comes first by its name"
            do = "give them different weights"
            yield Problem(("node_pools", told.name, "weight"), f"{message}; got {got}; {do}", severity="warning")
