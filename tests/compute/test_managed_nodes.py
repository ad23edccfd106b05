from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from eks_blueprints.compute.base import Compute
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.core.elements import element_class, kinds
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.facts.ami_types import ami_types
from eks_blueprints.core.facts.instance_types import instance_type, names
from eks_blueprints.testing.recorded import Recorded
from tests.builders import SUBNETS, recorded

ROLE = "arn:aws:iam::111122223333:role/nodes"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/abc"
GROUP = "sg-0aaaaaaaaaaaaaaaa"
IMAGE = {"id": "ami-0123456789abcdef0"}
OWN: dict[str, Any] = {"ami_type": "CUSTOM", "image": IMAGE}
EFA: dict[str, Any] = {"efa": True, "instance_types": ["c5n.18xlarge"], "zones": ["eu-west-1a"]}
TWENTY_ONE = [
    f"{family}.{size}"
    for family in ("m5", "m6i", "m7i")
    for size in ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
]

TYPICAL: dict[str, dict[str, Any]] = {
    "minimal": {},
    "gpu": {
        "instance_types": ["g6.xlarge", "g6.2xlarge"],
        "min_size": 0,
        "max_size": 4,
        "zones": ["eu-west-1b"],
        "labels": {"workload": "gpu"},
        "taints": [{"key": "nvidia.com/gpu", "value": "true", "effect": "NO_SCHEDULE"}],
        "node_repair_config": {
            "max_parallel_nodes_repaired_count": 1,
            "node_repair_config_overrides": [
                {
                    "node_monitoring_condition": "AcceleratedHardwareReady",
                    "node_unhealthy_reason": "NvidiaXID13Error",
                    "min_repair_wait_time_mins": 10,
                    "repair_action": "Replace",
                }
            ],
        },
    },
    "spot": {
        "instance_types": ["m7g.large", "m6g.large", "c7g.xlarge"],
        "capacity_type": "SPOT",
        "max_size": 20,
        "update_config": {"max_unavailable_percentage": 33, "update_strategy": "MINIMAL"},
        "disk": {"volume_size": 200, "iops": 6000, "throughput": 500, "kms_key_id": KEY},
        "version": "1.34",
        "release_version": "1.34.1-20251007",
        "force_update_version": True,
        "tags": {"cost": "batch"},
    },
    "bottlerocket": {
        "ami_type": "BOTTLEROCKET_x86_64_FIPS",
        "instance_types": ["m6i.large"],
        "subnets": "public",
        "remote_access": {"ec2_ssh_key": "ops", "source_cidrs": ["10.0.0.0/8", "fd00::/8"]},
        "security_group_ids": [GROUP],
        "http_put_response_hop_limit": 2,
        "session_manager": False,
        "policies": {"logs": "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"},
    },
    "windows": {
        "ami_type": "WINDOWS_CORE_2022_x86_64",
        "node_role_arn": ROLE,
        "warm_pool_config": {"min_size": 1, "pool_state": "HIBERNATED", "reuse_on_scale_in": True},
        "additional_volumes": {"/dev/sdf": {"volume_size": 10, "volume_type": "io2", "iops": 500}},
        "ebs_optimized": True,
        "monitoring": True,
        "placement": {"group_name": "near", "partition_number": 2, "tenancy": "dedicated"},
    },
    "own_al2023": {
        "ami_type": "CUSTOM",
        "image": {"id": "ami-0123456789abcdef0"},
        "labels": {"team": "batch"},
        "taints": [{"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}],
        "max_pods": 58,
        "pre_bootstrap_scripts": ["yum install -y nvme-cli"],
        "node_config": {"kubelet": {"config": {"shutdownGracePeriod": "30s"}}},
    },
    "own_bottlerocket": {
        "ami_type": "CUSTOM",
        "family": "BOTTLEROCKET",
        "instance_types": ["m7g.large"],
        "image": {"ssm_parameter": "/golden/bottlerocket"},
        "bottlerocket_settings": {"kernel": {"lockdown": "integrity"}},
    },
    "own_windows": {
        "ami_type": "CUSTOM",
        "family": "WINDOWS",
        "image": {"name": "golden-windows-*", "owners": ["111122223333"]},
    },
    "efa": {
        "instance_types": ["trn1.32xlarge"],
        "efa": True,
        "zones": ["eu-west-1b"],
        "remote_access": {"ec2_ssh_key": "ops", "source_cidrs": ["10.0.0.0/8"]},
    },
    "capacity_block": {
        "instance_types": ["p5.48xlarge"],
        "capacity_type": "CAPACITY_BLOCK",
        "min_size": 0,
        "subnet_ids": ["subnet-0123456789abcdef0"],
        "capacity_reservation": {"capacity_reservation_id": "cr-0123456789abcdef0"},
    },
}


def nodes(**fields: Any) -> ManagedNodes:
    return ManagedNodes.model_validate({"name": "main"} | fields)


def attached(fields: Mapping[str, Any], **cluster: Any) -> Recorded:
    return recorded(nodes(**fields).attach, **cluster)


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        nodes(**fields)
    return str(caught.value)


def test_the_kinds_of_compute_are_classes() -> None:
    assert element_class(Compute, "managed_nodes") is ManagedNodes
    assert "managed_nodes" in kinds(Compute)


@pytest.mark.parametrize("case", TYPICAL)
def test_typical_groups(case: str, golden: Any) -> None:
    golden(attached(TYPICAL[case]), case)


def test_the_group_waits_for_the_policies_of_its_role() -> None:
    plan = attached({})
    for attachment in plan.all("RolePolicyAttachment"):
        plan.one("NodeGroup").waits_for(attachment)


def test_a_policy_that_the_role_has_anyway_is_attached_once() -> None:
    """Or taking the second one out of the file would detach the first one's."""
    core = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    found = attached({"policies": {"ssm": core, "read": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}})
    arns = [each["policyArn"] for each in found.all("iam.RolePolicyAttachment")]
    assert arns.count(core) == 1
    assert len(arns) == len(set(arns)) == 4


def test_the_group_leaves_its_desired_size_alone() -> None:
    attached({}).one("NodeGroup").has_option(ignore_changes=["scalingConfig.desiredSize"])


def test_new_nodes_come_before_old_ones_go() -> None:
    group = attached({}).one("NodeGroup")
    group.lacks("nodeGroupName")
    assert "delete_before_replace" not in group.planned.to_data()["options"]


def test_the_newest_template_is_used() -> None:
    plan = attached({})
    plan.one("NodeGroup").waits_for(plan.one("LaunchTemplate"))


def test_another_group_changes_no_urn() -> None:
    one = recorded(lambda c: nodes(name="a").attach(c))
    two = recorded(lambda c: [nodes(name=name).attach(c) for name in ("b", "a")])
    two.adds_only(one, "shop-b")


def test_a_long_name_is_cut_to_what_eks_takes() -> None:
    group = attached({"name": "x" * 40}, prefix="a-rather-long-platform").one("NodeGroup")
    assert len(group["nodeGroupNamePrefix"]) <= 63 - 26


def test_nodes_have_the_clusters_version_so_that_they_follow_it() -> None:
    attached({}).one("NodeGroup").has(version="1.34")


def test_a_pinned_release_brings_its_version() -> None:
    attached({"release_version": "1.33.4-20250904"}).one("NodeGroup").lacks("version")


@pytest.mark.parametrize(
    ("types", "image"),
    [
        (["m5.large"], "AL2023_x86_64_STANDARD"),
        (["t4g.medium", "m7g.large"], "AL2023_ARM_64_STANDARD"),
        (["g6.xlarge"], "AL2023_x86_64_NVIDIA"),
        (["g5g.xlarge"], "AL2023_ARM_64_NVIDIA"),
        (["inf2.xlarge", "trn1.2xlarge"], "AL2023_x86_64_NEURON"),
        (["g4ad.xlarge"], "AL2023_x86_64_STANDARD"),
    ],
)
def test_the_image_follows_the_instance_types(types: list[str], image: str) -> None:
    assert nodes(instance_types=types).ami.name == image


@given(st.sampled_from(sorted(names())), st.sampled_from([None, *sorted(ami_types())]))
def test_every_type_and_image_fit_or_are_refused_with_a_reason(name: str, image: str | None) -> None:
    told: list[str] = []
    architectures: tuple[str, ...] = ("x86_64", "arm64")
    try:
        found = nodes(instance_types=[name], ami_type=image).ami.architecture
        facts = instance_type(name)
        architectures = () if facts is None else facts.architectures
    except ValidationError as error:
        told = [detail["msg"] for detail in error.errors()]
        found = "x86_64"
    assert all("; got " in message for message in told)
    assert found in architectures


@pytest.mark.parametrize(
    ("fields", "scaling"),
    [
        ({}, (2, 2, 2)),
        ({"max_size": 7}, (2, 2, 7)),
        ({"min_size": 3}, (3, 3, 3)),
        ({"min_size": 0}, (0, 0, 1)),
        ({"desired_size": 4}, (4, 4, 4)),
        ({"min_size": 1, "desired_size": 3, "max_size": 4}, (1, 3, 4)),
        ({"min_size": 1, "desired_size": 3}, (1, 3, 3)),
        ({"desired_size": 0}, (0, 0, 1)),
    ],
)
def test_sizes_complete_each_other(fields: Any, scaling: tuple[int, int, int]) -> None:
    assert nodes(**fields).scaling == scaling


@given(*[st.none() | st.integers(-1, 5)] * 3)
def test_sizes_are_in_order_or_refused(fewest: int | None, desired: int | None, most: int | None) -> None:
    try:
        found = nodes(min_size=fewest, desired_size=desired, max_size=most)
    except ValidationError:
        return
    low, middle, high = found.scaling
    assert 0 <= low <= middle <= high >= 1


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"instance_types": []}, "needs at least 1 entry"),
    ({"instance_types": ["m7g.48xlarge"]}, "its family has medium, large, xlarge, 2xlarge, 4xlarge, 8xlarge, 12xlarge"),
    ({"instance_types": ["a1.large"]}, "does not run Amazon Linux 2023; got a1.large; use a later type"),
    ({"instance_types": ["m5.large"], "ami_type": "AL2_x86_64_GPU"}, "is for nvidia devices; got m5.large"),
    ({"instance_types": ["m5.lage"]}, 'no such instance type; got "m5.lage"; did you mean m5.large?'),
    ({"instance_types": ["m99.huge", "m5.large"]}, "set its architecture"),
    ({"instance_types": ["u-6tb1.metal"]}, "is a type of which only the name is known; got u-6tb1.metal"),
    ({"instance_types": ["m5.large", "m5.large"]}, "names a type twice; got m5.large"),
    ({"instance_types": ["m5.large", "m7g.large"]}, "got m5.large (x86_64) and m7g.large (arm64)"),
    ({"instance_types": ["m5.large", "g6.xlarge"]}, "have different accelerators"),
    ({"instance_types": ["mac2.metal"]}, "runs macOS only"),
    ({"instance_types": ["m5.large"], "architecture": "arm64"}, "does not fit m5.large"),
    (
        {"instance_types": ["m7g.large"], "ami_type": "AL2023_x86_64_STANDARD"},
        "is for x86_64; got AL2023_x86_64_STANDARD",
    ),
    ({"ami_type": "AL2023_x86_64_NVIDIA"}, "is for nvidia devices; got m5.large, which has none"),
    ({"ami_type": "AL2023_X86_64_STANDRD"}, "did you mean AL2023_x86_64_STANDARD?"),
    ({"ami_type": "CUSTOM"}, "is required with ami_type CUSTOM"),
    ({"image": IMAGE}, "is for ami_type CUSTOM; got no ami_type; set it, or remove image"),
    ({"image": IMAGE, "ami_type": "AL2023_x86_64_STANDARD"}, "is for ami_type CUSTOM; got AL2023_x86_64_STANDARD"),
    ({"family": "WINDOWS"}, "is for ami_type CUSTOM; got no ami_type; set it, or remove family"),
    ({**OWN, "family": "AL2"}, "use 'AL2023', 'BOTTLEROCKET' or 'WINDOWS'"),
    ({**OWN, "family": "WINDOWS", "instance_types": ["m7g.large"]}, "got WINDOWS with m7g.large (arm64)"),
    ({**OWN, "version": "1.34"}, 'cannot be set with an image of your own, which contains it; got "1.34"'),
    ({**OWN, "release_version": "1.34.1-20251007"}, "cannot be set with an image of your own, which contains it"),
    ({**OWN, "image": {"release": "1.34.1-20251007"}}, "leave ami_type out and set release_version"),
    ({**OWN, "image": {"id": "ami-1"}}, "is not a valid id of an image"),
    ({**OWN, "image": {}}, "needs one way to find the image; got none"),
    ({**OWN, "image": {"id": IMAGE["id"], "ssm_parameter": "/golden"}}, "got id and ssm_parameter; give one"),
    ({**OWN, "bottlerocket_settings": {"motd": "x"}}, "is not for AL2023; got it with CUSTOM"),
    ({**OWN, "family": "BOTTLEROCKET", "pre_bootstrap_scripts": ["ls"]}, "is not for BOTTLEROCKET"),
    ({**OWN, "family": "BOTTLEROCKET", "additional_volumes": {"/dev/xvdb": {}}}, "is not a free device"),
    ({**OWN, "family": "WINDOWS", "disk": {"volume_size": 40}}, "use at least 50"),
    ({**OWN, "node_config": {"cluster": {"name": "x"}}}, "is set by the platform; got another value"),
    ({"node_config": {"cluster": {"name": "x"}}}, "is set by the platform; got another value"),
    ({"node_config": {"kubelet": {"config": {"clusterDomain": "x"}}}}, "EKS needs its own"),
    ({"node_config": {"a": float("nan")}}, "is not a finite number"),
    ({"pre_bootstrap_scripts": [" "]}, "is empty"),
    ({"pre_bootstrap_scripts": ["x" * 20_000]}, "makes user data longer than EC2 allows"),
    ({"pre_bootstrap_scripts": ["dir"], "ami_type": "WINDOWS_CORE_2022_x86_64"}, "is not for WINDOWS"),
    ({"max_pods": 20, "ami_type": "WINDOWS_CORE_2022_x86_64"}, "is not for WINDOWS"),
    ({"node_config": {"featureGates": {"x": True}}, "ami_type": "AL2_x86_64"}, "is not for AL2;"),
    ({"pre_bootstrap_scripts": ["ls"], "ami_type": "BOTTLEROCKET_x86_64"}, "is not for BOTTLEROCKET"),
    (
        {"bottlerocket_settings": {"kubernetes": {"api-server": "x"}}, "ami_type": "BOTTLEROCKET_x86_64"},
        "is set by the platform; got another value",
    ),
    ({**EFA, "instance_types": ["m5.large"]}, "has no known Elastic Fabric Adapter; got m5.large"),
    ({**EFA, "instance_types": ["p4d.24xlarge", "p5.48xlarge"]}, "got p4d.24xlarge (4) and p5.48xlarge (32)"),
    ({**EFA, "zones": []}, "must be one with efa, whose traffic stays in a zone; got all of the network's"),
    ({**EFA, "zones": ["eu-west-1a", "eu-west-1b"]}, "got eu-west-1a, eu-west-1b; name one zone"),
    ({**EFA, "subnets": "public"}, "must be private with efa"),
    ({**EFA, **OWN, "family": "WINDOWS"}, "is not for Windows"),
    (
        {
            **EFA,
            "remote_access": {"ec2_ssh_key": "k", "source_cidrs": ["10.0.0.0/8"]},
            "security_group_ids": [f"sg-{number:08x}" for number in range(14)],
        },
        "are too many with efa, which adds its own; got 14; name at most 13",
    ),
    ({"efa": "yes"}, "efa"),
    ({"instance_types": TWENTY_ONE}, "are too many for a managed group; got 21, 20 fit"),
    ({"capacity_type": "spot"}, "use 'ON_DEMAND', 'SPOT' or 'CAPACITY_BLOCK'"),
    ({"capacity_type": "SPOT", "instance_types": ["hpc7g.4xlarge"]}, "is not sold as spot"),
    ({"capacity_type": "SPOT", "capacity_reservation": {"capacity_reservation_id": "cr-1"}}, "has no effect with spot"),
    ({"capacity_type": "CAPACITY_BLOCK", "instance_types": ["p5.48xlarge"]}, "needs the id of the capacity block"),
    (
        {
            "capacity_type": "CAPACITY_BLOCK",
            "instance_types": ["p5.48xlarge", "p5.4xlarge"],
            "capacity_reservation": {"capacity_reservation_id": "cr-1"},
        },
        "accepts one type with a capacity block",
    ),
    ({"max_size": 1}, "is below min_size; got 1 and 2 (the default)"),
    ({"min_size": 3, "max_size": 2}, "is below min_size; got 2 and 3; raise"),
    ({"min_size": 1, "desired_size": 9, "max_size": 4}, "lies outside min_size and max_size; got 9 with 1 to 4"),
    ({"min_size": -1}, "is too small; got -1"),
    ({"max_size": 0}, "is too small; got 0"),
    ({"min_size": True}, "needs a whole number; got true"),
    ({"max_size": 10**12}, "is too large"),
    ({"version": "1.3"}, "is no longer offered by EKS"),
    ({"version": "latest"}, "is not a valid Kubernetes version"),
    ({"release_version": "newest"}, "is not a valid release of an image"),
    ({"version": "1.34", "release_version": "1.33.4-20250904"}, "is of another Kubernetes version"),
    ({"ami_type": "AL2_x86_64", "version": "1.33"}, "has no image for Kubernetes 1.33"),
    (
        {"update_config": {"max_unavailable": 1, "max_unavailable_percentage": 5}},
        "cannot be combined with max_unavailable_percentage",
    ),
    ({"update_config": {"max_unavailable": 5}}, "is more than the group can have; got 5 of 2"),
    (
        {"node_repair_config": {"max_parallel_nodes_repaired_count": 1, "max_parallel_nodes_repaired_percentage": 1}},
        "cannot be combined with max_parallel_nodes_repaired_percentage",
    ),
    ({"warm_pool_config": {}, "capacity_type": "SPOT"}, "is for ON_DEMAND capacity; got SPOT"),
    ({"warm_pool_config": {"min_size": 3, "max_group_prepared_capacity": 2}}, "is below min_size; got 2 and 3"),
    ({"warm_pool_config": {"pool_state": "HIBERNATED"}, "ami_type": "BOTTLEROCKET_x86_64"}, "is not for Bottlerocket"),
    ({"disk": {"volume_size": 8}}, "is too small for AL2023_x86_64_STANDARD; got 8; use at least 20"),
    ({"disk": {"volume_size": 40}, "ami_type": "WINDOWS_FULL_2022_x86_64"}, "use at least 50"),
    ({"disk": {"iops": 2000}}, "use 3000 to 16000"),
    ({"disk": {"volume_size": 20, "iops": 16000}}, "use 3000 to 10000"),
    ({"disk": {"throughput": 1000}}, "set iops to 4000 or more"),
    ({"disk": {"volume_type": "gp2", "iops": 3000}}, "is for gp3, io1 and io2"),
    ({"disk": {"volume_type": "io2"}}, "is required for io2"),
    ({"disk": {"volume_type": "io1", "iops": 100, "throughput": 125}}, "is for gp3; got 125 with io1"),
    ({"disk": {"volume_size": 17000}}, "is out of range for gp3"),
    ({"disk": {"encrypted": False, "kms_key_id": KEY}}, "needs encryption"),
    ({"disk": {"kms_key_id": "alias/mine"}}, "is not a valid ARN of a KMS key"),
    ({"additional_volumes": {"/dev/xvda": {}}}, "is not a free device"),
    ({"additional_volumes": {"/dev/xvdb": {}}, "ami_type": "BOTTLEROCKET_x86_64"}, "is not a free device"),
    ({"labels": {"kubernetes.io/role": "x"}}, "is in a reserved domain"),
    ({"labels": {"node-role.kubernetes.io/worker": "x"}}, "is in a reserved domain"),
    ({"labels": {"eks.amazonaws.com/x": "x"}}, "is in a reserved domain"),
    ({"labels": {"a b": "x"}}, "is not a valid label key"),
    ({"labels": {"x" * 64: "x"}}, "is not a valid label key"),
    ({"labels": {"a": ""}}, "is not a valid label value"),
    ({"labels": {"ä": "x"}}, "is not a valid label key"),
    ({"labels": {"a": "x\n"}}, "is not a valid label value"),
    ({"labels": {"a": 1}}, 'quote it: "1"'),
    ({"taints": [{"key": "a", "effect": "NoSchedule"}]}, "use 'NO_SCHEDULE', 'NO_EXECUTE' or 'PREFER_NO_SCHEDULE'"),
    ({"taints": [{"key": "a", "effect": "NO_SCHEDULE"}] * 2}, "is listed twice"),
    ({"taints": [{"key": f"a{n}", "effect": "NO_SCHEDULE"} for n in range(51)]}, "can have at most 50 entries"),
    ({"taints": [{"key": "a/b/c", "effect": "NO_SCHEDULE"}]}, "is not a valid taint key"),
    ({"taints": [{"key": "a", "value": "x y", "effect": "NO_SCHEDULE"}]}, "is not a valid taint value"),
    ({"subnet_ids": ["subnet-0123abcd"], "zones": ["eu-west-1a"]}, "cannot be combined with subnet_ids"),
    ({"subnet_ids": ["subnet-0123abcd"], "subnets": "private"}, "cannot be combined with subnet_ids"),
    ({"subnet_ids": ["private-a"]}, "is not a valid id of a subnet"),
    ({"zones": ["eu-west-1a", "eu-west-1a"]}, "lists one twice"),
    ({"security_group_ids": ["default"]}, "is not a valid id of a security group"),
    ({"disk": {"kms_key": {}, "encrypted": False}}, "needs encryption"),
    ({"disk": {"kms_key": {}, "kms_key_id": KEY}}, "cannot be combined with kms_key_id"),
    ({"group_name_prefix": "a" * 37}, "cannot begin the name of a group"),
    ({"remote_access": {"ec2_ssh_key": "k"}}, "needs a source"),
    ({"remote_access": {"source_cidrs": ["10.0.0.0/8"]}}, "accepts either ec2_ssh_key or public_key; got neither"),
    (
        {"remote_access": {"public_key": "ssh-dss AAAA", "source_cidrs": ["10.0.0.0/8"]}},
        "is not a valid public key that EC2",
    ),
    (
        {"remote_access": {"public_key": "-----BEGIN OPENSSH PRIVATE KEY-----", "source_cidrs": ["10.0.0.0/8"]}},
        "is a private key; got one, which is not shown",
    ),
    ({"remote_access": {"ec2_ssh_key": "k", "source_cidrs": ["0.0.0.0/0"]}}, "allows the whole internet"),
    ({"http_put_response_hop_limit": 0}, "is too small"),
    ({"placement": {}}, "needs a group_name or a tenancy"),
    ({"placement": {"tenancy": "default", "partition_number": 1}}, "needs a placement group"),
    ({"capacity_reservation": {}}, "needs exactly one; got none"),
    ({"node_role_arn": ROLE, "session_manager": False}, "is for the role that is created"),
    ({"node_role_arn": ROLE, "policies": {"x": "arn:aws:iam::aws:policy/X"}}, "is for the role that is created"),
    ({"node_role_arn": "nodes"}, "is not a valid ARN of a role"),
    ({"policies": {"ecr-pull": "arn:aws:iam::aws:policy/X"}}, "is not a valid name"),
    ({"policies": {"x": "X"}}, "is not a valid ARN of a policy"),
    (
        {"policies": {"cni": "AmazonEKS_CNI_Policy"}},
        'got "AmazonEKS_CNI_Policy"; write arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy',
    ),
    (
        {"policies": ["arn:aws:iam::aws:policy/X"]},
        "write a name of your choice and a colon before each entry, in the place of its dash",
    ),
    ({"tags": {"aws:x": "1"}}, "reserves"),
    ({"instance_type": "m5.large"}, "did you mean instance_types?"),
]


