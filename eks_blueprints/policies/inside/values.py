"""Values of users of which nobody knows what a chart makes of them, and what they ask for by their very names.

Charts call `hostNetwork`, `privileged` or the rules of a role what Kubernetes calls them; so rules about pods and roles
are asked about such parts of values, as far as these say something themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.policies.embedded import type_of
from eks_blueprints.policies.inside.paths import Path
from eks_blueprints.policies.stack import Resource

_OF_PODS = frozenset({"hostNetwork", "hostPID", "hostIPC"})
_OF_SECURITY = frozenset(
    {
        *("privileged", "allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "runAsUser", "seccompProfile"),
        *("seLinuxOptions", "procMount", "windowsOptions"),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """A part of values that reads like a part of an object."""

    path: Path
    resource: Resource
    """An object that holds it and nothing else."""

    def own(self, fault: tuple[Any, ...]) -> bool:
        """Whether a fault at a path of the object is about what is said, and not about what is missing."""
        value: Any = self.resource.inputs
        for key in fault:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return False
        return True


def told(values: Any, below: Path, like: Resource) -> Iterator[Told]:
    """The parts of values that read like parts of pods and roles; `like` is what they are values of."""
    if isinstance(values, list):
        for index, each in enumerate(values):
            yield from told(each, (*below, str(index)), like)
    if not isinstance(values, Mapping):
        return
    if said := {key: value for key, value in values.items() if key in _OF_PODS}:
        yield from _each(said, below, lambda part: _pod(part, like))
    if said := {key: value for key, value in values.items() if key in _OF_SECURITY}:
        yield from _each(said, below, lambda part: _pod({"containers": [{"securityContext": part}]}, like))
    if isinstance(values.get("hostPath"), Mapping):
        yield Told((*below, "hostPath"), _pod({"volumes": [{"hostPath": values["hostPath"]}]}, like))
    if {"verbs", "resources"} <= values.keys():
        yield Told(below, _made("rbac.authorization.k8s.io/v1", "ClusterRole", {"rules": [values]}, like))
    for key, value in values.items():
        yield from told(value, (*below, str(key)), like)


def _each(said: Mapping[str, Any], below: Path, make: Any) -> Iterator[Told]:
    for key, value in said.items():
        yield Told((*below, key), make({key: value}))


def _pod(spec: Mapping[str, Any], like: Resource) -> Resource:
    return _made("apps/v1", "Deployment", {"spec": {"template": {"spec": dict(spec)}}}, like)


def _made(version: str, kind: str, body: Mapping[str, Any], like: Resource) -> Resource:
    namespace = like.inputs.get("namespace")
    metadata = {"namespace": namespace} if namespace is not None else {}
    inputs = {"apiVersion": version, "kind": kind, "metadata": metadata, **body}
    return like.carried("values", type_of(version, kind), inputs)
