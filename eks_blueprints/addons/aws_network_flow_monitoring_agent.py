"""Network Flow Monitor agent: how well connections of pods do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import DAEMON, Fit

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


class AwsNetworkFlowMonitoringAgent(EksAddOn):
    """Measure connections of pods, losses and latency, for CloudWatch's Network Flow Monitor."""

    category: ClassVar[str] = "observability"
    eks_name: ClassVar[str] = "aws-network-flow-monitoring-agent"
    namespace: ClassVar[str] = "amazon-network-flow-monitor"
    service_account: ClassVar[str] = "aws-network-flow-monitor-agent-service-account"
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)

    def managed_policies(self, ground: Ground) -> dict[str, str]:
        """AWS's own policy for the agent."""
        return {"network-flow": "CloudWatchNetworkFlowMonitorAgentPublishPolicy"}
