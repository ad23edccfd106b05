"""What the API server asks for beyond the types of fields: some may not be empty, or are one of several, or values.

The rules are those of its own validation (pkg/apis/core/validation and its neighbours in k8s.io/kubernetes).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from eks_blueprints.core.errors import Path, Problem, not_one_of, shown
from eks_blueprints.kubernetes import amounts, definitions, names, reached, together
from eks_blueprints.kubernetes.pods import between

_RBAC = "rbac.authorization.k8s.io"
_MOST = 2**31 - 1

_FILLED: Mapping[str, tuple[str, ...]] = {
    "CSIPersistentVolumeSource": ("driver", "volumeHandle"),
    "ConfigMapEnvSource": ("name",),
    "ConfigMapKeySelector": ("key", "name"),
    "ConfigMapVolumeSource": ("name",),
    "CronJob": ("spec",),
    "CustomResourceColumnDefinition": ("jsonPath", "name"),
    "CustomResourceDefinitionSpec": ("group",),
    "CustomResourceDefinitionVersion": ("schema",),
    "DaemonSet": ("spec",),
    "Deployment": ("spec",),
    "Endpoint": ("addresses",),
    "EnvVar": ("name",),
    "ExecAction": ("command",),
    "HTTPIngressRuleValue": ("paths",),
    "HostPathVolumeSource": ("path",),
    "Ingress": ("spec",),
    "IngressClass": ("spec",),
    "IngressClassParametersReference": ("kind", "name"),
    "IngressClassSpec": ("controller",),
    "IngressServiceBackend": ("name", "port"),
    "Job": ("spec",),
    "JobTemplateSpec": ("spec",),
    "KeyToPath": ("key", "path"),
    "MutatingWebhook": ("admissionReviewVersions", "clientConfig", "name", "sideEffects"),
    "NodeSelector": ("nodeSelectorTerms",),
    "NodeSelectorRequirement": ("key",),
    "ObjectFieldSelector": ("fieldPath",),
    "PersistentVolume": ("spec",),
    "PersistentVolumeClaim": ("spec",),
    "PersistentVolumeClaimSpec": ("accessModes", "resources"),
    "PersistentVolumeSpec": ("accessModes", "capacity"),
    "Pod": ("spec",),
    "PodAffinityTerm": ("topologyKey",),
    "PodTemplateSpec": ("spec",),
    "PolicyRule": ("verbs",),
    "ResourceMetricSource": ("name",),
    "RoleRef": ("name",),
    "RuleWithOperations": ("apiGroups", "apiVersions", "operations", "resources"),
    "RuntimeClass": ("handler",),
    "SecretEnvSource": ("name",),
    "SecretKeySelector": ("key", "name"),
    "ServiceAccountTokenProjection": ("path",),
    "Service": ("spec",),
    "StatefulSet": ("spec",),
    "StorageClass": ("provisioner",),
    "TopologySpreadConstraint": ("topologyKey",),
    "ValidatingWebhook": ("admissionReviewVersions", "clientConfig", "name", "sideEffects"),
    "VolumeMount": ("mountPath", "name"),
    "VolumeNodeAffinity": ("required",),
    "admissionregistration.v1.NamedRuleWithOperations": ("apiGroups", "apiVersions", "operations", "resources"),
    "admissionregistration.v1.ServiceReference": ("name", "namespace"),
    "admissionregistration.v1.ValidatingAdmissionPolicySpec": ("matchConstraints",),
    "admissionregistration.v1.Validation": ("expression",),
    "admissionregistration.v1.ValidatingAdmissionPolicy": ("spec",),
    "autoscaling.v1.CrossVersionObjectReference": ("kind", "name"),
    "autoscaling.v2.CrossVersionObjectReference": ("kind", "name"),
    "autoscaling.v1.HorizontalPodAutoscaler": ("spec",),
    "autoscaling.v2.HorizontalPodAutoscaler": ("spec",),
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
    "IngressSpec": ("defaultBackend", "rules"),
    "admissionregistration.v1.ValidatingAdmissionPolicySpec": ("auditAnnotations", "validations"),
    "admissionregistration.v1.WebhookClientConfig": ("service", "url"),
}
"""Fields of types of which one has to be there."""

_NOT_BLANK: Mapping[str, tuple[str, ...]] = {
    "Container": ("restartPolicy",),
    "CronJobSpec": ("timeZone",),
    "EndpointSlice": ("addressType",),
    "HTTPIngressPath": ("pathType",),
    "IngressClassParametersReference": ("apiGroup",),
    "IngressSpec": ("ingressClassName",),
    "IngressTLS": ("hosts",),
    "JobSpec": ("completionMode",),
    "MetricSpec": ("type",),
    "MutatingWebhook": ("failurePolicy",),
    "NetworkPolicyPort": ("protocol",),
    "NetworkPolicySpec": ("policyTypes",),
    "NodeSelectorRequirement": ("operator",),
    "PersistentVolumeClaimSpec": ("accessModes", "volumeMode"),
    "PersistentVolumeSpec": ("accessModes",),
    "PodDisruptionBudgetSpec": ("unhealthyPodEvictionPolicy",),
    "PriorityClass": ("preemptionPolicy",),
    "RuleWithOperations": ("apiVersions", "operations", "resources", "scope"),
    "SeccompProfile": ("type",),
    "StorageClass": ("volumeBindingMode",),
    "TopologySpreadConstraint": ("whenUnsatisfiable",),
    "ValidatingWebhook": ("failurePolicy",),
    "admissionregistration.v1.NamedRuleWithOperations": ("apiVersions", "operations", "resources", "scope"),
    "admissionregistration.v1.ValidatingAdmissionPolicySpec": ("failurePolicy",),
    "discovery.v1.EndpointPort": ("protocol",),
}
"""Fields of types that may be left out, and not be given as an empty text."""

_VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Container": {"restartPolicy": ("Always", "Never", "OnFailure")},
    "CustomResourceDefinitionSpec": {"scope": ("Cluster", "Namespaced")},
    "HPAScalingPolicy": {"type": ("Percent", "Pods")},
    "MetricTarget": {"type": ("AverageValue", "Utilization", "Value")},
    "RoleRef": {"apiGroup": ("", _RBAC), "kind": ("ClusterRole", "Role")},
    "rbac.v1.Subject": {"apiGroup": ("", _RBAC), "kind": ("Group", "ServiceAccount", "User")},
}
"""What fields take that are plain text by their type."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "CSIPersistentVolumeSource": ("driver",),
    "ConfigMapEnvSource": ("name",),
    "ConfigMapKeySelector": ("name",),
    "IngressClassParametersReference": ("apiGroup",),
    "IngressSpec": ("ingressClassName",),
    "IngressTLS": ("hosts", "secretName"),
    "MutatingWebhook": ("name",),
    "PersistentVolumeClaimSpec": ("storageClassName",),
    "PersistentVolumeSpec": ("storageClassName",),
    "PodSpec": ("priorityClassName", "runtimeClassName", "serviceAccountName"),
    "SecretEnvSource": ("name",),
    "SecretKeySelector": ("name",),
    "ValidatingWebhook": ("name",),
}
"""Fields that name an object, or a host."""

