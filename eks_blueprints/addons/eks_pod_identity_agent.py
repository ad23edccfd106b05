"""EKS Pod Identity agent: hands pods the credentials of the role their service account is associated with."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons.base import EksAddOn


class EksPodIdentityAgent(EksAddOn):
    """Give pods the credentials of the IAM role that is associated with their service account.

    Runs on every node and is part of EKS Auto Mode already. Nodes need `eks-auth:AssumeRoleForPodIdentity`, which
    AmazonEKSWorkerNodePolicy has. Not available on Fargate.
    """

    eks_name: ClassVar[str] = "eks-pod-identity-agent"
    before_nodes: ClassVar[bool] = True
