"""What the API server asks for beyond the types of fields: some may not be empty, or are one of several, or values.

The rules are those of its own validation (pkg/apis/core/validation and its neighbours in k8s.io/kubernetes).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, nearest, shown
from eks_blueprints.kubernetes import names
from eks_blueprints.kubernetes.pods import between

_FILLED: Mapping[str, tuple[str, ...]] = {
    "ConfigMapEnvSource": ("name",),
    "ConfigMapVolumeSource": ("name",),
    "CronJob": ("spec",),
    "CustomResourceDefinitionVersion": ("schema",),
    "DaemonSet": ("spec",),
    "Deployment": ("spec",),
    "Endpoint": ("addresses",),
    "EnvVar": ("name",),
    "ExecAction": ("command",),
    "HTTPIngressRuleValue": ("paths",),
    "Ingress": ("spec",),
    "IngressClass": ("spec",),
    "IngressClassSpec": ("controller",),
    "Job": ("spec",),
    "JobTemplateSpec": ("spec",),
    "NodeSelector": ("nodeSelectorTerms",),
    "PersistentVolume": ("spec",),
    "PersistentVolumeClaim": ("spec",),
    "PersistentVolumeClaimSpec": ("accessModes", "resources"),
    "PersistentVolumeSpec": ("accessModes", "capacity"),
    "Pod": ("spec",),
    "PodTemplateSpec": ("spec",),
    "PolicyRule": ("verbs",),
    "RuleWithOperations": ("apiGroups", "apiVersions", "operations", "resources"),
    "SecretEnvSource": ("name",),
    "StatefulSet": ("spec",),
    "VolumeMount": ("mountPath", "name"),
    "VolumeNodeAffinity": ("required",),
    "admissionregistration.v1.MatchResources": ("resourceRules",),
    "admissionregistration.v1.NamedRuleWithOperations": ("apiGroups", "apiVersions", "operations", "resources"),
    "admissionregistration.v1.ValidatingAdmissionPolicySpec": ("matchConstraints",),
    "rbac.v1.Subject": ("name",),
}
"""Fields of types that have to be there, and not empty."""

_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "EnvFromSource": ("configMapRef", "secretRef"),
    "EnvVarSource": ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"),
    "IngressBackend": ("resource", "service"),
    "LifecycleHandler": ("exec", "httpGet", "sleep", "tcpSocket"),
    "NetworkPolicyPeer": ("ipBlock", "namespaceSelector", "podSelector"),
    "Probe": ("exec", "grpc", "httpGet", "tcpSocket"),
    "ServiceBackendPort": ("name", "number"),
}
"""Fields of types of which one has to be there."""

_VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "CustomResourceDefinitionSpec": {"scope": ("Cluster", "Namespaced")},
    "HPAScalingPolicy": {"type": ("Percent", "Pods")},
    "MetricTarget": {"type": ("AverageValue", "Utilization", "Value")},
    "RoleRef": {"kind": ("ClusterRole", "Role")},
    "rbac.v1.Subject": {"kind": ("Group", "ServiceAccount", "User")},
}
"""What fields take that are plain text by their type."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "ConfigMapKeySelector": ("name",),
    "IngressSpec": ("ingressClassName",),
    "PodSpec": ("runtimeClassName", "serviceAccountName"),
    "SecretKeySelector": ("name",),
}
"""Fields that name an object."""

_LABELS: Mapping[str, tuple[str, ...]] = {
    "NodeSelectorRequirement": ("key",),
    "PodAffinityTerm": ("topologyKey",),
    "Toleration": ("key",),
}
"""Fields that are keys of labels."""

_NUMBERS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "PodSecurityContext": dict.fromkeys(("fsGroup", "runAsGroup", "runAsUser"), (0, 2**31 - 1)),
    "PreferredSchedulingTerm": {"weight": (1, 100)},
    "SecurityContext": dict.fromkeys(("runAsGroup", "runAsUser"), (0, 2**31 - 1)),
    "TopologySpreadConstraint": {"maxSkew": (1, 2**31 - 1)},
    "WeightedPodAffinityTerm": {"weight": (1, 100)},
    "autoscaling.v1.HorizontalPodAutoscalerSpec": {"maxReplicas": (1, 2**31 - 1)},
    "autoscaling.v2.HorizontalPodAutoscalerSpec": {"maxReplicas": (1, 2**31 - 1)},
}
"""From and to of fields that are numbers."""

