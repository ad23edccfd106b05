"""Overlays of nodes, and what objects are marked with."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.karpenter import manifests
from eks_blueprints.karpenter.node_overlay import NodeOverlay

from .words import ec2_class, one, pool, refused

ANY: dict[str, Any] = {"requirements": []}


def overlay(**fields: Any) -> NodeOverlay:
    return NodeOverlay.model_validate({"name": "dear"} | ANY | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"price": "0.12"},
        {"price": "3"},
        {"price_adjustment": "+10%"},
        {"price_adjustment": "-15.5%"},
        {"price_adjustment": "-100%"},
        {"price_adjustment": "-.5"},
        {"price_adjustment": "+1.2"},
        {"capacity": {"smarter-devices/fuse": 1, "nvidia.com/gpu": "8"}},
        {"weight": 10000},
        {"requirements": [{"key": "karpenter.sh/nodepool", "operator": "In", "values": ["gpu"]}]},
        {"requirements": [{"key": "karpenter.k8s.aws/ec2nodeclass", "operator": "Exists"}]},
        {"requirements": [{"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gt", "values": ["8"]}]},
        {"name": "a" * 100},
    ],
)
def test_overlays(fields: dict[str, Any]) -> None:
    assert not refused(overlay, **fields)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"price": "cheap"}, "price: is not a valid price"),
        ({"price": "-1"}, "price: is not a valid price"),
        ({"price": 1.5}, "price: needs text"),
        ({"price_adjustment": "10%"}, "price_adjustment: is not a change of a price"),
        ({"price_adjustment": "-150%"}, "price_adjustment: is not a change of a price"),
        ({"price": "1", "price_adjustment": "+1"}, "price_adjustment: cannot be combined with price"),
        ({"capacity": {"cpu": "8"}}, "capacity.cpu: cannot be changed"),
        ({"weight": 10001}, "weight: is too large"),
        ({"requirements": [{"key": "karpenter.sh/foo", "operator": "Exists"}]}, "is reserved for Karpenter"),
        (
            {"requirements": [{"key": "karpenter.k8s.aws/instance-tenancy", "operator": "Exists"}]},
            "is not a label that an overlay may name",
        ),
        ({"requirements": [{"key": "a", "operator": "In", "values": []}]}, "is required with In"),
        ({"requirements": [{"key": "a", "operator": "NotIn", "values": []}]}, "is required with NotIn in an overlay"),
        ({"requirements": [{"key": "a", "operator": "In", "values": ["b"], "min_values": 1}]}, "no such field"),
    ],
)
def test_no_overlays(fields: dict[str, Any], why: str) -> None:
    assert why in one(overlay, **fields)


def test_requirements_are_required() -> None:
    assert one(lambda **fields: NodeOverlay.model_validate(fields), name="x").startswith("requirements: is required")


def test_objects_are_marked_apart_from_their_nodes() -> None:
    marks = {"labels": {"owner": "platform"}, "annotations": {"kubernetes.io/description": "General nodes"}}
    built = manifests.node_pool(pool(metadata=marks, labels={"team": "a"}))
    assert built["metadata"] == {"name": "general", **marks}
    assert built["spec"]["template"]["metadata"] == {"labels": {"team": "a"}}
    terms = {"role": "nodes", "subnet_selector_terms": [{"id": "subnet-0a1b2c3d"}]}
    made = manifests.ec2_node_class(
        ec2_class(metadata=marks, security_group_selector_terms=[{"id": "sg-0a1b2c3d"}], **terms)
    )
    assert made["metadata"] == {"name": "default", **marks}
    assert "metadata" not in made["spec"]


def test_marks_have_kubernetes_forms() -> None:
    assert "is not a valid label value" in one(pool, metadata={"labels": {"a": "two words"}})
    assert "is not a valid annotation key" in one(pool, metadata={"annotations": {"a b": "x"}})
    assert "can have at most" in one(pool, metadata={"annotations": {"a": "x" * 300_000}})
    assert "no such field" in one(pool, metadata={"finalizers": []})
