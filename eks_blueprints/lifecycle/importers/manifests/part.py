"""Objects as a part of a stack file: its namespaces, workloads and add-ons."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.json_values import spelled
from eks_blueprints.core.leaves import element_name
from eks_blueprints.kubernetes.namespace_names import OF_EVERY_CLUSTER
from eks_blueprints.lifecycle.importers.manifests import carried, cleaned, judged, sources, storage
from eks_blueprints.lifecycle.importers.manifests.elements import Built, build
from eks_blueprints.lifecycle.importers.manifests.groups import Group, groups
from eks_blueprints.lifecycle.importers.manifests.members import UnfitError
from eks_blueprints.lifecycle.importers.manifests.original import Original
from eks_blueprints.lifecycle.importers.manifests.secret_values import SecretValues
from eks_blueprints.lifecycle.importers.writing import Note

_AWAITED = ("Ingress", "PersistentVolumeClaim", "Service")
"""Kinds that Pulumi waits for until pods stand behind them."""
_SKIP = "pulumi.com/skipAwait"
_NEEDED = {
    "HorizontalPodAutoscaler": "metrics_server",
    "ScaledObject": "keda",
    "VerticalPodAutoscaler": "vpa",
    "Ingress": "aws_load_balancer_controller",
}
"""Add-ons without which objects of a kind do nothing; an Ingress where it is one of the class `alb`."""


@dataclass(slots=True)
class Part:
    """A part of a stack file, and what there is to say about it."""

    name: str
    """Name of the add-on for what is no workload."""
    data: dict[str, Any]
    originals: list[Original]
    workloads: list[Built] = field(default_factory=list)
    manifests: list[tuple[Original, str]] = field(default_factory=list)
    """Objects that stand as they are, and why."""
    namespaces: list[Original] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    """What it has besides, and why."""
    secrets: SecretValues = field(default_factory=SecretValues)
    unknown: list[str] = field(default_factory=list)
    """Kinds of which nothing is known here."""
    keys: dict[int, str] = field(default_factory=dict)
    """Under which key an object stands among the manifests, by its `id`."""
    notes: list[Note] = field(default_factory=list)
    """Comments, by where they belong in `data`."""
    uncarried: dict[str, list[int]] = field(default_factory=dict)
    """Lines of comments that have no place in it, by file."""


def imported(
    paths: Sequence[str], name: str, *, namespace: str | None = None, addons: Mapping[str, Any] | None = None
) -> Part:
    """The part of a stack file that makes the objects of files and folders.

    Args:
        paths: Files and folders.
        name: Name of the add-on for what is no workload.
        namespace: Where objects stand that name no namespace. Default: `default`.
        addons: Add-ons that the platform has already.

    Raises:
        InputError: with all that is wrong with the objects.
    """
    every = sources.read(paths)
    for found in every:
        cleaned.clean(found)
    judged.place(every, namespace)
    part = Part(name, {}, every, unknown=judged.judge(every))
    for found in every:
        part.secrets.take(found)
    rest = _namespaces(part, namespace)
    rest = _workloads(part, rest)
    _needed(part, addons or {})
    if not addons:
        _storage(part)
    _manifests(part, rest)
    carried.carry(part)
    return part


def _namespaces(part: Part, namespace: str | None) -> list[Original]:
    """Namespaces that are made or needed; gives the objects that are none."""
    made: dict[str, Any] = {}
    rest = []
    for found in part.originals:
        metadata = {key: value for key, value in found.metadata.items() if value and key != "name"}
        plain = found.manifest.keys() <= {"apiVersion", "kind", "metadata", "spec"} and metadata.keys() <= _MARKS
        spec = {key: value for key, value in found.spec.items() if (key, value) != ("finalizers", ["kubernetes"])}
        if found.kind != "Namespace" or found.name in OF_EVERY_CLUSTER or not plain or spec:
            rest.append(found)
            continue
        made[found.name] = metadata
        part.namespaces.append(found)
    own = {each.name for each in rest if each.kind == "Namespace"}
    for name in dict.fromkeys(each.namespace for each in rest):
        if name and name not in made and name not in (*own, *OF_EVERY_CLUSTER):
            made[name] = {}
            why = "--namespace names it" if name == namespace else "objects stand in it"
            part.added.append(f"namespaces.{name}: {why}, and nothing that was read makes it")
    if made:
        part.data["namespaces"] = made
    return rest


_MARKS = frozenset({"annotations", "labels"})


def _workloads(part: Part, every: list[Original]) -> list[Original]:
    """Workloads with what belongs to them; gives the objects that belong to none."""
    taken: set[str] = set()
    for group in groups(every):
        name = _element_name(group, taken)
        try:
            built = _built(group, name)
        except UnfitError as error:
            part.manifests.append((group.controller, f"no workload of this package is the same: {error}"))
            continue
        taken.add(name.replace("_", "-").lower())
        part.workloads.append(built)
        for found in built.made:
            if found.kind == "PersistentVolumeClaim" or _gives_names(found, built):
                _note_unawaited(found)
        part.manifests += [(found, f"not made by {built.name}: {why}") for found, why in built.left]
    if part.workloads:
        part.data["workloads"] = {each.name: {"kind": each.kind, **each.fields} for each in part.workloads}
    made = {id(each) for built in part.workloads for each in built.made}
    return [each for each in every if id(each) not in made]


_DECIDING = ("horizontal_pod_autoscaler", "scaled_object")


def _built(group: Group, name: str) -> Built:
    """The element of a group; where an autoscaler of it decides how many pods there are, without `replicas`.

    Raises:
        UnfitError: if it cannot make the workload itself.
    """
    scaler = next((each.original for each in group.members if each.field in _DECIDING), None)
    spec = group.controller.spec
    if scaler is None or "replicas" not in spec:
        return build(group, name)
    given = spec.pop("replicas")
    try:
        built = build(group, name)
    except UnfitError:
        spec["replicas"] = given
        raise
    if any(each is scaler for each in built.made):
        why = f"{scaler.called} decides it, and each `pulumi up` would set it back"
        group.controller.notes.append(f"spec.replicas: {given} is left out, because {why}")
        return built
    spec["replicas"] = given
    group.members = [each for each in group.members if each.original is not scaler]
    rebuilt = build(group, name)
    rebuilt.left += [(each, why) for each, why in built.left if each is scaler]
    return rebuilt


def _element_name(group: Group, taken: Collection[str]) -> str:
    found = group.controller
    plain = re.sub(r"[^a-z0-9-]+", "-", found.name.lower())
    candidates = (plain, f"{plain}-{found.namespace}", f"{plain[:24]}-{group.kind.replace('_', '-')}")
    for each in (*candidates, *(f"{plain[:36]}-{number}" for number in range(2, len(taken) + 4))):
        name = each if each[:1].isalpha() else f"w-{each}"
        name = name[:40].rstrip("-")
        if name not in taken and not element_name.fault(name):
            return name
    raise AssertionError(found.name)  # there are more candidates than names


def _needed(part: Part, addons: Mapping[str, Any]) -> None:
    """Add the add-ons without which a workload is refused."""
    kinds = {str((fields or {}).get("kind", name)) for name, fields in addons.items()}
    for built in part.workloads:
        for found in built.made:
            addon = _NEEDED.get(found.kind)
            if addon is None or addon in kinds:
                continue
            if found.kind == "Ingress" and found.spec.get("ingressClassName") != "alb":
                continue
            kinds.add(addon)
            part.data.setdefault("addons", {})[addon] = {}
            part.added.append(f"addons.{addon}: {found.called} does nothing without it")


def _storage(part: Part) -> None:
    """Add what makes the volumes of claims, for a platform of which nothing else is said."""
    needed = storage.needed(part.originals)
    if "storage_classes" in needed:
        needed.setdefault("aws_ebs_csi_driver", needed["storage_classes"])
    for addon, found in needed.items():
        part.data.setdefault("addons", {})[addon] = {}
        part.added.append(f"addons.{addon}: {found.called} gets no volume without it")


def _manifests(part: Part, rest: list[Original]) -> None:
    known = {id(found): why for found, why in part.manifests}
    part.manifests = [(found, known.get(id(found), "belongs to no workload, or to several")) for found in rest]
    taken: dict[str, Any] = {}
    for found, _ in part.manifests:
        if found.kind in _AWAITED and not found.metadata.get("generateName"):
            _note_unawaited(found)
            found.metadata["annotations"] = {_SKIP: "true", **(found.metadata.get("annotations") or {})}
        key = next(each for each in _keys(found) if each not in taken)
        taken[key] = spelled(found.manifest)
        part.keys[id(found)] = key
    if taken:
        part.data.setdefault("addons", {})[part.name] = {"kind": "manifests", "manifests": taken}


def _gives_names(found: Original, built: Built) -> bool:
    """Whether it is the Service that gives the pods of a stateful set their names."""
    return found.kind == "Service" and found.name == built.fields.get("headless_service")


def _note_unawaited(found: Original) -> None:
    if _SKIP not in (found.metadata.get("annotations") or {}):
        what = "added, so that Pulumi does not wait for pods that are made later"
        found.notes.append(f'metadata.annotations["{_SKIP}"]: {what}')


def _keys(found: Original) -> Iterator[str]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", found.kind).lower()
    name = re.sub(r"[^a-z0-9]+", "-", (found.name or str(found.metadata.get("generateName"))).lower()).strip("-")
    within = re.sub(r"[^a-z0-9]+", "-", found.namespace)
    yield f"{words}-{name}"[:63].rstrip("-")
    yield f"{words}-{within}-{name}"[:63].rstrip("-")
    number = 2
    while True:
        yield f"{words}-{name}"[:58].rstrip("-") + f"-{number}"
        number += 1
