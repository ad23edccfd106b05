"""AWS for Fluent Bit: logs of containers to CloudWatch, S3, Firehose, Kinesis or OpenSearch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field

from eks_blueprints.addons._arns import BucketName, DomainArn, StreamArn
from eks_blueprints.addons._bucket import objects_of
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import RegionalKeyArn
from eks_blueprints.core.spec import In, Spec
from eks_blueprints.network.spec import RetentionDays

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef

_LOG_GROUP = "/aws/eks/{}/containers"


class CloudWatchOutput(Spec):
    """Logs go to a CloudWatch log group."""

    log_group: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_/.#-]{1,512}$")
    """Name of an existing log group. Default: one is created, `/aws/eks/<cluster>/containers`."""
    retention_in_days: RetentionDays = 90
    """Days that logs of the group that is created are kept."""
    kms_key_arn: In[RegionalKeyArn] | None = None
    """ARN of the customer managed KMS key that the group that is created is encrypted with. Default: CloudWatch's."""


class S3Output(Spec):
    """Logs go to an S3 bucket."""

    bucket: In[BucketName]
    """Name of the bucket."""
    total_file_size: str = Field(default="100M", pattern=r"^\d+[KMG]$")
    """Size at which a file is closed and uploaded."""
    upload_timeout: str = Field(default="10m", pattern=r"^\d+[smh]$")
    """Time after which a file is uploaded, however small."""


class StreamOutput(Spec):
    """Logs go to a delivery stream of Firehose or a stream of Kinesis, as its ARN says."""

    arn: StreamArn
    """ARN of the stream."""


class OpenSearchOutput(Spec):
    """Logs go to an OpenSearch domain, signed with the role's credentials."""

    domain_arn: In[DomainArn]
    """ARN of the domain."""
    host: In[str]
    """Host name of its endpoint, without `https://`."""
    index: str = Field(default="eks-logs", pattern=r"^[a-z][a-z0-9_.-]{0,127}$")
    """Index that logs are written to."""


class AwsForFluentBit(HelmAddOn):
    """Collect the logs of all containers and send them on: to CloudWatch, unless another output is named.

    The log group is created with the platform, with a retention, rather than by Fluent Bit, so that logs are deleted
    after some time; the role can write only to it.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("aws-for-fluent-bit", "0.2.0", "https://aws.github.io/eks-charts")
    service_account: ClassVar[str] = "aws-for-fluent-bit"
    fits: ClassVar[Fit] = Fit(not_on_fargate="Fargate has a log router of its own: compute.<profile>.logging")
    images: ClassVar[dict[str, str]] = {"image.repository": "public.ecr.aws/aws-observability/aws-for-fluent-bit"}
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("",)

    namespace: Namespace = "amazon-cloudwatch"

    cloudwatch: CloudWatchOutput | None = None
    """Send logs to CloudWatch. Default: yes, where no other output is named."""

    s3: S3Output | None = None
    """Send logs to an S3 bucket. Default: no."""

    stream: StreamOutput | None = None
    """Send logs to Firehose or Kinesis. Default: no."""

    opensearch: OpenSearchOutput | None = None
    """Send logs to an OpenSearch domain. Default: no."""

    buffer_limit: str = Field(default="5MB", pattern=r"^\d+(KB|MB)$")
    """Memory that read lines may take up on a node before reading pauses."""

    additional_inputs: str | None = None
    """Further `[INPUT]` sections, in Fluent Bit's syntax."""

    additional_filters: str | None = None
    """Further `[FILTER]` sections, in Fluent Bit's syntax, such as one that drops lines of a namespace."""

    def _others(self) -> bool:
        return any(output is not None for output in (self.s3, self.stream, self.opensearch))

    @property
    def _cloudwatch(self) -> CloudWatchOutput | None:
        return self.cloudwatch or (None if self._others() else CloudWatchOutput())

    def equipped(self, component: Component, cluster: ClusterRef) -> tuple[Self, list[pulumi.Resource]]:
        """With a log group of its own, unless one is named."""
        logs = self._cloudwatch
        if logs is None or logs.log_group is not None:
            return self, []
        import pulumi
        import pulumi_aws as aws

        from eks_blueprints.core.component import merge_tags

        group = aws.cloudwatch.LogGroup(
            f"{component.pulumi_resource_name}-logs",
            name=pulumi.Output.from_input(cluster.name).apply(_LOG_GROUP.format),
            retention_in_days=logs.retention_in_days,
            kms_key_id=logs.kms_key_arn,
            tags=merge_tags(cluster.tags, self.tags) or None,
            opts=component.child(),
        )
        found = logs.model_copy(update={"log_group": group.name})
        return self.model_copy(update={"cloudwatch": found}), [group]

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Write to the outputs, and nowhere else."""
        allowed = []
        if self.cloudwatch is not None:
            group = self._log_group_arn(cluster)
            verbs = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
            allowed.append(Allow(*verbs, on=group))
        if self.s3 is not None:
            allowed.append(Allow("s3:PutObject", on=objects_of(cluster.partition, self.s3.bucket)))
        if self.stream is not None:
            put = "firehose:PutRecordBatch" if ":firehose:" in self.stream.arn else "kinesis:PutRecords"
            allowed.append(Allow(put, on=self.stream.arn))
        if self.opensearch is not None:
            import pulumi

            below = pulumi.Output.from_input(self.opensearch.domain_arn).apply("{}/*".format)
            allowed.append(Allow("es:ESHttpPost", "es:ESHttpPut", on=below))
        return allowed

    def _log_group_arn(self, cluster: ClusterRef) -> In[str]:
        import pulumi

        assert self.cloudwatch is not None  # noqa: S101 - asked only where it is there
        name = pulumi.Output.from_input(self.cloudwatch.log_group)
        form = f"arn:{cluster.partition}:logs:{cluster.region}:*:log-group:{{}}:*"
        return name.apply(form.format)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The outputs, of which the chart has CloudWatch switched on by itself."""
        region = cluster.region
        values: dict[str, Any] = {"cloudWatchLogs": {"enabled": False}}
        if self.cloudwatch is not None:
            values["cloudWatchLogs"] = {
                "enabled": True,
                "region": region,
                "logGroupName": self.cloudwatch.log_group,
                "logStreamPrefix": "containers-",
                "autoCreateGroup": False,
            }
        if self.s3 is not None:
            sizes = {"totalFileSize": self.s3.total_file_size, "uploadTimeout": self.s3.upload_timeout}
            values["s3"] = {"enabled": True, "region": region, "bucket": self.s3.bucket, **sizes}
        if self.stream is not None:
            name = self.stream.arn.rpartition("/")[2]
            if ":firehose:" in self.stream.arn:
                values["firehose"] = {"enabled": True, "region": region, "deliveryStream": name}
            else:
                values["kinesis"] = {"enabled": True, "region": region, "stream": name}
        if self.opensearch is not None:
            there = {"host": self.opensearch.host, "index": self.opensearch.index}
            values["opensearch"] = {"enabled": True, "awsRegion": region, **there}
        return values

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings: dict[str, Any] = {"input": {"memBufLimit": self.buffer_limit}}
        if self.additional_inputs is not None:
            settings["additionalInputs"] = self.additional_inputs
        if self.additional_filters is not None:
            settings["additionalFilters"] = self.additional_filters
        return settings
