"""Which nodes of a pool no longer fit once its requirements change.

Karpenter compares the labels of each node with the requirements of its pool (sigs.k8s.io/karpenter,
pkg/controllers/nodeclaim/disruption/drift.go, `areRequirementsDrifted`): a node whose label the pool no longer allows
drifts, and so does one that lacks a label which is asked for. What only widens changes no node, nor does `minValues`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from eks_blueprints.core.facts.instance_types import InstanceType, instance_type, names
from eks_blueprints.karpenter.labels import ARCHITECTURE, CAPACITY_TYPE, INSTANCE_TYPE, OPERATING_SYSTEM
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed
from eks_blueprints.review.effects.links import entries, section

Share = Literal["none", "some", "all"]

_DOMAINS = ("karpenter.k8s.aws/", "eks.amazonaws.com/")
_FAMILY = re.compile(r"([a-z]+)(?:-[0-9]+tb)?([0-9]+).*")
_ON_EVERY_NODE = frozenset({
    INSTANCE_TYPE, ARCHITECTURE, OPERATING_SYSTEM, CAPACITY_TYPE, "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region", "karpenter.sh/nodepool", "eks.amazonaws.com/compute-type",
    *(f"{domain}instance-{name}" for domain in _DOMAINS for name in (
        "category", "family", "generation", "size", "cpu", "memory", "hypervisor",
    )),
})  # fmt: skip
_KNOWN_DOMAINS = ("kubernetes.io", "karpenter.sh", "k8s.aws", "amazonaws.com")
_COMPARING = ("Gt", "Gte", "Lt", "Lte")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", *_COMPARING)


@dataclass(frozen=True, slots=True)
class Misfit:
    """How many nodes of a pool no longer fit its requirements, and by which label."""

    share: Share
    labels: tuple[str, ...] = ()


def misfit(old: Mapping[str, Any], new: Mapping[str, Any]) -> Misfit:
    """What a change of a pool's spec leaves unfit; what cannot be known counts as some."""
    if _requirements(old) == _requirements(new):
        return Misfit("none")
    before, after = _left(old), _left(new)
    if before is None or after is None:
        return Misfit("some")
    told: dict[str, Share] = {}
    typed = {key for key in after if _of_type(key)}
    if typed and (share := _by_type(before, after)) is not None:
        changed = [key for key in after if key in typed and after[key] != before.get(key)]
        told |= dict.fromkeys(changed, share)
    else:
        typed = set()
    told |= {key: _by_label(key, before.get(key), after[key]) for key in after if key not in typed}
    labels = tuple(key for key, share in told.items() if share != "none")
    shares = {told[key] for key in labels}
    return Misfit("all" if "all" in shares else "some" if shares else "none", labels)


def _requirements(spec: Mapping[str, Any]) -> list[str]:
    rows = section(spec, "template", "spec").get("requirements")
    found = entries(rows)
    plain = [repr((str(r.get("key")), r.get("operator"), sorted(map(str, r.get("values") or ())))) for r in found]
    return sorted(plain) if isinstance(rows, list) else [repr(rows)]


def _left(spec: Mapping[str, Any]) -> dict[str, Allowed] | None:
    """What the requirements and labels of a template leave of each label; None if they are not known."""
    rows = section(spec, "template", "spec").get("requirements") or []
    if not isinstance(rows, list) or not all(map(_readable, rows)):
        return None
    given = [
        Requirement.model_construct(
            key=row["key"], operator=row["operator"], values=tuple(map(str, row.get("values") or ()))
        )
        for row in rows
    ]
    labels = section(spec, "template", "metadata", "labels")
    own = [
        Requirement.model_construct(key=key, operator="In", values=(value,))
        for key, value in labels.items()
        if isinstance(value, str) and "${" not in value
    ]
    return allowed((*given, *own))


def _readable(row: Any) -> bool:
    if not isinstance(row, Mapping) or row.get("operator") not in _OPERATORS or not isinstance(row.get("key"), str):
        return False
    values = row.get("values") or []
    if not isinstance(values, list) or any(isinstance(each, Mapping) or "${" in str(each) for each in values):
        return False
    return row["operator"] not in _COMPARING or (len(values) == 1 and str(values[0]).isdigit())


