"""Moments from what somebody writes down: `{at: 30, cpu: 90%}`, a row of a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from eks_blueprints.core.errors import InputError, Path, Problem, shown, unknown_name
from eks_blueprints.core.form import Form
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.kubernetes.autoscaler.observed import Moment, Pod, Usage
from eks_blueprints.kubernetes.autoscaler.proposals import milli, name_of

_COUNTS = ("replicas", "missing", "not_ready", "pending")
_PERCENT = Form(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?%")
_ALONE = {"cpu": 1000, "memory": 2**30 * 1000}
"""What a pod requests where nobody says so: a share of it comes to the same, whatever it is."""
_REST = "*"
"""Stands for the containers of a pod that nothing is said about."""
MOST_PODS = 5000
_MOST_MOMENTS = 20_000


def rows_of(text: str, name: str) -> list[Any]:
    """The rows of a table in CSV, or of a list in YAML.

    Raises:
        InputError: if it is neither.
    """
    if name.lower().endswith(".csv"):
        table = list(csv.reader(io.StringIO(text)))
        if not table:
            raise InputError([Problem((), "needs a row of names, and one a moment; got nothing", name)])
        head = [each.strip() for each in table[0]]
        lines = [each for each in table[1:] if any(cell.strip() for cell in each)]
        wide = [
            Problem((number,), "has more cells than the first line", name)
            for number, each in enumerate(lines)
            if len(each) > len(head)
        ]
        if wide:
            raise InputError(wide)
        return [{key: cell.strip() for key, cell in zip(head, each, strict=False) if cell.strip()} for each in lines]
    from eks_blueprints.core.document import documents

    found = next((each.data for each in documents(text, name)), None)
    if not isinstance(found, list) or not found:
        got = shown(found)
        raise InputError(
            [Problem((), f"needs a list of moments; got {got}; write one such as - {{at: 0, cpu: 90%}}", name)]
        )
    return found


class Reader:
    """Turns rows into moments for one autoscaler (HorizontalPodAutoscalerSpec)."""

    def __init__(self, spec: Mapping[str, Any], replicas: int, requests: Usage, file: str | None = None) -> None:
        self.metrics = {name_of(each): each for each in spec["metrics"]}
        self.replicas = replicas
        self.requests = requests
        self.file = file
        self.last: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def rows(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """Rows that are complete: what one does not say is as before.

        Raises:
            InputError: if any of them is wrong.
        """
        found = []
        before = -1.0
        for number, row in enumerate(rows):
            if not isinstance(row, Mapping):
                self._wrong((number,), f"needs a mapping; got {shown(row)}; write one such as {{at: 0, cpu: 90%}}")
                continue
            at = self._at((number, "at"), row.get("at", 0 if number == 0 else None), before)
            before = at
            self._said(number, row)
            found.append({**self.last, "at": at})
            # Somebody else sets the number of pods once.
            self.last.pop("replicas", None)
        if not self.problems and found:
            missing = [name for name in self.metrics if name not in found[0]]
            for name in missing:
                do = f"write one such as {name}: {self._example(name)}, or {name}: none for one that fails"
                self._wrong((0, name), f"is followed by the autoscaler, and has no value; got none; {do}")
        if self.problems:
            raise InputError(self.problems)
        return found

    def _example(self, name: str) -> str:
        return "90%" if self.metrics[name]["type"].endswith("esource") else "30"

    def _wrong(self, path: Path, message: str) -> None:
        if self.file is None:
            # Options are the one row.
            path = tuple(str(path[-1]).split(".", 1))
        self.problems.append(Problem(path, message, self.file))

    def _at(self, path: Path, value: Any, before: float) -> float:
        try:
            if isinstance(value, bool) or value is None:
                raise ValueError
            at = float(value)
        except (TypeError, ValueError):
            at = math.nan
        if not 0 <= at <= 10**8:
            self._wrong(path, f"needs a number of seconds; got {shown(value)}; write one such as 30")
            return before
        if at <= before:
            self._wrong(path, f"is not after the moment before; got {at:g} after {before:g}; put them in order")
        return at

    def _said(self, number: int, row: Mapping[Any, Any]) -> None:
        known = [*self.metrics, *(f"total.{name}" for name in self.metrics), *_COUNTS, "at", "total"]
        said = {str(key): value for key, value in row.items()}
        if isinstance(whole := said.get("total"), Mapping) and "total" not in self.metrics:
            said.pop("total")
            said |= {f"total.{key}": value for key, value in whole.items()}
        for key, value in said.items():
            if key not in known:
                self._wrong((number, key), unknown_name(key, known, "metric of the autoscaler, and no count"))
            elif key in _COUNTS and key not in self.metrics:
                self.last[key] = self._count((number, key), value)
            elif key != "at":
                try:
                    name = key.removeprefix("total.")
                    self.last[name] = self._value(name, value, whole=key != name)
                except ValueError as error:
                    self._wrong((number, key), str(error))

    def _count(self, path: Path, value: Any) -> int:
        text = str(value)
        if isinstance(value, bool) or not text.isascii() or not text.isdigit() or int(text) > MOST_PODS:
            self._wrong(path, f"needs a number of pods up to {MOST_PODS}; got {shown(value)}; write digits")
            return 0
        return int(text)

    def _value(self, name: str, value: Any, *, whole: bool) -> Any:
        """A share as a Fraction, what all pods have together as a list of one, else thousandths; None for a failure."""
        metric = self.metrics[name]
        by_pod = metric["type"] in ("Resource", "ContainerResource", "Pods")
        if value is None or (isinstance(value, str) and value.lower() in ("none", "failed", "null", "-")):
            return None
        if isinstance(value, list | tuple) and metric["type"] == "External" and value:
            return tuple(_amount(each) for each in value)
        if match := _PERCENT.fullmatch(str(value)):
            if not metric["type"].endswith("esource") or whole:
                raise ValueError(f"is no share of a request; got {shown(value)}; write the value itself")
            return Fraction(match[1]) / 100
        amount = _amount(value)
        if whole and not by_pod:
            raise ValueError(f"is one value, whatever the number of pods; got {shown(value)}; write {name}: {value}")
        if metric["type"].endswith("esource") and not self._known(metric) and self._shares(metric):
            resource = name.rpartition("/")[2]
            do = f"write a share such as 90%, or say the request with --request {resource}=250m"
            raise ValueError(f"is compared with what pods request, which is not known; got {shown(value)}; {do}")
        return [amount] if whole else amount

    def _shares(self, metric: Mapping[str, Any]) -> bool:
        part = metric["resource" if metric["type"] == "Resource" else "containerResource"]
        return part["target"].get("averageValue") is None

    def _known(self, metric: Mapping[str, Any]) -> bool:
        part = metric["resource" if metric["type"] == "Resource" else "containerResource"]
        found = (
            self.requests.get(part["container"], {}) if "container" in part else next(iter(self.requests.values()), {})
        )
        return part["name"] in found

    def moment(self, row: Mapping[str, Any], count: int) -> Moment:
        """The moment of a complete row, when there are so many pods."""
        missing, unready, pending = (int(row.get(key, 0)) for key in _COUNTS[1:])
        plain = max(0, count - missing - unready - pending)
        states = (["plain"] * plain + ["unready"] * unready + ["missing"] * missing + ["pending"] * pending)[:count]
        measured = sum(1 for each in states if each in ("plain", "unready"))
        pods, metrics = [], {}
        position = 0
        for number, state in enumerate(states, start=1):
            seen = state in ("plain", "unready")
            usage = self._usage(row, position, measured) if seen else None
            position += seen
            since = (60.0, 60.0) if state == "unready" else (3600.0, 3500.0)
            ready = False if state == "unready" else None if state == "pending" else True
            phase = "Pending" if state == "pending" else "Running"
            pods.append(
                Pod(
                    name=f"pod-{number}",
                    phase=phase,
                    ready=ready,
                    requests=self._requested(),
                    usage=usage,
                    started=since[0],
                    changed=since[1],
                )
            )
        for name, metric in self.metrics.items():
            if metric["type"] == "Pods" and (value := row.get(name)) is not None:
                shown_ = [each.name for each in pods if each.usage is not None]
                metrics[name] = {pod: _part(value, place, len(shown_)) for place, pod in enumerate(shown_)}
        kinds = {
            kind: [n for n, each in self.metrics.items() if each["type"] == kind] for kind in ("Object", "External")
        }
        objects = {name: row[name] for name in kinds["Object"] if row.get(name) is not None}
        series = {name: row[name] for name in kinds["External"] if row.get(name) is not None}
        external = {name: each if isinstance(each, tuple) else (each,) for name, each in series.items()}
        return Moment(
            at=row["at"], replicas=row.get("replicas"), pods=tuple(pods), pods_metrics=metrics, objects=objects,
            external=external,
        )  # fmt: skip

    def _requested(self) -> Usage:
        found = {name: dict(each) for name, each in self.requests.items()} or {_REST: {}}
        for name, metric in self.metrics.items():
            if metric["type"].endswith("esource"):
                resource = name.rpartition("/")[2]
                whose = name.partition("/")[0] if "/" in name else next(iter(found))
                if not self._known(metric) and self._shares(metric):
                    if not self.requests and whose != _REST:
                        found.pop(_REST, None)
                    found.setdefault(whose, {}).setdefault(resource, _ALONE.get(resource, 1000))
        return found

    def _usage(self, row: Mapping[str, Any], place: int, count: int) -> Usage:
        requests = self._requested()
        found: dict[str, dict[str, int]] = {}
        apart = [name for name, each in self.metrics.items() if each["type"] == "ContainerResource"]
        for name in apart:
            container, _, resource = name.partition("/")
            if (value := row.get(name)) is not None:
                request = requests.get(container, {}).get(resource, 0)
                found.setdefault(container, {})[resource] = _part(value, place, count, request)
        for name, metric in self.metrics.items():
            if metric["type"] == "Resource" and (value := row.get(name)) is not None:
                request = sum(each.get(name, 0) for each in requests.values())
                amount = _part(value, place, count, request)
                rest = amount - sum(each.get(name, 0) for each in found.values())
                found.setdefault(_REST, {})[name] = max(rest, 0)
        # A container without a figure for one resource has none for the pod as a whole.
        resources = [name for name, each in self.metrics.items() if each["type"] == "Resource"]
        for each in found.values():
            for name in resources:
                if row.get(name) is not None:
                    each.setdefault(name, 0)
        return found


def _part(value: Any, place: int, count: int, request: int = 0) -> int:
    """What one of several pods has: a share of its request, its part of a whole, or as much as each."""
    if isinstance(value, Fraction):
        return math.ceil(request * value)
    if isinstance(value, list):
        each, over = divmod(value[0], count)
        return int(each + (place < over))
    return int(value)


def _amount(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"needs a number; got {shown(value)}; write one such as 30, 450m or 1.5Gi")
    text = format(value, "f").rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    if exact(text) < 0:
        raise ValueError(f"is negative; got {shown(value)}; write 0 or more")
    return milli(text)


def between(rows: Iterable[dict[str, Any]], every: float, until: float | None) -> Iterator[dict[str, Any]]:
    """Rows, and between them the moments at which the controller looks again and finds the same.

    Raises:
        InputError: if they are too many.
    """
    every_row = list(rows)
    count = 0
    for number, row in enumerate(every_row):
        last = number + 1 == len(every_row)
        end = (until if until is not None else row["at"]) if last else every_row[number + 1]["at"]
        yield row
        at = row["at"] + every
        while every and (at < end or (last and at <= end)):
            count += 1
            if count > _MOST_MOMENTS:
                do = "look less often with --every, or write less far"
                raise InputError(
                    [Problem((), f"are more than {_MOST_MOMENTS} moments; got {end:g} s by {every:g} s; {do}")]
                )
            yield {**{key: value for key, value in row.items() if key != "replicas"}, "at": at}
            at += every
