"""Classes of Karpenter's nodes: images, networks, disks and permissions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import TAGS_PER_RESOURCE, Tags
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.karpenter import user_data
from eks_blueprints.karpenter.forms import Some
from eks_blueprints.karpenter.kubelet import Kubelet
from eks_blueprints.karpenter.labels import object_name
from eks_blueprints.karpenter.network_interfaces import NetworkInterface, check_interfaces
from eks_blueprints.karpenter.object_metadata import ObjectMetadata
from eks_blueprints.karpenter.selectors import (
    ALIASES,
    AmiSelectorTerm,
    CapacityReservationSelectorTerm,
    Family,
    PlacementGroupSelector,
    SecurityGroupSelectorTerm,
    SubnetSelectorTerm,
    check_aliases,
)
from eks_blueprints.karpenter.volumes import BlockDeviceMapping

MAX_TERMS = 30
_SWITCH = Literal["enabled", "disabled"]
_ROLE = Form(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}")
_PROFILE = Form(r"[\w+=,.@-]{1,128}")
_KARPENTERS_TAGS = 6  # Cluster twice, pool, claim, class and Name; EC2 counts them too.
_RESERVED_TAGS = (
    "eks:eks-cluster-name",
    "karpenter.sh/nodepool",
    "karpenter.sh/nodeclaim",
    "karpenter.k8s.aws/ec2nodeclass",
)


def role_name(value: str) -> str:
    """The name of a role of nodes.

    Raises:
        ValueError: if it is none, offering the name where an ARN was written.
    """
    if value.startswith("arn:"):
        raise ValueError(f"needs the name, not the ARN; got {shown(value)}; write {value.rpartition('/')[2] or 'it'}")
    if not _ROLE.fullmatch(value):
        raise ValueError(f"is not a valid name of a role; got {shown(value)}; use up to 64 letters, digits and _+=,.@-")
    return value


def profile_name(value: str) -> str:
    """The name of an instance profile.

    Raises:
        ValueError: if it is none.
    """
    if value.startswith("arn:"):
        raise ValueError(f"needs the name, not the ARN; got {shown(value)}; write {value.rpartition('/')[2] or 'it'}")
    if not _PROFILE.fullmatch(value):
        raise ValueError(f"is not an instance profile; got {shown(value)}; use up to 128 letters, digits and _+=,.@-")
    return value


RoleName = Annotated[str, AfterValidator(role_name)]
ProfileName = Annotated[str, AfterValidator(profile_name)]


class MetadataOptions(Spec):
    """How pods and processes reach the instance metadata service."""

    http_endpoint: _SWITCH | None = None
    """Whether it is there. Default: enabled."""
    http_protocol_ipv6: _SWITCH | None = None
    """Whether it also has an IPv6 address. Default: disabled."""
    http_put_response_hop_limit: int | None = Field(default=None, ge=1, le=64)
    """Network hops that its answers travel; pods outside the host's network need 2. Default: 1."""
    http_tokens: Literal["required", "optional"] | None = None
    """Whether callers need a token (IMDSv2). Default: required."""


class ConnectionTracking(Spec):
    """How long security groups remember idle connections."""

    tcp_established_timeout: int | None = Field(default=None, ge=60, le=432_000)
    """Seconds for established TCP connections. Default: EC2's, 350 or 432,000 by instance type."""
    udp_stream_timeout: int | None = Field(default=None, ge=60, le=180)
    """Seconds for UDP flows with more than one exchange. Default: 180."""
    udp_timeout: int | None = Field(default=None, ge=30, le=60)
    """Seconds for UDP flows with one exchange. Default: 30."""

    @model_validator(mode="after")
    def _one_is_given(self) -> ConnectionTracking:
        if self.tcp_established_timeout is None and self.udp_stream_timeout is None and self.udp_timeout is None:
            known = "tcp_established_timeout, udp_stream_timeout or udp_timeout"
            raise ValueError(f"is empty; got {{}}; write {known}, or leave it out")
        return self


