"""Which of a chart's values say where its pods run, how many there are, and where their images come from.

Every place in the chart's values that may do so gets a mark of its own; the render then shows which object has which
mark. Marks that the chart refuses are sorted out by halving.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from chart_render import Loader, RefusedError, Render, leaves, with_values

from eks_blueprints.core.charts.model import Workload
from eks_blueprints.core.charts.objects import read

_NAMED = re.compile(r"\.Values\.([A-Za-z0-9_.]+)")
_IMAGE = re.compile(r"image|repository|registry|hub", re.IGNORECASE)
_NO_IMAGE = re.compile(r"tag|pullpolicy|pullsecret|digest|enabled|schedule|name$", re.IGNORECASE)
Mark = Callable[[int], Any]

MARKS: dict[str, Mark] = {
    "replicas": lambda number: 1000 + number,
    "nodeSelector": lambda number: {"mark": f"m{number}"},
    "tolerations": lambda number: [{"key": f"m{number}", "operator": "Exists"}],
    "topologySpreadConstraints": lambda number: [
        {
            "maxSkew": 1,
            "topologyKey": f"m{number}",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"a": "b"}},
        }
    ],
    "priorityClassName": lambda number: f"m{number}",
}


def steering(render: Render, values: Mapping[str, Any], known: list[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Paths that steer each workload, by what they steer; of images by `image/<container>`."""
    found: dict[str, dict[str, set[str]]] = {}
    places = dict.fromkeys(known) | dict(_places(render.folder))
    for what, mark in MARKS.items():
        paths = [path for path in places if _is(what, path, places[path])]
        for chosen in _groups(paths, known):
            for number, _, name in _marked(render, values, chosen, mark, _shown(what)):
                found.setdefault(name, {}).setdefault(what, set()).add(chosen[number])
    images = [path for path, value in places.items() if _is_image(path, value)]
    for chosen in _groups(images, known):
        marked = _marked(render, values, chosen, lambda number: f"m{number}.invalid/x", _images)
        for number, container, name in marked:
            found.setdefault(name, {}).setdefault(f"image/{container}", set()).add(chosen[number])
    return {name: {what: tuple(sorted(at)) for what, at in paths.items()} for name, paths in found.items()}


def _groups(paths: list[str], known: list[str]) -> Iterator[list[str]]:
    """Places that are marked at once: those of this library, and others by how general they are.

    What is special takes the place of what is general, whose mark would then be seen nowhere.
    """
    general = [path for path in paths if path.split(".")[0] in ("global", "defaults")]
    registries = [path for path in paths if "registry" in path.rpartition(".")[2].lower() and path not in general]
    yield [path for path in paths if path in known]
    yield general
    yield registries
    yield [path for path in paths if path not in general and path not in registries]


def _is(what: str, path: str, value: Any) -> bool:
    last = path.rpartition(".")[2]
    if what == "replicas":
        return bool(re.search(r"[rR]eplica(s|Count)?$", last)) and (value is None or type(value) is int)
    return last == what


def _is_image(path: str, value: Any) -> bool:
    last = path.rpartition(".")[2]
    if path.endswith("image.name"):
        return True
    if not isinstance(value, str | None) or _NO_IMAGE.search(last):
        return False
    return bool(_IMAGE.search(path)) or (isinstance(value, str) and bool(re.match(r"[a-z0-9.-]+\.[a-z]+/\S+$", value)))


def _places(folder: Path, below: str = "") -> Iterator[tuple[str, Any]]:
    """Places in the values of a chart and of those that it depends on; also those that only its templates name."""
    file = folder / "values.yaml"
    values = yaml.load(file.read_text(encoding="utf-8"), Loader=Loader) if file.exists() else None  # noqa: S506
    for path, value in _all(values or {}):
        yield below + path, value
    for template in (folder / "templates").rglob("*"):
        if template.is_file():
            for path in _NAMED.findall(template.read_text(encoding="utf-8", errors="replace")):
                if path.rpartition(".")[2] in MARKS:
                    yield below + path, None
    names = aliases(folder)
    for chart in sorted((folder / "charts").glob("*/Chart.yaml")):
        name = chart.parent.name
        yield from _places(chart.parent, f"{below}{names.get(name, name)}.")


def _all(values: Mapping[str, Any], below: str = "") -> Iterator[tuple[str, Any]]:
    for path, value in leaves(values, below):
        yield path, value
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            path = f"{below}{str(key).replace('.', chr(92) + '.')}"
            if key in MARKS:
                yield path, value
            yield from ((p, v) for p, v in _all(value, f"{path}.") if p.rpartition(".")[2] in MARKS)


def aliases(folder: Path) -> dict[str, str]:
    """The keys in a chart's values of charts that it depends on, by their names."""
    found: dict[str, str] = {}
    for file in (folder / "Chart.yaml", folder / "requirements.yaml"):
        chart = yaml.load(file.read_text(encoding="utf-8"), Loader=Loader) if file.exists() else {}  # noqa: S506
        found |= {each["name"]: each.get("alias") or each["name"] for each in chart.get("dependencies") or ()}
    return found


def _marked(
    render: Render, values: Mapping[str, Any], paths: list[str], mark: Mark, shown: Callable[[Workload], Any]
) -> Iterator[tuple[int, Any, str]]:
    """Each mark that a render shows: its number, where in the workload, and the workload's name."""
    for text_of in _rendered(render, values, list(enumerate(paths)), mark):
        for name, workload in text_of.items():
            # A template may add to a number of replicas.
            yield from ((number, where, name) for number, where in shown(workload) if number < len(paths))


def _rendered(
    render: Render, values: Mapping[str, Any], marks: list[tuple[int, str]], mark: Mark
) -> Iterator[Mapping[str, Workload]]:
    if not marks:
        return
    try:
        objects = render.objects(with_values(values, {path: mark(number) for number, path in marks}))
    except (RefusedError, yaml.YAMLError):
        if len(marks) > 1:
            half = len(marks) // 2
            yield from _rendered(render, values, marks[:half], mark)
            yield from _rendered(render, values, marks[half:], mark)
        return
    yield read(objects, render.namespace).workloads


def _shown(what: str) -> Callable[[Workload], Iterator[tuple[int, Any]]]:
    def numbers(workload: Workload) -> Iterator[tuple[int, Any]]:
        if what == "replicas":
            if isinstance(workload.replicas, int) and workload.replicas >= 1000:
                yield workload.replicas - 1000, what
            return
        if what == "nodeSelector":
            texts = [workload.node_selector.get("mark", "")]
        elif what == "tolerations":
            texts = [str(each.get("key", "")) for each in workload.tolerations]
        elif what == "priorityClassName":
            texts = [workload.priority_class]
        else:
            texts = [str(each.get("topologyKey", "")) for each in workload.spread]
        for text in texts:
            if match := re.fullmatch(r"m(\d+)", text):
                yield int(match[1]), what

    return numbers


def _images(workload: Workload) -> Iterator[tuple[int, Any]]:
    for name, container in workload.containers.items():
        for number in re.findall(r"m(\d+)\.invalid", container.image):
            yield int(number), name
