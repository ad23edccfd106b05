"""What costs money and stands in no table of prices, so that it is never passed over as free."""

from __future__ import annotations

from eks_blueprints.recording.plan import PlannedResource

_USED: dict[str, str] = {
    "aws:amp/workspace:Workspace": "Prometheus samples",
    "aws:cloudwatch/logGroup:LogGroup": "log ingestion and storage",
    "aws:ec2/flowLog:FlowLog": "flow logs",
    "aws:ec2/natGateway:NatGateway": "data through NAT gateways, and traffic between zones and to the internet",
    "aws:efs/fileSystem:FileSystem": "EFS storage",
    "aws:eks/capability:Capability": "EKS capabilities",
    "aws:eks/fargateProfile:FargateProfile": "pods on Fargate, by their requests and time",
    "aws:grafana/workspace:Workspace": "Grafana users",
    "aws:s3/bucket:Bucket": "S3 storage",
    "aws:sns/topic:Topic": "notifications",
    "aws:sqs/queue:Queue": "SQS requests",
}
"""Types whose cost depends on use, with what to say of them."""

CARRIED = "load balancer capacity units"
BY_USE = frozenset((*_USED.values(), CARRIED))
"""What is told of costs that nobody can limit beforehand; all else without a price may cost any amount."""

_FREE_MODULES = ("aws:acm/", "aws:iam/", "aws:resourcegroups/", "aws:vpc/securityGroup", "aws:autoscaling/")
_FREE = frozenset(
    {
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/keyPair:KeyPair",
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        "aws:ec2/networkAcl:NetworkAcl",
        "aws:ec2/placementGroup:PlacementGroup",
        "aws:ec2/route:Route",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/tag:Tag",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
        "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
        "aws:efs/mountTarget:MountTarget",
        "aws:eks/accessEntry:AccessEntry",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:eks/addon:Addon",
        "aws:eks/identityProviderConfig:IdentityProviderConfig",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "aws:kms/alias:Alias",
        "aws:lb/listener:Listener",
        "aws:lb/listenerRule:ListenerRule",
        "aws:lb/targetGroup:TargetGroup",
        "aws:route53/record:Record",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:ssm/parameter:Parameter",
    }
)
"""Types of AWS that cost nothing by themselves; whatever is in neither table is said to have no price."""

_PARTS = ("Policy", "PolicyAttachment", "Attachment", "Association", "Configuration", "Versioning", "Block", "Grant")
"""What a type's name ends with that only says how another resource behaves."""


def unpriced(resource: PlannedResource, *, priced: bool) -> str:
    """What of a resource's cost no table holds; empty if nothing is left out, or it costs nothing."""
    if used := _USED.get(resource.type):
        return used
    type_ = resource.type
    if priced or not resource.custom or not type_.startswith("aws:"):
        return ""
    if type_ in _FREE or type_.startswith(_FREE_MODULES) or type_.endswith(_PARTS):
        return ""
    return "what has no price in the tables"