class CpuOptions(Spec):
    """Processor features of nodes."""

    nested_virtualization: _SWITCH | None = None
    """Whether virtual machines can run on the nodes; leaves only instance types that support it. Default: disabled."""


class EnclaveOptions(Spec):
    """AWS Nitro Enclaves: isolated machines beside a node's own system."""

    enabled: bool
    """Whether nodes can run them; leaves only instance types that support it."""


class Ec2NodeClass(Spec):
    """What the nodes of Karpenter's pools are made of."""

    name: str = "default"
    """Name of the EC2NodeClass; pools refer to it."""
    metadata: ObjectMetadata | None = None
    """Labels and annotations of the EC2NodeClass itself."""
    ami_selector_terms: Some[AmiSelectorTerm] = Field(max_length=MAX_TERMS)
    """Images that nodes may start from; one alias such as `al2023@v20250920`, or terms of the other sorts."""
    ami_family: Family | None = None
    """How nodes are bootstrapped. Required without an alias, otherwise that of the alias or Custom."""
    subnet_selector_terms: Some[SubnetSelectorTerm] | None = Field(default=None, max_length=MAX_TERMS)
    """Subnets of nodes. Default: those tagged for this cluster's Karpenter."""
    security_group_selector_terms: Some[SecurityGroupSelectorTerm] | None = Field(default=None, max_length=MAX_TERMS)
    """Security groups of nodes. Default: those tagged for this cluster's Karpenter."""
    role: In[RoleName] | None = None
    """Name of the IAM role of nodes. Default: the role created for Karpenter's nodes."""
    instance_profile: In[ProfileName] | None = None
    """Your own name instance profile, instead of `role`."""
    capacity_reservation_selector_terms: Many[CapacityReservationSelectorTerm] = Field(default=(), max_length=MAX_TERMS)
    """Capacity reservations that nodes may use, with capacity type reserved. Default: none."""
    placement_group_selector: PlacementGroupSelector | None = None
    """Placement group of nodes. Default: none."""
    associate_public_ip_address: bool | None = None
    """Whether nodes get a public IPv4 address. Default: the subnet's setting."""
    ip_prefix_count: int | None = Field(default=None, ge=0, le=2**31 - 1)
    """IPv4 prefixes of the first network interface. Default: none, the VPC CNI adds them."""
    network_interfaces: Many[NetworkInterface] = Field(default=(), max_length=150)
    """Network interfaces at launch. Default: one, and EFA interfaces for pods that ask for them."""
    user_data: In[str] | None = None
    """What is merged into Karpenter's user data: a shell script, MIME archive or NodeConfig for Amazon Linux, TOML for
    Bottlerocket, PowerShell for Windows, and the whole of it for Custom."""
    block_device_mappings: Many[BlockDeviceMapping] = Field(default=(), max_length=50)
    """Disks. Default: those of the family, such as 20Gi gp3 for Amazon Linux."""
    instance_store_policy: Literal["RAID0"] | None = None
    """RAID0 joins the instance's own NVMe disks for the kubelet and containers. Default: they are left alone."""
    metadata_options: MetadataOptions | None = None
    """Instance metadata service. Default: IMDSv2 only, for the host's own network."""
    connection_tracking: ConnectionTracking | None = None
    """Timeouts of tracked connections. Default: EC2's."""
    cpu_options: CpuOptions | None = None
    """Processor features. Default: EC2's."""
    enclave_options: EnclaveOptions | None = None
    """Nitro Enclaves. Default: off."""
    detailed_monitoring: bool | None = None
    """Whether CloudWatch gets metrics each minute. Default: false."""
    kubelet: Kubelet | None = None
    """Settings of the kubelet. Default: those of the image."""
    tags: Tags = {}
    """Tags of instances, volumes and launch templates, besides Karpenter's own."""
    context: In[str] | None = None
    """The field of that name in EC2's CreateFleet, for accounts that got a value from AWS."""

    @field_validator("name")
    @classmethod
    def _name_has_the_form(cls, name: str) -> str:
        return object_name(name)

    @model_validator(mode="after")
    def _rules_hold(self) -> Ec2NodeClass:
        faults = Faults()
        check_aliases(self.ami_selector_terms, faults)
        self._check_family(faults)
        self._check_user_data(faults)
        self._check_kubelet(faults)
        if self.role is not None and self.instance_profile is not None:
            faults.add("instance_profile", "cannot be combined with role; got both; leave one out")
        check_interfaces(self.network_interfaces, faults, ("network_interfaces",))
        self._check_disks(faults)
        check_tags(self.tags, _RESERVED_TAGS, TAGS_PER_RESOURCE - _KARPENTERS_TAGS, faults)
        faults.raise_if_any()
        return self

    @property
    def alias(self) -> str | None:
        """The alias of AWS's own image, if nodes start from one."""
        return next((term.alias for term in self.ami_selector_terms if term.alias), None)

    @property
    def family(self) -> Family:
        """How nodes are bootstrapped."""
        if self.ami_family is not None or self.alias is None:
            return self.ami_family or "Custom"
        return ALIASES[self.alias.partition("@")[0]]

    def _check_family(self, faults: Faults) -> None:
        if self.alias is None and self.ami_family is None:
            faults.add("ami_family", f"is required without an alias; got nothing; use one of {', '.join(_FAMILIES)}")
        elif self.alias is not None and self.ami_family not in (None, "Custom"):
            of_alias = ALIASES[self.alias.partition("@")[0]]
            if self.ami_family != of_alias:
                do = f"write {of_alias} or Custom, or leave it out"
                faults.add("ami_family", f"is not that of {self.alias}; got {self.ami_family}; {do}")
        if self.instance_store_policy and self.family.startswith("Windows"):
            faults.add("instance_store_policy", "has no effect on Windows; got RAID0; leave it out")

    def _check_user_data(self, faults: Faults) -> None:
        if isinstance(self.user_data, str):
            for message in user_data.problems(self.user_data, self.family):
                faults.add("user_data", message)

    def _check_kubelet(self, faults: Faults) -> None:
        if self.kubelet is None:
            return
        if self.family != "AL2023":
            for field in self.kubelet.passed_on:
                message = f"is passed on to AL2023 only; got family {self.family}; write it into user_data or the image"
                faults.add(("kubelet", field), message)
        if self.kubelet.pods_per_core and self.family == "Bottlerocket":
            got = self.kubelet.pods_per_core
            faults.add(("kubelet", "pods_per_core"), f"has no effect on Bottlerocket; got {got}; use max_pods")
        if len(self.kubelet.cluster_dns) > 1 and (self.family == "Bottlerocket" or self.family.startswith("Windows")):
            message = f"accepts one server on {self.family}; got {len(self.kubelet.cluster_dns)}; leave one"
            faults.add(("kubelet", "cluster_dns"), message)

    def _check_disks(self, faults: Faults) -> None:
        names: set[str] = set()
        roots = 0
        for index, disk in enumerate(self.block_device_mappings):
            if disk.device_name in names:
                got = shown(disk.device_name)
                faults.add(("block_device_mappings", index, "device_name"), f"is listed twice; got {got}; rename one")
            names.add(disk.device_name)
            roots += disk.root_volume
            if disk.root_volume and roots > 1:
                message = "is the second root volume; got true; leave one"
                faults.add(("block_device_mappings", index, "root_volume"), message)


_FAMILIES = ("AL2", "AL2023", "Bottlerocket", "Custom", "Windows2019", "Windows2022", "Windows2025")


def check_tags(tags: dict[str, str], reserved: tuple[str, ...], most: int, faults: Faults) -> None:
    """Note tags that the controller sets itself, and more than leave room for its own."""
    for key in tags:
        if key in reserved or key.startswith("kubernetes.io/cluster"):
            faults.add(("tags", key), f"is set by the controller itself; got {shown(key)}; remove it")
    if len(tags) > most:
        faults.add("tags", f"can have at most {most} tags beside the controller's own; got {len(tags)}; remove some")
