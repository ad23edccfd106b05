"""Pods of an export: which of them wait, which go with their node, and what is read of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.capacity.place import outcome
from tests.capacity.read import exports
from tests.capacity.read.exports import node, of_deployment, pod
from tests.capacity.read.test_export import alone, daemon_pod, node_pool

LINUX = {"kubernetes.io/os": "linux"}


def waits(name: str, **spec: Any) -> dict[str, Any]:
    return pod(name, on=None, phase="Pending", **spec)


def unbound(daemon: dict[str, Any]) -> dict[str, Any]:
    del daemon["spec"]["nodeName"]
    return daemon


def deleted(manifest: dict[str, Any]) -> dict[str, Any]:
    manifest["metadata"]["deletionTimestamp"] = "2026-03-02T10:00:00Z"
    return manifest


def mirror(manifest: dict[str, Any]) -> dict[str, Any]:
    manifest["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "9f"}
    return manifest


def test_a_node_that_goes_leaves_its_pods_but_for_those_that_end_with_it(tmp_path: Path) -> None:
    objects = [
        deleted(node("old", labels={"topology.kubernetes.io/region": None})),
        node("new"),
        of_deployment("web", 1, on="old"),
        deleted(of_deployment("api", 1, on="old")),
        deleted(pod("db-0", ("StatefulSet", "db"), on="old")),
        mirror(pod("proxy", on="old")),
        pod("kube-proxy-old", ("Node", "old"), on="old"),
        daemon_pod(on="old"),
    ]
    found = alone(tmp_path, *objects)
    assert [each.node.name for each in found.running] == ["new"]
    assert [each.name for each in found.demands] == ["shop/Deployment/web", "shop/StatefulSet/db"]
    assert found.region == "eu-west-1"


def test_a_pod_that_goes_before_it_had_a_node_waits_for_none(tmp_path: Path) -> None:
    found = alone(tmp_path, node(), deleted(waits("gone")), deleted(of_deployment("web", 1)))
    assert found.demands == ()
    assert len(found.running[0].pods) == 1  # it has its room until it has ended


def test_pods_that_came_first_are_placed_first(tmp_path: Path) -> None:
    young, old = (waits(name, requests={"cpu": "1500m"}) for name in ("a-young", "z-old"))
    young["metadata"]["creationTimestamp"] = "2026-03-02T10:00:00Z"
    old["metadata"]["creationTimestamp"] = "2026-03-02T09:00:00Z"
    assert [each.name for each in outcome(alone(tmp_path, node(), young, old)).waiting] == ["shop/Pod/a-young"]


def test_pods_that_wait_and_differ_have_their_own_names(tmp_path: Path) -> None:
    owner = ("StatefulSet", "db")
    objects = [
        node(),
        pod("db-0", owner, on=None, requests={"cpu": "1"}),
        pod("db-1", owner, on=None),
        pod("db-2", owner, on=None),
    ]
    found = alone(tmp_path, *objects)
    assert [(each.name, each.least) for each in found.demands] == [
        ("shop/StatefulSet/db-0", 1),
        ("shop/StatefulSet/db", 2),
    ]


def test_labels_that_each_pod_has_for_itself_make_no_difference(tmp_path: Path) -> None:
    index = "apps.kubernetes.io/pod-index"
    objects = [pod(f"db-{n}", ("StatefulSet", "db"), labels={index: str(n), "app": "db"}) for n in range(2)]
    for n in range(2):
        objects.append(daemon_pod(f"agent-{n}", on=f"node-{'ab'[n]}"))
        objects[-1]["metadata"]["labels"].update({"controller-revision-hash": str(n)})
    found = alone(tmp_path, node(), node("node-b"), *objects)
    first, second = found.running
    assert first.pods[0][1] is first.pods[1][1]
    assert first.pods[2][1] is second.pods[0][1]


def test_a_daemon_set_without_pods_comes_to_new_nodes(tmp_path: Path) -> None:
    template = {"metadata": {"labels": {"app": "new"}}, "spec": daemon_pod()["spec"]}
    made = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "new", "namespace": "shop"}}
    found = alone(tmp_path, node(), {**made, "spec": {"template": template}})
    (daemon,) = found.daemons
    assert (daemon.name, daemon.shape.requests, daemon.shape.labels) == (
        "shop/DaemonSet/new",
        {"cpu": 500},
        {"app": "new"},
    )
    assert daemon.shape.terms is not None
    assert found.running[0].pods == ()  # it is there, and its controller has made no pod for it


def test_what_is_not_known_of_the_pods_of_a_daemon_set_is_said(tmp_path: Path) -> None:
    spec = {**daemon_pod()["spec"], "runtimeClassName": "kata", "priorityClassName": "mine"}
    made = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "new", "namespace": "shop"}}
    daemon = {**made, "spec": {"template": {"spec": spec}}}
    said = [
        each for each in alone(tmp_path, node(), daemon).unknown if each.startswith("of the pods of shop/DaemonSet")
    ]
    assert [each.partition(": ")[2].partition(" is made")[0] for each in said] == [
        "the RuntimeClass kata",
        "the PriorityClass mine",
    ]
    kata = {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "kata"}, "handler": "kata"}
    kata["overhead"] = {"podFixed": {"cpu": "250m"}}
    (found,) = alone(tmp_path, node(), daemon, kata).daemons
    assert found.shape.requests == {"cpu": 750}


def test_a_daemon_sets_pod_that_waits_comes_to_its_node_before_others(tmp_path: Path) -> None:
    objects = [node(labels=LINUX), waits("large", requests={"cpu": "1500m"}), unbound(daemon_pod())]
    found = alone(tmp_path, *objects)
    assert [name for name, _ in found.running[0].pods] == ["shop/DaemonSet/agent@node-a"]
    assert [each.name for each in outcome(found).waiting] == ["shop/Pod/large"]


def test_pods_of_a_daemon_set_that_keep_apart_are_placed_by_the_scheduler(tmp_path: Path) -> None:
    """One of them has its node, the other waits: both nodes are in one zone."""
    term = {"labelSelector": {"matchLabels": {"app": "agent"}}, "topologyKey": "topology.kubernetes.io/zone"}
    objects = [node(labels=LINUX), node("node-b", labels=LINUX)]
    for name in ("node-a", "node-b"):
        objects.append(unbound(daemon_pod(f"agent-{name}", on=name)))
        objects[-1]["spec"]["affinity"]["podAntiAffinity"] = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    found = outcome(alone(tmp_path, *objects))
    assert [each.name for each in found.waiting] == ["shop/DaemonSet/agent@node-b"]
    assert [len(each.pods) for each in found.nodes] == [1, 0]


KEPT_OFF = {
    "no room": ({"labels": LINUX}, "NodeResourcesFit", "Insufficient cpu"),
    "no label": ({}, "NodeAffinity", "node(s) didn't match Pod's node affinity/selector"),
    "a taint": (
        {"labels": LINUX, "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]}},
        "TaintToleration",
        "node(s) had untolerated taint(s)",
    ),
}


@pytest.mark.parametrize("name", KEPT_OFF)
def test_a_daemon_sets_pod_waits_for_its_own_node_alone(name: str, tmp_path: Path) -> None:
    parts, predicate, reason = KEPT_OFF[name]
    full = [of_deployment("web", n) for n in range(3)]
    objects = [node(**parts), *full, node("node-b", labels=LINUX), unbound(daemon_pod()), node_pool("general")]
    found = outcome(alone(tmp_path, *objects))
    (waiting,) = found.waiting
    assert waiting.name == "shop/DaemonSet/agent@node-a"
    # Neither the other node nor a pool is of any help.
    (refusal,) = waiting.refusals
    assert (refusal.where, refusal.predicate) == ("1 node", predicate)
    assert refusal.reason.startswith(reason)
    assert not waiting.remedy
    assert not any(each.new for each in found.nodes)


def test_no_node_is_brought_for_a_claim_that_cannot_be_mounted(tmp_path: Path) -> None:
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "gone"}}]
    objects = [node(), node_pool("general"), exports.claim("other", "pv-1"), waits("one", volumes=volumes)]
    found = outcome(alone(tmp_path, *objects))
    assert not any(each.new for each in found.nodes)
    said = {(each.where, each.predicate, each.reason) for each in found.waiting[0].refusals}
    assert ("general", "VolumeBinding", 'persistentvolumeclaim "gone" not found') in said


def test_a_volume_without_a_csi_driver_counts_towards_the_limit_of_the_driver_that_does_its_work(
    tmp_path: Path,
) -> None:
    """So it is with volumes of EBS that were made before there was a driver."""
    old = exports.volume("pv-1", "a")
    del old["spec"]["csi"]
    old["spec"]["awsElasticBlockStore"] = {"volumeID": "aws://eu-west-1a/vol-1"}
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "disk"}}]
    found = alone(tmp_path, node(), exports.claim("disk", "pv-1"), old, pod("one", volumes=volumes))
    assert [each.driver for each in found.running[0].pods[0][1].claims] == ["ebs.csi.aws.com"]


def test_no_node_is_brought_for_a_pod_that_names_its_node(tmp_path: Path) -> None:
    field = {"key": "metadata.name", "operator": "In", "values": ["elsewhere"]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    found = outcome(alone(tmp_path, node(), node_pool("general"), waits("one", affinity=affinity)))
    assert [(each.name, each.refusals) for each in found.waiting] == [("shop/Pod/one", ())]
    assert not any(each.new for each in found.nodes)


def test_a_claim_of_one_pod_alone_lets_the_second_wait_beside_its_node(tmp_path: Path) -> None:
    """Karpenter brings a node for it, and kube-scheduler does not put it there."""
    claim = exports.claim("disk", "pv-1")
    claim["spec"]["accessModes"] = ["ReadWriteOncePod"]
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "disk"}}]
    objects = [node(), node_pool("general"), claim, exports.volume("pv-1", "a"), pod("one", volumes=volumes)]
    found = outcome(alone(tmp_path, *objects, waits("two", volumes=volumes, requests={"cpu": "1800m"})))
    assert [each.name for each in found.waiting] == ["shop/Pod/two"]
    assert [len(each.pods) for each in found.nodes if each.new] == [0]


def test_a_pod_for_which_another_ends_has_its_room(tmp_path: Path) -> None:
    """Neither is a node brought for it, nor does the other wait."""
    coming = waits("coming", requests={"cpu": "1800m"}, priority=100)
    coming["status"]["nominatedNodeName"] = "node-a"
    objects = [node(), node_pool("general"), deleted(pod("going", requests={"cpu": "1800m"})), coming]
    objects.append(deleted(pod("alike", requests={"cpu": "100m"}, priority=100)))
    found = alone(tmp_path, *objects)
    assert [name for name, _ in found.running[0].pods] == ["shop/Pod/coming#coming", "shop/Pod/alike#alike"]
    assert found.demands == ()


def test_a_pod_whose_nominated_node_is_gone_waits_as_before(tmp_path: Path) -> None:
    coming = waits("coming")
    coming["status"]["nominatedNodeName"] = "gone"
    assert [each.name for each in alone(tmp_path, node(), coming).demands] == ["shop/Pod/coming"]


UNSURE: dict[str, tuple[dict[str, Any], str]] = {
    "a scheduler": ({"schedulerName": "mine"}, "the scheduler mine places it"),
    "devices": ({"resourceClaims": [{"name": "gpu"}]}, "its claims of devices (resourceClaims) are not followed"),
    "taints by number": (
        {"tolerations": [{"key": "sla", "operator": "Gt", "value": "5"}]},
        "it tolerates taints by their numbers",
    ),
    "gates": ({"schedulingGates": [{"name": "x"}]}, "nothing places it while its scheduling gates are there (x)"),
}


@pytest.mark.parametrize("name", UNSURE)
def test_what_is_not_known_of_pods_that_wait_is_said(name: str, tmp_path: Path) -> None:
    spec, wanted = UNSURE[name]
    (found,) = alone(tmp_path, node(), waits("one", **spec)).demands
    assert found.asked.startswith(wanted)


def test_what_placed_a_pod_does_not_matter_once_it_has_a_node(tmp_path: Path) -> None:
    found = alone(tmp_path, node(), pod("one", schedulerName="mine", resourceClaims=[{"name": "gpu"}]))
    assert not any("mine" in each or "devices" in each for each in found.unknown)


def test_a_volume_of_a_pod_that_runs_and_is_not_in_the_export_is_said(tmp_path: Path) -> None:
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "disk"}}]
    found = alone(tmp_path, node(), pod("one", volumes=volumes))
    assert any("the claim shop/disk is made elsewhere" in each for each in found.unknown)
