"""Parts that every group of EC2 nodes has: its volumes, how it is updated, how long AWS may take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.cluster.durations import Wait
from eks_blueprints.compute._leaves import SnapshotId
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import RegionalKeyArn
from eks_blueprints.core.spec import In, Spec

if TYPE_CHECKING:
    from eks_blueprints.cluster.key_spec import KeyArgs
else:
    KeyArgs = late("eks_blueprints.cluster.key_spec", "KeyArgs")

VolumeType = Literal["gp3", "gp2", "io1", "io2"]

# Limits of EBS volume types: GiB, IOPS, IOPS a GiB (EBS user guide, "Amazon EBS volume types").
_SIZES: dict[VolumeType, tuple[int, int]] = {
    "gp3": (1, 16384),
    "gp2": (1, 16384),
    "io1": (4, 16384),
    "io2": (4, 65536),
}
_IOPS: dict[VolumeType, tuple[int, int, int]] = {
    "gp3": (3000, 16000, 500),
    "io1": (100, 64000, 50),
    "io2": (100, 256000, 1000),
}
_MIB_PER_IOPS = 0.25


class Volume(Spec):
    """An EBS volume of each node."""

    volume_size: int = Field(default=80, ge=1, le=65536)
    """Size in GiB."""
    volume_type: VolumeType = "gp3"
    """EBS volume type."""
    iops: int | None = None
    """I/O operations per second, for gp3, io1 and io2. Default: 3000 for gp3; io1 and io2 need it."""
    throughput: int | None = Field(default=None, ge=125, le=1000)
    """MiB per second, for gp3. Default: 125."""
    encrypted: bool = True
    """Whether it is encrypted."""
    kms_key_id: In[RegionalKeyArn] | None = None
    """ARN of the KMS key it is encrypted with, which the service-linked role AWSServiceRoleForAutoScaling has to be
    allowed to use. Default: the account's key for EBS."""
    kms_key: KeyArgs | None = None
    """A key that is created for this volume of the group's nodes, which EC2 may use for the account, instead of
    `kms_key_id`. A volume cannot change its key: nodes are replaced.
    """
    snapshot_id: In[SnapshotId] | None = None
    """Id of the snapshot that it is created from, such as `snap-0123456789abcdef0`; `volume_size` is at least the
    snapshot's. Default: the image's own for the root volume, and empty for others.
    """
    delete_on_termination: bool = True
    """Whether it is deleted with its instance. One that stays costs, and nothing here deletes it."""
    volume_initialization_rate: int | None = Field(default=None, ge=100, le=300)
    """MiB per second at which blocks of the snapshot are fetched, which costs extra. Default: as they are first
    read.
    """

    @model_validator(mode="after")
    def _within_the_limits_of_its_type(self) -> Self:
        faults = Faults()
        low, high = _SIZES[self.volume_type]
        if not low <= self.volume_size <= high:
            message = f"is out of range for {self.volume_type}; got {self.volume_size}; use {low} to {high} GiB"
            faults.add("volume_size", message)
        self._check_iops(faults)
        self._check_throughput(faults)
        if self.volume_initialization_rate is not None and self.snapshot_id is None:
            got = self.volume_initialization_rate
            faults.add("volume_initialization_rate", f"is for a volume from a snapshot; got {got}; add snapshot_id")
        if self.kms_key is not None and self.kms_key_id is not None:
            faults.add("kms_key", "cannot be combined with kms_key_id; got both; keep one of them")
        if self.kms_key is not None and not self.encrypted:
            faults.add("kms_key", "needs encryption; got encrypted: false; remove one of them")
        if self.kms_key_id is not None and not self.encrypted:
            faults.add("kms_key_id", "needs encryption; got encrypted: false; remove one of them")
        faults.raise_if_any()
        return self

    def _check_iops(self, faults: Faults) -> None:
        if self.volume_type == "gp2":
            if self.iops is not None:
                faults.add("iops", f"is for gp3, io1 and io2; got {self.iops} with gp2; remove it or use gp3")
            return
        if self.iops is None:
            if self.volume_type != "gp3":
                faults.add("iops", f"is required for {self.volume_type}; got none; add it")
            return
        low, high, each = _IOPS[self.volume_type]
        # A gp3 volume has 3000 whatever its size.
        high = min(high, max(low, each * self.volume_size))
        if not low <= self.iops <= high:
            what = f"is out of range for {self.volume_size} GiB of {self.volume_type}"
            faults.add("iops", f"{what}; got {self.iops}; use {low} to {high}")

    def _check_throughput(self, faults: Faults) -> None:
        if self.throughput is None:
            return
        if self.volume_type != "gp3":
            faults.add("throughput", f"is for gp3; got {self.throughput} with {self.volume_type}; remove it or use gp3")
        elif self.throughput > (self.iops or 3000) * _MIB_PER_IOPS:
            needed = int(self.throughput / _MIB_PER_IOPS)
            faults.add("throughput", f"is too much for its iops; got {self.throughput}; set iops to {needed} or more")


class UpdateConfig(Spec):
    """How many nodes a new version may take away at once: as a count or as a percentage."""

    max_unavailable: int | None = Field(default=None, ge=1, le=100)
    """Nodes. Default: 1, unless a percentage is given."""
    max_unavailable_percentage: int | None = Field(default=None, ge=1, le=100)
    """Percentage of the nodes."""
    update_strategy: Literal["DEFAULT", "MINIMAL"] | None = None
    """Whether EKS starts new nodes before it takes old ones away, or (`MINIMAL`) takes some away first, for types
    that are hard to get. Default: new ones first."""

    @model_validator(mode="after")
    def _count_or_percentage(self) -> Self:
        faults = Faults()
        if self.max_unavailable is not None and self.max_unavailable_percentage is not None:
            faults.add("max_unavailable", "cannot be combined with max_unavailable_percentage; got both; keep one")
        faults.raise_if_any()
        return self


class GroupTimeouts(Spec):
    """How long to wait for AWS, each a number with a unit, such as `45m`."""

    create: Wait | None = None
    """For a new group. Default: the provider's own."""

    update: Wait | None = None
    """For a change; replacing all nodes of a large group can take hours. Default: the provider's own."""

    delete: Wait | None = None
    """For the removal. Default: the provider's own."""
