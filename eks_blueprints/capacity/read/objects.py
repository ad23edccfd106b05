"""What a cluster holds besides pods that decides about them: classes, defaults, volumes, Services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eks_blueprints.core.naming import DEFAULT_STORAGE_CLASS
from eks_blueprints.scheduling.selectors import Labels, Selector, selector
from eks_blueprints.scheduling.volumes import Volumes

Manifest = Mapping[str, Any]

READ = (
    *("LimitRange", "Namespace", "PersistentVolume", "PersistentVolumeClaim", "PriorityClass", "RuntimeClass"),
    *("ResourceQuota", "Service", "StorageClass"),
)
"""Kinds of objects that are looked at."""
PRIORITIES: Mapping[str, int] = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""Classes that every cluster has. Source: Kubernetes, "Guaranteed Scheduling For Critical Add-On Pods"."""


class Objects:
    """Objects of a cluster, by kind and name."""

    def __init__(self, manifests: Iterable[Manifest], *, whole: bool = False) -> None:
        """Some objects; of kinds that are not looked at none is kept.

        Args:
            manifests: The objects.
            whole: Whether the cluster has no other objects of the kinds that are there.
        """
        self._by_kind: dict[str, dict[str, Manifest]] = {}
        for each in manifests:
            if (kind := str(each.get("kind"))) in READ:
                self._by_kind.setdefault(kind, {})[_key(kind, each)] = each
        self.whole = whole
        claims, volumes, classes = (
            self.of(kind) for kind in ("PersistentVolumeClaim", "PersistentVolume", "StorageClass")
        )
        self.volumes = Volumes({key: self.with_class(each) for key, each in claims.items()}, volumes, classes)
        self._limits: dict[str, list[Manifest]] = {}
        for each in self.of("LimitRange").values():
            self._limits.setdefault(_namespace(each), []).append(each)
        self._services: dict[tuple[str, str, str], list[Labels]] = {}
        """Selectors of Services by namespace and the first label that they ask for."""
        for each in self.of("Service").values():
            if chosen := (each.get("spec") or {}).get("selector"):
                key, value = next(iter(chosen.items()))
                self._services.setdefault((_namespace(each), str(key), str(value)), []).append(chosen)

    def of(self, kind: str) -> Mapping[str, Manifest]:
        """Objects of one kind by name, those of a namespace as `namespace/name`."""
        return self._by_kind.get(kind, {})

    def has_all(self, kind: str) -> bool:
        """Whether there are no others of a kind."""
        return self.whole and kind in self._by_kind

    @property
    def namespaces(self) -> dict[str, Labels]:
        """Labels of namespaces."""
        return {
            name: {str(key): str(value) for key, value in ((each.get("metadata") or {}).get("labels") or {}).items()}
            for name, each in self.of("Namespace").items()
        }

    def priority(self, spec: Manifest) -> tuple[int, str] | None:
        """The priority of a pod and its preemption policy, as admission writes them; None where its class is not known.

        Args:
            spec: The spec of the pod.
        """
        if isinstance(spec.get("priority"), int):
            return spec["priority"], str(spec.get("preemptionPolicy") or "")
        classes = self.of("PriorityClass")
        name = spec.get("priorityClassName")
        found = next((each for each in classes.values() if each.get("globalDefault") is True), None)
        if name:
            found = classes.get(str(name))
            if found is None:
                return (PRIORITIES[name], "") if name in PRIORITIES else None
        if found is None:
            return 0, str(spec.get("preemptionPolicy") or "")
        return int(found.get("value") or 0), str(spec.get("preemptionPolicy") or found.get("preemptionPolicy") or "")

    def defaults(self, namespace: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What containers of a namespace request, and are limited to, that say nothing: by its LimitRanges."""
        requests: dict[str, Any] = {}
        limits: dict[str, Any] = {}
        for each in self._limits.get(namespace, ()):
            for item in (each.get("spec") or {}).get("limits") or ():
                if item.get("type") == "Container":
                    given = item.get("default") or {}
                    limits = {**given, **limits}
                    requests = {**given, **(item.get("defaultRequest") or {}), **requests}
        return requests, limits

    def kept_apart(self, namespace: str, labels: Labels, owner: Selector | None) -> Selector:
        """Which pods the scheduler keeps a pod apart from by itself: those of its Services and its owner."""
        conditions = list(owner.conditions) if owner is not None else []
        for label in labels.items():
            for chosen in self._services.get((namespace, *label), ()):
                if all(labels.get(key) == value for key, value in chosen.items()):
                    conditions += selector({"matchLabels": chosen}).conditions
        return Selector(tuple(dict.fromkeys(conditions)), nothing=not conditions)

    def with_class(self, claim: Manifest) -> Manifest:
        """A claim, or a template of claims, with the default class where it names none."""
        spec = claim.get("spec") or {}
        default = self.default_class
        if spec.get("storageClassName") is not None or spec.get("volumeName") or default is None:
            return claim
        return {**claim, "spec": {**spec, "storageClassName": default}}

    @property
    def default_class(self) -> str | None:
        """The name of the StorageClass that is used where none is named."""
        for name, each in self.of("StorageClass").items():
            annotations = (each.get("metadata") or {}).get("annotations") or {}
            if str(annotations.get(DEFAULT_STORAGE_CLASS)).lower() == "true":
                return name
        return None


def _key(kind: str, manifest: Manifest) -> str:
    name = str((manifest.get("metadata") or {}).get("name"))
    alone = kind in ("Namespace", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass")
    return name if alone else f"{_namespace(manifest)}/{name}"


def _namespace(manifest: Manifest) -> str:
    return str((manifest.get("metadata") or {}).get("namespace") or "default")
