"""All that needs attention as rows in groups, ranked by harm: the form that the terminal, Markdown and HTML share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eks_blueprints.policies.report import Finding
from eks_blueprints.review.effects import Attention, Level
from eks_blueprints.review.preview.facts import short_type
from eks_blueprints.review.report.model import StackReport
from eks_blueprints.review.report.rights import folded, loud

GROUPS: Mapping[str, str] = {
    "dies": "lost or replaced",
    "opens": "security and policies",
    "refused": "will be refused",
    "stuck": "will get stuck",
    "rolls": "nodes that are replaced",
    "unprotected": "safeguards removed",
    "money": "higher cost",
    "idle": "no effect",
    "unclear": "not known",
}
"""Harms from the worst to the least, and what opens among them, each with its heading."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to look at, or several that are alike in all but their names."""

    level: Level
    title: str
    """Such as `replace`, `mandatory`, `+`."""
    subject: str
    cause: str
    """Words in backticks are code."""
    effect: str = ""
    place: str = ""
    led: tuple[str, ...] = ()


def rows(stack: StackReport) -> Mapping[str, Sequence[Row]]:
    """The rows by group; a group without any is left out."""
    found: dict[str, list[Row]] = {group: [] for group in GROUPS}
    found["opens"] += [*_policies(stack), *_opened(stack)]
    found["refused"] += _findings(stack)
    for harm in GROUPS:
        found[harm] += _alike([item for item in stack.attention if item.harm == harm])
    return {GROUPS[group]: listed for group, listed in found.items() if listed}


def _alike(items: Sequence[Attention]) -> Iterator[Row]:
    """One row for all that differ in nothing but their name."""
    groups: dict[tuple[str, ...], list[Attention]] = {}
    for item in items:
        # What nobody notices needs no line of its own, whatever it is.
        kind = item.type if item.effect else ""
        groups.setdefault((item.level, item.title, kind, item.cause, item.effect), []).append(item)
    for group in groups.values():
        first = group[0]
        types = {item.type for item in group}
        kind = "resources" if len(types) > 1 else short_type(first.type) if first.type else ""
        led = tuple(dict.fromkeys(name for item in group for name in item.led))
        subject = names([item.name for item in group])
        counted = f"{len(group)} {kind}" if len(group) > 1 else kind
        yield Row(first.level, first.title, f"{counted} {subject}".strip(), first.cause, first.effect, first.place, led)


def _policies(stack: StackReport) -> Iterator[Row]:
    for finding in stack.policies.new if stack.policies else ():
        if finding.blocks:
            yield Row("danger", "mandatory", f"{finding.policy} {finding.resource}", finding.message, "", finding.place)


def _opened(stack: StackReport) -> Iterator[Row]:
    for right in folded(loud(stack.security)):
        yield Row(right.level, "+", right.subject, right.text)


def _findings(stack: StackReport) -> Iterator[Row]:
    for each in stack.refused:
        level: Level = "danger" if each.severity == "error" else "warning"
        place = f"{each.position.file}:{each.position.line}" if each.position else ""
        title = "provider refuses" if each.severity == "error" else "doubtful"
        yield Row(level, title, f"{short_type(each.type)} {each.name}", each.message, "", place)


@dataclass(frozen=True, slots=True)
class Told:
    """One finding of the policies, of all resources that it is the same for."""

    policy: str
    severity: str
    resources: str
    what: str
    do: str
    message: str
    place: str


def findings(found: Iterable[Finding]) -> Iterator[Told]:
    """The findings that block nothing; those that block are among what needs attention."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for each in found:
        if not each.blocks:
            groups.setdefault((each.policy, each.message), []).append(each)
    for group in groups.values():
        first = group[0]
        called = list(dict.fromkeys(each.resource for each in group))
        counted = f"{len(called)} resources: " if len(called) > 1 else ""
        what = "; ".join(filter(None, (first.what, f"got {first.got}" if first.got else "")))
        yield Told(first.policy, first.severity, counted + names(called), what, first.do, first.message, first.place)


def names(found: Sequence[str], most: int = 3) -> str:
    """Some names, the first of them in full."""
    shown = ", ".join(found[:most])
    return shown if len(found) <= most else f"{shown} and {len(found) - most} more"
