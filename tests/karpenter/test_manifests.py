"""The objects that specs become."""

import subprocess
import sys
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.karpenter import manifests
from eks_blueprints.karpenter.node_pool import NodePool

from .words import AL2023, auto_class, auto_pool, ec2_class, pool

DISCOVERED = manifests.discovered({"karpenter.sh/discovery": "shop"}, role="shop-nodes")


def test_the_smallest_pool() -> None:
    assert manifests.node_pool(pool()) == {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": "general"},
        "spec": {
            "template": {
                "spec": {
                    "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
                    "requirements": [],
                }
            }
        },
    }


def test_a_whole_pool() -> None:
    spec = pool(
        node_class="gpu",
        architectures=["amd64"],
        zones=["us-west-2a", "us-west-2b"],
        capacity_types=["spot", "on-demand"],
        instance_families=["g6"],
        min_instance_generation=5,
        requirements=[{"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gte", "values": ["4"], "min_values": 2}],
        labels={"team": "ml"},
        annotations={"example.com/why": "gpu"},
        taints=[{"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}],
        startup_taints=[{"key": "example.com/starting", "effect": "NoExecute"}],
        limits={"cpu": "100", "nvidia.com/gpu": "8"},
        weight=60,
        disruption={
            "consolidation_policy": "WhenEmpty",
            "budgets": [{"nodes": "0", "schedule": "@daily", "duration": "8h"}],
        },
        expire_after="720h",
        termination_grace_period="24h",
    )
    built = manifests.node_pool(spec)["spec"]
    node = built["template"]["spec"]
    assert [
        (item["key"].rpartition("/")[2], item["operator"], item.get("values")) for item in node["requirements"]
    ] == [
        ("arch", "In", ["amd64"]),
        ("zone", "In", ["us-west-2a", "us-west-2b"]),
        ("capacity-type", "In", ["spot", "on-demand"]),
        ("instance-family", "In", ["g6"]),
        ("instance-generation", "Gt", ["4"]),
        ("instance-cpu", "Gte", ["4"]),
    ]
    assert node["requirements"][-1]["minValues"] == 2
    assert node["taints"] == [{"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}]
    assert node["startupTaints"] == [{"key": "example.com/starting", "effect": "NoExecute"}]
    assert (node["expireAfter"], node["terminationGracePeriod"]) == ("720h", "24h")
    assert built["template"]["metadata"] == {"labels": {"team": "ml"}, "annotations": {"example.com/why": "gpu"}}
    assert built["limits"] == {"cpu": "100", "nvidia.com/gpu": "8"}
    assert built["weight"] == 60
    assert built["disruption"] == {
        "consolidationPolicy": "WhenEmpty",
        "consolidateAfter": "0s",
        "budgets": [{"nodes": "0", "schedule": "@daily", "duration": "8h"}],
    }


def test_disruption_always_says_how_long_to_wait() -> None:
    assert manifests.node_pool(pool(disruption={}))["spec"]["disruption"] == {"consolidateAfter": "0s"}


def test_no_budgets_at_all_are_kept() -> None:
    assert manifests.node_pool(pool(disruption={"budgets": []}))["spec"]["disruption"]["budgets"] == []


def test_a_pool_of_auto_mode() -> None:
    spec = auto_pool(instance_categories=["c"], min_instance_generation=5)
    node = manifests.node_pool(spec)["spec"]["template"]["spec"]
    assert node["nodeClassRef"] == {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "default"}
    assert [item["key"] for item in node["requirements"]] == [
        "eks.amazonaws.com/instance-category",
        "eks.amazonaws.com/instance-generation",
    ]


def test_a_static_pool() -> None:
    assert manifests.node_pool(pool(replicas=0, limits={"nodes": "5"}))["spec"]["replicas"] == 0


def test_a_class_of_karpenter_gets_the_defaults_it_leaves_open() -> None:
    assert manifests.ec2_node_class(ec2_class(), DISCOVERED) == {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": "default"},
        "spec": {
            "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": "shop"}}],
            "securityGroupSelectorTerms": [{"tags": {"karpenter.sh/discovery": "shop"}}],
            "amiSelectorTerms": [{"alias": AL2023}],
            "role": "shop-nodes",
        },
    }


def test_what_a_class_says_itself_comes_before_the_defaults() -> None:
    spec = ec2_class(instance_profile="mine", subnet_selector_terms=[{"id": "subnet-1"}])
    built = manifests.ec2_node_class(spec, DISCOVERED)["spec"]
    assert built["subnetSelectorTerms"] == [{"id": "subnet-1"}]
    assert built["instanceProfile"] == "mine"
    assert "role" not in built


def test_irregular_names() -> None:
    spec = ec2_class(
        associate_public_ip_address=True,
        kubelet={"cluster_dns": ["10.0.0.1"], "cpu_cfs_quota": True, "image_gc_low_threshold_percent": 50},
        metadata_options={"http_protocol_ipv6": "enabled"},
        block_device_mappings=[
            {"device_name": "a", "ebs": {"snapshot_id": "snap-1", "encrypted": True, "kms_key_id": "alias/x"}}
        ],
        capacity_reservation_selector_terms=[{"tags": {"snake_case_key": "x"}, "owner_id": "123456789012"}],
        tags={"snake_case_key": "x"},
    )
    built = manifests.ec2_node_class(spec, DISCOVERED)["spec"]
    assert built["associatePublicIPAddress"] is True
    assert built["kubelet"] == {"clusterDNS": ["10.0.0.1"], "cpuCFSQuota": True, "imageGCLowThresholdPercent": 50}
    assert built["metadataOptions"] == {"httpProtocolIPv6": "enabled"}
    assert built["blockDeviceMappings"][0]["ebs"] == {"encrypted": True, "kmsKeyID": "alias/x", "snapshotID": "snap-1"}
    assert built["capacityReservationSelectorTerms"] == [{"tags": {"snake_case_key": "x"}, "ownerID": "123456789012"}]
    assert built["tags"] == {"snake_case_key": "x"}


def test_a_class_of_auto_mode() -> None:
    spec = auto_class(advanced_networking={"ipv4_prefix_size": "32"}, ephemeral_storage={"size": "160Gi"})
    built: dict[str, Any] = manifests.node_class(spec, DISCOVERED)
    assert (built["apiVersion"], built["kind"]) == ("eks.amazonaws.com/v1", "NodeClass")
    assert built["spec"]["advancedNetworking"] == {"ipv4PrefixSize": "32"}
    assert built["spec"]["ephemeralStorage"] == {"size": "160Gi"}


def test_what_nobody_says_is_an_error() -> None:
    with pytest.raises(
        InputError, match=r"team\.role: is not set; got nothing; set it here or where the platform creates it"
    ):
        manifests.node_class(auto_class())


def test_the_same_spec_gives_the_same_object() -> None:
    one, other = (repr(manifests.node_pool(pool(limits={"cpu": "1", "memory": "1Gi"}))) for _ in range(2))
    assert one == other


def test_specs_and_manifests_load_without_pulumi() -> None:
    modules = "from eks_blueprints.karpenter import checks, manifests, node_pool"
    code = f"import sys; {modules}; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_dumped_can_be_read_again() -> None:
    made = pool(zones=["us-west-2a"], disruption={"budgets": []})
    assert NodePool.model_validate(made.model_dump(mode="json")) == made
