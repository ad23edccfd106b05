"""A Kubernetes object under construction, which remembers the field that each part of it came from.

What a typed field says is put in first; what a user writes in Kubernetes' own words is merged over it as `kubectl`
merges a strategic merge patch: mappings field by field, lists of named entries by their names, `null` removes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.errors import Path, Problem

_NAMED_BY = {
    "containers": ("name",),
    "env": ("name",),
    "ephemeralContainers": ("name",),
    "hostAliases": ("ip",),
    "imagePullSecrets": ("name",),
    "initContainers": ("name",),
    "ports": ("name",),
    "resourceClaims": ("name",),
    "schedulingGates": ("name",),
    "topologySpreadConstraints": ("topologyKey",),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
"""What names the entries of a list, by the field that it stands in; every other list is replaced as a whole.

Source: Kubernetes 1.36, patch merge keys of the OpenAPI schema; ports are named by `name`, as those made here all are.
"""

_CLAIMED = frozenset({"ephemeral", "persistentVolumeClaim"})
"""Volumes of pods that are claims."""

_OUTSIDE = frozenset({"Gateway", "HTTPRoute", "Ingress", "PersistentVolumeClaim", "VolumeSnapshot"})


@dataclass(slots=True)
class Drawing:
    """One object, under the key that its resource's name ends with."""

    key: str
    manifest: dict[str, Any]
    source: Path
    """The field of the workload that the object as a whole comes from."""
    kept: bool = False
    """Whether the object stays in the cluster when it is no longer declared."""
    ignored: tuple[str, ...] = ()
    """Fields that others change in the cluster, and that are left as they are there."""
    _from: dict[Path, tuple[Path, bool]] = field(default_factory=dict)
    """For parts of the manifest: the field of the workload, and whether what is below it is in the same words."""

    def put(self, at: Path, value: Any, came_from: Path, *, as_written: bool = False) -> None:
        """Set a part of the manifest, and what encloses it where that is not there yet."""
        self._inside(at[:-1])[at[-1]] = value
        self._from[at] = (came_from, as_written)

    def tell(self, at: Path, came_from: Path, *, as_written: bool = False) -> None:
        """Say which field a part comes from that exists already."""
        self._from[at] = (came_from, as_written)

    def add(self, at: Path, value: Any, came_from: Path) -> Path:
        """Put an entry at the end of a list; gives its place."""
        entries = self._inside(at[:-1]).setdefault(at[-1], [])
        entries.append(value)
        place = (*at, len(entries) - 1)
        self._from[place] = (came_from, False)
        return place

    def take(self, at: Path, other: Drawing, part: Path) -> None:
        """Set a part of the manifest to one of another object, with the fields that it comes from."""
        inside: Any = other.manifest
        for key in part:
            inside = inside[key]
        self._inside(at[:-1])[at[-1]] = inside
        for path, told in other._from.items():
            if path[: len(part)] == part:
                self._from[*at, *path[len(part) :]] = told

    def patch(self, at: Path, value: Mapping[str, Any], came_from: Path) -> None:
        """Merge what a user wrote in Kubernetes' own words over a part of the manifest."""
        inside = self._inside(at)
        for key, item in value.items():
            self._merge(inside, (*at, key), item, (*came_from, key))

    def _inside(self, at: Path) -> Any:
        """What stands at a path, made where there is nothing yet."""
        inside: Any = self.manifest
        for key in at:
            inside = inside[key] if isinstance(key, int) else inside.setdefault(key, {})
        return inside

    def _merge(self, inside: Any, at: Path, item: Any, came_from: Path) -> None:
        key = at[-1]
        old = inside.get(key)
        if item is None:
            inside.pop(key, None)
        elif isinstance(item, Mapping) and isinstance(old, Mapping):
            inside[key] = dict(old)
            for name, each in item.items():
                self._merge(inside[key], (*at, name), each, (*came_from, name))
            return
        elif isinstance(old, list) and isinstance(item, list) and _named(str(key), item):
            inside[key] = list(old)
            for index, each in enumerate(item):
                self._entry(inside[key], at, each, (*came_from, index))
            return
        else:
            inside[key] = item
        self._from = {path: told for path, told in self._from.items() if path[: len(at)] != at}
        self._from[at] = (came_from, True)

    def _entry(self, entries: list[Any], at: Path, item: Mapping[str, Any], came_from: Path) -> None:
        name = _name(str(at[-1]), item)
        for index, old in enumerate(entries):
            if isinstance(old, Mapping) and _name(str(at[-1]), old) == name:
                entries[index] = dict(old)
                for key, each in item.items():
                    self._merge(entries[index], (*at, index, key), each, (*came_from, key))
                return
        entries.append(item)
        self._from[*at, len(entries) - 1] = (came_from, True)

    def at_its_field(self, problem: Problem) -> Problem:
        """A problem of the manifest, at the field of the workload that it comes from."""
        for length in range(len(problem.path), 0, -1):
            if found := self._from.get(problem.path[:length]):
                came_from, as_written = found
                rest = problem.path[length:] if as_written else ()
                return Problem((*came_from, *rest), problem.message, severity=problem.severity)
        return Problem(self.source, problem.message, severity=problem.severity)

    def field_of(self, path: Path) -> Path:
        """The field of the workload that a part of the manifest comes from."""
        return self.at_its_field(Problem(path, "")).path

    @property
    def makes_outside(self) -> bool:
        """Whether the object makes something outside of the cluster, such as a load balancer or a volume, or keeps it.

        A claim is not deleted while pods mount it, so a workload that mounts claims is deleted before the cluster too.
        """
        spec = self.manifest.get("spec")
        if self.manifest["kind"] in _OUTSIDE or not isinstance(spec, Mapping):
            return self.manifest["kind"] in _OUTSIDE
        retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
        kept = any(_CLAIMED & {*each} for each in _volumes(spec)) or retention.get("whenDeleted") == "Delete"
        return spec.get("type") == "LoadBalancer" or kept


def _volumes(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The volumes of the pods of a workload."""
    job = spec.get("jobTemplate") or {}  # of a CronJob
    spec = job.get("spec") or spec.get("jobTargetRef") or spec  # of KEDA's ScaledJob
    return [*((spec.get("template") or {}).get("spec") or {}).get("volumes", ())]


def named_by(field_name: str, items: list[Any]) -> tuple[str, ...] | None:
    """What names the entries of a list that is merged by them; None for one that is replaced as a whole."""
    return _NAMED_BY[field_name] if _named(field_name, items) else None


def _named(field_name: str, items: list[Any]) -> bool:
    return field_name in _NAMED_BY and all(isinstance(each, Mapping) and _name(field_name, each) for each in items)


def _name(field_name: str, item: Mapping[str, Any]) -> tuple[Any, ...] | None:
    found = tuple(item.get(key) for key in _NAMED_BY[field_name])
    return None if None in found else found
