"""A preview as text: a tree by component, with the properties that matter and the lines that things come from."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from eks_blueprints.core.printed import one_line
from eks_blueprints.recording import Plan, PlannedResource, Position
from eks_blueprints.review.preview.account import account_line
from eks_blueprints.review.preview.facts import facts_of, is_imported, short_type
from eks_blueprints.review.preview.run import Finding, Preview
from eks_blueprints.review.preview.support import support_of
from eks_blueprints.review.preview.system_pods import system_pods

_STACK = "pulumi:pulumi:Stack"
_CLUSTER = "aws:eks/cluster:Cluster"
_FOLD_FROM = 3
"""As many siblings of one type are shown as one line."""

_NAME_COLUMN = 32
"""Width of the column of names; a longer one takes what it needs of its own line alone."""

_NAMED = 4
"""As many of them are named in it."""


def render(preview: Preview, *, full: bool = False, width: int | None = None) -> Iterator[str]:
    """The lines of a preview. `full` shows every resource on a line of its own; `width` cuts what is longer."""
    plan = preview.plan
    yield from _title(plan, preview.gaps)
    rows = list(_rows(plan, full=full))
    yield from _aligned(rows, width)
    yield from _outputs(plan, width)
    yield from _findings(preview.findings)
    yield from (f"{click.style('note', fg='yellow')}  {one_line(note)}" for note in preview.notes)
    yield ""
    yield from _support(plan, width)
    if (pods := system_pods(plan)) is not None:
        yield from _quietly(f"system pods: {pods}", width)
    yield _summary(plan)


def _support(plan: Plan, width: int | None) -> Iterator[str]:
    """How long the Kubernetes version of each cluster is supported."""
    for cluster in (each for each in plan.resources if each.type == _CLUSTER):
        if said := support_of(cluster):
            yield from _quietly(said, width)


def _quietly(said: str, width: int | None) -> Iterator[str]:
    text = one_line(said)
    lines = textwrap.wrap(text, max(width, 40), subsequent_indent="  ") if width else [text]
    yield from (click.style(line, dim=True) for line in lines)


def _title(plan: Plan, gaps: Sequence[str]) -> Iterator[str]:
    about = one_line(f"project {plan.project}, {account_line(plan)}")
    title = f"{click.style(one_line(plan.stack), bold=True)}  {click.style(about, dim=True)}"
    if gaps:
        title += f"  {click.style('not followed', fg='yellow')}: {one_line('; '.join(told_gaps(gaps)))}"
    yield title
    yield ""


def told_gaps(gaps: Sequence[str]) -> list[str]:
    """What could not be followed, each once, with a count of what is left out."""
    each = list(dict.fromkeys(gaps))
    return each if len(each) <= _GAPS else [*each[:_GAPS], f"and {len(each) - _GAPS} more"]


_GAPS = 3
"""As many things that could not be followed are named."""


class _Row:
    """One line of the tree: its branches, what it is called, what it says, and where it comes from."""

    __slots__ = ("branch", "facts", "name", "place", "strong", "type")

    def __init__(self, branch: str, kind: str, name: str, facts: str, place: str, *, strong: bool) -> None:
        self.branch, self.strong = branch, strong
        self.type, self.name, self.facts, self.place = (one_line(text) for text in (kind, name, facts, place))


def _rows(plan: Plan, *, full: bool) -> Iterator[_Row]:
    children: dict[str, list[PlannedResource]] = defaultdict(list)
    for resource in plan.resources:
        if resource.type != _STACK:
            children[resource.parent or ""].append(resource)
    for root in plan.resources:
        if root.type != _STACK and _is_root(root):
            yield from _subtree(root, "", "", children, None, full=full)


def _is_root(resource: PlannedResource) -> bool:
    return resource.parent is None or "::pulumi:pulumi:Stack::" in resource.parent


def _subtree(
    resource: PlannedResource,
    branch: str,
    below: str,
    children: Mapping[str, list[PlannedResource]],
    above: PlannedResource | None,
    *,
    full: bool,
) -> Iterator[_Row]:
    place = resource.source if above is None or resource.source != above.source else None
    name = resource.name if full or above is None else _within(resource.name, above.name)
    kind, facts = short_type(resource.type), facts_of(resource)
    yield _Row(branch, kind, name, facts, _at(place), strong=not resource.custom)
    groups = _folded(children[resource.urn], children, full=full)
    for index, group in enumerate(groups):
        last = index == len(groups) - 1
        fork, stem = ("└─ ", "   ") if last else ("├─ ", "│  ")
        if len(group) == 1:
            yield from _subtree(group[0], below + fork, below + stem, children, resource, full=full)
        else:
            yield _fold(group, below + fork, resource)


def _folded(
    siblings: Sequence[PlannedResource], children: Mapping[str, list[PlannedResource]], *, full: bool
) -> list[list[PlannedResource]]:
    """Siblings in groups: resources by type, many of one type together; components as the stack file has them."""
    counts = Counter(r.type for r in siblings if r.custom and not children[r.urn])
    groups: dict[str, list[PlannedResource]] = {}
    for resource in sorted(siblings, key=_rank):
        fold = not full and resource.custom and not children[resource.urn] and counts[resource.type] >= _FOLD_FROM
        groups.setdefault(resource.type if fold else resource.urn, []).append(resource)
    return list(groups.values())


def _rank(resource: PlannedResource) -> tuple[bool, str, int, str]:
    if resource.custom:
        return False, "", 0, short_type(resource.type)
    place = resource.source
    return (True, place.file, place.line, resource.name) if place else (True, "", 0, resource.name)


def _within(name: str, parent: str) -> str:
    """A child's name without its parent's, which stands above it."""
    return name.removeprefix(f"{parent}-")


def _fold(group: Sequence[PlannedResource], branch: str, parent: PlannedResource) -> _Row:
    names = [_within(resource.name, parent.name) for resource in group]
    start = _common_start(names)
    ends = ", ".join(name[len(start) :] or name for name in names[:_NAMED])
    ends += f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    if imported := sum(map(is_imported, group)):
        ends += ", imported" if imported == len(group) else f", {imported} imported"
    return _Row(
        branch, f"{len(group)} × {short_type(group[0].type)}", f"{start}…" if start else "", ends, "", strong=False
    )


def _common_start(names: Sequence[str]) -> str:
    shortest = min(names, key=len)
    length = next((i for i, c in enumerate(shortest) if any(n[i] != c for n in names)), len(shortest))
    return shortest[:length].rpartition("-")[0] + "-" if "-" in shortest[:length] else ""


def _aligned(rows: Sequence[_Row], width: int | None) -> Iterator[str]:
    left = max((len(row.branch) + len(row.type) for row in rows), default=0)
    middle = min(max((len(row.name) for row in rows), default=0), _name_column(left, width))
    for row in rows:
        kind = click.style(row.type, bold=True, fg="cyan") if row.strong else row.type
        pad = " " * (left - len(row.branch) - len(row.type))
        line = f"{click.style(row.branch, dim=True)}{kind}{pad}  {row.name.ljust(middle)}"
        room = (
            None
            if width is None
            else width - left - max(middle, len(row.name)) - 4 - (len(row.place) + 2 if row.place else 0)
        )
        parts = (line, _cut(row.facts, room), click.style(row.place, dim=True) if row.place else "")
        yield "  ".join(part for part in parts if part).rstrip()


def _name_column(left: int, width: int | None) -> int:
    """In a narrow terminal, names leave half of the room to the properties."""
    return _NAME_COLUMN if width is None else max(min(_NAME_COLUMN, (width - left) // 2), 0)


def _outputs(plan: Plan, width: int | None) -> Iterator[str]:
    if not plan.outputs:
        return
    yield ""
    yield click.style("outputs", bold=True)
    longest = max(len(name) for name in plan.outputs)
    for name, value in plan.outputs.items():
        room = None if width is None else width - longest - 4
        yield f"  {one_line(name).ljust(longest)}  {_cut(one_line(shown(value)), room)}"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield ""
    for finding in findings:
        mark = click.style("refused", fg="red") if finding.severity == "error" else click.style("warning", fg="yellow")
        where = f"  {click.style(one_line(_at(finding.position)), dim=True)}" if finding.position else ""
        name = click.style(one_line(finding.name), bold=True)
        yield f"{mark}  {one_line(short_type(finding.type))} {name}: {one_line(finding.message)}{where}"


def _summary(plan: Plan) -> str:
    managed = [r for r in plan.resources if r.custom and "read_id" not in r.options]
    services = Counter(short_type(r.type).split(".")[0] for r in managed if not r.type.startswith("pulumi:providers:"))
    by_service = ", ".join(f"{count} {service}" for service, count in services.most_common())
    imported = sum(1 for resource in managed if is_imported(resource))
    created = len(managed) - imported
    noun = "resource" if created == 1 else "resources"
    total = click.style(f"+ {created} {noun} to create", fg="green", bold=True)
    if imported:
        total += click.style(f", = {imported} to import", fg="cyan", bold=True)
    return f"{total}  {click.style(by_service, dim=True)}"


def shown(value: Any) -> str:
    """A plan's value as a person reads it; secrets and unknowns say that they are."""
    if isinstance(value, Mapping):
        if value.get("$secret"):
            return "[secret]"
        if value.get("$unknown"):
            return f"known after {', '.join(value['from'])}" if value.get("from") else "known later"
        return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return " ".join(str(value).split())


def _at(position: Position | None) -> str:
    return f"{position.file}:{position.line}" if position else ""


def _cut(text: str, room: int | None) -> str:
    if room is None or len(text) <= room:
        return text
    return text[: max(room - 1, 0)] + "…" if room > 1 else ""
