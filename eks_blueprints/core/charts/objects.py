"""Rendered Kubernetes objects, read into what platforms have to know of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eks_blueprints.core.charts.model import Binding, Claim, Container, Crd, Rendered, Webhook, Workload
from eks_blueprints.core.object_lists import listed

_WORKLOADS = ("Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job", "CronJob", "Pod")
_HOOK = "helm.sh/hook"
_OF_THE_VERSION = frozenset(
    {"helm.sh/chart", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of"}
)
"""Labels that nothing selects by, since they are others after an upgrade, or alike for all."""


def read(objects: Iterable[Any], namespace: str) -> Rendered:
    """What objects of a release in a namespace are: its workloads, kinds, webhooks, rights and volumes."""
    whole = [each for each in objects if isinstance(each, dict)]
    found = [dict(one) for each in whole for _, one in listed(each) if "kind" in one]
    fewest = dict(_fewest(found))
    kinds = Counter(f"{each.get('apiVersion')} {each['kind']}" for each in found)
    return Rendered(
        workloads={
            _name(o): _workload(o, namespace, fewest.get(_name(o), 1)) for o in found if o["kind"] in _WORKLOADS
        },
        crds={_meta(o)["name"]: _crd(o) for o in found if o["kind"] == "CustomResourceDefinition"},
        webhooks=dict(_webhooks(found)),
        roles=_roles(found),
        bindings=dict(_bindings(found, namespace)),
        gathers={_name(o): selectors for o in found if (selectors := _gathers(o))},
        role_labels=dict(_role_labels(found)),
        claims=dict(_claims(found)),
        priorities={_meta(o)["name"]: o.get("value") or 0 for o in found if o["kind"] == "PriorityClass"},
        objects=dict(sorted(kinds.items())),
    )


def _replicas(spec: Mapping[str, Any], fewest: int) -> int:
    """How many pods are asked for; charts also write null, which the API server takes for nothing said."""
    given = spec.get("replicas")
    return fewest if given is None else int(given)


def _meta(each: Mapping[str, Any]) -> dict[str, Any]:
    return each.get("metadata") or {}


def _name(each: Mapping[str, Any]) -> str:
    return f"{each['kind']}/{_meta(each).get('name') or _meta(each).get('generateName', '')}"


def _fewest(found: Iterable[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """How many pods HorizontalPodAutoscalers leave at least, by the workload."""
    for each in found:
        if each["kind"] == "HorizontalPodAutoscaler":
            target = each["spec"]["scaleTargetRef"]
            yield f"{target['kind']}/{target['name']}", each["spec"].get("minReplicas", 1)


def _workload(each: Mapping[str, Any], namespace: str, fewest: int) -> Workload:
    kind, spec = each["kind"], each.get("spec") or {}
    if kind == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    template = each if kind == "Pod" else spec.get("template") or {}
    pod = template.get("spec") or {}
    own = _meta(each).get("namespace") or ""
    affinity = pod.get("affinity") or {}
    required = (affinity.get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    volumes = pod.get("volumes") or ()
    return Workload(
        namespace="" if own == namespace else own,
        replicas=_replicas(spec, fewest) if kind in ("Deployment", "StatefulSet", "ReplicaSet") else 1,
        service_account=pod.get("serviceAccountName") or pod.get("serviceAccount") or "",
        labels={k: str(v) for k, v in (_meta(template).get("labels") or {}).items() if k not in _OF_THE_VERSION},
        containers=dict(_containers(pod)),
        node_selector=pod.get("nodeSelector") or {},
        tolerations=tuple(pod.get("tolerations") or ()),
        affinity=tuple(required.get("nodeSelectorTerms") or ()),
        pod_affinity={key: affinity[key] for key in ("podAffinity", "podAntiAffinity") if affinity.get(key)},
        spread=tuple(pod.get("topologySpreadConstraints") or ()),
        priority_class=pod.get("priorityClassName") or "",
        host_network=bool(pod.get("hostNetwork")),
        host_pid=bool(pod.get("hostPID")),
        host_ipc=bool(pod.get("hostIPC")),
        host_paths=tuple(sorted({v["hostPath"].get("path", "") for v in volumes if v.get("hostPath")})),
        security=pod.get("securityContext") or {},
        hook=str((_meta(each).get("annotations") or {}).get(_HOOK, "")),
        claims={_meta(c).get("name", ""): _claim(c) for c in spec.get("volumeClaimTemplates") or ()},
    )


def _containers(pod: Mapping[str, Any]) -> Iterator[tuple[str, Container]]:
    for field in ("initContainers", "containers"):
        for each in pod.get(field) or ():
            resources = each.get("resources") or {}
            yield (
                str(each.get("name")),
                Container(
                    image=str(each.get("image", "")),
                    init=field == "initContainers",
                    requests=resources.get("requests") or {},
                    limits=resources.get("limits") or {},
                    security=each.get("securityContext") or {},
                    host_ports=tuple(port["hostPort"] for port in each.get("ports") or () if port.get("hostPort")),
                ),
            )


def _roles(found: Iterable[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    roles: dict[str, tuple[str, ...]] = {}
    for each in found:
        if each["kind"] in ("ClusterRole", "Role"):
            kind, _, name = _name(each).partition("/")
            taken = f"{kind}/{name}" in roles
            roles[f"{kind}/{_meta(each).get('namespace')}/{name}" if taken else f"{kind}/{name}"] = tuple(_rules(each))
    return roles


def _bindings(found: Iterable[dict[str, Any]], namespace: str) -> Iterator[tuple[str, Binding]]:
    def beside(given: Any) -> str:
        return "" if given in (None, namespace) else str(given)

    for each in found:
        if each["kind"] not in ("RoleBinding", "ClusterRoleBinding"):
            continue
        role, own = each.get("roleRef") or {}, beside(_meta(each).get("namespace"))
        who = [
            f"ServiceAccount/{beside(subject.get('namespace'))}/{subject.get('name')}"
            if subject.get("kind") == "ServiceAccount"
            else f"{subject.get('kind')}/{subject.get('name')}"
            for subject in each.get("subjects") or ()
        ]
        kind, _, name = _name(each).partition("/")
        yield (
            f"{kind}/{own}/{name}" if own else f"{kind}/{name}",
            Binding(role=f"{role.get('kind')}/{role.get('name')}", subjects=tuple(who), namespace=own),
        )


def _gathers(each: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    if each["kind"] != "ClusterRole":
        return ()
    return tuple((each.get("aggregationRule") or {}).get("clusterRoleSelectors") or ())


def _role_labels(found: list[dict[str, Any]]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The labels of ClusterRoles that aggregated roles select by, be it Kubernetes' own or one of the chart."""
    keys: set[str] = set()
    for selector in (selector for each in found for selector in _gathers(each)):
        keys |= {*(selector.get("matchLabels") or {})}
        keys |= {str(each.get("key")) for each in selector.get("matchExpressions") or ()}
    for each in found:
        if each["kind"] == "ClusterRole":
            labels = _meta(each).get("labels") or {}
            if kept := {k: str(v) for k, v in labels.items() if k in keys or k.startswith(_AGGREGATED)}:
                yield _name(each), kept


