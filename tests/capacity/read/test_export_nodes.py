"""Nodes of an export: those that are not ready yet, those on their way, Fargate's, and what is not known of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.capacity.model import Doubt
from eks_blueprints.capacity.place import outcome
from eks_blueprints.capacity.read.export import with_export
from eks_blueprints.core.errors import InputError
from tests.capacity.read import exports
from tests.capacity.read.exports import node, of_deployment, pod, written
from tests.capacity.read.test_export import alone, daemon_pod, node_pool, planned

FIRST = {"key": "cni.example.com/agent", "value": "wait", "effect": "NoExecute"}
OWN = {"key": "team", "value": "a", "effect": "NoSchedule"}
NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


def pool() -> dict[str, Any]:
    found = node_pool("general")
    found["spec"]["template"]["spec"] |= {"startupTaints": [FIRST], "taints": [OWN]}
    return found


def of_pool(name: str, *, ready: bool) -> dict[str, Any]:
    labels = {"karpenter.sh/nodepool": "general", "eks.amazonaws.com/nodegroup": None, "kubernetes.io/os": "linux"}
    labels |= {"karpenter.sh/initialized": "true"} if ready else {}
    unregistered = {"key": "karpenter.sh/unregistered", "effect": "NoExecute"}
    return node(name, labels=labels, spec={"taints": [FIRST, OWN, NOT_READY, unregistered]})


def node_claim(name: str, **status: Any) -> dict[str, Any]:
    """A NodeClaim that is launched; what a node of it can have stands in its status."""
    labels = {"karpenter.sh/nodepool": "general", "kubernetes.io/os": "linux"}
    labels |= {"node.kubernetes.io/instance-type": "m7g.large", "topology.kubernetes.io/zone": "eu-west-1a"}
    room = {"cpu": "1930m", "memory": "6Gi", "pods": "29"}
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodeClaim",
        "metadata": {"name": name, "labels": {**labels, "karpenter.sh/capacity-type": "spot"}},
        "spec": {"taints": [OWN], "startupTaints": [FIRST], "requirements": []},
        "status": {"allocatable": room, "providerID": "aws:///eu-west-1a/i-1", **status},
    }


def waits(name: str, **spec: Any) -> dict[str, Any]:
    return pod(name, on=None, phase="Pending", tolerations=[{"key": "team", "operator": "Exists"}], **spec)


def test_taints_that_a_new_node_loses_keep_nothing_off(tmp_path: Path) -> None:
    found = alone(tmp_path, pool(), of_pool("new", ready=False), of_pool("old", ready=True))
    new, old = found.running
    assert [each.key for each in new.node.taints] == ["team"]
    # One that has been ready is not as it should be: it keeps what it has.
    assert [each.key for each in old.node.taints] == [each["key"] for each in (FIRST, OWN, NOT_READY)] + [
        "karpenter.sh/unregistered"
    ]


def test_a_new_node_takes_the_pods_that_it_was_brought_for_and_those_of_daemon_sets(tmp_path: Path) -> None:
    daemon = daemon_pod(on="old")
    daemon["spec"]["tolerations"] = [{"operator": "Exists"}]
    objects = [pool(), of_pool("old", ready=True), of_pool("new", ready=False), daemon, waits("web")]
    found = alone(tmp_path, *objects)
    assert {each.node.name: [name for name, _ in each.pods] for each in found.running} == {
        "old": ["shop/DaemonSet/agent@old"],
        "new": ["shop/DaemonSet/agent@new"],
    }
    placed = outcome(found)
    assert placed.waiting == ()
    assert not any(each.new for each in placed.nodes)
    assert not any("not ready" in each for each in found.unknown)


def test_a_node_claim_on_its_way_is_a_node_to_come(tmp_path: Path) -> None:
    found = alone(tmp_path, pool(), node_claim("general-x"), waits("web"))
    (there,) = found.running
    assert (there.node.name, there.machine, there.capacity_type, there.maker) == (
        *("general-x", "m7g.large", "spot", "general"),
    )
    assert there.node.allocatable == {"cpu": 1930, "memory": 6 * 2**30, "pods": 29}
    assert ([each.key for each in there.node.taints], there.node.labels["kubernetes.io/hostname"]) == (
        *(["team"], "general-x"),
    )
    placed = outcome(found)
    assert (placed.waiting, [each.name for each in placed.nodes]) == ((), ["general-x"])


CLAIMS: dict[str, dict[str, Any]] = {
    "not launched": {"allocatable": None},
    "has its node by name": {"nodeName": "old"},
    "has its node by id": {"providerID": "aws:///eu-west-1a/i-9"},
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_node_claim_is_no_node_beside_its_own(name: str, tmp_path: Path) -> None:
    old = of_pool("old", ready=True)
    old["spec"]["providerID"] = "aws:///eu-west-1a/i-9"
    found = alone(tmp_path, pool(), old, node_claim("general-x", **CLAIMS[name]))
    assert [each.node.name for each in found.running] == ["old"]


def test_a_node_claim_that_goes_is_none(tmp_path: Path) -> None:
    going = node_claim("general-x")
    going["metadata"]["deletionTimestamp"] = "2026-03-02T10:00:00Z"
    assert alone(tmp_path, node(), going).running[0].node.name == "node-a"


def test_a_node_that_karpenter_is_about_to_delete_leaves_its_pods(tmp_path: Path) -> None:
    old = of_pool("old", ready=True)
    old["spec"]["taints"] = [{"key": "karpenter.sh/disrupted", "effect": "NoSchedule"}]
    found = alone(tmp_path, pool(), old, node_claim("general-x"), of_deployment("web", 1, on="old"))
    assert [each.node.name for each in found.running] == ["general-x"]
    assert [each.name for each in found.demands] == ["shop/Deployment/web"]
    (said,) = (each for each in found.unknown if "about to go" in each)
    assert said == "the nodes old are about to go: their pods are placed elsewhere"
    assert isinstance(said, Doubt)


def test_a_plans_daemon_sets_wait_for_nodes_without_room(tmp_path: Path) -> None:
    full = node(status={"allocatable": {"cpu": "1930m", "memory": "7000Mi", "pods": "1"}})
    found = with_export(planned(), written(tmp_path, full, of_deployment("api", 1)))
    (demand,) = (each for each in found.demands if "@" in each.name)
    assert demand.name == "shop/DaemonSet/agent@node-a"
    assert demand.shape.named == {"node-a"}
    (waiting,) = (each for each in outcome(found).waiting if each.name == demand.name)
    assert [(each.where, each.reason) for each in waiting.refusals] == [("1 node", "Too many pods")]


FARGATE = {"eks.amazonaws.com/compute-type": "fargate", "eks.amazonaws.com/nodegroup": None}


def of_profile(name: str, **parts: Any) -> dict[str, Any]:
    found = pod(name, labels={"eks.amazonaws.com/fargate-profile": "jobs"}, schedulerName="fargate-scheduler", **parts)
    found["metadata"]["annotations"] = {"CapacityProvisioned": "0.5vCPU 1GB"}
    return found


def test_a_machine_of_fargate_has_the_size_that_is_paid_for(tmp_path: Path) -> None:
    found = alone(tmp_path, node("f-1", labels=FARGATE), of_profile("x", on="f-1", requests={"cpu": "300m"}))
    (there,) = found.running
    assert (there.machine, there.maker) == ("0.5 vCPU, 1 GB", "jobs")
    assert (there.node.allocatable["cpu"], there.node.allocatable["pods"]) == (500, 1)
    assert there.offerings[0].price == pytest.approx(0.5 * 0.04456 + 0.004865, rel=0.1)


def test_a_pod_that_waits_for_fargate_gets_a_machine(tmp_path: Path) -> None:
    found = alone(tmp_path, node(), of_profile("x", on=None, phase="Pending", requests={"cpu": "300m"}))
    assert [(each.name, each.selectors) for each in found.profiles] == [
        ("jobs", (("shop", {"eks.amazonaws.com/fargate-profile": "jobs"}),))
    ]
    assert found.demands[0].asked == ""
    placed = outcome(found)
    assert [(each.kind, each.maker) for each in placed.nodes if each.new] == [("fargate", "jobs")]


def test_a_pod_whose_claim_there_is_not_waits_for_fargate_too(tmp_path: Path) -> None:
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "gone"}}]
    waiting = of_profile("x", on=None, phase="Pending", volumes=volumes)
    found = outcome(alone(tmp_path, node(), exports.claim("other", "pv-1"), waiting))
    assert [each.reason for each in found.waiting[0].refusals if each.kind == "fargate"] == [
        'persistentvolumeclaim "gone" not found'
    ]


def unready(name: str = "node-a") -> dict[str, Any]:
    found = node(name)
    found["status"]["conditions"] = [{"type": "Ready", "status": "Unknown"}]
    return found


VOLUME = [{"name": "d", "persistentVolumeClaim": {"claimName": "disk"}}]
BOUND = (exports.claim("disk", "pv-1"), exports.volume("pv-1", "a"))
GAPS: dict[str, tuple[tuple[dict[str, Any], ...], str]] = {
    "no pools": (
        (of_pool("old", ready=True),),
        "the NodePools general are not in the export: they get no further nodes; add kubectl get nodepools,nodeclaims,",
    ),
    "no pods": ((node(),), "the export has no pods: its nodes are taken to be empty"),
    "no limits of volumes": ((node(), *BOUND, waits("one", volumes=VOLUME)), "the export has no csinodes"),
    "one namespace": ((node(), waits("one")), "the export has pods of the namespace shop alone: of others none"),
    "other nodes": (
        (node(), of_deployment("web", 1, on="gone")),
        "the nodes gone are not in the export: their pods wait",
    ),
    "no prices": (
        (node(labels={"topology.kubernetes.io/region": "us-foo-1"}),),
        "there are no prices for us-foo-1: those of us-east-1 are used",
    ),
    "windows": ((node(labels={"kubernetes.io/os": "windows"}),), "the nodes node-a run Windows: their price is taken"),
    "not ready": ((unready(), of_deployment("web", 1)), "the nodes node-a are not ready: their pods are taken to stay"),
}


@pytest.mark.parametrize("name", GAPS)
def test_what_an_export_lacks_is_said(name: str, tmp_path: Path) -> None:
    objects, wanted = GAPS[name]
    assert any(each.startswith(wanted) for each in alone(tmp_path, *objects).unknown)


def test_what_an_export_has_is_not_said_to_be_lacking(tmp_path: Path) -> None:
    limits = {"kind": "CSINode", "metadata": {"name": "node-a"}, "spec": {"drivers": []}}
    objects = [
        unready(),
        limits,
        *BOUND,
        daemon_pod(),
        waits("one", volumes=VOLUME),
        of_pool("old", ready=True),
        pool(),
    ]
    objects.append({**pod("over", on="gone", phase="Failed"), "metadata": {"name": "over", "namespace": "other"}})
    objects.append(daemon_pod("agent-z", on="gone"))
    said = alone(tmp_path, *objects).unknown
    # On the node that is not ready runs nothing that could go elsewhere.
    assert not any(
        word in each for each in said for word in ("csinodes", "NodePools", "not ready", "no pods", "alone", "gone")
    )


def test_limits_of_volumes_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    limits = {"kind": "CSINode", "metadata": {"name": "node-a"}, "spec": {"drivers": [{"allocatable": {"count": 2}}]}}
    with pytest.raises(InputError, match=r"spec\.drivers: the CSINode node-a has drivers that cannot be read; got"):
        alone(tmp_path, node(), limits)