_RANGES: Mapping[str, tuple[str, ...]] = {"IPBlock": ("cidr", "except"), "ServiceSpec": ("loadBalancerSourceRanges",)}
"""Fields that are ranges of addresses."""


def check(type_name: str, value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """What is wrong with an object of a type."""
    for field in _FILLED.get(type_name, ()):
        if value.get(field) in (None, "", [], ()):
            yield Problem((*path, field), "is required and cannot be empty; got nothing; add it")
    if (fields := _ONE_OF.get(type_name)) and all(value.get(field) in (None, "") for field in fields):
        yield Problem(path, f"needs one of {', '.join(fields)}; got none; add one")
    for field, known in _VALUES.get(type_name, {}).items():
        found = value.get(field)
        if isinstance(found, str) and found not in known:
            near = nearest(found, known)
            do = f"did you mean {near}?" if near else f"use one of {', '.join(known)}"
            yield Problem((*path, field), f"is not one of the allowed values; got {shown(found)}; {do}")
    yield from _words(type_name, value, path)
    for field, (least, most) in _NUMBERS.get(type_name, {}).items():
        yield from between(least, most, (field,))(value, path, ())
    for field in _RANGES.get(type_name, ()):
        yield from _ranges(value.get(field), (*path, field))
    if (rule := _RULES.get(type_name)) is not None:
        yield from rule(value, path)


def _words(type_name: str, value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in _NAMES.get(type_name, ()):
        found = value.get(field)
        if isinstance(found, str) and found and (message := names.fault(names.NameRule(names.SUBDOMAIN, 253), found)):
            yield Problem((*path, field), message)
    for field in _LABELS.get(type_name, ()):
        found = value.get(field)
        if isinstance(found, str) and found and (what := names.key_fault(found)):
            yield Problem((*path, field), f"{what}; got {shown(found)}; see kubernetes' rules of label keys")


def _ranges(found: Any, path: Path) -> Iterator[Problem]:
    for index, each in enumerate(found if isinstance(found, list) else [found]):
        if isinstance(each, str) and not _is_range(each.strip()):
            at = (*path, index) if isinstance(found, list) else path
            yield Problem(at, f"is not a valid range of addresses; got {shown(each)}; write one such as 10.0.0.0/8")


def _is_range(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def _rights(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if value.get("nonResourceURLs") in (None, [], ()):
        for field in ("apiGroups", "resources"):
            if value.get(field) in (None, [], ()):
                yield Problem((*path, field), "is required and cannot be empty; got nothing; add it")


def _claim(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    resources = value.get("resources")
    if isinstance(resources, Mapping):
        requests = resources.get("requests")
        if requests is None or (isinstance(requests, Mapping) and requests.get("storage") is None):
            yield Problem((*path, "resources", "requests", "storage"), "is required; got nothing; set an amount")


def _toleration(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if value.get("key") in (None, "") and value.get("operator") in (None, "", "Equal"):
        yield Problem((*path, "operator"), "must be Exists where no key is given; got another; write operator: Exists")
    if value.get("operator") == "Exists" and isinstance(found := value.get("value"), str) and found:
        yield Problem(
            (*path, "value"), f"cannot be combined with operator Exists; got {shown(found)}; remove one of them"
        )


def _path(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    found, kind = value.get("path"), value.get("pathType")
    if kind in ("Exact", "Prefix") and (found is None or (isinstance(found, str) and not found.startswith("/"))):
        yield Problem((*path, "path"), f"must begin with /; got {shown(found)}; write it with one")


def _term(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    operator, given = value.get("operator"), value.get("values")
    if operator in ("In", "NotIn") and given in (None, [], ()):
        yield Problem((*path, "values"), f"are needed with {operator}; got none; add them")
    elif operator in ("Exists", "DoesNotExist") and isinstance(given, list) and given:
        yield Problem((*path, "values"), f"are not allowed with {operator}; got some; remove them")


_RULES: Mapping[str, Any] = {
    "HTTPIngressPath": _path,
    "NodeSelectorRequirement": _term,
    "PersistentVolumeClaimSpec": _claim,
    "PolicyRule": _rights,
    "Toleration": _toleration,
}
