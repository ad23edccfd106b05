"""What EC2 instances of a group are launched with, apart from their image, size and disks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from eks_blueprints.compute._leaves import LicenseConfigurationArn, TemplateName
from eks_blueprints.compute._parts import GroupTimeouts
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.form import Form
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.compute._instance_parts import (
        CpuOptions,
        LaunchTemplateSpecification,
        NetworkInterface,
        PrivateDnsNameOptions,
    )
else:
    CpuOptions = late("eks_blueprints.compute._instance_parts", "CpuOptions")
    LaunchTemplateSpecification = late("eks_blueprints.compute._instance_parts", "LaunchTemplateSpecification")
    NetworkInterface = late("eks_blueprints.compute._instance_parts", "NetworkInterface")
    PrivateDnsNameOptions = late("eks_blueprints.compute._instance_parts", "PrivateDnsNameOptions")

_group_prefix = Form(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,35}",
    what="cannot begin the name of a group",
    do="use up to 36 letters, digits, - and _, with a letter or digit first",
)
GroupPrefix = Annotated[str, AfterValidator(_group_prefix)]


class InstanceSettings(Compute):
    """Settings of EC2's launch templates, which groups have in common."""

    launch_template: LaunchTemplateSpecification | None = None
    """A launch template that exists, with its settings for nodes; fields that the template sets are refused. Default:
    one is created from the other fields.
    """

    launch_template_name: TemplateName | None = None
    """Name of the launch template that is created, which must be free; changing it replaces the group. Default: one is
    generated.
    """

    launch_template_description: str | None = Field(default=None, min_length=1, max_length=255)
    """What the launch template that is created is for."""

    group_name_prefix: GroupPrefix | None = None
    """What the name of the group in AWS begins with, up to 36 characters; its own suffix comes behind it. Changing it
    replaces the group. Default: generated from the names of the platform and the group.
    """

    instance_name: str | None = Field(default=None, min_length=1, max_length=256)
    """Tag `Name` of the instances, their volumes and network interfaces. Default: the group's name with the
    platform's in front, such as `prod-nodes`."""

    cpu_options: CpuOptions | None = None
    """Cores, threads and memory encryption of the processor. Default: the type's."""

    cpu_credits: Literal["standard", "unlimited"] | None = None
    """Credits of burstable types, such as t3. Default: the type's."""

    enclave: bool = False
    """Whether nodes can have Nitro enclaves."""

    auto_recovery: Literal["default", "disabled"] | None = None
    """Whether EC2 moves an instance to other hardware when its own fails. Default: it does, where the type can."""

    network_interfaces: Many[NetworkInterface] = Field(default=(), max_length=32)
    """Further network interfaces of each node. The first one is always there; one with `device_index: 0` replaces what
    is said of it. With several, nodes in public subnets get no public address."""

    efa_network_cards: Many[int] = ()
    """Numbers of the network cards that have an interface of the Elastic Fabric Adapter, with `efa`. Default: all that
    take one."""

    private_dns_name_options: PrivateDnsNameOptions | None = None
    """Host names of the nodes. Default: the subnet's settings."""

    license_configuration_arns: Many[In[LicenseConfigurationArn]] = ()
    """ARNs of license configurations (AWS License Manager) that count the instances. Default: none."""

    disable_api_termination: bool = False
    """Whether people and programs cannot end an instance by EC2's API. The group itself still can."""

    disable_api_stop: bool = False
    """Whether people and programs cannot stop an instance by EC2's API."""

    timeouts: GroupTimeouts = GroupTimeouts()
    """How long to wait for the group to be created, changed and removed."""
