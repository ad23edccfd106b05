"""What instances are launched with: processors, interfaces, names, placement, volumes from snapshots, timeouts."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.compute._ec2_nodes import Ec2Nodes
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

IMAGE = {"id": "ami-0123456789abcdef0"}
BOTH = pytest.mark.parametrize("kind", [ManagedNodes, SelfManagedNodes])
CLUSTER_GROUP = "sg-0123456789abcdef0"
LICENSE = "arn:aws:license-manager:eu-west-1:111122223333:license-configuration:lic-" + "0123456789abcdef" * 2


def made(kind: type[Ec2Nodes], **fields: Any) -> Recorded:
    own = {"image": IMAGE} if kind is SelfManagedNodes else {}
    return recorded(kind.model_validate({"name": "main"} | own | fields).attach)


def template(kind: type[Ec2Nodes], **fields: Any) -> Any:
    return made(kind, **fields).one("LaunchTemplate")


def problems(kind: type[Ec2Nodes], **fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate({"name": "main"} | fields)
    return "\n".join(map(str, problems_of(caught.value)))


@BOTH
def test_processors_are_set_up(kind: type[Ec2Nodes]) -> None:
    options = {"core_count": 2, "threads_per_core": 1, "amd_sev_snp": "enabled"}
    found = template(kind, instance_types=["m6a.xlarge"], cpu_options=options)
    found.has(cpuOptions={"coreCount": 2, "threadsPerCore": 1, "amdSevSnp": "enabled"})


@pytest.mark.parametrize(
    ("options", "types", "said"),
    [
        ({"core_count": 2}, ["m6a.xlarge"], "cpu_options.threads_per_core: is needed beside core_count"),
        ({"core_count": 4, "threads_per_core": 2}, ["m6a.xlarge"], "core_count: is more than the type has; got 4"),
        ({"core_count": 2, "threads_per_core": 2}, ["m7g.xlarge"], "threads_per_core: is 1 on Graviton"),
        ({"amd_sev_snp": "enabled"}, ["m7i.xlarge"], "amd_sev_snp: is for types with AMD processors"),
        ({"nested_virtualization": "enabled"}, ["m5.metal"], "cpu_options: is not for bare metal"),
        ({}, ["m5.large"], "cpu_options: is empty"),
    ],
)
def test_processors_have_what_is_asked_of_them(options: dict[str, Any], types: list[str], said: str) -> None:
    assert said in problems(ManagedNodes, instance_types=types, cpu_options=options)


@BOTH
def test_further_interfaces_stand_beside_the_first_in_the_same_groups(kind: type[Ec2Nodes]) -> None:
    found = template(kind, network_interfaces=[{"description": "storage"}]).lacks("vpcSecurityGroupIds")
    first, second = found["networkInterfaces"]
    assert (first["deviceIndex"], second["deviceIndex"]) == (0, 1)
    assert first["securityGroups"] == second["securityGroups"] == [CLUSTER_GROUP]


def test_an_interface_can_have_groups_of_its_own_and_stand_for_the_first() -> None:
    other = "sg-0fedcba9876543210"
    own = [{"device_index": 0, "associate_public_ip_address": True, "security_group_ids": [other]}]
    (first,) = template(ManagedNodes, network_interfaces=own)["networkInterfaces"]
    assert (first["associatePublicIpAddress"], first["securityGroups"]) == ("true", [other])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"network_interfaces": [{}, {}]}, "network_interfaces[1]: uses the same place as network_interfaces[0]"),
        ({"network_interfaces": [{}], "subnets": "public"}, "subnets: must be private with further interfaces"),
        ({"network_interfaces": [{"device_index": 0, "interface_type": "efa-only"}]}, "without an address"),
        ({"network_interfaces": [{"associate_public_ip_address": True}]}, "is for the first interface"),
        (
            {"network_interfaces": [{}], "efa": True, "instance_types": ["c5n.18xlarge"], "zones": ["eu-west-1a"]},
            "network_interfaces: cannot be combined with efa",
        ),
        ({"efa_network_cards": [0]}, "efa_network_cards: is for nodes with efa"),
        (
            {"efa": True, "efa_network_cards": [5], "instance_types": ["c5n.18xlarge"], "zones": ["eu-west-1a"]},
            "efa_network_cards[0]: is not a card of c5n.18xlarge with EFA; got 5; use 0 to 0",
        ),
    ],
)
def test_interfaces_fit_beside_each_other(fields: dict[str, Any], said: str) -> None:
    assert said in problems(ManagedNodes, **fields)


def test_efa_can_be_on_some_of_the_cards() -> None:
    fields = {"instance_types": ["p5.48xlarge"], "efa": True, "zones": ["eu-west-1a"], "efa_network_cards": [0, 4, 8]}
    found = made(SelfManagedNodes, **fields)
    cards = [each["networkCardIndex"] for each in found.one("LaunchTemplate")["networkInterfaces"]]
    assert cards == [0, 4, 8]
    tags = {tag["key"]: tag["value"] for tag in found.one("autoscaling.Group")["tags"]}
    assert tags["k8s.io/cluster-autoscaler/node-template/resources/vpc.amazonaws.com/efa"] == "3"


@BOTH
def test_settings_of_the_template_are_passed_on(kind: type[Ec2Nodes]) -> None:
    found = template(
        kind,
        launch_template_name="golden",
        launch_template_description="nodes of the shop",
        auto_recovery="disabled",
        private_dns_name_options={"hostname_type": "resource-name", "enable_resource_name_dns_a_record": True},
        license_configuration_arns=[LICENSE],
        disable_api_termination=True,
        disable_api_stop=True,
        instance_types=["m5.xlarge"],
        enclave=True,
    )
    found.has(name="golden", description="nodes of the shop", maintenanceOptions={"autoRecovery": "disabled"})
    found.has({"privateDnsNameOptions.hostnameType": "resource-name"})
    found.has(licenseSpecifications=[{"licenseConfigurationArn": LICENSE}], enclaveOptions={"enabled": True})
    found.has(disableApiTermination=True, disableApiStop=True).has_option(delete_before_replace=False)


def test_instances_are_named_without_renaming_anything_else() -> None:
    plan = made(SelfManagedNodes, instance_name="eks-shop-node")
    assert all(each["tags"]["Name"] == "eks-shop-node" for each in plan.one("LaunchTemplate")["tagSpecifications"])
    tags = {tag["key"]: tag["value"] for tag in plan.one("autoscaling.Group")["tags"]}
    assert tags["Name"] == "eks-shop-node"
    assert plan.one("LaunchTemplate").name == "shop-main-template"


def test_credits_are_for_burstable_types() -> None:
    template(ManagedNodes, instance_types=["t3.large"], cpu_credits="standard").has(
        creditSpecification={"cpuCredits": "standard"}
    )
    assert "cpu_credits: is for burstable types; got m5.large" in problems(ManagedNodes, cpu_credits="unlimited")


def test_enclaves_are_for_types_that_have_them() -> None:
    assert "enclave: is for types with Nitro Enclaves; got m5.large" in problems(ManagedNodes, enclave=True)


def test_volumes_can_come_from_snapshots_and_stand_on_another_device() -> None:
    disk = {"snapshot_id": "snap-0123456789abcdef0", "volume_initialization_rate": 200}
    found = template(ManagedNodes, disk=disk, disk_device_name="/dev/sda1")["blockDeviceMappings"][0]
    assert found["deviceName"] == "/dev/sda1"
    assert (found["ebs"]["snapshotId"], found["ebs"]["volumeInitializationRate"]) == (disk["snapshot_id"], 200)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"disk": {"snapshot_id": "vol-1"}}, "disk.snapshot_id: is not a valid id of a snapshot"),
        ({"disk": {"volume_initialization_rate": 100}}, "disk.volume_initialization_rate: is for a volume from"),
        ({"disk_device_name": "C:"}, "disk_device_name: is not a valid device"),
        ({"disk_device_name": "/dev/sdf", "additional_volumes": {"/dev/sdf": {}}}, "is the device of disk"),
        ({"placement": {"host_id": "h-0123456789abcdef0"}}, "placement.host_id: is for Dedicated Hosts"),
        (
            {"placement": {"group_name": "a", "group_id": "pg-0123456789abcdef0"}},
            "group_id: cannot be combined with group_name",
        ),
        ({"placement": {"group_id": "a"}}, "placement.group_id: is not a valid id of a placement group"),
        ({"placement": {"affinity": "host", "tenancy": "dedicated"}}, "affinity: is for Dedicated Hosts"),
        ({"license_configuration_arns": ["lic-1"]}, "is not a valid ARN of a license configuration"),
        ({"timeouts": {"create": "soon"}}, "timeouts.create: is not a valid duration"),
        ({"private_dns_name_options": {}}, "private_dns_name_options: is empty"),
        ({"launch_template_name": "a b"}, "launch_template_name: is not a valid name of a launch template"),
        ({"post_bootstrap_scripts": [" "]}, "post_bootstrap_scripts[0]: is empty"),
        (
            {"post_bootstrap_scripts": ["==eks-post-bootstrap=="]},
            "post_bootstrap_scripts[0]: contains its own end marker",
        ),
        (
            {"ami_type": "BOTTLEROCKET_x86_64", "post_bootstrap_scripts": ["ls"]},
            "post_bootstrap_scripts: is not for BOTTLEROCKET",
        ),
    ],
)
def test_mistakes_are_told_where_they_stand(fields: dict[str, Any], said: str) -> None:
    assert said in problems(ManagedNodes, **fields)


def test_nodes_can_stand_on_hosts_of_ones_own() -> None:
    host = {"tenancy": "host", "host_id": "h-0123456789abcdef0", "affinity": "host"}
    found = template(ManagedNodes, placement=host)["placement"]
    assert found == {"tenancy": "host", "hostId": "h-0123456789abcdef0", "affinity": "host"}


@BOTH
def test_timeouts_are_the_groups(kind: type[Ec2Nodes]) -> None:
    plan = made(kind, timeouts={"create": "45m", "delete": "2h"})
    group = plan.one("eks.NodeGroup" if kind is ManagedNodes else "autoscaling.Group")
    group.has_option(custom_timeouts={"create": "45m", "delete": "2h"})


@BOTH
def test_scripts_run_once_the_node_has_joined(kind: type[Ec2Nodes]) -> None:
    text = b64decode(template(kind, post_bootstrap_scripts=["echo one", "echo two"])["userData"]).decode()
    assert "After=nodeadm-run.service" in text
    assert "After=eks-post-bootstrap-1.service" in text
    assert text.index("echo one") < text.index("echo two")


def test_on_windows_they_stand_behind_the_bootstrap_script() -> None:
    fields = {"ami_type": "WINDOWS_CORE_2022_x86_64", "post_bootstrap_scripts": ["Write-Host joined"]}
    text = b64decode(template(SelfManagedNodes, **fields)["userData"]).decode()
    assert text.index("& $EKSBootstrapScriptFile") < text.index("Write-Host joined")
