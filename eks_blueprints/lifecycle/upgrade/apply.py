"""One step of an upgrade, written into the stack file: as a change that can be reviewed and committed by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.core.facts import addon_compatibility as table
from eks_blueprints.karpenter import releases
from eks_blueprints.lifecycle.edits.changes import Change
from eks_blueprints.lifecycle.edits.files import Files, others
from eks_blueprints.lifecycle.edits.files import write as write_files
from eks_blueprints.lifecycle.upgrade.checks.addons import BY_CLUSTER, fits, for_both, newest
from eks_blueprints.lifecycle.upgrade.declared_nodes import minor_in
from eks_blueprints.lifecycle.upgrade.model import Component, Nodes, Situation
from eks_blueprints.lifecycle.upgrade.planned import Step

SETTLING = frozenset({"nodes-first", "hold-nodes", "addons-before"})
"""Steps that settle what stands in the way, and so are written although something does."""
_BEFORE = SETTLING | {"control-plane"}


@dataclass(frozen=True, slots=True)
class Applied:
    """What a step makes of the files."""

    changes: tuple[Change, ...]
    files: Mapping[Path, str]
    """New texts by file; none where all is said already."""
    diff: str
    message: str
    """A message for the commit."""
    shared: tuple[str, ...] = ()
    """Other stack files that extend a file which changes."""


def applied(  # noqa: PLR0917 - the step, and what it is taken from
    stack_file: Path, situation: Situation, target: int, steps: tuple[Step, ...], number: int, given: Mapping[str, str]
) -> Applied:
    """What step `number` of the way to 1.`target`, up or back, makes of a stack file; `given` are releases by group.

    Raises:
        InputError: if there is no such step, it changes no file, its turn has not come, or what to write is not known.
    """
    step = _step(steps, number)
    if step.id not in _BEFORE and (situation.declared or situation.minor) < target:
        first = next(index for index, each in enumerate(steps, 1) if each.id == "control-plane")
        message = (
            f"comes after the control plane, which is at 1.{situation.minor}; got {number}; apply step {first} first"
        )
        raise InputError([Problem(("--step",), message)])
    files = Files(stack_file)
    changes = tuple(change for change in _changes(step, situation, target, given) if files.apply(change))
    changed = files.changed()
    return Applied(
        changes,
        changed,
        files.diff(),
        _message(situation, target, step, number, changes),
        tuple(others(stack_file, changed)),
    )


def write(stack_file: Path, found: Applied) -> None:
    """Write the files; where the platform is no longer valid then, nothing is changed.

    Raises:
        InputError: with what would be invalid.
    """
    write_files(stack_file, found.files)


def _step(steps: tuple[Step, ...], number: int) -> Step:
    if not 1 <= number <= len(steps):
        raise InputError([Problem(("--step",), f"needs a step from 1 to {len(steps)}; got {number}")])
    step = steps[number - 1]
    if not step.edits:
        writing = ", ".join(f"{index} ({each.id})" for index, each in enumerate(steps, 1) if each.edits)
        message = f"changes no file: {step.title}; got {number}; steps that do are {writing}"
        raise InputError([Problem(("--step",), message)])
    return step


def _changes(step: Step, situation: Situation, target: int, given: Mapping[str, str]) -> Iterator[Change]:
    if step.id in _WRITTEN:
        yield from _WRITTEN[step.id](situation, target, given)
    else:
        group = next(each for each in situation.nodes if step.id == f"nodes-{each.name}")
        yield from _nodes(group, target, given)


def _nodes_first(situation: Situation, target: int, given: Mapping[str, str]) -> Iterator[Change]:
    for each in situation.of_kind("managed", "self-managed"):
        if not each.follows and each.minor is not None and each.minor < target - 1:
            yield from _nodes(each, target - 1, given)


def _hold(situation: Situation, target: int, _given: Mapping[str, str]) -> Iterator[Change]:
    for each in situation.of_kind("managed", "self-managed"):
        if each.follows:
            yield Change(("compute", each.name, "version"), f"1.{target - 1}")


def _addons_before(situation: Situation, target: int, _given: Mapping[str, str]) -> Iterator[Change]:
    for component in situation.components:
        yield from _before(component, situation, target)


def _control_plane(_situation: Situation, target: int, _given: Mapping[str, str]) -> Iterator[Change]:
    yield Change(("cluster", "version"), f"1.{target}")


def _nodes_back(situation: Situation, target: int, given: Mapping[str, str]) -> Iterator[Change]:
    for each in situation.of_kind("managed", "self-managed"):
        if each.minor is None or each.minor > target or each.follows:
            yield from _nodes(each, target, given)


def _addons_back(situation: Situation, target: int, _given: Mapping[str, str]) -> Iterator[Change]:
    for each in situation.components:
        to = newest(situation.offered.get(each.name, {}).get(f"1.{target}", ()))
        if each.eks and to and fits(each, situation, target) is False:
            yield Change(("addons", _element(each), "version"), to)


def _before(each: Component, situation: Situation, target: int) -> Iterator[Change]:
    if each.name in BY_CLUSTER or fits(each, situation, target) is not False or each.version is None:
        return
    if each.name == "karpenter":
        yield Change(("compute", each.element, "version"), releases.default_release())
    elif each.eks:
        if both := for_both(each, situation, target):
            yield Change(("addons", _element(each), "version"), both)
    elif each.pinned and (default := _pinned_by_us(each)) and default != each.version:
        yield Change(("addons", each.element, "version"), default)


def _after(situation: Situation, target: int, _given: Mapping[str, str]) -> Iterator[Change]:
    pinned = [
        each.name for each in situation.components if each.eks and each.pinned and each.name not in situation.offered
    ]
    if pinned:
        do = "give --addon-versions FILE, written by aws eks describe-addon-versions"
        raise InputError(
            [Problem(("--addon-versions",), f"is needed for {', '.join(pinned)}, whose versions are pinned; {do}")]
        )
    for each in situation.components:
        if each.eks and (to := _next(each, situation, target)):
            yield Change(("addons", _element(each), "version"), to)


def _next(each: Component, situation: Situation, target: int) -> str | None:
    """The newest version for a Kubernetes minor; of the VPC CNI no more than one minor up."""
    offered = situation.offered.get(each.name, {}).get(f"1.{target}", ())
    here = table.numbers(each.version or "")
    if each.name == "vpc-cni" and here is not None:
        near = [version for version in offered if (table.numbers(version) or here) <= (here[0], here[1] + 1, 10**6)]
        return newest(near)
    return newest(offered)


def _element(each: Component) -> str:
    """Its name in the stack file; of one that stands in none, the name that the catalogue has for it."""
    return each.element or each.name.replace("-", "_")


def _pinned_by_us(each: Component) -> str | None:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.core.elements import element_class, kinds

    kind = each.name.replace("-", "_")
    chart = getattr(element_class(AddOn, kind), "chart", None) if kind in kinds(AddOn) else None
    return getattr(chart, "version", None)


def _nodes(each: Nodes, target: int, given: Mapping[str, str]) -> Iterator[Change]:
    release = given.get(each.name)
    if release is not None and minor_in(release) not in (None, target):
        raise InputError([Problem(("--release",), f"is of another minor than 1.{target}; got {shown(release)}")])
    if each.release is not None and release is None and minor_in(each.release) != target:
        do = f"give --release {each.name}=RELEASE; the plan has the command that tells the newest"
        raise InputError([Problem(("--release",), f"is needed for {each.name}, which pins {each.release}; {do}")])
    yield Change(("compute", each.name, "version"), f"1.{target}")
    if release is not None:
        field = ("release_version",) if each.kind == "managed" else ("image", "release")
        yield Change(("compute", each.name, *field), release)


_WRITTEN: dict[str, Callable[[Situation, int, Mapping[str, str]], Iterator[Change]]] = {
    "nodes-first": _nodes_first,
    "hold-nodes": _hold,
    "addons-before": _addons_before,
    "control-plane": _control_plane,
    "addons-after": _after,
    "rollback-nodes": _nodes_back,
    "rollback-addons": _addons_back,
    "rollback-file": _control_plane,
}
"""What each step writes, by its id; those of one group of nodes are called after it."""


def _message(situation: Situation, target: int, step: Step, number: int, changes: tuple[Change, ...]) -> str:
    said = "\n".join(f"- {change}" for change in changes)
    title = f"{situation.stack}: Kubernetes 1.{target}, step {number}: {step.title}"
    return f"{title}\n\n{step.why[:1].upper()}{step.why[1:]}.\n\n{said}\n"
