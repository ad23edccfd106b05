"""Comments of a source, written where the fields went that they are about."""

from __future__ import annotations

from dataclasses import dataclass

from eks_blueprints.core.document import Document, parse
from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.eksctl.build import Build
from eks_blueprints.lifecycle.importers.manifests.comments import commented

_HEADER = (("apiVersion",), ("kind",), ())
"""Parts that say what a file is: what is said about them is about the whole file."""
_BELOW_TITLE = 2


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment of a source."""

    line: int
    text: str
    of: Path
    """The part that it is about: the one on its line, or else the next one below it."""
    beside: bool
    """Whether it stands behind a value."""


def remarks(document: Document, text: str) -> list[Remark]:
    """The comments of a text, each with the part that it is about."""
    places = sorted(
        (place.line, place.column, path) for path, place in {**document.values, **document.keys}.items() if path
    )
    found = []
    for comment in commented(text):
        on = [path for at, _, path in places if at <= comment.line]
        after = [path for at, _, path in places if at > comment.line]
        of = (on[-1:] if comment.behind else after[:1]) or on[-1:] or [()]
        found.append(Remark(comment.line, comment.text, of[0], comment.behind))
    return found


def written(text: str, found: list[Remark], build: Build) -> tuple[str, list[Remark]]:
    """A stack file's text with the comments at the fields that they are about, and those that found none."""
    document = parse(text)
    lines = text.splitlines()
    above: dict[int, list[str]] = {}
    lost = []
    for remark in found:
        if remark.of[:1] in _HEADER:
            above.setdefault(_BELOW_TITLE, []).append(remark.text)
            continue
        target = _target(remark.of, build)
        place = document.place(target, of_key=True) if target else None
        if place is None:
            lost.append(remark)
            continue
        above.setdefault(place.line, []).append(remark.text)
    for path, what in build.yours.items():
        if (place := document.place(path, of_key=True)) is not None:
            above.setdefault(place.line, []).append(f"# yours: {what}")
    result: list[str] = []
    for number, line in enumerate(lines, start=1):
        indent = line[: len(line) - len(line.lstrip())]
        result += [f"{indent}{said}" for said in above.get(number, ())]
        result.append(line)
    told = "\n".join(result) + "\n"
    return (told, lost) if parse(told).data == document.data else (text, found)


def _target(path: Path, build: Build) -> Path | None:
    """Where a part went: it, or the first of what is below it, or else what encloses it."""
    for each, targets in build.became.items():
        if each[: len(path)] == path:
            target = targets[0]
            # What a whole group is about stands at the group.
            return target[:2] if len(path) <= 2 < len(each) and target[0] in ("compute", "addons") else target
    return None
