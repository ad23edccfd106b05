"""What groups of EC2 nodes have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_serializer, field_validator

from eks_blueprints.compute._hardware import Architecture, Hardware, ami_for, hardware
from eks_blueprints.compute._instance_settings import InstanceSettings
from eks_blueprints.compute._parts import Volume
from eks_blueprints.compute._rules import missing_subnets
from eks_blueprints.compute._scheduling import Taint
from eks_blueprints.compute._settings_rules import read_bottlerocket, read_node_config
from eks_blueprints.core.errors import Faults, Problem, unknown_name
from eks_blueprints.core.facts.ami_types import CUSTOM, AmiType, ami_types
from eks_blueprints.core.json_values import written
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import PolicyArn, RoleArn, SecurityGroupId, Tags
from eks_blueprints.core.role_spec import RoleArgs
from eks_blueprints.core.spec import In, Many, Several
from eks_blueprints.core.versions import offered

if TYPE_CHECKING:
    from eks_blueprints.compute._group_options import CapacityReservation, Placement, RemoteAccess, WarmPoolConfig
    from eks_blueprints.core.refs import Ground
else:
    CapacityReservation = late("eks_blueprints.compute._group_options", "CapacityReservation")
    Placement = late("eks_blueprints.compute._group_options", "Placement")
    RemoteAccess = late("eks_blueprints.compute._group_options", "RemoteAccess")
    WarmPoolConfig = late("eks_blueprints.compute._group_options", "WarmPoolConfig")

DEFAULT_MIN_SIZE = 2


def offer_ami_types(*more: str) -> Callable[[dict[str, Any]], None]:
    """What names EKS's images, and more, in the schema."""

    def offer(schema: dict[str, Any]) -> None:
        for choice in schema.get("anyOf", [schema]):
            if choice.get("type") == "string":
                choice["enum"] = sorted([*ami_types(), *more])

    return offer


def known_ami_type(ami_type: str | None) -> str | None:
    """The name of one of EKS's images.

    Raises:
        ValueError: if there is none of that name.
    """
    if ami_type is not None and ami_type not in ami_types():
        raise ValueError(unknown_name(ami_type, ami_types(), "image of EKS"))
    return ami_type


