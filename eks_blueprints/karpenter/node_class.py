"""Classes of EKS Auto Mode's nodes: networks, disks and permissions; images and bootstrap are Auto Mode's own."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import IN_THE_REGION, TAGS_PER_RESOURCE, Tags
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.karpenter.ec2_node_class import MAX_TERMS, ProfileName, RoleName, check_tags
from eks_blueprints.karpenter.forms import Some
from eks_blueprints.karpenter.labels import object_name
from eks_blueprints.karpenter.network_interfaces import NetworkInterface, check_interfaces
from eks_blueprints.karpenter.object_metadata import ObjectMetadata
from eks_blueprints.karpenter.selectors import (
    NonEmpty,
    PlacementGroupSelector,
    ReservationId,
    SecurityGroupSelectorTerm,
    SelectorTags,
    SubnetSelectorTerm,
    Term,
)
from eks_blueprints.karpenter.volumes import DiskSize

BUILT_IN = "default"
"""The class that Auto Mode brings for its built-in pools."""

_RESERVED_TAGS = (
    "karpenter.sh/provisioner-name",
    "karpenter.sh/nodepool",
    "karpenter.sh/nodeclaim",
    "karpenter.sh/managed-by",
    "eks.amazonaws.com/nodeclass",
)
_FIXED = frozenset(
    {
        "ami_family",
        "ami_selector_terms",
        "block_device_mappings",
        "detailed_monitoring",
        "instance_store_policy",
        "kubelet",
        "metadata_options",
        "user_data",
    }
)
_FIXED_DO = "remove it, or run Karpenter yourself for these nodes"
_SYSCTL = Form(r"[a-z0-9_-]+([./][a-z0-9_.-]+)+")
_MOST_LETTERS = 255


class ReservationTerm(Term):
    """Capacity reservations by id, or by tags and owner."""

    tags: SelectorTags | None = None
    """Tags of the reservations; `*` for any value."""
    id: In[ReservationId] | None = None
    """Id of a reservation."""
    owner: str | None = Field(default=None, pattern=r"^[0-9]{12}$")
    """Account that owns the reservations, twelve digits."""

    @model_validator(mode="after")
    def _rules_hold(self) -> ReservationTerm:
        self.check_needs("tags", "id")
        faults = Faults()
        self.check_alone(faults, "id")
        faults.raise_if_any()
        return self


class EphemeralStorage(Spec):
    """The disk for images, logs and pods' scratch space."""

    size: DiskSize | None = None
    """Size, such as `160Gi`. Default: 80Gi."""
    iops: int | None = Field(default=None, ge=3000, le=16000)
    """I/O operations per second. Default: 3000."""
    throughput: int | None = Field(default=None, ge=125, le=1000)
    """MiB per second. Default: 125."""
    kms_key_id: In[Annotated[NonEmpty, IN_THE_REGION]] | None = None
    """Id, ARN, alias or alias ARN of the KMS key for it and the root disk. Default: AWS's key for EBS."""


class AutoModeInterface(NetworkInterface):
    """One network interface at its place, with its addresses for pods."""

    secondary_ipv4_count: int | None = Field(default=None, ge=0)
    """Secondary IPv4 addresses that it gets at launch."""
    secondary_ipv4_prefix_count: int | None = Field(default=None, ge=0)
    """IPv4 prefixes of 16 addresses that it gets at launch."""


