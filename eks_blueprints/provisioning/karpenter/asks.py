"""What a pod asks of a new node: all that it would rather have at first, and less each time that nothing takes it.

Source: `newPodRequirements`, `Preferences.Relax` and `VolumeTopology` in sigs.k8s.io/karpenter, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any

from eks_blueprints.karpenter.tolerating import Taint, Toleration
from eks_blueprints.provisioning.karpenter.values import Requirements, apart, both, of_conditions
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Shape, Term

_ANY_RATHER_NOT = Toleration(operator="Exists", effect="PreferNoSchedule")


class Ask:
    """What pods of one shape ask for, so far relaxed; compared by identity."""

    def __init__(self, pod: Shape, left: Shape | None = None) -> None:
        """What a shape asks for.

        Args:
            pod: The shape as it is written.
            left: The same with what is left of its preferences. Default: all of them.
        """
        shape = left or pod
        self.pod = pod
        self.shape = shape
        selects = of_conditions(shape.selects)
        first = shape.terms[0].labels if shape.terms else ()
        self.strict: Requirements = both(selects, of_conditions(first))
        """What must hold: its node selector and the first of the terms of its node affinity."""
        heaviest = sorted(shape.prefers, key=lambda each: -each[0])[:1]
        self.requirements = both(self.strict, of_conditions(heaviest[0][1].labels)) if heaviest else self.strict
        """What must hold, and the heaviest of its preferences."""
        self.near: tuple[Term, ...] = (*shape.near, *(term for _, term in shape.rather_near))
        self.apart: tuple[Term, ...] = (*shape.apart, *(term for _, term in shape.rather_apart))

    def keeping_off(self, taints: Iterable[Taint]) -> Taint | None:
        """The first taint that keeps it off; those that rather keep pods off do so at first, too."""
        tolerations = self.shape.tolerations
        return next((each for each in taints if not any(toleration.of(each) for toleration in tolerations)), None)

    @cached_property
    def volumes(self) -> tuple[Requirements, ...]:
        """Where its volumes let it be: one of these; none where they say nothing."""
        found: list[Requirements] = []
        for claim in self.shape.claims:
            terms = [of_conditions(e for e in term.labels if e.key != HOST) for term in claim.terms or ()]
            if terms := [each for each in terms if each]:
                pairs = list(product(found, terms)) if found else [({}, each) for each in terms]
                fitting = [each for each in pairs if apart(*each) is None]
                found = [both(*each) for each in fitting or pairs]
        return tuple(found)

    def relaxed(self, *, to_all: bool) -> Iterator[Ask]:
        """What it asks for instead, one step after the other.

        Args:
            to_all: Whether a pool has a taint `PreferNoSchedule`, which it tolerates at last.
        """
        shape = self.shape
        while (terms := shape.terms) and len(terms) > 1:
            yield Ask(self.pod, shape := replace(shape, terms=terms[1:]))
        for name in ("rather_near", "rather_apart", "prefers"):
            left = sorted(getattr(shape, name), key=lambda each: -each[0])
            while left:
                left = left[1:]
                fewer: dict[str, Any] = {name: tuple(left)}
                yield Ask(self.pod, shape := replace(shape, **fewer))
        spread = list(shape.spread)
        while (soft := next((at for at, each in enumerate(spread) if not each.hard), None)) is not None:
            spread[soft] = spread[-1]
            spread.pop()
            yield Ask(self.pod, shape := replace(shape, spread=tuple(spread)))
        if to_all and _ANY_RATHER_NOT not in shape.tolerations:
            yield Ask(self.pod, bearing_all(shape))


def bearing_all(shape: Shape) -> Shape:
    """The same, which tolerates every taint that rather keeps pods off."""
    return replace(shape, tolerations=(*shape.tolerations, _ANY_RATHER_NOT))
