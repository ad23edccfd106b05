"""Rules asked about what charts bring along.

What an add-on of this library brings as it is was decided when it was chosen: such a finding is advice, one for each
rule and chart, or accepted where `accepted.toml` says why the add-on cannot do without. What the values of a user make
worse is judged like anything that they write.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

from eks_blueprints.core.charts.model import Rendered
from eks_blueprints.core.errors import Path
from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.definition import Context, Rule
from eks_blueprints.policies.inside import ASKED
from eks_blueprints.policies.inside.contents import Contents
from eks_blueprints.policies.inside.objects import objects
from eks_blueprints.policies.inside.values import told
from eks_blueprints.policies.props import Fault, Undetermined
from eks_blueprints.policies.stack import ANY_OBJECT, Resource, Stack


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says about one chart."""

    fault: Fault | None
    accepted: str = ""
    """Why it is as it has to be."""
    unknown: Undetermined | None = None
    more: int = 0
    """Of how many more objects of the chart it says the same."""
    value: Path = ()
    """Of what a user's value brings about: where that stands in the values."""


def ask(rule: Rule, found: Contents, stack: Stack, context: Mapping[str, Any]) -> Iterator[Answer]:
    """What a rule says about a chart; `context` is what a context has besides the stack and the resource."""
    if found.rendered is None or found.plain is None or rule.id not in ASKED:
        return
    as_it_is, unknown = _faults(rule, found.plain, found, stack, context)
    open_ = {key: value for key, fault in as_it_is.items() if (value := _may_mend(fault, found))}
    yield from _brought(rule, found, {key: fault for key, fault in as_it_is.items() if key not in open_})
    if open_:
        unknown = Undetermined(next(iter(open_.values())), "changes it, and what it changes is not followed")
    if unknown is not None:
        yield Answer(None, unknown=unknown)
    yield from _worse(rule, found, as_it_is, stack, context)
    yield from _said(rule, found, stack, context)


def _brought(rule: Rule, found: Contents, faults: Mapping[tuple[Any, ...], Fault]) -> Iterator[Answer]:
    """One answer for all that a chart brings as it is, and one for each reason for which some of it is accepted."""
    reasons: dict[str, list[Fault]] = {}
    for fault in faults.values():
        reasons.setdefault(_reason(found.kind, rule.id, str(fault.path[0])), []).append(fault)
    for reason, alike in reasons.items():
        first, *others = dict.fromkeys(str(each.path[0]) for each in alike)
        what = f"{alike[0].what}, as its chart has it"
        fault = Fault((first,), what, do="set values of the chart, or waive it", advisory=True)
        yield Answer(fault, reason, more=len(others))


def _may_mend(fault: Fault, found: Contents) -> Path:
    """A value of a user that may mend a fault, by its name, and of which it is not known whether it does."""
    words = [key for key in fault.path[1:] if isinstance(key, str)][-2:]
    words = [key for key in words if key not in _OUTER]
    mending = (path for path in found.unfollowed if words and set(words) <= set(path))
    return next((("values", *path) for path in mending), ())


_OUTER = ("spec", "securityContext", "resources", "metadata")
"""Parts of objects that charts do not always name in their values."""


def _worse(
    rule: Rule, found: Contents, as_it_is: Mapping[tuple[Any, ...], Fault], stack: Stack, context: Mapping[str, Any]
) -> Iterator[Answer]:
    """What is found with the values of the user alone."""
    if found.rendered is None or found.rendered == found.plain:
        return
    with_values, _ = _faults(rule, found.rendered, found, stack, context)
    fresh = {key: fault for key, fault in with_values.items() if key not in as_it_is}
    for key, fault in fresh.items():
        alone = (path for path, one in found.followed.items() if key in _faults(rule, one, found, stack, context)[0])
        yield Answer(fault, value=next(alone, _likely(fault, found)))


def _likely(fault: Fault, found: Contents) -> Path:
    """The value that brings a fault about: the only one, or the one that is called like the property."""
    last = next((key for key in reversed(fault.path) if isinstance(key, str)), "")
    return found.users[0] if len(found.users) == 1 else next((path for path in found.users if last in path), ())


def _said(rule: Rule, found: Contents, stack: Stack, context: Mapping[str, Any]) -> Iterator[Answer]:
    """What values say by their very names, where it is not known what the chart makes of them."""
    for each in told(found.doubtful(), (), found.installed.resource):
        if _is_about(rule, each.resource):
            _, faults, _ = judge(rule, Context(stack, each.resource, **context))
            yield from (Answer(fault, value=each.path) for fault in faults if each.own(fault.path))


def _faults(
    rule: Rule, rendered: Rendered, found: Contents, stack: Stack, context: Mapping[str, Any]
) -> tuple[dict[tuple[Any, ...], Fault], Undetermined | None]:
    """The faults of all objects by what tells them apart, and the first thing that is not known."""
    faults: dict[tuple[Any, ...], Fault] = {}
    unknown: Undetermined | None = None
    for each in _objects(rendered, found, stack):
        if _is_about(rule, each):
            _, here, open_ = judge(rule, Context(stack, each, **context))
            faults |= {(fault.path, fault.what, fault.got): fault for fault in here}
            unknown = unknown or next(iter(open_), None)
    return faults, unknown


def _objects(rendered: Rendered, found: Contents, stack: Stack) -> list[Resource]:
    # By identity: what is rendered is held by the contents, which the stack holds.
    return stack.once(("objects of", id(rendered)), lambda: list(objects(rendered, found.installed)))


def _is_about(rule: Rule, resource: Resource) -> bool:
    return resource.type in rule.types or ANY_OBJECT in rule.types


def _reason(kind: str, rule: str, name: str) -> str:
    table = accepted()
    for each in table["charts"].get(kind, ()):
        if name in each["objects"] and rule in table["sets"][each["set"]]:
            return str(each["reason"])
    return ""


@cache
def accepted() -> dict[str, Any]:
    """What add-ons cannot do without: by kind, the set of rules, the objects and the reason."""
    return tomllib.loads(File(__file__).with_name("accepted.toml").read_text(encoding="utf-8"))
