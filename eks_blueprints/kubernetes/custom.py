"""Custom resources: by the definition (CRD) beside them, or by that of the add-on that brings their kind."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.errors import Problem, nearest, shown
from eks_blueprints.kubernetes import crds
from eks_blueprints.kubernetes.shapes import group_of
from eks_blueprints.kubernetes.structural import Structural

_GONE: Mapping[tuple[str, str], str] = {
    ("certmanager.k8s.io", "Certificate"): "cert-manager.io/v1",
    ("certmanager.k8s.io", "ClusterIssuer"): "cert-manager.io/v1",
    ("certmanager.k8s.io", "Issuer"): "cert-manager.io/v1",
    ("karpenter.k8s.aws", "AWSNodeTemplate"): "karpenter.k8s.aws/v1 EC2NodeClass",
    ("karpenter.sh", "Machine"): "karpenter.sh/v1 NodeClaim",
    ("karpenter.sh", "Provisioner"): "karpenter.sh/v1 NodePool",
    ("kubernetes-client.io", "ExternalSecret"): "external-secrets.io/v1",
}
"""Kinds that their projects have replaced since, and by what: the upgrade guides of each."""
_LIKE = 0.85
"""How much a group resembles another that is a slip of it."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a kind that a CRD brings."""

    schema: Mapping[str, Any]
    certain: bool = True
    """Whether it is the one that the API server has."""

    def check(self, manifest: Mapping[str, Any]) -> Iterator[Problem]:
        """What its API server would refuse of an object."""
        yield from Structural(self.certain).object(self.schema, manifest)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the kind of an object: its definition, and what is wrong with kind and API version."""

    definition: Definition | None = None
    problems: tuple[Problem, ...] = ()


class Definitions:
    """The kinds that CRDs among some objects bring, and those of the table."""

    def __init__(self, objects: Iterable[Mapping[str, Any]], brought: Mapping[str, str] | None = None) -> None:
        """`brought` has the add-ons of a platform and their versions, empty where these are not known; None where
        nothing is known of the platform."""
        self._known: dict[tuple[str, str], Definition] = {}
        self._served: dict[tuple[str, str], list[str]] = {}
        self._brought = brought
        for manifest in objects:
            if manifest.get("kind") == "CustomResourceDefinition":
                self._read(manifest.get("spec"))

    def of(self, api_version: str, kind: str) -> Told | None:
        """What is known of a kind; None where that is nothing."""
        group = group_of(api_version)
        if (group, kind) in self._served:
            definition = self._known.get((api_version, kind))
            served = self._served[group, kind]
            if definition is not None or not served or api_version.partition("/")[2] in served:
                return Told(definition)
            return Told(None, (_unserved(api_version, kind, served, certain=True),))
        if (known := crds.kind(api_version, kind)) is not None:
            return self._of_table(known, api_version.partition("/")[2])
        found = self._slip(api_version, kind)
        return None if found is None else Told(None, (found,))

    def _of_table(self, known: crds.CustomKind, version: str) -> Told:
        source, certain, problems = self._source(known)
        served = known.served[source]
        api_version = f"{known.group}/{version}"
        if version not in served:
            others = [each for each, versions in known.served.items() if version in versions]
            if self._brought is not None or not others:
                unserved = _unserved(api_version, known.kind, list(served), certain=certain)
                return Told(None, (*problems, unserved))
            source = others[-1]
        return Told(Definition(crds.schema(known, source, version), certain), tuple(problems))

    def _source(self, known: crds.CustomKind) -> tuple[str, bool, list[Problem]]:
        """By what brings a kind it is judged, whether that is certain, and what is wrong with that."""
        pinned = crds.sources()
        names = [name for name in known.served if "@" not in name] or list(known.served)
        if self._brought is None:
            return names[0], False, []
        for name, used in self._brought.items():
            of_minor = f"{name}@{used.rpartition('.')[0]}"
            if of_minor in known.served:
                return of_minor, True, []
            if name in known.served:
                if of_minor in pinned:
                    what = f"is a kind of {name} {pinned[name]}; got {known.kind} with {used}"
                    do = f"upgrade {name}, or remove it"
                    return name, False, [Problem(("kind",), f"{what}; {do}", severity="warning")]
                return name, used == pinned[name], []
        listed = " or ".join(names[:3])
        what = f"is a kind that {listed} installs; got a platform without"
        do = "add it, unless the kind's CRD is installed elsewhere"
        return names[0], False, [Problem(("kind",), f"{what}; {do}", severity="warning")]

    def _slip(self, api_version: str, kind: str) -> Problem | None:
        group = group_of(api_version)
        if (successor := _GONE.get((group, kind))) is not None:
            what = "has been replaced by its project"
            return Problem(("apiVersion",), f"{what}; got {api_version} {kind}; write {successor}", severity="warning")
        here = {each.kind: each for each in crds.kinds() if each.group == group}
        elsewhere = [each for each in crds.kinds() if each.kind == kind]
        for other in elsewhere:
            alike = difflib.SequenceMatcher(None, group, other.group).ratio() >= _LIKE
            akin = any(each.served.keys() & other.served.keys() for each in here.values())
            if alike or akin:
                offer = f"{other.group}/{_best(other)}"
                what = f"has no kind {kind}; got {shown(api_version)}"
                return self._doubt(other if akin else None, ("apiVersion",), f"{what}; did you mean {offer}?")
        near = nearest(kind, here)
        if near is None:
            return None
        return self._doubt(here[near], ("kind",), f"no such kind; got {shown(kind)}; did you mean {near}?")

    def _doubt(self, meant: crds.CustomKind | None, path: tuple[str], message: str) -> Problem:
        certain = meant is not None and self._brought is not None and self._source(meant)[1]
        return Problem(path, message, severity="error" if certain else "warning")

    def _read(self, spec: Any) -> None:
        if not isinstance(spec, Mapping):
            return
        group, names = spec.get("group"), spec.get("names")
        kind = names.get("kind") if isinstance(names, Mapping) else None
        versions = spec.get("versions")
        if not (isinstance(group, str) and isinstance(kind, str)):
            return
        served = self._served.setdefault((group, kind), [])
        for version in versions if isinstance(versions, list | tuple) else ():
            if not isinstance(version, Mapping) or version.get("served") is False:
                continue
            served.append(str(version.get("name")))
            schema = version.get("schema")
            schema = schema.get("openAPIV3Schema") if isinstance(schema, Mapping) else None
            if isinstance(schema, Mapping):
                self._known[f"{group}/{version.get('name')}", kind] = Definition(schema)


def _unserved(api_version: str, kind: str, served: list[str], *, certain: bool) -> Problem:
    group = group_of(api_version)
    offer = f"{group}/{_newest(served)}"
    what = f"is not a valid version that {kind} is served in; got {shown(api_version)}; write {offer}"
    return Problem(("apiVersion",), what, severity="error" if certain else "warning")


def _best(kind: crds.CustomKind) -> str:
    return _newest([version for versions in kind.served.values() for version in versions])


def _newest(versions: list[str]) -> str:
    """The version that an API server prefers: stable before beta before alpha, then the highest."""
    return max(versions, key=lambda each: ("alpha" not in each, "beta" not in each, len(each), each))
