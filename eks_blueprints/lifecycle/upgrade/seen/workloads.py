"""What runs on a cluster and suffers while nodes are replaced: workloads of one pod, and webhooks that fail closed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.upgrade.model import Finding
from eks_blueprints.lifecycle.upgrade.seen.answers import rows, within

_MOST = 10
_EVERY = "--all-namespaces"
_SOURCE = "Kubernetes, Dynamic Admission Control (failurePolicy)"

Get = Callable[..., str]
"""Asks `kubectl get` for something, and may raise an InputError."""


def workloads(get: Get) -> Iterator[Finding]:
    """What of a cluster is away, or stops others, while its nodes are replaced."""
    try:
        sets = _items(get("get", "deployments,statefulsets", _EVERY, "-o", "json"))
        kinds = "validatingwebhookconfigurations,mutatingwebhookconfigurations"
        hooks = _items(get("get", kinds, "-o", "json"))
        slices = _items(get("get", "endpointslices", _EVERY, "-o", "json"))
    except InputError as error:
        yield Finding(
            level="unknown",
            code="workloads-now",
            what=f"workloads of one pod and webhooks that fail closed could not be read: {error.problems[0].message}",
            do="ask with the right to list deployments, statefulsets, endpointslices and webhook configurations",
            gate=True,
        )
        return
    yield from _alone(sets)
    yield from _closed(hooks, set(_answering(slices)))


def _items(text: str) -> list[dict[str, Any]]:
    return rows(json.loads(text).get("items"))


def _alone(sets: list[dict[str, Any]]) -> Iterator[Finding]:
    one = [_name(each) for each in sets if within(each, "spec", "replicas") == 1]
    if one:
        yield Finding(
            level="warning",
            code="single-pod-now",
            what=f"{_counted(one, 'workload')} of one pod, which is away while its node is replaced: {_listed(one)}",
            do="give each a second pod, or say when it may be away",
        )


def _closed(hooks: list[dict[str, Any]], answering: set[tuple[str, str]]) -> Iterator[Finding]:
    """Webhooks that are asked about every new pod: where nobody answers, no pod starts on a new node."""
    asked = [(each, hook) for each in hooks for hook in rows(each.get("webhooks")) if _about_pods(hook)]
    silent: list[str] = []
    others: list[str] = []
    for each, hook in asked:
        service = within(hook, "clientConfig", "service") or {}
        where = str(service.get("namespace")), str(service.get("name"))
        said = f"{hook.get('name')} of {within(each, 'metadata', 'name')} (service {'/'.join(where)})"
        (others if where in answering else silent).append(said)
    if silent:
        yield Finding(
            level="blocker",
            code="webhook-silent",
            what=f"{_counted(silent, 'webhook')} for pods with failurePolicy Fail, and no pod answers: "
            f"{_listed(silent)}; no new pod can start",
            do="bring its pods back, or delete the configuration",
            source=_SOURCE,
        )
    if others:
        yield Finding(
            level="warning",
            code="webhook-closed",
            what=f"{_counted(others, 'webhook')} for pods with failurePolicy Fail: {_listed(others)}; while all of its "
            "pods are away no pod starts, theirs neither",
            do="give it two pods on different nodes and a disruption budget, and leave its own namespace out",
            source=_SOURCE,
        )


def _about_pods(hook: dict[str, Any]) -> bool:
    if hook.get("failurePolicy", "Fail") != "Fail" or within(hook, "clientConfig", "service") is None:
        return False
    return any(
        {"*", "CREATE"} & set(rule.get("operations") or ())
        and {"*", "*/*", "pods"} & set(rule.get("resources") or ())
        and {"*", ""} & set(rule.get("apiGroups") or ())
        for rule in rows(hook.get("rules"))
    )


def _answering(slices: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Namespace and name of each service that a ready pod stands behind."""
    for each in slices:
        name = within(each, "metadata", "labels", "kubernetes.io/service-name")
        # Ready is what is not said to be otherwise.
        if name and any(within(row, "conditions", "ready") is not False for row in rows(each.get("endpoints"))):
            yield str(within(each, "metadata", "namespace")), str(name)


def _name(each: dict[str, Any]) -> str:
    return f"{within(each, 'metadata', 'namespace')}/{within(each, 'metadata', 'name')}"


def _counted(names: list[str], what: str) -> str:
    return f"the cluster has {len(names)} {what}{'' if len(names) == 1 else 's'}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{', '.join(sorted(names)[:_MOST])}{more}"
