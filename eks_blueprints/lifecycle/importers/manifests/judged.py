"""What an API server would refuse of objects, and in which namespaces they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.kubernetes import check, crds
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import of
from eks_blueprints.lifecycle.importers.manifests.original import Key, Original


def place(every: Sequence[Original], namespace: str | None) -> None:
    """Give objects that name no namespace the one that they are put into; those of the whole cluster have none."""
    scopes = {
        (str(found.spec.get("group")), str(names.get("kind"))): found.spec.get("scope")
        for found in every
        if found.kind == "CustomResourceDefinition" and isinstance(names := found.spec.get("names"), dict)
    }
    shapes = of(None)
    for found in every:
        version = str(found.manifest["apiVersion"])
        known = shapes.kind(version, found.kind)
        scope = scopes.get((version.partition("/")[0], found.kind))
        told = crds.kind(version, found.kind)
        custom = scope == "Namespaced" if scope is not None else told is not None and told.namespaced
        if known is not None and not known.namespaced:
            if found.metadata.pop("namespace", None):
                found.notes.append("metadata.namespace: left out, the kind is of the whole cluster")
        elif not found.namespace and (known is not None or custom):
            found.metadata["namespace"] = namespace or "default"


def judge(every: Sequence[Original]) -> list[str]:
    """Refuse what an API server would refuse; gives the kinds of which nothing is known.

    Raises:
        InputError: with every problem, each at its place.
    """
    problems = list(_twice(every))
    custom = Definitions(each.manifest for each in every)
    unknown: set[str] = set()
    for found in every:
        checked = check.Checked()
        check.check(found.manifest, of(None), custom, checked)
        problems += [found.problem(each.message, each.path) for each in checked.problems if each.severity == "error"]
        unknown |= {kind for _, kind in checked.unknown}
    if problems:
        raise InputError(problems)
    return sorted(unknown)


def _twice(every: Sequence[Original]) -> Iterator[Problem]:
    seen: dict[Key, Original] = {}
    for found in every:
        if not found.name:
            continue
        first = seen.setdefault(found.key, found)
        if first is not found:
            message = f"is written down twice; got {found.called} at {first.place} too; keep one of them"
            yield found.problem(message, ("metadata", "name"))
