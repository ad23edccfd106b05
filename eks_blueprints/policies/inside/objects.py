"""What charts bring along, as the objects that rules ask about, as far as it is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.charts.model import Container, Rendered, Webhook, Workload
from eks_blueprints.policies.embedded import type_of
from eks_blueprints.policies.installed import Installed
from eks_blueprints.policies.stack import Resource

_VERSIONS = {"Job": "batch/v1", "CronJob": "batch/v1", "Pod": "v1"}
_RBAC = "rbac.authorization.k8s.io/v1"
_ADMISSION = "admissionregistration.k8s.io/v1"


def objects(found: Rendered, installed: Installed) -> Iterator[Resource]:
    """Workloads, roles and webhooks; of all else its kind and version alone, once for each."""
    for name, workload in found.workloads.items():
        kind, _, short = name.partition("/")
        spec = _workload(kind, workload)
        yield _object(installed, _VERSIONS.get(kind, "apps/v1"), kind, short, spec, workload.namespace)
    for name, rules in found.roles.items():
        kind, _, short = name.partition("/")
        yield _object(installed, _RBAC, kind, short, {"rules": [rule(each) for each in rules]})
    for name, webhook in found.webhooks.items():
        kind = "MutatingWebhookConfiguration" if webhook.mutating else "ValidatingWebhookConfiguration"
        yield _object(installed, _ADMISSION, kind, name, {"webhooks": [_webhook(webhook)]})
    for named in found.objects:
        version, _, kind = named.partition(" ")
        if kind not in _TOLD:
            yield _object(installed, version, kind, "", {})


_TOLD = frozenset(
    {
        *("Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job", "CronJob", "Pod", "ClusterRole", "Role"),
        *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    }
)


def _object(  # noqa: PLR0917 - in this order everywhere
    installed: Installed, version: str, kind: str, name: str, body: Mapping[str, Any], namespace: str = ""
) -> Resource:
    metadata = {"name": name, "namespace": namespace or installed.namespace}
    inputs = {"apiVersion": version, "kind": kind, "metadata": metadata, **body}
    path = (f"{kind}/{name}" if name else f"{version} {kind}",)
    return installed.resource.carried(f"{kind}/{name}", type_of(version, kind), inputs, path=path)


def _workload(kind: str, workload: Workload) -> dict[str, Any]:
    template = {"metadata": {"labels": dict(workload.labels)}, "spec": pod_of(workload)}
    if kind == "Pod":
        return {"spec": template["spec"]}
    if kind == "CronJob":
        return {"spec": {"jobTemplate": {"spec": {"template": template}}}}
    counted = {} if kind in ("DaemonSet", "Job") else {"replicas": workload.replicas}
    return {"spec": {**counted, "template": template}}


def pod_of(workload: Workload) -> dict[str, Any]:
    """The spec of the pods of a workload, as far as it is known."""
    pod: dict[str, Any] = {
        "securityContext": dict(workload.security),
        "nodeSelector": dict(workload.node_selector),
        "tolerations": [dict(each) for each in workload.tolerations],
        "volumes": [{"name": path, "hostPath": {"path": path}} for path in sorted(workload.host_paths)],
        "initContainers": [_container(name, c) for name, c in workload.containers.items() if c.init],
        "containers": [_container(name, c) for name, c in workload.containers.items() if not c.init],
    }
    for field, said in (
        ("hostNetwork", workload.host_network),
        ("hostPID", workload.host_pid),
        ("hostIPC", workload.host_ipc),
    ):
        if said:
            pod[field] = True
    return pod


def _container(name: str, container: Container) -> dict[str, Any]:
    return {
        "name": name,
        "image": container.image,
        "securityContext": dict(container.security),
        "resources": {"requests": dict(container.requests), "limits": dict(container.limits)},
    }


def rule(text: str) -> dict[str, Any]:
    """A rule of a role, as the table writes it, in the form of Kubernetes."""
    verbs, _, rest = text.partition(" ")
    if rest.startswith(("/", "*")) and " " not in rest:
        return {"verbs": _list(verbs), "nonResourceURLs": _list(rest)}
    groups, _, rest = rest.partition(" ")
    resources, _, names = rest.partition(" ")
    found = {
        "verbs": _list(verbs),
        "apiGroups": ["" if each == "core" else each for each in _list(groups)],
        "resources": _list(resources),
    }
    return {**found, "resourceNames": _list(names)} if names else found


def _webhook(webhook: Webhook) -> dict[str, Any]:
    rules = []
    for text in webhook.rules:
        operations, versions, resources = (*text.split(" "), "", "")[:3]
        groups = [each.rpartition("/")[0] for each in _list(versions)]
        rules.append({"operations": _list(operations), "apiGroups": groups, "resources": _list(resources)})
    return {
        "failurePolicy": "Fail" if webhook.fails else "Ignore",
        "rules": rules,
        "namespaceSelector": dict(webhook.namespaces),
        "objectSelector": dict(webhook.objects),
    }


def _list(text: str) -> list[str]:
    return text.split(",") if text else []
