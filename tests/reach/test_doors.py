"""Ways in from outside, and security groups of pods."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.policies.stack import Resource
from eks_blueprints.reach.network import Connection, Network
from eks_blueprints.reach.outside import PRIVATE, PUBLIC, Door
from eks_blueprints.reach.ports import EVERY, asked
from tests.policies.build import aws, object_

from .built import cni, network, policy, reaching
from .test_policies import block, frm, into, pod

NLB = "service.beta.kubernetes.io/aws-load-balancer-"
ALB = "alb.ingress.kubernetes.io/"


def service(kind: str = "ClusterIP", notes: dict[str, str] | None = None, **spec: Any) -> Resource:
    said = {"type": kind, "selector": {"pod": "a"}, "ports": [{"port": 8000, "targetPort": 80}], **spec}
    return object_("v1:Service", "web", "x", spec=said, metadata={"annotations": notes or {}})


def ingress(notes: dict[str, str] | None = None, class_: str = "alb", backend: Any = None) -> Resource:
    to = {"service": {"name": "web", "port": {"number": 8000} if backend is None else backend}}
    rules = [{"host": "a.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": to}]}}]
    return object_(
        "networking.k8s.io/v1:Ingress",
        "web",
        "x",
        spec={"ingressClassName": class_, "rules": rules},
        metadata={"annotations": notes or {}},
    )


def entered(found: Network, target: str = "x/a", port: str | None = None) -> list[Connection]:
    (one,) = found.named(target)
    wanted = EVERY if port is None else asked(port, one.ports)
    return [each for each in found.reached(one, wanted) if isinstance(each.source, Door)]


def said(found: Network) -> list[tuple[str, str, str]]:
    return [(c.source.who, c.source.via, str(c.ports)) for c in entered(found) if isinstance(c.source, Door)]


def test_a_cluster_ip_opens_no_door() -> None:
    assert said(network(service())) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (service("NodePort"), ("who the security groups of the nodes let in", "of Kubernetes' choice")),
        (service("LoadBalancer", {f"{NLB}type": "external", f"{NLB}scheme": "internet-facing"}), (PUBLIC, "NLB for")),
        (service("LoadBalancer", {f"{NLB}type": "external", f"{NLB}scheme": "internal"}), (PRIVATE, "NLB for")),
        (service("LoadBalancer", {f"{NLB}type": "external"}), (PRIVATE, "NLB for")),
        (service("LoadBalancer", {f"{NLB}scheme": "internet-facing"}, loadBalancerClass="eks.amazonaws.com/nlb"),
         (PUBLIC, "NLB for")),
        (service("LoadBalancer"), (PUBLIC, "load balancer for")),
        (service("LoadBalancer", {f"{NLB}type": "external", f"{NLB}scheme": "internet-facing"},
                 loadBalancerSourceRanges=["192.0.2.0/24"]), ("192.0.2.0/24", "NLB for")),
    ],
)  # fmt: skip
def test_services_open_doors_by_their_type(made: Resource, expected: tuple[str, str]) -> None:
    ((who, via, ports),) = said(network(made))
    assert (who, ports) == (expected[0], "80/tcp")
    assert expected[1] in via


@pytest.mark.parametrize(
    ("made", "who", "via"),
    [
        (ingress({f"{ALB}scheme": "internet-facing"}), PUBLIC, "ALB for Ingress x/web"),
        (ingress({f"{ALB}scheme": "internal"}), PRIVATE, "ALB for Ingress x/web"),
        (ingress(), PRIVATE, "ALB for Ingress x/web"),
        (
            ingress({f"{ALB}scheme": "internet-facing", f"{ALB}inbound-cidrs": "192.0.2.0/24,198.51.100.0/24"}),
            "192.0.2.0/24, 198.51.100.0/24",
            "ALB for Ingress x/web",
        ),
        (ingress(class_="nginx"), "who reaches that controller", "controller nginx for Ingress x/web"),
    ],
)
def test_ingresses_open_doors_to_the_pods_of_their_services(made: Resource, who: str, via: str) -> None:
    assert said(network(service(), made)) == [(who, via, "80/tcp")]


def test_a_port_of_an_ingress_may_be_a_name() -> None:
    ports = [{"name": "http", "port": 80, "targetPort": "serve-81-tcp"}]
    assert said(network(service(ports=ports), ingress(backend={"name": "http"})))[0][2] == "81/tcp"


def test_policies_count_for_load_balancers_by_their_addresses() -> None:
    public = service("LoadBalancer", {f"{NLB}type": "external", f"{NLB}scheme": "internet-facing"})
    closed = network(public, policy("in", "x", **into(frm({"podSelector": pod("b")}))))
    (door,) = entered(closed)
    assert not door.ports
    assert door.stopped_by == "no policy of the target lets it in"
    (door,) = entered(network(public, policy("in", "x", **into(frm(block("10.0.0.0/16"))))))
    assert str(door.ports) == "80/tcp"


def test_a_port_that_nothing_leads_to() -> None:
    public = service("LoadBalancer", {f"{NLB}type": "external", f"{NLB}scheme": "internet-facing"})
    (door,) = entered(network(public), port="81")
    assert door.stopped_by == "it does not lead to this port"


# Security groups

ON = {"enableNetworkPolicy": "true", "env": {"ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": "standard"}}
CLUSTER_GROUP = "${shop.vpcConfig.clusterSecurityGroupId}"


def groups(*rules: tuple[str, str, dict[str, Any]], pods: str = "a") -> list[Resource]:
    """A security group `db` that pods have, and some of its rules: direction, name and what else it says."""
    made = [
        aws("ec2/securityGroup:SecurityGroup", "db"),
        object_(
            "vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy",
            "db",
            "x",
            spec={"podSelector": {"matchLabels": {"pod": pods}}, "securityGroups": {"groupIds": ["${db.id}"]}},
        ),
    ]
    for way, name, body in rules:
        kind = f"SecurityGroup{way.title()}Rule"
        made.append(aws(f"vpc/securityGroup{way.title()}Rule:{kind}", name, **{"securityGroupId": "${db.id}", **body}))
    return made


TCP_80 = {"ipProtocol": "tcp", "fromPort": 80, "toPort": 80}


@pytest.mark.parametrize(
    ("rules", "port", "expected"),
    [
        ([], "80", set()),
        ([("ingress", "in", {**TCP_80, "referencedSecurityGroupId": CLUSTER_GROUP})], "80", True),
        ([("ingress", "in", {**TCP_80, "referencedSecurityGroupId": CLUSTER_GROUP})], "81", set()),
        ([("ingress", "in", {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/16"})], "81", True),
        ([("ingress", "in", {"ipProtocol": "-1", "cidrIpv4": "10.9.0.0/16"})], "81", set()),
        ([("ingress", "in", {"ipProtocol": "-1", "referencedSecurityGroupId": "${db.id}"})], "80", set()),
    ],
)
def test_pods_with_a_group_of_their_own_are_reached_by_its_rules(
    rules: list[Any], port: str, expected: set[str] | bool
) -> None:
    found = reaching(network(*groups(*rules), engine=cni(**ON)), "x/a", port)
    assert found == (expected if isinstance(expected, set) else found)
    assert bool(found) is bool(expected)


def test_what_leaves_pods_obeys_their_group_too() -> None:
    out = ("egress", "out", {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"})
    to_nodes = aws(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "nodes",
        securityGroupId=CLUSTER_GROUP,
        referencedSecurityGroupId="${db.id}",
        ipProtocol="-1",
    )
    found = network(*groups(out), to_nodes, engine=cni(**ON))
    assert "x/a" not in reaching(found, "x/b", "80")
    assert "x/a" in reaching(found, "x/b", "443")


def test_a_group_of_another_stack_is_not_known() -> None:
    more = groups()
    more[1].inputs["spec"]["securityGroups"]["groupIds"] = ["sg-1"]
    assert all(each.endswith("?") for each in reaching(network(*more, engine=cni(**ON)), "x/a"))


@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({}, "vpc-cni does not set ENABLE_POD_ENI: true"),
        ({"ENABLE_POD_ENI": "false"}, "vpc-cni does not set ENABLE_POD_ENI: true"),
    ],
)
def test_a_policy_that_nothing_carries_out_is_told(env: dict[str, str], why: str) -> None:
    found = network(*groups(), engine=cni(enableNetworkPolicy="true", env=env))
    assert found.groups.without_effect() == ["x/db"]
    assert found.groups.pods.why_not == why
    assert reaching(found, "x/a")  # as if it were not there


def test_what_groups_let_in_from_outside_is_a_door() -> None:
    vpn = aws(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "vpn",
        securityGroupId=CLUSTER_GROUP,
        cidrIpv4="172.31.0.0/16",
        **TCP_80,
    )
    assert said(network(vpn)) == [("172.31.0.0/16", "security group the cluster's group", "80/tcp")]
    assert said(network(vpn, *groups(), engine=cni(**ON))) == []
