"""Disks of nodes, within EC2's own limits."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import RegionalArn
from eks_blueprints.core.spec import In, Spec
from eks_blueprints.karpenter.quantities import exact

_SIZE = Form(r"([1-9][0-9]{0,4})(Gi|G|Ti|T)")
_LARGEST = {"Gi": 59000, "G": 64000, "Ti": 58, "T": 64}
# A slip in the pattern of Karpenter's CRD leaves out whole Ti that end in 8 or 9, except 8, 9 and 58.
_TEBIBYTES = Form(r"[1-9]|[1-5][0-7]|58")
_SNAPSHOT = Form(r"snap-[0-9a-z]+")


class _Limits(NamedTuple):
    gibibytes: tuple[int, int]
    iops: tuple[int, int] | None = None


# Source: botocore 1.44.5, EbsBlockDevice of the EC2 model (Iops, VolumeSize); 2026-11-21.
_TYPES = {
    "standard": _Limits((1, 1024)),
    "gp2": _Limits((1, 16384)),
    "gp3": _Limits((1, 65536), (3000, 80000)),
    "io1": _Limits((4, 16384), (100, 64000)),
    "io2": _Limits((4, 65536), (100, 256000)),
    "st1": _Limits((125, 16384)),
    "sc1": _Limits((125, 16384)),
}
GP3_IOPS = 3000
"""What a gp3 volume has unless more is asked for."""
_IOPS_FOR_EACH_MIB = 4  # EC2 gives gp3 at most 0.25 MiB/s of throughput for each of its IOPS.


def size(text: str) -> str:
    """A size of a disk, in Gi, G, Ti or T.

    Raises:
        ValueError: if it is none or too large.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(
            f"is not a valid size of a disk; got {shown(text)}; write a whole number and Gi, G, Ti or T: 100Gi"
        )
    if int(match[1]) > (most := _LARGEST[match[2]]):
        raise ValueError(f"is too large; got {shown(text)}; use at most {most}{match[2]}")
    return text


def karpenter_size(text: str) -> str:
    """A size of a disk that Karpenter's CRD takes.

    Raises:
        ValueError: if it is none, offering the same in Gi where the CRD has a gap.
    """
    size(text)
    if text.endswith("Ti") and not _TEBIBYTES.fullmatch(text.removesuffix("Ti")):
        raise ValueError(
            f"is a size that Karpenter's CRD does not accept; got {shown(text)}; write {gibibytes(text)}Gi"
        )
    return text


def gibibytes(text: str) -> int:
    """A size in GiB, rounded up as Karpenter does."""
    return ceil(exact(text) / 2**30)


DiskSize = Annotated[str, AfterValidator(size)]


class Ebs(Spec):
    """An EBS volume."""

    volume_size: Annotated[str, AfterValidator(karpenter_size)] | None = None
    """Size, such as `100Gi`. Required without `snapshot_id`. Default: that of the snapshot."""
    volume_type: Literal["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"] | None = None
    """Type of volume. Default: EC2's own, gp2."""
    iops: int | None = None
    """I/O operations per second: gp3 3,000 to 80,000, io1 100 to 64,000, io2 100 to 256,000. Required for io1 and
    io2.
    """
    throughput: int | None = Field(default=None, ge=125, le=2000)
    """MiB per second, only for gp3 and at most a quarter of its `iops`. Default: 125."""
    encrypted: bool | None = None
    """Whether it is encrypted. Default: the account's setting."""
    kms_key_id: In[RegionalArn] | None = None
    """Id, ARN, alias or alias ARN of the KMS key; needs `encrypted: true`. Default: the account's key for EBS."""
    snapshot_id: In[str] | None = None
    """Snapshot that it starts from."""
    volume_initialization_rate: int | None = Field(default=None, ge=100, le=300)
    """MiB per second at which the snapshot is read in; needs `snapshot_id`."""
    delete_on_termination: bool | None = None
    """Whether it is deleted with its instance. Default: true."""

    @field_validator("snapshot_id", "kms_key_id")
    @classmethod
    def _ids_have_the_form(cls, value: object, info: object) -> object:
        name = getattr(info, "field_name", "")
        if name == "snapshot_id" and isinstance(value, str) and not _SNAPSHOT.fullmatch(value):
            raise ValueError(f"is not a valid id of a snapshot; got {shown(value)}; write snap- and what follows")
        if value == "":
            raise ValueError('is empty; got ""; leave it out')
        return value

    @model_validator(mode="after")
    def _rules_hold(self) -> Ebs:
        faults = Faults()
        if self.volume_size is None and self.snapshot_id is None:
            faults.add("volume_size", "is required without snapshot_id; got nothing; write a size such as 100Gi")
        if self.volume_initialization_rate is not None and self.snapshot_id is None:
            got = self.volume_initialization_rate
            faults.add("volume_initialization_rate", f"needs a snapshot to read; got {got}; add snapshot_id")
        if self.kms_key_id is not None and self.encrypted is not True:
            faults.add(
                "kms_key_id", f"needs an encrypted volume; got encrypted {shown(self.encrypted)}; set it to true"
            )
        self._check_size(faults)
        self._check_speed(faults)
        faults.raise_if_any()
        return self

    def _check_size(self, faults: Faults) -> None:
        if self.volume_size is not None and self.volume_type is not None:
            least, most = _TYPES[self.volume_type].gibibytes
            if not least <= gibibytes(self.volume_size) <= most:
                do = f"use {least}Gi to {most}Gi"
                faults.add(
                    "volume_size", f"is not a valid size that {self.volume_type} has; got {self.volume_size}; {do}"
                )

    def _check_speed(self, faults: Faults) -> None:
        kind = self.volume_type or "gp2"
        bounds = _TYPES[kind].iops
        if self.iops is None and kind in ("io1", "io2"):
            faults.add("iops", f"is required for {kind}; got nothing; write a number from 100")
        if self.iops is not None and bounds is None:
            named = f"{kind}" if self.volume_type else f"EC2's default, {kind}"
            faults.add("iops", f"cannot be set for {named}; got {self.iops}; set volume_type to gp3, io1 or io2")
        elif self.iops is not None and bounds is not None and not bounds[0] <= self.iops <= bounds[1]:
            do = f"use {bounds[0]} to {bounds[1]}"
            faults.add("iops", f"is out of the range of {kind}; got {self.iops}; {do}")
        if self.throughput is not None and kind != "gp3":
            named = f"{kind}" if self.volume_type else f"EC2's default, {kind}"
            faults.add("throughput", f"cannot be set for {named}; got {self.throughput}; set volume_type to gp3")
        elif self.throughput is not None and self.throughput * _IOPS_FOR_EACH_MIB > (self.iops or GP3_IOPS):
            do = f"set iops to {self.throughput * _IOPS_FOR_EACH_MIB} or more"
            faults.add("throughput", f"is too much for {self.iops or GP3_IOPS} iops; got {self.throughput}; {do}")


class BlockDeviceMapping(Spec):
    """One disk of a node."""

    device_name: str = Field(min_length=1, max_length=255)
    """Name under which the instance sees it, such as `/dev/xvda`, the root disk of Amazon Linux."""
    ebs: Ebs
    """The volume. Karpenter's controller needs one, though its CRD does not ask for it."""
    root_volume: bool = False
    """Whether the kubelet keeps its files on it, so that its size counts as the node's ephemeral storage."""
