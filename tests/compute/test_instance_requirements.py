"""Auto Scaling groups that choose types by attributes, and the other settings that only such groups have."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

ROLE = "arn:aws:iam::111122223333:role/nodes"
PROFILE = "arn:aws:iam::111122223333:instance-profile/nodes"
IMAGE = {"id": "ami-0123456789abcdef0"}
WANTED = {"vcpu_count": {"min": 4, "max": 16}, "memory_mib": {"min": 16384}}


def nodes(**fields: Any) -> SelfManagedNodes:
    return SelfManagedNodes.model_validate({"name": "main", "image": IMAGE} | fields)


def made(**fields: Any) -> Recorded:
    return recorded(nodes(**fields).attach)


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        nodes(**fields)
    return "\n".join(map(str, problems_of(caught.value)))


def test_attributes_take_the_place_of_types() -> None:
    wanted = WANTED | {"cpu_manufacturers": ["intel", "amd"], "memory_gib_per_vcpu": {"min": 2, "max": 4.5}}
    plan = made(instance_requirements=wanted)
    plan.one("LaunchTemplate").lacks("instanceType")
    launches = plan.one("autoscaling.Group").lacks("launchTemplate")["mixedInstancesPolicy"]["launchTemplate"]
    assert launches["overrides"] == [
        {
            "instanceRequirements": {
                "vcpuCount": {"min": 4, "max": 16},
                "memoryMib": {"min": 16384},
                "cpuManufacturers": ["intel", "amd"],
                "memoryGibPerVcpu": {"min": 2, "max": 4.5},
            }
        }
    ]


def test_the_image_is_for_the_architecture_and_the_accelerators() -> None:
    assert nodes(instance_requirements=WANTED).ami.name == "AL2023_x86_64_STANDARD"
    assert nodes(instance_requirements=WANTED, architecture="arm64").ami.name == "AL2023_ARM_64_STANDARD"
    accelerated = WANTED | {"accelerator_manufacturers": ["nvidia"], "accelerator_count": {"min": 1}}
    assert nodes(instance_requirements=accelerated).ami.name == "AL2023_x86_64_NVIDIA"


def test_types_are_not_known_beforehand() -> None:
    assert nodes(instance_requirements=WANTED).node_instance_types == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"instance_types": ["m5.large"]}, "instance_types: cannot be combined with instance_requirements"),
        ({"capacity_type": "CAPACITY_BLOCK"}, "instance_requirements: is not for a capacity block"),
        (
            {"instances_distribution": {"on_demand_allocation_strategy": "prioritized"}},
            "instances_distribution.on_demand_allocation_strategy: needs types in an order",
        ),
        (
            {
                "capacity_type": "ON_DEMAND",
                "instance_requirements": WANTED | {"spot_max_price_percentage_over_lowest_price": 50},
            },
            "has no effect without spot",
        ),
        ({"instance_requirements": {"vcpu_count": {"min": 4}}}, "memory_mib: is required"),
        ({"instance_requirements": WANTED | {"vcpu_count": {"min": 4, "max": 2}}}, "vcpu_count.max: is below min"),
        ({"instance_requirements": WANTED | {"network_bandwidth_gbps": {}}}, "needs a min or a max"),
        (
            {
                "instance_requirements": WANTED
                | {"allowed_instance_types": ["m5.*"], "excluded_instance_types": ["m5.large"]}
            },
            "excluded_instance_types: cannot be combined with allowed_instance_types",
        ),
        (
            {"instance_requirements": WANTED | {"allowed_instance_types": ["^m5"]}},
            "is neither an instance type nor a pattern",
        ),
        (
            {"instance_requirements": WANTED | {"accelerator_count": {"max": 0}, "accelerator_types": ["gpu"]}},
            "accelerator_types: is for types with accelerators",
        ),
    ],
)
def test_mistakes_are_told_where_they_stand(fields: dict[str, Any], said: str) -> None:
    assert said in problems(**({"instance_requirements": WANTED} | fields))


def test_groups_say_how_they_live() -> None:
    plan = made(
        instance_maintenance_policy={"min_healthy_percentage": 100, "max_healthy_percentage": 120},
        force_delete=True,
        load_balancers=["legacy"],
        instance_initiated_shutdown_behavior="terminate",
    )
    plan.one("autoscaling.Group").has(
        instanceMaintenancePolicy={"minHealthyPercentage": 100, "maxHealthyPercentage": 120},
        forceDelete=True,
        loadBalancers=["legacy"],
    )
    plan.one("LaunchTemplate").has(instanceInitiatedShutdownBehavior="terminate")


def test_a_profile_that_exists_brings_its_role() -> None:
    plan = made(iam_instance_profile_arn=PROFILE, node_role_arn=ROLE).none("InstanceProfile").none("iam.Role")
    plan.one("LaunchTemplate").has(iamInstanceProfile={"arn": PROFILE})
    plan.one("AccessEntry").has(principalArn=ROLE)
    made(iam_instance_profile_arn=PROFILE, access_entry=False).none("AccessEntry")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"iam_instance_profile_arn": PROFILE}, "node_role_arn: is needed for the access entry"),
        ({"iam_instance_profile_arn": ROLE, "access_entry": False}, "is not a valid ARN of an instance profile"),
        (
            {"instance_maintenance_policy": {"min_healthy_percentage": 50, "max_healthy_percentage": 200}},
            "is more than 100 above min_healthy_percentage",
        ),
        ({"load_balancers": ["a_b"]}, "load_balancers[0]: is not a valid name of a Classic Load Balancer"),
    ],
)
def test_their_mistakes_are_told_too(fields: dict[str, Any], said: str) -> None:
    assert said in problems(**fields)
