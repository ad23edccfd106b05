"""Objects of Karpenter that a stack file writes down as manifests, and those of v1beta1 brought to v1.

Source: Karpenter, "v1 Migration" (website, v1.0).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.lifecycle.importers.karpenter.converted import convert
from eks_blueprints.lifecycle.importers.karpenter.objects import KINDS, Object
from eks_blueprints.lifecycle.migrate.data import elements, parts
from eks_blueprints.lifecycle.migrate.model import Data

_OLD = "v1beta1"
_GROUPS = ("karpenter.sh", "karpenter.k8s.aws")
_RENAMED = {
    "karpenter.sh/do-not-consolidate": "karpenter.sh/do-not-disrupt",
    "karpenter.sh/do-not-evict": "karpenter.sh/do-not-disrupt",
}
"""Annotations that 1.0 no longer reads."""
_NOTED = {
    "karpenter.sh/managed-by": "is a tag that 1.0 replaces by eks:eks-cluster-name: look for the new one",
    "karpenter.sh/disruption": "is the taint of nodes that are disrupted before 1.0, and karpenter.sh/disrupted since",
    "compatibility.karpenter.sh/v1beta1-kubelet-conversion": "goes when kubelet stands in the class, before 1.1",
}
"""Keys and values that mean something else since 1.0, and are for people to change."""


@dataclass(slots=True)
class _InFile(Object):
    """An object in a stack file: what is said about it has a path there."""

    told: list[Problem] = field(default_factory=list)

    def note(self, path: Any, text: str) -> None:
        """Say something about a part of it."""
        self.told.append(Problem((*self.path, *path), text))


def _manifests(data: Data) -> Iterator[tuple[Path, Data]]:
    """The objects of add-ons of the kind `manifests`."""
    for name, fields in elements(data, "addons", "manifests").items():
        for key, manifest in (fields.get("manifests") or {}).items():
            if isinstance(manifest, dict):
                yield ("addons", name, "manifests", key), manifest


def _objects(data: Data) -> list[_InFile]:
    found = []
    for path, manifest in _manifests(data):
        group, _, version = str(manifest.get("apiVersion", "")).rpartition("/")
        kind = str(manifest.get("kind", ""))
        if _OLD in KINDS.get((group, kind), ()):
            found.append(_InFile(Document("", {}), path, kind, version, manifest))
    return found


def converted(data: Data) -> Data:
    """The data with all objects of v1beta1 in v1, and the annotations of old under the names of today."""
    found = _objects(data)
    old = [each for each in found if each.version == _OLD]
    convert(list(found))
    for each in old:
        each.data["apiVersion"] = f"{each.data['apiVersion'].rpartition('/')[0]}/v1"
    return data


def told(data: Data) -> list[Problem]:
    """What the conversion changes besides names, and what it leaves to people."""
    found = _objects(copy.deepcopy(data))
    convert(list(found))
    return [problem for each in found for problem in each.told]


def old(data: Data) -> list[Path]:
    """Where objects of v1beta1 stand, wherever in the file."""
    return [
        path
        for path, value in parts(data)
        if isinstance(value, dict)
        and str(value.get("apiVersion", "")).rpartition("/")[0] in _GROUPS
        and str(value.get("apiVersion")).endswith(f"/{_OLD}")
        and "kind" in value
        and "metadata" in value
    ]


def out_of_reach(data: Data) -> list[Problem]:
    """Objects of v1beta1 that are not converted."""
    reached = {each.path for each in _objects(data)}
    do = "write it in v1 by hand, as the migration shows it for others"
    kept = "is a node that Karpenter makes by itself: take it out of the file, its node stays until it is disrupted"
    found = []
    for path in old(data):
        if path in reached:
            continue
        value: Any = data
        for key in path:
            value = value[key]
        why = kept if value.get("kind") == "NodeClaim" else f"is v1beta1, in a part that is not changed; {do}"
        found.append(Problem((*path, "apiVersion"), why))
    return found


def in_the_way(data: Data) -> list[Problem]:
    """Why objects cannot be converted: settings of the kubelet that differ below one class, and Ubuntu's images."""
    found: list[Problem] = []
    settings: dict[str, Any] = {}
    for each in _objects(data):
        if each.version != _OLD:
            continue
        if each.kind == "EC2NodeClass":
            found += _images(each)
            continue
        at: Path = ("spec", "template", "spec", "kubelet")
        owner = str(each.at(("spec", "template", "spec", "nodeClassRef", "name"), ""))
        kubelet = each.at(at, None)
        if settings.setdefault(owner, kubelet) != kubelet:
            do = "give one of the pools a class of its own, which replaces its nodes"
            message = f"differs from that of another pool of the class {owner}, which has one kubelet in v1; {do}"
            found.append(Problem((*each.path, *(at if kubelet is not None else at[:-1])), message))
    return found


def _images(found: _InFile) -> Iterator[Problem]:
    family, terms = found.spec.get("amiFamily"), found.spec.get("amiSelectorTerms")
    at = (*found.path, "spec", "amiFamily")
    if family == "Ubuntu" and not terms:
        yield Problem(at, "is gone in 1.0; got Ubuntu; write amiFamily AL2 with amiSelectorTerms that find its images")
    elif family == "Custom" and "karpenter.sh/unregistered" not in str(found.spec.get("userData", "")):
        do = "have its user data register nodes with the taint karpenter.sh/unregistered=:NoExecute"
        yield Problem(at, f"is refused by 1.0 without a taint; got Custom; {do}")


def renamed(data: Data) -> Data:
    """Annotations that 1.0 no longer reads, under their name of today."""
    for _, value in list(parts(data)):
        if isinstance(value, dict):
            for before, after in _RENAMED.items():
                if before in value:
                    said = value.pop(before)
                    value.setdefault(after, said)
    return data


def noted(data: Data) -> list[Problem]:
    """Keys and values that mean something else since 1.0."""
    found = []
    for path, value in parts(data):
        if path and path[-1] in _NOTED:
            found.append(Problem(path, _NOTED[str(path[-1])]))
        elif isinstance(value, str) and value in _NOTED:
            found.append(Problem(path, _NOTED[value]))
    return found