_SHORT_NAMES: Mapping[str, tuple[str, ...]] = {
    "IngressServiceBackend": ("name",),
    "RuntimeClass": ("handler",),
    "ServicePort": ("name",),
    "discovery.v1.EndpointPort": ("name",),
}
"""Fields that are names without a dot, of at most 63 characters."""

_DATA_KEYS: Mapping[str, tuple[str, ...]] = {"ConfigMapKeySelector": ("key",), "SecretKeySelector": ("key",)}
"""Fields that name a key of a ConfigMap or Secret."""

_LABELS: Mapping[str, tuple[str, ...]] = {
    "NodeSelectorRequirement": ("key",),
    "PodAffinityTerm": ("topologyKey",),
    "Toleration": ("key",),
}
"""Fields that are keys of labels."""

_LABEL_VALUES: Mapping[str, tuple[str, ...]] = {"PodSpec": ("nodeSelector",), "Scheduling": ("nodeSelector",)}
"""Fields that are labels to look for."""

_NUMBERS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "ConfigMapVolumeSource": {"defaultMode": (0, 0o777)},
    "CronJobSpec": {"startingDeadlineSeconds": (0, 2**63 - 1)},
    "HPAScalingPolicy": {"periodSeconds": (1, 1800), "value": (1, _MOST)},
    "HPAScalingRules": {"stabilizationWindowSeconds": (0, 3600)},
    "JobSpec": {"activeDeadlineSeconds": (0, 2**63 - 1), "ttlSecondsAfterFinished": (0, _MOST)},
    "LeaseSpec": {"leaseDurationSeconds": (1, _MOST)},
    "MetricTarget": {"averageUtilization": (1, _MOST)},
    "MutatingWebhook": {"timeoutSeconds": (1, 30)},
    "NetworkPolicyPort": {"endPort": (1, 65535), "port": (1, 65535)},
    "Probe": dict.fromkeys(
        ("failureThreshold", "initialDelaySeconds", "periodSeconds", "successThreshold", "timeoutSeconds"), (0, _MOST)
    ),
    "RollingUpdateDeployment": dict.fromkeys(("maxSurge", "maxUnavailable"), (0, _MOST)),
    "RollingUpdateStatefulSetStrategy": {"partition": (0, _MOST)},
    "SecretVolumeSource": {"defaultMode": (0, 0o777)},
    "ServiceAccountTokenProjection": {"expirationSeconds": (600, 2**32)},
    "ServiceBackendPort": {"number": (1, 65535)},
    "ValidatingWebhook": {"timeoutSeconds": (1, 30)},
    "admissionregistration.v1.ServiceReference": {"port": (1, 65535)},
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
    for rule in _rules(type_name):
        yield from rule(value, path)


