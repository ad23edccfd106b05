"""What the API server checks of an object beyond the types of its fields, for kinds that people write by hand.

The rules are those of its own validation (pkg/apis/core/validation and its neighbours in k8s.io/kubernetes).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown, unknown_name
from eks_blueprints.core.spec import is_known
from eks_blueprints.karpenter import cron
from eks_blueprints.kubernetes import names
from eks_blueprints.kubernetes.pods import Above, Rule, between, items, pod, port, resources, storage

_MOST_DATA = 2**20
"""Most bytes of a ConfigMap or a Secret. Source: MaxSecretSize of pkg/apis/core."""
_EVERY = re.compile(r"@every \s*[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def _metadata(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    for field in ("labels", "annotations"):
        yield from _keys(value.get(field), (*path, field), values=field == "labels")


def _keys(found: Any, path: Path, *, values: bool) -> Iterator[Problem]:
    if not isinstance(found, Mapping):
        return
    for key, text in found.items():
        if what := names.key_fault(str(key)):
            yield Problem((*path, key), f"{what}; got {shown(key)}; see kubernetes' rules of label keys")
        if values and isinstance(text, str) and (message := names.value_fault(text)):
            yield Problem((*path, key), message)


def _selector(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    yield from _keys(value.get("matchLabels"), (*path, "matchLabels"), values=True)
    for index, each in items(value.get("matchExpressions")):
        operator, at = each.get("operator"), (*path, "matchExpressions", index)
        given = bool(each.get("values"))
        if isinstance(operator, str) and operator not in _OPERATORS:
            yield Problem((*at, "operator"), unknown_name(operator, _OPERATORS, "operator"))
        elif operator in ("In", "NotIn") and not given:
            yield Problem((*at, "values"), f"are needed with {operator}; got none; add them")
        elif operator in ("Exists", "DoesNotExist") and given:
            yield Problem((*at, "values"), f"are not allowed with {operator}; got some; remove them")


def _workload(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    selector, template = value.get("selector"), value.get("template")
    if isinstance(selector, Mapping) and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield Problem((*path, "selector"), "selects nothing that is known; got an empty one; add matchLabels")
    elif isinstance(selector, Mapping) and isinstance(template, Mapping):
        labels = selector.get("matchLabels")
        yield from _selected(labels, template, (*path, "selector", "matchLabels"))
        yield from _expressed(selector.get("matchExpressions"), template, (*path, "selector", "matchExpressions"))
    yield from _restart(template, path, ("Always",), default="Always")


def _controller(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    template = value.get("template")
    if isinstance(template, Mapping):
        yield from _selected(value.get("selector"), template, (*path, "selector"))
    yield from _restart(template, path, ("Always",), default="Always")


def _labels_of(template: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The labels of a template; None where not all of them are known."""
    metadata = template.get("metadata")
    labels = {} if metadata is None else metadata.get("labels") if isinstance(metadata, Mapping) else metadata
    labels = {} if labels is None else labels
    return labels if isinstance(labels, Mapping) else None


