"""ACK's controller for AWS Lambda."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckRolePasser
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import ArnPattern
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckLambda(AckRolePasser):
    """Make functions, their aliases, versions, URLs, layers and event sources."""

    service: ClassVar[str] = "lambda"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("lambda.amazonaws.com",)
    looks_at: ClassVar[tuple[str, ...]] = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")

    code_arns: Many[In[ArnPattern]] = ()
    """ARNs of the objects in S3 from which it may take the code of functions, such as `arn:aws:s3:::shop-code/*`."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and reading the code of functions where it lies."""
        allowed = super().permissions(cluster)
        if self.code_arns:
            allowed.append(Allow("s3:GetObject", "s3:GetObjectVersion", on=self.code_arns))
        images = f"arn:{cluster.partition}:ecr:{self.region or cluster.region}:*:repository/*"
        return [*allowed, Allow("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", on=images)]
