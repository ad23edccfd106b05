"""Mountpoint for S3 CSI driver: buckets as volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._arns import BucketName
from eks_blueprints.addons._bucket import use_of_bucket
from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import DAEMON, Fit, Stage
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import KeyArn
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_DIRECTORY = "--x-s3"
"""How the names of directory buckets end, which are opened by sessions rather than by actions on objects."""


class AwsMountpointS3CsiDriver(EksAddOn):
    """Mount S3 buckets as volumes, for reading and for writing new files.

    It can use the named buckets and no others.
    """

    category: ClassVar[str] = "storage"
    eks_name: ClassVar[str] = "aws-mountpoint-s3-csi-driver"
    service_account: ClassVar[str] = "s3-csi-driver-sa"
    stage: ClassVar[Stage] = Stage.CORE
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)

    buckets: Many[In[BucketName]] = Field(min_length=1)
    """Names of the buckets that it mounts; directory buckets (S3 Express One Zone) by their names with `--x-s3`."""

    read_only: bool = False
    """Whether pods may read only."""

    kms_key_arns: Many[In[KeyArn]] = ()
    """ARNs of the customer managed KMS keys that the buckets are encrypted with."""

    node_tolerate_all: bool | None = None
    """Whether its pods accept every taint, so that each node can mount. Default: EKS's, no."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Its buckets and what lies in them."""
        allowed = [allow for bucket in self.buckets for allow in self._use_of(bucket, cluster)]
        if self.kms_key_arns:
            allowed.append(Allow("kms:Decrypt", "kms:GenerateDataKey", on=self.kms_key_arns))
        return allowed

    def _use_of(self, bucket: In[str], cluster: ClusterRef) -> list[Allow]:
        if isinstance(bucket, str) and bucket.endswith(_DIRECTORY):
            mode = {"s3express:SessionMode": "ReadOnly"} if self.read_only else {}
            at = f"arn:{cluster.partition}:s3express:{cluster.region}:*:bucket/{bucket}"
            return [Allow("s3express:CreateSession", on=at, when={"StringEquals": mode} if mode else {})]
        return use_of_bucket(cluster.partition, bucket, write=not self.read_only)

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        if self.node_tolerate_all is None:
            return {}
        return {"node": {"tolerateAllTaints": self.node_tolerate_all}}
