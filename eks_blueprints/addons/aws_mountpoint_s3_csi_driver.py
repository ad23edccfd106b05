"""Mountpoint for S3 CSI driver: buckets as volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._arns import BucketName
from eks_blueprints.addons._bucket import use_of_bucket
from eks_blueprints.addons._fit import DAEMON, Fit, Stage
from eks_blueprints.addons.base import EksAddOn
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import KeyArn
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AwsMountpointS3CsiDriver(EksAddOn):
    """Mount S3 buckets as volumes, for reading and for writing new files.

    It may use the named buckets and no others.
    """

    category: ClassVar[str] = "storage"
    eks_name: ClassVar[str] = "aws-mountpoint-s3-csi-driver"
    service_account: ClassVar[str] = "s3-csi-driver-sa"
    stage: ClassVar[Stage] = Stage.CORE
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)

    buckets: Many[In[BucketName]] = Field(min_length=1)
    """Names of the buckets that it mounts."""

    read_only: bool = False
    """Whether pods may read only."""

    kms_key_arns: Many[In[KeyArn]] = ()
    """ARNs of the customer managed KMS keys that the buckets are encrypted with."""

    node_tolerate_all: bool | None = None
    """Whether its pods accept every taint, so that each node can mount. Default: EKS's, no."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Its buckets and what lies in them."""
        write = not self.read_only
        allowed = [allow for bucket in self.buckets for allow in use_of_bucket(cluster.partition, bucket, write=write)]
        if self.kms_key_arns:
            allowed.append(Allow("kms:Decrypt", "kms:GenerateDataKey", on=self.kms_key_arns))
        return allowed

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        if self.node_tolerate_all is None:
            return {}
        return {"node": {"tolerateAllTaints": self.node_tolerate_all}}
