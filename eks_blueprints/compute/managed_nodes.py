"""Managed node groups: EC2 nodes that EKS starts, updates and repairs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.compute._hardware import Architecture, Hardware, ami_for, hardware
from eks_blueprints.compute._parts import (
    CapacityReservation,
    NodeRepairConfig,
    Placement,
    RemoteAccess,
    UpdateConfig,
    Volume,
    WarmPoolConfig,
)
from eks_blueprints.compute._rules import check_capacity, check_role, check_sizes, check_subnets, check_warm_pool
from eks_blueprints.compute._scheduling import Taint, check_labels, check_taints
from eks_blueprints.compute.base import Compute
from eks_blueprints.errors import Faults, fail, shown, unknown_name
from eks_blueprints.facts.ami_types import AL2_LAST_MINOR, CUSTOM, AmiType, ami_types
from eks_blueprints.leaves import PolicyArn, RoleArn, SecurityGroupId, Tags
from eks_blueprints.spec import In
from eks_blueprints.versions import minor, offered

if TYPE_CHECKING:
    from eks_blueprints.component import Component
    from eks_blueprints.refs import ClusterRef

_RELEASE = re.compile(r"(1\.\d+)(\.\d+)?-[0-9A-Za-z.-]+")
_DEFAULT_MIN_SIZE = 2


def _offer_ami_types(schema: dict[str, Any]) -> None:
    for choice in schema.get("anyOf", [schema]):
        if choice.get("type") == "string":
            choice["enum"] = sorted(ami_types())


class ManagedNodes(Compute):
    """A group of EC2 nodes that EKS starts, updates and repairs.

    A change that EKS cannot make to a group (instance types, image type, capacity type, subnets, role) makes a new
    group before the old one goes.
    """

    instance_types: tuple[str, ...] = Field(default=("m5.large",), min_length=1)
    """EC2 instance types, the most wanted first; all of one architecture. Several help spot capacity."""

    architecture: Architecture | None = None
    """Architecture of instance types that are newer than this package's table. Default: the table's."""

    ami_type: str | None = Field(default=None, json_schema_extra=_offer_ami_types)
    """Image, in EKS's words. Default: Amazon Linux 2023 for the types' architecture and accelerators."""

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

    release_version: str | None = None
    """Release of the image, such as `1.33.4-20250904`; pinned, nodes are replaced only when it is changed here.
    Default: the newest when the group is made or its version changes."""

    force_update_version: bool | None = None
    """Whether an update goes on where a pod disruption budget keeps pods from leaving. Default: it fails."""

    update_config: UpdateConfig = UpdateConfig()
    """How many nodes an update may take away at once."""

    node_repair_config: NodeRepairConfig | None = None
    """Have EKS replace unhealthy nodes. Default: it does not."""

    warm_pool_config: WarmPoolConfig | None = None
    """Keep started nodes in stock. Default: none."""

    disk: Volume = Volume()
    """Root volume; on Bottlerocket the volume for images and pods' data."""

    additional_volumes: dict[str, Volume] = {}
    """Further volumes by device name, such as `/dev/sdf`."""

    labels: dict[str, str] = {}
    """Kubernetes labels of the nodes."""

    taints: tuple[Taint, ...] = Field(default=(), max_length=50)
    """Kubernetes taints of the nodes."""

    subnets: Literal["private", "public"] | None = None
    """Which of the network's subnets nodes stand in. Default: private."""

    zones: tuple[str, ...] = ()
    """Availability zones, as the network writes them. Default: all of the network's."""

    subnet_ids: tuple[In[str], ...] = ()
    """Ids of the subnets nodes stand in, instead of `subnets` and `zones`."""

    security_group_ids: tuple[In[SecurityGroupId], ...] = Field(default=(), max_length=14)
    """Security groups of the nodes besides the cluster's; EC2 takes 16 in all, two of which may be ours."""

    remote_access: RemoteAccess | None = None
    """Logging in over the network. Default: not possible; Session Manager works without."""

    http_put_response_hop_limit: int = Field(default=2, ge=1, le=64)
    """Hops that answers of the instance metadata service may take: 2 for pods to reach it, 1 to keep them from it.
    Its version 2 is always required."""

    ebs_optimized: bool | None = None
    """Whether volumes have network capacity of their own, for types where that is a choice. Default: the type's."""

    monitoring: bool = False
    """Whether CloudWatch gets metrics every minute, which costs extra, rather than every five."""

    placement: Placement | None = None
    """Placement group or tenancy. Default: AWS chooses."""

    capacity_reservation: CapacityReservation | None = None
    """Reserved capacity to use. Default: open reservations that happen to match."""

    node_role_arn: In[RoleArn] | None = None
    """ARN of an IAM role that is there. Default: one is made, with what EKS needs and the two fields below."""

    session_manager: bool | None = None
    """Whether Systems Manager can open sessions on the nodes (AmazonSSMManagedInstanceCore). Default: yes."""

    policies: dict[str, In[PolicyArn]] = {}
    """ARNs of further IAM policies for the nodes, by a short name each. Pods are better off with their own roles."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that bounds the role that is made."""

    tags: Tags = {}
    """Tags of the group, its instances, volumes and network interfaces, besides the platform's."""

    @field_validator("ami_type")
    @classmethod
    def _image_is_eks_own(cls, ami_type: str | None) -> str | None:
        if ami_type == CUSTOM:
            raise ValueError("needs bootstrap data of one's own; got CUSTOM; name one of EKS's images")
        if ami_type is not None and ami_type not in ami_types():
            raise ValueError(unknown_name(ami_type, ami_types(), "image of EKS"))
        return ami_type

    @field_validator("version")
    @classmethod
    def _version_is_offered(cls, version: str | None) -> str | None:
        return None if version is None else offered(version)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        self._check_image(faults)
        self._check_release(faults)
        check_sizes(self, faults)
        check_capacity(self, faults)
        check_subnets(self, faults)
        check_role(self, faults)
        check_labels(self.labels, faults)
        check_taints(self.taints, faults)
        faults.raise_if_any()
        return self

    @property
    def ami(self) -> AmiType:
        """The image nodes start from."""
        found = self._image(Faults())
        if found is None:
            raise ValueError(f"{self.name} has no image")
        return found

    @property
    def scaling(self) -> tuple[int, int, int]:
        """Fewest, desired and most nodes, defaults applied."""
        fewest = self.min_size
        if fewest is None:
            fewest = _DEFAULT_MIN_SIZE if self.desired_size is None else self.desired_size
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
        return self.instance_types

    @property
    def node_labels(self) -> Mapping[str, str]:
        """Labels of every node, besides those that Kubernetes and EKS set."""
        return self.labels

    @property
    def node_taints(self) -> tuple[Taint, ...]:
        """Taints of every node."""
        return self.taints

    @property
    def node_count(self) -> tuple[int, int | None] | None:
        """Fewest and most nodes."""
        return self.scaling[0], self.scaling[2]

    def attach(self, cluster: ClusterRef) -> Component:
        """Make the group, with its role and launch template."""
        from eks_blueprints.compute._node_group import make

        if (version := self.version or cluster.version) is not None and not self.ami.runs(minor(version)):
            what = f"has no image for Kubernetes {version}, 1.{AL2_LAST_MINOR} is its last"
            fail(f"{what}; got {self.ami.name}; use AL2023 or Bottlerocket", self.group, self.name, "ami_type")
        return make(self, cluster)

    def _hardware(self, faults: Faults) -> Hardware | None:
        return hardware(self.instance_types, self.architecture, faults)

    def _image(self, faults: Faults) -> AmiType | None:
        found = self._hardware(faults)
        return None if found is None else ami_for(self.instance_types, self.ami_type, found, faults)

    def _check_image(self, faults: Faults) -> None:
        ami = self._image(faults)
        if ami is None:
            return
        if self.version is not None and not ami.runs(minor(self.version)):
            what = f"has no image for Kubernetes {self.version}, 1.{AL2_LAST_MINOR} is its last"
            faults.add("ami_type", f"{what}; got {ami.name}; use AL2023 or Bottlerocket")
        # A volume cannot be smaller than the snapshot it is made from.
        smallest = 50 if ami.windows else 20
        if self.disk.volume_size < smallest:
            message = f"is too small for {ami.name}; got {self.disk.volume_size}; use at least {smallest}"
            faults.add(("disk", "volume_size"), message)
        check_warm_pool(self, ami, faults)

    def _check_release(self, faults: Faults) -> None:
        if self.release_version is None:
            return
        match = _RELEASE.fullmatch(self.release_version)
        if match is None:
            got = shown(self.release_version)
            faults.add("release_version", f"is no release of an image; got {got}; write it like 1.33.4-20250904")
        elif self.version is not None and match.group(1) != self.version:
            got = f"{self.release_version} with version {self.version}"
            faults.add("release_version", f"is of another Kubernetes version; got {got}; take a matching release")
