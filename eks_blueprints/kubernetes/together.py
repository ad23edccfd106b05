"""What the API server asks of several fields of a type together: one needs another, rules it out, or bounds it.

The rules are those of its own validation (pkg/apis/core/validation and its neighbours in k8s.io/kubernetes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, nearest, shown
from eks_blueprints.kubernetes import names


def entries(found: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts of a field that holds one or a list of them, and where they stand."""
    if isinstance(found, str):
        yield path, found
    elif isinstance(found, list):
        yield from (((*path, index), each) for index, each in enumerate(found) if isinstance(each, str))


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
    text, effect = value.get("value"), value.get("effect")
    equal = value.get("operator") in (None, "", "Equal") and isinstance(text, str)
    if equal and (message := names.value_fault(str(text))):
        yield Problem((*path, "value"), message)
    if value.get("tolerationSeconds") is not None and effect in (None, "", "NoSchedule", "PreferNoSchedule"):
        got = shown(effect)
        yield Problem((*path, "effect"), f"must be NoExecute with tolerationSeconds; got {got}; change or remove one")


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
    if operator in ("In", "NotIn"):
        for at, each in entries(given, (*path, "values")):
            if message := names.value_fault(each):
                yield Problem(at, message)


def _seconds(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    ready, deadline = value.get("minReadySeconds") or 0, value.get("progressDeadlineSeconds")
    if type(ready) is int and type(deadline) is int and deadline <= ready:
        do = f"use more than minReadySeconds, {ready}"
        yield Problem((*path, "progressDeadlineSeconds"), f"is too short; got {deadline}; {do}")


def _indexed(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if value.get("completionMode") == "Indexed" and value.get("completions") is None:
        yield Problem((*path, "completions"), "is required with completionMode Indexed; got nothing; set a number")


def _policy_port(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    port, last = value.get("port"), value.get("endPort")
    if type(last) is not int or (port is not None and not isinstance(port, str | int)):
        return
    if type(port) is not int:
        yield Problem((*path, "endPort"), f"requires a port that is a number; got {shown(port)}; write one")
    elif last < port:
        yield Problem((*path, "endPort"), f"is less than port; got {last} and {port}; use {port} or more")


def _metric(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    kind = value.get("type")
    field = _SOURCES.get(kind) if isinstance(kind, str) else None
    if field and value.get(field) is None:
        yield Problem((*path, field), f"is required with type {kind}; got nothing; add it")


def _autoscaler(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    least, metrics = value.get("minReplicas"), value.get("metrics")
    if type(least) is not int or least > 0:
        return
    of_others = not isinstance(metrics, list | None) or any(
        not isinstance(each, Mapping) or each.get("type") not in ("ContainerResource", "Pods", "Resource")
        for each in metrics or ()
    )
    if least < 0 or not of_others:
        yield Problem((*path, "minReplicas"), f"is too small; got {least}; use 1 or more")


def _steps(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if value.get("policies") == []:
        yield Problem((*path, "policies"), "needs at least one; got []; add one, or remove policies")


def _volume(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    plain = all(each is None or isinstance(each, str | list | Mapping) for each in value.values())
    if plain and not any(isinstance(each, Mapping) and key not in _NO_VOLUMES for key, each in value.items()):
        yield Problem(path, "does not say where the volume is; got none; add one such as csi")
    capacity = value.get("capacity")
    if isinstance(capacity, Mapping) and capacity and set(capacity) != {"storage"}:
        yield Problem((*path, "capacity"), f"accepts storage only; got {', '.join(map(str, capacity))}; write storage")


def _webhooks(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    yield from _apart(value.get("webhooks"), (*path, "webhooks"), "name")


def _mounts(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    yield from _apart(value.get("volumeMounts"), (*path, "volumeMounts"), "mountPath")


def _limits(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    yield from _apart(value.get("limits"), (*path, "limits"), "type")


def _quota(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    hard = value.get("hard")
    for key in hard if isinstance(hard, Mapping) else ():
        bare = str(key).removeprefix("requests.").removeprefix("limits.")
        if "/" not in bare and not bare.startswith("hugepages-") and bare not in _COUNTED:
            near = nearest(bare, _COUNTED) or "count/deployments.apps, for any kind"
            yield Problem((*path, "hard", key), f"is no resource; got {shown(key)}; did you mean {near}?")


def _apart(found: Any, path: Path, key: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, each in enumerate(found if isinstance(found, list) else ()):
        text = each.get(key) if isinstance(each, Mapping) else None
        if isinstance(text, str) and text:
            if text in seen:
                yield Problem((*path, index, key), f"is used twice; got {shown(text)}; choose another")
            seen.add(text)


def _provisioner(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    found = value.get("provisioner")
    if isinstance(found, str) and found and (what := names.key_fault(found.lower())):
        yield Problem((*path, "provisioner"), f"{what}; got {shown(found)}; write one such as ebs.csi.aws.com")


def _definition(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    versions = value.get("versions")
    if not isinstance(versions, list):
        return
    stored = [each.get("storage") if isinstance(each, Mapping) else each for each in versions]
    if all(each in (None, True, False) for each in stored) and (count := stored.count(True)) != 1:
        do = "set storage: true in one, and false in the others"
        yield Problem((*path, "versions"), f"needs one version that is stored; got {count}; {do}")


def _controller(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    found = value.get("controller")
    if isinstance(found, str) and found and not re.fullmatch(r"[^/]+/.+", found):
        yield Problem((*path, "controller"), f"needs a domain and a path; got {shown(found)}; write example.com/name")


_COUNTED = (
    *("configmaps", "cpu", "ephemeral-storage", "memory", "persistentvolumeclaims", "pods", "replicationcontrollers"),
    *("resourcequotas", "secrets", "services", "services.loadbalancers", "services.nodeports", "storage"),
)
"""What a ResourceQuota counts by itself, with or without `requests.` and `limits.` before it."""
_NO_VOLUMES = frozenset({"capacity", "claimRef", "nodeAffinity"})
_SOURCES = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}

RULES: Mapping[str, Any] = {
    "Container": _mounts,
    "CustomResourceDefinitionSpec": _definition,
    "DeploymentSpec": _seconds,
    "HPAScalingRules": _steps,
    "HTTPIngressPath": _path,
    "IngressClassSpec": _controller,
    "JobSpec": _indexed,
    "LimitRangeSpec": _limits,
    "MetricSpec": _metric,
    "MutatingWebhookConfiguration": _webhooks,
    "NetworkPolicyPort": _policy_port,
    "NodeSelectorRequirement": _term,
    "PersistentVolumeClaimSpec": _claim,
    "PersistentVolumeSpec": _volume,
    "PolicyRule": _rights,
    "ResourceQuotaSpec": _quota,
    "StorageClass": _provisioner,
    "Toleration": _toleration,
    "ValidatingWebhookConfiguration": _webhooks,
    "autoscaling.v1.HorizontalPodAutoscalerSpec": _autoscaler,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": _autoscaler,
}
