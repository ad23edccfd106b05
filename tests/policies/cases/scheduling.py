"""Cases of the rules across a platform."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, cluster, group, ids, object_, subnet, workload
from tests.policies.cases.karpenter_pools import pool, req

_GPU = {"key": "nvidia.com/gpu", "value": "true", "effect": "NO_SCHEDULE"}
_RBAC = "rbac.authorization.k8s.io/v1:"


_CPUS = req("karpenter.k8s.aws/instance-cpu", "2", "4")
_NO_GPUS = req("karpenter.k8s.aws/instance-category", "c", "m", "r")
_ON_DEMAND = req("karpenter.sh/capacity-type", "on-demand")


def _cores(amount: Any) -> Any:
    return {"resources": {"requests": {"cpu": amount}}}


def _asks(name: str, arch: str | None = None, **requests: Any) -> Any:
    selector = {"nodeSelector": {"kubernetes.io/arch": arch}} if arch else {}
    return workload(name, c={"resources": {"requests": requests}}, p=selector)


def _expects(key: str, operator: str, *values: str) -> Any:
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


def _likes(name: str, *terms: Any) -> Any:
    chosen = {"nodeSelectorTerms": [{"matchExpressions": each} for each in terms]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": chosen}
    return workload(name, p={"affinity": {"nodeAffinity": required}})


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
        [
            cluster(),
            group("small", instanceTypes=["m7g.large"], amiType="AL2023_ARM_64_STANDARD"),
            pool("some", _CPUS, _ON_DEMAND, _NO_GPUS, limits={"cpu": "8", "memory": "32Gi"}),
            _asks("pass-small", cpu="1500m", memory="4Gi"),
            _asks("pass-of-the-pool", cpu="3", memory="8Gi"),
            _asks("fail-64-cores", cpu="64"),
            _asks("fail-the-whole-node", cpu="4"),
            _asks("fail-memory", memory="1Ti"),
            _asks("fail-gpu", **{"nvidia.com/gpu": "1"}),
            _asks("pass-unknown", cpu=UNKNOWN),
            workload("fail-together", c=_cores("3"), more=[{"name": "b", **_cores("3")}]),
            workload("fail-to-start", p={"initContainers": [{"name": "i", **_cores("64")}]}),
            workload("pass-one-by-one", c=_cores("3"), p={"initContainers": [{"name": "i", **_cores("3")}]}),
            workload("fail-by-limit", c={"resources": {"limits": {"cpu": "64"}}}),
            workload("fail-pod-level", p={"resources": {"requests": {"cpu": "64"}}}),
            _asks("fail-arm-with-gpu", arch="arm64", **{"nvidia.com/gpu": "1"}),
            workload("fail-windows", p={"os": {"name": "windows"}}),
            _selects("fail-windows-selected", "kubernetes.io/os", "windows"),
            _selects("pass-linux", "kubernetes.io/os", "linux"),
            _likes("fail-affinity", [_expects("kubernetes.io/arch", "In", "s390x")]),
            _likes("pass-one-of-two", [_expects("kubernetes.io/arch", "In", "s390x")], [_expects("x", "DoesNotExist")]),
            _likes("fail-spot", [_expects("karpenter.sh/capacity-type", "In", "spot")]),
            _likes("fail-not-linux", [_expects("kubernetes.io/os", "NotIn", "linux")]),
            _likes("fail-exists", [_expects("team", "Exists")]),
            _likes("pass-not-there", [_expects("team", "DoesNotExist"), _expects("for", "NotIn", "db")]),
            _likes("pass-more-cores", [_expects("karpenter.k8s.aws/instance-cpu", "Gt", "2")]),
            _likes("fail-many-cores", [_expects("karpenter.k8s.aws/instance-cpu", "Gt", "4")]),
            _likes("unknown-affinity", [{"key": "a", "operator": "In", "values": UNKNOWN}]),
        ],
        [
            cluster(),
            subnet("a", "eu-west-1a"),
            subnet("b", "eu-west-1b"),
            group("one", subnetIds=ids("a")),
            pool("many", req("topology.kubernetes.io/zone", "eu-west-1b")),
            _selects("pass-a", "topology.kubernetes.io/zone", "eu-west-1a"),
            _selects("pass-b", "topology.kubernetes.io/zone", "eu-west-1b"),
            _selects("fail-c", "topology.kubernetes.io/zone", "eu-west-1c"),
            _selects("fail-foreign", "topology.kubernetes.io/zone", "us-east-1a"),
        ],
        [
            cluster(),
            subnet("a", "eu-west-1a"),
            pool("open"),
            _selects("pass-here", "topology.kubernetes.io/zone", "eu-west-1c"),
            _selects("fail-foreign-region", "topology.kubernetes.io/zone", "us-east-1a"),
        ],
        [
            cluster(),
            group("windows", amiType="WINDOWS_CORE_2022_x86_64", instanceTypes=["m7i.large"]),
            workload("pass-windows-there", p={"os": {"name": "windows"}}),
            _selects("fail-linux-there", "kubernetes.io/os", "linux"),
        ],
        [
            cluster(),
            group("gpu", instanceTypes=["g6.xlarge"], amiType="AL2023_x86_64_NVIDIA"),
            _asks("pass-one-gpu", **{"nvidia.com/gpu": "1"}),
            _asks("fail-two-gpus", **{"nvidia.com/gpu": "2"}),
        ],
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
