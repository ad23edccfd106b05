"""What charts bring along before and after a change: images, kinds, rights, webhooks and access to nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from eks_blueprints.core.charts.model import Rendered, Workload
from eks_blueprints.core.images import parts
from eks_blueprints.policies.inside.contents import Contents, contents
from eks_blueprints.policies.inside.objects import rule
from eks_blueprints.policies.platform import CHARTS
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.rbac import everything, powerful
from eks_blueprints.policies.rules.webhooks import is_custom
from eks_blueprints.policies.stack import Stack
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.renames import Rename

Sign = Literal["+", "-", "!"]

_MOST = 8
"""As many lines of one sort are told of a chart that is new."""


@dataclass(frozen=True, slots=True)
class Inside:
    """How one chart's contents change."""

    resource: ResourceDiff
    chart: str
    old: str | None
    """Version before; None where it was not there."""
    new: str | None
    lines: tuple[tuple[Sign, str], ...] = ()
    how: str = ""
    """Where that is known from."""
    untold: str = ""
    """Why nothing is told; empty where both sides are known."""
    lost: tuple[str, ...] = ()
    """Kinds and versions that go, and who uses them is not known."""
    gained: tuple[str, ...] = ()
    """Rights and access that come, which give much."""

    @property
    def title(self) -> str:
        """The chart and its versions."""
        if self.old == self.new:
            return f"{self.chart} {self.new}"
        return f"{self.chart} {self.old or 'new'} → {self.new or 'gone'}"


def insides(
    diff: PlanDiff, found: Sequence[Rename] = (), sides: tuple[Stack | None, Stack] | None = None
) -> tuple[Inside, ...]:
    """What changes inside the charts of a stack; nothing where the stack itself is new.

    `sides` are the stacks of both plans, where they are made already.
    """
    if diff.old is None:
        return ()
    formers = {new.urn: old for rename in found for old, new in rename.anew}
    gone = {old.urn for old in formers.values()}
    changed = [each for each in diff.resources if each.type in CHARTS and each.urn not in gone]
    if not changed:
        return ()
    old, new = sides or (None, None)
    before, after = (_by_urn(s or Stack.of_plan(plan)) for s, plan in ((old, diff.old), (new, diff.new)))
    told = []
    for each in changed:
        former = formers.get(each.urn, each)
        old_urn = former.old.urn if former.old is not None else ""
        one = _inside(each, before.get(old_urn), after.get(each.urn) if each.new is not None else None)
        if one is not None:
            told.append(one)
    return tuple(told)


def _by_urn(stack: Stack) -> dict[str, Contents]:
    return {each.installed.resource.urn: each for each in contents(stack)}


def _inside(each: ResourceDiff, old: Contents | None, new: Contents | None) -> Inside | None:
    sides = [side for side in (old, new) if side is not None]
    if not sides:
        return None
    chart = sides[-1].installed.chart
    versions = (old.installed.version if old else None, new.installed.version if new else None)
    unknown = list(dict.fromkeys(_unknown(side) for side in sides if side.rendered is None))
    if unknown:
        # A change of values alone is told as such, and its contents were not known before either.
        return Inside(each, chart, *versions, untold=" and ".join(unknown)) if versions[0] != versions[1] else None
    before = (old.rendered if old else None) or Rendered()
    after = (new.rendered if new else None) or Rendered()
    whole = old is None or new is None
    lines = tuple(_few(_brought(before, after)) if whole else compared(before, after))
    if (
        old is not None
        and new is not None
        and (moved := sorted({".".join(path) for path in {*old.unfollowed} ^ {*new.unfollowed}}))
    ):
        lines = (*lines, ("!", f"values whose effect is not known: {', '.join(moved)}"))
    if not lines:
        return None
    how = ", before ".join(dict.fromkeys(side.how for side in reversed(sides)))
    return Inside(
        each,
        chart,
        *versions,
        lines=lines,
        how=how,
        lost=() if whole else tuple(lost(before, after)),
        gained=() if whole else tuple(gained(before, after)),
    )


def _unknown(side: Contents) -> str:
    return f"what version {side.installed.version or 'unknown'} brings is not known"


