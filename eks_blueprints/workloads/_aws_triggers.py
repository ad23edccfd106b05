"""What KEDA follows in AWS: queues, and metrics of CloudWatch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, unknown_name
from eks_blueprints.core.form import Form
from eks_blueprints.workloads._trigger import Region, Right, Trigger

QUEUE = Form(
    r"https://sqs\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)/(\d{12})/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)",
    what="is not the URL of a queue",
    do="write it like https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
)
_UNITS = (
    "Seconds Microseconds Milliseconds Bytes Kilobytes Megabytes Gigabytes Terabytes Bits Kilobits Megabits Gigabits "
    "Terabits Percent Count Bytes/Second Kilobytes/Second Megabytes/Second Gigabytes/Second Terabytes/Second "
    "Bits/Second Kilobits/Second Megabits/Second Gigabits/Second Terabits/Second Count/Second None"
)
Queue = Annotated[str, AfterValidator(QUEUE)]


class SqsTrigger(Trigger):
    """Messages of an SQS queue; those that are being handled count too."""

    scaler: ClassVar[str] = "aws-sqs-queue"
    of_aws: ClassVar[bool] = True

    queue_url: Queue
    """URL of the queue, such as `https://sqs.eu-west-1.amazonaws.com/111122223333/orders`."""

    messages: int = Field(default=5, ge=1)
    """Messages for each pod."""

    activation_messages: int | None = Field(default=None, ge=0)
    """Messages above which the first pod is created. Default: 0."""

    in_flight: bool = True
    """Whether messages that are being handled count."""

    delayed: bool = False
    """Whether messages that are delayed count."""

    @property
    def said(self) -> dict[str, Any]:
        """Its metadata in KEDA's words."""
        region = self.queue_url.split(".")[1]
        own = {"queueURL": self.queue_url, "queueLength": self.messages, "awsRegion": region}
        own |= {"activationQueueLength": self.activation_messages}
        return own | {"scaleOnInFlight": self.in_flight, "scaleOnDelayed": self.delayed}

    def rights(self, partition: str) -> Iterator[Right]:
        """Read how long the queue is."""
        region, rest = self.queue_url.split(".")[1], self.queue_url.split("/")[3:]
        yield ("sqs:GetQueueAttributes",), f"arn:{partition}:sqs:{region}:{rest[0]}:{rest[1]}"


class CloudWatchTrigger(Trigger):
    """A metric of CloudWatch."""

    scaler: ClassVar[str] = "aws-cloudwatch"
    of_aws: ClassVar[bool] = True

    region: Region
    """Region of the metric."""

    namespace: str | None = Field(default=None, min_length=1)
    """Its namespace, such as `AWS/ApplicationELB`."""

    metric: str | None = Field(default=None, min_length=1)
    """Its name, such as `RequestCountPerTarget`."""

    dimensions: dict[str, str] = {}
    """Its dimensions by name."""

    expression: str | None = Field(default=None, min_length=1)
    """A query of Metrics Insights, such as `SELECT SUM(Errors) FROM "Shop"`, instead of these three."""

    target: float = Field(gt=0)
    """Its value for each pod."""

    minimum: float = 0
    """The value where CloudWatch has none."""

    activation: float | None = Field(default=None, ge=0)
    """Value above which the first pod is created. Default: 0."""

    statistic: str = Field(default="Average", min_length=1)
    """Statistic, such as `Sum`, `Maximum` or `p99`."""

    unit: str | None = None
    """Unit of the metric, such as `Count`. Default: any."""

    period_seconds: int = 300
    """Seconds that a value is of: 1, 5, 10, 30, or a multiple of 60."""

    collection_seconds: int = Field(default=300, ge=1)
    """Seconds within which values are looked for; a multiple of the period."""

    end_offset_seconds: int = Field(default=0, ge=0)
    """Seconds before now at which that time ends, since values come late."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        named = {"namespace": self.namespace, "metric": self.metric, "dimensions": self.dimensions}
        if self.expression is None:
            for field, value in named.items():
                if not value:
                    faults.add(field, "is required without an expression; got none; add it, or write an expression")
        else:
            for field, value in named.items():
                if value:
                    faults.add(field, "is what the expression says; got both; keep one of them")
        if self.unit is not None and self.unit not in _UNITS.split():
            faults.add("unit", unknown_name(self.unit, _UNITS.split(), "unit of CloudWatch"))
        period = self.period_seconds
        if period not in (1, 5, 10, 30) and (period < 60 or period % 60):
            faults.add("period_seconds", f"is no period of CloudWatch; got {period}; use 1, 5, 10, 30, 60, 120, …")
        elif self.collection_seconds % period:
            got = f"{self.collection_seconds} and {period}"
            faults.add("collection_seconds", f"is no multiple of period_seconds; got {got}; round it")
        faults.raise_if_any()
        return self

    @property
    def said(self) -> dict[str, Any]:
        """Its metadata in KEDA's words."""
        return {
            "awsRegion": self.region,
            "namespace": self.namespace,
            "metricName": self.metric,
            "dimensionName": ";".join(self.dimensions) or None,
            "dimensionValue": ";".join(self.dimensions.values()) or None,
            "expression": self.expression,
            "targetMetricValue": self.target,
            "minMetricValue": self.minimum,
            "activationTargetMetricValue": self.activation,
            "metricStat": self.statistic,
            "metricUnit": self.unit,
            "metricStatPeriod": self.period_seconds,
            "metricCollectionTime": self.collection_seconds,
            "metricEndTimeOffset": self.end_offset_seconds,
        }

    def rights(self, partition: str) -> Iterator[Right]:
        """Read metrics, which have no ARNs."""
        yield ("cloudwatch:GetMetricData",), "*"
