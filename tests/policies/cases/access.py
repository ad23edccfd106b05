"""Cases of the rules about access entries."""

from tests.policies.build import UNKNOWN, aws, cluster, object_, role

_ARN = "arn:aws:iam::111122223333:"
_POLICY = "arn:aws:eks::aws:cluster-access-policy/"


def _entry(logical: str, /, principal: object = _ARN + "role/dev", **inputs: object) -> object:
    return aws("eks/accessEntry:AccessEntry", logical, clusterName="${shop.name}", principalArn=principal, **inputs)


def _association(logical: str, principal: object, policy: str, scope: object) -> object:
    return aws(
        "eks/accessPolicyAssociation:AccessPolicyAssociation",
        logical,
        clusterName="${shop.name}",
        principalArn=principal,
        policyArn=_POLICY + policy,
        accessScope=scope,
    )


def _admin(logical: str, principal: str) -> object:
    return _association(logical, principal, "AmazonEKSClusterAdminPolicy", {"type": "cluster"})


def _team(logical: str, scope: object, principal: str = _ARN + "role/dev") -> object:
    return _association(logical, principal, "AmazonEKSEditPolicy", scope)


CASES = {
    "eks-access-entry-no-iam-user": [
        [
            _entry("fail-user", _ARN + "user/ada"),
            _entry("fail-root", _ARN + "root"),
            _entry("pass-role"),
            role("ci"),
            _entry("pass-own-role", "${ci.arn}"),
            _entry("unknown-principal", UNKNOWN),
            _association("fail-association", _ARN + "user/ada", "AmazonEKSViewPolicy", {"type": "cluster"}),
        ]
    ],
    "eks-access-entry-no-system-groups": [
        [
            _entry("fail-masters", kubernetesGroups=["system:masters"]),
            _entry("fail-nodes-with-groups", kubernetesGroups=["ops"], type="EC2_LINUX"),
            _entry("fail-user-name", userName="eks:ada"),
            _entry("pass-group", kubernetesGroups=["ops"], type="STANDARD"),
            _entry("pass-nothing"),
            _entry("unknown-groups", kubernetesGroups=UNKNOWN),
        ]
    ],
    "eks-access-cluster-admin-limited": [
        [
            cluster(),
            _admin("pass-one", _ARN + "role/one"),
            _admin("pass-two", _ARN + "role/two"),
            _admin("fail-three", _ARN + "role/three"),
            _team("na-team", {"type": "cluster"}),
        ],
        [
            {"break_glass_pattern": "emergency"},
            _admin("fail-name", _ARN + "role/dev"),
            _admin("pass-name", _ARN + "role/emergency"),
        ],
        [_association("unknown-scope", _ARN + "role/x", "AmazonEKSClusterAdminPolicy", UNKNOWN)],
    ],
    "eks-access-team-policies-namespaced": [
        [
            _team("fail-cluster", {"type": "cluster"}),
            _team("fail-empty", {"type": "namespace", "namespaces": []}),
            _team("fail-system", {"type": "namespace", "namespaces": ["kube-system"]}),
            _team("pass-namespace", {"type": "namespace", "namespaces": ["shop"]}),
            _team("fail-called-so", {"type": "cluster"}, _ARN + "role/shop-administration"),
            _team("na-platform", {"type": "cluster"}, _ARN + "role/platform-team"),
            _admin("na-admin", _ARN + "role/dev"),
            _team("unknown-scope", {"type": UNKNOWN}),
        ]
    ],
    "eks-access-entry-node-type": [
        [
            role("nodes"),
            role("people"),
            cluster(accessConfig={"authenticationMode": "API"}),
            object_("karpenter.k8s.aws/v1:EC2NodeClass", "pass-class", None, spec={"role": "${nodes.name}"}),
            _entry("pass-linux", "${nodes.arn}", type="EC2_LINUX"),
            _entry("fail-standard", "${nodes.arn}", type="STANDARD"),
            _entry("fail-unset", "${nodes.arn}"),
            _entry("na-people", "${people.arn}"),
            _entry("unknown-type", "${nodes.arn}", type=UNKNOWN),
        ],
        [
            role("lonely"),
            cluster(accessConfig={"authenticationMode": "API"}),
            object_("karpenter.k8s.aws/v1:EC2NodeClass", "fail-no-entry", None, spec={"role": "${lonely.name}"}),
        ],
    ],
    "eks-aws-auth-configmap-absent": [
        [
            object_("v1:ConfigMap", "fail-auth", "kube-system", metadata={"name": "aws-auth"}),
            object_("v1:ConfigMapPatch", "fail-patch", "kube-system", metadata={"name": "aws-auth"}),
            object_("v1:ConfigMap", "pass-other"),
        ],
        [cluster(accessConfig=UNKNOWN), object_("v1:ConfigMap", "unknown-mode", metadata={"name": "aws-auth"})],
    ],
}
