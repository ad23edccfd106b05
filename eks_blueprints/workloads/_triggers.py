"""What KEDA follows besides AWS: times, topics, and queries of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many
from eks_blueprints.workloads._schedules import Schedule, TimeZone, never_comes
from eks_blueprints.workloads._trigger import Region, Right, Trigger

_WORKSPACE = Form(r"arn:aws(-[a-z]+)*:aps:([a-z0-9-]+):\d{12}:workspace/(ws-[a-z0-9-]+)")


def _five(text: str) -> str:
    if text.startswith("@"):
        raise ValueError(f"is a macro, which KEDA does not know; got {shown(text)}; write five fields")
    return text


Times = Annotated[Schedule, AfterValidator(_five)]


class CronTrigger(Trigger):
    """A number of pods within certain times."""

    scaler: ClassVar[str] = "cron"

    start: Times
    """When it begins, as minute, hour, day of the month, month and day of the week: `"0 8 * * 1-5"`."""

    end: Times
    """When it ends."""

    time_zone: TimeZone
    """Time zone of both, such as `Europe/Berlin`."""

    replicas: int = Field(ge=1)
    """Pods that there are in between."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.start == self.end:
            faults.add("end", f"is when it begins; got {shown(self.end)} for both; write another time")
        faults.raise_if_any()
        return self

    @property
    def said(self) -> dict[str, Any]:
        """Its metadata in KEDA's words."""
        own = {"start": self.start, "end": self.end, "timezone": self.time_zone}
        return own | {"desiredReplicas": self.replicas}

    @property
    def never(self) -> str | None:
        """The field whose time never comes."""
        return next((field for field in ("start", "end") if never_comes(getattr(self, field))), None)


class KafkaTrigger(Trigger):
    """Messages of a Kafka topic that a group of consumers has not read."""

    scaler: ClassVar[str] = "kafka"

    bootstrap_servers: Many[Annotated[str, Field(pattern=r"^[^\s,:]+:\d{1,5}$")]] = Field(min_length=1)
    """Brokers with their ports, such as `[b-1.shop.kafka.eu-west-1.amazonaws.com:9098]`."""

    consumer_group: str = Field(min_length=1)
    """The group of consumers."""

    topic: str | None = Field(default=None, pattern=r"^[a-zA-Z0-9._-]{1,249}$")
    """The topic. Default: all of the group."""

    lag: int = Field(default=10, ge=1)
    """Messages for each pod."""

    activation_lag: int | None = Field(default=None, ge=0)
    """Messages above which the first pod is created. Default: 0."""

    offset_reset_policy: Literal["latest", "earliest"] = "latest"
    """Where the consumers begin."""

    allow_idle_consumers: bool = False
    """Whether there may be more pods than partitions."""

    tls: bool = False
    """Whether the connection is encrypted."""

    sasl: Literal["plaintext", "scram_sha256", "scram_sha512", "oauthbearer", "gssapi", "aws_msk_iam"] | None = None
    """How KEDA says who it is; `aws_msk_iam` is the IAM of Amazon MSK, for which a region is needed."""

    region: Region | None = None
    """Region of the MSK cluster."""

    cluster_arn: str | None = Field(
        default=None, pattern=r"^arn:aws(-[a-z]+)*:kafka:[a-z0-9-]+:\d{12}:cluster/[^*?/]+/[^*?/]+$"
    )
    """ARN of the MSK cluster, on which KEDA's operator gets its rights with `aws_msk_iam`."""  # fmt: skip

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        iam = self.sasl == "aws_msk_iam"
        for field in ("region", "cluster_arn"):
            if iam and getattr(self, field) is None:
                faults.add(field, "is required with sasl: aws_msk_iam; got none; add it")
            if not iam and getattr(self, field) is not None:
                faults.add(field, "is for sasl: aws_msk_iam; got another; remove it")
        if iam and not self.tls:
            faults.add("tls", "is required with sasl: aws_msk_iam; got false; set tls: true")
        faults.raise_if_any()
        return self

    @property
    def said(self) -> dict[str, Any]:
        """Its metadata in KEDA's words."""
        iam = self.sasl == "aws_msk_iam"
        return {
            "bootstrapServers": ",".join(self.bootstrap_servers),
            "consumerGroup": self.consumer_group,
            "topic": self.topic,
            "lagThreshold": self.lag,
            "activationLagThreshold": self.activation_lag,
            "offsetResetPolicy": self.offset_reset_policy,
            "allowIdleConsumers": self.allow_idle_consumers,
            "tls": "enable" if self.tls else None,
            # KEDA's scaler says IAM as a token of OAuth.
            "sasl": "oauthbearer" if iam else self.sasl,
            "saslTokenProvider": "aws_msk_iam" if iam else None,
            "awsRegion": self.region,
        }

    @property
    def asks_aws(self) -> bool:
        """Whether it says who it is by IAM."""
        return self.sasl == "aws_msk_iam"

    def rights(self, partition: str) -> Iterator[Right]:
        """Connect to the cluster, and read its topics and groups."""
        if self.cluster_arn is not None:
            yield ("kafka-cluster:Connect", "kafka-cluster:DescribeCluster"), self.cluster_arn
            head, _, rest = self.cluster_arn.partition(":cluster/")
            topic, group = self.topic or "*", self.consumer_group
            yield ("kafka-cluster:DescribeTopic",), f"{head}:topic/{rest}/{topic}"
            yield ("kafka-cluster:DescribeGroup",), f"{head}:group/{rest}/{group}"


