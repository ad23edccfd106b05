"""Settings of the kubelet: rules E10 and E10r."""

from typing import Any

import pytest

from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass

from .words import ec2_class, one, refused


def with_kubelet(**fields: Any) -> Ec2NodeClass:
    return ec2_class(kubelet=fields)


@pytest.mark.parametrize(
    "kubelet",
    [
        {"max_pods": 110, "pods_per_core": 0},
        {"eviction_hard": {"memory.available": "5%", "nodefs.available": "1Gi"}},
        {"eviction_soft": {"pid.available": "10.5%"}, "eviction_soft_grace_period": {"pid.available": "1m30s"}},
        {"kube_reserved": {"cpu": "100m", "pid": "1000"}, "system_reserved": {"memory": "1Gi"}},
        {"image_gc_high_threshold_percent": 90, "image_gc_low_threshold_percent": 50, "cluster_dns": ["10.100.0.10"]},
    ],
)
def test_kubelet(kubelet: dict[str, Any]) -> None:
    assert not refused(with_kubelet, **kubelet)


@pytest.mark.parametrize(
    "kubelet",
    [
        {"max_pods": -1},
        {"max_pods": "110"},
        {"max_pod": 110},
        {"serialize_image_pulls": True},
        {"eviction_hard": {"memory.free": "5%"}},
        {"eviction_hard": {"memory.available": "lots"}},
        {"eviction_hard": {"memory.available": "101%"}},
        {"eviction_hard": {"memory.available": ""}},
        {"eviction_soft": {"memory.available": "5%"}},
        {"eviction_soft_grace_period": {"memory.available": "1m"}},
        {"kube_reserved": {"cpus": "1"}},
        {"kube_reserved": {"cpu": "-1"}},
        {"system_reserved": {"cpu": 1}},
        {"system_reserved": {"memory": "100 Mi"}},
        {"image_gc_high_threshold_percent": 80, "image_gc_low_threshold_percent": 85},
        {"image_gc_high_threshold_percent": 75},
        {"image_gc_low_threshold_percent": 101},
        {"cluster_dns": ["dns.example.com"]},
    ],
)
def test_no_kubelet(kubelet: dict[str, Any]) -> None:
    assert one(with_kubelet, **kubelet).startswith("kubelet.")
