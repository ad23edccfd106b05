"""Which objects belong to a workload, and to that one alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.lifecycle.importers.manifests import rbac
from eks_blueprints.lifecycle.importers.manifests.original import Original, texts

ELEMENTS = {
    ("apps/v1", "Deployment"): "deployment",
    ("apps/v1", "StatefulSet"): "stateful_set",
    ("apps/v1", "DaemonSet"): "daemon_set",
    ("batch/v1", "Job"): "job",
    ("batch/v1", "CronJob"): "cron_job",
}
"""The kind of the element for objects that make pods."""
_SERVED = ("deployment", "stateful_set", "daemon_set")
_SCALED = ("deployment", "stateful_set")
_SCALERS = {
    ("autoscaling/v2", "HorizontalPodAutoscaler"): "horizontal_pod_autoscaler",
    ("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"): "vertical_pod_autoscaler",
    ("keda.sh/v1alpha1", "ScaledObject"): "scaled_object",
}


@dataclass(slots=True)
class Member:
    """An object that belongs to a workload, and the field of the element that it becomes."""

    original: Original
    field: str


@dataclass(slots=True)
class Group:
    """A workload and what belongs to it."""

    controller: Original
    kind: str
    """Kind of the element."""
    members: list[Member] = field(default_factory=list)

    @property
    def template(self) -> Mapping[str, Any]:
        """The template of its pods."""
        return template_of(self.controller)

    @property
    def pod(self) -> Mapping[str, Any]:
        """The spec of its pods."""
        found = self.template.get("spec")
        return found if isinstance(found, Mapping) else {}

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of its pods."""
        return (self.template.get("metadata") or {}).get("labels") or {}


def template_of(controller: Original) -> Mapping[str, Any]:
    """The template of the pods of an object that makes some."""
    spec: Any = controller.spec
    if controller.kind == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    return spec.get("template") or {}


def groups(every: list[Original]) -> list[Group]:
    """The workloads among objects, each with what belongs to it alone, in the order in which they stand."""
    found = [Group(each, kind) for each in every if (kind := _element(each)) is not None]
    for each in every:
        if _element(each) is None:
            owners = [(group, field) for group in found if (field := _field(each, group, every)) is not None]
            if len(owners) == 1:
                group, field = owners[0]
                group.members.append(Member(each, field))
    for group in found:
        _leading(group, every, found)
        group.members.sort(key=lambda member: _RANK.index(member.field))
    return found


_RANK = (
    *("service_account", "config_maps", "secrets", "claim", "headless_service", "service", "ingress"),
    *("http_route", "pod_disruption_budget", "horizontal_pod_autoscaler", "vertical_pod_autoscaler"),
    *("scaled_object", "network_policy", "role", "role_binding", "cluster_role", "cluster_role_binding"),
)
"""In which order the members of a group are told: what others of them name comes first."""


def _element(found: Original) -> str | None:
    pods = (template_of(found).get("spec") or {}).get("containers")
    kind = ELEMENTS.get((str(found.manifest["apiVersion"]), found.kind))
    return kind if found.name and isinstance(pods, list) and pods else None


def _field(found: Original, group: Group, every: list[Original]) -> str | None:
    """The field of a workload that an object could become; None where it has nothing to do with it."""
    if found.manifest["apiVersion"] == rbac.VERSION:
        return rbac.field_of(found, str(group.pod.get("serviceAccountName") or ""), group.controller.namespace, every)
    if found.namespace != group.controller.namespace or not found.name:
        return None
    which = (str(found.manifest["apiVersion"]), found.kind)
    if which == ("v1", "Service") and group.kind in _SERVED:
        if group.kind == "stateful_set" and group.controller.spec.get("serviceName") == found.name:
            return "headless_service"
        return "service" if _selects(found.spec.get("selector"), group.labels) else None
    if which in _SCALERS and group.kind in _SCALED:
        target = found.spec.get("targetRef") or found.spec.get("scaleTargetRef") or {}
        named = (target.get("kind", "Deployment"), target.get("name"))
        return _SCALERS[which] if named == (group.controller.kind, group.controller.name) else None
    if which == ("policy/v1", "PodDisruptionBudget") and group.kind in _SCALED:
        return "pod_disruption_budget" if _matches(found.spec.get("selector"), group.labels) else None
    if which == ("networking.k8s.io/v1", "NetworkPolicy"):
        return "network_policy" if _matches(found.spec.get("podSelector"), group.labels) else None
    if which == ("v1", "ServiceAccount"):
        return "service_account" if group.pod.get("serviceAccountName") == found.name else None
    if found.kind in ("ConfigMap", "Secret", "PersistentVolumeClaim") and which[0] == "v1":
        if not _names(group.pod, found) or _named_elsewhere(found, group, every):
            return None
        return {"ConfigMap": "config_maps", "Secret": "secrets"}.get(found.kind, "claim")
    return None


