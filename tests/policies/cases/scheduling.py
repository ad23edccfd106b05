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
