"""NetworkPolicies as Kubernetes defines them, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.policies.stack import Resource
from eks_blueprints.reach.ports import EVERY, Ports, asked
from tests.policies.build import UNKNOWN, object_, workload

from .built import cni, everybody, network, policy, reaching

ALL: dict[str, Any] = {}
X = {"x/b", "x/c"}
"""The other pods of the namespace of x/a."""


def pod(*names: str) -> dict[str, Any]:
    """A selector of pods."""
    if len(names) == 1:
        return {"matchLabels": {"pod": names[0]}}
    return {"matchExpressions": [{"key": "pod", "operator": "In", "values": list(names)}]}


def ns(*names: str) -> dict[str, Any]:
    """A selector of namespaces."""
    if len(names) == 1:
        return {"matchLabels": {"ns": names[0]}}
    return {"matchExpressions": [{"key": "ns", "operator": "In", "values": list(names)}]}


def says(operator: str, *values: str, key: str = "pod") -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": list(values)} if values else {})}]}


def into(*rules: dict[str, Any], to: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The spec of a policy for ingress."""
    return {"podSelector": ALL if to is None else to, "ingress": list(rules), "policyTypes": ["Ingress"], **more}


def out(*rules: dict[str, Any], of: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The spec of a policy for egress."""
    return {"podSelector": ALL if of is None else of, "egress": list(rules), "policyTypes": ["Egress"], **more}


def frm(*peers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"from": list(peers), **more}


def to(*peers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"to": list(peers), **more}


def block(cidr: str, *but: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr, **({"except": list(but)} if but else {})}}


def port(number: Any, protocol: str = "TCP", **more: Any) -> dict[str, Any]:
    return {"port": number, "protocol": protocol, **more}


EVERYBODY = everybody("x/a")

INGRESS = {
    "no policy": (None, "80", EVERYBODY),
    "deny all": (into(), "80", set()),
    "deny all by a missing list": ({"podSelector": ALL, "policyTypes": ["Ingress"]}, "80", set()),
    "deny all without types": ({"podSelector": ALL}, "80", set()),
    "a missing selector selects all": ({"policyTypes": ["Ingress"]}, "80", set()),
    "allow all": (into({}), "80", EVERYBODY),
    "an empty list of peers allows all": (into({"from": []}), "80", EVERYBODY),
    "an empty list of ports allows all": (into({"from": [{"podSelector": ALL}], "ports": []}), "80", X),
    "other pods are selected": (into(to=pod("b")), "80", EVERYBODY),
    "selected by an expression": (into(to=pod("a", "b")), "80", set()),
    "selected by what is not": (into(to=says("NotIn", "b")), "80", set()),
    "selected by a label that is there": (into(to=says("Exists")), "80", set()),
    "not selected by a label that is there": (into(to=says("DoesNotExist")), "80", EVERYBODY),
    "not selected by a label that is not there": (into(to=says("Exists", key="tier")), "80", EVERYBODY),
    "selected by the absence of a value": (into(to=says("NotIn", "db", key="tier")), "80", set()),
    "pods of the same namespace": (into(frm({"podSelector": ALL})), "80", X),
    "one pod of the same namespace": (into(frm({"podSelector": pod("b")})), "80", {"x/b"}),
    "several pods": (into(frm({"podSelector": pod("b", "c")})), "80", X),
    "every namespace": (into(frm({"namespaceSelector": ALL})), "80", EVERYBODY),
    "one namespace": (into(frm({"namespaceSelector": ns("y")})), "80", {"y/a", "y/b", "y/c"}),
    "several namespaces": (
        into(frm({"namespaceSelector": ns("y", "z")})), "80", {f"{n}/{p}" for n in "yz" for p in "abc"}
    ),
    "a namespace by its name": (
        into(frm({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "y"}}})), "80",
        {"y/a", "y/b", "y/c"},
    ),
    "namespaces but one": (
        into(frm({"namespaceSelector": says("NotIn", "x", key="ns")})), "80", {f"{n}/{p}" for n in "yz" for p in "abc"}
    ),
    "a pod and a namespace together": (
        into(frm({"namespaceSelector": ns("y"), "podSelector": pod("a")})), "80", {"y/a"}
    ),
    "a pod or a namespace": (
        into(frm({"namespaceSelector": ns("y")}, {"podSelector": pod("b")})), "80", {"x/b", "y/a", "y/b", "y/c"}
    ),
    "a pod in any namespace": (
        into(frm({"namespaceSelector": ALL, "podSelector": pod("c")})), "80", {"x/c", "y/c", "z/c"}
    ),
    "two rules": (
        into(frm({"podSelector": pod("b")}), frm({"namespaceSelector": ns("z")})), "80", {"x/b", "z/a", "z/b", "z/c"}
    ),
    "one port": (into({"ports": [port(80)]}), "80", EVERYBODY),
    "another port": (into({"ports": [port(81)]}), "80", set()),
    "several ports": (into({"ports": [port(81), port(80)]}), "80", EVERYBODY),
    "TCP where nothing is said": (into({"ports": [{"port": 80}]}), "80", EVERYBODY),
    "TCP is not UDP": (into({"ports": [{"port": 80}]}), "80/udp", set()),
    "UDP": (into({"ports": [port(80, "UDP")]}), "80/udp", EVERYBODY),
    "SCTP": (into({"ports": [port(81, "SCTP")]}), "81/sctp", EVERYBODY),
    "a whole protocol": (into({"ports": [{"protocol": "UDP"}]}), "80/udp", EVERYBODY),
    "not the other protocol": (into({"ports": [{"protocol": "UDP"}]}), "80", set()),
    "a port by its name": (into({"ports": [port("serve-80-tcp")]}), "80", EVERYBODY),
    "a name of another port": (into({"ports": [port("serve-81-tcp")]}), "80", set()),
    "a name that no port has": (into({"ports": [port("web")]}), "80", set()),
    "a name of another protocol": (into({"ports": [port("serve-80-udp")]}), "80", set()),
    "a name with its protocol": (into({"ports": [port("serve-80-udp", "UDP")]}), "80/udp", EVERYBODY),
    "a range of ports": (into({"ports": [port(79, endPort=81)]}), "80", EVERYBODY),
    "the first of a range": (into({"ports": [port(80, endPort=90)]}), "80", EVERYBODY),
    "the last of a range": (into({"ports": [port(70, endPort=80)]}), "80", EVERYBODY),
    "beside a range": (into({"ports": [port(81, endPort=90)]}), "80", set()),
    "peers and ports together": (into(frm({"podSelector": pod("b")}, ports=[port(81)])), "80", set()),
    "each rule by itself": (
        into(frm({"podSelector": pod("b")}, ports=[port(81)]), frm({"podSelector": pod("c")}, ports=[port(80)])), "80",
        {"x/c"},
    ),
    "a block that holds the pods": (into(frm(block("10.0.0.0/16"))), "80", EVERYBODY),
    "a block that holds everything": (into(frm(block("0.0.0.0/0"))), "80", EVERYBODY),
    "a block elsewhere": (into(frm(block("192.168.0.0/16"))), "80", set()),
    "a block of IPv6": (into(frm(block("::/0"))), "80", set()),
    "an exception elsewhere": (into(frm(block("0.0.0.0/0", "169.254.169.254/32"))), "80", EVERYBODY),
    "an exception that holds the pods": (into(frm(block("0.0.0.0/0", "10.0.0.0/8"))), "80", set()),
    "an exception for some": (
        into(frm(block("0.0.0.0/0", "10.0.1.0/24"))), "80", {f"{each}?" for each in EVERYBODY}
    ),
    "rules for the other way count for nothing": (into({}, to=pod("a"), policyTypes=["Egress"]), "80", EVERYBODY),
    "egress rules do not make it one of egress alone": ({"podSelector": ALL, "egress": [{}]}, "80", set()),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "asked_for", "expected"), INGRESS.values(), ids=INGRESS)
def test_ingress_of_the_target(spec: dict[str, Any] | None, asked_for: str, expected: set[str]) -> None:
    more = [] if spec is None else [policy("one", "x", **spec)]
    assert reaching(network(*more), "x/a", asked_for) == expected


ONE = {"x/a", "z/b", "z/c"}

EGRESS = {
    "deny all": (out(), "80", set()),
    "allow all": (out({}), "80", {"y/a"}),
    "an empty list of peers allows all": (out({"to": []}), "80", {"y/a"}),
    "of another pod": (out(of=pod("b")), "80", {"y/a"}),
    "to the same namespace": (out(to({"podSelector": ALL})), "80", set()),
    "to a namespace": (out(to({"namespaceSelector": ns("x")})), "80", {"y/a"}),
    "to another namespace": (out(to({"namespaceSelector": ns("z")})), "80", set()),
    "to a pod of a namespace": (out(to({"namespaceSelector": ns("x"), "podSelector": pod("a")})), "80", {"y/a"}),
    "to another pod of a namespace": (out(to({"namespaceSelector": ns("x"), "podSelector": pod("b")})), "80", set()),
    "to a port": (out({"ports": [port(80)]}), "80", {"y/a"}),
    "to another port": (out({"ports": [port(81)]}), "80", set()),
    "to a port of the target by its name": (out({"ports": [port("serve-80-tcp")]}), "80", {"y/a"}),
    "to a range of ports": (out({"ports": [port(1, endPort=1024)]}), "80", {"y/a"}),
    "to a block": (out(to(block("10.0.0.0/8"))), "80", {"y/a"}),
    "to a block elsewhere": (out(to(block("8.8.8.8/32"))), "80", set()),
    "types are taken from its rules": ({"podSelector": ALL, "egress": [{"ports": [port(81)]}]}, "80", set()),
    "no egress by an empty list alone": ({"podSelector": ALL, "egress": []}, "80", {"y/a"}),
    "both ways": ({"podSelector": ALL, "policyTypes": ["Ingress", "Egress"]}, "80", set()),
}


@pytest.mark.parametrize(("spec", "asked_for", "expected"), EGRESS.values(), ids=EGRESS)
def test_egress_of_the_source(spec: dict[str, Any], asked_for: str, expected: set[str]) -> None:
    found = reaching(network(policy("one", "y", **spec)), "x/a", asked_for)
    assert {each for each in found if each == "y/a"} == expected
    assert {each for each in found if not each.startswith("y/")} == {e for e in EVERYBODY if not e.startswith("y/")}


TOGETHER: dict[str, tuple[list[Resource], set[str]]] = {
    "policies add up": (
        [
            policy("deny", "x", **into()),
            policy("one", "x", **into(frm({"podSelector": pod("b")}))),
            policy("two", "x", **into(frm({"namespaceSelector": ns("z"), "podSelector": pod("c")}))),
        ],
        {"x/b", "z/c"},
    ),
    "one that allows all wins": ([policy("deny", "x", **into()), policy("all", "x", **into({}))], EVERYBODY),
    "a policy elsewhere does not open": ([policy("deny", "x", **into()), policy("all", "y", **into({}))], set()),
    "both ends have to agree": (
        [
            policy("in", "x", **into(frm({"namespaceSelector": ns("y", "z")}))),
            policy("out", "y", **out(of=pod("a"))),
            policy("out", "z", **out(to({"namespaceSelector": ns("x")}, ports=[port(81)]))),
        ],
        {"y/b", "y/c"},
    ),
    "both ends on different ports": (
        [
            policy("in", "x", **into({"ports": [port(80)]})),
            policy("out", "y", **out({"ports": [port(81)]})),
        ],
        {each for each in EVERYBODY if not each.startswith("y/")},
    ),
    "an unknown selector decides nothing": (
        [policy("in", "x", podSelector={"matchLabels": {"pod": UNKNOWN}}, policyTypes=["Ingress"])],
        {f"{each}?" for each in EVERYBODY},
    ),
    "an unknown port of another rule does not matter": (
        [policy("in", "x", **into({"ports": [{"port": UNKNOWN}]}, {}))],
        EVERYBODY,
    ),
}


@pytest.mark.parametrize(("policies", "expected"), TOGETHER.values(), ids=TOGETHER)
def test_policies_together(policies: list[Resource], expected: set[str]) -> None:
    for number, each in enumerate(policies):
        each.urn += str(number)
    assert reaching(network(*policies), "x/a") == expected


def test_pods_on_the_network_of_their_node_come_as_addresses_and_are_open() -> None:
    host = workload("host", ns="y", p={"hostNetwork": True})
    found = network(host, policy("deny", "x", **into(frm({"namespaceSelector": ALL}))), policy("deny", "y", **into()))
    assert "y/host" not in reaching(found, "x/a")
    assert reaching(found, "y/host") == everybody("")
    found = network(host, policy("block", "x", **into(frm(block("10.0.0.0/16")))))
    assert "y/host" in reaching(found, "x/a")


def test_a_namespace_that_others_make_has_its_name_alone() -> None:
    stranger = workload("dns", ns="kube-system", t={"labels": {"k8s-app": "kube-dns"}})
    by_name = {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
    found = network(stranger, policy("in", "x", **into(frm({"namespaceSelector": by_name}))))
    assert reaching(found, "x/a") == {"kube-system/dns"}


@pytest.mark.parametrize(
    ("values", "name", "strict"),
    [
        ({"enableNetworkPolicy": "true"}, "VPC CNI", False),
        ({"enableNetworkPolicy": "false"}, "", False),
        ({"env": {"WARM_IP_TARGET": "1"}}, "", False),
        ({"enableNetworkPolicy": "true", "env": {"NETWORK_POLICY_ENFORCING_MODE": "strict"}}, "VPC CNI", True),
    ],
)
def test_policies_count_where_something_enforces_them(values: dict[str, Any], name: str, strict: bool) -> None:
    found = network(policy("deny", "x", **into()), engine=cni(**values))
    assert (found.engine.name, found.engine.strict) == (name, strict)
    assert reaching(found, "x/a") == (set() if name else EVERYBODY)
    assert reaching(found, "y/a") == (set() if strict else everybody("y/a"))


def test_other_engines() -> None:
    calico = object_("apps/v1:DaemonSet", "calico", "calico", spec={"template": {"spec": {"containers": []}}})
    calico.inputs["spec"]["template"]["spec"]["containers"] = [{"image": "quay.io/calico/calico:v3"}]  # type: ignore[index]
    assert network(calico, engine=cni(env={})).engine.name == "Calico"


def test_sets_of_ports() -> None:
    few = Ports.of([("TCP", (80, 90)), ("TCP", (91, 95)), ("UDP", (53, 53))])
    assert str(few) == "80-95/tcp, 53/udp"
    assert str(few & asked("85", {})) == "85/tcp"
    assert str(few | EVERY) == str(EVERY) == "all ports"
    assert not few & asked("53", {})
    assert str(asked("web", {"web": ("TCP", 8080)})) == "8080/tcp"
