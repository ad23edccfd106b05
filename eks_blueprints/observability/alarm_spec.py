"""What someone is told of, when, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import RegionalArn, RegionalKeyArn, repeated
from eks_blueprints.core.spec import In, Many, Spec

if TYPE_CHECKING:
    from eks_blueprints.observability.managed_prometheus import ManagedPrometheus
else:
    ManagedPrometheus = late("eks_blueprints.observability.managed_prometheus", "ManagedPrometheus")

Severity = Literal["info", "warning", "critical"]
Condition = Literal["MemoryPressure", "DiskPressure", "PIDPressure"]

TopicArn = Annotated[
    RegionalArn,
    AfterValidator(
        Form(
            r"arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}",
            what="is not a valid ARN of a standard SNS topic",
            do="write it like arn:aws:sns:eu-west-1:111122223333:alarms",
        )
    ),
]
CertificateArn = Annotated[
    RegionalArn,
    AfterValidator(
        Form(
            r"arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+",
            what="is not a valid ARN of a certificate of ACM",
            do="write it like arn:aws:acm:eu-west-1:111122223333:certificate/id",
        )
    ),
]
Email = Annotated[
    str,
    AfterValidator(
        Form(
            r"[^\s@]+@[^\s@]+\.[^\s@]+",
            what="is not a valid email address",
            do="write it like oncall@example.com",
        )
    ),
]
Minutes = Annotated[int, Field(ge=0, le=1440)]
Window = Annotated[int, Field(ge=1, le=1440)]
Percent = Annotated[float, Field(gt=0, lt=100)]


class Alarm(Spec):
    """One condition."""

    enabled: bool = True
    """Whether there is such an alarm."""

    severity: Severity = "warning"
    """How urgent it is. Alertmanager routes by it; in CloudWatch it is a tag, and part of the description."""

    for_minutes: Minutes = 0
    """Minutes for which the condition has to hold, up to a day."""


class ContainerRestarts(Alarm):
    """A container restarts again and again. In CloudWatch the restarts of all containers are counted together."""

    restarts: int = Field(default=3, ge=1)
    """Number of restarts from which on it is told."""

    window_minutes: Window = 30
    """Minutes within which they are counted. A container that keeps crashing restarts every five minutes at least."""


class OomKills(Alarm):
    """A container was killed because it used more memory than its limit. In CloudWatch the alarm lasts until that pod
    is replaced."""

    window_minutes: Window = 10
    """Minutes for which a kill is told. Default: 10."""


class CpuThrottling(Alarm):
    """A container is held back by its CPU limit. CloudWatch has no metric of it."""

    severity: Severity = "info"
    """How urgent it is."""

    for_minutes: Minutes = 15
    """Minutes for which the condition has to hold."""

    percent: Percent = 25
    """Share of the scheduler's periods in which the container had to wait, in percent."""


class PendingPods(Alarm):
    """A pod waits: no node can take it, or its image or volume is not there."""

    for_minutes: Minutes = 15
    """Minutes for which the condition has to hold."""


class HpaAtMaximum(Alarm):
    """A HorizontalPodAutoscaler has as many pods as it may have. CloudWatch has no metric of it."""

    for_minutes: Minutes = 15
    """Minutes for which the condition has to hold."""


class NodePressure(Alarm):
    """A node is short of memory, disk or process IDs, and evicts pods."""

    severity: Severity = "info"
    """How urgent it is."""

    for_minutes: Minutes = 10
    """Minutes for which the condition has to hold."""

    conditions: Many[Condition] = Field(default=("MemoryPressure", "DiskPressure", "PIDPressure"), min_length=1)
    """Conditions of nodes that are told. Default: all three."""

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        faults = Faults()
        if twice := repeated(self.conditions):
            faults.add("conditions", f"names one twice; got {twice}; remove one")
        faults.raise_if_any()
        return self