def _selects(selector: Any, labels: Mapping[str, str]) -> bool:
    return isinstance(selector, Mapping) and bool(selector) and selector.items() <= labels.items()


def _matches(selector: Any, labels: Mapping[str, str]) -> bool:
    if not isinstance(selector, Mapping) or selector.get("matchExpressions"):
        return False
    return _selects(selector.get("matchLabels"), labels)


def _names(pod: Mapping[str, Any], found: Original) -> bool:
    return any(text == found.name for text in texts(list(_references(pod, found.kind))))


def _references(value: Any, kind: str) -> Iterator[Any]:
    """The parts of a pod that name objects of a kind."""
    words = {
        "ConfigMap": ("configMap", "configMapRef", "configMapKeyRef"),
        "Secret": ("secret", "secretRef", "secretKeyRef", "imagePullSecrets"),
        "PersistentVolumeClaim": ("persistentVolumeClaim",),
    }[kind]
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in words:
                yield item
            else:
                yield from _references(item, kind)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each, kind)


def _named_elsewhere(found: Original, group: Group, every: list[Original]) -> bool:
    """Whether another object of the namespace has its name in it, whatever for."""
    for each in every:
        if each is found or each is group.controller or each.namespace not in ("", found.namespace):
            continue
        if any(text == found.name for key, part in each.manifest.items() if key != "metadata" for text in texts(part)):
            return True
    return False


def _leading(group: Group, every: list[Original], found: list[Group]) -> None:
    """Keep one Service of a workload, and add the Ingress and the route that lead to it alone."""
    services = [each for each in group.members if each.field == "service"]
    governing = [each for each in group.members if each.field == "headless_service"]
    led_to = {each.original.name for each in services if any(_leads(other, each.original.name) for other in every)}
    own = group.controller.name
    services.sort(key=lambda each: (each.original.name != own, each.original.name not in led_to))
    for each in (*services[1:], *governing[1:]):
        group.members.remove(each)
    if not services or sum(each.original is services[0].original for one in found for each in one.members) > 1:
        return
    for other in every:
        field = _leads(other, services[0].original.name) if other.namespace == group.controller.namespace else None
        if field is not None and not any(member.field == field for member in group.members):
            group.members.append(Member(other, field))


def _leads(found: Original, service: str) -> str | None:
    which = (str(found.manifest["apiVersion"]), found.kind)
    if which == ("networking.k8s.io/v1", "Ingress"):
        backends = set(_backends(found.spec, "service"))
        return "ingress" if backends == {service} else None
    if which == ("gateway.networking.k8s.io/v1", "HTTPRoute"):
        rules = [rule for rule in found.spec.get("rules") or () if isinstance(rule, Mapping)]
        refs = [ref for rule in rules for ref in rule.get("backendRefs") or () if isinstance(ref, Mapping)]
        return "http_route" if refs and {ref.get("name") for ref in refs} == {service} else None
    return None


def _backends(value: Any, word: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == word and isinstance(item, Mapping) and "name" in item:
                yield str(item["name"])
            else:
                yield from _backends(item, word)
    elif isinstance(value, list):
        for each in value:
            yield from _backends(each, word)
