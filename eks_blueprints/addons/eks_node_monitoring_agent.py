"""EKS node monitoring agent: tells what is wrong with nodes, for node repair."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import DAEMON, Fit


class EksNodeMonitoringAgent(EksAddOn):
    """Find what is wrong with nodes and say so in their conditions, which automatic node repair goes by."""

    category: ClassVar[str] = "nodes"
    eks_name: ClassVar[str] = "eks-node-monitoring-agent"
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON, in_auto_mode="the agent")
