"""The pods of a cluster: those of the workloads that the stack writes down, and those of its charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from eks_blueprints.policies.inside.contents import contents
from eks_blueprints.policies.objects import (
    NAMESPACE,
    WORKLOADS,
    canonical,
    containers_of,
    labels_of,
    namespace_of,
    object_name,
    pod_labels,
    pod_of,
)
from eks_blueprints.policies.platform import cluster_of, fargate_profile_of, on_cluster
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.reach.ports import Named

_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True, eq=False)
class Pod:
    """The pods of one workload, which are alike for the network."""

    namespace: str
    kind: str
    name: str
    labels: Mapping[str, str]
    namespace_labels: Mapping[str, str]
    ports: Named = field(default_factory=dict)
    """Those of its containers that have a name."""
    numbers: tuple[tuple[str, int], ...] = ()
    """Protocol and number of all ports that its containers declare."""
    host_network: bool = False
    fargate: bool = False
    service_account: str = "default"
    account_labels: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    """The chart that brings it; empty for one that the stack writes down."""
    urn: str = ""
    ports_known: bool = True
    unknown: str = ""
    """What is not known of it."""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def pods(cluster: Resource | None, stack: Stack) -> list[Pod]:
    """The pods of a cluster, by namespace and name."""
    spaces = dict(_namespaces(cluster, stack))
    accounts = {
        (namespace_of(each, stack), object_name(each, stack)): _known_labels(each)
        for each in on_cluster(cluster, stack, "kubernetes:core/v1:ServiceAccount")
    }
    found = [_pod(each, stack, spaces, accounts) for each in on_cluster(cluster, stack, *WORKLOADS) if not each.patch]
    found += _of_charts(cluster, stack, spaces)
    return sorted(found, key=lambda each: (each.namespace, each.name, each.kind))


def _namespaces(cluster: Resource | None, stack: Stack) -> Iterator[tuple[str, Mapping[str, str]]]:
    for each in on_cluster(cluster, stack, NAMESPACE):
        name = object_name(each, stack)
        yield name, {**_known_labels(each), _NAME: name}


def labels_of_namespace(name: str, spaces: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The labels of a namespace; of one that the stack does not make, the one that every namespace has."""
    return spaces.get(name, {_NAME: name})


def _known_labels(resource: Resource) -> Mapping[str, str]:
    try:
        return labels_of(resource.props)
    except Undetermined:
        return {}


def _pod(
    resource: Resource,
    stack: Stack,
    spaces: Mapping[str, Mapping[str, str]],
    accounts: Mapping[tuple[str, str], Mapping[str, str]],
) -> Pod:
    namespace = namespace_of(resource, stack)
    labels: Mapping[str, str] = {}
    unknown, host, fargate, account = "", False, False, "default"
    numbers: list[tuple[str, int]] = []
    named: dict[str, tuple[str, int]] = {}
    try:
        labels = pod_labels(resource)
        host = pod_of(resource).flag("hostNetwork") is True
        account = canonical(pod_of(resource).text("serviceAccountName") or "default", stack)
        for name, protocol, port in _ports(resource):
            numbers.append((protocol, port))
            if name:
                named.setdefault(name, (protocol, port))
        fargate = resource.kind != "DaemonSet" and fargate_profile_of(resource, stack) is not None
    except Undetermined as error:
        unknown = str(error)
    return Pod(
        namespace,
        resource.kind,
        object_name(resource, stack),
        labels,
        labels_of_namespace(namespace, spaces),
        named,
        tuple(dict.fromkeys(numbers)),
        host,
        fargate,
        account,
        accounts.get((namespace, account), {}),
        urn=resource.urn,
        unknown=unknown,
    )


def _ports(resource: Resource) -> Iterator[tuple[str, str, int]]:
    for container in containers_of(resource):
        for port in container.items("ports"):
            number = port.number("containerPort")
            if number is not None:
                yield str(port.get("name") or ""), str(port.get("protocol") or "TCP"), int(number)


def _of_charts(cluster: Resource | None, stack: Stack, spaces: Mapping[str, Mapping[str, str]]) -> Iterable[Pod]:
    for chart in contents(stack):
        if chart.rendered is None or not (
            cluster is None or cluster_of(chart.installed.resource, stack) in (cluster, None)
        ):
            continue
        for key, workload in chart.rendered.workloads.items():
            if workload.hook:
                continue
            kind, _, name = key.partition("/")
            namespace = workload.namespace or chart.installed.namespace
            yield Pod(
                namespace,
                kind,
                name,
                workload.labels,
                labels_of_namespace(namespace, spaces),
                host_network=workload.host_network,
                service_account=workload.service_account or "default",
                origin=f"chart {chart.installed.chart}",
                urn=f"{chart.installed.resource.urn}#{key}",
                ports_known=False,
            )
