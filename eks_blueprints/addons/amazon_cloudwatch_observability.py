"""CloudWatch Observability: Container Insights, Application Signals, logs and traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._pods import Toleration, pod_settings
from eks_blueprints.addons.aws_for_fluent_bit import AwsForFluentBit
from eks_blueprints.addons.base import AddOn, EksAddOn
from eks_blueprints.core.spec import Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


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

    tolerations: Many[Toleration] | None = None
    """Taints that its pods accept. Default: EKS's, all of them."""

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
