"""ACK's controller for AWS Certificate Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckController
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import ArnPattern
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckAcm(AckController):
    """Request and import TLS certificates, for load balancers and CloudFront."""

    service: ClassVar[str] = "acm"

    certificate_authority_arns: Many[In[ArnPattern]] = ()
    """ARNs of private certificate authorities that it may have sign certificates, such as
    `arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/*`. Default: none, public certificates only."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and what ACM asks of whoever requests a private certificate."""
        allowed = super().permissions(cluster)
        if self.certificate_authority_arns:
            signing = ("acm-pca:GetCertificate", "acm-pca:IssueCertificate", "acm-pca:ListPermissions")
            allowed.append(Allow(*signing, on=self.certificate_authority_arns))
        return allowed