class AdvancedNetworking(Spec):
    """Public addresses, proxies and how pods get their addresses."""

    associate_public_ip_address: bool | None = None
    """Whether nodes get a public IPv4 address. Default: the subnet's setting."""
    https_proxy: str | None = Field(default=None, max_length=_MOST_LETTERS)
    """URL of the proxy, such as `http://proxy.example.com:3128`; an IPv6 address stands in brackets."""
    no_proxy: Many[str] = Field(default=(), max_length=50)
    """What is reached without the proxy, such as `169.254.169.254`, `.internal` and `.eks.amazonaws.com`."""
    ipv4_prefix_size: Literal["Auto", "32"] | None = None
    """How pods get addresses: Auto from prefixes of 16, or "32" one at a time. Default: Auto."""
    network_interfaces: Many[AutoModeInterface] = Field(default=(), max_length=150)
    """Network interfaces at launch, such as EFA; no addresses are added to them later. Default: Auto Mode's choice."""

    @field_validator("https_proxy")
    @classmethod
    def _proxy_is_a_url(cls, proxy: str | None) -> str | None:
        if proxy is None:
            return None
        try:
            parts = urlsplit(proxy)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and proxy.strip() == proxy
            _ = parts.port
        except ValueError:
            whole = False
        if not whole:
            raise ValueError(f"is not a valid URL; got {shown(proxy)}; write it like http://proxy.example.com:3128")
        return proxy

    @model_validator(mode="after")
    def _rules_hold(self) -> AdvancedNetworking:
        faults = Faults()
        for index, entry in enumerate(self.no_proxy):
            if not 1 <= len(entry) <= _MOST_LETTERS:
                faults.add(("no_proxy", index), f"needs 1 to {_MOST_LETTERS} characters; got {len(entry)}; shorten it")
        check_interfaces(self.network_interfaces, faults, ("network_interfaces",))
        faults.raise_if_any()
        return self


class AdvancedSecurity(Spec):
    """Hardening of nodes."""

    fips: bool | None = None
    """Whether images with FIPS-validated cryptography are used: United States, GovCloud and Canada. Default: false."""
    kernel_lockdown: Literal["integrity", "none"] | None = None
    """Whether the kernel refuses changes to itself, unsigned modules among them."""


class Kernel(Spec):
    """Settings of the kernel."""

    sysctl: dict[str, int] = {}
    """Kernel parameters set at boot, such as `vm.max_map_count: 262144`."""

    @field_validator("sysctl")
    @classmethod
    def _keys_have_the_form(cls, sysctl: dict[str, int]) -> dict[str, int]:
        for key in sysctl:
            if not _SYSCTL.fullmatch(key):
                raise ValueError(f"is not a valid kernel parameter; got {shown(key)}; write it like vm.max_map_count")
        return sysctl


class AdvancedCompute(Spec):
    """Settings of the machine."""

    kernel: Kernel | None = None
    """Settings of the kernel. Source: public examples; the EKS user guide does not describe it yet."""


class CertificateBundle(Spec):
    """Certificates that nodes trust."""

    name: str
    """Name of the bundle."""
    data: In[str]
    """Certificates in PEM form, base64-encoded."""

    @field_validator("name")
    @classmethod
    def _name_is_given(cls, name: str) -> str:
        if not name.strip():
            raise ValueError(f"is empty; got {shown(name)}; name the bundle")
        return name

    @field_validator("data")
    @classmethod
    def _data_is_base64(cls, data: object) -> object:
        if isinstance(data, str):
            try:
                decoded = base64.b64decode("".join(data.split()), validate=True)
            except (binascii.Error, ValueError):
                raise ValueError(f"is not base64; got {shown(data)}; encode the PEM file with base64") from None
            if b"-----BEGIN CERTIFICATE-----" not in decoded:
                raise ValueError("holds no certificate; got other text; encode the PEM file with base64")
        return data


