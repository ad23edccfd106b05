"""Small plans for tests, written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.recording.positions import Position

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
CLUSTER = "aws:eks/cluster:Cluster"
ADDON = "aws:eks/addon:Addon"
ROLE = "aws:iam/role:Role"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
NAT = "aws:ec2/natGateway:NatGateway"
PROVIDER = "pulumi:providers:kubernetes"
NAMESPACE = "kubernetes:core/v1:Namespace"


def urn(type_: str, name: str, parent: str = "") -> str:
    """The URN of a resource in these plans."""
    return f"urn:pulumi:prod::shop::{parent}{'$' if parent else ''}{type_}::{name}"


def resource(type_: str, name: str, inputs: Mapping[str, Any] | None = None, **more: Any) -> PlannedResource:
    """A managed resource; `after` names what an input depends on, as `{"clusterName": [cluster]}`."""
    after: Mapping[str, list[PlannedResource]] = more.pop("after", {})
    options = more.pop("options", {})
    return PlannedResource(
        urn=more.pop("urn", urn(type_, name)),
        type=type_,
        name=name,
        parent=more.pop("parent", None),
        custom=more.pop("custom", True),
        inputs=inputs or {},
        property_dependencies={key: tuple(each.urn for each in found) for key, found in after.items()},
        options=options,
        source=Position("stacks/prod.yaml", more.pop("line", 7)),
        **more,
    )


def plan(*resources: PlannedResource, outputs: Mapping[str, Any] | None = None, stack: str = "prod") -> Plan:
    """A plan of these resources."""
    return Plan("shop", stack, tuple(resources), outputs or {})


def changed(found: PlannedResource, **inputs: Any) -> PlannedResource:
    """The resource with other inputs; `...` takes one out."""
    merged = {**found.inputs, **inputs}
    return replace(found, inputs={key: value for key, value in merged.items() if value is not ...})


def with_options(found: PlannedResource, **options: Any) -> PlannedResource:
    """The resource with other options."""
    return replace(found, options={**found.options, **options})


def platform() -> dict[str, PlannedResource]:
    """A cluster, its role, a node group with a launch template, an add-on, a Kubernetes provider and an object."""
    role = resource(ROLE, "shop-role", {"assumeRolePolicy": "{}"})
    cluster = resource(
        CLUSTER,
        "shop-cluster",
        {
            "name": "shop",
            "version": "1.35",
            "roleArn": "${shop-role.arn}",
            "vpcConfig": {"subnetIds": ["subnet-a", "subnet-b"], "endpointPublicAccess": False},
            "kubernetesNetworkConfig": {"ipFamily": "ipv4"},
        },
        after={"roleArn": [role]},
        options={"delete_before_replace": True},
        line=3,
    )
    template = resource(TEMPLATE, "shop-template", {"instanceType": "m7i.large"})
    nodes = resource(
        NODE_GROUP,
        "shop-nodes",
        {
            "clusterName": "shop",
            "nodeRoleArn": "arn:aws:iam::111122223333:role/nodes",
            "instanceTypes": ["m7i.large"],
            "scalingConfig": {"minSize": 2, "maxSize": 4, "desiredSize": 2},
            "subnetIds": ["subnet-a", "subnet-b"],
            "launchTemplate": {"id": "${shop-template.id}", "version": {"$unknown": True, "from": ["shop-template"]}},
        },
        after={"clusterName": [cluster], "launchTemplate": [template]},
        options={"ignore_changes": ["scalingConfig.desiredSize"]},
        line=12,
    )
    addon = resource(
        ADDON, "shop-cni", {"clusterName": "shop", "addonName": "vpc-cni"}, after={"clusterName": [cluster]}
    )
    provider = resource(
        PROVIDER, "shop-k8s", {"clusterIdentifier": "${shop-cluster.endpoint}"}, after={"clusterIdentifier": [cluster]}
    )
    space = resource(NAMESPACE, "shop-space", {"metadata": {"name": "shop"}}, provider=provider.urn)
    found = (role, cluster, template, nodes, addon, provider, space)
    return {each.name.removeprefix("shop-"): each for each in found}
