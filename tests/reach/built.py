"""A small cluster for cases of the network: namespaces x, y and z with pods a, b and c, and what a case adds."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.reach.network import Network, networks
from eks_blueprints.reach.ports import asked
from tests.policies.build import addon, aws, cluster, object_, workload

SPACES, PODS = ("x", "y", "z"), ("a", "b", "c")
PORTS = [
    {"name": "serve-80-tcp", "containerPort": 80},
    {"name": "serve-81-tcp", "containerPort": 81},
    {"name": "serve-80-udp", "containerPort": 80, "protocol": "UDP"},
    {"name": "serve-81-sctp", "containerPort": 81, "protocol": "SCTP"},
]


def cni(**values: Any) -> Resource:
    """The VPC CNI; without values it enforces policies."""
    said = values or {"enableNetworkPolicy": "true"}
    return addon("vpc-cni", "vpc-cni", configurationValues=json.dumps(said))


def policy(name: str, ns: str, **spec: Any) -> Resource:
    """A NetworkPolicy; `from_` is written so in Python."""
    return object_("networking.k8s.io/v1:NetworkPolicy", name, ns, spec=spec)


def pods() -> list[Resource]:
    """The pods, and their namespaces with the label `ns`."""
    found = [object_("v1:Namespace", ns, None, metadata={"labels": {"ns": ns}}) for ns in SPACES]
    for ns in SPACES:
        for name in PODS:
            one = workload(name, ns=ns, t={"labels": {"pod": name}}, c={"ports": PORTS})
            one.urn += f"-{ns}"
            found.append(one)
    return found


def network(*more: Resource, engine: Resource | None = None) -> Network:
    """The network with more in it."""
    vpc = aws("ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")
    subnet = aws("ec2/subnet:Subnet", "subnet", vpcId="${vpc.id}", cidrBlock="10.0.1.0/24")
    shop = cluster("shop", vpcConfig={"subnetIds": ["${subnet.id}"]})
    return networks(Stack([vpc, subnet, shop, engine or cni(), *pods(), *more]))[0]


def reaching(found: Network, target: str, port: str = "80") -> set[str]:
    """The pods that reach one on a port; those of which that is not certain have a question mark."""
    (pod,) = found.named(target)
    told = (found.between(each, pod, asked(port, pod.ports)) for each in found.pods if each is not pod)
    return {f"{each.source}{'' if each.ports else '?'}" for each in told if each.ports or each.unknown}


def everybody(but: str) -> set[str]:
    """All pods but one."""
    return {f"{ns}/{name}" for ns in SPACES for name in PODS} - {but}
