"""Charts that no longer bring what may be in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eks_blueprints.review.diff.insides import Inside
from eks_blueprints.review.effects.words import Attention, attention


def charts(found: Iterable[Inside]) -> Iterator[Attention]:
    """Of each kind, or version of one, that a chart brings no more."""
    for each in found:
        for effect in each.lost:
            yield attention("unclear", "warning", "removes a kind", each.resource, f"chart {each.title}", effect)