@cache
def _rules(type_name: str) -> tuple[Callable[[Mapping[str, Any], Path], Iterator[Problem]], ...]:
    """What is asked of a type: few of the tables have an entry for it."""
    asked: tuple[tuple[Mapping[str, Any], Callable[..., Iterator[Problem]]], ...] = (
        (_FILLED, _filled),
        (_NOT_BLANK, _not_blank),
        (_ONE_OF, _one_of),
        (_VALUES, _of_values),
        (_NAMES, partial(_named, names.DNS_NAME)),
        (_SHORT_NAMES, partial(_named, names.NAMESPACE)),
        (_DATA_KEYS, _data_keys),
        (_LABEL_VALUES, _label_values),
        (_LABELS, _label_keys),
        (_NUMBERS, _numbers),
        (_RANGES, _ranges),
    )
    by_table = (partial(rule, table[type_name]) for table, rule in asked if type_name in table)
    others = (together.RULES, amounts.RULES, reached.RULES, definitions.RULES)
    return (*by_table, *(rules[type_name] for rules in others if type_name in rules))


def _filled(fields: tuple[str, ...], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in fields:
        if value.get(field) in (None, "", [], ()):
            yield Problem((*path, field), "is required and cannot be empty; got nothing; add it")


def _not_blank(fields: tuple[str, ...], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in fields:
        for at, each in names.entries(value.get(field), (*path, field)):
            if each == "":
                yield Problem(at, "cannot be empty; got an empty text; remove it or give a value")


def _one_of(fields: tuple[str, ...], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if all(value.get(field) in (None, "", [], ()) for field in fields):
        yield Problem(path, f"needs one of {', '.join(fields)}; got none; add one")


def _of_values(fields: Mapping[str, tuple[str, ...]], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field, known in fields.items():
        found = value.get(field)
        if isinstance(found, str) and found not in known:
            yield Problem((*path, field), not_one_of(found, known))


def _named(rule: names.NameRule, fields: tuple[str, ...], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in fields:
        for at, found in names.entries(value.get(field), (*path, field)):
            bare = found.removeprefix("*.") if field == "hosts" else found
            if bare and (message := names.fault(rule, bare)):
                yield Problem(at, message)


def _data_keys(fields: tuple[str, ...], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in fields:
        key = value.get(field)
        if isinstance(key, str) and key and (message := names.data_key_fault(key)):
            yield Problem((*path, field), message)


def _label_values(fields: tuple[str, ...], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in fields:
        labels = value.get(field)
        for key, text in labels.items() if isinstance(labels, Mapping) else ():
            if isinstance(text, str) and (message := names.value_fault(text)):
                yield Problem((*path, field, key), message)


def _label_keys(fields: tuple[str, ...], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in fields:
        label = value.get(field)
        if isinstance(label, str) and label and (what := names.key_fault(label)):
            yield Problem((*path, field), f"{what}; got {shown(label)}; see kubernetes' rules of label keys")


def _numbers(fields: Mapping[str, tuple[int, int]], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field, (least, most) in fields.items():
        yield from between(least, most, (field,))(value, path, ())


def _ranges(fields: tuple[str, ...], value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in fields:
        found = value.get(field)
        for index, each in enumerate(found if isinstance(found, list) else [found]):
            if isinstance(each, str) and not _is_range(each.strip()):
                at = (*path, field, index) if isinstance(found, list) else (*path, field)
                yield Problem(at, f"is not a valid range of addresses; got {shown(each)}; write one such as 10.0.0.0/8")


def _is_range(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text