class PrometheusTrigger(Trigger):
    """The result of a query of Prometheus."""

    scaler: ClassVar[str] = "prometheus"

    query: str = Field(min_length=1)
    """Query in PromQL that gives one number."""

    threshold: float = Field(gt=0)
    """Its value for each pod."""

    activation: float | None = Field(default=None, ge=0)
    """Value above which the first pod is created. Default: 0."""

    server_address: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """Address of Prometheus, such as `http://prometheus.monitoring:9090`. Default: that of the workspace, or of
    the kube_prometheus_stack of the platform under its own name."""

    workspace_arn: str | None = None
    """ARN of a workspace of Amazon Managed Prometheus, which is asked instead."""

    ignore_null_values: bool = True
    """Whether no result counts as 0, rather than as a failure."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.workspace_arn is not None and not _WORKSPACE.fullmatch(self.workspace_arn):
            do = "write it like arn:aws:aps:eu-west-1:111122223333:workspace/ws-0123"
            faults.add("workspace_arn", f"is not the ARN of a workspace; got {shown(self.workspace_arn)}; {do}")
        if self.workspace_arn is not None and self.server_address is not None:
            faults.add("server_address", "is that of the workspace; got both; keep one of them")
        faults.raise_if_any()
        return self

    @property
    def asks_aws(self) -> bool:
        """Whether it asks a workspace of AWS."""
        return self.workspace_arn is not None

    @property
    def said(self) -> dict[str, Any]:
        """Its metadata in KEDA's words."""
        address, region = self.server_address or _PROMETHEUS, None
        if self.workspace_arn is not None:
            parts = self.workspace_arn.split(":")
            region, domain = parts[3], "amazonaws.com.cn" if parts[1] == "aws-cn" else "amazonaws.com"
            address = f"https://aps-workspaces.{region}.{domain}/workspaces/{parts[5].partition('/')[2]}"
        own = {"serverAddress": address, "query": self.query, "threshold": self.threshold, "awsRegion": region}
        own |= {"activationThreshold": self.activation}
        return own | {"ignoreNullValues": None if self.ignore_null_values else False}

    def rights(self, partition: str) -> Iterator[Right]:
        """Ask the workspace."""
        if self.workspace_arn is not None:
            yield ("aps:QueryMetrics",), self.workspace_arn


_PROMETHEUS = "http://kube-prometheus-stack-prometheus.monitoring:9090"
"""Where the kube_prometheus_stack of this catalogue answers under its own name."""
