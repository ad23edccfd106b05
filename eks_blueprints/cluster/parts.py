"""The smaller parts of a cluster's spec: logs, key, Auto Mode, kubeconfig, timeouts."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.cluster.durations import Wait
from eks_blueprints.cluster.key_spec import KeyArgs
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.leaves import PolicyArn, Profile, RegionalKeyArn, RoleArn, Tags, repeated
from eks_blueprints.core.role_spec import RoleArgs
from eks_blueprints.core.spec import In, Many, Spec

RETENTIONS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""Days that CloudWatch Logs can keep logs; 0 is for ever. Source: `aws.cloudwatch.LogGroup` of pulumi-aws 7.51."""


def _retention(days: int) -> int:
    if days not in RETENTIONS:
        near = min(RETENTIONS[1:], key=lambda each: (abs(each - days), -each))
        raise ValueError(f"is not a retention of CloudWatch; got {days}; use {near}, or 0 to keep logs forever")
    return days


Retention = Annotated[int, AfterValidator(_retention)]


class LogGroupArgs(Spec):
    """The CloudWatch log group `/aws/eks/<cluster>/cluster`, made before the cluster so that EKS does not make it."""

    retention_in_days: Retention = 90
    """Days that logs are kept; 0 keeps them forever. CloudWatch accepts only certain numbers."""

    kms_key_id: In[RegionalKeyArn] | None = None
    """ARN of the KMS key for the logs; its policy must let CloudWatch Logs use it. Default: CloudWatch's own key."""

    kms_key: KeyArgs | None = None
    """A key of the logs' own, which CloudWatch Logs may use for them alone. Default: `kms_key_id`."""

    log_group_class: Literal["STANDARD", "INFREQUENT_ACCESS"] = "STANDARD"
    """Class of the group. Changing it replaces the group and its logs."""

    skip_destroy: bool = False
    """Whether the group and its logs are left in AWS when the platform is destroyed."""

    tags: Tags = {}
    """Tags of the group, besides those of the cluster."""

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        faults = Faults()
        if self.kms_key is not None and self.kms_key_id is not None:
            faults.add("kms_key", "cannot be combined with kms_key_id; got both; keep one of them")
        if self.kms_key is not None and self.kms_key.policy is not None:
            do = "write policy_statements"
            message = "would have to name a log group that is created here; got a whole policy"
            faults.add(("kms_key", "policy"), f"{message}; {do}")
        faults.raise_if_any()
        return self


class EncryptionArgs(KeyArgs):
    """The KMS key that encrypts Kubernetes Secrets. Once a cluster has one, it cannot be taken away or changed."""

    key_arn: In[RegionalKeyArn] | None = None
    """ARN of a symmetric key in the cluster's region. Default: a key of the cluster's own, with rotation, and the
    alias `alias/eks/<cluster>`."""

    @model_validator(mode="after")
    def _own_key_only(self) -> Self:
        faults = Faults()
        if self.key_arn is not None:
            for name in sorted(self.model_fields_set - {"key_arn"}):
                got = shown(getattr(self, name))
                faults.add(name, f"is for the cluster's own key; got {got} beside key_arn; remove one of them")
        faults.raise_if_any()
        return self


class AutoModeArgs(Spec):
    """EKS Auto Mode: EKS itself brings nodes, block storage and load balancers."""

    node_pools: Many[Literal["general-purpose", "system"]] = ("general-purpose", "system")
    """Built-in node pools to turn on; they cannot be edited. An empty list turns both off, for your own node pools."""

    node_role_arn: In[RoleArn] | None = None
    """ARN of the role of the built-in pools' nodes. It cannot be changed later. Default: a role is created."""

    node_role_permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that is the permissions boundary of the created role."""

    node_iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role that is created."""

    @model_validator(mode="after")
    def _role_fits_pools(self) -> Self:
        faults = Faults()
        if twice := repeated(self.node_pools):
            faults.add("node_pools", f"lists one pool twice; got {shown(twice)}; remove one of them")
        if not self.node_pools and self.node_role_arn is not None:
            faults.add("node_role_arn", "is for built-in pools; got it with node_pools []; remove it or name a pool")
        for field in ("node_role_permissions_boundary", "node_iam_role"):
            if getattr(self, field) is not None and (not self.node_pools or self.node_role_arn is not None):
                faults.add(field, "is for the role that is created; got no such role; remove it")
        faults.raise_if_any()
        return self


class KubeconfigArgs(Spec):
    """How the kubeconfig proves who is calling: `aws eks get-token`, as a role or with a profile. Default: as the AWS
    provider that makes the cluster does."""

    role_arn: In[RoleArn] | None = None
    """ARN of a role to assume first, for pipelines that deploy as another role than their own."""

    profile: Profile | None = None
    """Profile of the AWS configuration; it must exist wherever the platform is deployed from."""


class TimeoutsArgs(Spec):
    """How long to wait for AWS, each a number with a unit, such as `45m`."""

    create: Wait | None = None
    """For a new cluster; it takes about 15 minutes. Default: the provider's own, 30m."""

    update: Wait | None = None
    """For a change; an upgrade can take an hour. Default: the provider's own, 60m."""

    delete: Wait | None = None
    """For the removal. Default: the provider's own, 15m."""