_AGGREGATED = "rbac.authorization.k8s.io/aggregate-to-"


def _claim(each: Mapping[str, Any]) -> Claim:
    spec = each.get("spec") or {}
    wanted = (spec.get("resources") or {}).get("requests") or {}
    return Claim(
        storage_class=spec.get("storageClassName"),
        modes=tuple(spec.get("accessModes") or ()),
        size=str(wanted.get("storage", "")),
    )


def _claims(found: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Claim]]:
    for each in found:
        if each["kind"] == "PersistentVolumeClaim":
            yield _meta(each)["name"], _claim(each)
        elif each["kind"] not in (*_WORKLOADS, "CustomResourceDefinition"):
            # Operators make StatefulSets of what custom resources say.
            for template in _templates(each.get("spec")):
                yield _name(each), _claim(template)


def _templates(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            if key == "volumeClaimTemplate" and isinstance(below, Mapping):
                yield below
            else:
                yield from _templates(below)


def _crd(each: Mapping[str, Any]) -> Crd:
    spec = each["spec"]
    versions = tuple(v["name"] for v in spec.get("versions") or () if v.get("served"))
    return Crd(kind=spec["names"]["kind"], versions=versions)


def _webhooks(found: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Webhook]]:
    for each in found:
        if each["kind"] not in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"):
            continue
        for hook in each.get("webhooks") or ():
            yield (
                f"{_meta(each)['name']}/{hook.get('name')}",
                Webhook(
                    mutating=each["kind"].startswith("Mutating"),
                    fails=hook.get("failurePolicy", "Fail") == "Fail",
                    rules=tuple(_asked(rule) for rule in hook.get("rules") or ()),
                    namespaces=hook.get("namespaceSelector") or {},
                    objects=hook.get("objectSelector") or {},
                ),
            )


def _asked(rule: Mapping[str, Any]) -> str:
    versions = [f"{group}/{v}" if group else v for group in rule["apiGroups"] for v in rule["apiVersions"]]
    return f"{','.join(rule['operations'])} {','.join(versions)} {','.join(rule['resources'])}"


def _rules(role: Mapping[str, Any]) -> Iterator[str]:
    for rule in role.get("rules") or ():
        urls, names = rule.get("nonResourceURLs"), rule.get("resourceNames")
        verbs = ",".join(rule.get("verbs") or ())
        if urls:
            yield f"{verbs} {','.join(urls)}"
            continue
        groups = ",".join(group or "core" for group in rule.get("apiGroups") or ())
        named = f" {','.join(names)}" if names else ""
        yield f"{verbs} {groups} {','.join(rule.get('resources') or ())}{named}"
