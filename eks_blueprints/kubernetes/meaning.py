"""What the API server checks of an object beyond the types of its fields, for kinds that people write by hand.

The rules are those of its own validation (pkg/apis/core/validation and its neighbours in k8s.io/kubernetes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown, unknown_name
from eks_blueprints.karpenter import cron
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.kubernetes import names

Above = tuple[Mapping[str, Any], ...]
"""The mappings that enclose one, outermost first."""
Rule = Callable[[Mapping[str, Any], Path, Above], Iterator[Problem]]

_EVERY = re.compile(r"@every \s*[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*")
_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
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
    for index, each in _items(value.get("matchExpressions")):
        operator, at = each.get("operator"), (*path, "matchExpressions", index)
        given = bool(each.get("values"))
        if isinstance(operator, str) and operator not in _OPERATORS:
            yield Problem((*at, "operator"), unknown_name(operator, _OPERATORS, "operator"))
        elif operator in ("In", "NotIn") and not given:
            yield Problem((*at, "values"), f"are needed with {operator}; got none; add them")
        elif operator in ("Exists", "DoesNotExist") and given:
            yield Problem((*at, "values"), f"are not taken with {operator}; got some; remove them")


def _workload(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    selector, template = value.get("selector"), value.get("template")
    if isinstance(selector, Mapping) and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield Problem((*path, "selector"), "selects nothing that can be told; got an empty one; add matchLabels")
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
    for index, each in _items(wanted):
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
            yield Problem((*path, index), f"selects none of its own pods; got {got}; let selector and template agree")


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


def _pod(value: Mapping[str, Any], path: Path, above: Above) -> Iterator[Problem]:
    volumes, whole = _named(value.get("volumes"))
    for mapping in above:  # a StatefulSet's claims are volumes of its pods
        for _, claim in _items(mapping.get("volumeClaimTemplates")):
            metadata = claim.get("metadata")
            volumes.append(metadata.get("name") if isinstance(metadata, Mapping) else None)
    yield from _unique(value.get("volumes"), (*path, "volumes"), "volume")
    if isinstance(containers := value.get("containers"), list) and not containers:
        yield Problem((*path, "containers"), "needs at least one container; got []; add one")
    seen: set[str] = set()
    for field in _CONTAINERS:
        for index, container in _items(value.get(field)):
            at = (*path, field, index)
            name = container.get("name")
            if isinstance(name, str):
                if name in seen:
                    yield Problem((*at, "name"), f"is taken by another container; got {shown(name)}; rename one")
                elif message := names.fault(names.NAMESPACE, name):
                    yield Problem((*at, "name"), message)
                seen.add(name)
            if container.get("image") in (None, ""):
                yield Problem((*at, "image"), "is required; got nothing; name an image")
            yield from _ports(container.get("ports"), (*at, "ports"))
            if whole and all(isinstance(volume, str) for volume in volumes):
                yield from _mounts(container, volumes, at)


def _mounts(container: Mapping[str, Any], volumes: list[Any], path: Path) -> Iterator[Problem]:
    for field in ("volumeMounts", "volumeDevices"):
        for index, mount in _items(container.get(field)):
            name = mount.get("name")
            if isinstance(name, str) and name not in volumes:
                do = f"known are {', '.join(sorted(volumes)[:8])}" if volumes else "add it to volumes"
                yield Problem((*path, field, index, "name"), f"names no volume of the pod; got {shown(name)}; {do}")


def _ports(ports: Any, path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, port in _items(ports):
        name = port.get("name")
        if not isinstance(name, str) or not name:
            continue
        if not _PORT_NAME.fullmatch(name):
            do = "use up to 15 lower-case letters, digits and single -, with a letter among them"
            yield Problem((*path, index, "name"), f"is no name of a port; got {shown(name)}; {do}")
        elif name in seen:
            yield Problem((*path, index, "name"), f"is taken by another port; got {shown(name)}; rename one")
        seen.add(name)


def _named(value: Any) -> tuple[list[Any], bool]:
    """The names of a list's entries, and whether all of them are known."""
    if value is None:
        return [], True
    if not isinstance(value, list):
        return [], False
    return [item.get("name") for item in value if isinstance(item, Mapping)], all(isinstance(i, Mapping) for i in value)


