"""What the objects of a team ask for, beside what its namespaces allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from eks_blueprints.blueprint.kinds import Manifests
from eks_blueprints.blueprint.quota_nodes import counted, unbounded
from eks_blueprints.blueprint.quota_use import use
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.karpenter.quantities import exact

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.kubernetes.namespace_spec import NamespaceArgs
    from eks_blueprints.teams.base import Team

_MEMORY = ("Ki", "Mi", "Gi", "Ti")
_SHORT = ("requests.cpu", "requests.memory", "requests.ephemeral-storage")
"""Requests that a quota may count by the bare name of the resource. Source: Kubernetes, "Resource Quotas"."""


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Quotas that are smaller than what the objects of their namespaces ask for at their most."""
    from eks_blueprints.blueprint.ground import ground

    try:
        found = ground(args)
    except (InputError, ValueError):  # told at the network or the region
        return
    for team in args.teams:
        yield from _of_team(team, args, found)


def _of_team(team: Team, args: BlueprintArgs, found: Ground) -> Iterator[Problem]:
    for name, said in team.homes.items():
        if not said.resource_quota:
            continue
        try:
            objects = _objects(name, team, args, found)
            asked = use(objects, said.limit_range, lambda pod: counted(pod, args))
            unsure = list(_open(objects, said, asked, args))
        except (ValueError, LookupError, TypeError, AttributeError):  # what is no object is told where it stands
            continue
        at = ("namespaces", name, "resource_quota") if name in team.namespaces else ()
        for key, most in sorted(asked.items()):
            hard = _allowed(said.resource_quota, key)
            if hard is None or most <= exact(str(hard)):
                continue
            do = f"raise it to {_shown(key, most)}, or let the workloads ask for less"
            what = f"is less than what the workloads ask for at their most: {key} {_shown(key, most)}"
            yield Problem((team.group, team.name, *at), f"{what}; got {hard}; {do}", severity="warning")
        for message in unsure:
            yield Problem((team.group, team.name, *at), message, severity="warning")


def _objects(namespace: str, team: Team, args: BlueprintArgs, found: Ground) -> list[Mapping[str, Any]]:
    """All objects of a namespace: of workloads, and those that are written down for the team or by an add-on."""
    objects: list[Mapping[str, Any]] = [
        each.manifest
        for workload in (*team.workloads, *args.workloads)
        if workload.namespace == namespace
        for each in workload.objects(found)
    ]
    objects += [each for each in team.manifests.values() if _home(each, team.home) == namespace]
    for addon in args.addons:
        if isinstance(addon, Manifests):
            objects += [each for each in addon.manifests.values() if _home(each, None) == namespace]
    return objects


def _home(manifest: Mapping[str, Any], default: str | None) -> Any:
    metadata = manifest.get("metadata")
    return (metadata.get("namespace") if isinstance(metadata, Mapping) else None) or default


def _open(
    objects: Sequence[Mapping[str, Any]], said: NamespaceArgs, asked: Mapping[str, Any], args: BlueprintArgs
) -> Iterator[str]:
    """DaemonSets on compute that may have any number of nodes, with the number for which a quota has room."""
    for each in objects:
        if each["kind"] != "DaemonSet":
            continue
        pod = each["spec"]["template"]["spec"]
        if not (where := unbounded(pod, args)):
            continue
        of_one = use([each], said.limit_range, lambda _: 1)
        room: dict[str, int] = {}
        for key, amount in of_one.items():
            hard = _allowed(said.resource_quota, key)
            if hard is not None and amount and not key.startswith("count/"):
                room[key] = max(0, (exact(str(hard)) - asked[key]) // amount)
        if room:
            key = min(room, key=lambda one: room[one])
            several = "nodes" if room[key] != 1 else "node"
            what = f"has room for the pods of DaemonSet {each['metadata']['name']} on {room[key]} further {several}"
            do = 'write limits: {nodes: "…"} for the pool, or run the DaemonSet in a namespace without a quota'
            got = f"{', '.join(where)} without a bound, and {key} {_allowed(said.resource_quota, key)}"
            yield f"{what}, and there may be more of them; got {got}; {do}"


def _allowed(quota: Mapping[str, str], key: str) -> str | None:
    return quota.get(key, quota.get(key.removeprefix("requests.")) if key in _SHORT else None)


def _shown(key: str, amount: Any) -> str:
    if "memory" in key or "storage" in key:
        for power in range(4, 0, -1):
            unit = Fraction(1024) ** power
            if amount >= unit and (amount / unit * 10).denominator == 1:
                return f"{float(amount / unit):g}{_MEMORY[power - 1]}"
    exactly = Fraction(amount)
    return str(exactly.numerator) if exactly.denominator == 1 else f"{float(exactly * 1000):g}m"
