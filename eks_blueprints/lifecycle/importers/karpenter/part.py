"""Pools and classes of nodes as elements of `compute`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.core.secret_text import inside
from eks_blueprints.core.spec import Reference, Spec
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.node_class import NodeClass
from eks_blueprints.karpenter.node_overlay import NodeOverlay
from eks_blueprints.karpenter.node_pool import NodePool
from eks_blueprints.lifecycle.importers.karpenter import objects
from eks_blueprints.lifecycle.importers.karpenter.converted import convert
from eks_blueprints.lifecycle.importers.karpenter.fields import fields_of
from eks_blueprints.lifecycle.importers.karpenter.objects import Object

_BUILT_IN = ("general-purpose", "system")
_WRITTEN_ANNOTATIONS = ("kubectl.kubernetes.io/", "karpenter.sh/", "karpenter.k8s.aws/", "eks.amazonaws.com/")
LIFTED = {
    "kubernetes.io/arch": "architectures",
    "topology.kubernetes.io/zone": "zones",
    "karpenter.sh/capacity-type": "capacity_types",
    "node.kubernetes.io/instance-type": "instance_types",
    "kubernetes.io/os": "operating_systems",
    "karpenter.k8s.aws/instance-category": "instance_categories",
    "karpenter.k8s.aws/instance-family": "instance_families",
    "karpenter.k8s.aws/instance-size": "instance_sizes",
    "eks.amazonaws.com/instance-category": "instance_categories",
    "eks.amazonaws.com/instance-family": "instance_families",
    "eks.amazonaws.com/instance-size": "instance_sizes",
}
"""Labels that have a field of their own where a pool asks for some of their values."""
_KINDS: dict[str, tuple[str, type[Spec]]] = {
    "EC2NodeClass": ("karpenter", Ec2NodeClass),
    "NodeClass": ("auto_mode", NodeClass),
}


@dataclass(slots=True)
class Part:
    """What some objects became."""

    objects: list[Object]
    compute: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Elements by the kind that each has."""
    became: list[tuple[Object, str]] = field(default_factory=list)
    """Objects, and where each went."""

    def named(self, name: str | None) -> dict[str, dict[str, Any]]:
        """The elements under their names: those of the kinds, or one of the user's choice for Karpenter's."""
        return {name if name and kind == "karpenter" else kind: said for kind, said in self.compute.items()}


def imported(files: Sequence[str]) -> Part:
    """The elements that the objects of some files make.

    Raises:
        InputError: with all that is wrong with the files.
    """
    found = objects.read(files)
    convert(found)
    part = Part(found)
    for each in found:
        if each.kind == "NodePool":
            _pool(part, each)
        elif each.kind == "NodeOverlay":
            _put(part, each, "karpenter", "node_overlays", fields_of(each, each.spec, NodeOverlay, ("spec",)))
        else:
            kind, spec = _KINDS[each.kind]
            _put(part, each, kind, "node_classes", _without_secrets(each, fields_of(each, each.spec, spec, ("spec",))))
    for kind, element in part.compute.items():
        _check_classes(part, kind, element)
    return part


def _without_secrets(found: Object, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a class, without user data that holds a secret: the stack file names it."""
    text = fields.get("user_data")
    secrets = list(dict.fromkeys(inside(text))) if isinstance(text, str) else []
    if not secrets:
        return fields
    key = f"{found.name.replace('.', '-')}-user-data"
    do = f"write the text into a file and run: pulumi config set --secret {key} < FILE; better, read it on the node"
    found.note(
        ("spec", "userData"),
        f"holds what looks like a secret ({', '.join(secrets)}): {{secret: {key}}} stands for it; {do}",
    )
    return {**fields, "user_data": Reference(secret=key)}


def _put(part: Part, found: Object, kind: str, group: str, fields: dict[str, Any]) -> None:
    marks = _marks(found)
    said = {**({"metadata": marks} if marks else {}), **fields}
    element = part.compute.setdefault(kind, {"kind": kind})
    element.setdefault(group, {})[found.name] = said
    part.became.append((found, f"compute.{kind}.{group}.{found.name}"))


def _marks(found: Object) -> dict[str, Any]:
    """Labels and annotations of the object itself, without those that controllers and kubectl write."""
    said: dict[str, Any] = {}
    for group in ("labels", "annotations"):
        marks = found.metadata.get(group)
        if isinstance(marks, dict):
            kept = {key: value for key, value in marks.items() if not str(key).startswith(_WRITTEN_ANNOTATIONS)}
            if gone := [key for key in marks if key not in kept]:
                found.note(
                    ("metadata", group), f"left out {', '.join(map(str, gone))}, which a controller or kubectl writes"
                )
            if kept:
                said[group] = kept
    return said


def _pool(part: Part, found: Object) -> None:
    template = found.spec.get("template") or {}
    node = dict(template.get("spec") or {})
    reference = node.pop("nodeClassRef", None) or {}
    auto = reference.get("group") == "eks.amazonaws.com" or reference.get("kind") == "NodeClass"
    if auto and found.name in _BUILT_IN:
        found.note(
            ("metadata", "name"), f"is a pool of Auto Mode's own: write cluster.auto_mode.node_pools: [{found.name}]"
        )
        return
    at: Path = ("spec", "template", "spec")
    said: dict[str, Any] = {}
    if reference.get("name", "default") != "default":
        said["node_class"] = reference["name"]
    requirements = node.pop("requirements", None) or []
    said |= _requirements(requirements, auto=auto)
    marks = template.get("metadata") or {}
    said |= {key: marks[key] for key in ("labels", "annotations") if marks.get(key)}
    said |= fields_of(found, node, NodePool, at)
    rest = {key: value for key, value in found.spec.items() if key != "template"}
    said |= fields_of(found, rest, NodePool, ("spec",))
    _put(part, found, "auto_mode" if auto else "karpenter", "node_pools", said)


def _requirements(found: list[Any], *, auto: bool) -> dict[str, Any]:
    """Conditions that have a field of their own, and the others as they are."""
    said: dict[str, Any] = {}
    others = []
    for given in found:
        each = dict(given) if isinstance(given, dict) else {"key": given}
        name = LIFTED.get(str(each.get("key")))
        plain = each.get("operator") == "In" and each.get("values") and each.keys() <= {"key", "operator", "values"}
        if name is None or not plain or name in said or (auto and name == "operating_systems"):
            others.append({"min_values" if key == "minValues" else key: value for key, value in each.items()})
        else:
            said[name] = list(each["values"])
    return said | ({"requirements": others} if others else {})


def _check_classes(part: Part, kind: str, element: dict[str, Any]) -> None:
    """Say of pools whose class is not there where it has to come from."""
    known = element.get("node_classes", {})
    for found, place in part.became:
        if f"compute.{kind}.node_pools." not in place:
            continue
        name = element["node_pools"][found.name].get("node_class", "default")
        if name not in known and not (kind == "auto_mode" and name == "default"):
            found.note(
                ("spec", "template", "spec", "nodeClassRef", "name"),
                f"names {name}, which is not among the files: import it too",
            )
