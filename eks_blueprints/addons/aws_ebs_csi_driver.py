"""Amazon EBS CSI driver: persistent volumes on EBS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import Fit, Stage
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import RegionalKeyArn, Tags
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef, Ground


class AwsEbsCsiDriver(EksAddOn):
    """Make, attach and resize the EBS volumes behind PersistentVolumeClaims.

    Its node part is a DaemonSet, so that volumes cannot be used on Fargate; EKS Auto Mode includes its own.
    """

    category: ClassVar[str] = "storage"
    eks_name: ClassVar[str] = "aws-ebs-csi-driver"
    stage: ClassVar[Stage] = Stage.CORE
    fits: ClassVar[Fit] = Fit(
        not_on_fargate="its node part is a DaemonSet, and Fargate runs none",
        in_auto_mode="block storage of its own (provisioner ebs.csi.eks.amazonaws.com)",
    )
    service_account: ClassVar[str] = "ebs-csi-controller-sa"

    kms_key_arns: Many[In[RegionalKeyArn]] = ()
    """ARNs of the customer managed KMS keys that its volumes are encrypted with; it may use these and no others.
    Keys of AWS need no entry."""

    default_storage_class: bool | None = None
    """Whether the add-on brings `ebs-csi-default-sc`, a default StorageClass with gp3. Default: EKS's, no."""

    extra_volume_tags: Tags = {}
    """Tags of every volume it creates."""

    any_volumes: bool = False
    """Whether it may also attach, resize and delete volumes and snapshots that it did not make, by AWS's older policy:
    without the tag `ebs.csi.aws.com/cluster: true`, which it gives to all that it creates, others are out of its reach.
    Tag volumes that you bring along, or set this.
    """

    def managed_policies(self, ground: Ground) -> dict[str, str]:
        """AWS's own policy for the driver: the one that is held to what the driver made, or the older one."""
        return {
            "ebs-csi": "service-role/AmazonEBSCSIDriverPolicy" if self.any_volumes else "AmazonEBSCSIDriverPolicyV2"
        }

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Use of the customer managed keys, as the EKS user guide lists it."""
        if not self.kms_key_arns:
            return []
        use = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
        grant = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
        return [
            Allow(*grant, on=self.kms_key_arns, when={"Bool": {"kms:GrantIsForAWSResource": "true"}}),
            Allow(*use, on=self.kms_key_arns),
        ]

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        settings: dict[str, Any] = {}
        if self.default_storage_class is not None:
            settings["defaultStorageClass"] = {"enabled": self.default_storage_class}
        if self.extra_volume_tags:
            settings["controller"] = {"extraVolumeTags": dict(sorted(self.extra_volume_tags.items()))}
        return settings
