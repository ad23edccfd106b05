"""Cases of the rules about AWS rights."""

from typing import Any

from tests.policies.build import UNKNOWN, addon, attach, aws, cluster, document, group, object_, role, workload

_ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
_POD = {"Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
_FARGATE = {"Principal": {"Service": "eks-fargate-pods.amazonaws.com"}, "Action": "sts:AssumeRole"}
_STAR = {"Action": "*", "Resource": "*"}


_DELETE = {"Action": "ec2:DeleteVolume", "Resource": "*"}


def _inline(logical: str, statement: dict[str, Any]) -> Any:
    return aws("iam/rolePolicy:RolePolicy", logical, role="${app.name}", policy=document(statement))


def _tagged(tag: str, value: str) -> dict[str, Any]:
    return {**_POD, "Condition": {"StringLike": {f"aws:RequestTag/{tag}": value}}}


def _irsa(
    sub: Any, operator: str = "StringEquals", aud: str = "sts.amazonaws.com", issuer: str = _ISSUER
) -> dict[str, Any]:
    condition: dict[str, Any] = {operator: {f"{issuer}:sub": sub}}
    condition.setdefault("StringEquals", {})[f"{issuer}:aud"] = aud
    provider = f"arn:aws:iam::111122223333:oidc-provider/{issuer}"
    return {"Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}


_GITHUB = "token.actions.githubusercontent.com"


def _github(condition: Any = None) -> dict[str, Any]:
    provider = f"arn:aws:iam::111122223333:oidc-provider/{_GITHUB}"
    trust = {"Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    return {**trust, "Condition": {"StringEquals": {f"{_GITHUB}:aud": "sts.amazonaws.com"}, **(condition or {})}}


def _association(logical: str, of: str = "app", account: str = "app", ns: str = "shop") -> Any:
    return aws(
        "eks/podIdentityAssociation:PodIdentityAssociation",
        logical,
        clusterName="${shop.name}",
        namespace=ns,
        serviceAccount=account,
        roleArn=f"${{{of}.arn}}",
    )


def _account(name: str, arn: str | None = None) -> Any:
    notes = {"annotations": {"eks.amazonaws.com/role-arn": arn}} if arn else {}
    return object_("v1:ServiceAccount", name, metadata=notes)


def _policy(logical: str, *statements: dict[str, Any]) -> Any:
    return aws("iam/policy:Policy", logical, policy=document(*statements))


CASES = {
    "eks-irsa-trust-scoped": [
        [
            role("pass-scoped", _irsa("system:serviceaccount:shop:app")),
            role(
                "pass-symbolic", _irsa("system:serviceaccount:shop:app", issuer="${shop.identities[0].oidcs[0].issuer}")
            ),
            role("fail-wildcard", _irsa("system:serviceaccount:shop:*", "StringLike")),
            role("fail-star-in-equals", _irsa("system:serviceaccount:shop:*")),
            role("fail-audience", _irsa("system:serviceaccount:shop:app", aud="*")),
            role("fail-no-condition", {**_irsa(""), "Condition": {}}),
            role("na-pod-identity", _POD),
            role(
                "na-github",
                {
                    "Principal": {"Federated": "arn:x:oidc-provider/token.actions.githubusercontent.com"},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                },
            ),
            aws("iam/role:Role", "unknown-trust", assumeRolePolicy=UNKNOWN),
        ]
    ],
    "eks-pod-identity-trust-valid": [
        [
            role("pass-both", {**_POD, "Condition": _ACCOUNT}),
            role("fail-no-tags", {**_POD, "Action": "sts:AssumeRole", "Condition": _ACCOUNT}),
            role("pass-tags", _tagged("eks-cluster-arn", "arn:aws:eks:eu-west-1:111122223333:cluster/shop")),
            role("fail-any-cluster-of-a-namespace", _tagged("kubernetes-namespace", "shop")),
            role("fail-any-arn", _tagged("eks-cluster-arn", "*")),
            role("fail-any-cluster", _POD),
            role("na-other", _FARGATE),
            aws("iam/role:Role", "unknown-trust", assumeRolePolicy=UNKNOWN),
        ]
    ],
    "eks-pod-identity-agent-present": [
        [cluster(), _association("fail-no-agent"), addon("fail-addon", "vpc-cni", podIdentityAssociations=[{}])],
        [cluster(), addon("na-agent", "eks-pod-identity-agent"), _association("pass-agent")],
        [cluster(computeConfig={"enabled": True}), _association("na-auto-mode")],
        [cluster(computeConfig=UNKNOWN), _association("unknown-mode")],
        [
            cluster(),
            addon("na-agent", "eks-pod-identity-agent"),
            aws(
                "eks/fargateProfile:FargateProfile",
                "all",
                clusterName="${shop.name}",
                selectors=[{"namespace": "shop"}],
            ),
            workload("app", p={"serviceAccountName": "app"}),
            _association("fail-on-fargate"),
        ],
    ],
    "eks-workload-role-no-admin": [
        [
            role("app", _POD),
            role("control"),
            cluster(roleArn="${control.arn}"),
            attach("fail-admin", "app", "AdministratorAccess"),
            attach("fail-full", "app", "AmazonS3FullAccess"),
            attach("pass-narrow", "app", "AmazonS3ReadOnlyAccess"),
            attach("na-other", "control", "AdministratorAccess"),
            _policy("wide", {"NotAction": "iam:*", "Resource": "*"}),
            attach("fail-own", "app", "${wide.arn}"),
            attach("fail-china", "app", "arn:aws-cn:iam::aws:policy/AdministratorAccess"),
            aws(
                "iam/rolePolicy:RolePolicy",
                "fail-inline",
                role="${app.name}",
                policy=document({"Action": "s3:*", "Resource": "*"}),
            ),
            aws(
                "iam/rolePolicy:RolePolicy",
                "pass-inline",
                role="${app.name}",
                policy=document({"Action": "s3:GetObject", "Resource": "*"}),
            ),
            _inline("fail-delete", {"Action": ["sqs:DeleteQueue"], "Resource": "arn:aws:sqs:eu-west-1:*:*"}),
            _inline("pass-delete-named", {"Action": ["sqs:DeleteQueue"], "Resource": "arn:aws:sqs:eu-west-1:*:shop-*"}),
            _inline("pass-delete-tagged", {**_DELETE, "Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}}),
            _inline("pass-delete-marked", {**_DELETE, "Condition": {"Null": {"aws:ResourceTag/a": "false"}}}),
            _inline("fail-delete-unmarked", {**_DELETE, "Condition": {"Null": {"aws:ResourceTag/a": "true"}}}),
            aws("iam/rolePolicy:RolePolicy", "unknown-inline", role="${app.name}", policy=UNKNOWN),
        ],
        [{"allow": ["AmazonS3FullAccess"]}, role("app", _POD), attach("pass-allowed", "app", "AmazonS3FullAccess")],
    ],
    "eks-one-role-per-service-account": [
        [
            role("app"),
            role("other"),
            _association("fail-one"),
            _association("fail-two", account="worker"),
            _association("pass-own", "other", "batch"),
            _account("na-plain"),
        ]
    ],
    "eks-service-account-single-identity-source": [
        [
            role("app"),
            _account("fail-both", "arn:aws:iam::111122223333:role/app"),
            _association("twice", account="fail-both"),
            _account("pass-irsa", "arn:aws:iam::111122223333:role/app"),
            _account("na-plain"),
        ]
    ],
    "eks-node-role-least-privilege": [
        [
            role("nodes"),
            role("na-app", _POD),
            cluster(),
            group("workers", nodeRoleArn="${nodes.arn}"),
            attach("pass-worker", "nodes", "AmazonEKSWorkerNodePolicy"),
            attach("pass-cni", "nodes", "AmazonEKS_CNI_Policy"),
            attach("fail-registry", "nodes", "AmazonEC2ContainerRegistryFullAccess"),
            attach("fail-own", "nodes", "${policy.arn}"),
            attach("na-attached", "na-app", "AmazonS3FullAccess"),
            aws(
                "iam/rolePolicyAttachment:RolePolicyAttachment",
                "unknown-policy",
                role="${nodes.name}",
                policyArn=UNKNOWN,
            ),
        ],
        [
            role("nodes"),
            cluster(),
            group("workers", nodeRoleArn="${nodes.arn}"),
            addon("cni", "vpc-cni", podIdentityAssociations=[{"roleArn": "${x.arn}"}]),
            attach("fail-cni-too", "nodes", "AmazonEKS_CNI_Policy"),
            {"extra": ["AmazonS3ReadOnlyAccess"]},
            attach("pass-extra", "nodes", "AmazonS3ReadOnlyAccess"),
        ],
    ],
    "eks-cni-own-iam-role": [
        [
            addon("fail-none", "vpc-cni"),
            addon("pass-irsa", "vpc-cni", serviceAccountRoleArn="${x.arn}"),
            addon("pass-unknown-role", "vpc-cni", podIdentityAssociations=UNKNOWN),
            addon("na-other", "coredns"),
        ],
        [cluster(), addon("pass-beside", "vpc-cni"), _association("cni", account="aws-node", ns="kube-system")],
        [addon("unknown-addon", "x", addonName=UNKNOWN)],
    ],
    "eks-csi-drivers-own-iam-role": [
        [
            addon("fail-none", "aws-ebs-csi-driver"),
            addon("pass-own", "aws-ebs-csi-driver", podIdentityAssociations=[{"roleArn": "${x.arn}"}]),
            addon("na-other", "coredns"),
            addon("unknown-addon", "x", addonName=UNKNOWN),
        ],
        [
            cluster(),
            addon("pass-beside", "aws-ebs-csi-driver"),
            _association("csi", account="ebs-csi-controller-sa", ns="kube-system"),
        ],
    ],
    "eks-fargate-pod-execution-role-scoped": [
        [
            role("fail-anyone", _FARGATE),
            role(
                "pass-scoped",
                {**_FARGATE, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:eks:*:*:fargateprofile/shop/*"}}},
            ),
            role("na-other", _POD),
            aws("iam/role:Role", "unknown-trust", assumeRolePolicy=UNKNOWN),
        ]
    ],
    "iam-no-star-star-policy": [
        [
            _policy("fail-star", _STAR),
            _policy("fail-pass-role", {"Action": ["iam:PassRole"], "Resource": "*"}),
            _policy(
                "pass-conditional",
                {
                    "Action": "iam:PassRole",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
                },
            ),
            _policy("pass-deny", {**_STAR, "Effect": "Deny"}),
            _policy("pass-symbol", {"Action": "*", "Resource": "${bucket.arn}"}),
            aws("iam/policy:Policy", "unknown-policy", policy=UNKNOWN),
            aws("iam/rolePolicy:RolePolicy", "fail-inline", policy=document(_STAR)),
            role("fail-role", inlinePolicies=[{"name": "x", "policy": document(_STAR)}]),
            role("pass-role"),
        ]
    ],
    "iam-role-trust-not-public": [
        [
            role("fail-star", {"Principal": "*", "Action": "sts:AssumeRole"}),
            role("pass-account", {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}),
            aws("iam/role:Role", "unknown-trust", assumeRolePolicy=UNKNOWN),
        ]
    ],
    "iam-federated-trust-scoped": [
        [
            role("fail-github", _github()),
            role("pass-github", _github({"StringLike": {f"{_GITHUB}:sub": "repo:my-org/my-repo:*"}})),
            role("na-cluster", _irsa("system:serviceaccount:shop:app")),
            role("na-service", _POD),
            aws("iam/role:Role", "unknown-trust", assumeRolePolicy=UNKNOWN),
        ]
    ],
    "iam-no-privilege-escalation": [
        [
            _policy("fail-attach", {"Action": "iam:AttachRolePolicy", "Resource": "*"}),
            _policy("pass-read", {"Action": "iam:GetRole", "Resource": "*"}),
            aws("iam/policy:Policy", "unknown-policy", policy=UNKNOWN),
        ]
    ],
}
