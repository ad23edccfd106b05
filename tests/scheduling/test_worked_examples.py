"""Worked examples of how a pod gets its node, with their figures: nodes are filtered, the rest is scored."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.scheduling.amounts import amount, requested
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import HOST, ZONE, Node, node_of
from eks_blueprints.scheduling.pod import Pod, Shape, shape_of
from eks_blueprints.scheduling.scheduler import looked_at, place

TYPE = "node.kubernetes.io/instance-type"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _node(name: str, *taints: dict[str, str], labels: dict[str, str] | None = None, **room: str) -> Node:
    given = {"cpu": "2", "memory": "8Gi", "pods": "29", "ephemeral-storage": "20Gi", **room}
    metadata = {"name": name, "labels": {HOST: name, **(labels or {})}}
    return node_of({"metadata": metadata, "spec": {"taints": list(taints)}, "status": {"allocatable": given}})


def _shape(**spec: Any) -> Shape:
    container: dict[str, Any] = {"resources": {"requests": spec.pop("requests", {"cpu": "100m"})}}
    container |= {"ports": spec.pop("ports")} if "ports" in spec else {}
    return shape_of({"containers": [container], **spec}, {"app": "webapp"})


def _said(shape: Shape, *nodes: Node) -> dict[str, str]:
    """Which predicate excludes each node, by its name."""
    return {name: each.predicate for name, each in looked_at(Pod("webapp", shape), Cluster(nodes))[1].items()}


def test_ko_15_each_node_names_the_predicate_that_fails_and_none_is_no_node() -> None:
    small, tainted = (
        _node("small", cpu="50m"),
        _node("tainted", {"key": "gpu", "value": "true", "effect": "NoSchedule"}),
    )
    assert _said(_shape(), small, tainted) == {"small": "NodeResourcesFit", "tainted": "TaintToleration"}
    assert place(Pod("webapp", _shape()), Cluster([small, tainted])).place is None


def test_ko_16_containers_add_up() -> None:
    a = {"requests": {"cpu": "400m", "memory": "600Mi"}, "limits": {"cpu": "800m", "memory": "800Mi"}}
    b = {"requests": {"cpu": "600m", "memory": "600Mi"}, "limits": {"cpu": "800m", "memory": "800Mi"}}
    total = requested({"containers": [{"resources": a}, {"resources": b}]})
    assert total == {"cpu": amount("cpu", "1000m"), "memory": amount("memory", "1200Mi")}
    assert amount("cpu", "1000m") == amount("cpu", "1")


@pytest.mark.parametrize(("cpu", "fits"), [("1900m", True), ("2", True), ("2001m", False)])
def test_ko_17_requests_never_exceed_what_a_node_has(cpu: str, fits: bool) -> None:
    assert (_said(_shape(requests={"cpu": cpu}), _node("a")) == {}) is fits


def test_ko_18_disk_space_and_ports_of_the_host_count() -> None:
    assert _said(_shape(requests={"ephemeral-storage": "21Gi"}), _node("a")) == {"a": "NodeResourcesFit"}
    cluster = Cluster([_node("a")])
    port = [{"containerPort": 80, "hostPort": 8080}]
    assert place(Pod("first", _shape(ports=port)), cluster).place is not None
    assert place(Pod("second", _shape(ports=port)), cluster).excluded["a"].predicate == "NodePorts"


def test_ko_19_a_toleration_permits_and_does_not_attract() -> None:
    spot = {"key": "spot", "value": "true", "effect": "NoSchedule"}
    other = _node("other")
    assert _said(_shape(), _node("spot", spot), other) == {"spot": "TaintToleration"}
    borne = _shape(tolerations=[{"key": "spot", "operator": "Equal", "value": "true", "effect": "NoSchedule"}])
    assert _said(borne, _node("spot", spot), other) == {}
    # Of two nodes that are alike but for the taint, it gets the first.
    assert place(Pod("webapp", borne), Cluster([other, _node("spot", spot)])).place.node.name == "other"  # type: ignore[union-attr]


def test_ko_20_hard_affinity_excludes_and_soft_affinity_scores() -> None:
    types = {"matchExpressions": [{"key": TYPE, "operator": "In", "values": ["r4.large", "r4.xlarge"]}]}
    zone = {
        "weight": 1,
        "preference": {"matchExpressions": [{"key": ZONE, "operator": "In", "values": ["us-east-1a"]}]},
    }
    affinity = {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": [types]}, _PREFERRED: [zone]}}
    nodes = [
        _node("m5", labels={TYPE: "m5.large", ZONE: "us-east-1a"}),
        _node("b", labels={TYPE: "r4.large", ZONE: "us-east-1b"}),
        _node("a", labels={TYPE: "r4.xlarge", ZONE: "us-east-1a"}),
    ]
    shape = _shape(affinity=affinity)
    assert _said(shape, *nodes) == {"m5": "NodeAffinity"}
    assert place(Pod("webapp", shape), Cluster(nodes)).place.node.name == "a"  # type: ignore[union-attr]
    assert place(Pod("webapp", shape), Cluster(nodes[:2])).place.node.name == "b"  # type: ignore[union-attr]


def test_ko_21_taint_and_affinity_dedicate_nodes_and_anti_affinity_keeps_replicas_apart() -> None:
    gpu = _node("gpu", {"key": "gpu", "value": "true", "effect": "NoSchedule"}, labels={"pool": "gpu"})
    plain = _node("plain")
    wants = {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "pool", "operator": "In", "values": ["gpu"]}]}
    ]}}}  # fmt: skip
    both = _shape(tolerations=[{"key": "gpu", "operator": "Exists"}], affinity=wants)
    assert _said(both, gpu, plain) == {"plain": "NodeAffinity"}
    assert _said(_shape(), gpu, plain) == {"gpu": "TaintToleration"}
    apart = {"topologyKey": HOST, "labelSelector": {"matchLabels": {"app": "webapp"}}}
    shape = _shape(affinity={"podAntiAffinity": {_REQUIRED: [apart]}})
    cluster = Cluster([_node("one"), _node("two")])
    hosts = [place(Pod(f"webapp-{number}", shape), cluster).place for number in range(3)]
    assert sorted(each.node.name for each in hosts if each is not None) == ["one", "two"]
