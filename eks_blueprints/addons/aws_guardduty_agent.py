"""GuardDuty agent: watches what happens at run time."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import DAEMON, Fit


class AwsGuarddutyAgent(EksAddOn):
    """Watch processes, files and connections on every node, for GuardDuty's EKS Runtime Monitoring.

    GuardDuty has to have Runtime Monitoring switched on in the account; its VPC endpoint `guardduty-data` must exist.
    With automated agent management GuardDuty installs the agent itself, and this is not needed.
    """

    category: ClassVar[str] = "security"
    eks_name: ClassVar[str] = "aws-guardduty-agent"
    namespace: ClassVar[str] = "amazon-guardduty"
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
