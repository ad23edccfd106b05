"""Platforms of whole stacks: those of this repository, odd ones, and large ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from eks_blueprints.capacity.model import Platform
from eks_blueprints.capacity.read.plan import platforms_of
from eks_blueprints.policies.platform import clusters
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.recording import record_directory
from eks_blueprints.review.cost.prices import list_prices
from tests import PROJECT, ROOT
from tests.capacity.read.stacks import ZONES, eks, resources, scaler, subnets
from tests.policies.build import cluster, object_, workload
from tests.policies.test_cases import CASES
from tests.work import calls

ON_NODES = {
    "kube-system/DaemonSet/aws-node",
    "kube-system/DaemonSet/kube-proxy",
    "kube-system/DaemonSet/eks-pod-identity-agent",
}


@pytest.fixture(scope="module")
def read() -> Callable[[Any, str], Platform]:
    """The platform of a recorded project."""
    known: dict[tuple[Any, str], Platform] = {}

    def of(folder: Any, stack: str) -> Platform:
        if (folder, stack) not in known:
            (known[folder, stack],) = platforms_of(Stack.of_plan(record_directory(folder, stack).plan()), list_prices())
        return known[folder, stack]

    return of


def test_groups_and_add_ons_of_a_stack(read: Callable[[Any, str], Platform]) -> None:
    found = read(PROJECT, "prod")
    assert (found.name, found.region, found.autoscaler, found.pools, found.unknown) == (
        "prod",
        "eu-west-1",
        None,
        (),
        (),
    )
    groups = {each.name: each for each in found.groups}
    general, system = groups["prod-general-group"], groups["prod-system-group"]
    assert (general.least, general.most, general.capacity_type, general.zones) == (3, 30, "spot", ZONES)
    assert [each.name for each in general.machines][:2] == ["m7i.xlarge", "m7a.xlarge"]
    assert (system.labels["role"], system.taints[0].effect) == ("system", "PreferNoSchedule")
    # Pods have subnets of their own, so that one interface serves none: 2 x 9 + 2.
    assert system.machines[0].allocatable["pods"] == 20
    assert {each.name for each in found.daemons} == {*ON_NODES, "kube-system/DaemonSet/ebs-csi-node"}
    assert {each.name.rpartition("/")[2] for each in found.demands} == {
        "coredns",
        "ebs-csi-controller",
        "metrics-server",
    }
    assert {each.position.file for each in (*found.demands, *found.daemons)} == {"stacks/prod.yaml"}


def test_workloads_of_a_stack(read: Callable[[Any, str], Platform]) -> None:
    found = read(ROOT / "examples" / "workloads", "prod")
    demands = {each.name: each for each in found.demands}
    web, database = demands["shop/Deployment/web"], demands["shop/StatefulSet/db"]
    assert (web.least, web.most, web.scaled_by) == (3, 20, "HorizontalPodAutoscaler web")
    assert database.shape.claims[0].driver == "ebs.csi.aws.com"
    assert [each.key for each in database.shape.spread if each.hard] == ["topology.kubernetes.io/zone"]
    assert demands["research/Job/train"].shape.requests["nvidia.com/gpu"] == 1
    assert (demands["shop/CronJob/backup"].least, demands["shop/CronJob/backup"].most) == (0, 1)
    assert "agents/DaemonSet/agent" in {each.name for each in found.daemons}
    assert found.namespaces["shop"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_pools_and_profiles_of_a_stack(read: Callable[[Any, str], Platform]) -> None:
    found = read(ROOT / "examples" / "mixed_compute", "prod")
    pools = {each.name: each for each in found.pools}
    assert {name: each.weight for name, each in pools.items()} == {"arm64": 10, "general": 50, "gpu": 5}
    assert pools["general"].min_values == {"karpenter.k8s.aws/instance-family": 5}
    assert pools["gpu"].limits == {"nvidia.com/gpu": 8}
    assert {each.name.partition(".")[0] for each in pools["gpu"].machines} <= {"g5", "g6"}
    assert {each.labels["kubernetes.io/arch"] for each in pools["arm64"].machines} == {frozenset({"arm64"})}
    assert [each.selectors for each in found.profiles] == [(("payments", {}),)]
    karpenter = next(each for each in found.demands if each.name == "kube-system/Deployment/karpenter")
    assert karpenter.least == 2
    assert [(each.key, each.selector.of(karpenter.shape.labels)) for each in karpenter.shape.apart] == [
        ("kubernetes.io/hostname", True)
    ]
    assert not karpenter.shape.may_be_on("n", {"karpenter.sh/nodepool": "general", "kubernetes.io/os": "linux"})


def _odd() -> list[list[Resource]]:
    """Half of the scenes of rules in which something is not known; of those with pools, which take their time, two."""
    scenes = [[each for each in scene if not isinstance(each, dict)] for some in CASES.values() for scene in some]
    odd = [scene for scene in scenes if "$unknown" in json.dumps([each.inputs for each in scene], default=str)]
    pools = [scene for scene in odd if any(each.kind == "NodePool" for each in scene)]
    return [*[scene for scene in odd if scene not in pools][::2], *pools[-2:]]


def test_nothing_that_is_not_known_fails() -> None:
    for scene in _odd():
        resources_ = scene if clusters(Stack(scene)) else [cluster("shop", name="shop"), *scene]
        for found in platforms_of(Stack(resources_, "project", "test"), list_prices()):
            assert "$unknown" not in repr((found.unknown, found.demands))


def _large(count: int) -> Stack:
    made: list[Resource] = []
    for number in range(count):
        made += [workload(f"w{number}", c=resources("100m")), scaler(f"w{number}", maxReplicas=10_000)]
        made += [object_("v1:Service", f"w{number}", spec={"selector": {"app": f"w{number}"}})]
    return Stack([eks(), *subnets(), *made])


def test_work_grows_with_the_workloads_alone_and_not_with_their_replicas() -> None:
    few, some, many = (calls(lambda count=count: platforms_of(_large(count), list_prices())) for count in (20, 60, 140))
    assert (many - some) / 80 < (some - few) / 40 * 1.02
    assert (many - some) / 80 < 1_000
