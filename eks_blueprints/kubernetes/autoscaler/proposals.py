"""How many pods one metric asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.kubernetes.autoscaler.observed import Config, Moment

_MOST = 2**31 - 1
_MOST_64 = 2**63 - 1
_FEW = 6
"""As many pods are named."""

Ratio = tuple[float, str]
"""Use divided by target, and how that comes about in words."""


class MetricError(Exception):
    """A metric cannot be computed; the text is the controller's reason in our words."""


class TooLargeError(Exception):
    """A number is beyond what the controller counts right."""


@dataclass(frozen=True)
class Tolerances:
    """By how much use may differ from the target without anything being done."""

    down: float
    up: float

    def holds(self, ratio: float) -> bool:
        """Whether a ratio is as good as 1."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up

    def __str__(self) -> str:
        return f"{1.0 - self.down:g} to {1.0 + self.up:g}"


@dataclass(frozen=True)
class Seen:
    """What is known when a metric is computed."""

    current: int
    moment: Moment
    within: Tolerances
    config: Config
    say: Callable[[str], None]


@dataclass
class Proposal:
    """What one metric asks for."""

    name: str
    replicas: int | None = None
    error: str = ""
    steps: list[str] = field(default_factory=list)


def tolerances(behavior: Mapping[str, Any] | None, config: Config) -> Tolerances:
    """What holds for an autoscaler."""
    found = {"scaleDown": config.tolerance, "scaleUp": config.tolerance}
    for direction in found if config.configurable_tolerance and behavior else ():
        said = ((behavior or {}).get(direction) or {}).get("tolerance")
        if said is not None:
            found[direction] = _approximate(exact(str(said)))
    return Tolerances(found["scaleDown"], found["scaleUp"])


def _approximate(amount: Fraction) -> float:
    """A quantity as Go reads the form that the API server writes: a whole number with a unit, times that."""
    for power in (0, -3, -6, -9):
        if (whole := amount / Fraction(10) ** power).denominator == 1:
            return float(whole) * float(f"1e{power}")
    return float(amount)


def milli(quantity: Any) -> int:
    """A quantity in thousandths, rounded up as Kubernetes does.

    Raises:
        ValueError: if it is none.
    """
    return math.ceil(exact(str(quantity)) * 1000)


def name_of(metric: Mapping[str, Any]) -> str:
    """By what a metric is called here: `cpu`, `web/cpu` for one container, or its own name."""
    kind = str(metric.get("type"))
    part = metric[kind[:1].lower() + kind[1:]]
    if kind == "Resource":
        return str(part["name"])
    return f"{part['container']}/{part['name']}" if kind == "ContainerResource" else str(part["metric"]["name"])


def propose(metric: Mapping[str, Any], current: int, moment: Moment, within: Tolerances, config: Config) -> Proposal:
    """How many pods a metric of an autoscaler (MetricSpec) asks for."""
    found = Proposal(name_of(metric))
    try:
        seen = Seen(current, moment, within, config, found.steps.append)
        found.replicas = _KINDS[metric["type"]](metric, seen)
    except MetricError as error:
        found.error = str(error)
    return found


def _resource(metric: Mapping[str, Any], seen: Seen) -> int:
    part = metric["resource" if metric["type"] == "Resource" else "containerResource"]
    resource, container, target = str(part["name"]), str(part.get("container") or ""), part["target"]
    used = {each.name: each.used(resource, container) for each in seen.moment.pods}
    if not any(each.usage is not None for each in seen.moment.pods):
        raise MetricError("no metrics returned from resource metrics API")
    usage = {name: amount for name, amount in used.items() if amount is not None}
    counted = _Counted(seen, usage, resource)
    if target.get("averageValue") is not None:
        amount = milli(target["averageValue"])
        return counted.replicas(lambda uses: _average(uses, amount), dict.fromkeys(used, amount))
    requests = {}
    for pod in seen.moment.pods:
        request = pod.requested(resource, container)
        if request is None:
            whose = f"container {container} of pod {pod.name}" if container else f"a container of pod {pod.name}"
            raise MetricError(f"missing request for {resource} in {whose}")
        requests[pod.name] = request
    share = int(target["averageUtilization"])
    # While less is used than wanted, a pod without a sample counts as one that uses all that it requests.
    whole = {name: request * max(100, share) // 100 for name, request in requests.items()}
    return counted.replicas(lambda uses: _utilization(uses, requests, share), whole)


def _pods(metric: Mapping[str, Any], seen: Seen) -> int:
    part = metric["pods"]
    usage = dict(seen.moment.pods_metrics.get(part["metric"]["name"]) or {})
    if not usage:
        raise MetricError("no metrics returned from custom metrics API")
    amount = milli(part["target"]["averageValue"])
    counted = _Counted(seen, usage, "")
    whole = {each.name: amount for each in seen.moment.pods}
    return counted.replicas(lambda uses: _average(uses, amount), whole)


def _value(metric: Mapping[str, Any], seen: Seen) -> int:
    outside = metric["type"] == "External"
    part = metric["external" if outside else "object"]
    name, target = part["metric"]["name"], part["target"]
    if outside:
        series = seen.moment.external.get(name) or ()
        if not series:
            raise MetricError("no metrics returned from external metrics API")
        usage = min(sum(series), _MOST_64)
        if len(series) > 1:
            seen.say(f"{len(series)} series together are {_shown(usage)}")
    elif name in seen.moment.objects:
        usage = seen.moment.objects[name]
    else:
        raise MetricError("no metric returned from custom metrics API")
    # Of an object the type decides which of the two targets counts, of an external metric the average comes first.
    by_pod = target.get("averageValue") is not None if outside else target.get("type") == "AverageValue"
    if target.get("averageValue" if by_pod else "value") is None:
        raise MetricError("neither a value target nor an average value target was set")
    if by_pod:
        return _by_pod(usage, milli(target["averageValue"]), seen)
    amount = milli(target["value"])
    ratio = float(usage) / float(amount)
    seen.say(f"ratio: {_shown(usage)} / {_shown(amount)} = {ratio:.6g}")
    if seen.within.holds(ratio):
        seen.say(f"within the tolerance of {seen.within}: it stays at {seen.current}")
        return seen.current
    ready = sum(1 for each in seen.moment.pods if each.phase == "Running" and each.ready)
    if not seen.moment.pods:
        raise MetricError("no pods returned by selector while calculating replica count")
    found = min(_ceil(ratio * ready), _MOST)
    seen.say(f"ceil({ratio:.6g} x {ready} ready pods) = {found}")
    return found


def _by_pod(usage: int, amount: int, seen: Seen) -> int:
    count = sum(1 for each in seen.moment.pods if not each.deleting and each.phase not in ("Failed", "Succeeded"))
    wanted = float(amount) * float(count)
    ratio = float(usage) / wanted if wanted else math.copysign(math.inf, usage) if usage else math.nan
    seen.say(f"ratio: {_shown(usage)} / ({_shown(amount)} x {count} pods) = {ratio:.6g}")
    if seen.within.holds(ratio):
        seen.say(f"within the tolerance of {seen.within}: it stays at {count}")
        return count
    found = min(_ceil(float(usage) / float(amount)), _MOST)
    seen.say(f"ceil({_shown(usage)} / {_shown(amount)}) = {found}")
    return found


class _Counted:
    """Pods by whether their use counts, and the computation over those for which it does."""

    def __init__(self, seen: Seen, usage: dict[str, int], resource: str) -> None:
        self.seen, self.say = seen, seen.say
        self.unready: list[str] = []
        self.missing: list[str] = []
        self.ready = 0
        ignored: list[str] = []
        for pod in seen.moment.pods:
            if pod.deleting or pod.phase == "Failed":
                ignored.append(pod.name)
            elif pod.phase == "Pending":
                self.unready.append(pod.name)
            elif pod.name not in usage:
                self.missing.append(pod.name)
            elif resource == "cpu" and pod.unready(seen.config):
                self.unready.append(pod.name)
            else:
                self.ready += 1
        if not seen.moment.pods:
            raise MetricError("no pods returned by selector while calculating replica count")
        self.usage = {name: each for name, each in usage.items() if name not in {*ignored, *self.unready}}
        for word, names in (("ignored", ignored), ("not ready", self.unready), ("without a sample", self.missing)):
            if names:
                self.say(f"{len(names)} {word}: {', '.join(names[:_FEW])}{', …' if len(names) > _FEW else ''}")
        if not self.usage:
            raise MetricError("did not receive metrics for targeted pods (pods might be unready)")

    def replicas(self, ratio_of: Callable[[Mapping[str, int]], Ratio], whole: Mapping[str, int]) -> int:
        """How many pods it asks for; `whole` is what pods without a sample count as where less is used than wanted."""
        current, within = self.seen.current, self.seen.within
        first, words = ratio_of(self.usage)
        self.say(f"ratio: {words}")
        waits = bool(self.unready) and first > 1.0
        if not waits and not self.missing:
            if within.holds(first):
                self.say(f"within the tolerance of {within}: it stays at {current}")
                return current
            found = _counted(_ceil(first * self.ready))
            self.say(f"ceil({first:.6g} x {self.ready} pods) = {found}")
            return found
        again = dict(self.usage)
        if self.missing and first != 1.0:
            again |= {name: whole[name] if first < 1.0 else 0 for name in self.missing}
            counts = "all that they may use" if first < 1.0 else "nothing"
            self.say(f"pods without a sample count as using {counts}")
        if waits:
            again |= dict.fromkeys(self.unready, 0)
            self.say("pods that are not ready count as using nothing")
        second, words = ratio_of(again)
        self.say(f"ratio with them: {words}")
        if within.holds(second) or (first < 1.0 < second) or (second < 1.0 < first):
            why = f"within the tolerance of {within}" if within.holds(second) else "the direction would change"
            self.say(f"{why}: it stays at {current}")
            return current
        found = _counted(_ceil(second * len(again)))
        self.say(f"ceil({second:.6g} x {len(again)} pods) = {found}")
        if (second < 1.0 and found > current) or (second > 1.0 and found < current):
            self.say(f"the direction would change: it stays at {current}")
            return current
        return found


def _average(usage: Mapping[str, int], target: int) -> Ratio:
    mean = _divided(sum(usage.values()), len(usage))
    ratio = float(mean) / float(target)
    return ratio, f"{_shown(mean)} on average / {_shown(target)} = {ratio:.6g}"


def _utilization(usage: Mapping[str, int], requests: Mapping[str, int], share: int) -> Ratio:
    # A sample of a pod that the workload does not have is left out here, and counts as a pod later.
    known = [name for name in usage if name in requests]
    used, requested = sum(usage[name] for name in known), sum(requests[name] for name in known)
    if not requested:
        raise MetricError("no metrics returned matched known pods")
    found = _counted(_divided(used * 100, requested))
    ratio = float(found) / float(share)
    return ratio, f"{_shown(used)} of {_shown(requested)} requested is {found} %; {found} / {share} = {ratio:.6g}"


def _divided(amount: int, by: int) -> int:
    """A quotient without what is behind the point, as whole numbers are divided in Go."""
    found = abs(amount) // by
    return found if amount >= 0 else -found


def _ceil(value: float) -> int:
    if not math.isfinite(value):
        raise TooLargeError("divides by no pods")
    return math.ceil(value)


def _counted(value: int) -> int:
    if value > _MOST:
        raise TooLargeError(f"comes to {value}; the controller counts to {_MOST} and goes wrong above")
    return value


def _shown(amount: int) -> str:
    if amount % 1000:
        return f"{amount}m"
    whole = amount // 1000
    for power, unit in ((40, "Ti"), (30, "Gi"), (20, "Mi")):
        if whole and whole % 2**power == 0:
            return f"{whole // 2**power}{unit}"
    return str(whole)


_KINDS: Mapping[str, Callable[..., int]] = {
    "ContainerResource": _resource,
    "External": _value,
    "Object": _value,
    "Pods": _pods,
    "Resource": _resource,
}
