"""The pools that EKS Auto Mode includes, with AWS's own values."""

import pytest

from eks_blueprints.karpenter.built_in import built_in_pool
from eks_blueprints.karpenter.checks import check
from eks_blueprints.karpenter.manifests import node_pool

from .words import auto_pool, one


def test_general_purpose() -> None:
    node = node_pool(built_in_pool("general-purpose"))["spec"]["template"]["spec"]
    assert [(item["key"], item["operator"], item["values"]) for item in node["requirements"]] == [
        ("kubernetes.io/arch", "In", ["amd64"]),
        ("karpenter.sh/capacity-type", "In", ["on-demand"]),
        ("eks.amazonaws.com/instance-category", "In", ["c", "m", "r"]),
        ("eks.amazonaws.com/instance-generation", "Gt", ["4"]),
    ]
    assert node["expireAfter"] == "336h"
    assert "taints" not in node


def test_system() -> None:
    pool = built_in_pool("system")
    assert pool.architectures == ("amd64", "arm64")
    assert [(taint.key, taint.effect) for taint in pool.taints] == [("CriticalAddonsOnly", "NoSchedule")]


def test_no_other() -> None:
    with pytest.raises(ValueError, match="did you mean general-purpose"):
        built_in_pool("general_purpose")


def test_they_cannot_be_changed() -> None:
    assert "which cannot be changed" in one(auto_pool, name="system")


def test_own_pools_with_a_weight_come_first() -> None:
    limits = {"limits": {"cpu": "100"}}
    brought = built_in_pool("general-purpose")
    found = check([auto_pool(name="own", weight=1, **limits), brought], built_in=["default"])
    assert [str(problem) for problem in found if "weight" in str(problem)] == []
    found = check([auto_pool(name="own", **limits), brought], built_in=["default"])
    assert [problem.path for problem in found if "weight" in str(problem)] == [("node_pools", "own", "weight")]