def _by_label(key: str, old: Allowed | None, new: Allowed) -> Share:
    if old is None:
        return _unspoken(key, new)
    if old.values is not None:
        run = [value for value in old.values if value in old]
        if not run:
            return "all" if new.required else "none"
        kept = [value for value in run if value in new]
        return "none" if len(kept) == len(run) else "some" if kept else "all"
    if new.values is not None:
        if not new.values:
            return "all" if old.required or key in _ON_EVERY_NODE else "some"
        return "some" if any(value in old for value in new.values) else "all"
    narrower = (
        any(value in old for value in new.excluded)
        or _tighter(old.least, new.least, up=True)
        or _tighter(old.most, new.most, up=False)
    )
    if narrower:
        apart = (new.least is not None and old.most is not None and new.least > old.most) or (
            new.most is not None and old.least is not None and new.most < old.least
        )
        return "all" if apart else "some"
    return "some" if new.required and not old.required and key not in _ON_EVERY_NODE else "none"


def _tighter(old: int | None, new: int | None, *, up: bool) -> bool:
    if new is None or (up and new == 0):
        return False
    return old is None or (new > old if up else new < old)


def _unspoken(key: str, new: Allowed) -> Share:
    """A label of which the old pool said nothing."""
    everywhere = key in _ON_EVERY_NODE
    if new.values is None and new.least is None and new.most is None and not new.excluded:
        return "none" if everywhere else "some" if _known(key) else "all"
    if key == OPERATING_SYSTEM and "linux" in new:
        return "none"
    if _known(key) or everywhere:
        return "some"
    # A label of one's own stands on no node, as the template does not give it.
    return "all" if new.required else "none"


def _known(key: str) -> bool:
    return key.partition("/")[0].endswith(_KNOWN_DOMAINS)


def _of_type(key: str) -> bool:
    return key in (INSTANCE_TYPE, ARCHITECTURE) or _plain(key) in _LABELS


def _plain(key: str) -> str:
    return next((key.removeprefix(f"{domain}instance-") for domain in _DOMAINS if key.startswith(domain)), "")


_LABELS = ("category", "family", "generation", "size", "cpu", "memory")


def _by_type(old: Mapping[str, Allowed], new: Mapping[str, Allowed]) -> Share | None:
    """By the instance types that fitted and still do; None if the table does not tell."""
    fitted = [name for name in _candidates(old) if _fits(name, old)]
    if not fitted:
        return None
    still = [name for name in fitted if _fits(name, new)]
    return "none" if len(still) == len(fitted) else "some" if still else "all"


def _candidates(left: Mapping[str, Allowed]) -> Iterator[str]:
    named = left.get(INSTANCE_TYPE, Allowed()).values
    # A type of which nothing but the name is known would fit everything.
    yield from (name for name in names() if instance_type(name)) if named is None else named


def _fits(name: str, left: Mapping[str, Allowed]) -> bool:
    facts = instance_type(name)
    for key, allowance in left.items():
        if _of_type(key):
            values = _labels(name, facts, key)
            if values and not any(value in allowance for value in values):
                return False
            if not values and allowance.required and facts is not None:
                return False
    return True


def _labels(name: str, facts: InstanceType | None, key: str) -> tuple[str, ...]:
    """The values of one label that a node of a type may have; none if that is not known."""
    if key == INSTANCE_TYPE:
        return (name,)
    if key == ARCHITECTURE:
        return (
            tuple({"x86_64": "amd64", "arm64": "arm64"}.get(each, each) for each in facts.architectures)
            if facts
            else ()
        )
    family, _, size = name.partition(".")
    match = _FAMILY.fullmatch(family)
    found: dict[str, str | None] = {
        "family": family,
        "size": size,
        "category": match[1] if match else None,
        "generation": match[2] if match else None,
        "cpu": str(facts.vcpus) if facts else None,
        "memory": str(facts.memory_mib) if facts else None,
    }
    value = found[_plain(key)]
    return () if value is None else (value,)
