"""Numbers of pods that do not fit what the VPC CNI gives nodes."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.blueprint.spec import BlueprintArgs

OWN: dict[str, Any] = {"kind": "self_managed_nodes", "image": {"id": "ami-0123456789abcdef0"}}
MANAGED: dict[str, Any] = {"kind": "managed_nodes"}
PODS = {"eu-west-1a": "subnet-0123456789abcdef0", "eu-west-1b": "subnet-0123456789abcdef1"}


def told(compute: dict[str, Any], cni: dict[str, Any] | None = None, **more: Any) -> list[str]:
    """Warnings about pods on nodes."""
    addons = {"vpc_cni": cni or {}, "kube_proxy": {}, "coredns": {}, "eks_pod_identity_agent": {}}
    fields = {"region": "eu-west-1", "cluster": {"version": "1.35"}, "compute": compute, "addons": addons}
    found = BlueprintArgs.model_validate(fields | more).warnings
    return [str(each) for each in found if "pods" in each.message]


def karpenter(kubelet: dict[str, Any] | None = None, **pool: Any) -> dict[str, Any]:
    node_class = {"ami_selector_terms": [{"alias": "al2023@v20251103"}], **({"kubelet": kubelet} if kubelet else {})}
    return {
        "system": {**MANAGED, "instance_types": ["m5.large"]},
        "karpenter": {
            "node_classes": {"default": node_class},
            "node_pools": {"p": {"limits": {"cpu": "100"}, **pool}},
        },
    }


@pytest.mark.parametrize(
    ("group", "at"),
    [
        ({**MANAGED, "max_pods": 110}, "max_pods"),
        ({**OWN, "max_pods": 110}, "max_pods"),
        ({**MANAGED, "node_config": {"kubelet": {"config": {"maxPods": 110}}}}, "node_config.kubelet.config.maxPods"),
        (
            {
                **MANAGED,
                "ami_type": "BOTTLEROCKET_x86_64",
                "bottlerocket_settings": {"kubernetes": {"max-pods": 110}},
            },
            "bottlerocket_settings.kubernetes.max-pods",
        ),
    ],
)
def test_more_pods_than_addresses(group: dict[str, Any], at: str) -> None:
    [found] = told({"g": {**group, "instance_types": ["t3.medium"]}})
    assert found.startswith(f"compute.g.{at}: is more than there are addresses for, and pods beyond that wait in ")
    assert "got 110 on t3.medium, which has 3 x (6 - 1) + 2 = 17; set 17 or less, or prefix_delegation" in found
    assert told({"g": {**group, "instance_types": ["t3.medium"]}}, {"prefix_delegation": True}) == []


def test_the_smallest_type_decides() -> None:
    group = {**MANAGED, "instance_types": ["m5.4xlarge", "m5.xlarge"], "max_pods": 110}
    [found] = told({"g": group})
    assert "got 110 on m5.xlarge" in found
    assert told({"g": {**group, "max_pods": 58}}) == []


def test_addresses_that_are_not_the_cnis() -> None:
    group = {**MANAGED, "instance_types": ["t3.medium"], "max_pods": 110}
    others = {"cilium": {}, "coredns": {}, "kube_proxy": {}, "eks_pod_identity_agent": {}}
    assert told({"g": group}, addons=others) == []


def test_types_that_are_not_known_are_left_alone() -> None:
    group = {**MANAGED, "instance_types": ["m10g.large"], "architecture": "arm64", "max_pods": 110}
    assert told({"g": group}) == []


@pytest.mark.parametrize(
    "group", [OWN, {**MANAGED, "ami_type": "CUSTOM", "image": {"id": "ami-0123456789abcdef0"}}], ids=["own", "custom"]
)
def test_prefixes_that_do_nothing(group: dict[str, Any]) -> None:
    compute = {"g": {**group, "instance_types": ["m5.large"]}}
    [found] = told(compute, {"prefix_delegation": True})
    assert found.startswith(
        "compute.g.max_pods: is not set, so nodes count single addresses and vpc_cni's prefix_delegation adds no pods"
    )
    assert found.endswith("got 29 on m5.large; set max_pods: 110")
    assert told(compute, {"configuration_values": {"env": {"ENABLE_PREFIX_DELEGATION": "true"}}}) == [found]
    assert told({"g": {**compute["g"], "max_pods": 110}}, {"prefix_delegation": True}) == []
    assert told(compute) == []


@pytest.mark.parametrize("kubelet", [{"maxPodsExpression": "max_pods * 4"}, {"flags": ["--max-pods=110"]}], ids=str)
def test_numbers_that_nodes_reckon_themselves(kubelet: dict[str, Any]) -> None:
    group = {**OWN, "instance_types": ["m5.large"], "node_config": {"kubelet": kubelet}}
    assert told({"g": group}, {"prefix_delegation": True}) == []


def test_eks_tells_managed_groups_itself() -> None:
    assert told({"g": {**MANAGED, "instance_types": ["m5.large"]}}, {"prefix_delegation": True}) == []


def test_prefixes_that_do_nothing_on_karpenters_nodes() -> None:
    [found] = told(karpenter(), {"prefix_delegation": True})
    assert found.startswith(
        "compute.karpenter.node_classes.default.kubelet.max_pods: is not set, so Karpenter counts single addresses"
    )
    assert found.endswith("set kubelet: {max_pods: 110}")
    assert told(karpenter({"max_pods": 110}), {"prefix_delegation": True}) == []
    assert told(karpenter()) == []


def test_karpenters_pods_without_addresses() -> None:
    [found] = told(karpenter({"max_pods": 110}, instance_types=["t3.medium", "m5.large"]))
    assert "node_classes.default.kubelet.max_pods: is more than there are addresses for" in found
    assert "got 110 on t3.medium" in found
    assert told(karpenter({"max_pods": 17}, instance_types=["t3.medium"])) == []


def test_custom_networking_takes_an_interface() -> None:
    custom = {"custom_networking": {"subnets": PODS}}
    [found] = told({"g": {**OWN, "instance_types": ["m5.large"]}}, custom)
    assert "got none, so nodes of m5.large use 29; there are (3 - 1) x (10 - 1) + 2 = 20" in found
    assert found.endswith("set max_pods: 20")
    assert told({"g": {**OWN, "instance_types": ["m5.large"], "max_pods": 20}}, custom) == []


def test_security_groups_for_pods_need_trunks() -> None:
    compute = {"g": {**MANAGED, "instance_types": ["t3.large"]}, "h": {**MANAGED, "instance_types": ["m5.large"]}}
    [found] = told(compute, {"pod_security_groups": "standard"})
    assert found.startswith("compute.g.instance_types: does not support pods with their own security groups")
    assert "got t3.large" in found
    [found] = told(karpenter(instance_families=["t3", "t3a"]), {"pod_security_groups": "strict"})
    assert found.startswith("compute.karpenter.node_pools.p: does not support pods with their own security groups")
    assert told(karpenter(instance_families=["t3", "m5"]), {"pod_security_groups": "strict"}) == []
