"""What the API server asks of several fields of a type together: one needs another, rules it out, or bounds it.

The rules are those of its own validation (pkg/apis/core/validation and its neighbours in k8s.io/kubernetes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.kubernetes import names, ports
from eks_blueprints.kubernetes.namespace_names import POD_SECURITY
from eks_blueprints.kubernetes.pods import items


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
        for at, each in names.entries(given, (*path, "values")):
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
    least, most, metrics = value.get("minReplicas"), value.get("maxReplicas"), value.get("metrics")
    if type(least) is int and type(most) is int and least > most > 0:
        yield Problem((*path, "maxReplicas"), f"is less than minReplicas; got {most} and {least}; use {least} or more")
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
    if isinstance(capacity, Mapping) and set(capacity) != {"storage"}:
        got = ", ".join(map(str, capacity)) or "nothing"
        yield Problem((*path, "capacity"), f"accepts storage only; got {got}; write storage")


def _webhooks(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    yield from names.apart(value.get("webhooks"), (*path, "webhooks"), "name")


def _mounts(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    yield from names.apart(value.get("volumeMounts"), (*path, "volumeMounts"), "mountPath")


def _field_of_pod(fields: re.Pattern[str]) -> Any:
    """A rule for what takes a field of its pod: it is one of these."""

    def check(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
        ref = value.get("fieldRef")
        found = ref.get("fieldPath") if isinstance(ref, Mapping) else None
        if isinstance(found, str) and found and not fields.fullmatch(found):
            do = "use one such as metadata.name, or metadata.labels['app']"
            yield Problem(
                (*path, "fieldRef", "fieldPath"), f"cannot be taken from a pod here; got {shown(found)}; {do}"
            )

    return check


def _claims(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for index, claim in items(value.get("volumeClaimTemplates")):
        metadata = claim.get("metadata")
        named = metadata.get("name") if isinstance(metadata, Mapping) else metadata
        if named in (None, ""):
            at = (*path, "volumeClaimTemplates", index, "metadata", "name")
            yield Problem(at, "is required, as pods mount it by that; got nothing; add it")


def _pod(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    yield from ports.apart(value, path)
    seen: set[tuple[Any, Any]] = set()
    for index, each in items(value.get("topologySpreadConstraints")):
        key = (each.get("topologyKey"), each.get("whenUnsatisfiable"))
        if all(isinstance(part, str) for part in key) and key in seen:
            at = (*path, "topologySpreadConstraints", index)
            yield Problem(at, f"spreads by the same as another one; got {shown(key[0])} twice; remove one")
        if all(isinstance(part, str) for part in key):
            seen.add(key)


def _schedule(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    zone = value.get("timeZone")
    if isinstance(zone, str) and zone and not _ZONE.fullmatch(zone):
        yield Problem((*path, "timeZone"), f"is no time zone; got {shown(zone)}; write one such as Europe/Dublin")


def _subject(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    name = value.get("name")
    if value.get("kind") != "ServiceAccount" or not isinstance(name, str) or not name:
        return
    if message := names.fault(names.DNS_NAME, name):
        yield Problem((*path, "name"), message)


def _directions(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    found = value.get("policyTypes")
    if isinstance(found, list) and len(found) > 2:
        yield Problem((*path, "policyTypes"), f"can have at most two entries; got {len(found)}; write each once")


def _constraints(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    found = value.get("matchConstraints")
    if isinstance(found, Mapping) and found.get("resourceRules") in (None, [], ()):
        at = (*path, "matchConstraints", "resourceRules")
        yield Problem(at, "is required and cannot be empty; got nothing; add it")


def _security(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    metadata = value.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, Mapping) else None
    if not isinstance(labels, Mapping):
        return
    for mode in ("audit", "enforce", "warn"):
        for key, form, words in (
            (mode, _LEVEL, "privileged, baseline or restricted"),
            (f"{mode}-version", _MINOR, "latest or one such as v1.35"),
        ):
            found = labels.get(f"{POD_SECURITY}{key}")
            if isinstance(found, str) and not form.fullmatch(found):
                at = (*path, "metadata", "labels", f"{POD_SECURITY}{key}")
                yield Problem(at, f"is not one of the allowed values; got {shown(found)}; use {words}")


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


_LEVEL = re.compile("privileged|baseline|restricted")
_MINOR = re.compile(r"latest|v1\.(0|[1-9]\d*)")
_ZONE = re.compile(r"(?!local$)[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40})*", re.IGNORECASE)
_OF_PODS = re.compile(
    r"metadata\.(name|namespace|uid|(labels|annotations)\['.+'\])|"
    r"spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?)"
)
"""Fields of a pod that its environment may hold: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/."""
_IN_FILES = re.compile(r"metadata\.(name|namespace|uid|(labels|annotations)(\['.+'\])?)")
"""The same of files in volumes."""
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
    "CronJobSpec": _schedule,
    "CustomResourceDefinitionSpec": _definition,
    "DeploymentSpec": _seconds,
    "DownwardAPIVolumeFile": _field_of_pod(_IN_FILES),
    "EnvVarSource": _field_of_pod(_OF_PODS),
    "HPAScalingRules": _steps,
    "HTTPIngressPath": _path,
    "IngressClassSpec": _controller,
    "JobSpec": _indexed,
    "MetricSpec": _metric,
    "MutatingWebhookConfiguration": _webhooks,
    "Namespace": _security,
    "NetworkPolicyPort": _policy_port,
    "NetworkPolicySpec": _directions,
    "NodeSelectorRequirement": _term,
    "PersistentVolumeClaimSpec": _claim,
    "PersistentVolumeSpec": _volume,
    "PodSpec": _pod,
    "PolicyRule": _rights,
    "StatefulSetSpec": _claims,
    "StorageClass": _provisioner,
    "Toleration": _toleration,
    "ValidatingWebhookConfiguration": _webhooks,
    "admissionregistration.v1.MutatingAdmissionPolicySpec": _constraints,
    "admissionregistration.v1.ValidatingAdmissionPolicySpec": _constraints,
    "autoscaling.v1.HorizontalPodAutoscalerSpec": _autoscaler,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": _autoscaler,
    "rbac.v1.Subject": _subject,
}