def _unique(value: Any, path: Path, what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, item in _items(value):
        name = item.get("name")
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Problem((*path, index, "name"), f"is taken by another {what}; got {shown(name)}; rename one")
        elif message := names.fault(names.NAMESPACE, name):
            yield Problem((*path, index, "name"), message)
        seen.add(name)


def _service(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    kind, ports = value.get("type", "ClusterIP"), value.get("ports")
    if ports in (None, []) and kind in ("ClusterIP", "NodePort", "LoadBalancer") and value.get("clusterIP") != "None":
        yield Problem((*path, "ports"), "needs at least one port; got none; add one, or set clusterIP: None")
    several = isinstance(ports, list) and len(ports) > 1
    seen: set[str] = set()
    for index, port in _items(ports):
        name = port.get("name")
        if several and name is None:
            yield Problem((*path, "ports", index, "name"), "is required with several ports; got nothing; add it")
        elif isinstance(name, str) and name in seen:
            yield Problem((*path, "ports", index, "name"), f"is taken by another port; got {shown(name)}; rename one")
        seen.add(str(name))
    if isinstance(selector := value.get("selector"), Mapping):
        yield from _keys(selector, (*path, "selector"), values=True)


def _resources(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    limits = value.get("limits")
    limits = limits if isinstance(limits, Mapping) else {}
    for field in ("limits", "requests"):
        found = value.get(field)
        for key, amount in found.items() if isinstance(found, Mapping) else ():
            if (mine := _exact(amount)) is None:
                continue
            if mine < 0:
                yield Problem((*path, field, key), f"is negative; got {shown(amount)}; write 0 or more")
            most = _exact(limits.get(key)) if field == "requests" else None
            if most is not None and mine > most:
                what = f"is more than its limit; got {shown(amount)} and a limit of {shown(limits[key])}"
                yield Problem((*path, field, key), f"{what}; lower it or raise the limit")


def _exact(amount: Any) -> Any:
    if isinstance(amount, bool) or not isinstance(amount, str | int):
        return None
    try:
        return exact(str(amount))
    except ValueError:  # told as what it is
        return None


def _data(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    for field in ("data", "binaryData", "stringData"):
        found = value.get(field)
        for key in found if isinstance(found, Mapping) else ():
            if message := names.data_key_fault(str(key)):
                yield Problem((*path, field, key), message)


def _items(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(item, Mapping):
            yield index, item


def _between(least: int, most: int, fields: Iterable[str]) -> Rule:
    def check(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
        for field in fields:
            found = value.get(field)
            if isinstance(found, int) and not isinstance(found, bool) and not least <= found <= most:
                bounds = f"{least} to {most}" if most < 2**31 - 1 else f"{least} or more"
                yield Problem((*path, field), f"is out of range; got {found}; use {bounds}")

    return check


def _both(*rules: Rule) -> Rule:
    def check(value: Mapping[str, Any], path: Path, above: Above) -> Iterator[Problem]:
        for rule in rules:
            yield from rule(value, path, above)

    return check


_PORTS = _between(1, 65535, ("port", "containerPort"))
_COUNTS = _between(0, 2**31 - 1, ("replicas", "minReadySeconds", "revisionHistoryLimit"))
_JOBS = _between(0, 2**31 - 1, ("parallelism", "completions", "backoffLimit"))
_HISTORY = _between(0, 2**31 - 1, ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"))

RULES: Mapping[str, Rule] = {
    "ConfigMap": _data,
    "ContainerPort": _both(_PORTS, _between(0, 65535, ("hostPort",))),
    "CronJobSpec": _both(_cron_job, _HISTORY),
    "DaemonSetSpec": _both(_workload, _COUNTS),
    "DeploymentSpec": _both(_workload, _COUNTS),
    "JobSpec": _both(_job, _JOBS),
    "LabelSelector": _selector,
    "ObjectMeta": _metadata,
    "PodSpec": _pod,
    "ReplicaSetSpec": _both(_workload, _COUNTS),
    "ReplicationControllerSpec": _both(_controller, _COUNTS),
    "ResourceRequirements": _resources,
    "Secret": _data,
    "ServicePort": _both(_PORTS, _between(0, 65535, ("nodePort",))),
    "ServiceSpec": _service,
    "StatefulSetSpec": _both(_workload, _COUNTS),
}
"""The rules by the type of what they judge."""
