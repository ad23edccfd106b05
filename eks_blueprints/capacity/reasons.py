"""What refuses pods, put together: by reason, by predicate, and pods that the same refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from eks_blueprints.capacity.model import Refusal, Waiting


def by_reason(refusals: Sequence[Refusal]) -> Mapping[tuple[str, str], tuple[Refusal, ...]]:
    """What refuses a pod by predicate and reason, the most frequent reason first."""
    found: dict[tuple[str, str], list[Refusal]] = {}
    for each in refusals:
        found.setdefault((each.predicate, each.reason), []).append(each)
    return {key: tuple(found[key]) for key in sorted(found, key=lambda key: -len(found[key]))}


def waiting_alike(waiting: Iterable[Waiting]) -> tuple[tuple[Waiting, ...], ...]:
    """Pods that nothing takes, those together that the same refuses and helps, on however many nodes."""
    found: dict[object, list[Waiting]] = {}
    for each in waiting:
        refusals = frozenset(
            (e.kind, "" if e.kind == "node" else e.where, e.predicate, e.reason) for e in each.refusals
        )
        found.setdefault((refusals, each.remedy), []).append(each)
    return tuple(map(tuple, found.values()))
