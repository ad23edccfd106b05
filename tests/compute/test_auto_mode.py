"""What one adds to EKS Auto Mode: pools, classes of nodes, of volumes and of load balancers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.compute.auto_mode import AutoMode
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.refs import NetworkRef
from eks_blueprints.testing.recorded import Recorded
from tests.builders import SUBNETS, recorded

KEY = "arn:aws:kms:eu-west-1:111122223333:key/abc"
TYPICAL: dict[str, Any] = {
    "node_pools": {
        "gpu": {
            "instance_families": ["g6", "g5"],
            "node_class": "isolated",
            "taints": [{"key": "nvidia.com/gpu", "effect": "NoSchedule"}],
            "limits": {"nvidia.com/gpu": "8"},
            "expire_after": "480h",
            "weight": 10,
        },
        "spot": {"capacity_types": ["spot"], "limits": {"cpu": "200"}, "weight": 20},
    },
    "node_classes": {
        "isolated": {
            "snat_policy": "Disabled",
            "network_policy": "DefaultDeny",
            "ephemeral_storage": {"size": "160Gi"},
        },
    },
    "storage_classes": {
        "fast": {"iops": 6000, "throughput": 500, "kms_key_id": KEY, "fs_type": "xfs", "reclaim_policy": "Retain"},
        "bulk": {"volume_type": "st1", "default_class": True},
    },
    "ingress_classes": {
        "public": {
            "scheme": "internet-facing",
            "group_name": "shared",
            "certificate_arns": ["arn:aws:acm:eu-west-1:111122223333:certificate/abc"],
            "inbound_cidrs": ["203.0.113.0/24"],
            "load_balancer_attributes": {"idle_timeout.timeout_seconds": "120"},
            "tags": {"cost": "web"},
            "default_class": True,
        },
    },
    "tags": {"cost": "nodes"},
}


def made(fields: dict[str, Any] | None = None, **changes: Any) -> Recorded:
    return recorded(AutoMode.model_validate(fields or {}).attach, auto_mode=True, **changes)


def refused(**fields: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        AutoMode.model_validate(fields)
    return [str(problem) for problem in problems_of(caught.value)]


@pytest.mark.parametrize(("name", "fields"), [("auto_mode", {}), ("auto_mode_typical", TYPICAL)])
def test_it_is_what_was_reviewed(name: str, fields: dict[str, Any], golden: Callable[..., None]) -> None:
    golden(made(fields), name)


def test_nodes_of_an_own_class_are_let_in_before_there_are_any() -> None:
    found = made(TYPICAL)
    policy = found.one("AccessPolicyAssociation")
    policy.has(policyArn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy")
    assert found.one("AccessEntry")["type"] == "EC2"
    found.one("NodeClass").waits_for(policy)
    found.one("NodePool", "gpu").waits_for(found.one("NodeClass"))


def test_no_role_is_made_for_the_class_that_auto_mode_brings() -> None:
    made({"node_pools": {"spot": TYPICAL["node_pools"]["spot"]}}).none("iam.Role").none("AccessEntry").none("NodeClass")


def test_a_role_of_one_s_own_is_taken() -> None:
    found = made({"node_classes": {"own": {"role": "my-nodes"}}})
    assert found.none("iam.Role").one("NodeClass")["spec.role"] == "my-nodes"


def test_pools_go_with_the_cluster_as_eks_ends_their_nodes_itself() -> None:
    found = made(TYPICAL)
    for owner in [*found.all("NodePool"), *found.all("NodeClass")]:
        assert owner.planned.options["deleted_with"] == found.one("eks.Cluster").urn


def test_volumes_are_auto_mode_s() -> None:
    default = made().one("StorageClass")
    default.has(provisioner="ebs.csi.eks.amazonaws.com", volumeBindingMode="WaitForFirstConsumer")
    default.has(parameters={"type": "gp3", "encrypted": "true"})
    marks = {each.name: each["metadata"].get("annotations", {}) for each in made(TYPICAL).all("StorageClass")}
    assert marks["shop-auto-mode-storage-fast"] == {}
    assert marks["shop-auto-mode-storage-bulk"] == {"storageclass.kubernetes.io/is-default-class": "true"}


def test_load_balancers_are_auto_mode_s() -> None:
    found = made(TYPICAL)
    found.one("shop-auto-mode-ingress-public").has(
        {"spec.controller": "eks.amazonaws.com/alb", "spec.parameters.apiGroup": "eks.amazonaws.com"}
    ).waits_for("shop-auto-mode-ingress-public-params")
    spec = found.one("IngressClassParams")["spec"]
    assert spec["tags"] == [{"key": "cost", "value": "web"}]
    assert spec["inboundCIDRs"] == ["203.0.113.0/24"]


def test_nodes_stand_in_tagged_subnets_or_in_named_ones() -> None:
    tagged = NetworkRef(vpc_id="vpc-1", subnets=SUBNETS, discovery="shop")
    terms = made(TYPICAL, network=tagged).one("NodeClass")["spec.subnetSelectorTerms"]
    assert terms == [{"tags": {"karpenter.sh/discovery": "shop"}}]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"node_pools": {"a": {"expire_after": "720h"}}},
            "node_pools.a.expire_after: allows nodes older than Auto Mode's 21 days (504h) with the grace period",
        ),
        ({"node_pools": {"a": {"expire_after": "Never"}}}, "node_pools.a.expire_after: cannot be on Auto Mode"),
        ({"node_pools": {"system": {}}}, "node_pools.system.name: "),
        ({"node_pools": {"a": {"operating_systems": ["linux"]}}}, "node_pools.a.operating_systems: no such field"),
        ({"node_classes": {"default": {}}}, "node_classes.default.name: is the name of Auto Mode's own class"),
        (
            {"node_classes": {"a": {"ami_selector_terms": []}}},
            "node_classes.a.ami_selector_terms: is fixed by Auto Mode",
        ),
        ({"node_classes": {"a": {"user_data": "x"}}}, "node_classes.a.user_data: is fixed by Auto Mode"),
        (
            {"node_pools": {"a": {"node_class": "b"}}},
            "node_pools.a.node_class: names a class of nodes that does not exist",
        ),
        ({"storage_classes": {"a": {"iops": 100}}}, "storage_classes.a.iops: is out of range for gp3"),
        ({"storage_classes": {"a": {"volume_type": "io2"}}}, "storage_classes.a.iops: is needed for io2"),
        ({"storage_classes": {"a": {"volume_type": "st1", "iops": 100}}}, "storage_classes.a.iops: is for gp3"),
        ({"storage_classes": {"a": {"volume_type": "st1", "throughput": 125}}}, "storage_classes.a.throughput: is for"),
        ({"storage_classes": {"a": {"encrypted": False, "kms_key_id": KEY}}}, "storage_classes.a.kms_key_id: is for"),
        (
            {"storage_classes": {"a": {"default_class": True}, "b": {"default_class": True}}},
            "storage_classes.b.default_class: is also used by a",
        ),
        (
            {"ingress_classes": {"a": {"certificate_arns": ["x"]}}},
            "ingress_classes.a.certificate_arns: is not a valid ARN",
        ),
        ({"ingress_classes": {"a": {"scheme": "public"}}}, "ingress_classes.a.scheme: is not one of"),
    ],
)
def test_mistakes_are_told_at_their_place(fields: dict[str, Any], message: str) -> None:
    found = refused(**fields)
    assert any(problem.startswith(message) for problem in found), found


def test_what_is_doubtful_beside_the_built_in_pools() -> None:
    own = AutoMode.model_validate({"node_pools": {"own": {"limits": {"cpu": "9"}}}})
    [problem] = own.problems(("general-purpose", "system"))
    assert problem.path == ("node_pools", "own", "weight")
    [problem] = own.problems(())
    assert str(problem).startswith("node_pools.own.node_class: names a class of nodes that does not exist")
