"""What becomes of a recommendation: stabilization, rates, and the bounds of the autoscaler."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_UP = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
_DOWN = {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}
"""What Kubernetes fills in where `behavior` is given in part. Source: pkg/apis/autoscaling/v2/defaults.go, 1.36."""

_LONGEST = 3600
"""Seconds of the longest window and of the longest period of a policy that Kubernetes takes."""

Event = tuple[float, int]
"""When something was, and a number of pods."""


@dataclass
class History:
    """What the controller remembers of an autoscaler: it is lost when the controller starts anew."""

    window: float
    """Seconds within which fewer pods are not wanted, where `behavior` says no other."""
    recommended: list[Event] = field(default_factory=list)
    added: list[Event] = field(default_factory=list)
    removed: list[Event] = field(default_factory=list)
    say: Callable[[str], None] = print
    """Where it is told why a number becomes another."""

    def recommend(self, now: float, count: int) -> None:
        """Remember what metrics wanted; what no window reaches is forgotten."""
        self.recommended = [each for each in self.recommended if each[0] > now - _LONGEST]
        self.recommended.append((now, count))


def limited(spec: Mapping[str, Any], current: int, wanted: int, now: float, history: History) -> int:
    """How many pods there shall be, of how many metrics want."""
    least, most = int(spec.get("minReplicas", 1)), int(spec["maxReplicas"])
    behavior = spec.get("behavior")
    if behavior is None:
        return _plainly(current, wanted, (least, most), now, history)
    up, down = rules(behavior, "scaleUp"), rules(behavior, "scaleDown")
    window = {"up": float(up["stabilizationWindowSeconds"]), "down": history.window}
    if down.get("stabilizationWindowSeconds") is not None:
        window["down"] = float(down["stabilizationWindowSeconds"])
    lowest = min([wanted, *(count for at, count in history.recommended if at > now - window["up"])])
    highest = max([wanted, *(count for at, count in history.recommended if at > now - window["down"])])
    steady = min(max(current, lowest), highest)
    history.recommend(now, wanted)
    if steady != wanted:
        by = (
            f"lowest recommendation of the last {window['up']:g} s"
            if wanted >= current
            else (f"highest recommendation of the last {window['down']:g} s")
        )
        history.say(f"stabilized: {wanted} becomes {steady}, by the {by}")
    return _at_a_rate((current, steady), (least, most), behavior, now, history)


def rules(behavior: Mapping[str, Any], direction: str) -> dict[str, Any]:
    """The rules for one direction, with what Kubernetes fills in."""
    said = behavior.get(direction) or {}
    return {
        **(_UP if direction == "scaleUp" else _DOWN),
        **{key: each for key, each in said.items() if each is not None},
    }


def rescaled(spec: Mapping[str, Any], before: int, after: int, now: float, history: History) -> None:
    """Remember that the number of pods was changed, as rates count it."""
    if spec.get("behavior") is not None and before != after:
        changes = history.added if after > before else history.removed
        changes[:] = [*(each for each in changes if each[0] > now - _LONGEST), (now, abs(after - before))]


def _plainly(current: int, wanted: int, bounds: tuple[int, int], now: float, history: History) -> int:
    """What holds without `behavior`: a window for fewer pods, and twice as many or four at a time."""
    least, most = bounds
    since = now - history.window
    steady = max([wanted, *(count for at, count in history.recommended if at > since)])
    history.recommend(now, wanted)
    if steady != wanted:
        of = f"the highest recommendation of the last {history.window:g} s"
        history.say(f"stabilized: {wanted} becomes {steady}, {of}")
    limit = max(2 * current, 4)
    if steady < least:
        history.say(f"min_replicas: {steady} becomes {least}")
        return least
    if steady > min(most, limit):
        found = min(most, limit)
        by = f"at most twice the pods, or 4, at once ({limit})" if most > limit else "max_replicas"
        history.say(f"{by}: {steady} becomes {found}")
        return found
    return steady


def _at_a_rate(
    change: tuple[int, int], bounds: tuple[int, int], behavior: Mapping[str, Any], now: float, history: History
) -> int:
    current, wanted = change
    up, down = rules(behavior, "scaleUp"), rules(behavior, "scaleDown")

    if wanted > current:
        limit = max(_rate(current, up, now, history, grows=True), current)
        found = min(bounds[1], limit)
        if wanted > found:
            history.say(f"{'rate of scaleUp' if bounds[1] > limit else 'max_replicas'}: {wanted} becomes {found}")
        return min(wanted, found)
    if wanted < current:
        limit = min(_rate(current, down, now, history, grows=False), current)
        found = max(bounds[0], limit)
        if wanted < found:
            history.say(f"{'rate of scaleDown' if bounds[0] < limit else 'min_replicas'}: {wanted} becomes {found}")
        return max(wanted, found)
    return wanted


def _rate(current: int, rule: Mapping[str, Any], now: float, history: History, *, grows: bool) -> int:
    """How many pods there may be at most, or have to be at least, by the policies of one direction."""
    select = rule["selectPolicy"]
    if select == "Disabled":
        return current
    found: list[int] = []
    for policy in rule["policies"]:
        since = now - policy["periodSeconds"]
        start = current - _together(history.added, since) + _together(history.removed, since)
        value = policy["value"]
        if policy["type"] == "Pods":
            found.append(start + value if grows else start - value)
        elif grows:
            found.append(math.ceil(float(start) * (1 + float(value) / 100)))
        else:
            found.append(int(float(start) * (1 - float(value) / 100)))
    found.sort()
    return found[-1 if grows == (select != "Min") else 0]


def _together(events: Iterable[Event], since: float) -> int:
    return sum(count for at, count in events if at > since)
