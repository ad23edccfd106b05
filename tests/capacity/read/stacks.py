"""Small stacks, and the platforms that are read off them."""

from __future__ import annotations

from typing import Any

from eks_blueprints.capacity.model import Daemon, Demand, Platform
from eks_blueprints.capacity.read.plan import platforms_of
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.review.cost.prices import list_prices
from tests.policies.build import aws, cluster, object_

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
MIB, GIB = 2**20, 2**30


def subnets(*zones: str, **inputs: Any) -> list[Resource]:
    """A subnet in each zone, called by it."""
    tags = {"karpenter.sh/discovery": "shop"}
    return [aws("ec2/subnet:Subnet", each, availabilityZone=each, tags=tags, **inputs) for each in zones or ZONES]


def eks(**inputs: Any) -> Resource:
    """A cluster that EKS puts no add-ons on."""
    given = {"bootstrapSelfManagedAddons": False, "vpcConfig": {"subnetIds": ids()}, "name": "shop"}
    return cluster("shop", **{**given, **inputs})


def ids(*zones: str) -> list[str]:
    """What names the subnets."""
    return [f"${{{each}.id}}" for each in zones or ZONES]


def platform(*resources: Resource, eks_: Resource | None = None) -> Platform:
    """The one platform of a stack: a cluster, its subnets, and more."""
    (found,) = platforms_of(Stack([eks_ or eks(), *subnets(), *resources]), list_prices())
    return found


def demand(found: Platform, name: str) -> Demand:
    """A demand by its name."""
    return next(each for each in found.demands if each.name == name)


def daemon(found: Platform, name: str) -> Daemon:
    """Pods of each node by their name."""
    return next(each for each in found.daemons if each.name == name)


def scaler(name: str, kind: str = "Deployment", **spec: Any) -> Resource:
    """A HorizontalPodAutoscaler of a workload of the same name."""
    target = {"scaleTargetRef": {"kind": kind, "name": name}}
    return object_("autoscaling/v2:HorizontalPodAutoscaler", name, spec={**target, **spec})


def scaled(name: str, **spec: Any) -> Resource:
    """A ScaledObject of KEDA."""
    metadata = spec.pop("metadata", {})
    return object_(
        "keda.sh/v1alpha1:ScaledObject", name, spec={"scaleTargetRef": {"name": name}, **spec}, metadata=metadata
    )


def resources(cpu: str | None = None, memory: str | None = None, **more: Any) -> dict[str, Any]:
    """A container's requests."""
    wanted = {"cpu": cpu, "memory": memory, **more}
    return {"resources": {"requests": {name: each for name, each in wanted.items() if each is not None}}}
