"""Velero: backups of Kubernetes objects and volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field

from eks_blueprints.addons._arns import BucketName
from eks_blueprints.addons._bucket import use_of_bucket, with_bucket
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.images import Image, from_mirror
from eks_blueprints.core.leaves import KeyArn
from eks_blueprints.core.spec import In, Many, Spec

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef

_PLUGIN = "docker.io/velero/velero-plugin-for-aws:v1.14.0"


class BackupSchedule(Spec):
    """A backup that is taken again and again."""

    cron: str = Field(pattern=r"^((@(hourly|daily|weekly|monthly|yearly))|(\S+ ){4}\S+)$")
    """When, in cron's form and UTC: `0 3 * * *`, or `@daily`."""
    retention: str = Field(default="720h0m0s", pattern=r"^(\d+h(\d+m)?(\d+s)?)$")
    """How long a backup is kept, such as `720h` for 30 days."""
    included_namespaces: Many[str] = ()
    """Namespaces that are backed up. Default: all."""

    def values(self) -> dict[str, Any]:
        """It as the chart takes it."""
        template: dict[str, Any] = {"ttl": self.retention}
        if self.included_namespaces:
            template["includedNamespaces"] = list(self.included_namespaces)
        return {"disabled": False, "schedule": self.cron, "template": template}


class Velero(HelmAddOn):
    """Back up Kubernetes objects to S3 and volumes as EBS snapshots, and bring both back.

    Without your own bucket it creates one: private, encrypted, and kept when the add-on or the platform is deleted.
    Only snapshots and volumes that carry Velero's tags can be deleted or restored from.
    """

    category: ClassVar[str] = "backup"
    chart: ClassVar[Chart] = Chart("velero", "12.1.0", "https://vmware-tanzu.github.io/helm-charts")
    service_account: ClassVar[str] = "velero-server"
    service_account_at: ClassVar[str] = "serviceAccount.server"
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate="its node agent is a DaemonSet, and Fargate runs none")
    images: ClassVar[dict[str, str]] = {
        "image.repository": "docker.io/velero/velero",
        "kubectl.image.repository": "registry.k8s.io/kubectl",
    }

    namespace: Namespace = "velero"

    bucket: In[BucketName] | None = None
    """Name of the S3 bucket that backups go to. Default: one is created."""

    prefix: str | None = Field(default=None, pattern=r"^([A-Za-z0-9!_.*'()/-]+)$")
    """Folder in the bucket, for a bucket that several clusters share. Default: none."""

    kms_key_arn: In[KeyArn] | None = None
    """ARN of the customer managed KMS key that the bucket is encrypted with. Default: S3's own key."""

    schedules: dict[str, BackupSchedule] = {}
    """Backups that are taken again and again, by a name each. Default: none; `daily: {cron: "@daily"}` is a start."""

    node_agent: bool = False
    """Whether an agent on every node copies the files of volumes that have no snapshots, such as EFS."""

    plugin_image: Image = _PLUGIN
    """Image of the plugin for AWS."""

    def equipped(self, component: Component, cluster: ClusterRef) -> tuple[Self, list[pulumi.Resource]]:
        """With a bucket of its own, unless one is named."""
        return with_bucket(self, component, cluster)

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Its bucket, and snapshots of volumes."""
        assert self.bucket is not None  # noqa: S101 - `equipped` has seen to it
        ec2 = f"arn:{cluster.partition}:ec2:{cluster.region}"
        snapshots, volumes = f"{ec2}::snapshot/*", f"{ec2}:*:volume/*"
        made = {"StringEquals": {"ec2:CreateAction": ["CreateSnapshot", "CreateVolume"]}}
        own = {"StringLike": {"ec2:ResourceTag/velero.io/backup": "*"}}
        allowed = [
            *use_of_bucket(cluster.partition, self.bucket),
            Allow("ec2:DescribeSnapshots", "ec2:DescribeVolumes"),
            Allow("ec2:CreateSnapshot", "ec2:CreateVolume", on=(snapshots, volumes)),
            Allow("ec2:CreateTags", on=(snapshots, volumes), when=made),
            Allow("ec2:DeleteSnapshot", on=snapshots, when=own),
        ]
        if self.kms_key_arn is not None:
            allowed.append(Allow("kms:Decrypt", "kms:GenerateDataKey", on=self.kms_key_arn))
        return allowed

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Where backups and snapshots go; the role takes the place of credentials."""
        location: dict[str, Any] = {"name": "default", "provider": "aws", "default": True, "bucket": self.bucket}
        location["config"] = {"region": cluster.region}
        if self.prefix is not None:
            location["prefix"] = self.prefix
        if self.kms_key_arn is not None:
            location["config"]["kmsKeyId"] = self.kms_key_arn
        snapshots = {"name": "default", "provider": "aws", "config": {"region": cluster.region}}
        return {
            "configuration": {"backupStorageLocation": [location], "volumeSnapshotLocation": [snapshots]},
            "credentials": {"useSecret": False},
        }

    def placements(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Its server is placed; the agent is on every node."""
        return self.pods, ("nodeAgent",) if self.node_agent else ()

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        plugin = {
            "name": "velero-plugin-for-aws",
            "image": from_mirror(self.plugin_image, self.registry_mirrors or {}),
            "volumeMounts": [{"mountPath": "/target", "name": "plugins"}],
        }
        settings: dict[str, Any] = {"initContainers": [plugin]}
        if self.schedules:
            settings["schedules"] = {name: schedule.values() for name, schedule in sorted(self.schedules.items())}
        if self.node_agent:
            settings["deployNodeAgent"] = True
        return settings
