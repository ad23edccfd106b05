"""ACK, run by EKS: AWS resources as Kubernetes objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._capability import CapabilityAddOn


class AckCapability(CapabilityAddOn):
    """Have EKS run the controllers of AWS Controllers for Kubernetes, all of them, outside the cluster.

    Its role has the permissions of `policy_arns`; everyone who can create its objects acts with that role.
    """

    category: ClassVar[str] = "aws controllers"
    capability_type: ClassVar[str] = "ACK"
