"""EKS Pod Identity agent: hands pods the credentials of the role their service account is associated with."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import DAEMON, Fit


class EksPodIdentityAgent(EksAddOn):
    """Give pods the credentials of the IAM role that is associated with their service account.

    Runs on every node and is part of EKS Auto Mode already. Nodes need `eks-auth:AssumeRoleForPodIdentity`, which
    AmazonEKSWorkerNodePolicy has. Not available on Fargate.
    """

    category: ClassVar[str] = "security"
    eks_name: ClassVar[str] = "eks-pod-identity-agent"
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON, in_auto_mode="the agent")
    before_nodes: ClassVar[bool] = True
