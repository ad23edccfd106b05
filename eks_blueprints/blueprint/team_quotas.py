"""What a team's workloads ask for, beside what its namespaces allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.karpenter.quantities import exact

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.teams.base import Team

_MEMORY = ("Ki", "Mi", "Gi", "Ti")
_COUNTED = {"Service": "services", "PersistentVolumeClaim": "persistentvolumeclaims", "ConfigMap": "configmaps"}


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Quotas that are smaller than what the workloads of their teams ask for at their most."""
    from eks_blueprints.blueprint.ground import ground

    try:
        found = ground(args)
    except (InputError, ValueError):  # told at the network or the region
        return
    for team in args.teams:
        yield from _of_team(team, args, found)


def _of_team(team: Team, args: BlueprintArgs, found: Ground) -> Iterator[Problem]:
    asked: dict[str, Counter[str]] = {name: Counter() for name in team.homes}
    for workload in (*team.workloads, *args.workloads):
        if workload.namespace in asked:
            try:
                _add(asked[workload.namespace], workload.objects(found), team.homes[workload.namespace].limit_range)
            except ValueError:  # quantities are told where they stand
                return
    for name, said in team.homes.items():
        at = ("namespaces", name, "resource_quota") if name in team.namespaces else ()
        for key, most in sorted(asked[name].items()):
            hard = _allowed(said.resource_quota, key)
            if hard is None or most <= exact(str(hard)):
                continue
            do = f"raise it to {_shown(key, most)}, or let the workloads ask for less"
            what = f"is less than what the workloads ask for at their most: {key} {_shown(key, most)}"
            yield Problem((team.group, team.name, *at), f"{what}; got {hard}; {do}", severity="warning")


def _allowed(quota: Mapping[str, str], key: str) -> str | None:
    return quota.get(key, quota.get(key.removeprefix("requests.")) if key in _SHORT else None)


_SHORT = ("requests.cpu", "requests.memory")
"""Requests that a quota may count by the bare name of the resource. Source: Kubernetes, "Resource Quotas"."""


def _add(asked: Counter[str], objects: Any, limits: Any) -> None:
    drawn = [each.manifest for each in objects]
    most = next((int(each["spec"]["maxReplicas"]) for each in drawn if each["kind"] == "HorizontalPodAutoscaler"), None)
    scaled = next((each["spec"].get("maxReplicaCount", 100) for each in drawn if each["kind"] == "ScaledObject"), most)
    for manifest in drawn:
        kind, spec = manifest["kind"], manifest.get("spec") or {}
        if kind in ("Deployment", "StatefulSet"):
            count = scaled if scaled is not None else spec.get("replicas", 1)
            _pods(asked, spec["template"]["spec"], count, limits)
        elif kind == "Job":
            _pods(asked, spec["template"]["spec"], spec.get("parallelism", 1), limits)
        elif kind == "ScaledJob":
            job = spec["jobTargetRef"]
            count = spec.get("maxReplicaCount", 100) * job.get("parallelism", 1)
            _pods(asked, job["template"]["spec"], count, limits)
        elif kind == "CronJob":
            job = spec["jobTemplate"]["spec"]
            _pods(asked, job["template"]["spec"], job.get("parallelism", 1), limits)
        if kind in _COUNTED:
            asked[_COUNTED[kind]] += 1
        if kind == "Service":
            _ports(asked, spec)


def _ports(asked: Counter[str], spec: Mapping[str, Any]) -> None:
    """Add load balancers, and ports of nodes, which a Service of that type takes too unless it says otherwise."""
    balanced = spec.get("type") == "LoadBalancer"
    if balanced:
        asked["services.loadbalancers"] += 1
    if spec.get("type") == "NodePort" or (balanced and spec.get("allocateLoadBalancerNodePorts", True)):
        asked["services.nodeports"] += len(spec.get("ports") or ())


def _pods(asked: Any, pod: Mapping[str, Any], count: Any, limits: Any) -> None:
    """Add what a number of pods ask for: the most of what their containers do together, and their init containers one
    by one."""
    number = count if isinstance(count, int) else 1
    asked["pods"] += number
    for key, amount in _of_pod(pod, limits).items():
        asked[key] += amount * number


def _of_pod(pod: Mapping[str, Any], limits: Any) -> dict[str, Fraction]:
    together: dict[str, Fraction] = {}
    peak: dict[str, Fraction] = {}
    for each in pod.get("initContainers") or ():
        own = _of_container(each, limits)
        if each.get("restartPolicy") == "Always":
            _sum(together, own)
            continue
        for key, amount in own.items():
            peak[key] = max(peak.get(key, Fraction()), amount + together.get(key, Fraction()))
    for each in pod.get("containers") or ():
        _sum(together, _of_container(each, limits))
    return {key: max(together.get(key, Fraction()), peak.get(key, Fraction())) for key in together | peak}


def _sum(into: dict[str, Fraction], own: Mapping[str, Fraction]) -> None:
    for key, amount in own.items():
        into[key] = into.get(key, Fraction()) + amount


def _of_container(container: Mapping[str, Any], limits: Any) -> dict[str, Fraction]:
    """What it requests and is limited to, by what a quota calls it, with the defaults of the namespace."""
    said = container.get("resources") or {}
    most = {**(limits.default if limits else {}), **(said.get("limits") or {})}
    # A limit of its own is a request where it names none; a default request of the namespace comes after that.
    least = {**(limits.default if limits else {}), **(limits.default_request if limits else {})}
    least |= {**(said.get("limits") or {}), **(said.get("requests") or {})}
    found = {f"requests.{key}": exact(str(value)) for key, value in least.items() if isinstance(value, str | int)}
    return found | {f"limits.{key}": exact(str(value)) for key, value in most.items() if isinstance(value, str | int)}


def _shown(key: str, amount: Any) -> str:
    if "memory" in key or "storage" in key:
        for power in range(4, 0, -1):
            unit = Fraction(1024) ** power
            if amount >= unit and (amount / unit * 10).denominator == 1:
                return f"{float(amount / unit):g}{_MEMORY[power - 1]}"
    exactly = Fraction(amount)
    return str(exactly.numerator) if exactly.denominator == 1 else f"{float(exactly * 1000):g}m"