def _selected(wanted: Any, template: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    labels = _labels_of(template)
    if labels is None or not isinstance(wanted, Mapping):
        return
    for key, text in wanted.items():
        found = labels.get(key)
        if found is None:
            do = f"add {key} to template.metadata.labels, or select by what is there"
            yield Problem((*path, key), f"selects none of its own pods; got a template without label {key}; {do}")
        elif isinstance(found, str) and isinstance(text, str) and found != text:
            do = "write the same in both"
            yield Problem(
                (*path, key),
                f"selects none of its own pods; got {shown(text)} and {shown(found)} in the template; {do}",
            )


def _expressed(wanted: Any, template: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    labels = _labels_of(template)
    if labels is None:
        return
    for index, each in items(wanted):
        key, operator, values = each.get("key"), each.get("operator"), each.get("values")
        text = labels.get(key) if isinstance(key, str) else None
        if not isinstance(key, str) or (text is not None and not isinstance(text, str)):
            continue
        known = [item for item in values if isinstance(item, str)] if isinstance(values, list) else []
        if isinstance(values, list) and len(known) < len(values):
            continue
        fits = {
            "In": text in known,
            "NotIn": text not in known,
            "Exists": text is not None,
            "DoesNotExist": text is None,
        }.get(str(operator), True)
        if not fits:
            got = f"label {key} with {shown(text)} in the template" if text is not None else f"no label {key} in it"
            yield Problem(
                (*path, index), f"selects none of its own pods; got {got}; use the same labels in selector and template"
            )


def _job(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    yield from _restart(value.get("template"), path, ("OnFailure", "Never"), default="Always")


def _restart(template: Any, path: Path, allowed: tuple[str, ...], *, default: str) -> Iterator[Problem]:
    spec = template.get("spec") if isinstance(template, Mapping) else None
    if not isinstance(spec, Mapping):
        return
    found = spec.get("restartPolicy") or default
    if isinstance(found, str) and found not in allowed and found in ("Always", "OnFailure", "Never"):
        got = shown(found) if spec.get("restartPolicy") else f"nothing, which means {default}"
        at = (*path, "template", "spec", "restartPolicy")
        yield Problem(at, f"must be {' or '.join(allowed)} here; got {got}; write {allowed[0]}")


def _cron_job(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    schedule = value.get("schedule")
    if not isinstance(schedule, str) or _EVERY.fullmatch(schedule):
        return
    try:
        cron.parse(schedule)
    except ValueError as error:
        yield Problem((*path, "schedule"), str(error))


def _share(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    for field in ("maxSurge", "maxUnavailable", "minAvailable"):
        found = value.get(field)
        if isinstance(found, str) and not re.fullmatch(r"[0-9]+%", found):
            do = "write a number without quotes, or a share such as 25%"
            yield Problem((*path, field), f"is not a valid share; got {shown(found)}; {do}")


def _budget(value: Mapping[str, Any], path: Path, above: Above) -> Iterator[Problem]:
    yield from _share(value, path, above)
    if value.get("minAvailable") is not None and value.get("maxUnavailable") is not None:
        yield Problem((*path, "maxUnavailable"), "cannot be combined with minAvailable; got both; keep one")


def _service(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    kind, ports, address = value.get("type") or "ClusterIP", value.get("ports"), value.get("clusterIP")
    needs = kind in ("ClusterIP", "NodePort", "LoadBalancer") and is_known(address) and address != "None"
    if ports in (None, []) and needs:
        yield Problem((*path, "ports"), "needs at least one port; got none; add one, or set clusterIP: None")
    several = isinstance(ports, list) and len(ports) > 1
    seen: set[str] = set()
    for index, entry in items(ports):
        name = entry.get("name")
        if several and name in (None, ""):
            yield Problem((*path, "ports", index, "name"), "is required with several ports; got nothing; add it")
        elif isinstance(name, str) and name in seen:
            yield Problem(
                (*path, "ports", index, "name"), f"is already used by another port; got {shown(name)}; rename one"
            )
        seen.add(str(name))
    if isinstance(selector := value.get("selector"), Mapping):
        yield from _keys(selector, (*path, "selector"), values=True)


def _node_port(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    found = value.get("nodePort")
    if isinstance(found, int) and not isinstance(found, bool) and found and not 30000 <= found <= 32767:
        # The default of the API server, which EKS does not change.
        message = f"is out of range; got {found}; use 30000 to 32767, or leave it out"
        yield Problem((*path, "nodePort"), message)


def _data(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    size = 0
    for field in ("data", "binaryData", "stringData"):
        found = value.get(field)
        for key, text in found.items() if isinstance(found, Mapping) else ():
            if message := names.data_key_fault(str(key)):
                yield Problem((*path, field, key), message)
            if isinstance(text, str):
                encoded = field == "binaryData" or (field == "data" and value.get("kind") == "Secret")
                size += len(text) * 3 // 4 if encoded else len(text.encode(errors="replace"))
    if size > _MOST_DATA:
        got = f"{size / 2**20:.1f} MiB"
        yield Problem(
            (*path, "data"), f"is larger than 1 MiB, the most that the API server keeps; got {got}; shorten it"
        )


def _secret(value: Mapping[str, Any], path: Path, above: Above) -> Iterator[Problem]:
    yield from _data(value, path, above)
    for field in ("data", "stringData"):
        found = value.get(field)
        for key, text in found.items() if isinstance(found, Mapping) else ():
            if isinstance(text, str) and (what := _slip(_decoded(text) if field == "data" else text, field)):
                yield Problem((*path, field, str(key)), what, severity="warning")


def _slip(text: str | None, field: str) -> str | None:
    """What happens where a secret is encoded by hand."""
    if text is None:
        return None
    if text.endswith("\n") and text.count("\n") == 1 and len(text) > 1:
        how = "encode it with: printf '%s' … | base64" if field == "data" else "remove it"
        return f"ends with a newline, which becomes part of the value; got one line; {how}"
    again = _decoded(text) if len(text) >= _WORD and len(text) % 4 == 0 else None
    if again is not None and len(again) >= _WORD // 2 and again.strip().isascii() and again.strip().isprintable():
        once = "once" if field == "data" else "not at all: stringData takes plain text"
        return f"looks encoded once too often; got base64 inside; encode it {once}"
    return None


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (ValueError, binascii.Error):
        return None


_WORD = 8
"""Characters from which on text is taken for base64: shorter words are often both."""


def _both(*rules: Rule) -> Rule:
    def check(value: Mapping[str, Any], path: Path, above: Above) -> Iterator[Problem]:
        for rule in rules:
            yield from rule(value, path, above)

    return check


_PORTS = between(1, 65535, ("port", "containerPort"))
_COUNTS = between(0, 2**31 - 1, ("replicas", "minReadySeconds", "revisionHistoryLimit"))
_JOBS = between(0, 2**31 - 1, ("parallelism", "completions", "backoffLimit"))
_HISTORY = between(0, 2**31 - 1, ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"))

RULES: Mapping[str, Rule] = {
    "ConfigMap": _data,
    "ContainerPort": _both(_PORTS, between(0, 65535, ("hostPort",))),
    "CronJobSpec": _both(_cron_job, _HISTORY),
    "DaemonSetSpec": _both(_workload, _COUNTS),
    "DeploymentSpec": _both(_workload, _COUNTS),
    "HTTPGetAction": port("port"),
    "JobSpec": _both(_job, _JOBS),
    "LabelSelector": _selector,
    "ObjectMeta": _metadata,
    "PodDisruptionBudgetSpec": _budget,
    "PodSpec": pod,
    "ReplicaSetSpec": _both(_workload, _COUNTS),
    "ReplicationControllerSpec": _both(_controller, _COUNTS),
    "ResourceRequirements": resources,
    "RollingUpdateDaemonSet": _share,
    "RollingUpdateDeployment": _share,
    "RollingUpdateStatefulSetStrategy": _share,
    "Secret": _secret,
    "ServiceBackendPort": port("name", may_be_empty=True),
    "ServicePort": _both(_PORTS, port("targetPort", may_be_empty=True), _node_port),
    "ServiceSpec": _service,
    "StatefulSetSpec": _both(_workload, _COUNTS),
    "TCPSocketAction": port("port"),
    "VolumeResourceRequirements": storage,
}
"""The rules by the type of what they judge."""
