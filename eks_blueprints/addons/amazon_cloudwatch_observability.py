"""CloudWatch Observability: Container Insights, Application Signals, logs and traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import model_validator

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._pods import Toleration, pod_settings
from eks_blueprints.addons.aws_for_fluent_bit import AwsForFluentBit
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import RegionalKeyArn
from eks_blueprints.core.spec import In, Many
from eks_blueprints.network.spec import RetentionDays

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground


_LOG_GROUPS = ("application", "dataplane", "host", "performance")
"""Source: CloudWatch user guide, "Set up Fluent Bit ... to send logs to CloudWatch Logs" and "Container Insights
performance log reference"."""


class AmazonCloudwatchObservability(EksAddOn):
    """Send metrics, logs and traces to CloudWatch: Container Insights with enhanced observability, Application Signals.

    It brings the CloudWatch agent and Fluent Bit, so that aws_for_fluent_bit beside it would send every line twice.
    """

    category: ClassVar[str] = "observability"
    brings_groups: ClassVar[tuple[str, ...]] = ("cloudwatch.aws.amazon.com",)
    eks_name: ClassVar[str] = "amazon-cloudwatch-observability"
    namespace: ClassVar[str] = "amazon-cloudwatch"
    host_network: ClassVar[bool] = True
    service_account: ClassVar[str] = "cloudwatch-agent"
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (AwsForFluentBit,)
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)

    container_logs: bool | None = None
    """Whether the logs of containers are sent by Fluent Bit. Default: EKS's, yes."""

    application_signals: bool | None = None
    """Whether applications are instrumented for Application Signals where they ask for it. Default: EKS's, yes."""

    log_retention_in_days: RetentionDays | None = None
    """Days that logs are kept: its log groups (`/aws/containerinsights/<cluster>/…`) are created before it. Default: it
    creates them itself, and logs are kept for ever."""

    log_kms_key_arn: In[RegionalKeyArn] | None = None
    """ARN of the customer managed KMS key that these log groups are encrypted with. Default: CloudWatch's."""

    tolerations: Many[Toleration] | None = None
    """Taints that its pods accept. Default: EKS's, all of them."""

    @model_validator(mode="after")
    def _key_is_for_groups(self) -> Self:
        faults = Faults()
        if self.log_kms_key_arn is not None and self.log_retention_in_days is None:
            faults.add("log_kms_key_arn", "is for log groups that are created; got no log_retention_in_days; add it")
        faults.raise_if_any()
        return self

    def prepared(self, component: Component, cluster: ClusterRef) -> list[pulumi.Resource]:
        """Its log groups, if logs are to be kept for some time."""
        if self.log_retention_in_days is None:
            return []
        import pulumi
        import pulumi_aws as aws

        from eks_blueprints.core.component import merge_tags

        name = pulumi.Output.from_input(cluster.name)
        return [
            aws.cloudwatch.LogGroup(
                f"{component.pulumi_resource_name}-logs-{group}",
                name=name.apply(lambda cluster, group=group: f"/aws/containerinsights/{cluster}/{group}"),  # type: ignore[misc]
                retention_in_days=self.log_retention_in_days,
                kms_key_id=self.log_kms_key_arn,
                tags=merge_tags(cluster.tags, self.tags) or None,
                opts=component.child(),
            )
            for group in _LOG_GROUPS
        ]

    def managed_policies(self, ground: Ground) -> dict[str, str]:
        """AWS's own policies for the agent and for traces."""
        return {"cloudwatch-agent": "CloudWatchAgentServerPolicy", "xray": "AWSXrayWriteOnlyAccess"}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        settings = pod_settings(self.tolerations, {})
        if self.container_logs is not None:
            settings["containerLogs"] = {"enabled": self.container_logs}
        if self.application_signals is not None:
            manager = {"applicationSignals": {"autoMonitor": {"monitorAllServices": self.application_signals}}}
            settings["manager"] = manager
        return settings
