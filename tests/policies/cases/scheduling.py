"""Cases of the rules across a platform."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, cluster, group, object_, workload
from tests.policies.cases.karpenter_pools import pool, req

_GPU = {"key": "nvidia.com/gpu", "value": "true", "effect": "NO_SCHEDULE"}
_RBAC = "rbac.authorization.k8s.io/v1:"


def _selects(name: str, key: str, value: Any) -> Any:
    return workload(name, p={"nodeSelector": {key: value}})


def _role(name: str, *verbs: str) -> Any:
    return object_(
        f"{_RBAC}ClusterRole", name, None, rules=[{"verbs": list(verbs), "resources": ["*"], "apiGroups": ["*"]}]
    )


def _bound(name: str, role: str, kind: str = "ServiceAccount") -> Any:
    return object_(
        f"{_RBAC}ClusterRoleBinding",
        name,
        None,
        roleRef={"kind": "ClusterRole", "name": role},
        subjects=[{"kind": kind, "name": "app", "namespace": "shop"}],
    )


CASES = {
    "k8s-workload-schedulable": [
        [
            cluster(),
            group("gpu", taints=[_GPU], amiType="AL2023_x86_64_NVIDIA", labels={"for": "ml"}),
            workload("fail-taint"),
            workload("pass-tolerates", p={"tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}]}),
            workload("fail-value", p={"tolerations": [{"key": "nvidia.com/gpu", "value": "false"}]}),
            workload("na-daemon", "DaemonSet"),
            workload("unknown-tolerations", p={"tolerations": UNKNOWN}),
        ],
        [
            cluster(),
            group("amd", amiType="AL2023_x86_64_STANDARD", labels={"for": "web"}),
            pool("arm", req("kubernetes.io/arch", "arm64")),
            _selects("pass-arm", "kubernetes.io/arch", "arm64"),
            _selects("pass-amd", "kubernetes.io/arch", "amd64"),
            _selects("fail-arch", "kubernetes.io/arch", "s390x"),
            _selects("pass-label", "for", "web"),
            _selects("fail-label", "for", "db"),
            _selects("pass-zone", "topology.kubernetes.io/zone", "eu-west-1a"),
            _selects("unknown-label", "for", UNKNOWN),
        ],
        [
            cluster(),
            group("web", amiType="AL2023_x86_64_STANDARD", instanceTypes=["m7i.large"], capacityType="ON_DEMAND"),
            pool(
                "some",
                req("karpenter.sh/capacity-type", "on-demand"),
                req("karpenter.k8s.aws/instance-family", "m7g", "c7g"),
            ),
            _selects("fail-spot", "karpenter.sh/capacity-type", "spot"),
            _selects("pass-on-demand", "karpenter.sh/capacity-type", "on-demand"),
            _selects("pass-capacity-of-groups", "eks.amazonaws.com/capacityType", "ON_DEMAND"),
            _selects("fail-capacity-of-groups", "eks.amazonaws.com/capacityType", "SPOT"),
            _selects("pass-group", "eks.amazonaws.com/nodegroup", "web"),
            _selects("fail-auto-mode", "eks.amazonaws.com/compute-type", "auto"),
            _selects("fail-auto-mode-labels", "eks.amazonaws.com/instance-family", "m7g"),
            _selects("pass-family", "karpenter.k8s.aws/instance-family", "c7g"),
            _selects("fail-family", "karpenter.k8s.aws/instance-family", "m7i"),
            _selects("pass-size", "karpenter.k8s.aws/instance-size", "large"),
            _selects("fail-size", "karpenter.k8s.aws/instance-size", "48xlarge"),
            _selects("fail-gpu", "karpenter.k8s.aws/instance-gpu-name", "a10g"),
            _selects("pass-type-of-pool", "node.kubernetes.io/instance-type", "c7g.large"),
            _selects("pass-type-of-group", "node.kubernetes.io/instance-type", "m7i.large"),
            _selects("fail-type", "node.kubernetes.io/instance-type", "m5.large"),
            _selects("pass-old-name", "beta.kubernetes.io/arch", "arm64"),
            _selects("pass-pool", "karpenter.sh/nodepool", "some"),
            _selects("fail-pool", "karpenter.sh/nodepool", "other"),
        ],
        [
            cluster(),
            group("gpu", taints=[_GPU]),
            aws(
                "eks/fargateProfile:FargateProfile", "f", clusterName="${shop.name}", selectors=[{"namespace": "shop"}]
            ),
            workload("na-fargate"),
        ],
        [
            cluster(computeConfig={"enabled": True, "nodePools": ["system"]}),
            group("gpu", taints=[_GPU]),
            workload("na-built-in"),
        ],
        [workload("na-no-cluster")],
    ],
    "k8s-service-account-no-wildcard-rights": [
        [
            _role("all", "*"),
            _role("read", "get"),
            _bound("fail-all", "all"),
            _bound("pass-read", "read"),
            _bound("na-group", "all", "Group"),
            object_(f"{_RBAC}RoleBinding", "unknown-subjects", roleRef={"name": "x"}, subjects=UNKNOWN),
        ]
    ],
}
