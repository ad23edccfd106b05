"""What objects of a namespace count against its ResourceQuota at their most.

Pods are those of all replicas, or of the most that an autoscaler makes, and those that rolling updates start besides;
of DaemonSets one for each node there may be. Source: Kubernetes, "Resource Quotas".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.kubernetes.claims import claim_spec
from eks_blueprints.kubernetes.rollouts import surge

_COUNTED = {
    "Service": "services",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "ConfigMap": "configmaps",
    "Secret": "secrets",
    "ReplicationController": "replicationcontrollers",
    "ResourceQuota": "resourcequotas",
}
Manifest = Mapping[str, Any]
Nodes = Callable[[Mapping[str, Any]], int]
"""How many nodes the pods of a DaemonSet run on at most."""


def use(manifests: Sequence[Manifest], limits: Any, nodes: Nodes) -> Counter[str]:
    """What objects ask for, by what a quota calls it.

    Args:
        manifests: All objects of the namespace.
        limits: The LimitRange of the namespace, whose defaults count, or None.
        nodes: How many nodes there may be for a pod.

    Raises:
        ValueError: if a quantity is none.
    """
    asked: Counter[str] = Counter()
    most = dict(_scaled(manifests))
    for manifest in manifests:
        kind, spec = manifest["kind"], manifest.get("spec") or {}
        if kind in _COUNTED:
            asked[_COUNTED[kind]] += 1
        if kind == "Service":
            _ports(asked, spec)
        elif kind == "PersistentVolumeClaim":
            _storage(asked, claim_spec(manifest), 1)
        else:
            _workload(asked, manifest, most, limits, nodes)
    return asked


def _scaled(manifests: Iterable[Manifest]) -> Iterable[tuple[tuple[str, str], int]]:
    """The most pods that autoscalers make, by the kind and the name of what they scale."""
    for each in manifests:
        spec = each.get("spec") or {}
        target = spec.get("scaleTargetRef") or {}
        key = (str(target.get("kind", "Deployment")), str(target.get("name")))
        if each["kind"] == "HorizontalPodAutoscaler":
            yield key, int(spec["maxReplicas"])
        elif each["kind"] == "ScaledObject":
            yield key, int(spec.get("maxReplicaCount", 100))


def _workload(
    asked: Counter[str], manifest: Manifest, most: Mapping[tuple[str, str], int], limits: Any, nodes: Nodes
) -> None:
    kind, spec = manifest["kind"], manifest.get("spec") or {}
    name = str((manifest.get("metadata") or {}).get("name"))
    if kind in ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"):
        count = most.get((kind, name), _number(spec.get("replicas", 1)))
        _pods(asked, spec["template"]["spec"], count + surge(kind, spec, count), limits)
        for claim in spec.get("volumeClaimTemplates") or ():
            asked["persistentvolumeclaims"] += count
            _storage(asked, claim_spec(claim), count)
    elif kind == "DaemonSet":
        count = nodes(spec["template"]["spec"])
        _pods(asked, spec["template"]["spec"], count + surge(kind, spec, count), limits)
    elif kind == "Job":
        _pods(asked, spec["template"]["spec"], _number(spec.get("parallelism", 1)), limits)
    elif kind == "CronJob":
        job = spec["jobTemplate"]["spec"]
        _pods(asked, job["template"]["spec"], _number(job.get("parallelism", 1)), limits)
    elif kind == "ScaledJob":
        job = spec["jobTargetRef"]
        count = _number(spec.get("maxReplicaCount", 100)) * _number(job.get("parallelism", 1))
        _pods(asked, job["template"]["spec"], count, limits)
    elif kind == "Pod":
        _pods(asked, spec, 1, limits)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 1


def _ports(asked: Counter[str], spec: Mapping[str, Any]) -> None:
    """Add load balancers, and ports of nodes, which a Service of that type takes too unless it says otherwise."""
    balanced = spec.get("type") == "LoadBalancer"
    if balanced:
        asked["services.loadbalancers"] += 1
    if spec.get("type") == "NodePort" or (balanced and spec.get("allocateLoadBalancerNodePorts", True)):
        asked["services.nodeports"] += len(spec.get("ports") or ())


def _storage(asked: Any, claim: Mapping[str, Any], count: int) -> None:
    """Add the size of claims, in all and of their class."""
    size = ((claim.get("resources") or {}).get("requests") or {}).get("storage")
    if isinstance(size, str | int):
        asked["requests.storage"] += exact(str(size)) * count
        if isinstance(name := claim.get("storageClassName"), str):
            asked[f"{name}.storageclass.storage.k8s.io/requests.storage"] += exact(str(size)) * count


def _pods(asked: Any, pod: Mapping[str, Any], count: int, limits: Any) -> None:
    """Add what a number of pods ask for: the most of what their containers do together, and their init containers one
    by one."""
    asked["pods"] += count
    for key, amount in _of_pod(pod, limits).items():
        asked[key] += amount * count


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
