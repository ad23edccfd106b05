"""A stack's changes as lines of a diff, part by part: the form that the terminal, Markdown and HTML share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eks_blueprints.recording.invokes import ACCOUNT
from eks_blueprints.review.diff.changes import ABSENT, KINDS, Change, Kind, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.renames import Rename
from eks_blueprints.review.diff.words import transition, value
from eks_blueprints.review.preview.facts import facts_of, short_type
from eks_blueprints.review.report.folded import Folded, Shared, fold
from eks_blueprints.review.report.model import StackReport

Mark = Literal["+", "-", "!", " ", "#"]
"""Comes, goes, changes or is replaced, stays, is a remark: GitHub colours lines of a diff by these."""

Line = tuple[Mark, str]

SIGNS = {"create": "+", "import": "=", "update": "~", "replace": "±", "delete": "-", "same": " "}

_MANY_ALIKE = 6
"""From how many resources of one type on their names stand in one line."""

_STAND_IN = re.compile(rf"(?<!\d){ACCOUNT}(?!\d)")


@dataclass(frozen=True, slots=True)
class Part:
    """The changes of one component, or of many resources at once."""

    title: str
    counts: Mapping[Kind, int]
    """Resources whose lines stand here, by what happens to them."""
    lines: Sequence[Line]


def real(text: str) -> str:
    """A text without the account number that a recording answers with: nobody's number looks like somebody's."""
    return _STAND_IN.sub("${aws.account}", text)


def signs(counts: Mapping[Kind, int], between: str = "  ") -> str:
    """Numbers of resources with their signs; imports, of which most changes have none, only where there are some."""
    return between.join(f"{SIGNS[kind]}{number}" for kind, number in counts.items() if number or kind != "import")


def parts(stack: StackReport, *, width: int = 120) -> Iterator[Part]:
    """All that changes, each resource's lines once."""
    folded = fold(stack.diff.resources)
    told = [each for each in stack.diff.resources if folded.told(each)]
    if folded.shared:
        yield Part("many resources at once", _counts(told), [_shared(each, width) for each in folded.shared])
    paired = {each.urn for rename in stack.renames for pair in rename.anew for each in pair}
    for rename in stack.renames:
        if rename.anew:
            yield _renamed(rename, width)
    for title, found in stack.areas().items():
        rest = [each for each in found if each.urn not in paired and not folded.told(each)]
        if rest:
            yield Part(title, _counts(rest), list(_area(rest, folded, width)))
    for inside in stack.insides:
        if inside.lines:
            yield Part(
                f"inside the chart {inside.title}, {inside.how}",
                {},
                [(sign, f"    {text}") for sign, text in inside.lines],
            )


def output_lines(diff: PlanDiff, *, width: int = 120) -> Iterator[Line]:
    """The stack's outputs that change; a new stack's are all new, and say nothing."""
    if diff.old is not None:
        for change in diff.outputs:
            yield from _change_lines(change, width)


def _counts(resources: Sequence[ResourceDiff]) -> Mapping[Kind, int]:
    return {kind: number for kind in KINDS if (number := sum(each.kind == kind for each in resources))}


def _shared(shared: Shared, width: int) -> Line:
    change = shared.change
    forces = "   # forces their replacement" if change.replaces else ""
    what = f"a new value of {_name(change.follows)}" if change.follows else transition(change, width)
    return "!", f"{change.path.removesuffix('[]')}: {what}, on {len(shared.resources)} resources{forces}"


def _renamed(rename: Rename, width: int) -> Part:
    lines: list[Line] = []
    for old, new in rename.anew:
        lines.append(("!", f"-+ {short_type(old.type)} {old.name} → {new.name}"))
        kind = old.type.rpartition(":")[2]
        for key in (path.removeprefix(f"{kind}.") for path in rename.changed if path.startswith(f"{kind}.")):
            before, after = (side.resource.inputs.get(key, ABSENT) for side in (old, new))
            if before != after:
                lines += _change_lines(Change(key, before, after), width)
    number = len(rename.anew)
    return Part(f"renamed {rename.old} → {rename.new}", {"create": number, "delete": number}, lines)


def _area(resources: Sequence[ResourceDiff], folded: Folded, width: int) -> Iterator[Line]:
    """Each resource with its properties; many of a type that have none to show in one line."""
    alike: dict[tuple[str, str, str], list[ResourceDiff]] = {}
    for each in resources:
        if not folded.left.get(each.urn) or each.kind in ("create", "import", "delete"):
            alike.setdefault((each.kind, each.type, _said(each)), []).append(each)
    done: set[str] = set()
    for each in resources:
        if each.urn in done:
            continue
        group = alike.get((each.kind, each.type, _said(each)), [])
        if each in group and len(group) >= _MANY_ALIKE:
            done |= {other.urn for other in group}
            names = ", ".join(other.name for other in group[:3])
            text = f"{SIGNS[each.kind]} {len(group)} × {short_type(each.type)}{_said(each)}"
            yield _mark(each), f"{text}  {names} and {len(group) - 3} more"
            continue
        facts = facts_of(each.resource) if each.kind in ("create", "import") else ""
        tail = f"  {facts}" if facts else _said(each)
        yield _mark(each), f"{SIGNS[each.kind]} {short_type(each.type)} {each.name}{tail}"
        for change in _joined(folded.left.get(each.urn, ())):
            yield from _change_lines(change, width)


def _joined(changes: Sequence[Change]) -> Iterator[Change]:
    """Entries of one list that all take new values of others, as one change."""
    lists: dict[str, list[Change]] = {}
    for each in changes:
        path = re.sub(r"\[\d+\]$", "[]", each.path) if each.follows is not None else each.path
        lists.setdefault(path if each.follows is not None else f"{path} {id(each)}", []).append(each)
    for found in lists.values():
        first = found[0]
        if len(found) == 1:
            yield first
        else:
            path = re.sub(r"\[\d+\]$", "[]", first.path)
            names = ", ".join(_name(each.follows or "") for each in found)
            yield Change(path, first.old, first.new, (), any(each.replaces for each in found), names)


def _mark(each: ResourceDiff) -> Mark:
    marks: dict[str, Mark] = {"create": "+", "import": " ", "delete": "-"}
    return marks.get(each.kind, "!")


def _said(each: ResourceDiff) -> str:
    said = []
    if each.kind == "replace":
        said.append("replaced, old one first" if each.delete_first else "replaced, new one first")
    if each.follows is not None:
        said.append(f"follows {_name(each.follows)}")
    if each.renamed:
        said.append("known by an alias")
    if each.retained:
        said.append("kept in the cloud")
    return f"  ({', '.join(said)})" if said else ""


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _change_lines(change: Change, width: int) -> Iterator[Line]:
    path = f"    {change.path.removesuffix('[]')}"
    cause = "   # forces the replacement" if change.replaces else ""
    if change.follows is not None:
        yield "!", f"{path}: a new value of {_name(change.follows)}{cause}"
    elif change.lines:
        yield "!", f"{path}:{cause}"
        for line in change.lines[:40]:
            mark: Mark = "+" if line.startswith("+") else "-" if line.startswith("-") else " "
            yield mark, f"      {line[1:]}" if not line.startswith("@@") else "      …"
        if len(change.lines) > 40:
            yield "#", f"      {len(change.lines) - 40} more lines"
    else:
        if change.old is not ABSENT:
            yield "-", f"{path}: {value(change.old, width)}{cause}"
        if change.new is not ABSENT:
            yield "+", f"{path}: {value(change.new, width)}{cause}"
