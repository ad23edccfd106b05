# ruff: noqa: E501 - a line for each field, with all of its values
"""What the specs accept, a real API server accepts; and what a plan would apply too."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.compute.auto_mode import AutoMode
from eks_blueprints.compute.karpenter import Karpenter
from eks_blueprints.karpenter import manifests
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.node_pool import AutoModeNodePool, NodePool
from eks_blueprints.recording import record_directory
from eks_blueprints.testing.recorded import Recorded
from tests import PROJECT, ROOT
from tests.builders import recorded
from tests.compute.test_auto_mode import TYPICAL
from tests.compute.test_karpenter import SEVERAL

from .started import ApiServer

PROGRAMS = [
    (PROJECT, "dev"),
    (PROJECT, "prod"),
    *((p.parent, p.name.split(".")[1]) for p in sorted((ROOT / "examples").glob("*/Pulumi.*.yaml"))),
]
UNKNOWN_KINDS = ("eks.amazonaws.com/",)
"""Kinds whose definitions AWS has not published."""


def objects(found: Recorded) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects that a plan would apply; texts that only AWS knows stand there as symbols."""
    for resource in found.all():
        inputs = resource.inputs
        if (
            not resource.planned.type.startswith("kubernetes:")
            or "apiVersion" not in inputs
            or "metadata" not in inputs
        ):
            continue
        if inputs["apiVersion"].startswith(UNKNOWN_KINDS) or "$unknown" in str(inputs):
            continue
        metadata = {key: value for key, value in inputs["metadata"].items() if value is not None}
        # What a Secret holds is not in a plan: one mark stands for all of it.
        rest = {key: value for key, value in inputs.items() if value != {"$secret": True}}
        yield resource.name, {**rest, "metadata": metadata}


def refusals(found: Recorded, server: ApiServer) -> dict[str, str]:
    said = {name: server.refusal(manifest) for name, manifest in objects(found)}
    # What another test has left there says nothing against the object.
    return {name: each for name, each in said.items() if each and not each.endswith("already exists")}


@pytest.mark.parametrize(("folder", "stack"), PROGRAMS, ids=lambda value: getattr(value, "name", value))
def test_what_a_plan_would_apply(folder: Path, stack: str, server: ApiServer) -> None:
    if folder.name.startswith("pulumi_eks"):
        pytest.importorskip("pulumi_eks")
    assert refusals(Recorded(record_directory(folder, stack)), server) == {}


@pytest.mark.parametrize("spec", [Karpenter(), Karpenter.model_validate(SEVERAL)], ids=["default", "several"])
def test_karpenter(spec: Karpenter, server: ApiServer) -> None:
    found = recorded(spec.attach)
    assert len(list(objects(found))) == len(spec.pools) + len(spec.classes)
    assert refusals(found, server) == {}


def test_auto_mode(server: ApiServer) -> None:
    assert refusals(recorded(AutoMode.model_validate(TYPICAL).attach, auto_mode=True), server) == {}


CHOICES: dict[str, list[Any]] = {
    "architectures": [["amd64"], ["arm64"], ["amd64", "arm64"]],
    "zones": [["eu-west-1a"], ["eu-west-1a", "eu-west-1b"]],
    "capacity_types": [["spot"], ["spot", "on-demand"], ["reserved", "on-demand"]],
    "instance_categories": [["c", "m"], ["g"]],
    "min_instance_generation": [1, 5, 99],
    "requirements": [
        [{"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gt", "values": ["3"]}],
        [{"key": "karpenter.k8s.aws/instance-memory", "operator": "Lte", "values": ["65536"]}],
        [{"key": "karpenter.k8s.aws/instance-family", "operator": "Exists", "min_values": 5}],
        [{"key": "example.com/team", "operator": "In", "values": ["a", "b"], "min_values": 2}],
        [{"key": "example.com/team", "operator": "DoesNotExist"}],
        [{"key": "node.kubernetes.io/instance-type", "operator": "NotIn", "values": ["m5.large"]}],
    ],
    "labels": [{"team": "a"}, {"example.com/team": ""}],
    "annotations": [{"example.com/note": "Anything at all."}],
    "taints": [[{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}], [{"key": "a.b/c", "effect": "NoExecute"}]],
    "startup_taints": [[{"key": "example.com/agent-not-ready", "effect": "NoExecute"}]],
    "limits": [{"cpu": "1e3"}, {"memory": "1.5Ti", "nodes": "20"}, {"nvidia.com/gpu": "8"}, {"cpu": "0"}],
    "weight": [1, 100],
    "disruption": [
        {},
        {"consolidation_policy": "Balanced", "consolidate_after": "1h30m"},
        {"consolidate_after": "Never", "budgets": []},
        {"budgets": [{"nodes": "0", "schedule": "0 9 * * mon-fri", "duration": "8h", "reasons": ["Drifted"]}, {"nodes": "100%", "reasons": ["Empty"]}]},
        {"budgets": [{"nodes": "5", "schedule": "@daily", "duration": "1h30m"}]},
    ],
    "expire_after": ["720h", "Never", "1h30m10s"],
    "termination_grace_period": ["24h", "30s"],
    "replicas": [0, 3],
}  # fmt: skip