class VolumeNearlyFull(Alarm):
    """A volume that pods claim runs full. CloudWatch has no metric of it."""

    for_minutes: Minutes = 60
    """Minutes for which it has to be below `free_percent` and filling up."""

    free_percent: Percent = 15
    """Share of the volume that is free, in percent, below which it is told if the volume fills up soon."""

    full_within_days: int = Field(default=4, ge=1, le=90)
    """Days within which it would be full, as it filled up in the last six hours."""

    critical_free_percent: Percent = 3
    """Share below which it is told at once, as `critical`."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        faults = Faults()
        if self.critical_free_percent >= self.free_percent:
            got = f"{self.critical_free_percent:g} and {self.free_percent:g}"
            faults.add("critical_free_percent", f"is not below free_percent; got {got}; lower it")
        faults.raise_if_any()
        return self


class ApiServerErrors(Alarm):
    """The Kubernetes API answers with errors of the server (5xx)."""

    severity: Severity = "critical"
    """How urgent it is."""

    for_minutes: Minutes = 10
    """Minutes for which the condition has to hold."""

    percent: Percent = 3
    """Share of all requests, in percent."""


class CertificateExpiry(Alarm):
    """A certificate expires soon and was not renewed: one of cert-manager, of ACM, or of a client of the Kubernetes
    API."""

    for_minutes: Minutes = 60
    """Minutes for which the condition has to hold. ACM tells twice a day."""

    days: int = Field(default=21, ge=1, le=365)
    """Days before the end of a certificate of cert-manager or ACM."""

    client_days: int = Field(default=7, ge=1, le=365)
    """Days before the end of a certificate that a client shows to the Kubernetes API."""

    certificate_arns: Many[CertificateArn] = ()
    """ARNs of certificates in ACM, besides those of the Ingresses of `workloads`."""

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        faults = Faults()
        if twice := repeated(self.certificate_arns):
            faults.add("certificate_arns", f"names one twice; got {twice}; remove one")
        faults.raise_if_any()
        return self


class Alarms(Spec):
    """Alarms, as rules of Prometheus (PrometheusRule), as alarms of CloudWatch, or as both."""

    prometheus: bool | None = None
    """Whether Prometheus has them. Default: if kube_prometheus_stack is on the cluster. The stack's own rules that tell
    the same are left out then."""

    cloudwatch: bool | None = None
    """Whether CloudWatch has them. Default: if amazon_cloudwatch_observability is on the cluster. Without it CloudWatch
    knows pending pods, errors of the API server and certificates of ACM alone."""

    managed_prometheus: ManagedPrometheus | None = None
    """A workspace of Amazon Managed Service for Prometheus that has them as rules. Default: none."""

    composite: bool = False
    """Whether one composite alarm of CloudWatch tells the topics, once for all of them, instead of each alarm by
    itself."""

    sns_topic_arns: Many[In[TopicArn]] = ()
    """ARNs of SNS topics that alarms of CloudWatch and of `managed_prometheus` go to."""

    emails: Many[Email] = ()
    """Email addresses that they go to, by an SNS topic that is created. AWS asks each of them to confirm."""

    kms_key_arn: In[RegionalKeyArn] | None = None
    """ARN of the customer managed KMS key that this topic is encrypted with. Its policy has to allow CloudWatch
    (`cloudwatch.amazonaws.com`) to use it. Default: the topic is not encrypted with a key."""

    tell_when_over: bool = True
    """Whether the topics are also told when a condition is over."""

    container_restarts: ContainerRestarts = ContainerRestarts()
    """A container restarts again and again."""

    oom_kills: OomKills = OomKills()
    """A container was killed because it used more memory than its limit."""

    cpu_throttling: CpuThrottling = CpuThrottling()
    """A container is held back by its CPU limit."""

    pending_pods: PendingPods = PendingPods()
    """A pod waits to run."""

    hpa_at_maximum: HpaAtMaximum = HpaAtMaximum()
    """A HorizontalPodAutoscaler has as many pods as it may have."""

    node_pressure: NodePressure = NodePressure()
    """A node is short of memory, disk or process IDs."""

    volume_nearly_full: VolumeNearlyFull = VolumeNearlyFull()
    """A volume that pods claim runs full."""

    api_server_errors: ApiServerErrors = ApiServerErrors()
    """The Kubernetes API answers with errors."""

    certificate_expiry: CertificateExpiry = CertificateExpiry()
    """A certificate expires soon."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.prometheus is False and self.cloudwatch is False and self.managed_prometheus is None:
            faults.add("prometheus", "or cloudwatch is required; got false for both; remove alarms, or one of them")
        by_workspace = self.managed_prometheus is not None and self.managed_prometheus.alert_manager
        if self.cloudwatch is False:
            for field in ("sns_topic_arns", "emails", "composite"):
                if getattr(self, field) and (field == "composite" or not by_workspace):
                    faults.add(field, "is told by CloudWatch; got cloudwatch: false; remove one of them")
        if self.kms_key_arn is not None and not self.emails:
            faults.add("kms_key_arn", "is for the topic that emails need; got no emails; remove it")
        if twice := repeated(self.emails):
            faults.add("emails", f"names one twice; got {twice}; remove one")
        faults.raise_if_any()
        return self


KINDS: dict[str, type[Alarm]] = {
    "container_restarts": ContainerRestarts,
    "oom_kills": OomKills,
    "cpu_throttling": CpuThrottling,
    "pending_pods": PendingPods,
    "hpa_at_maximum": HpaAtMaximum,
    "node_pressure": NodePressure,
    "volume_nearly_full": VolumeNearlyFull,
    "api_server_errors": ApiServerErrors,
    "certificate_expiry": CertificateExpiry,
}
"""The alarms by their fields."""
