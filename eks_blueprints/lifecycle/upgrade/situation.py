"""The platform as it is declared: read off a recorded plan, with the lines of its stack file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.lifecycle.upgrade.checks.drain import drain
from eks_blueprints.lifecycle.upgrade.declared_nodes import declared_nodes
from eks_blueprints.lifecycle.upgrade.fields import field_uses
from eks_blueprints.lifecycle.upgrade.model import Api, Component, Finding, Situation, Subnet
from eks_blueprints.lifecycle.upgrade.places import Places
from eks_blueprints.policies.addresses import subnet_of
from eks_blueprints.policies.inside.contents import Contents, contents
from eks_blueprints.policies.platform import ADDON, SUBNET, cluster_of
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack

_AGENTS = ("argo-cd", "flux2", "flux-operator")
_RESERVED = 5  # addresses that AWS keeps of each subnet


def situations(stack: Stack, document: Document | None = None, region: str | None = None) -> Iterator[Situation]:
    """Each cluster of a stack with all that is on it.

    Raises:
        InputError: if the stack makes no cluster, or one whose version is not known before the deployment.
    """
    found = stack.of(CLUSTER)
    if not found:
        do = "plan the upgrade in the stack that makes the cluster"
        raise InputError([Problem((), f"makes no EKS cluster; got none in its plan; {do}", stack.name)])
    places = Places(document)
    for cluster in found:
        yield _situation(cluster, stack, places, region)


def _situation(cluster: Resource, stack: Stack, places: Places, region: str | None) -> Situation:
    version = cluster.inputs.get("version")
    match = re.fullmatch(r"1\.(\d+)", str(version))
    if match is None:
        message = f"needs a version that is known before the deployment; got {version}; write version: in cluster:"
        raise InputError([Problem(("cluster", "version"), message, stack.name)])
    policy = cluster.inputs.get("upgradePolicy")
    name, here = cluster.inputs.get("name"), _on(cluster, stack)
    charts = [each for each in contents(stack) if here(each.installed.resource)]
    compute = cluster.inputs.get("computeConfig")
    return Situation(
        stack=stack.name,
        cluster=name if isinstance(name, str) and "${" not in name else cluster.name,
        minor=int(match[1]),
        place=places.at(("cluster", "version"), cluster),
        region=region,
        support_type=policy.get("supportType") if isinstance(policy, Mapping) else None,
        auto_mode=isinstance(compute, Mapping) and compute.get("enabled") is True,
        force=cluster.inputs.get("forceUpdateVersion") is True,
        nodes=tuple(declared_nodes(cluster, stack, places)),
        components=(*_addons(cluster, stack, places), *(_chart(each, stack, places) for each in charts)),
        apis=tuple(_apis(stack, charts, here)),
        fields=tuple(field_uses(stack)),
        subnets=tuple(_subnets(cluster, stack)),
        delivery=tuple(each.installed.chart for each in charts if each.installed.chart in _AGENTS),
        findings=(*drain(stack, cluster), *_unread(charts)),
    )


def _on(cluster: Resource, stack: Stack) -> Any:
    return lambda resource: cluster_of(resource, stack) in (cluster, None)


def _addons(cluster: Resource, stack: Stack, places: Places) -> Iterator[Component]:
    for each in stack.of(ADDON):
        name = each.inputs.get("addonName")
        if cluster_of(each, stack) is not cluster or not isinstance(name, str):
            continue
        version, element = each.inputs.get("addonVersion"), places.element(each, stack, "addons")
        yield Component(
            name=name,
            version=version if isinstance(version, str) and "${" not in version else None,
            eks=True,
            element=element,
            pinned=version is not None,
            conflicts=str(each.inputs.get("resolveConflictsOnUpdate") or "NONE"),
            place=places.at(("addons", element, "version"), each) if element else places.at((), each),
        )


def _chart(found: Contents, stack: Stack, places: Places) -> Component:
    installed = found.installed
    group = "compute" if installed.chart.startswith("karpenter") else "addons"
    element = places.element(installed.resource, stack, group)
    version = installed.version
    return Component(
        name=installed.chart,
        version=version,
        eks=False,
        element=element,
        pinned=places.document is not None and (group, element, "version") in places.document.keys,
        app=_app(found),
        place=places.at((group, element, "version"), installed.resource) if element else _at(installed.resource),
    )


def _app(found: Contents) -> str | None:
    """The version of what runs, by the tag of the first image that is called as the chart is."""
    for workload in (found.rendered.workloads if found.rendered else {}).values():
        for container in workload.containers.values():
            repository, _, tag = container.image.partition("@")[0].rpartition(":")
            if repository.rpartition("/")[2] in (found.installed.chart, f"{found.installed.chart}-controller"):
                return tag
    return None


def _apis(stack: Stack, charts: list[Contents], here: Any) -> Iterator[Api]:
    for each in stack.objects:
        if here(each):
            metadata = each.inputs.get("metadata")
            name = metadata.get("name") if isinstance(metadata, Mapping) else None
            place = each.where(each.path) if each.where is not None else None
            yield Api(each.api_version, each.kind, str(name or each.name), "declared", _at(each, place))
    for found in charts:
        for named in found.rendered.objects if found.rendered else ():
            version, _, kind = named.partition(" ")
            yield Api(version, kind, "", f"chart {found.installed.chart}", _at(found.installed.resource))


def _unread(charts: list[Contents]) -> Iterator[Finding]:
    for each in charts:
        if each.rendered is None:
            yield Finding(
                level="unknown",
                code="chart-not-read",
                what=f"what chart {each.installed.chart} brings could not be looked into: {each.how}",
                do="run with --render, which has Helm render it",
                place=_at(each.installed.resource),
            )


def _subnets(cluster: Resource, stack: Stack) -> Iterator[Subnet]:
    config = cluster.inputs.get("vpcConfig")
    given = config.get("subnetIds") if isinstance(config, Mapping) else None
    for index, value in enumerate(given if isinstance(given, list) else ()):
        resource = stack.resolved(cluster, "vpcConfig", "subnetIds", index, types=(SUBNET,))
        if resource is None:
            yield Subnet(value if isinstance(value, str) else f"subnet {index + 1}", "", None)
            continue
        found = subnet_of(resource)
        tags = resource.inputs.get("tags")
        name = tags.get("Name") if isinstance(tags, Mapping) else None
        size = ip_network(found.cidr).num_addresses - _RESERVED if found.cidr else None
        yield Subnet(str(name or resource.name), found.zone or "", size, None, _at(resource))


def _at(resource: Resource, place: Any = None) -> str:
    position = place or resource.position
    return f"{position.file}:{position.line}" if position is not None else ""