def _few(lines: Sequence[tuple[Sign, str]]) -> Iterator[tuple[Sign, str]]:
    """The first lines of each sort, and how many more there are."""
    sorts: dict[str, list[tuple[Sign, str]]] = {}
    for sign, text in lines:
        sorts.setdefault(text.partition(" ")[0], []).append((sign, text))
    for sort, found in sorts.items():
        yield from found[:_MOST]
        if len(found) > _MOST:
            yield found[0][0], f"{sort} … and {len(found) - _MOST} more"


def _brought(before: Rendered, after: Rendered) -> list[tuple[Sign, str]]:
    """What is worth saying of a chart that comes or goes as a whole."""
    told = [line for line in compared(before, after) if line[1].split(" ")[0] in ("image", "CRD", "access", "webhook")]
    told += [("-", f"right {each}") for each in sorted(_powerful(before))]
    return told + [("+", f"right {each}") for each in sorted(_powerful(after))]


def compared(before: Rendered, after: Rendered) -> Iterator[tuple[Sign, str]]:
    """What comes, goes and changes, a line for each."""
    yield from _moved("workload", before.workloads.keys(), after.workloads.keys())
    yield from _images(before, after)
    for name in sorted({*before.workloads, *after.workloads}):
        old, new = before.workloads.get(name), after.workloads.get(name)
        one, other = (_access(each) if each else set() for each in (old, new))
        yield from (("-", f"access to nodes of {name}: {', '.join(sorted(one - other))}"),) if one - other else ()
        yield from (("+", f"access to nodes of {name}: {', '.join(sorted(other - one))}"),) if other - one else ()
        if old and new and old.replicas != new.replicas:
            yield "!", f"replicas of {name}: {old.replicas} → {new.replicas}"
    yield from _crds(before, after)
    yield from _moved("API version", before.objects.keys(), after.objects.keys())
    yield from _rights(before, after)
    yield from _webhooks(before, after)


def lost(before: Rendered, after: Rendered) -> Iterator[str]:
    """Kinds that go, and versions of kinds that are no longer served."""
    for name, crd in sorted(before.crds.items()):
        if name not in after.crds:
            yield f"the CRD {name} is removed, and its objects are deleted if Helm deletes it"
        elif gone := sorted(set(crd.versions) - set(after.crds[name].versions)):
            yield f"{name} is no longer served as {', '.join(gone)}, and what is written for it is refused"


def gained(before: Rendered, after: Rendered) -> Iterator[str]:
    """Rights, access to nodes and webhooks that give more than before."""
    yield from (f"has the right {each}" for each in sorted(_powerful(after) - _powerful(before)))
    for name in sorted(after.workloads):
        old = before.workloads.get(name)
        if came := sorted(_access(after.workloads[name]) - (_access(old) if old else set())):
            yield f"has access to nodes by {name}: {', '.join(came)}"
    for name, hook in sorted(after.webhooks.items()):
        failed = before.webhooks.get(name)
        if hook.fails and hook.rules and (failed is None or not failed.fails) and _is_of_the_core(hook.rules):
            yield f"has {'; '.join(hook.rules)} refused while its webhook {name} does not answer"


def _is_of_the_core(rules: Sequence[str]) -> bool:
    versions = [each for text in rules for each in text.split(" ")[1].split(",")]
    return any(not is_custom(each.rpartition("/")[0]) for each in versions)


def _moved(what: str, before: Set[str], after: Set[str]) -> Iterator[tuple[Sign, str]]:
    yield from (("-", f"{what} {each}") for each in sorted(before - after))
    yield from (("+", f"{what} {each}") for each in sorted(after - before))


def _images(before: Rendered, after: Rendered) -> Iterator[tuple[Sign, str]]:
    one, other = (_all_images(side) for side in (before, after))
    gone, come = sorted(one - other), sorted(other - one)
    for image in gone:
        name = parts(image)[0]
        same = [each for each in come if parts(each)[0] == name]
        if len(same) == 1:
            come.remove(same[0])
            yield "!", f"image {name}: {image.removeprefix(name)[1:]} → {same[0].removeprefix(name)[1:]}"
        else:
            yield "-", f"image {image}"
    yield from (("+", f"image {image}") for image in come)


