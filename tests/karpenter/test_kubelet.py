"""Settings of the kubelet: rules E10 and E10r."""

from typing import Any

import pytest

from eks_blueprints.karpenter import manifests
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass

from .words import ec2_class, one, refused

ANY = manifests.discovered({"karpenter.sh/discovery": "shop"}, role="nodes")


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
        {"serialize_image_pulls": "yes"},
        {"register_with_taints": []},
        {"cpu_manager_policy": "Static"},
        {"eviction_minimum_reclaim": {"memory.free": "1Gi"}},
        {"shutdown_grace_period": "30"},
        {"memory_swap": {"swap_behavior": "UnlimitedSwap"}},
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


def test_further_settings_are_written_as_the_kubelet_reads_them() -> None:
    kubelet = {
        "serialize_image_pulls": False,
        "kube_api_qps": 50,
        "pod_pids_limit": 1024,
        "memory_swap": {"swap_behavior": "LimitedSwap"},
        "authentication": {"x509": {"client_ca_file": "/etc/ca.pem"}, "webhook": {"cache_ttl": "2m"}},
        "logging": {"verbosity": 4, "options": {"json": {"split_stream": True}}},
        "reserved_memory": [{"numa_node": 0, "limits": {"memory": "1Gi"}}],
        "image_maximum_gc_age": "24h",
        "static_pod_url": "https://example.com",
    }
    assert manifests.ec2_node_class(ec2_class(kubelet=kubelet), ANY)["spec"]["kubelet"] == {
        "serializeImagePulls": False,
        "kubeAPIQPS": 50,
        "podPidsLimit": 1024,
        "memorySwap": {"swapBehavior": "LimitedSwap"},
        "authentication": {"x509": {"clientCAFile": "/etc/ca.pem"}, "webhook": {"cacheTTL": "2m"}},
        "logging": {"verbosity": 4, "options": {"json": {"splitStream": True}}},
        "reservedMemory": [{"numaNode": 0, "limits": {"memory": "1Gi"}}],
        "imageMaximumGCAge": "24h",
        "staticPodURL": "https://example.com",
    }


def test_only_amazon_linux_2023_takes_further_settings() -> None:
    found = one(ec2_class, ami_selector_terms=[{"alias": "bottlerocket@latest"}], kubelet={"max_open_files": 10})
    assert found.startswith("kubelet.max_open_files: is passed on to AL2023 only; got family Bottlerocket")


@pytest.mark.parametrize(
    ("kubelet", "what"),
    [
        ({"shutdown_grace_period": "10s", "shutdown_grace_period_critical_pods": "10s"}, ""),
        (
            {"shutdown_grace_period": "10s", "shutdown_grace_period_critical_pods": "30s"},
            "shutdown_grace_period_critical_pods: is a part of shutdown_grace_period and cannot be longer; ",
        ),
        ({"max_parallel_image_pulls": 5}, ""),
        (
            {"max_parallel_image_pulls": 5, "serialize_image_pulls": True},
            "max_parallel_image_pulls: needs serialize_image_pulls off; got 5 with it on; ",
        ),
        ({"enforce_node_allocatable": ["kube-reserved"]}, "needs kube_reserved_cgroup; got"),
    ],
)
def test_what_is_passed_on_and_the_kubelet_refuses(kubelet: dict[str, Any], what: str) -> None:
    found = refused(with_kubelet, **kubelet)
    assert (what in "\n".join(found)) if what else not found
