"""Instance types as nodes of pools, made once for all pools that run their nodes in one way."""

from __future__ import annotations

from collections.abc import Iterable

from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.offers import Way, left_out, machines

_SHOWN = 5


class Machines:
    """What is made so far."""

    def __init__(self) -> None:
        self._made: list[tuple[Way, dict[str, Machine]]] = []
        self._lost: dict[str, None] = {}

    def of(self, names: Iterable[str], way: Way) -> tuple[Machine, ...]:
        """Instance types as nodes that are run in one way, those left out of which nothing is known.

        Raises:
            ValueError: if a reservation of kubelet's is no quantity.
        """
        asked = list(names)
        known = next((made for same, made in self._made if same == way), None)
        if known is None:
            known = {}
            self._made.append((way, known))
        new = [name for name in asked if name not in known]
        known |= {each.name: each for each in machines(new, way)}
        unmade = [name for name in new if name not in known]
        for name, why in left_out(unmade, way).items():
            if "launched" not in why:
                self._lost.setdefault(f"{name} {why}")
        return tuple(known[name] for name in asked if name in known)

    @property
    def lost(self) -> str:
        """Which instance types pools never take because too little is known of them; empty where there are none."""
        if not self._lost:
            return ""
        names = sorted(self._lost)
        more = f", and {len(names) - _SHOWN} more like them" if len(names) > _SHOWN else ""
        return f"pools never take some instance types: {', '.join(names[:_SHOWN])}{more}"