class NodeClass(Spec):
    """What the nodes of Auto Mode's pools are made of."""

    name: str
    """Name of the NodeClass; pools refer to it. Not `default`, which is Auto Mode's own."""
    metadata: ObjectMetadata | None = None
    """Labels and annotations of the NodeClass itself."""
    role: In[RoleName] | None = None
    """Name of the IAM role of nodes. Default: the node role created for Auto Mode."""
    instance_profile: In[ProfileName] | None = None
    """Your own name instance profile, which must start with `eks`, instead of `role`."""
    subnet_selector_terms: Some[SubnetSelectorTerm] | None = Field(default=None, max_length=MAX_TERMS)
    """Subnets of nodes. Default: the cluster's own."""
    security_group_selector_terms: Some[SecurityGroupSelectorTerm] | None = Field(default=None, max_length=MAX_TERMS)
    """Security groups of nodes. Default: the cluster's own."""
    pod_subnet_selector_terms: Many[SubnetSelectorTerm] = Field(default=(), max_length=MAX_TERMS)
    """Subnets of pods, beside `pod_security_group_selector_terms`. Default: those of the nodes."""
    pod_security_group_selector_terms: Many[SecurityGroupSelectorTerm] = Field(default=(), max_length=MAX_TERMS)
    """Security groups of pods, for all pods alike. Default: those of the nodes."""
    capacity_reservation_selector_terms: Many[ReservationTerm] = Field(default=(), max_length=MAX_TERMS)
    """Capacity reservations that nodes may use, with capacity type reserved. Default: none."""
    placement_group_selector: PlacementGroupSelector | None = None
    """Placement group of nodes. Default: none."""
    snat_policy: Literal["Random", "Disabled"] | None = None
    """Whether pods reach the world outside the VPC by the node's address. Default: Random."""
    network_policy: Literal["DefaultAllow", "DefaultDeny"] | None = None
    """Settings for pods that no network policy speaks of. Default: DefaultAllow."""
    network_policy_event_logs: Literal["Enabled", "Disabled"] | None = None
    """Whether nodes log what network policies decide. Default: Disabled."""
    ephemeral_storage: EphemeralStorage | None = None
    """Disk for images, logs and scratch space. Default: 80Gi with 3,000 IOPS and 125 MiB/s."""
    advanced_networking: AdvancedNetworking | None = None
    """Public addresses, proxies, addresses of pods. Default: Auto Mode's."""
    advanced_security: AdvancedSecurity | None = None
    """FIPS and kernel lockdown. Default: neither."""
    advanced_compute: AdvancedCompute | None = None
    """Kernel parameters. Default: Auto Mode's."""
    certificate_bundles: Many[CertificateBundle] = ()
    """Certificates that nodes trust besides the usual ones. Default: none."""
    tags: Tags = {}
    """Tags of instances and volumes; the cluster's role needs permission to set them."""

    @model_validator(mode="before")
    @classmethod
    def _image_is_auto_modes(cls, value: Any) -> Any:
        faults = Faults()
        for field in sorted(_FIXED & set(value if isinstance(value, Mapping) else ())):
            faults.add(field, f"is fixed by Auto Mode; got {shown(value[field])}; {_FIXED_DO}")
        faults.raise_if_any()
        return value

    @field_validator("name")
    @classmethod
    def _name_is_free(cls, name: str) -> str:
        if object_name(name) == BUILT_IN:
            raise ValueError(f"is the name of Auto Mode's own class; got {shown(name)}; choose another")
        return name

    @field_validator("instance_profile")
    @classmethod
    def _profile_starts_with_eks(cls, profile: object) -> object:
        if isinstance(profile, str) and not profile.startswith("eks"):
            raise ValueError(f"must start with eks on Auto Mode; got {shown(profile)}; rename the profile")
        return profile

    @model_validator(mode="after")
    def _rules_hold(self) -> NodeClass:
        faults = Faults()
        if self.role is not None and self.instance_profile is not None:
            faults.add("instance_profile", "cannot be combined with role; got both; leave one out")
        for index, term in enumerate(self.pod_security_group_selector_terms):
            if term.name is not None:
                do = "select by tags or id"
                faults.add(
                    ("pod_security_group_selector_terms", index, "name"), f"is no way to select here; got name; {do}"
                )
        names = [bundle.name for bundle in self.certificate_bundles]
        for index, name in enumerate(names):
            if name in names[:index]:
                faults.add(("certificate_bundles", index, "name"), f"is listed twice; got {shown(name)}; rename one")
        check_tags(self.tags, _RESERVED_TAGS, TAGS_PER_RESOURCE, faults)
        faults.raise_if_any()
        return self