CLASS_CHOICES: dict[str, list[Any]] = {
    "subnet_selector_terms": [[{"id": "subnet-0a"}], [{"tags": {"a": "*"}}, {"id": "subnet-0b"}]],
    "security_group_selector_terms": [[{"name": "x"}], [{"id": "sg-0a"}, {"tags": {"a": "b"}}]],
    "role": ["nodes", "path/nodes"],
    "instance_profile": ["profile"],
    "capacity_reservation_selector_terms": [[{"id": "cr-0a"}], [{"tags": {"a": "b"}, "owner_id": "111122223333"}], [{"instance_match_criteria": "open"}]],
    "placement_group_selector": [{"name": "x"}, {"id": "pg-0a"}],
    "associate_public_ip_address": [True, False],
    "ip_prefix_count": [0, 3],
    "network_interfaces": [[{"network_card_index": 0, "device_index": 0, "interface_type": "interface"}]],
    "user_data": ["#!/bin/bash\necho hello\n"],
    "block_device_mappings": [
        [{"device_name": "/dev/xvda", "root_volume": True, "ebs": {"volume_size": "100Gi", "volume_type": "gp3", "iops": 3000, "throughput": 125, "encrypted": True}}],
        [{"device_name": "/dev/xvdb", "ebs": {"snapshot_id": "snap-0a", "volume_initialization_rate": 100}}],
    ],
    "instance_store_policy": ["RAID0"],
    "metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 2}, {"http_endpoint": "enabled", "http_protocol_ipv6": "disabled"}],
    "connection_tracking": [{"tcp_established_timeout": 60}, {"udp_timeout": 30, "udp_stream_timeout": 180}],
    "cpu_options": [{"nested_virtualization": "enabled"}],
    "detailed_monitoring": [True],
    "kubelet": [
        {"max_pods": 110, "kube_reserved": {"cpu": "100m", "memory": "200Mi"}},
        {"eviction_soft": {"memory.available": "5%"}, "eviction_soft_grace_period": {"memory.available": "1m"}},
        {"image_gc_high_threshold_percent": 85, "image_gc_low_threshold_percent": 80, "cpu_cfs_quota": False},
        {"cluster_dns": ["10.0.0.10"], "pods_per_core": 4},
    ],
    "tags": [{"Team": "a", "Name": ""}],
    "context": ["ctx"],
}  # fmt: skip

SEEDS = range(60)


def drawn(choices: Mapping[str, list[Any]], seed: int) -> dict[str, Any]:
    """Some of the fields, each with one of its values."""
    chosen = random.Random(seed)  # noqa: S311 - repeatable, not secret
    fields = [field for field in choices if chosen.random() < 0.4]
    return {field: chosen.choice(choices[field]) for field in fields}


@pytest.mark.parametrize("seed", SEEDS)
def test_any_pool_that_the_spec_accepts(seed: int, server: ApiServer) -> None:
    fields = drawn(CHOICES, seed)
    while True:
        try:
            pool = NodePool.model_validate({"name": "drawn", **fields})
            break
        except ValidationError as error:  # two fields that do not go together: one of them leaves
            del fields["replicas" if "replicas" in fields else str(error.errors()[0]["loc"][0])]
    assert server.refusal(manifests.node_pool(pool)) == ""


@pytest.mark.parametrize("field", CHOICES)
def test_each_value_of_each_field_of_a_pool(field: str, server: ApiServer) -> None:
    for value in CHOICES[field]:
        assert server.refusal(manifests.node_pool(NodePool.model_validate({"name": "one", field: value}))) == "", value


@pytest.mark.parametrize("field", CLASS_CHOICES)
def test_each_value_of_each_field_of_a_class(field: str, server: ApiServer) -> None:
    for value in CLASS_CHOICES[field]:
        least = {"ami_selector_terms": [{"alias": "al2023@v20251103"}]}
        spec = Ec2NodeClass.model_validate({**least, field: value})
        defaults = manifests.discovered({"karpenter.sh/discovery": "shop"}, role="nodes")
        assert server.refusal(manifests.ec2_node_class(spec, defaults)) == "", value


@pytest.mark.parametrize(
    "terms",
    [
        [{"alias": "bottlerocket@v1.47.0"}],
        [{"alias": "windows2025@latest"}],
        [{"id": "ami-0123456789abcdef0"}, {"tags": {"a": "*"}, "name": "x-*", "owner": "self"}],
        [{"ssm_parameter": "/my/image"}],
    ],
)
def test_each_way_to_choose_an_image(terms: list[Any], server: ApiServer) -> None:
    family = {} if "alias" in terms[0] else {"ami_family": "AL2023"}
    spec = Ec2NodeClass.model_validate({"ami_selector_terms": terms, **family})
    defaults = manifests.discovered({"karpenter.sh/discovery": "shop"}, role="nodes")
    assert server.refusal(manifests.ec2_node_class(spec, defaults)) == ""


def test_a_pool_of_auto_mode(server: ApiServer) -> None:
    fields = {
        "instance_categories": ["c"],
        "min_instance_generation": 5,
        "expire_after": "480h",
        "limits": {"cpu": "1"},
    }
    pool = AutoModeNodePool.model_validate({"name": "own", **fields})
    assert server.refusal(manifests.node_pool(pool)) == ""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("weight",), 101),
        (("template", "spec", "expireAfter"), "30d"),
        (("template", "spec", "unknown"), 1),
        (("disruption",), {"budgets": [{"nodes": "101%"}]}),
    ],
)
def test_the_server_does_refuse(path: tuple[str, ...], value: Any, server: ApiServer) -> None:
    """Or else the tests above would say nothing."""
    manifest = manifests.node_pool(NodePool(name="bad"))
    at = manifest["spec"]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert server.refusal(manifest)
