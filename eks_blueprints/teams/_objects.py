"""The Kubernetes objects of a team besides its namespaces, service accounts and workloads, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from eks_blueprints.core import versions
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.spec import In
from eks_blueprints.teams import _gitops, _secrets
from eks_blueprints.teams._access import BUILT_IN, RBAC, RoleBinding
from eks_blueprints.teams._manifest import manifest

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.teams.base import Team


@dataclass(frozen=True, slots=True)
class TeamObject:
    """An object of a team, with the key that its resource's name ends with."""

    key: str
    manifest: Mapping[str, Any]
    source: Path
    """The field of the team that it comes from."""
    written: Path | None = None
    """The part of it that is copied from that field unchanged; None if there is none."""
    early: bool = False
    """Whether it needs no add-on."""
    fields: Mapping[str, Path] = field(default_factory=dict)
    """Fields below `source` that other parts come from, by the first key of the part."""

    def field_of(self, path: Path) -> Path:
        """The field of the team that a part of the object comes from."""
        if self.written is not None and path[: len(self.written)] == self.written:
            return (*self.source, *path[len(self.written) :])
        return (*self.source, *self.fields.get(str(path[0]), ())) if path else self.source

    def at_its_field(self, problem: Problem) -> Problem:
        """A problem of the object, at the field of the team that the part comes from."""
        return Problem(self.field_of(problem.path), problem.message, severity=problem.severity)


def objects(team: Team, ground: Ground, cluster_arn: In[str]) -> Iterator[TeamObject]:
    """Roles and bindings first, then secrets, manifests and the Git repository."""
    yield from _roles(team)
    yield from _read(team, ground)
    for key, each in team.manifests.items():
        yield TeamObject(f"manifest-{key}", _at_home(team, each, ground), ("manifests", key), ())
    if team.gitops is not None:
        for key, made in _gitops.objects(team.gitops, team, ground, cluster_arn):
            yield TeamObject(key, made, ("gitops",))


_BINDING: Mapping[str, Path] = MappingProxyType({"roleRef": ("role",)})


def _roles(team: Team) -> Iterator[TeamObject]:
    for namespace in team.homes:
        for name, rules in team.roles.items():
            made = {**_rbac("Role", name, namespace), "rules": [dict(rule) for rule in rules]}
            yield TeamObject(f"role-{namespace}-{name}", made, ("roles", name), ("rules",), early=True)
    for name, binding in team.role_bindings.items():
        for namespace in binding.namespaces or team.homes:
            made = _bound(_rbac("RoleBinding", name, namespace), team, binding, namespace)
            source = ("role_bindings", name)
            yield TeamObject(f"role-binding-{namespace}-{name}", made, source, early=True, fields=_BINDING)
    for name, each in getattr(team, "cluster_role_bindings", {}).items():
        made = _rbac("ClusterRoleBinding", f"{team.slug}-{name}")
        made |= {"roleRef": _ref("ClusterRole", each.role), "subjects": each.subjects}
        source = ("cluster_role_bindings", name)
        yield TeamObject(f"cluster-role-binding-{name}", made, source, early=True, fields=_BINDING)


def _bound(made: dict[str, Any], team: Team, binding: RoleBinding, namespace: str) -> dict[str, Any]:
    accounts = [{"kind": "ServiceAccount", "name": each, "namespace": namespace} for each in binding.service_accounts]
    kind = "Role" if binding.role in team.roles else "ClusterRole"
    return {**made, "roleRef": _ref(kind, binding.role), "subjects": [*binding.subjects, *accounts]}


def _rbac(kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
    return manifest(f"{RBAC}/v1", kind, name, namespace)


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"apiGroup": RBAC, "kind": kind, "name": name}


def unmade_roles(team: Team) -> Iterator[tuple[Path, str]]:
    """ClusterRoles in bindings that are not part of Kubernetes: where, and which."""
    for bindings in ("role_bindings", "cluster_role_bindings"):
        for name, each in getattr(team, bindings, {}).items():
            own = bindings == "role_bindings" and each.role in team.roles
            if not own and each.role not in BUILT_IN:
                yield (bindings, name, "role"), each.role
    if team.gitops is not None and team.gitops.role not in BUILT_IN:
        yield ("gitops", "role"), team.gitops.role


def _read(team: Team, ground: Ground) -> Iterator[TeamObject]:
    way = _secrets.by(ground, team.secrets_by)
    stores: set[str] = set()
    for name, secret in team.secrets.items():
        namespace = str(secret.namespace or team.home)
        if way == "secrets_store_csi_driver":
            readers = [team.service_accounts[each] for each in secret.readers]
            irsa = any(each.identity_used(only_fargate=ground.only_fargate) == "irsa" for each in readers)
            made = _secrets.provider_class(name, secret, namespace, irsa=irsa)
            yield TeamObject(f"secret-{name}", made, ("secrets", name))
            continue
        if namespace not in stores:
            stores.add(namespace)
            made = _secrets.store(namespace, ground.region, team.secrets_identity)
            yield TeamObject(f"secret-store-{namespace}", made, ("secrets", name))
        yield TeamObject(f"secret-{name}", _secrets.external_secret(name, secret, namespace), ("secrets", name))


def _at_home(team: Team, given: Mapping[str, Any], ground: Ground) -> Mapping[str, Any]:
    """A manifest with the team's only namespace, if it names none and its kind is namespaced."""
    metadata = given["metadata"]
    if team.home is None or metadata.get("namespace") is not None or not _has_namespace(given, ground):
        return given
    return {**given, "metadata": {**metadata, "namespace": team.home}}


def _has_namespace(given: Mapping[str, Any], ground: Ground) -> bool:
    """Whether its kind is namespaced. Unknown kinds are taken as namespaced, as nearly all kinds are."""
    from eks_blueprints.kubernetes import crds
    from eks_blueprints.kubernetes.shapes import of

    version, kind = str(given["apiVersion"]), str(given["kind"])
    minor = versions.minor(ground.version) if ground.version is not None else None
    known = of(minor).kind(version, kind) or crds.kind(version, kind)
    return True if known is None else known.namespaced
