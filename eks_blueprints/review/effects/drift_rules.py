"""Which change of a NodePool makes its nodes drift."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.karpenter.durations import NEVER
from eks_blueprints.review.diff.changes import ResourceDiff
from eks_blueprints.review.diff.words import value
from eks_blueprints.review.effects.links import section
from eks_blueprints.review.effects.pool_nodes import Misfit, misfit
from eks_blueprints.review.effects.pools import automatic

_EXPIRY = {True: "336h", False: "720h"}
"""What `expireAfter` is where it is absent: of Auto Mode (EKS user guide), and of Karpenter (its CRD)."""


@dataclass(frozen=True, slots=True)
class Drift:
    """That nodes drift, and why."""

    which: str
    """`every node`, or which of them."""
    cause: str
    note: str = ""


def drift_of_template(each: ResourceDiff) -> Drift | None:
    """Whether a changed pool's nodes drift; None if none does."""
    assert each.old is not None  # noqa: S101 - an update has both sides
    old, new = section(each.old.inputs, "spec"), section(each.resource.inputs, "spec")
    before, after = _static(old, auto=automatic(each.old)), _static(new, auto=automatic(each.resource))
    fields = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    said = [_changed(key, old, new) for key in fields]
    unfit = misfit(old, new)
    if unfit.share != "none":
        said.append(_unfit(unfit, old, new))
    if not said:
        return None
    which = "every node" if fields or unfit.share == "all" else "the nodes that no longer fit"
    return Drift(which, " and ".join(said))


def _static(spec: Mapping[str, Any], *, auto: bool) -> dict[str, Any]:
    """What Karpenter hashes of a pool: its template without the requirements, defaults filled in."""
    metadata, inner = section(spec, "template", "metadata"), section(spec, "template", "spec")
    found = {f"metadata.{key}": canonical(each) for key, each in metadata.items() if key in ("labels", "annotations")}
    for key in inner:
        if key not in ("requirements", "expireAfter", "terminationGracePeriod"):
            found[key] = canonical(inner[key])
    found["expireAfter"] = _duration(inner.get("expireAfter") or _EXPIRY[auto])
    found["terminationGracePeriod"] = _duration(inner.get("terminationGracePeriod") or ("24h" if auto else None))
    return {key: each for key, each in found.items() if each not in (None, "", (), False)}


def _duration(text: Any) -> Any:
    if not isinstance(text, str) or text == NEVER:
        return None if text == NEVER else canonical(text)
    try:
        return nanoseconds(text)
    except ValueError:
        return text


def canonical(found: Any, read: Callable[[str, Any], Any] = lambda key, each: each) -> Any:
    """A value as Karpenter compares it: lists without order, nothing where a value is empty. `read` may put the values
    of some keys into one form."""
    if isinstance(found, Mapping):
        pairs = ((str(key), canonical(read(str(key), each), read)) for key, each in found.items())
        return tuple(sorted(((key, each) for key, each in pairs if each not in (None, "", ())), key=repr))
    if isinstance(found, list):
        return tuple(
            sorted({repr(each): each for each in (canonical(each, read) for each in found)}.values(), key=repr)
        )
    return found


def _changed(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if key in ("expireAfter", "terminationGracePeriod"):
        before, after = (section(spec, "template", "spec").get(key, "the default") for spec in (old, new))
        return f"`{key}` {value(before)} → {value(after)}"
    if key == "nodeClassRef":
        before, after = (section(spec, "template", "spec", key).get("name") for spec in (old, new))
        return f"`{key}` {value(before)} → {value(after)}"
    return f"`{key}` of the template changes"


def _unfit(unfit: Misfit, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if not unfit.labels:
        return "`requirements` change to something that is not known here"
    said = ", ".join(f"`{label}`{_lost(label, old, new)}" for label in unfit.labels)
    return f"`requirements` of {said} become narrower"


def _lost(label: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    before, after = (_values(label, spec) for spec in (old, new))
    gone = [each for each in before if each not in after]
    return f" (no longer {value(', '.join(gone))})" if gone and after else ""


def _values(label: str, spec: Mapping[str, Any]) -> list[str]:
    rows = section(spec, "template", "spec").get("requirements")
    return [
        str(each)
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping) and row.get("key") == label and row.get("operator") == "In"
        for each in row.get("values") or ()
    ]
