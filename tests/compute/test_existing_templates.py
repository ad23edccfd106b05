"""Launch templates that exist: whose fields they take, and what managed and self-managed groups then say."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.compute._ec2_nodes import Ec2Nodes
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

ROLE = "arn:aws:iam::111122223333:role/team/nodes"
TEMPLATE = {"id": "lt-0123456789abcdef0", "version": 3}


def made(kind: type[Ec2Nodes], **fields: Any) -> Recorded:
    return recorded(kind.model_validate({"name": "main", "launch_template": TEMPLATE} | fields).attach)


def problems(kind: type[Ec2Nodes], **fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate({"name": "main", "launch_template": TEMPLATE} | fields)
    return "\n".join(map(str, problems_of(caught.value)))


def test_a_managed_group_takes_it_and_keeps_what_is_its_own() -> None:
    plan = made(ManagedNodes, labels={"team": "a"}, taints=[{"key": "a", "effect": "NO_SCHEDULE"}]).none(
        "LaunchTemplate"
    )
    group = plan.one("eks.NodeGroup").has(launchTemplate={"id": "lt-0123456789abcdef0", "version": "3"})
    group.has(labels={"team": "a"}, version="1.34", amiType="AL2023_x86_64_STANDARD").lacks("instanceTypes")
    plan.one("iam.Role")


def test_types_that_are_named_are_the_groups() -> None:
    made(ManagedNodes, instance_types=["m7g.large"]).one("eks.NodeGroup").has(
        instanceTypes=["m7g.large"], amiType="AL2023_ARM_64_STANDARD"
    )


def test_architecture_says_what_a_template_is_for() -> None:
    made(ManagedNodes, architecture="arm64").one("eks.NodeGroup").has(amiType="AL2023_ARM_64_STANDARD")


def test_an_image_in_the_template_brings_its_version_along() -> None:
    group = made(ManagedNodes, ami_type="CUSTOM").one("eks.NodeGroup")
    group.has(amiType="CUSTOM").lacks("version").lacks("releaseVersion")
    assert "version: cannot be set with an image of your own, which contains it" in problems(
        ManagedNodes, ami_type="CUSTOM", version="1.34"
    )


def test_windows_nodes_of_such_an_image_may_join() -> None:
    plan = made(ManagedNodes, ami_type="CUSTOM", family="WINDOWS")
    plan.one("AccessEntry").has(type="EC2_WINDOWS")


def test_a_self_managed_group_takes_it_by_name() -> None:
    plan = made(SelfManagedNodes, launch_template={"name": "golden"}, node_role_arn=ROLE).none("LaunchTemplate")
    plan.none("iam.Role").none("InstanceProfile").one("AccessEntry").has(principalArn=ROLE)
    plan.one("autoscaling.Group").has(launchTemplate={"name": "golden", "version": "$Default"})


def test_other_types_than_the_templates_need_a_policy() -> None:
    group = made(SelfManagedNodes, access_entry=False, instance_types=["m7i.large"]).one("autoscaling.Group")
    launches = group["mixedInstancesPolicy"]["launchTemplate"]
    assert launches["overrides"] == [{"instanceType": "m7i.large"}]
    assert launches["launchTemplateSpecification"] == {"launchTemplateId": "lt-0123456789abcdef0", "version": "3"}


def test_spot_needs_no_types() -> None:
    group = made(SelfManagedNodes, access_entry=False, capacity_type="SPOT").one("autoscaling.Group")
    assert "overrides" not in group["mixedInstancesPolicy"]["launchTemplate"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("disk", {"volume_size": 100}),
        ("disk_device_name", "/dev/sda1"),
        ("additional_volumes", {"/dev/sdf": {}}),
        ("image", {"id": "ami-0123456789abcdef0"}),
        ("remote_access", {"ec2_ssh_key": "ops", "source_cidrs": ["10.0.0.0/8"]}),
        ("security_group_ids", ["sg-0123456789abcdef0"]),
        ("http_put_response_hop_limit", 2),
        ("monitoring", False),
        ("ebs_optimized", True),
        ("placement", {"tenancy": "dedicated"}),
        ("capacity_reservation", {"capacity_reservation_preference": "open"}),
        ("efa", True),
        ("max_pods", 30),
        ("pre_bootstrap_scripts", ["ls"]),
        ("post_bootstrap_scripts", ["ls"]),
        ("node_config", {"kubelet": {"config": {"maxPods": 20}}}),
        ("network_interfaces", [{}]),
        ("cpu_options", {"amd_sev_snp": "disabled"}),
        ("instance_name", "x"),
        ("launch_template_name", "golden"),
        ("private_dns_name_options", {"hostname_type": "ip-name"}),
        ("disable_api_termination", True),
    ],
)
@pytest.mark.parametrize("kind", [ManagedNodes, SelfManagedNodes])
def test_what_a_template_says_is_refused_beside_it(kind: type[Ec2Nodes], field: str, value: Any) -> None:
    assert f"{field}: is set by the launch template; got launch_template too" in problems(kind, **{field: value})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "node_role_arn: is needed for the access entry; got launch_template alone"),
        ({"labels": {"a": "b"}}, "labels: is set by the launch template"),
        ({"policies": {"s3": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}}, "policies: is for the role that is"),
        ({"iam_instance_profile_arn": "arn:aws:iam::111122223333:instance-profile/n"}, "iam_instance_profile_arn: is"),
        ({"instance_initiated_shutdown_behavior": "stop"}, "instance_initiated_shutdown_behavior: is set by"),
        ({"capacity_type": "CAPACITY_BLOCK"}, "capacity_type: is set by the launch template"),
    ],
)
def test_nobody_else_tells_self_managed_nodes(fields: dict[str, Any], said: str) -> None:
    assert said in problems(SelfManagedNodes, **fields)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "launch_template: needs an id or a name; got neither"),
        ({"id": "lt-0123456789abcdef0", "name": "golden"}, "needs an id or a name; got both"),
        ({"id": "golden"}, "launch_template.id: is not a valid id of a launch template"),
        (
            {"name": "golden", "version": "latest"},
            "launch_template.version: is not a valid version of a launch template",
        ),
        ({"name": "golden", "version": 0}, "launch_template.version: is not a valid version of a launch template"),
    ],
)
def test_a_template_is_named_in_one_way(given: dict[str, Any], said: str) -> None:
    assert said in problems(ManagedNodes, launch_template=given)
