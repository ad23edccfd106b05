"""AWS Gateway API Controller: services in VPC Lattice, by Kubernetes' Gateway API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import ArnPattern
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_PARTS = ("AccessLogSubscription", "Listener", "Rule", "Service", "ServiceNetwork", "TargetGroup")
_LINKS = ("ServiceNetworkServiceAssociation", "ServiceNetworkVpcAssociation")
_OTHERS = (
    "DeleteAuthPolicy",
    "DeleteResourcePolicy",
    "DeregisterTargets",
    "GetAuthPolicy",
    "GetResourcePolicy",
    "ListServiceNetworkVpcEndpointAssociations",
    "ListTagsForResource",
    "ListTargets",
    "PutAuthPolicy",
    "PutResourcePolicy",
    "RegisterTargets",
    "TagResource",
    "UntagResource",
    "UpdateServiceNetworkVpcAssociation",
)
_LOGS = (
    "CreateLogDelivery",
    "DeleteLogDelivery",
    "DescribeLogGroups",
    "DescribeResourcePolicies",
    "GetLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "UpdateLogDelivery",
)
_TO_DESTINATIONS = ("firehose:TagDeliveryStream", "s3:GetBucketPolicy", "s3:PutBucketPolicy")


class AwsGatewayApiController(HelmAddOn):
    """Connect services of several clusters, VPCs and accounts over VPC Lattice, by Gateway API objects.

    The Gateway API's own CRDs must be on the cluster (`manifests`). Nodes must allow VPC Lattice's prefix list in.
    """

    category: ClassVar[str] = "networking"
    chart: ClassVar[Chart] = Chart(
        "aws-gateway-controller-chart", "v2.1.3", "oci://public.ecr.aws/aws-application-networking-k8s"
    )
    service_account: ClassVar[str] = "gateway-api-controller"
    single: ClassVar[bool] = True
    makes_outside: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("deployment",)
    images: ClassVar[dict[str, str]] = {
        "image.repository": "public.ecr.aws/aws-application-networking-k8s/aws-gateway-controller"
    }
    spare: ClassVar[dict[str, Any]] = {"deployment.replicas": 2, "pdb.enabled": True, "pdb.maxUnavailable": 1}
    spread: ClassVar[tuple[str, ...]] = ("deployment.topologySpreadConstraints",)

    namespace: Namespace = "aws-application-networking-system"

    default_service_network: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")
    """Name of the service network that the VPC is put into. Default: Gateways name theirs."""

    access_log_arns: Many[In[ArnPattern]] = ()
    """ARNs of the S3 buckets and Firehose streams that AccessLogPolicies send logs to; it changes their bucket policies
    and tags for that. Default: none; log groups of CloudWatch need no entry."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """The policy that its project recommends, with VPC Lattice's actions spelled out and held to the region.

        Logs, tags and networks are looked up or subscribed to by actions for which AWS knows no resources.
        """
        verbs = [f"{verb}{part}" for part in _PARTS for verb in ("Create", "Delete", "Get", "Update")]
        verbs += [f"{verb}{part}" for part in _LINKS for verb in ("Create", "Delete", "Get")]
        lists = [f"List{part}s" for part in (*_PARTS, *_LINKS)]
        lattice = [f"vpc-lattice:{verb}" for verb in sorted({*verbs, *lists, *_OTHERS})]
        partition = cluster.partition
        roles = f"arn:{partition}:iam::*:role/aws-service-role"
        linked = {"vpc-lattice.amazonaws.com": "AWSServiceRoleForVpcLattice"}
        linked["delivery.logs.amazonaws.com"] = "AWSServiceRoleForLogDelivery"
        return [
            Allow(*lattice, when={"StringEquals": {"aws:RequestedRegion": cluster.region}}),
            Allow("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags", "ec2:DescribeVpcs"),
            Allow(*(f"logs:{verb}" for verb in _LOGS)),
            Allow("acm:ListCertificates", "tag:GetResources", "tag:TagResources", "tag:UntagResources"),
            *([Allow(*_TO_DESTINATIONS, on=self.access_log_arns)] if self.access_log_arns else []),
            *(
                Allow("iam:CreateServiceLinkedRole", on=f"{roles}/{service}/{role}", when=_by(service))
                for service, role in linked.items()
            ),
        ]

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Where it stands, which it cannot ask for where pods do not reach the node's metadata."""
        values = {"clusterName": cluster.name, "awsRegion": cluster.region, "clusterVpcId": cluster.network.vpc_id}
        if self.default_service_network is not None:
            values["defaultServiceNetwork"] = self.default_service_network
        return values


def _by(service: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"iam:AWSServiceName": service}}
