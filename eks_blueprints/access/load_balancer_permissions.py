"""What the AWS Load Balancer Controller may do: the policy of its project, docs/install/iam_policy.json of v3.5.0.

Read on 2026-11-21. Where it names no resources, AWS knows none for the action, or the load balancer or security group
has no name yet; what can be told apart is tied to the controller's own tag, `elbv2.k8s.aws/cluster`.
"""

from __future__ import annotations

from eks_blueprints.core.iam import Allow

_TAG = "elbv2.k8s.aws/cluster"
_OWN = {f"aws:ResourceTag/{_TAG}": "false"}
_NEW = {f"aws:RequestTag/{_TAG}": "false"}
_CHANGED = {f"aws:RequestTag/{_TAG}": "true", f"aws:ResourceTag/{_TAG}": "false"}


def controller_permissions(partition: str) -> list[Allow]:
    """The controller's permissions in an AWS partition."""
    load_balancing = f"arn:{partition}:elasticloadbalancing:*:*"
    groups = f"arn:{partition}:ec2:*:*:security-group/*"
    targets = f"{load_balancing}:targetgroup/*/*"
    balancers = (targets, f"{load_balancing}:loadbalancer/net/*/*", f"{load_balancing}:loadbalancer/app/*/*")
    rules = tuple(f"{load_balancing}:{part}/*/*/*" for part in ("listener/net", "listener/app"))
    rules += tuple(f"{load_balancing}:{part}/*/*/*" for part in ("listener-rule/net", "listener-rule/app"))
    return [
        Allow(
            "iam:CreateServiceLinkedRole",
            when={"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}},
        ),
        Allow(
            "ec2:DescribeAccountAttributes",
            "ec2:DescribeAddresses",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeVpcs",
            "ec2:DescribeVpcPeeringConnections",
            "ec2:DescribeSubnets",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeInstances",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeTags",
            "ec2:GetCoipPoolUsage",
            "ec2:DescribeCoipPools",
            "ec2:GetSecurityGroupsForVpc",
            "ec2:DescribeIpamPools",
            "ec2:DescribeRouteTables",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeListenerCertificates",
            "elasticloadbalancing:DescribeSSLPolicies",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetHealth",
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTrustStores",
            "elasticloadbalancing:DescribeListenerAttributes",
            "elasticloadbalancing:DescribeCapacityReservation",
        ),
        Allow(
            "cognito-idp:DescribeUserPoolClient",
            "acm:ListCertificates",
            "acm:DescribeCertificate",
            "iam:ListServerCertificates",
            "iam:GetServerCertificate",
            "waf-regional:GetWebACL",
            "waf-regional:GetWebACLForResource",
            "waf-regional:AssociateWebACL",
            "waf-regional:DisassociateWebACL",
            "wafv2:GetWebACL",
            "wafv2:GetWebACLForResource",
            "wafv2:AssociateWebACL",
            "wafv2:DisassociateWebACL",
            "shield:GetSubscriptionState",
            "shield:DescribeProtection",
            "shield:CreateProtection",
            "shield:DeleteProtection",
        ),
        Allow("ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"),
        Allow("ec2:CreateSecurityGroup"),
        Allow(
            "ec2:CreateTags",
            on=groups,
            when={"StringEquals": {"ec2:CreateAction": "CreateSecurityGroup"}, "Null": _NEW},
        ),
        Allow("ec2:CreateTags", "ec2:DeleteTags", on=groups, when={"Null": _CHANGED}),
        Allow(
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupIngress",
            "ec2:DeleteSecurityGroup",
            when={"Null": _OWN},
        ),
        Allow("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup", when={"Null": _NEW}),
        Allow(
            "elasticloadbalancing:CreateListener",
            "elasticloadbalancing:DeleteListener",
            "elasticloadbalancing:CreateRule",
            "elasticloadbalancing:DeleteRule",
        ),
        Allow("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags", on=balancers, when={"Null": _CHANGED}),
        Allow("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags", on=rules),
        Allow(
            "elasticloadbalancing:ModifyLoadBalancerAttributes",
            "elasticloadbalancing:SetIpAddressType",
            "elasticloadbalancing:SetSecurityGroups",
            "elasticloadbalancing:SetSubnets",
            "elasticloadbalancing:DeleteLoadBalancer",
            "elasticloadbalancing:ModifyTargetGroup",
            "elasticloadbalancing:ModifyTargetGroupAttributes",
            "elasticloadbalancing:DeleteTargetGroup",
            "elasticloadbalancing:ModifyListenerAttributes",
            "elasticloadbalancing:ModifyCapacityReservation",
            "elasticloadbalancing:ModifyIpPools",
            when={"Null": _OWN},
        ),
        Allow(
            "elasticloadbalancing:AddTags",
            on=balancers,
            when={
                "StringEquals": {"elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateLoadBalancer"]},
                "Null": _NEW,
            },
        ),
        Allow("elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets", on=targets),
        Allow(
            "elasticloadbalancing:SetWebAcl",
            "elasticloadbalancing:ModifyListener",
            "elasticloadbalancing:AddListenerCertificates",
            "elasticloadbalancing:RemoveListenerCertificates",
            "elasticloadbalancing:ModifyRule",
            "elasticloadbalancing:SetRulePriorities",
        ),
    ]
