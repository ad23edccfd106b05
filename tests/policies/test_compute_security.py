"""How safe each kind of compute is, who does what about it, and which one suits a demand."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.policies.compute_kinds import ComputeKind, compute_of, duties
from eks_blueprints.policies.compute_security import Score, score
from eks_blueprints.policies.demand import demand
from eks_blueprints.policies.stack import Resource, Stack
from tests.policies.build import UNKNOWN, aws, cluster, group, object_

SYSTEM = "its system is made for containers, with a read-only root"
PATCHED = "patches come without your doing"
RENEWED = "nodes are replaced after some time"
METADATA = "pods cannot get the credentials of their node"
DISKS = "disks are encrypted"
LOGIN = "nobody logs in by SSH"
PRIVATE = "nodes have no public address"
KERNEL = "each pod has a kernel of its own"


def scores(*resources: Resource) -> dict[str, Score]:
    stack = Stack(resources)
    return {each.name: score(each, stack) for each in compute_of(stack.resources[0], stack)}


def template(**inputs: Any) -> Resource:
    safe = {
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "volumeSize": 20}}],
        "networkInterfaces": [{"associatePublicIpAddress": "false"}],
    }
    return aws("ec2/launchTemplate:LaunchTemplate", "t", **{**safe, **inputs})


def managed(ami: Any = "BOTTLEROCKET_x86_64", **inputs: Any) -> Resource:
    return group("nodes", amiType=ami, launchTemplate={"id": "${t.id}", "version": "1"}, **inputs)


def test_a_managed_group_is_judged_with_its_launch_template() -> None:
    answers = scores(cluster(), template(), managed())["nodes"].answers
    assert [key for key, answer in answers.items() if answer == "yes"] == [SYSTEM, METADATA, DISKS, LOGIN, PRIVATE]
    assert {answers[PATCHED], answers[RENEWED], answers[KERNEL]} == {"no"}


@pytest.mark.parametrize(
    ("question", "inputs"),
    [
        (METADATA, {"metadataOptions": {"httpTokens": "optional", "httpPutResponseHopLimit": 1}}),
        (METADATA, {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2}}),
        (DISKS, {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "false"}}]}),
        (LOGIN, {"keyName": "mine"}),
        (PRIVATE, {"networkInterfaces": [{"associatePublicIpAddress": "true"}]}),
    ],
)
def test_what_a_policy_refuses_is_a_no(question: str, inputs: dict[str, Any]) -> None:
    assert scores(cluster(), template(**inputs), managed())["nodes"].answers[question] == "no"


def test_what_is_not_known_is_neither_yes_nor_no() -> None:
    found = scores(cluster(), template(metadataOptions=UNKNOWN), managed(UNKNOWN))["nodes"]
    assert (found.answers[METADATA], found.answers[SYSTEM]) == ("unknown", "unknown")
    assert found.points == sum(answer == "yes" for answer in found.answers.values())


def test_auto_mode_does_all_but_a_kernel_for_each_pod() -> None:
    auto = cluster(computeConfig={"enabled": True, "nodePools": ["general-purpose", "system"]})
    found = scores(auto)
    assert set(found) == {"general-purpose", "system"}
    answers = found["system"].answers
    assert [key for key, answer in answers.items() if answer != "yes"] == [PRIVATE, KERNEL]
    assert answers[PRIVATE] == "unknown"


def test_fargate_gives_each_pod_a_kernel() -> None:
    profile = aws("eks/fargateProfile:FargateProfile", "f", clusterName="${shop.name}", subnetIds=["subnet-1"])
    assert scores(cluster(), profile)["f"].answers[KERNEL] == "yes"


@pytest.mark.parametrize(
    ("alias", "patched", "minimal"), [("al2023@latest", "yes", "no"), ("bottlerocket@v1.50.0", "no", "yes")]
)
def test_karpenter_replaces_nodes_by_drift_unless_their_image_is_pinned(alias: str, patched: str, minimal: str) -> None:
    spec = {"amiSelectorTerms": [{"alias": alias}]}
    ref = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "c"}
    pool = object_("karpenter.sh/v1:NodePool", "p", None, spec={"template": {"spec": {"nodeClassRef": ref}}})
    answers = scores(cluster(), pool, object_("karpenter.k8s.aws/v1:EC2NodeClass", "c", None, spec=spec))["p"].answers
    assert (answers[PATCHED], answers[SYSTEM]) == (patched, minimal)


@pytest.mark.parametrize(
    ("kind", "task", "who"),
    [
        ("auto_mode", "patches of the operating system", "AWS"),
        ("hybrid_nodes", "machines", "you"),
        ("fargate", "control plane", "AWS"),
        ("managed_nodes", "containers, their availability, monitoring", "you"),
    ],
)
def test_duties_are_told_by_kind(kind: Any, task: str, who: str) -> None:
    assert duties(kind)[task] == who


def test_hybrid_nodes_are_a_kind_of_their_own() -> None:
    stack = Stack([cluster(remoteNetworkConfig={"remoteNodeNetworks": {"cidrs": ["10.200.0.0/16"]}})])
    assert compute_of(stack.resources[0], stack) == [ComputeKind("hybrid nodes", "hybrid_nodes")]


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        ([10, 10, 11, 10], "steady"),
        ([10, 12, 14, 16, 14, 12, 10, 8], "slow"),
        ([2, 2, 2, 20, 2, 2], "spiky"),
        ([0, 5], "spiky"),
    ],
)
def test_a_demand_is_called_by_how_it_changes(samples: list[float], kind: str) -> None:
    assert demand(samples).kind == kind


def test_a_demand_is_measured_as_shares_of_its_mean() -> None:
    found = demand([2, 4, 6])
    assert (found.least, found.mean, found.peak, found.rise) == (2, 4, 6, 0.5)
    assert found.idle == pytest.approx(1 / 3)
    assert found.variation == pytest.approx((8 / 3) ** 0.5 / 4)


@pytest.mark.parametrize("samples", [[], [3], [0, 0], [1, -1]])
def test_a_demand_needs_samples(samples: list[float]) -> None:
    with pytest.raises(ValueError, match="needs two finite samples or more"):
        demand(samples)
