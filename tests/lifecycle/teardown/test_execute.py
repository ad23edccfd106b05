"""What `teardown --execute` does, in an account in this process and a cluster in memory.

tests/api_server holds the same against a real API server, tests/engine `pulumi destroy` itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest

from eks_blueprints.lifecycle.teardown.execute import execute, refused
from eks_blueprints.lifecycle.teardown.run import Run, UnfinishedError
from eks_blueprints.lifecycle.teardown.search import KEEP, Leftover
from eks_blueprints.lifecycle.teardown.steps import steps
from eks_blueprints.recording import Plan

from . import account as aws
from .cluster import CLAIMS, PODS, VOLUMES, Cluster, driver, finalizers, workloads
from .test_steps import BASE, NODES, argo_cd, of_plan, service

CONTROLLERS = (finalizers, workloads, driver)


@pytest.fixture
def session() -> Iterator[Any]:
    with aws.account() as found:
        yield found


class Teardown:
    """One, with what it said and did."""

    def __init__(self, session: Any, plan: Plan, cluster: Cluster, *, destroyed: int = 0, **options: Any) -> None:
        self.session, self.plan, self.destroyed = session, plan, destroyed
        self.said: list[str] = []
        self.offered: list[Leftover] = []
        self.destroys = 0
        self.remove = options.pop("remove", True)
        settings: dict[str, Any] = {"timeout": 60, "pause": 0.0} | options
        self.run = Run(
            lambda _: session, lambda *_: cluster, self._destroy, self.said.append, self._offer, **settings
        )  # fmt: skip

    def execute(self) -> None:
        found = steps(self.plan)
        assert refused(self.run, found) == []
        execute(self.run, found)

    def refused(self) -> list[str]:
        return refused(self.run, steps(self.plan))

    def _destroy(self) -> int:
        self.destroys += 1
        if not self.destroyed:
            self.session.client("eks").delete_cluster(name="shop")
        return self.destroyed

    def _offer(self, found: Sequence[Leftover]) -> bool:
        self.offered += found
        return bool(self.remove)


ADDONS = BASE | {"aws_ebs_csi_driver": {}}
STORAGE: dict[str, Any] = {"addons": ADDONS, "compute": {"nodes": NODES}}
POOLS: dict[str, Any] = {"addons": BASE, "compute": {"nodes": NODES, "pools": {"kind": "karpenter"}}}


@cache
def planned(name: str) -> Plan:
    """A plan of a platform, recorded once for all tests."""
    if name == "service":
        return of_plan(service)
    return of_plan(**{"plain": {}, "storage": STORAGE, "pools": POOLS}[name])


def with_data(session: Any, cluster: Cluster, name: str = "data-db-0", **fields: Any) -> str:
    handle = aws.volume(session)
    cluster.volume(name, handle, **fields)
    return handle


def test_objects_that_own_load_balancers_go_before_the_stack(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    cluster.add("ingresses.networking.k8s.io", "web", "shop")
    cluster.add("services", "web", "shop", spec={"type": "LoadBalancer"})
    cluster.add("services", "db", "shop", spec={"type": "ClusterIP"})
    done = Teardown(session, planned("service"), cluster)
    done.execute()
    assert [each["metadata"]["name"] for each in cluster.there["services"]] == ["db"]
    assert cluster.there["ingresses.networking.k8s.io"] == []
    assert done.destroys == 1
    assert done.said[-2:] == [
        "5/5 delete the log group that EKS creates again for shop",
        "in ten minutes: aws logs delete-log-group --log-group-name /aws/eks/shop/cluster --region eu-west-1",
    ]


def test_nothing_is_destroyed_while_a_load_balancer_is_left(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster()
    cluster.add("ingresses.networking.k8s.io", "web", "shop")
    done = Teardown(session, planned("service"), cluster, timeout=0)
    with pytest.raises(
        UnfinishedError, match=r"load balancers: Ingress shop/web still there .* their controller has to"
    ):
        done.execute()
    assert done.destroys == 0


def test_a_second_run_goes_on_where_the_first_one_stopped(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster()
    cluster.add("ingresses.networking.k8s.io", "web", "shop")
    with pytest.raises(UnfinishedError):
        Teardown(session, planned("service"), cluster, timeout=0).execute()
    cluster.commands.clear()
    cluster._controllers = CONTROLLERS
    second = Teardown(session, planned("service"), cluster)
    second.execute()
    assert cluster.commands == []  # it is being deleted already
    assert second.destroys == 1


def test_what_creates_objects_again_is_stopped_first(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    for plural, name in (("deployments.apps", "server"), ("statefulsets.apps", "application-controller")):
        cluster.add(plural, name, "argocd", spec={"replicas": 1}, status={"replicas": 1})
    cluster.add("ingresses.networking.k8s.io", "web", "shop")
    done = Teardown(session, of_plan(argo_cd), cluster)
    done.execute()
    assert [line.split()[0] for line in cluster.commands] == ["scale", "delete"]
    assert "--namespace argocd" in cluster.commands[0]


def test_data_that_nobody_has_decided_on_is_in_the_way(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    handle = with_data(session, cluster)
    [reason] = Teardown(session, planned("storage"), cluster).refused()
    assert reason == f"1 claims hold data: shop/data-db-0 ({handle}); add --volumes keep, snapshot or delete"


def test_kept_volumes_outlive_the_cluster_and_are_no_leftovers(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    handle = with_data(session, cluster)
    session.client("ec2").create_tags(Resources=[handle], Tags=aws.owned())
    done = Teardown(session, planned("storage"), cluster, volumes="keep")
    done.execute()
    [volume] = cluster.there[VOLUMES]
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert f"keeps the volume of claim shop/data-db-0 ({handle})" in done.said
    assert done.offered == []
    [row] = session.client("ec2").describe_volumes(VolumeIds=[handle])["Volumes"]
    assert {"Key": KEEP, "Value": "shop"} in row["Tags"]


def test_deleted_volumes_go_after_the_pods_that_use_them(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    with_data(session, cluster)
    cluster.add("statefulsets.apps", "db", "shop", spec={"replicas": 1}, status={"replicas": 1})
    owner = [{"kind": "StatefulSet", "name": "db", "controller": True}]
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}}]
    cluster.add(PODS, "db-0", "shop", metadata={"ownerReferences": owner}, spec={"volumes": volumes})
    done = Teardown(session, planned("storage"), cluster, volumes="delete")
    done.execute()
    assert cluster.commands[0] == "scale statefulsets.apps db --replicas=0 --namespace shop"
    assert cluster.there[CLAIMS] == []
    assert cluster.there[VOLUMES] == []
    assert done.destroys == 1


def test_an_operator_that_brings_pods_back_is_said(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster()
    with_data(session, cluster)
    owner = [{"kind": "Cluster", "name": "db", "controller": True}]
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}}]
    cluster.add(PODS, "db-1", "shop", metadata={"ownerReferences": owner}, spec={"volumes": volumes})
    done = Teardown(session, planned("storage"), cluster, volumes="delete", timeout=0)
    with pytest.raises(UnfinishedError, match=r"shop/db-1 still there .* an operator creates them again"):
        done.execute()
    assert not any(line.startswith("delete persistentvolumeclaims") for line in cluster.commands)


def test_a_class_that_retains_is_obeyed(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    handle = with_data(session, cluster, policy="Retain")
    done = Teardown(session, planned("storage"), cluster, volumes="delete")
    done.execute()
    assert len(cluster.there[VOLUMES]) == 1
    assert f"keeps the volume of claim shop/data-db-0 ({handle})" in done.said


def test_snapshots_are_taken_once_before_volumes_are_deleted(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster()
    handle = with_data(session, cluster)
    ec2 = session.client("ec2")
    mine = [{"Name": f"tag:{KEEP}", "Values": ["shop"]}]
    with pytest.raises(UnfinishedError, match="volumes: pv-data-db-0 still there"):
        Teardown(session, planned("storage"), cluster, volumes="snapshot", timeout=0).execute()
    cluster._controllers = CONTROLLERS
    Teardown(session, planned("storage"), cluster, volumes="snapshot").execute()
    [taken] = ec2.describe_snapshots(OwnerIds=["self"], Filters=mine)["Snapshots"]
    assert taken["VolumeId"] == handle
    assert {"Key": "eks-blueprints/claim", "Value": "shop/data-db-0"} in taken["Tags"]


def test_what_cannot_be_saved_by_snapshots_is_in_the_way(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    cluster.volume("shared", "fs-1::fsap-1", driver="efs.csi.aws.com")
    [reason] = Teardown(session, planned("storage"), cluster, volumes="snapshot").refused()
    assert reason.startswith("no volumes of EBS, of which no snapshots can be taken: shop/shared (fs-1::fsap-1)")


def test_pools_are_deleted_and_their_nodes_waited_for(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    cluster.add("nodepools.karpenter.sh", "default")
    cluster.add("nodepools.karpenter.sh", "of-a-team")
    done = Teardown(session, planned("pools"), cluster)
    done.execute()
    assert [line.split()[:3] for line in cluster.commands] == [
        ["delete", "nodepools.karpenter.sh", "default"],
        ["delete", "nodepools.karpenter.sh", "of-a-team"],
    ]


def test_what_holds_a_node_is_named(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster()
    cluster.add("nodeclaims.karpenter.sh", "default-1")
    cluster.add("poddisruptionbudgets.policy", "db", "shop", status={"expectedPods": 1, "disruptionsAllowed": 0})
    cluster.add(PODS, "job", "shop", metadata={"annotations": {"karpenter.sh/do-not-disrupt": "true"}}, spec={})
    with pytest.raises(
        UnfinishedError, match=r"PodDisruptionBudget shop/db, Pod shop/job \(karpenter.sh/do-not-disrupt\)"
    ):
        Teardown(session, planned("pools"), cluster, timeout=0).execute()


def test_auto_modes_own_pools_are_left_to_it(session: Any) -> None:
    aws.cluster(session)
    cluster = Cluster(*CONTROLLERS)
    for name in ("general-purpose", "spot"):
        cluster.add("nodepools.karpenter.sh", name)
        cluster.add("nodeclaims.karpenter.sh", f"{name}-1", metadata={"labels": {"karpenter.sh/nodepool": name}})

    def auto_mode(each: Cluster) -> None:
        pools = {pool["metadata"]["name"] for pool in each.there["nodepools.karpenter.sh"]}
        each.remove("nodeclaims.karpenter.sh", lambda claim: claim["metadata"]["name"].removesuffix("-1") not in pools)

    cluster._controllers = (*CONTROLLERS, auto_mode)
    auto = {"kind": "auto_mode", "node_pools": {"spot": {}}}
    fields = {"cluster": {"version": "1.35", "auto_mode": {}}, "compute": {"auto": auto}}
    done = Teardown(session, of_plan(**fields), cluster)
    done.execute()
    assert [each["metadata"]["name"] for each in cluster.there["nodeclaims.karpenter.sh"]] == ["general-purpose-1"]


def test_interfaces_of_this_clusters_load_balancers_are_waited_for(session: Any) -> None:
    made = aws.cluster(session)
    ec2 = session.client("ec2")
    mine, other = (
        ec2.create_security_group(
            GroupName=name, Description="x", VpcId=made["vpc"],
            TagSpecifications=[{"ResourceType": "security-group", "Tags": aws.tags(**{"elbv2.k8s.aws/cluster": name})}],
        )["GroupId"]
        for name in ("shop", "other")
    )  # fmt: skip
    for group in (mine, other):
        ec2.create_network_interface(SubnetId=made["subnets"][0], Groups=[group], Description=f"ELB app/{group}/1")
    done = Teardown(session, planned("service"), Cluster(*CONTROLLERS), timeout=0)
    with pytest.raises(UnfinishedError, match=r"interfaces of load balancers: eni-\w+ still there"):
        done.execute()
    assert any("waiting for network interfaces of load balancers: 1 left" in line for line in done.said)
    assert done.destroys == 0


def test_a_protected_program_or_cluster_is_refused(session: Any) -> None:
    found = Teardown(session, of_plan(cluster={"version": "1.35", "protect": True}), Cluster()).refused()
    assert found[0].startswith("shop-cluster (protect) is protected by the program: ")


def test_a_failed_destroy_ends_it_before_leftovers(session: Any) -> None:
    aws.cluster(session)
    done = Teardown(session, planned("plain"), Cluster(*CONTROLLERS), destroyed=255)
    with pytest.raises(UnfinishedError, match="pulumi destroy ended with code 255"):
        done.execute()
    assert not any("leftovers" in line for line in done.said)


def test_without_a_cluster_what_is_left_of_the_stack_is_destroyed(session: Any) -> None:
    def unreachable(_: Cluster) -> None:
        raise AssertionError("the cluster is asked, although it is gone")

    done = Teardown(session, planned("service"), Cluster(unreachable))
    done.run.destroy = lambda: 0
    done.execute()
    assert "cluster shop is gone" in done.said


@pytest.mark.parametrize("remove", [True, False])
def test_leftovers_are_removed_where_that_is_wanted(session: Any, remove: bool) -> None:
    aws.cluster(session)
    lost = aws.volume(session, *aws.owned())
    done = Teardown(session, planned("plain"), Cluster(*CONTROLLERS), remove=remove)
    done.execute()
    assert done.offered == [Leftover("ec2:volume", lost)]
    assert done.run.unsolved == ([] if remove else [f"ec2:volume {lost}"])
    assert bool(session.client("ec2").describe_volumes()["Volumes"]) is not remove


def test_nothing_is_removed_while_the_cluster_is_there(session: Any) -> None:
    aws.cluster(session)
    lost = aws.volume(session, *aws.owned())
    done = Teardown(session, planned("plain"), Cluster(*CONTROLLERS))
    done.run.destroy = lambda: 0  # a cluster that retain_on_delete keeps
    done.execute()
    assert done.offered == []
    assert done.run.unsolved == [f"ec2:volume {lost}"]