class Ec2Nodes(InstanceSettings):
    """A group of EC2 nodes, whoever looks after it."""

    instance_types: Many[str] = Field(default=("m5.large",), min_length=1, max_length=40)
    """EC2 instance types, the most wanted first; all of one architecture. Several help spot capacity. With
    `launch_template` the template's type, unless some are named here."""

    architecture: Architecture | None = None
    """Architecture of instance types that are newer than this package's table, or that are not named here. Default:
    the table's, and x86_64 where no type is named."""

    ami_type: str | None = Field(default=None, json_schema_extra=offer_ami_types())
    """Image, in EKS's terms. Default: Amazon Linux 2023 for the types' architecture and accelerators."""

    capacity_type: Literal["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"] = "ON_DEMAND"
    """How instances are bought."""

    min_size: int | None = Field(default=None, ge=0, le=100_000)
    """Fewest nodes. Default: desired_size, or 2."""

    max_size: int | None = Field(default=None, ge=1, le=100_000)
    """Most nodes. Default: desired_size, or min_size, and at least 1."""

    desired_size: int | None = Field(default=None, ge=0, le=100_000)
    """Nodes at the start; left alone afterwards, because autoscalers change it. Default: min_size."""

    version: str | None = None
    """Kubernetes version of the nodes, such as `"1.33"`. Default: the cluster's, so that they are updated with it."""

    warm_pool_config: WarmPoolConfig | None = None
    """Keep started nodes in stock. Default: none."""

    disk: Volume = Volume()
    """Root volume; on Bottlerocket the volume for images and pods' data."""

    disk_device_name: str | None = None
    """Device of `disk`, such as `/dev/sda1`, for images that have another root device than EKS's. Default:
    `/dev/xvda`; `/dev/sda1` on Windows, `/dev/xvdb` on Bottlerocket."""

    additional_volumes: dict[str, Volume] = {}
    """Further volumes by device name, such as `/dev/sdf`."""

    labels: dict[str, str] = {}
    """Kubernetes labels of the nodes."""

    taints: Many[Taint] = Field(default=(), max_length=50)
    """Kubernetes taints of the nodes."""

    subnets: Literal["private", "public"] | None = None
    """Which of the network's subnets nodes are in. Default: private."""

    zones: Many[str] = ()
    """Availability zones, as the network writes them. Default: all of the network's."""

    subnet_ids: Several[str] = ()
    """Ids of the subnets nodes are in, instead of `subnets` and `zones`."""

    security_group_ids: Several[SecurityGroupId] = Field(default=(), max_length=14)
    """Security groups of the nodes besides the cluster's; EC2 accepts 16 in all, two of which may be ours."""

    security_groups: Many[str] = Field(default=(), max_length=14)
    """The same by their names in `security_groups` of the platform."""

    remote_access: RemoteAccess | None = None
    """Logging in over the network. Default: not possible; Session Manager works without."""

    http_put_response_hop_limit: int = Field(default=1, ge=1, le=64)
    """Hops that answers of the instance metadata service may take: 1 keeps pods from it, and so from the role of their
    node, as EKS does by itself on Amazon Linux 2023; 2 lets them reach it, which they need for `identity: node_role`.
    Its version 2 is always required."""

    ebs_optimized: bool | None = None
    """Whether volumes have network capacity of their own, for types where that is a choice. Default: the type's."""

    monitoring: bool = False
    """Whether CloudWatch gets metrics every minute, which costs extra, rather than every five."""

    placement: Placement | None = None
    """Placement group, tenancy or host. Default: AWS chooses."""

    efa: bool = False
    """Whether nodes have interfaces of the Elastic Fabric Adapter, as many as their type takes, in a security group
    that lets them talk to each other, and, where no `placement` names one, in a placement group that keeps them close
    together. One zone only. Pods ask for them as `vpc.amazonaws.com/efa`, by the add-on aws_efa_k8s_device_plugin."""

    capacity_reservation: CapacityReservation | None = None
    """Reserved capacity to use. Default: open reservations that happen to match."""

    node_role_arn: In[RoleArn] | None = None
    """ARN of an existing IAM role. Default: one is created, with what EKS needs and the two fields below."""

    node_role: str | None = None
    """Name of a role of the platform's `node_roles`, for groups that have one together. Default: its own role."""

    session_manager: bool | None = None
    """Whether Systems Manager can open sessions on the nodes (AmazonSSMManagedInstanceCore). Default: yes."""

    policies: dict[str, In[PolicyArn]] = {}
    """ARNs of further IAM policies for the nodes, by a short name each. Pods are better off with their own roles."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that is the permissions boundary of the created role."""

    iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role that is created."""

    max_pods: int | None = Field(default=None, ge=1, le=1000)
    """Most pods on a node. Default: by the instance type's network interfaces, as the image counts them."""

    pre_bootstrap_scripts: Many[In[str]] = ()
    """Scripts that run before a node joins: shell on Amazon Linux, PowerShell on Windows; Bottlerocket has none."""

    post_bootstrap_scripts: Many[In[str]] = ()
    """Scripts that run once the node has joined: shell on Amazon Linux 2023, PowerShell on Windows."""

    node_config: dict[str, Any] = {}
    """`spec` of the NodeConfig that Amazon Linux 2023 reads, such as `{kubelet: {config: {...}}}`, in nodeadm's own
    spelling, merged with what the other fields say: mappings key by key, lists one after the other. A value can be
    `{secret: key}` or another reference. Source: github.com/awslabs/amazon-eks-ami, "NodeConfig".
    """

    bottlerocket_settings: dict[str, Any] = {}
    """Settings of Bottlerocket, such as `{kernel: {lockdown: integrity}}`, in its own spelling, merged with what the
    other fields say as `node_config` is. A value can be `{secret: key}` or another reference. Source: bottlerocket.dev,
    "Settings reference".
    """

    tags: Tags = {}
    """Tags of the group, its instances, volumes and network interfaces, besides the platform's."""

    @field_validator("version")
    @classmethod
    def _version_is_offered(cls, version: str | None) -> str | None:
        return None if version is None else offered(version)

    @field_validator("ami_type")
    @classmethod
    def _image_is_known(cls, ami_type: str | None) -> str | None:
        if ami_type == CUSTOM:
            raise ValueError("does not say how nodes start; got CUSTOM; name the image that yours is built like")
        return known_ami_type(ami_type)

    @field_validator("node_config")
    @classmethod
    def _node_config_is_read(cls, spec: dict[str, Any]) -> dict[str, Any]:
        return read_node_config(spec)

    @field_validator("bottlerocket_settings")
    @classmethod
    def _settings_are_read(cls, settings: dict[str, Any]) -> dict[str, Any]:
        return read_bottlerocket(settings)

    @field_serializer("node_config", "bottlerocket_settings", when_used="json")
    def _settings_are_written(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {key: written(value) for key, value in settings.items()}

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Subnets that are not there."""
        yield from super().problems_on(ground)
        if not self.subnet_ids:
            yield from missing_subnets(ground.network, self.subnets or "private", self.zones)

    def further_tags(self, ground: Ground) -> Iterator[Iterable[str]]:
        """The name that instances and security groups are given."""
        yield from super().further_tags(ground)
        yield ("Name",)

    @property
    def ami(self) -> AmiType:
        """The image nodes start from, or what an image of one's own is built like."""
        found = self.image_of(Faults())
        if found is None:
            raise ValueError(f"{self.name} has no image")
        return found

    @property
    def needs_entry(self) -> bool:
        """Whether EKS does not make the access entry of its nodes' role itself."""
        return False

    @property
    def scaling(self) -> tuple[int, int, int]:
        """Fewest, desired and most nodes, defaults applied."""
        fewest = self.min_size
        if fewest is None:
            fewest = DEFAULT_MIN_SIZE if self.desired_size is None else self.desired_size
        desired = fewest if self.desired_size is None else self.desired_size
        most = max(desired, 1) if self.max_size is None else self.max_size
        return fewest, desired, most

    @property
    def operating_system(self) -> Literal["linux", "windows"]:
        """What its nodes run."""
        return "windows" if self.ami.windows else "linux"

    @property
    def architectures(self) -> frozenset[Architecture]:
        """Processor architecture of its nodes."""
        return frozenset((self.ami.architecture,))

    @property
    def node_instance_types(self) -> tuple[str, ...]:
        """EC2 instance types of its nodes."""
        return self.named_types

    @property
    def named_types(self) -> tuple[str, ...]:
        """The instance types that the group itself names; none where its launch template does."""
        said = self.launch_template is None or "instance_types" in self.model_fields_set
        return tuple(self.instance_types) if said else ()

    @property
    def node_labels(self) -> Mapping[str, str]:
        """Labels of every node, besides those that Kubernetes and EKS set."""
        return self.labels

    @property
    def node_taints(self) -> tuple[Taint, ...]:
        """Taints of every node."""
        return tuple(self.taints)

    @property
    def node_count(self) -> tuple[int, int | None] | None:
        """Fewest and most nodes."""
        return self.scaling[0], self.scaling[2]

    def hardware_of(self, faults: Faults) -> Hardware | None:
        """What the instance types have in common, with what is wrong about them noted."""
        if not self.named_types:
            named = ami_types().get(self.ami_type or "")
            built_for = "x86_64" if named is None else named.architecture
            return Hardware(self.architecture or built_for, None if named is None else named.accelerator)
        return hardware(self.named_types, self.architecture, faults)

    def image_of(self, faults: Faults) -> AmiType | None:
        """The image for the instance types, with what is wrong about it noted."""
        found = self.hardware_of(faults)
        return None if found is None else ami_for(self.named_types, self.ami_type, found, faults)

    @property
    def taints_by_eks(self) -> bool:
        """Whether EKS passes labels and taints to the kubelet, and not our user data."""
        return False

    @property
    def on_bottlerocket(self) -> bool:
        """Whether it is said that nodes run Bottlerocket."""
        return (self.ami_type or "").startswith("BOTTLEROCKET")
