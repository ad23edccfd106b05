"""Which change of a class of nodes makes nodes drift: Karpenter's EC2NodeClass, and Auto Mode's NodeClass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import ResourceDiff
from eks_blueprints.review.diff.words import value
from eks_blueprints.review.effects.drift_rules import Drift, canonical
from eks_blueprints.review.effects.links import entries, section
from eks_blueprints.review.effects.pools import automatic

_UNHASHED = frozenset({"ipPrefixCount", "amiFamily"})
_SELECTED = {
    "subnetSelectorTerms": "the nodes in subnets that are no longer selected",
    "securityGroupSelectorTerms": "every node whose security groups are not those now selected",
    "capacityReservationSelectorTerms": "the nodes in capacity reservations that are no longer selected",
}
"""What is compared with each instance, by what drifts."""
_METADATA = {
    "httpEndpoint": "enabled",
    "httpProtocolIPv6": "disabled",
    "httpPutResponseHopLimit": 1,
    "httpTokens": "required",
}
_FAMILIES = ("AL2", "AL2023", "Bottlerocket", "Windows2019", "Windows2022", "Windows2025")
_SIZES = ("volumeSize",)


def class_drift(each: ResourceDiff) -> Drift | None:
    """Whether nodes of a changed class drift; None if none does."""
    assert each.old is not None  # noqa: S101 - an update has both sides
    old, new = section(each.old.inputs, "spec"), section(each.resource.inputs, "spec")
    if automatic(each.resource):
        return _of_auto_mode(old, new)
    before, after = _hashed(old), _hashed(new)
    fields = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    said = [f"`{key}` changes" for key in fields]
    which = ["every node"] if fields else []
    if image := _image(old, new):
        said.append(image)
        which.append("every node whose image is not the one now selected")
    for key, nodes in _SELECTED.items():
        if _narrowed(old.get(key), new.get(key), exact=key == "securityGroupSelectorTerms"):
            said.append(f"`{key}` changes")
            which.append(nodes)
    if not said:
        return None
    return Drift(which[0] if which[0] == "every node" else " and ".join(which), " and ".join(said))


def _hashed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What Karpenter hashes of a class, defaults filled in."""
    skipped = {*_UNHASHED, *_SELECTED, "amiSelectorTerms", "metadataOptions"}
    found = {key: canonical(each, _read) for key, each in spec.items() if key not in skipped}
    found["metadataOptions"] = canonical({**_METADATA, **section(spec, "metadataOptions")})
    found["amiFamily"] = _family(spec)
    return {key: each for key, each in found.items() if each not in (None, "", ())}


def _read(key: str, each: Any) -> Any:
    if key in _SIZES and isinstance(each, str):
        try:
            return exact(each)
        except ValueError:
            return each
    return each


def _family(spec: Mapping[str, Any]) -> str:
    """The family that an alias stands for, unless one is given."""
    if isinstance(given := spec.get("amiFamily"), str):
        return given
    family = (_alias(spec) or "").partition("@")[0]
    return next((each for each in _FAMILIES if each.lower() == family), family or "Custom")


def _alias(spec: Mapping[str, Any]) -> str | None:
    found = [term.get("alias") for term in entries(spec.get("amiSelectorTerms"))]
    return next((each for each in found if isinstance(each, str)), None)


def latest_alias(resource: PlannedResource) -> str:
    """The alias of a class that stands for the newest image at any time; empty if it has none."""
    alias = _alias(section(resource.inputs, "spec")) or ""
    return alias if alias.endswith("@latest") else ""


def _image(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """How the choice of the image changes; empty if it does not."""
    before, after = _alias(old), _alias(new)
    if before and after:
        return "" if _release(before) == _release(after) else f"`amiSelectorTerms` {before} → {after}"
    if _terms(old.get("amiSelectorTerms")) == _terms(new.get("amiSelectorTerms")):
        return ""
    return "`amiSelectorTerms` changes" + (f" to {value(after)}" if after else "")


def _release(alias: str) -> tuple[str, str]:
    family, _, version = alias.partition("@")
    # Bottlerocket's parameters are named without the v.
    return family, version.removeprefix("v") if family == "bottlerocket" else version


def _terms(terms: Any) -> Any:
    return canonical(terms) if isinstance(terms, list) else terms


def _narrowed(old: Any, new: Any, *, exact: bool) -> bool:
    """Whether something selected before may be so no longer; where nodes must match exactly, any difference counts."""
    if old is None and new is None:
        return False
    if not isinstance(old, list) or not isinstance(new, list):
        return old is not None and (exact or bool(old))
    before, after = ({json.dumps(term, sort_keys=True, default=str) for term in terms} for terms in (old, new))
    return before != after if exact else not before <= after


def _of_auto_mode(old: Mapping[str, Any], new: Mapping[str, Any]) -> Drift | None:
    fields = [key for key in {**old, **new} if canonical(old.get(key)) != canonical(new.get(key))]
    fields = [
        key
        for key in fields
        if key not in _SELECTED or _narrowed(old.get(key), new.get(key), exact=key == "securityGroupSelectorTerms")
    ]
    if not fields:
        return None
    known = all(key in _SELECTED for key in fields)
    which = " and ".join(_SELECTED[key] for key in fields) if known else "its nodes"
    note = "" if known else "AWS does not document which fields of a NodeClass do so: count on every node"
    return Drift(which, " and ".join(f"`{key}` changes" for key in fields), note)
