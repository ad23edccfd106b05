"""Volumes that change under running pods, and StatefulSets whose claims do not change with them.

Sources: EBS user guide, "Modify a volume using Elastic Volumes operations"; Kubernetes, "Expanding Persistent Volumes
Claims", "Volume Attributes Classes" and "StatefulSets" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.effects.links import entries, section
from eks_blueprints.review.effects.refused_volumes import CLAIM, class_of, grows, size_of, sizes
from eks_blueprints.review.effects.words import Attention, attention

STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
_EBS = ("ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com")
_REST = "an EBS volume that was modified can be modified again after six hours at the earliest; until then it waits"
_KEEP = "write the size that the set was created with as created_with: {size: …} in the claim"


def volumes(diff: PlanDiff) -> Iterator[Attention]:
    """Of each claim that is changed in place, and of each StatefulSet with other templates."""
    for each in diff.of("update"):
        if each.type == CLAIM:
            yield from _claim(each, diff)
    for each in diff.of("replace"):
        if each.type == STATEFUL_SET and each.old is not None:
            yield from _set(each)


def _claim(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    spec = section(each.resource.inputs, "spec")
    found = class_of(spec, diff.new)
    on_ebs = found is None or found.inputs.get("provisioner") in _EBS
    rest = f"; {_REST}" if on_ebs else ""
    if (pair := sizes(each)) is not None and grows(pair):
        if found is None:
            may = ", if its storage class allows it (`allowVolumeExpansion`)"
        elif found.inputs.get("allowVolumeExpansion") is True:
            may = ""
        else:
            return  # told as refused
        effect = f"the volume and its file system grow in place{may}: pods keep running, and it never shrinks again"
        cause = f"`spec.resources.requests.storage` {pair[0]} → {pair[1]}"
        yield attention("money", "note", "volume grows", each, cause, effect + rest)
    for change in each.changes:
        if change.path == "spec.volumeAttributesClassName":
            effect = f"the driver modifies the volume in place{rest}"
            cause = f"`{change.path}` {transition(change)}"
            yield attention("money", "note", "volume modified", each, cause, effect)


def _set(each: ResourceDiff) -> Iterator[Attention]:
    assert each.old is not None  # noqa: S101 - a replacement has both sides
    old, new = (section(side.inputs, "spec") for side in (each.old, each.resource))
    if section(old, "persistentVolumeClaimRetentionPolicy").get("whenDeleted") == "Delete" and _templates(old):
        effect = "the old set deletes its claims when it goes: what is in them is lost; deploy Retain first"
        cause = "`persistentVolumeClaimRetentionPolicy.whenDeleted` is Delete"
        yield attention("dies", "danger", "data lost", each, cause, effect)
    before, after = _templates(old), _templates(new)
    for name, spec in after.items():
        was = before.get(name)
        if was is None or was == spec:
            continue
        pair = (size_of(was), size_of(spec))
        what = f"{pair[0]} → {pair[1]}" if None not in pair and pair[0] != pair[1] else "has changed"
        grown = None not in pair and grows((str(pair[0]), str(pair[1])))
        effect = "claims that exist stay as they are: Kubernetes reads the template for claims of new pods alone"
        effect += f"; to enlarge them in place, without replacing the set, {_KEEP}" if grown else ""
        cause = f"`volumeClaimTemplates` {name} {what}"
        yield attention("idle", "warning", "existing claims unchanged", each, cause, effect)


def _templates(spec: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found = entries(spec.get("volumeClaimTemplates"))
    return {str(section(each, "metadata").get("name")): section(each, "spec") for each in found}
