"""Parts of what EC2 instances of a group are launched with: processors, network interfaces, host names."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.compute._leaves import TemplateName
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import SecurityGroupId
from eks_blueprints.core.spec import In, Many, Spec

_template_id = Form(
    r"lt-[0-9a-f]{8,17}",
    what="is not a valid id of a launch template",
    do="write lt- and 8 to 17 hex digits, or use name",
)
_VERSION = Form(r"[1-9]\d*|\$Latest|\$Default")


def _version(value: str | int) -> str:
    if not _VERSION.fullmatch(str(value)):
        do = "write its number, $Latest or $Default"
        raise ValueError(f"is not a valid version of a launch template; got {shown(value)}; {do}")
    return str(value)


TemplateVersion = Annotated[str | int, AfterValidator(_version)]
"""Version of a launch template, as text."""


class LaunchTemplateSpecification(Spec):
    """A launch template that exists: which, by `id` or `name`, and which version of it."""

    id: In[Annotated[str, AfterValidator(_template_id)]] | None = None
    """Id of the launch template, such as `lt-0123456789abcdef0`. Another one replaces a managed group."""

    name: In[TemplateName] | None = None
    """Name of the launch template, instead of its id. Another one replaces a managed group."""

    version: In[TemplateVersion] = "$Default"
    """Version: a number, `$Latest` or `$Default`. A number is pinned: nodes are replaced only when it is changed here.
    The other two are looked up on every deployment."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        faults = Faults()
        if (self.id is None) == (self.name is None):
            got = "neither" if self.id is None else "both"
            faults.add((), f"needs an id or a name; got {got}; give one of them")
        faults.raise_if_any()
        return self

    @property
    def pinned(self) -> bool:
        """Whether its version stays the same until it is changed here; a reference is taken to be a number."""
        return self.version not in ("$Latest", "$Default")


class CpuOptions(Spec):
    """The processor of each instance."""

    core_count: int | None = Field(default=None, ge=1)
    """Cores that are active. Default: all that the type has. Source: EC2 user guide, "CPU options"."""

    threads_per_core: Literal[1, 2] | None = None
    """Threads a core; 1 turns hyper-threading off. Default: the type's."""

    amd_sev_snp: Literal["enabled", "disabled"] | None = None
    """Encrypted memory by AMD SEV-SNP, on the AMD types that have it, in some regions. Default: disabled."""

    nested_virtualization: Literal["enabled", "disabled"] | None = None
    """Whether virtual machines can run inside the instance, on types that can. Default: disabled."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        faults = Faults()
        if all(getattr(self, field) is None for field in type(self).model_fields):
            faults.add((), f"is empty; got {{}}; set one of {', '.join(type(self).model_fields)}, or remove it")
        # EC2 takes the two together only (API reference, "LaunchTemplateCpuOptionsRequest").
        if (self.core_count is None) != (self.threads_per_core is None):
            there, missing = "core_count", "threads_per_core"
            if self.core_count is None:
                there, missing = missing, there
            faults.add(missing, f"is needed beside {there}; got {there} alone; set both")
        faults.raise_if_any()
        return self


class PrivateDnsNameOptions(Spec):
    """Host names of the instances inside the VPC."""

    hostname_type: Literal["ip-name", "resource-name"] | None = None
    """Whether the name is created from the private address or from the instance's id. Default: the subnet's setting."""

    enable_resource_name_dns_a_record: bool | None = None
    """Whether a name created from the id is answered with the IPv4 address. Default: the subnet's setting."""

    enable_resource_name_dns_aaaa_record: bool | None = None
    """Whether a name created from the id is answered with the IPv6 address. Default: the subnet's setting."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        faults = Faults()
        if all(getattr(self, field) is None for field in type(self).model_fields):
            faults.add((), f"is empty; got {{}}; set one of {', '.join(type(self).model_fields)}, or remove it")
        faults.raise_if_any()
        return self


class NetworkInterface(Spec):
    """One network interface of each instance, besides the first one, or instead of it."""

    device_index: int = Field(default=1, ge=0, le=31)
    """Position on its network card. 0 on card 0 is the first interface of the instance."""

    network_card_index: int = Field(default=0, ge=0, le=31)
    """Network card, on types that have several."""

    interface_type: Literal["interface", "efa", "efa-only"] | None = None
    """What it is: an ordinary interface, one with the Elastic Fabric Adapter, or the adapter alone without an address.
    Default: an ordinary one."""

    description: str | None = Field(default=None, max_length=255)
    """What it is for."""

    security_group_ids: Many[In[SecurityGroupId]] = Field(default=(), max_length=16)
    """Security groups of this interface alone. Default: those of the nodes."""

    associate_public_ip_address: bool | None = None
    """Whether it gets a public IPv4 address; only the first interface, where it is the only one, can. Default: the
    subnet's setting."""

    ipv4_prefix_count: int | None = Field(default=None, ge=1)
    """Blocks of 16 IPv4 addresses that it starts with. Default: none; the VPC CNI takes its own."""

    ipv6_address_count: int | None = Field(default=None, ge=1)
    """IPv6 addresses that it starts with. Default: none."""

    primary_ipv6: bool | None = None
    """Whether its first IPv6 address stays with the instance for good. Default: not."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.associate_public_ip_address and not self.first:
            what = "is for the first interface"
            got = f"device_index {self.device_index} on card {self.network_card_index}"
            faults.add("associate_public_ip_address", f"{what}; got {got}; remove it")
        if self.interface_type == "efa-only":
            if self.first:
                faults.add("interface_type", "leaves the instance without an address; got efa-only; use efa")
            for field in ("ipv4_prefix_count", "ipv6_address_count", "primary_ipv6"):
                if getattr(self, field) is not None:
                    faults.add(field, "is for interfaces with addresses; got efa-only; remove it")
        faults.raise_if_any()
        return self

    @property
    def first(self) -> bool:
        """Whether it stands for the first interface of the instance."""
        return (self.device_index, self.network_card_index) == (0, 0)
