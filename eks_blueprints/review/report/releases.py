"""Versions that change, and how long the cluster's own is supported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eks_blueprints.core import versions
from eks_blueprints.core.support import standing
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.imports import there_before
from eks_blueprints.review.diff.insides import Inside
from eks_blueprints.review.diff.renames import Rename, new_urns
from eks_blueprints.review.diff.words import value
from eks_blueprints.review.effects import Level
from eks_blueprints.review.report.model import Version

_CLUSTER = "aws:eks/cluster:Cluster"
_PROPERTIES: dict[str, tuple[str, ...]] = {
    "aws:eks/addon:Addon": ("addonVersion",),
    "aws:eks/nodeGroup:NodeGroup": ("version", "releaseVersion", "amiType"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("imageId",),
    "kubernetes:helm.sh/v3:Release": ("version",),
    "kubernetes:helm.sh/v4:Chart": ("version",),
}
_MANAGED = {"addonVersion": "chosen by EKS", "releaseVersion": "the latest", "version": "the cluster's"}


def releases(diff: PlanDiff, found: Sequence[Rename] = (), inside: Sequence[Inside] = ()) -> Iterator[Version]:
    """The cluster's Kubernetes version always, every other one if it changes. A rename changes none.

    `inside` tells of which charts it is not known what they bring.
    """
    old = diff.old
    there = there_before(old, diff.new)
    untold = {each.resource.urn: each.untold for each in inside}
    formers = {new: old for old, new in new_urns(found).items()}
    for cluster in (r for r in diff.new.resources if r.type == _CLUSTER):
        before = _find(there, formers.get(cluster.urn, cluster.urn))
        yield _kubernetes(cluster, before)
    for each in _compared(diff, found):
        for key in _PROPERTIES.get(each.type, ()):
            before_value, after = _get(each.old, key), _get(each.new, key)
            if each.old is not None and each.new is not None and before_value != after:
                what = _subject(each.resource, key)
                yield Version(what, _told(before_value, key), _told(after, key), untold.get(each.urn, ""))
        if (
            each.old is None
            and each.type in ("aws:eks/addon:Addon", "kubernetes:helm.sh/v3:Release")
            and old is not None
        ):
            key = _PROPERTIES[each.type][0]
            note = untold.get(each.urn, "")
            yield Version(_subject(each.resource, key), None, _told(_get(each.new, key), key), note)


def _compared(diff: PlanDiff, found: Sequence[Rename]) -> Iterator[ResourceDiff]:
    """What changes, with both sides of what is renamed."""
    pairs = {new.urn: old for rename in found for old, new in rename.anew}
    gone = {old.urn for old in pairs.values()}
    for each in diff.resources:
        if each.urn in pairs:
            yield replace(each, old=pairs[each.urn].old)
        elif each.urn not in gone:
            yield each


def _kubernetes(cluster: PlannedResource, before: PlannedResource | None) -> Version:
    new = str(cluster.inputs.get("version") or "the newest that EKS offers")
    old = str(before.inputs.get("version")) if before and before.inputs.get("version") else None
    note, level = support_note(new, cluster.inputs.get("upgradePolicy"))
    return Version(f"Kubernetes ({cluster.name})", old if old != new else new, new, note, level)


def support_note(version: str, policy: Any = None) -> tuple[str, Level]:
    """How long a version is supported, and what comes then."""
    kind = policy.get("supportType") if isinstance(policy, Mapping) else None
    try:
        found = standing(version, kind if isinstance(kind, str) else None)
    except ValueError:
        return "", "note"
    return found.sentence(), _LEVELS[found.support]


_LEVELS: dict[versions.Support, Level] = {
    "standard": "note",
    "extended": "warning",
    "ended": "danger",
    "unknown": "note",
}


def _find(plan: Plan | None, urn: str) -> PlannedResource | None:
    return plan.by_urn().get(urn) if plan else None


def _get(resource: PlannedResource | None, key: str) -> Any:
    return None if resource is None else resource.inputs.get(key)


def _told(found: Any, key: str) -> str | None:
    return _MANAGED.get(key) if found is None else value(found)


def _subject(resource: PlannedResource, key: str) -> str:
    name = resource.inputs.get("addonName") or resource.inputs.get("chart") or resource.name
    kinds = {
        "addonVersion": "add-on",
        "imageId": "image of",
        "amiType": "AMI type of",
        "releaseVersion": "AMI release of",
    }
    if resource.type.startswith("kubernetes:helm"):
        return f"chart {value(name)}"
    return f"{kinds.get(key, 'nodes of')} {value(name)}"
