"""Pods that ask the metadata service of their node, which its answers do not reach by default."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.blueprint import metadata_checks
from tests.blueprint.test_addons import NODES, args

DNS = {"external_dns": {"zone_arns": ["arn:aws:route53:::hostedzone/Z1"], "identity": "node_role"}}
KARPENTER = {"kind": "karpenter", "node_pools": {"general": {}}}
HOPS = "http_put_response_hop_limit"


def doubts(addons: dict[str, Any], **fields: Any) -> list[str]:
    return [str(problem) for problem in metadata_checks.check(args(addons, **fields))]


def open_nodes(hops: int = 2) -> dict[str, Any]:
    return {name: {**nodes, HOPS: hops} for name, nodes in NODES.items()}


@pytest.mark.parametrize("addons", [DNS, {"aws_ebs_csi_driver": {"identity": "node_role"}}])
def test_pods_with_the_role_of_their_node_are_told_that_they_do_not_get_it(addons: dict[str, Any]) -> None:
    [line] = doubts(addons)
    assert line.startswith(f"addons.{next(iter(addons))}.identity: has pods that have the rights of their node's role")
    assert f"got {HOPS} 1 of compute." in line
    assert line.endswith(f"use pod_identity or set {HOPS}: 2 there")


def test_an_agent_that_asks_its_node_is_told_too() -> None:
    [line] = doubts({"aws_cloudwatch_metrics": {}})
    assert line.startswith("addons.aws_cloudwatch_metrics: has pods that learn where they run")
    assert line.endswith(f"; set {HOPS}: 2 there")


@pytest.mark.parametrize("addons", [DNS, {"aws_cloudwatch_metrics": {}}])
def test_nodes_that_let_pods_ask_are_no_matter(addons: dict[str, Any]) -> None:
    assert doubts(addons, compute=open_nodes()) == []


@pytest.mark.parametrize(
    "addons",
    [
        {"vpc_cni": {"identity": "node_role"}},
        {"external_dns": {**DNS["external_dns"], "identity": "pod_identity"}},
        {"metrics_server": {}},
    ],
)
def test_pods_on_the_network_of_their_node_and_others_do_not_care(addons: dict[str, Any]) -> None:
    assert doubts(addons) == []


@pytest.mark.parametrize(("options", "told"), [({}, 1), ({HOPS: 1}, 1), ({HOPS: 2}, 0)])
def test_classes_of_karpenter_are_nodes_too(options: dict[str, Any], told: int) -> None:
    image = {"ami_selector_terms": [{"alias": "al2023@v20251007"}]}
    node_class = image | ({"metadata_options": options} if options else {})
    karpenter = {**KARPENTER, "node_classes": {"default": node_class}}
    assert len(doubts(DNS, compute={**open_nodes(), "karpenter": karpenter})) == told


def test_auto_mode_cannot_be_told_otherwise() -> None:
    [line] = doubts(DNS, compute={}, cluster={"version": "1.35", "auto_mode": {}})
    assert line.endswith("got nodes of EKS Auto Mode; use pod_identity")
