"""Parts that a group of EC2 nodes has where it names them: a warm pool, SSH, placement, reserved capacity."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Cidr, RegionalArn, SecurityGroupId
from eks_blueprints.core.spec import In, Many, Spec

_placement_group_id = Form(
    r"pg-[0-9a-f]{8,17}",
    what="is not a valid id of a placement group",
    do="write pg- and 8 to 17 hex digits, or use group_name",
)
_host_id = Form(r"h-[0-9a-f]{8,17}", what="is not a valid id of a Dedicated Host", do="write h- and 8 to 17 hex digits")


class WarmPoolConfig(Spec):
    """Nodes that have been started before and wait, so that the group grows faster."""

    min_size: int | None = Field(default=None, ge=0)
    """Fewest nodes that wait. Default: 0."""
    max_group_prepared_capacity: int | None = Field(default=None, ge=-1)
    """Most nodes that run or wait, or -1 for no limit. Default: the group's max_size."""
    pool_state: Literal["STOPPED", "RUNNING", "HIBERNATED"] | None = None
    """How they wait. Default: STOPPED, which costs their volumes only."""
    reuse_on_scale_in: bool | None = None
    """Whether nodes go back to the pool when the group shrinks. Default: no."""

    @model_validator(mode="after")
    def _sizes_are_in_order(self) -> Self:
        faults = Faults()
        most = self.max_group_prepared_capacity
        if self.min_size is not None and most is not None and 0 <= most < self.min_size:
            message = f"is below min_size; got {most} and {self.min_size}; raise it"
            faults.add("max_group_prepared_capacity", message)
        faults.raise_if_any()
        return self


_PUBLIC_KEY = Form(
    r"(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]{40,}={0,3}( [^\r\n]*)?\s*",
    re.UNICODE,
    what="is not a valid public key that EC2 takes",
    do="paste the line of an RSA or ED25519 key, which begins with ssh-rsa or ssh-ed25519",
)


def _public_key(value: str) -> str:
    if "PRIVATE KEY" in value:
        raise ValueError("is a private key; got one, which is not shown; paste the line of its .pub file")
    return _PUBLIC_KEY(value).strip()


class RemoteAccess(Spec):
    """Logging in to nodes from outside: SSH, or RDP on Windows."""

    ec2_ssh_key: In[str] | None = None
    """Name of an EC2 key pair that exists."""
    public_key: In[Annotated[str, AfterValidator(_public_key)]] | None = None
    """Public key, as in `~/.ssh/id_ed25519.pub`, of which an EC2 key pair is created, instead of `ec2_ssh_key`. Windows
    accepts RSA keys only. Another key replaces the nodes.
    """
    source_security_group_ids: Many[In[SecurityGroupId]] = ()
    """Security groups from which they can be reached."""
    source_security_groups: Many[str] = ()
    """The same by their names in `security_groups` of the platform."""
    source_cidrs: Many[Cidr] = ()
    """Address ranges from which they can be reached."""

    @model_validator(mode="after")
    def _from_somewhere(self) -> Self:
        faults = Faults()
        if (self.ec2_ssh_key is None) == (self.public_key is None):
            got = "neither" if self.ec2_ssh_key is None else "both"
            faults.add((), f"accepts either ec2_ssh_key or public_key; got {got}; give one")
        if not (self.source_security_group_ids or self.source_security_groups or self.source_cidrs):
            what = "needs a source; got neither security groups nor source_cidrs"
            faults.add((), f"{what}; add one, or leave remote_access out and use Session Manager")
        for index, source in enumerate(self.source_cidrs):
            if source in ("0.0.0.0/0", "::/0"):
                faults.add(("source_cidrs", index), f"allows the whole internet; got {shown(source)}; narrow it")
        faults.raise_if_any()
        return self


class Placement(Spec):
    """Where in AWS's data centres instances run."""

    group_name: In[str] | None = None
    """Name of a placement group that exists."""
    group_id: In[Annotated[str, AfterValidator(_placement_group_id)]] | None = None
    """Id of a placement group that exists, such as `pg-0123456789abcdef0`, instead of its name; groups that another
    account shares have it."""
    partition_number: int | None = Field(default=None, ge=1, le=7)
    """Partition, in a placement group with partitions."""
    tenancy: Literal["default", "dedicated", "host"] | None = None
    """Whether instances share their machine with those of other accounts (`default`), with none (`dedicated`), or run
    on a Dedicated Host that you have (`host`). Default: they share.
    """
    host_id: In[Annotated[str, AfterValidator(_host_id)]] | None = None
    """Id of the Dedicated Host, such as `h-0123456789abcdef0`."""
    host_resource_group_arn: In[RegionalArn] | None = None
    """ARN of a host resource group of AWS License Manager, which finds a host or creates one."""
    affinity: Literal["default", "host"] | None = None
    """Whether an instance that is stopped and started again comes back to the same host (`host`). Default: to any."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        faults = Faults()
        grouped = self.group_name is not None or self.group_id is not None
        on_hosts = self.host_id is not None or self.host_resource_group_arn is not None
        if self.group_name is not None and self.group_id is not None:
            faults.add("group_id", "cannot be combined with group_name; got both; keep one")
        if self.host_id is not None and self.host_resource_group_arn is not None:
            faults.add("host_resource_group_arn", "cannot be combined with host_id; got both; keep one")
        if self.partition_number is not None and not grouped:
            faults.add("partition_number", f"needs a placement group; got {self.partition_number}; add group_name")
        for field in ("host_id", "affinity"):
            if getattr(self, field) is not None and self.tenancy != "host":
                got = self.tenancy or "no tenancy"
                faults.add(field, f"is for Dedicated Hosts; got {got}; set tenancy: host")
        if self.host_resource_group_arn is not None and self.tenancy not in (None, "host"):
            faults.add("tenancy", f"is host with a host resource group; got {self.tenancy}; set host or remove it")
        if not grouped and not on_hosts and self.tenancy is None:
            faults.add((), "needs a group_name or a tenancy; got neither; add one or leave placement out")
        faults.raise_if_any()
        return self


class CapacityReservation(Spec):
    """Capacity that was reserved beforehand: one of the three."""

    capacity_reservation_id: In[str] | None = None
    """Id of a capacity reservation or capacity block, such as `cr-0123456789abcdef0`."""
    capacity_reservation_resource_group_arn: In[RegionalArn] | None = None
    """ARN of a resource group of capacity reservations."""
    capacity_reservation_preference: Literal["open", "none", "capacity-reservations-only"] | None = None
    """Use of open reservations that happen to match. AWS's default: open."""

    @model_validator(mode="after")
    def _one_of_the_three(self) -> Self:
        faults = Faults()
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            do = f"give one of {', '.join(type(self).model_fields)}"
            faults.add((), f"needs exactly one; got {' and '.join(given) or 'none'}; {do}")
        faults.raise_if_any()
        return self
