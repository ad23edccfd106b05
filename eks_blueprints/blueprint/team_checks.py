"""Teams beside each other and beside the rest of a platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eks_blueprints.access.spec import principals_twice
from eks_blueprints.blueprint.kinds import Manifests
from eks_blueprints.blueprint.team_quotas import check as quotas
from eks_blueprints.blueprint.team_secrets import check as secrets
from eks_blueprints.core.errors import Path, Problem, dotted, shown
from eks_blueprints.registry.spec import NAMED
from eks_blueprints.teams._objects import unmade_roles

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.teams.base import Team

_ENFORCERS = frozenset({"calico", "cilium"})


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem of teams; warnings are marked as such."""
    yield from _namespaces(args)
    yield from _principals(args)
    yield from _repositories(args)
    yield from _roles(args)
    yield from _groups(args)
    yield from _enforced(args)
    for team in args.teams:
        yield from _closed(team)
    yield from quotas(args)
    yield from secrets(args)


def _namespaces(args: BlueprintArgs) -> Iterator[Problem]:
    """Namespaces that two make, and what stands in another's."""
    owners: dict[str, Path] = {name: ("namespaces", name) for name in args.namespaces}
    for team in args.teams:
        for name in team.homes:
            at = (team.group, team.name, *(("namespaces", name) if name in team.namespaces else ()))
            if (other := owners.setdefault(name, at)) != at:
                do = "remove it there, or name another" if other[0] == "namespaces" else "name another"
                yield Problem(at, f"is a namespace that {dotted(other)} makes too; got {name}; {do}")
    for workload in args.workloads:
        if (owner := _owner(args, workload.namespace)) is not None:
            do = f"write it below teams.{owner.name}.workloads, unless it is the platform's own"
            message = f"runs in the namespace of a team, with its quota and its rights; got {workload.namespace}; {do}"
            yield Problem(("workloads", workload.name, "namespace"), message, severity="warning")


def _owner(args: BlueprintArgs, namespace: str) -> Team | None:
    return next((team for team in args.teams if namespace in team.homes), None)


def _principals(args: BlueprintArgs) -> Iterator[Problem]:
    """Principals that two entries have, one of them a team's."""
    entries = [(("access", name), entry) for name, entry in args.access.items()]
    for team in args.teams:
        entries += [((team.group, team.name, "access", name), entry) for name, entry in team.entries().items()]  # type: ignore[misc]
    yield from principals_twice(entries)


def _repositories(args: BlueprintArgs) -> Iterator[Problem]:
    """Repositories and prefixes of caches that two parts have, which a registry has once."""
    for field, (_, named) in NAMED.items():
        seen: dict[str, Path] = {}
        for team in args.teams:
            for key, each in getattr(team, field).items():
                name = getattr(each, named) or f"{team.ecr_start}/{key}"
                at: Path = (team.group, team.name, field, key)
                if (other := seen.setdefault(name, at)) != at:
                    message = f"has the name of {dotted(other)}, and a registry has it once; got {shown(name)}"
                    yield Problem((*at, named), f"{message}; choose another")


def _roles(args: BlueprintArgs) -> Iterator[Problem]:
    """ClusterRoles that nothing here makes."""
    written = [each.get("metadata") or {} for each in _written(args) if each.get("kind") == "ClusterRole"]
    made = {str(each.get("name")) for each in written}
    for team in args.teams:
        for path, role in unmade_roles(team):
            if role not in made:
                known = ", ".join((*team.roles, "view", "edit", "admin"))
                do = f"name one of {known}, or add it to roles, unless a chart makes it"
                message = f"is a ClusterRole that nothing here makes; got {shown(role)}; {do}"
                yield Problem((team.group, team.name, *path), message, severity="warning")


def _written(args: BlueprintArgs) -> Iterator[Any]:
    for addon in args.addons:
        if isinstance(addon, Manifests):
            yield from addon.manifests.values()
    for team in args.teams:
        yield from team.manifests.values()


def _groups(args: BlueprintArgs) -> Iterator[Problem]:
    """Groups of access entries that no binding of the team names, so that they give nothing."""
    named = {
        str(subject.get("name"))
        for each in _written(args)
        for subject in each.get("subjects") or ()
        if isinstance(subject, dict)
    }
    for team in args.teams:
        bindings = [*team.role_bindings.values(), *getattr(team, "cluster_role_bindings", {}).values()]
        bound = named | {group for each in bindings for group in each.groups}
        for name, access in team.access.items():
            for index, group in enumerate(access.kubernetes_groups):
                if group not in bound:
                    at = (team.group, team.name, "access", name, "kubernetes_groups", index)
                    do = f"add role_bindings: {{{name.replace('_', '-')}: {{role: edit, groups: [{group}]}}}}"
                    message = f"is a group to which no role is bound; got {shown(group)}; {do}"
                    yield Problem(at, message, severity="warning")


def _enforced(args: BlueprintArgs) -> Iterator[Problem]:
    """Network policies that nothing enforces."""
    if _enforces(args):
        return
    for team in args.teams:
        closed = [name for name, each in team.homes.items() if each.network_policy is not None]
        if closed:
            do = "set vpc_cni: {network_policy: standard} in addons, or network_policy: null"
            message = "has network policies that nothing on the cluster enforces, so that all connections are allowed"
            yield Problem((team.group, team.name), f"{message}; got {', '.join(closed)}; {do}", severity="warning")


def _closed(team: Team) -> Iterator[Problem]:
    """Workloads that network policies of their namespace keep from what they are for."""
    for each in team.workloads:
        said = team.homes[each.namespace].network_policy
        own = each.network_policy
        if said is None:
            continue
        at = (team.group, team.name, "workloads", each.name)
        if _from_outside(each) and not said.ingress and (own is None or own.ingress is None):
            do = "add network_policy: {ingress: [{ports: [{port: …}]}]} to it"
            message = "is offered outside of its namespace, whose network policy lets nothing in"
            yield Problem((*at, "network_policy"), f"{message}; got none of its own; {do}", severity="warning")
        calls = each.service_account.rules or each.service_account.cluster_rules
        if calls and not said.api_server and not said.egress and (own is None or own.egress is None):
            do = f"set network_policy: {{api_server: true}} for the namespace {each.namespace}"
            message = (
                f"may call the Kubernetes API, which its namespace's network policy denies; got api_server: false; {do}"
            )
            yield Problem((*at, "service_account", "rules"), message, severity="warning")


def _from_outside(workload: Any) -> bool:
    service = getattr(workload, "service", None)
    if getattr(service, "type", None) in ("LoadBalancer", "NodePort"):
        return True
    return any(getattr(workload, field, None) is not None for field in ("ingress", "http_route"))


def _enforces(args: BlueprintArgs) -> bool:
    if args.cluster.auto_mode is not None:
        return True
    for addon in args.addons:
        kind = addon.kind()
        if kind in _ENFORCERS or kind == "helm":
            return True
        if kind == "vpc_cni" and (getattr(addon, "network_policy", None) or _switched_on(addon)):
            return True
    return False


def _switched_on(addon: Any) -> bool:
    said = addon.configuration_values.get("enableNetworkPolicy")
    return str(said).lower() == "true"
