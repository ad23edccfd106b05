"""Changes of claims and of storage classes that the API server refuses.

Sources: validation of PersistentVolumeClaim, StorageClass and VolumeAttributesClass in k8s.io/kubernetes (pkg/apis/core
and pkg/apis/storage), and its admission plugin PersistentVolumeClaimResize (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.naming import DEFAULT_STORAGE_CLASS
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.effects.links import section
from eks_blueprints.review.effects.words import Attention, refused

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"

_FIXED_CLAIM = ("dataSource", "dataSourceRef", "volumeMode")
_FIXED_CLASS = ("reclaimPolicy", "volumeBindingMode", "allowedTopologies", "mountOptions")
_ATTRIBUTES = tuple(f"kubernetes:storage.k8s.io/{version}:VolumeAttributesClass" for version in ("v1", "v1beta1"))
_SERVER = "the API server"


def refused_volumes(diff: PlanDiff) -> Iterator[Attention]:
    """Of each claim and class that is changed in place."""
    for each in diff.of("update"):
        if each.type == CLAIM:
            yield from _claim(each, diff.new)
        elif each.type == CLASS:
            do = "create a class with another name; volumes that exist keep what they have"
            yield from _fixed(each, _FIXED_CLASS, f"it cannot be changed: {do}")
        elif each.type in _ATTRIBUTES:
            do = "create a class with another name, and name that one in the claims"
            yield from _fixed(each, ("driverName", "parameters"), f"it cannot be changed: {do}")


def sizes(each: ResourceDiff) -> tuple[Any, Any] | None:
    """What a claim requested and what it requests, where both are known and differ."""
    if each.old is None:
        return None
    before, after = (size_of(section(side.inputs, "spec")) for side in (each.old, each.resource))
    return (before, after) if before is not None and after is not None and before != after else None


def size_of(spec: Mapping[str, Any]) -> str | None:
    """What a claim requests; None where that is not known."""
    found = section(spec, "resources", "requests").get("storage")
    try:
        exact(str(found))
    except ValueError:
        return None
    return str(found)


def grows(pair: tuple[str, str]) -> bool:
    """Whether the second of two sizes is the larger one."""
    return exact(pair[1]) > exact(pair[0])


def class_of(spec: Mapping[str, Any], plan: Plan | None) -> PlannedResource | None:
    """The storage class of a claim, where a plan makes it."""
    name = spec.get("storageClassName")
    for found in plan.resources if plan else ():
        if found.type == CLASS:
            metadata = section(found.inputs, "metadata")
            default = str(section(metadata, "annotations").get(DEFAULT_STORAGE_CLASS)).lower() == "true"
            if metadata.get("name") == name if name is not None else default:
                return found
    return None


def _claim(each: ResourceDiff, plan: Plan | None) -> Iterator[Attention]:
    if (pair := sizes(each)) is not None:
        cause = f"`spec.resources.requests.storage` {pair[0]} → {pair[1]}"
        found = class_of(section(each.resource.inputs, "spec"), plan)
        if exact(pair[0]) > exact(pair[1]):
            do = "create a smaller claim with another name and copy the data"
            yield refused(_SERVER, each, cause, f"a claim can be enlarged, never made smaller: {do}")
        elif grows(pair) and found is not None and found.inputs.get("allowVolumeExpansion") is not True:
            name = section(found.inputs, "metadata").get("name")
            effect = f"volumes of the storage class {name} cannot grow (`allowVolumeExpansion` is not true)"
            yield refused(_SERVER, each, cause, effect)
    do = "create a claim with another name"
    yield from _fixed(each, tuple(f"spec.{name}" for name in _FIXED_CLAIM), f"it cannot be changed: {do}")


def _fixed(each: ResourceDiff, fields: tuple[str, ...], effect: str) -> Iterator[Attention]:
    for field in fields:
        for change in each.changes:
            if change.path == field or change.path.startswith((f"{field}.", f"{field}[")):
                yield refused(_SERVER, each, f"`{change.path}` {transition(change)}", effect)
                break
