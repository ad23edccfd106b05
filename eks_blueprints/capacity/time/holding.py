"""What holds nodes back that Karpenter would take away: counted, and told where it lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from eks_blueprints.capacity.time.things import Host
from eks_blueprints.capacity.time.world import World
from eks_blueprints.capacity.words import count, listed
from eks_blueprints.provisioning.karpenter.disruption.budgets import next_change
from eks_blueprints.provisioning.karpenter.disruption.looking import Look
from eks_blueprints.provisioning.karpenter.disruption.rules import DO_NOT_DISRUPT, Rules

_BUDGETS = "disruption budgets"
_PATIENCE = 60
"""Seconds after which a timeline tells that budgets hold nodes back."""


class Holding:
    """Nodes that stay though they could go."""

    def __init__(self, world: World, mine: Callable[[], Iterable[Host]], rules: Mapping[str, Rules]) -> None:
        """None yet.

        Args:
            world: The world.
            mine: Gives the nodes of Karpenter's.
            rules: The rules of its pools, as they are at a time.
        """
        self.world, self._mine, self._rules = world, mine, rules
        self._held: tuple[int, int] | None = None
        """Since when budgets hold nodes back, and how many."""
        self._since: int | None = None
        """Since when that is so without a break."""
        self._kept: set[str] = set()
        """Drifted nodes of which was told that something else holds them."""

    def close(self) -> None:
        """What was held back until now is counted."""
        if self._held is not None:
            since, _ = self._held
            held = self.world.record.held
            held[_BUDGETS] = held.get(_BUDGETS, 0) + self.world.now - since

    def note(self, found: Look) -> None:
        """What budgets hold back is counted, and told where it lasts for more than a minute."""
        self._note_kept(found)
        held = sum(each.by_budgets for each in found.held.values())
        self.close()
        self._held = (self.world.now, held) if held and not found.commands else None
        if self._held is None:
            self._since = None
        elif self._since is None:
            self._since = self.world.now
            self.world.after(_PATIENCE, partial(self._say, self._since))

    def _note_kept(self, found: Look) -> None:
        hosts, kept = self.world.hosts, {n: e.reason for n, e in found.held.items() if DO_NOT_DISRUPT in e.reason}
        drifted = [name for name in kept if hosts[name].drifted is not None and name not in self._kept]
        self._kept |= set(drifted)
        for itself in (True, False):
            if names := [each for each in drifted if hosts[each].stays is itself]:
                have, stay = ("has", "stays") if len(names) == 1 else ("have", "stay")
                self.world.log("held", f"{listed(names)} {have} drifted and {stay}", kept[names[0]])

    def _say(self, since: int) -> None:
        if self._since != since or self._held is None:
            return
        if any(each.leaving for each in self._mine()):  # they go one after another, as budgets let them
            self.world.after(_PATIENCE, partial(self._say, since))
            return
        now, (_, held) = self.world.moment, self._held
        changes = [next_change(each.budgets, now) for each in self._rules.values()]
        until = min((each for each in changes if each is not None), default=None)
        what = f"{count(held, 'node')} could go and {'stays' if held == 1 else 'stay'}"
        self.world.log("held", what, f"{_BUDGETS}{_until(until, now)}")


def _until(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    form = "%H:%M" if (at - now) < timedelta(days=1) else "%a %d %b %H:%M"
    return f", next change at {at:{form}} UTC"
