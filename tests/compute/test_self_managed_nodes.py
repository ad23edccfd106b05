from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import pulumi_aws as aws
import pytest
from pydantic import ValidationError

from eks_blueprints.compute._image import Image, ssm_parameter
from eks_blueprints.compute._self_managed_parts import Metric
from eks_blueprints.compute.base import Compute
from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes
from eks_blueprints.core.elements import element_class
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.facts.ami_types import ami_types
from eks_blueprints.recording import ProgramError
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

ROLE = "arn:aws:iam::111122223333:role/nodes"
TOPIC = "arn:aws:sqs:eu-west-1:111122223333:drain"
TARGETS = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0123456789abcdef"
IMAGE = {"id": "ami-0123456789abcdef0"}

TYPICAL: dict[str, dict[str, Any]] = {
    "self_managed_minimal": {},
    "self_managed_mixed": {
        "instance_types": ["m7g.large", "m6g.large"],
        "instances_distribution": {
            "on_demand_base_capacity": 1,
            "on_demand_percentage_above_base_capacity": 25,
            "spot_max_price": "0.05",
        },
        "max_size": 10,
        "image": {"release": "1.34.1-20251007"},
        "labels": {"team": "batch"},
        "taints": [{"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}],
        "lifecycle_hooks": {
            "drain": {
                "lifecycle_transition": "autoscaling:EC2_INSTANCE_TERMINATING",
                "notification_target_arn": TOPIC,
                "role_arn": ROLE,
            }
        },
        "instance_refresh": {"min_healthy_percentage": 100, "max_healthy_percentage": 110, "auto_rollback": True},
        "max_instance_lifetime": 604800,
        "target_group_arns": [TARGETS],
        "health_check_type": "ELB",
        "enabled_metrics": ["GroupInServiceInstances"],
        "suspended_processes": ["AZRebalance"],
        "tags": {"cost": "batch"},
    },
    "self_managed_bottlerocket": {
        "ami_type": "BOTTLEROCKET_ARM_64",
        "instance_types": ["m7g.large"],
        "image": {"release": "1.44.0-3b7b9c0a"},
        "warm_pool_config": {"min_size": 1, "pool_state": "STOPPED"},
        "node_role_arn": ROLE,
        "access_entry": False,
    },
    "self_managed_windows": {
        "ami_type": "WINDOWS_CORE_2022_x86_64",
        "image": {"name": "Windows_Server-2022-*", "owners": ["amazon"]},
        "remote_access": {"ec2_ssh_key": "ops", "source_cidrs": ["10.0.0.0/8"]},
    },
}


def nodes(**fields: Any) -> SelfManagedNodes:
    return SelfManagedNodes.model_validate({"name": "main"} | fields)


def attached(fields: Mapping[str, Any], **cluster: Any) -> Recorded:
    return recorded(nodes(**fields).attach, **cluster)


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        nodes(**fields)
    return "\n".join(map(str, problems_of(caught.value)))


def tags(plan: Recorded) -> dict[str, tuple[str, bool]]:
    found = plan.one("autoscaling.Group")["tags"]
    return {tag["key"]: (tag["value"], tag["propagateAtLaunch"]) for tag in found}


def test_the_kind_is_the_class() -> None:
    assert element_class(Compute, "self_managed_nodes") is SelfManagedNodes


@pytest.mark.parametrize("case", TYPICAL)
def test_typical_groups(case: str, golden: Any) -> None:
    golden(attached(TYPICAL[case]), case)


def test_nodes_join_with_the_groups_own_role() -> None:
    plan = attached({})
    group = plan.one("autoscaling.Group").waits_for(plan.one("AccessEntry").has(type="EC2_LINUX"))
    for attachment in plan.all("RolePolicyAttachment"):
        group.waits_for(attachment)
    plan.one("LaunchTemplate").waits_for(plan.one("InstanceProfile"))


def test_windows_nodes_have_an_entry_of_their_own_kind() -> None:
    attached(TYPICAL["self_managed_windows"]).one("AccessEntry").has(type="EC2_WINDOWS")


def test_a_role_with_an_entry_gets_no_second_one() -> None:
    attached({"node_role_arn": ROLE, "access_entry": False}).none("AccessEntry").none("iam.Role")


def test_the_clusters_security_group_is_among_the_nodes() -> None:
    attached({}).one("LaunchTemplate").has(vpcSecurityGroupIds=["sg-0123456789abcdef0"])


def test_user_data_leads_to_the_cluster() -> None:
    text = b64decode(attached({}, service_cidr="10.100.0.0/16").one("LaunchTemplate")["userData"]).decode()
    assert '"apiServerEndpoint": "${shop-cluster.endpoint}"' in text
    assert '"10.100.0.10"' in text


def test_the_range_of_services_is_asked_of_the_cluster_where_it_is_not_said() -> None:
    text = b64decode(attached({}).one("LaunchTemplate")["userData"]).decode()
    assert '"cidr": "${shop-cluster.kubernetesNetworkConfig.serviceIpv4Cidr}"' in text


def test_a_cluster_that_was_there_before_is_asked_for_its_range() -> None:
    text = b64decode(attached({}, resource=None).one("LaunchTemplate")["userData"]).decode()
    assert "getCluster" in text


def test_one_type_on_demand_needs_no_mixture() -> None:
    attached({}).one("autoscaling.Group").lacks("mixedInstancesPolicy").has_option(ignore_changes=["desiredCapacity"])


def test_spot_is_bought_where_it_lasts() -> None:
    group = attached({"capacity_type": "SPOT"}).one("autoscaling.Group")
    at = "mixedInstancesPolicy.instancesDistribution"
    group.has({f"{at}.onDemandPercentageAboveBaseCapacity": 0, "capacityRebalance": True})
    group.has({f"{at}.spotAllocationStrategy": "price-capacity-optimized"})


def test_groups_carry_what_cluster_autoscaler_looks_for() -> None:
    found = tags(attached({"labels": {"team": "a"}, "taints": [{"key": "gpu", "effect": "NO_EXECUTE"}]}))
    assert found["k8s.io/cluster-autoscaler/enabled"] == ("true", False)
    assert found["k8s.io/cluster-autoscaler/${shop-cluster.name}"] == ("owned", False)
    assert found["kubernetes.io/cluster/${shop-cluster.name}"] == ("owned", True)
    assert found["k8s.io/cluster-autoscaler/node-template/label/team"] == ("a", False)
    assert found["k8s.io/cluster-autoscaler/node-template/taint/gpu"] == (":NoExecute", False)
    assert found["k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage"] == ("80Gi", False)


def test_of_two_taints_with_one_key_the_harder_is_the_hint() -> None:
    taints = [{"key": "a", "effect": "PREFER_NO_SCHEDULE"}, {"key": "a", "value": "x", "effect": "NO_SCHEDULE"}]
    assert tags(attached({"taints": taints}))["k8s.io/cluster-autoscaler/node-template/taint/a"][0] == "x:NoSchedule"


def test_neuron_devices_are_a_hint_because_no_type_tells_them() -> None:
    plan = attached({"instance_types": ["inf2.xlarge"], "ami_type": "AL2023_x86_64_NEURON"})
    assert tags(plan)["k8s.io/cluster-autoscaler/node-template/resources/aws.amazon.com/neuron"] == ("1", False)


@pytest.mark.parametrize("name", [name for name, ami in ami_types().items() if ami.family != "AL2"])
def test_every_image_of_eks_has_a_parameter(name: str) -> None:
    path = ssm_parameter(ami_types()[name], "1.34")
    assert path.startswith("/aws/service/")
    assert path.endswith("/image_id")
    assert "1.34" in path


def test_parameters_are_those_of_the_user_guide() -> None:
    types = ami_types()
    al2023 = "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023"
    assert ssm_parameter(types["AL2023_x86_64_STANDARD"], "1.34") == f"{al2023}/x86_64/standard/recommended/image_id"
    assert ssm_parameter(types["AL2023_ARM_64_NVIDIA"], "1.34") == f"{al2023}/arm64/nvidia/recommended/image_id"
    pinned = "amazon-eks-node-al2023-x86_64-standard-1.34-v20251007"
    release = "1.34.1-20251007"
    assert (
        ssm_parameter(types["AL2023_x86_64_STANDARD"], "1.34", release) == f"{al2023}/x86_64/standard/{pinned}/image_id"
    )
    fips = "/aws/service/bottlerocket/aws-k8s-1.34-nvidia-fips/x86_64/latest/image_id"
    assert ssm_parameter(types["BOTTLEROCKET_x86_64_NVIDIA_FIPS"], "1.34") == fips
    windows = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.34/image_id"
    assert ssm_parameter(types["WINDOWS_CORE_2022_x86_64"], "1.34") == windows


@pytest.mark.parametrize(
    ("image", "drifts"),
    [
        (None, True),
        (IMAGE, False),
        ({"release": "1.34.1-20251007"}, False),
        ({"ssm_parameter": "/own/image"}, True),
        ({"name": "own-*"}, True),
    ],
)
def test_only_what_is_pinned_stays(image: Any, drifts: bool) -> None:
    assert nodes(image=image).image_drifts is drifts


def test_an_image_by_owner_alone_is_the_owners_newest() -> None:
    assert Image.model_validate({"owners": ["111122223333"]}).name is None
    attached({"image": {"owners": ["111122223333"]}}).one("LaunchTemplate")


def test_metrics_are_those_that_the_provider_knows() -> None:
    assert set(get_args(Metric)) == {metric.value for metric in aws.autoscaling.Metric}


def test_another_group_changes_no_urn() -> None:
    one = recorded(lambda c: nodes(name="a").attach(c))
    two = recorded(lambda c: [nodes(name=name).attach(c) for name in ("b", "a")])
    two.adds_only(one, "shop-b")


def test_another_hook_changes_no_urn() -> None:
    hook = {"lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING"}
    two = attached({"lifecycle_hooks": {"b": hook, "a": hook}})
    two.adds_only(attached({"lifecycle_hooks": {"a": hook}}), "hook-b")


def test_without_a_version_the_image_cannot_be_found() -> None:
    with pytest.raises(ProgramError, match=r"compute.main.version: is needed to find the image"):
        attached({}, version=None)
    attached({"image": IMAGE}, version=None)


def test_public_subnets_are_found_by_role() -> None:
    ids = attached({"subnets": "public", "zones": ["eu-west-1b"]}).one("autoscaling.Group")["vpcZoneIdentifiers"]
    assert ids == ["subnet-10000002"]


def test_it_can_be_put_on_another_providers_cluster() -> None:
    recorded(lambda cluster: nodes().attach(replace(cluster, tags={})))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"image": {}}, "image: needs one way to find the image; got none; give one"),
        ({"image": {"id": "ami-1"}}, "image.id: is not a valid id of an image"),
        ({"image": {**IMAGE, "name": "x"}}, "got id and name"),
        ({"image": {**IMAGE, "owners": ["self"]}}, "got id and owners"),
        ({"image": {"name": "x", "owners": ["me"]}}, "image.owners[0]: is not an owner of images"),
        ({"image": {"release": "20250904"}}, "is not a valid release of Amazon Linux 2023"),
        ({"image": {"release": "1.33.4-20250904"}, "version": "1.34"}, "is of another Kubernetes version"),
        ({"image": {"release": "1.1"}, "ami_type": "BOTTLEROCKET_x86_64"}, "is not a valid release of Bottlerocket"),
        (
            {"image": {"release": "1.1"}, "ami_type": "WINDOWS_CORE_2022_x86_64"},
            "cannot be set for Windows, whose releases have no names",
        ),
        ({"ami_type": "AL2_x86_64"}, "has no nodeadm"),
        ({"ami_type": "AL2023_ARM_64_STANDARD"}, "is for arm64"),
        ({"instance_types": ["m5.large", "m7g.large"]}, "have different architectures"),
        ({"instance_types": ["m5.lage"]}, "did you mean m5.large?"),
        ({"instance_types": []}, "instance_types: needs at least 1 entry"),
        ({"min_size": 3, "max_size": 2}, "max_size: is below min_size"),
        ({"desired_size": 9, "min_size": 1, "max_size": 3}, "desired_size: lies outside"),
        (
            {"instances_distribution": {}, "capacity_type": "SPOT"},
            "instances_distribution: cannot be combined with capacity_type",
        ),
        ({"instances_distribution": {"spot_max_price": "1"}}, "has no effect without spot"),
        (
            {"instances_distribution": {"on_demand_percentage_above_base_capacity": 0, "spot_max_price": "cheap"}},
            "is not a valid price",
        ),
        (
            {"instances_distribution": {"on_demand_percentage_above_base_capacity": 0, "spot_instance_pools": 3}},
            "is for lowest-price",
        ),
        ({"capacity_rebalance": True}, "is for spot; got on-demand only"),
        ({"warm_pool_config": {}, "capacity_type": "SPOT"}, "warm_pool_config: is for ON_DEMAND capacity"),
        (
            {"warm_pool_config": {}, "instances_distribution": {"on_demand_percentage_above_base_capacity": 50}},
            "warm_pool_config: is for on-demand capacity",
        ),
        ({"pre_bootstrap_scripts": ["x"], "ami_type": "BOTTLEROCKET_x86_64"}, "is not for BOTTLEROCKET"),
        ({"pre_bootstrap_scripts": [" "]}, "pre_bootstrap_scripts[0]: is empty"),
        ({"pre_bootstrap_scripts": ["echo ==eks-node=="]}, "contains its own end marker"),
        ({"pre_bootstrap_scripts": ["x" * 15000]}, "pre_bootstrap_scripts: makes user data longer than EC2 allows"),
        (
            {"node_config": {"featureGates": {}}, "ami_type": "BOTTLEROCKET_x86_64"},
            "node_config: is not for BOTTLEROCKET",
        ),
        ({"node_config": {"cluster": {"name": "x"}}}, "node_config.cluster: is set by the platform; got another value"),
        ({"node_config": {"kubelet": {"config": {"clusterDomain": "x"}}}}, "cannot be set"),
        ({"node_config": {"kubelet": None}}, "node_config.kubelet: has no value"),
        ({"bottlerocket_settings": {"a": 1}}, "bottlerocket_settings: is not for AL2023"),
        (
            {"bottlerocket_settings": {"kubernetes": {"api-server": "x"}}, "ami_type": "BOTTLEROCKET_x86_64"},
            "is set by the platform; got another value",
        ),
        (
            {"lifecycle_hooks": {"a b": {"lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING"}}},
            "not a valid name",
        ),
        ({"lifecycle_hooks": {"a": {"lifecycle_transition": "x"}}}, "is not one of the allowed values"),
        (
            {
                "lifecycle_hooks": {
                    "a": {
                        "lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING",
                        "notification_target_arn": TOPIC,
                    }
                }
            },
            "lifecycle_hooks.a.role_arn: is needed to send the notification",
        ),
        ({"instance_refresh": {"checkpoint_percentages": [50, 20]}}, "must rise from one to the next"),
        ({"instance_refresh": {"checkpoint_delay_seconds": 5}}, "needs checkpoint_percentages"),
        (
            {"instance_refresh": {"min_healthy_percentage": 50, "max_healthy_percentage": 200}},
            "is more than 100 above min_healthy_percentage",
        ),
        ({"max_instance_lifetime": 60}, "is too small; got 60; use at least 86400"),
        ({"target_group_arns": ["arn:x"]}, "is not a valid ARN of a target group"),
        ({"target_group_arns": [TARGETS, TARGETS]}, "lists one twice"),
        ({"enabled_metrics": ["CPU"]}, "is not one of the allowed values"),
        ({"labels": {f"l{n}": "x" for n in range(50)}}, "leave no room"),
        ({"labels": {"kubernetes.io/x": "y"}}, "is in a reserved domain"),
        ({"release_version": "1.34.1-20251007"}, "no such field"),
        ({"ami_type": "CUSTOM"}, "ami_type: does not say how nodes start"),
        ({"cpu_credits": "unlimited"}, "cpu_credits: is for burstable types; got m5.large"),
        ({"termination_policies": ["OldestInstanc"]}, "did you mean OldestInstance?"),
        ({"wait_for_capacity_timeout": "10 min"}, "is not a valid duration"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    assert message in problems(**fields)


def test_a_group_begins_as_said() -> None:
    attached({"group_name_prefix": "build"}).one("autoscaling.Group").has(namePrefix="build-")
