"""Amazon FSx for Lustre CSI driver: fast shared volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._arns import BucketName
from eks_blueprints.addons._bucket import bucket_arn
from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import DAEMON, Fit, Stage
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AwsFsxCsiDriver(EksAddOn):
    """Make and mount FSx for Lustre file systems for PersistentVolumeClaims."""

    category: ClassVar[str] = "storage"
    eks_name: ClassVar[str] = "aws-fsx-csi-driver"
    service_account: ClassVar[str] = "fsx-csi-controller-sa"
    stage: ClassVar[Stage] = Stage.CORE
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)

    data_buckets: Many[In[BucketName]] = ()
    """Names of S3 buckets that file systems are filled from and written back to."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """File systems of the region, and the roles by which FSx itself calls AWS."""
        fsx = f"arn:{cluster.partition}:fsx:{cluster.region}:*"
        roles = f"arn:{cluster.partition}:iam::*:role/aws-service-role"
        linked = {
            "StringEquals": {"iam:AWSServiceName": ["fsx.amazonaws.com", "s3.data-source.lustre.fsx.amazonaws.com"]}
        }
        change = ("fsx:CreateFileSystem", "fsx:DeleteFileSystem", "fsx:TagResource", "fsx:UpdateFileSystem")
        allowed = [
            Allow(*change, on=f"{fsx}:file-system/*"),
            Allow("fsx:DescribeFileSystems"),
            Allow("iam:CreateServiceLinkedRole", on=f"{roles}/*", when=linked),
        ]
        if self.data_buckets:
            of_lustre = f"{roles}/s3.data-source.lustre.fsx.amazonaws.com/*"
            buckets = tuple(bucket_arn(cluster.partition, name) for name in self.data_buckets)
            allowed.append(Allow("iam:AttachRolePolicy", "iam:PutRolePolicy", on=of_lustre))
            allowed.append(Allow("s3:ListBucket", on=buckets))
        return allowed