@pytest.mark.parametrize(("fields", "message"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_what_aws_refuses_is_refused_before(fields: dict[str, Any], message: str) -> None:
    assert message in problems(**fields)


def test_several_problems_are_told_at_once() -> None:
    text = problems(max_size=1, labels={"a": ""}, disk={"volume_size": 8})
    assert "max_size" in text
    assert "labels.a" in text
    assert "disk.volume_size" in text


@pytest.mark.parametrize(
    "labels", [{"node.kubernetes.io/pool": "a"}, {"acme.io/team": "a"}, {"a": "x" * 63}, {"karpenter.sh/x": "1"}]
)
def test_labels_of_ones_own_are_accepted(labels: dict[str, str]) -> None:
    assert nodes(labels=labels).node_labels == labels


def test_a_type_newer_than_the_table_is_vouched_for_by_its_architecture() -> None:
    assert nodes(instance_types=["m99.large"], architecture="arm64").ami.name == "AL2023_ARM_64_STANDARD"


def test_a_standard_image_may_run_on_gpus_where_one_says_so() -> None:
    assert nodes(instance_types=["g6.xlarge"], ami_type="AL2023_x86_64_STANDARD").ami.accelerator is None


def test_an_image_that_the_clusters_version_lacks_is_refused() -> None:
    with pytest.raises(InputError, match=r"compute.main.ami_type: has no image for Kubernetes 1.34"):
        _attempt({"ami_type": "AL2_x86_64"})


def test_a_zone_without_a_subnet_is_refused() -> None:
    with pytest.raises(InputError, match=r"compute.main.zones\[0\]: has no private subnet; got eu-west-1z"):
        _attempt({"zones": ["eu-west-1z"]})


def test_a_network_without_such_subnets_is_refused() -> None:
    def bare(cluster: Any) -> Any:
        return replace(cluster, network=replace(cluster.network, subnets=SUBNETS[3:]))

    with pytest.raises(InputError, match=r"compute.main.subnets: needs public subnets"):
        _attempt({"subnets": "public"}, bare)


def test_metadata_needs_a_session() -> None:
    options = attached({}).one("LaunchTemplate")["metadataOptions"]
    assert options == {"httpEndpoint": "enabled", "httpPutResponseHopLimit": 1, "httpTokens": "required"}


def test_the_clusters_security_group_stays_when_others_are_added() -> None:
    template = attached({"security_group_ids": [GROUP]}).one("LaunchTemplate")
    assert template["vpcSecurityGroupIds"] == ["sg-0123456789abcdef0", GROUP]


def test_without_groups_of_its_own_eks_adds_the_clusters() -> None:
    attached({}).one("LaunchTemplate").lacks("vpcSecurityGroupIds")


def test_a_group_and_its_volumes_are_as_said() -> None:
    plan = attached({"group_name_prefix": "build-managed", "disk": {"delete_on_termination": False}})
    plan.one("eks.NodeGroup").has(nodeGroupNamePrefix="build-managed-")
    mappings = plan.one("LaunchTemplate")["blockDeviceMappings"]
    assert [each["ebs"]["deleteOnTermination"] for each in mappings] == ["false"]


def test_volumes_have_keys_of_their_own() -> None:
    said = {"disk": {"kms_key": {"administrators": [ROLE]}}, "additional_volumes": {"/dev/sdf": {"kms_key": {}}}}
    plan = attached({"ami_type": "BOTTLEROCKET_x86_64", **said})
    keys = [each["ebs"]["kmsKeyId"] for each in plan.one("LaunchTemplate")["blockDeviceMappings"]]
    disk, other = "${shop-main-disk-key.arn}", "${shop-main-sdf-key.arn}"
    assert keys == [disk, disk, other]
    assert {each["name"] for each in plan.all("kms.Alias")} == {"alias/shop-main-disk", "alias/shop-main-sdf"}
    [key] = [each for each in plan.all("kms.Key") if each.name == "shop-main-sdf-key"]
    statement = key["policy.Statement[1]"]
    assert (statement["Sid"], statement["Principal"]) == ("Volumes", {"AWS": ["*"]})
    assert "kms:CreateGrant" in statement["Action"]
    asked = statement["Condition"]["StringEquals"]
    assert asked["kms:ViaService"] == "ec2.eu-west-1.amazonaws.com"
    assert set(asked) == {"kms:ViaService", "kms:CallerAccount"}


PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEexampleEXAMPLEexampleEXAMPLE0123456 ops@example"


def test_a_key_pair_is_made_of_a_public_key() -> None:
    plan = attached({"remote_access": {"public_key": f"{PUBLIC}\n", "source_cidrs": ["10.0.0.0/8"]}})
    key = plan.one("KeyPair").has(publicKey=PUBLIC)
    plan.one("LaunchTemplate").has(keyName=f"${{{key.name}.keyName}}")
    attached({"remote_access": {"ec2_ssh_key": "ops", "source_cidrs": ["10.0.0.0/8"]}}).none("KeyPair")


def test_remote_access_to_windows_is_by_rdp() -> None:
    access = {"ec2_ssh_key": "ops", "source_security_group_ids": [GROUP]}
    plan = attached({"ami_type": "WINDOWS_CORE_2022_x86_64", "remote_access": access})
    rule = plan.one("SecurityGroup")["ingress"][0]
    assert (rule["fromPort"], rule["securityGroups"]) == (3389, [GROUP])


def test_bottlerocket_answers_ssh_from_its_admin_container() -> None:
    data = attached(TYPICAL["bottlerocket"]).one("LaunchTemplate")["userData"]
    assert b64decode(data).decode() == "[settings.host-containers.admin]\nenabled = true\n"


def user_data(plan: Recorded) -> str:
    return b64decode(plan.one("LaunchTemplate")["userData"]).decode()


def test_nodes_of_an_image_of_ones_own_are_told_the_whole_cluster() -> None:
    plan = attached(OWN, service_cidr="10.100.0.0/16")
    config = json.loads(user_data(plan).partition("node.eks.aws\n\n")[2].partition("\n--==")[0])
    assert set(config["spec"]["cluster"]) == {"name", "apiServerEndpoint", "certificateAuthority", "cidr"}
    assert config["spec"]["kubelet"]["config"]["clusterDNS"] == ["10.100.0.10"]
    assert plan.one("LaunchTemplate")["imageId"] == IMAGE["id"]


def test_an_image_of_ones_own_brings_its_version_and_release() -> None:
    group = attached(OWN).one("NodeGroup")
    assert group["amiType"] == "CUSTOM"
    assert "version" not in group.inputs
    assert "releaseVersion" not in group.inputs


def test_linux_nodes_of_ones_own_image_join_with_the_entry_that_eks_makes() -> None:
    assert not attached(OWN).all("AccessEntry")


def test_windows_nodes_of_ones_own_image_join_with_an_entry_that_says_so() -> None:
    plan = attached({**OWN, "family": "WINDOWS"})
    assert plan.one("AccessEntry")["type"] == "EC2_WINDOWS"
    plan.one("NodeGroup").waits_for(plan.one("AccessEntry"))
    assert not attached({**OWN, "family": "WINDOWS", "node_role_arn": ROLE}).all("AccessEntry")


@pytest.mark.parametrize(
    ("image", "drifts"), [(IMAGE, False), ({"ssm_parameter": "/golden"}, True), ({"name": "golden-*"}, True)]
)
def test_an_image_that_is_looked_up_may_drift(image: Any, drifts: bool) -> None:
    assert nodes(ami_type="CUSTOM", image=image).image_drifts is drifts
    assert not nodes().image_drifts


STOCK: dict[str, dict[str, Any]] = {
    "stock_al2023": {
        "labels": {"team": "batch"},
        "max_pods": 58,
        "pre_bootstrap_scripts": ["yum install -y nvme-cli", "#!/bin/sh\necho second\n"],
        "node_config": {"kubelet": {"config": {"shutdownGracePeriod": "30s"}}},
    },
    "stock_al2023_scripts": {"pre_bootstrap_scripts": ["yum install -y nvme-cli"]},
    "stock_bottlerocket": {
        "ami_type": "BOTTLEROCKET_x86_64",
        "max_pods": 58,
        "remote_access": {"ec2_ssh_key": "ops", "source_cidrs": ["10.0.0.0/8"]},
        "bottlerocket_settings": {"kernel": {"lockdown": "integrity"}},
    },
}


@pytest.mark.parametrize("case", STOCK)
def test_nodes_of_eks_own_images_are_told_what_eks_does_not_tell(case: str, request: pytest.FixtureRequest) -> None:
    path = Path(__file__).parent / "user_data" / f"{case}.txt"
    text = user_data(attached(STOCK[case]))
    if request.config.getoption("--update-golden"):
        path.write_text(text)
    assert text == path.read_text()
    for ours_to_know in ("certificate", "api-server", "apiServer", "cluster", "labels"):
        assert ours_to_know not in text


def test_without_additions_eks_tells_nodes_all() -> None:
    assert "userData" not in attached({}).one("LaunchTemplate").inputs


def test_each_network_card_has_one_efa_interface_and_the_first_has_addresses() -> None:
    plan = attached({**EFA, "instance_types": ["p4d.24xlarge"]})
    found = plan.one("LaunchTemplate")["networkInterfaces"]
    assert [(each["networkCardIndex"], each["deviceIndex"], each["interfaceType"]) for each in found] == [
        (0, 0, "efa"),
        (1, 1, "efa-only"),
        (2, 1, "efa-only"),
        (3, 1, "efa-only"),
    ]
    assert "vpcSecurityGroupIds" not in plan.one("LaunchTemplate").inputs


def test_a_first_card_without_efa_has_a_plain_interface() -> None:
    found = attached({**EFA, "instance_types": ["p6-b300.48xlarge"]}).one("LaunchTemplate")["networkInterfaces"]
    assert [each["interfaceType"] for each in found] == ["interface"] + ["efa-only"] * 16


def test_nodes_with_efa_stand_close_together() -> None:
    plan = attached(EFA)
    assert plan.one("PlacementGroup")["strategy"] == "cluster"
    assert plan.one("LaunchTemplate")["placement"] == {"groupName": "${shop-main-placement.name}"}
    assert not attached({**EFA, "placement": {"group_name": "near"}}).all("PlacementGroup")


def test_nodes_with_efa_talk_to_each_other() -> None:
    group = attached(EFA).one("SecurityGroup")
    assert group["ingress"] == group["egress"]
    assert (group["egress"][0]["protocol"], group["egress"][0]["self"]) == ("-1", True)


def test_an_empty_group_hints_at_its_efa_interfaces() -> None:
    group = attached({**EFA, "min_size": 0}, autoscaled=True).one("NodeGroup")
    assert group["tags"]["k8s.io/cluster-autoscaler/node-template/resources/vpc.amazonaws.com/efa"] == "1"


def test_tags_reach_what_the_template_makes() -> None:
    template = attached({"tags": {"cost": "1"}}).one("LaunchTemplate")
    tags = {"Name": "shop-main", "cost": "1", "team": "shop"}
    kinds = {spec["resourceType"] for spec in template["tagSpecifications"]}
    assert kinds == {"instance", "network-interface", "volume"}
    assert all(spec["tags"] == tags for spec in template["tagSpecifications"])


def test_a_role_that_is_there_is_used() -> None:
    plan = attached({"node_role_arn": ROLE}).none("Role")
    plan.one("NodeGroup").has(nodeRoleArn=ROLE)


def test_policies_are_of_the_partition() -> None:
    plan = attached({}, partition="aws-us-gov")
    arns = {attachment["policyArn"].split(":")[1] for attachment in plan.all("RolePolicyAttachment")}
    assert arns == {"aws-us-gov"}


def test_others_can_ask_what_the_nodes_are() -> None:
    group = nodes(**TYPICAL["windows"])
    assert (group.operating_system, group.architectures, group.node_count) == ("windows", {"x86_64"}, (2, 2))


def test_the_schema_offers_the_images() -> None:
    schema = json.dumps(ManagedNodes.model_json_schema()["properties"]["ami_type"])
    assert "AL2023_x86_64_NVIDIA" in schema
    assert "CUSTOM" in schema


def _attempt(fields: dict[str, Any], change: Any = lambda cluster: cluster) -> None:
    caught: list[InputError] = []

    def program(cluster: Any) -> None:
        try:
            nodes(**fields).attach(change(cluster))
        except InputError as error:
            caught.append(error)

    recorded(program)
    raise caught[0]


def test_repair_can_be_switched_off_again() -> None:
    for said, enabled in (({}, True), ({"enabled": False}, False)):
        group = attached({"node_repair_config": said}).one("NodeGroup").planned
        assert group.to_data()["inputs"]["nodeRepairConfig"] == {"enabled": enabled}
