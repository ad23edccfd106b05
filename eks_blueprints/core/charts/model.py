"""What a chart renders, as far as platforms have to know it; values that write themselves down as compact JSON."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a pod."""

    image: str
    init: bool = False
    """Whether it has to end before the others start."""
    requests: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    security: Mapping[str, Any] = field(default_factory=dict)
    """Its `securityContext`."""
    host_ports: tuple[int, ...] = ()
    """Ports of the node that it takes."""
    image_at: tuple[str, ...] = ()
    """Paths in the chart's values that say where its image comes from: a registry, a repository, or the whole image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A volume that is asked for."""

    storage_class: str | None = None
    """Its StorageClass; None for the cluster's default."""
    modes: tuple[str, ...] = ()
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What runs pods: a Deployment, DaemonSet, StatefulSet, Job or CronJob."""

    namespace: str = ""
    """Its namespace; empty for the release's."""
    replicas: int = 1
    """How many pods it is given; of a DaemonSet no number is known."""
    service_account: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of its pods."""
    containers: Mapping[str, Container] = field(default_factory=dict)
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Mapping[str, Any], ...] = ()
    affinity: tuple[Mapping[str, Any], ...] = ()
    """Node selector terms that nodes have to match, any of them."""
    pod_affinity: Mapping[str, Any] = field(default_factory=dict)
    """Its `podAffinity` and `podAntiAffinity`."""
    spread: tuple[Mapping[str, Any], ...] = ()
    """Its `topologySpreadConstraints`."""
    priority_class: str = ""
    """Its `priorityClassName`."""
    host_network: bool = False
    host_pid: bool = False
    host_ipc: bool = False
    host_paths: tuple[str, ...] = ()
    """Folders of the node that it mounts."""
    security: Mapping[str, Any] = field(default_factory=dict)
    """The `securityContext` of its pods."""
    hook: str = ""
    """Helm hooks that it runs at; empty for what stays."""
    claims: Mapping[str, Claim] = field(default_factory=dict)
    """Volumes that each of its pods asks for."""
    at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Paths in the chart's values from which it takes `replicas`, `nodeSelector`, `tolerations`,
    `topologySpreadConstraints` and `priorityClassName`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An admission webhook: what it is asked about, and what happens when it does not answer."""

    mutating: bool = False
    fails: bool = True
    """Whether what it cannot be asked about is refused."""
    rules: tuple[str, ...] = ()
    """What it is asked about, as `CREATE,UPDATE apps/v1 deployments`."""
    namespaces: Mapping[str, Any] = field(default_factory=dict)
    """Its `namespaceSelector`."""
    objects: Mapping[str, Any] = field(default_factory=dict)
    """Its `objectSelector`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crd:
    """A kind that is brought."""

    kind: str
    versions: tuple[str, ...] = ()
    """Its served API versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Who has a role: a RoleBinding or ClusterRoleBinding."""

    role: str
    """`ClusterRole/name` or `Role/name`."""
    subjects: tuple[str, ...] = ()
    """`Group/name`, `User/name` or `ServiceAccount/namespace/name`, whose namespace is empty for the release's."""
    namespace: str = ""
    """Its namespace; empty for the release's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """Everything that a chart renders, by name."""

    workloads: Mapping[str, Workload] = field(default_factory=dict)
    """By `Kind/name`."""
    crds: Mapping[str, Crd] = field(default_factory=dict)
    """By name, such as `certificates.cert-manager.io`."""
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Rules by `ClusterRole/name` or `Role/name`, and of a second Role of one name by `Role/namespace/name`; each as
    `get,list apps deployments,replicasets`."""
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    """By `ClusterRoleBinding/name` or `RoleBinding/name`; with the namespace before the name where that is not the
    release's."""
    gathers: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """Label selectors of the ClusterRoles whose rules a ClusterRole takes over, by `ClusterRole/name`."""
    role_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Labels of ClusterRoles by which others take over their rules, by `ClusterRole/name`."""
    claims: Mapping[str, Claim] = field(default_factory=dict)
    """Volumes that are asked for once, or by custom resources, by name."""
    priorities: Mapping[str, int] = field(default_factory=dict)
    """Values of the PriorityClasses, by name."""
    objects: Mapping[str, int] = field(default_factory=dict)
    """How many objects there are of each `apiVersion Kind`."""


def dump(value: Any) -> Any:
    """A value as JSON, without what is as the class has it by default."""
    if hasattr(type(value), "__dataclass_fields__"):
        return {f.name: dump(found) for f in fields(value) if (found := getattr(value, f.name)) != _default(f)}
    if isinstance(value, Mapping):
        return {key: dump(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [dump(each) for each in value]
    return value


def load(cls: type[T], data: Any) -> T:
    """What `dump` wrote, as a value of a class again."""
    return _load(cls, data)  # type: ignore[no-any-return]


def patched(below: Any, above: Any) -> Any:
    """JSON with a merge patch (RFC 7386) applied: null takes away."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    merged = {key: patched(below.get(key), value) for key, value in above.items() if value is not None}
    return {key: value for key, value in below.items() if key not in above} | merged


def patch(below: Any, above: Any) -> Any:
    """The merge patch that makes one JSON object of another; None where they are alike."""
    if below == above:
        return None
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    gone = {key: None for key in below if key not in above}
    changed = {key: value if key not in below else patch(below[key], value) for key, value in above.items()}
    return gone | {key: value for key, value in changed.items() if value is not None}


def _default(f: Any) -> Any:
    return f.default if f.default is not MISSING else f.default_factory() if f.default_factory is not MISSING else None


def _load(cls: Any, data: Any) -> Any:
    if isinstance(cls, types.UnionType):
        return data if data is None else _load(get_args(cls)[0], data)
    if hasattr(cls, "__dataclass_fields__"):
        hints = _hints(cls)
        return cls(**{name: _load(hints[name], value) for name, value in data.items()})
    origin, of = get_origin(cls), get_args(cls)
    if origin is Mapping:
        return {key: _load(of[1], value) for key, value in data.items()}
    if origin is tuple:
        return tuple(_load(of[0], value) for value in data)
    return data


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(cls: Any) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = get_type_hints(cls)
    return _HINTS[cls]