def _all_images(found: Rendered) -> set[str]:
    return {each.image for workload in found.workloads.values() for each in workload.containers.values() if each.image}


def _access(workload: Workload) -> set[str]:
    found = {f"folder {path}" for path in workload.host_paths}
    said = {"network": workload.host_network, "processes": workload.host_pid, "memory": workload.host_ipc}
    found |= {each for each, given in said.items() if given}
    return found | {f"root in {name}" for name, each in workload.containers.items() if each.security.get("privileged")}


def _crds(before: Rendered, after: Rendered) -> Iterator[tuple[Sign, str]]:
    for name in sorted({*before.crds, *after.crds}):
        old, new = before.crds.get(name), after.crds.get(name)
        if old is None or new is None:
            crd = new or old
            yield ("+" if new else "-"), f"CRD {name} ({', '.join(crd.versions) if crd else ''})"
        elif old.versions != new.versions:
            yield "!", f"CRD {name}: {', '.join(old.versions)} → {', '.join(new.versions)}"


Atom = tuple[str, str, str, str, str]
"""The kind of a role, a verb, a group, a resource and a name: as little as a right can be."""


def _rights(before: Rendered, after: Rendered) -> Iterator[tuple[Sign, str]]:
    one, other = (_atoms(side) for side in (before, after))
    yield from (("-", f"right {each}") for each in _regrouped(one - other))
    yield from (("+", f"right {each}") for each in _regrouped(other - one))


def _atoms(found: Rendered) -> set[Atom]:
    atoms: set[Atom] = set()
    for role, rules in found.roles.items():
        kind = role.partition("/")[0]
        for text in rules:
            given = rule(text)
            things = given.get("nonResourceURLs") or given.get("resources", [])
            for verb in given["verbs"]:
                for group in given.get("apiGroups", [""]):
                    for thing in things:
                        names = given.get("resourceNames") or [""]
                        atoms |= {(kind, verb, group, thing, name) for name in names}
    return atoms


def _regrouped(atoms: set[Atom]) -> list[str]:
    """Rights with the same things as one text: `get, list secrets in every namespace`."""
    verbs: dict[tuple[str, ...], list[str]] = {}
    for kind, verb, group, thing, name in sorted(atoms):
        verbs.setdefault((kind, group, thing, name), []).append(verb)
    things: dict[tuple[str, ...], list[str]] = {}
    for (kind, group, thing, name), found in verbs.items():
        things.setdefault((kind, group, ", ".join(found), name), []).append(thing)
    return [_right(kind, group, said, found, name) for (kind, group, said, name), found in things.items()]


def _right(kind: str, group: str, verbs: str, things: Sequence[str], name: str) -> str:
    of = f" of {group}" if group else ""
    named = f" named {name}" if name else ""
    return f"{verbs} {', '.join(things)}{of}{named} in {'every' if kind == 'ClusterRole' else 'its'} namespace"


def _powerful(found: Rendered) -> set[str]:
    """The rights to everything, to read every Secret, or that lead to more."""
    strong: set[str] = set()
    for role, rules in found.roles.items():
        for text in rules:
            given = rule(text)
            props = Props(given)
            if props.has("resources") and (powerful(props) or everything(props)):
                verbs, groups = (", ".join(given[key]) for key in ("verbs", "apiGroups"))
                named = ", ".join(given.get("resourceNames", ()))
                strong.add(_right(role.partition("/")[0], groups, verbs, given["resources"], named))
    return strong


def _webhooks(before: Rendered, after: Rendered) -> Iterator[tuple[Sign, str]]:
    yield from _moved("webhook", before.webhooks.keys(), after.webhooks.keys())
    for name in sorted(before.webhooks.keys() & after.webhooks.keys()):
        one, other = before.webhooks[name], after.webhooks[name]
        if one.fails != other.fails:
            old, new = ("Fail" if each.fails else "Ignore" for each in (one, other))
            yield "!", f"webhook failurePolicy {old} → {new} of {name}"
        if one.rules != other.rules:
            yield "!", f"webhook {name}: {'; '.join(one.rules)} → {'; '.join(other.rules)}"
