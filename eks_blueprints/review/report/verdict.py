"""The one line that a busy reader reads: what a change does, from the worst to the least.

One rule of counting holds everywhere. Signs and tables count resources. A verdict counts causes, and says how many
resources they take along; both add up to the signs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.review.diff.changes import ResourceDiff
from eks_blueprints.review.diff.imports import is_unchanged
from eks_blueprints.review.effects import Attention, Harm
from eks_blueprints.review.effects.losses import CLUSTER

if TYPE_CHECKING:
    from eks_blueprints.review.report.model import Report, StackReport

_ON_IT = "everything on it must be deployed again"


_COUNTED = ("replace", "delete", "rename", "let go")
"""Titles of what dies that the signs count too."""


def verdict(report: Report) -> str:
    """The line; empty where nothing is worth a word."""
    return "; ".join(_said(report))


def _said(report: Report) -> Iterator[str]:
    if report.errors:
        yield f"{count(len(report.errors), 'stack')} cannot be rendered"
    yield from _dies(report)
    if ended := sum(item.title not in _COUNTED for item in _of(report, "dies")):
        yield f"{count(ended, 'loss', 'losses')} without a replacement or deletion"
    if blocked := sum(f.blocks for each in report.stacks if each.policies for f in each.policies.new):
        yield f"{count(blocked, 'mandatory policy', 'mandatory policies')} not met"
    if opened := sum(item.level != "note" for each in report.stacks for item in each.security if item.added):
        yield f"{count(opened, 'security change')} to look at"
    if invalid := sum(f.severity == "error" for each in report.stacks for f in each.refused):
        yield f"{count(invalid, 'input')} a provider would refuse"
    if refused := len(_of(report, "refused")):
        yield f"{count(refused, 'change')} that will be refused"
    if stuck := len(_of(report, "stuck")):
        yield f"{count(stuck, 'change')} that will get stuck"
    if rolling := {item.name for item in _of(report, "rolls")}:
        yield f"nodes of {count(len(rolling), 'group or pool', 'groups or pools')} are replaced"
    if ended := len(_of(report, "unprotected")):
        yield f"{count(ended, 'safeguard')} removed"
    yield from _costs(report)
    if idle := len(_of(report, "idle", notes=True)):
        yield f"{count(idle, 'edit')} without effect"
    if unclear := len(_of(report, "unclear", notes=True)):
        yield f"{count(unclear, 'outcome')} not known"
    yield from _imports(report)


def _imports(report: Report) -> Iterator[str]:
    imported = [each for stack in report.stacks for each in stack.diff.of("import")]
    if not imported:
        return
    other = sum(not is_unchanged(each) for each in imported)
    changes = f"may change {other if other < len(imported) else 'all'} of them" if other else "changes none of them"
    if len(imported) == 1:
        changes = "may change it" if other else "does not change it"
    yield f"imports {count(len(imported), 'resource')}, {changes}"


def _of(report: Report, harm: Harm, *, notes: bool = False) -> list[Attention]:
    found = [item for each in report.stacks for item in each.attention if item.harm == harm]
    return [item for item in found if notes or item.level != "note"]


def _dies(report: Report) -> Iterator[str]:
    clusters = [(stack, each) for stack in report.stacks for each in _clusters(stack)]
    yield from _replaced_clusters([(s, each) for s, each in clusters if each.kind == "replace"])
    renamed = [rename for stack in report.stacks for rename in stack.renames if rename.anew]
    if len(renamed) == 1:
        (only,) = renamed
        anew = f"{only.old} renamed to {only.new}: {count(len(only.anew), 'resource')} replaced"
        cluster = any(old.type == CLUSTER for old, _ in only.anew)
        yield f"{anew}, the cluster empty and with a new endpoint; {_ON_IT}" if cluster else anew
    elif renamed:
        yield f"{len(renamed)} renames: {sum(len(each.anew) for each in renamed)} resources replaced"
    yield from _other_replacements(report, bool(clusters))
    for stack, each in clusters:
        if each.kind == "delete":
            yield f"the cluster {_name(each)} is deleted with everything on it{_in(report, stack)}"
    if deleted := report.counts["delete"] - sum(len(each.anew) for each in renamed):
        yield count(deleted, "deletion")


def _clusters(stack: StackReport) -> list[ResourceDiff]:
    """The clusters that end, but for those that a rename tells of."""
    told = {old.urn for rename in stack.renames for old, _ in rename.anew}
    return [each for each in stack.diff.of("replace", "delete") if each.type == CLUSTER and each.urn not in told]


def _replaced_clusters(found: list[tuple[StackReport, ResourceDiff]]) -> Iterator[str]:
    if not found:
        return
    along = sum(len(_taken(stack, cluster)) for stack, cluster in found)
    taking = f", taking {along} along" if along else ""
    names = ", ".join(_name(cluster) for _, cluster in found)
    if len(found) == 1:
        yield f"the cluster {names} is replaced{taking}: empty, with a new endpoint; {_ON_IT}"
    else:
        yield f"{len(found)} clusters ({names}) are replaced{taking}: empty, with new endpoints; {_ON_IT}"


def _taken(stack: StackReport, cluster: ResourceDiff) -> set[str]:
    """URNs of the replacements that go with a cluster, as its row tells them."""
    led = {n for a in stack.attention if a.type == CLUSTER and a.name == cluster.name for n in a.led}
    return {each.urn for each in stack.diff.of("replace") if each.name in led}


def _other_replacements(report: Report, clusters: bool) -> Iterator[str]:
    roots = along = 0
    for stack in report.stacks:
        ended = [each for each in _clusters(stack) if each.kind == "replace"]
        told = {each.urn for each in ended}.union(*(_taken(stack, each) for each in ended))
        rest = [each for each in stack.diff.of("replace") if each.urn not in told]
        own = sum(each.leader is None for each in rest)
        roots, along = roots + own, along + len(rest) - own
    if roots or along:
        more = "more " if clusters else ""
        taking = f" taking {along} along" if along else ""
        yield f"{roots} {more}{'replacement' if roots == 1 else 'replacements'}{taking}"


def _name(cluster: ResourceDiff) -> str:
    name = (cluster.old or cluster.resource).inputs.get("name")
    return name if isinstance(name, str) and "${" not in name else cluster.name


def _in(report: Report, stack: StackReport) -> str:
    return f" ({stack.stack})" if len(report.stacks) > 1 else ""


def _costs(report: Report) -> Iterator[str]:
    dear = [
        each for each in report.stacks if any(i.harm == "money" and i.title == "costs more" for i in each.attention)
    ]
    for stack in dear[:3]:
        item = next(i for i in stack.attention if i.harm == "money" and i.title == "costs more")
        yield item.effect.partition(", ")[0] + _in(report, stack)
    if len(dear) > 3:
        yield f"{len(dear) - 3} more stacks cost more"
    if unlimited := sum(item.title == "unlimited" for item in _of(report, "money")):
        yield f"{count(unlimited, 'cost')} without a known limit"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"
