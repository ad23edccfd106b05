"""Classes of volumes and of load balancers, in the spelling of EKS Auto Mode.

Sources: EKS user guide, "Create a storage class" and "Create an IngressClass to configure an Application Load
Balancer" of the chapter on EKS Auto Mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.leaves import Cidr, RegionalArn, RegionalKeyArn, Tags
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.karpenter.labels import object_name

PROVISIONER = "ebs.csi.eks.amazonaws.com"
INGRESS_CONTROLLER = "eks.amazonaws.com/alb"
INGRESS_GROUP = "eks.amazonaws.com"

_GP3_IOPS = (3000, 80000)
_GP3_THROUGHPUT = (125, 2000)
_WITH_IOPS = ("gp3", "io1", "io2")


class StorageClass(Spec):
    """A class of volumes, created by Auto Mode when a claim asks for them. Changing it replaces it; volumes stay."""

    name: str
    """Name of the StorageClass; claims refer to it."""
    default_class: bool = False
    """Whether claims that name no class get these volumes; one class of the cluster can be so."""
    volume_type: Literal["gp3", "gp2", "io1", "io2", "sc1", "st1", "standard"] = "gp3"
    """Type of the EBS volumes."""
    encrypted: bool = True
    """Whether volumes are encrypted."""
    kms_key_id: In[RegionalKeyArn] | None = None
    """ARN of the KMS key. Default: AWS's key for EBS."""
    iops: int | None = Field(default=None, ge=100, le=256_000)
    """I/O operations per second. Default: EBS's, 3000 for gp3."""
    throughput: int | None = Field(default=None, ge=_GP3_THROUGHPUT[0], le=_GP3_THROUGHPUT[1])
    """MiB per second, for gp3. Default: 125."""
    fs_type: Literal["ext4", "xfs"] | None = None
    """File system. Default: ext4."""
    reclaim_policy: Literal["Delete", "Retain"] = "Delete"
    """Whether a volume is deleted with its claim."""
    volume_binding_mode: Literal["WaitForFirstConsumer", "Immediate"] = "WaitForFirstConsumer"
    """Whether a volume is created in the zone of the pod that uses it first, or at once in any."""
    allow_volume_expansion: bool = True
    """Whether claims can be enlarged later."""
    annotations: dict[str, str] = {}
    """Further annotations."""

    @field_validator("name")
    @classmethod
    def _name_has_the_form(cls, name: str) -> str:
        return object_name(name)

    @model_validator(mode="after")
    def _rules_hold(self) -> Self:
        faults = Faults()
        if self.throughput is not None and self.volume_type != "gp3":
            faults.add("throughput", f"is for gp3; got {self.volume_type}; remove it")
        if self.iops is not None and self.volume_type not in _WITH_IOPS:
            faults.add("iops", f"is for {', '.join(_WITH_IOPS)}; got {self.volume_type}; remove it")
        elif self.iops is not None and self.volume_type == "gp3" and not _within(self.iops, _GP3_IOPS):
            low, high = _GP3_IOPS
            faults.add("iops", f"is out of range for gp3; got {self.iops}; use {low} to {high}")
        elif self.iops is None and self.volume_type in ("io1", "io2"):
            faults.add("iops", f"is needed for {self.volume_type}; got nothing; set a number")
        if self.kms_key_id is not None and not self.encrypted:
            faults.add("kms_key_id", "is for encrypted volumes; got encrypted: false; remove one of them")
        faults.raise_if_any()
        return self

    def parameters(self) -> dict[str, In[str]]:
        """What the driver is told."""
        said: dict[str, In[str] | None] = {
            "type": self.volume_type,
            "encrypted": "true" if self.encrypted else "false",
            "kmsKeyId": self.kms_key_id,
            "iops": None if self.iops is None else str(self.iops),
            "throughput": None if self.throughput is None else str(self.throughput),
            "csi.storage.k8s.io/fstype": self.fs_type,
        }
        return {name: value for name, value in said.items() if value is not None}


class IngressClass(Spec):
    """Application Load Balancers of one sort, created by Auto Mode for Ingresses that ask for them."""

    name: str
    """Name of the IngressClass; Ingresses refer to it."""
    default_class: bool = False
    """Whether Ingresses that name no class get it; one class of the cluster can be so."""
    scheme: Literal["internal", "internet-facing"] = "internal"
    """Whether load balancers are reached from inside the VPC only, or from the internet."""
    group_name: str | None = None
    """Group whose Ingresses share one load balancer. Default: one for each Ingress."""
    ip_address_type: Literal["ipv4", "dualstack", "dualstack-without-public-ipv4"] | None = None
    """Addresses of the load balancers. Default: ipv4."""
    inbound_cidrs: Many[Cidr] = ()
    """Address ranges that may reach them. Default: all."""
    certificate_arns: Many[In[RegionalArn]] = ()
    """ARNs of certificates in ACM, the default one first."""
    ssl_policy: str | None = None
    """Security policy of TLS listeners, such as `ELBSecurityPolicy-TLS13-1-2-2021-06`. Default: that of ELB."""
    subnet_ids: Many[In[str]] = ()
    """Ids of the subnets they are in. Default: those tagged for load balancers."""
    load_balancer_attributes: dict[str, str] = {}
    """Attributes of the load balancers, such as `idle_timeout.timeout_seconds: "120"`."""
    tags: Tags = {}
    """Tags of the load balancers."""

    @field_validator("name")
    @classmethod
    def _name_has_the_form(cls, name: str) -> str:
        return object_name(name)

    @field_validator("group_name")
    @classmethod
    def _group_has_the_form(cls, name: str | None) -> str | None:
        return None if name is None else object_name(name)

    @field_validator("certificate_arns")
    @classmethod
    def _are_certificates(cls, arns: tuple[Any, ...]) -> tuple[Any, ...]:
        for arn in arns:
            if isinstance(arn, str) and not (arn.startswith("arn:") and ":acm:" in arn):
                raise ValueError(
                    f"is not a valid ARN of a certificate; got {shown(arn)}; write arn:aws:acm:region:account:…"
                )
        return arns

    def parameters(self) -> dict[str, Any]:
        """The spec of its IngressClassParams."""
        said: dict[str, Any] = {
            "scheme": self.scheme,
            "group": {"name": self.group_name} if self.group_name else None,
            "ipAddressType": self.ip_address_type,
            "inboundCIDRs": list(self.inbound_cidrs),
            "certificateARNs": list(self.certificate_arns),
            "sslPolicy": self.ssl_policy,
            "subnets": {"ids": list(self.subnet_ids)} if self.subnet_ids else None,
            "loadBalancerAttributes": _pairs(self.load_balancer_attributes),
            "tags": _pairs(self.tags),
        }
        return {name: value for name, value in said.items() if value not in (None, [])}


def check_defaults(
    classes: Mapping[str, StorageClass] | Mapping[str, IngressClass], field: str, faults: Faults
) -> None:
    """Note a second class that would be the default."""
    default = [name for name, each in classes.items() if each.default_class]
    for name in default[1:]:
        faults.add((field, name, "default_class"), f"is also used by {default[0]}; got true for both; leave one")


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in sorted(values.items())]


def _within(number: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= number <= bounds[1]
