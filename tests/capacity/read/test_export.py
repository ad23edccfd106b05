"""A cluster's export: nodes with their pods, pods that wait, and what a plan puts in their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.capacity.model import Platform
from eks_blueprints.capacity.read.export import platform_of_export, with_export
from eks_blueprints.review.cost.prices import list_prices
from tests.capacity.read import exports
from tests.capacity.read.exports import node, of_deployment, pod, written
from tests.capacity.read.stacks import ids, platform, resources
from tests.policies.build import group, object_, workload


def alone(folder: Path, *objects: dict[str, Any]) -> Platform:
    return platform_of_export(written(folder, *objects))


def test_nodes_are_there_with_the_pods_that_are_bound_to_them(tmp_path: Path) -> None:
    csi = {"kind": "CSINode", "metadata": {"name": "node-a"}}
    csi["spec"] = {"drivers": [{"name": "ebs.csi.aws.com", "allocatable": {"count": 25}}, {"name": "efs.csi.aws.com"}]}
    found = alone(tmp_path, node(), csi, of_deployment("web", 1), of_deployment("web", 2), pod("bare"))
    (there,) = found.running
    assert (there.machine, there.capacity_type, there.maker) == ("m7g.large", "spot", "nodes-1a2b3c4")
    assert there.node.allocatable == {"cpu": 1930, "memory": 7000 * 2**20, "pods": 29}
    assert there.node.volumes == {"ebs.csi.aws.com": 25}
    assert [name for name, _ in there.pods] == [
        "shop/Deployment/web#web-5d9f8c-1",
        "shop/Deployment/web#web-5d9f8c-2",
        "shop/Pod/bare#bare",
    ]
    assert there.pods[0][1] is there.pods[1][1]
    # It may be moved: the node that it is on is none that it asks for.
    assert there.pods[0][1].node == ""
    assert (found.name, found.region, found.demands) == ("cluster", "eu-west-1", ())


def test_nodes_that_are_there_have_a_price(tmp_path: Path) -> None:
    auto = {"eks.amazonaws.com/compute-type": "auto", "karpenter.sh/capacity-type": "on-demand"}
    objects = [
        node("spot"),
        node("auto", labels=auto),
        node("plain", labels={"eks.amazonaws.com/capacityType": None}),
        node("odd", labels={"node.kubernetes.io/instance-type": "m99.large"}),
    ]
    spot, of_auto, plain_, odd = (each.offerings for each in alone(tmp_path, *objects).running)
    hour = list_prices().instance("m7g.large", "eu-west-1")
    assert hour is not None
    assert [(each.price, each.capacity_type) for each in plain_] == [(hour, "on-demand")]
    assert [each.price for each in of_auto] == [pytest.approx(hour * 1.12)]
    low, high = list_prices().spot("m7g.large", "eu-west-1")
    assert [(each.price, each.most) for each in spot] == [(pytest.approx(hour * low), pytest.approx(hour * high))]
    assert odd == ()


def test_pods_that_have_finished_are_left_out_and_those_that_wait_are_asked_for(tmp_path: Path) -> None:
    objects = [
        node(),
        pod("done", phase="Succeeded"),
        pod("failed", phase="Failed"),
        *(of_deployment("web", number, on=None, phase="Pending") for number in range(3)),
        pod("gated", on=None, phase="Pending", schedulingGates=[{"name": "x"}]),
    ]
    found = alone(tmp_path, *objects)
    assert found.running[0].pods == ()
    assert [(each.name, each.least, each.most) for each in found.demands] == [
        ("shop/Deployment/web", 3, 3),
        ("shop/Pod/gated", 1, 1),
    ]
    assert found.demands[0].shape.requests == {"cpu": 500}
    assert "scheduling gates" in found.demands[1].asked


OWNERS: dict[str, tuple[dict[str, Any], str]] = {
    "deployment": (of_deployment("web", 1, on=None), "shop/Deployment/web"),
    "replica set": (pod("web-1", ("ReplicaSet", "web"), on=None), "shop/ReplicaSet/web"),
    "rollout": (
        pod("web-7c4-1", ("ReplicaSet", "web-7c4"), on=None, labels={"rollouts-pod-template-hash": "7c4"}),
        "shop/Rollout/web",
    ),
    "stateful set": (pod("db-0", ("StatefulSet", "db"), on=None), "shop/StatefulSet/db"),
    "cron job": (pod("backup-28391234-x", ("Job", "backup-28391234"), on=None), "shop/CronJob/backup"),
    "job": (pod("train-x", ("Job", "train"), on=None), "shop/Job/train"),
    "static pod": (pod("proxy", ("Node", "node-a"), on=None), "shop/Pod/proxy"),
    "nothing": (pod("bare", on=None), "shop/Pod/bare"),
}


@pytest.mark.parametrize("name", OWNERS)
def test_pods_are_known_by_what_makes_them(name: str, tmp_path: Path) -> None:
    made, wanted = OWNERS[name]
    assert [each.name for each in alone(tmp_path, made).demands] == [wanted]


def test_pods_of_nodes_that_are_not_in_the_export_are_asked_for_again(tmp_path: Path) -> None:
    found = alone(tmp_path, of_deployment("web", 1), of_deployment("web", 2), daemon_pod())
    assert [(each.name, each.least) for each in found.demands] == [("shop/Deployment/web", 2)]
    assert any("the export has no nodes: its pods wait for new ones" in each for each in found.unknown)


def daemon_pod(name: str = "agent-x", on: str = "node-a") -> dict[str, Any]:
    field = {"key": "metadata.name", "operator": "In", "values": [on]}
    condition = {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field], "matchExpressions": [condition]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    return pod(name, ("DaemonSet", "agent"), on=on, affinity=affinity)


def test_pods_of_daemon_sets_come_to_new_nodes_too(tmp_path: Path) -> None:
    found = alone(tmp_path, node(), node("node-b"), daemon_pod(), daemon_pod("agent-y", on="node-b"))
    (daemon,) = found.daemons
    assert daemon.name == "shop/DaemonSet/agent"
    # The node that its controller has bound it to is no part of what it asks for.
    assert daemon.shape.may_be_on("another", {"kubernetes.io/os": "linux"})
    assert not daemon.shape.may_be_on("another", {"kubernetes.io/os": "windows"})
    assert [[name for name, _ in each.pods] for each in found.running] == [
        ["shop/DaemonSet/agent@node-a"],
        ["shop/DaemonSet/agent@node-b"],
    ]
    assert found.demands == ()


def planned(**more: Any) -> Platform:
    nodes = group(
        "nodes",
        instanceTypes=["m7g.large"],
        amiType="AL2023_ARM_64_STANDARD",
        subnetIds=ids(),
        scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 3},
    )
    web = workload("web", c=resources("1"), s={"replicas": 4, **more})
    return platform(nodes, web, workload("agent", kind="DaemonSet"))


def test_a_plans_pods_take_the_place_of_those_that_are_there(tmp_path: Path) -> None:
    objects = [node(), node("node-b"), of_deployment("web", 1), of_deployment("api", 1), daemon_pod()]
    found = with_export(planned(), written(tmp_path, *objects))
    assert [(each.name, each.least, each.shape.requests) for each in found.demands] == [
        ("shop/Deployment/web", 4, {"cpu": 1000})
    ]
    # The plan's DaemonSet has a pod on the second node too, which the cluster lacks as yet.
    assert [[name for name, _ in each.pods] for each in found.running] == [
        ["shop/Deployment/api#api-5d9f8c-1", "shop/DaemonSet/agent@node-a"],
        ["shop/DaemonSet/agent@node-b"],
    ]
    assert [each.name for each in found.daemons] == ["shop/DaemonSet/agent"]
    # The group begins with what it has; Pulumi has put seven letters behind its name.
    assert [(each.name, each.start) for each in found.groups] == [("nodes", 2)]
    assert [each.maker for each in found.running] == ["nodes", "nodes"]


def test_a_node_is_of_the_group_whose_name_fits_best(tmp_path: Path) -> None:
    given = {"instanceTypes": ["m7g.large"], "subnetIds": ids(), "scalingConfig": {"minSize": 1, "maxSize": 3}}
    plan = platform(
        group("nodes", **given), group("nodes-gpu", **given), group("own", nodeGroupName="nodes-own", **given)
    )
    names = ("nodes-1a2b3c4", "nodes-gpu-1a2b3c4", "nodes-own", "theirs")
    made = [node(name, labels={"eks.amazonaws.com/nodegroup": name}) for name in names]
    found = with_export(plan, written(tmp_path, *made))
    assert [each.maker for each in found.running] == ["nodes", "nodes-gpu", "own", "theirs"]


def test_pods_of_a_workload_that_the_plan_does_not_have_stay(tmp_path: Path) -> None:
    found = with_export(planned(), written(tmp_path, node(), of_deployment("api", 1, on=None, phase="Pending")))
    assert {each.name for each in found.demands} == {"shop/Deployment/web", "shop/Deployment/api"}


def test_a_plans_pods_are_where_their_volumes_are(tmp_path: Path) -> None:
    template = {"metadata": {"name": "data"}, "spec": {"storageClassName": "gp3"}}
    database = workload("db", kind="StatefulSet", s={"replicas": 3, "volumeClaimTemplates": [template]})
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "disk"}}]
    plan = platform(database, workload("one", p={"volumes": volumes}))
    objects = [
        node(),
        exports.claim("data-db-0", "pv-0"),
        exports.volume("pv-0", "c"),
        exports.claim("disk", "pv-1"),
        exports.volume("pv-1", "b"),
    ]
    found = {each.name: each for each in with_export(plan, written(tmp_path, *objects)).demands}
    assert set(found) == {"shop/StatefulSet/db", "shop/StatefulSet/db-0", "shop/Deployment/one"}
    assert (found["shop/StatefulSet/db"].least, found["shop/StatefulSet/db-0"].least) == (2, 1)
    for name, zone in (("shop/StatefulSet/db-0", "eu-west-1c"), ("shop/Deployment/one", "eu-west-1b")):
        (claim,) = found[name].shape.claims
        assert claim.terms is not None
        assert claim.terms[0].of("n", {"topology.kubernetes.io/zone": zone})
        assert not claim.terms[0].of("n", {"topology.kubernetes.io/zone": "eu-west-1a"})


def test_a_claim_that_a_cluster_does_not_have_keeps_its_pod_off_all_nodes(tmp_path: Path) -> None:
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "gone"}}]
    objects = [node(), exports.claim("other", "pv-1"), pod("one", on=None, phase="Pending", volumes=volumes)]
    (found,) = alone(tmp_path, *objects).demands
    assert found.shape.claims[0].missing == 'persistentvolumeclaim "gone" not found'


def node_pool(name: str) -> dict[str, Any]:
    types = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["m7g.large"]}
    reference = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"}
    spec = {"template": {"spec": {"nodeClassRef": reference, "requirements": [types]}}, "limits": {"cpu": "10"}}
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name}, "spec": spec}


def test_pools_of_the_cluster_are_there_and_those_of_the_plan_win(tmp_path: Path) -> None:
    found = alone(tmp_path, node(labels={"karpenter.sh/nodepool": "general"}), node_pool("general"))
    (one,) = found.pools
    assert (one.name, one.limits, [each.name for each in one.machines]) == ("general", {"cpu": 10_000}, ["m7g.large"])
    assert {each.zone for each in one.machines[0].offerings} == {"eu-west-1a"}
    assert found.running[0].maker == "general"
    assert any("class of nodes of the pool general is not in the export" in each for each in found.unknown)
    plan = platform(object_("karpenter.sh/v1:NodePool", "general", ns=None, spec=node_pool("general")["spec"]))
    merged = with_export(plan, written(tmp_path, node(), node_pool("general"), node_pool("other")))
    assert [each.name for each in merged.pools] == ["general", "other"]
    assert merged.pools[0] is plan.pools[0]


def test_cluster_autoscaler_is_known_by_its_pod(tmp_path: Path) -> None:
    container = {"name": "a", "image": "x/cluster-autoscaler:v1", "command": ["./ca", "--expander=most-pods"]}
    found = alone(tmp_path, node(), pod("ca", containers=[container]))
    assert found.autoscaler is not None
    assert found.autoscaler.expanders == ("most-pods",)
    assert any("the sizes of the group nodes-1a2b3c4 are not in the export" in each for each in found.unknown)


def test_fargates_nodes_go_with_their_pods(tmp_path: Path) -> None:
    fargate = {"eks.amazonaws.com/compute-type": "fargate", "eks.amazonaws.com/nodegroup": None}
    objects = [
        node("f-1", labels=fargate),
        node("f-2", labels=fargate),
        of_deployment("web", 1, on="f-1"),
        pod("x", on="f-2"),
    ]
    found = with_export(planned(), written(tmp_path, *objects))
    assert [[name for name, _ in each.pods] for each in found.running] == [["shop/Pod/x#x"]]
    assert [each.node.name for each in found.running] == ["f-2"]


def test_namespaces_are_known_by_their_labels(tmp_path: Path) -> None:
    namespace = {"kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "a"}}}
    assert alone(tmp_path, node(), namespace).namespaces == {"shop": {"team": "a"}}
