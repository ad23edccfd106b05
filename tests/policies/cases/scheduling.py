"""Cases of the rules across a platform."""

import base64
from typing import Any

from tests.policies.build import UNKNOWN, aws, cluster, group, ids, object_, subnet, workload
from tests.policies.cases.karpenter_pools import pool, req

_GPU = {"key": "nvidia.com/gpu", "value": "true", "effect": "NO_SCHEDULE"}
_RBAC = "rbac.authorization.k8s.io/v1:"


_CRITICAL = {"tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}]}
_WEB = {"tolerations": [{"key": "dedicated", "value": "web", "effect": "NoSchedule"}]}
_FLAGS = """kind: NodeConfig
spec: {kubelet: {flags: ["--node-labels=team=web", "--register-with-taints=dedicated=web:NoSchedule"]}}
"""
_BOTTLEROCKET = """[settings.kubernetes.node-labels]
team = "web"
[settings.kubernetes.node-taints]
dedicated = ["web:NoSchedule"]
"""
_HINT = "k8s.io/cluster-autoscaler/node-template"
_HINTS = [
    {"key": "kubernetes.io/cluster/shop", "value": "owned"},
    {"key": f"{_HINT}/label/team", "value": "web"},
    {"key": f"{_HINT}/taint/dedicated", "value": "web:NoSchedule"},
]
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


def _own(name: str, text: str, *, tags: Any = None, **template: Any) -> tuple[Any, Any]:
    """An Auto Scaling group of self-managed nodes with its launch template."""
    data = base64.b64encode(text.encode()).decode()
    owned = [{"key": "kubernetes.io/cluster/shop", "value": "owned", "propagateAtLaunch": True}]
    made = aws("ec2/launchTemplate:LaunchTemplate", f"{name}-template", userData=data, **template)
    return made, _asg(name, tags=owned if tags is None else tags, launchTemplate={"id": f"${{{name}-template.id}}"})


def _asg(name: str, **inputs: Any) -> Any:
    return aws("autoscaling/group:Group", name, **inputs)


def _mixed(*types: str) -> Any:
    specification = {"launchTemplateId": "lt-0123456789abcdef0", "version": "$Latest"}
    listed = [{"instanceType": each} for each in types]
    return {"launchTemplate": {"launchTemplateSpecification": specification, "overrides": listed}}


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


_WINDOWS = group("win", amiType="WINDOWS_CORE_2022_x86_64", instanceTypes=["m5.large"])
_TAINTED = group(
    "apart",
    amiType="WINDOWS_CORE_2022_x86_64",
    instanceTypes=["m5.large"],
    taints=[{"key": "os", "value": "windows", "effect": "NO_SCHEDULE"}],
)
_LINUX = group("lin", amiType="AL2023_x86_64_STANDARD", instanceTypes=["m5.large"])
_OS = "kubernetes.io/os"

CASES = {
    "k8s-pod-os-selected": [
        [
            cluster(),
            _WINDOWS,
            _LINUX,
            workload("fail-anywhere"),
            workload("fail-daemons", "DaemonSet"),
            _selects("pass-linux", _OS, "linux"),
            _selects("pass-windows", _OS, "windows"),
            _likes("pass-affinity", [_expects(_OS, "In", "linux")]),
            _likes("fail-or", [_expects(_OS, "In", "linux")], [_expects("kubernetes.io/arch", "In", "amd64")]),
            workload("pass-os", p={"os": {"name": "linux"}}),
            _selects("pass-arm", "kubernetes.io/arch", "arm64"),
            workload("pass-large", c={"resources": {"requests": {"cpu": "32"}}}),
            workload("na-own-scheduler", p={"schedulerName": "mine"}),
            workload("unknown-selector", p={"nodeSelector": UNKNOWN}),
        ],
        [cluster(), _TAINTED, _LINUX, workload("pass-tainted")],
        [cluster(), _LINUX, workload("na-linux-alone")],
        [cluster(), _WINDOWS, workload("fail-windows-alone")],
    ],
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
            _selects("unknown-zone", "topology.kubernetes.io/zone", "eu-west-1a"),
            _selects("unknown-label", "for", UNKNOWN),
        ],
        [
            cluster(),
            group("web", amiType="AL2023_x86_64_STANDARD", instanceTypes=["m7i.large"], nodeGroupName="web"),
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
            _selects("fail-group", "eks.amazonaws.com/nodegroup", "shop"),
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
            workload("fail-taint"),
            workload("pass-critical", p={"tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}]}),
        ],
        [
            cluster(
                computeConfig={"enabled": True, "nodePools": ["general-purpose", "system"]},
                vpcConfig={"subnetIds": ids("a", "b")},
            ),
            subnet("a", "eu-west-1a"),
            subnet("b", "eu-west-1b"),
            workload("pass-plain"),
            _selects("pass-amd64", "kubernetes.io/arch", "amd64"),
            _selects("fail-arm-without-toleration", "kubernetes.io/arch", "arm64"),
            workload("pass-arm", p={**_CRITICAL, "nodeSelector": {"kubernetes.io/arch": "arm64"}}),
            _selects("fail-spot", "karpenter.sh/capacity-type", "spot"),
            _selects("pass-on-demand", "karpenter.sh/capacity-type", "on-demand"),
            _selects("pass-auto", "eks.amazonaws.com/compute-type", "auto"),
            _selects("pass-pool", "karpenter.sh/nodepool", "general-purpose"),
            _selects("pass-category", "eks.amazonaws.com/instance-category", "r"),
            _selects("fail-category", "eks.amazonaws.com/instance-category", "t"),
            _selects("fail-generation", "eks.amazonaws.com/instance-generation", "4"),
            _selects("fail-karpenters-label", "karpenter.k8s.aws/instance-category", "m"),
            _selects("pass-zone", "topology.kubernetes.io/zone", "eu-west-1b"),
            _selects("fail-zone", "topology.kubernetes.io/zone", "eu-west-1c"),
            _asks("fail-gpu", **{"nvidia.com/gpu": "1"}),
            _asks("fail-memory", memory="30Ti"),
            workload("fail-windows", p={"os": {"name": "windows"}}),
        ],
        [
            cluster(computeConfig={"enabled": True, "nodePools": UNKNOWN}),
            workload("unknown-pools"),
        ],
        [
            cluster(computeConfig={"enabled": True, "nodePools": []}),
            workload("na-no-pools"),
        ],
        [
            cluster(remoteNetworkConfig={"remoteNodeNetworks": [{"cidrs": ["10.80.0.0/16"]}]}),
            group("gpu", taints=[_GPU]),
            workload("unknown-hybrid"),
        ],
        [
            cluster(name="shop"),
            *_own("own", _FLAGS, instanceType="m7g.large"),
            workload("fail-taint"),
            workload("pass-tolerates", p=_WEB),
            workload("pass-label", p={**_WEB, "nodeSelector": {"team": "web"}}),
            workload("fail-label", p={**_WEB, "nodeSelector": {"team": "db"}}),
            workload("fail-other-label", p={**_WEB, "nodeSelector": {"tier": "1"}}),
            workload("pass-arch", p={**_WEB, "nodeSelector": {"kubernetes.io/arch": "arm64"}}),
            workload("fail-arch", p={**_WEB, "nodeSelector": {"kubernetes.io/arch": "amd64"}}),
            workload("fail-cores", c=_cores("4"), p=_WEB),
            workload("fail-spot", p={**_WEB, "nodeSelector": {"karpenter.sh/capacity-type": "spot"}}),
            workload("fail-group-label", p={**_WEB, "nodeSelector": {"eks.amazonaws.com/nodegroup": "own"}}),
        ],
        [
            cluster(name="shop"),
            *_own("own", _BOTTLEROCKET, instanceType="m7i.large"),
            workload("fail-taint"),
            workload("pass-label", p={**_WEB, "nodeSelector": {"team": "web"}}),
            workload("fail-label", p={**_WEB, "nodeSelector": {"team": "db"}}),
        ],
        [
            cluster(name="shop"),
            *_own("own", "#!/bin/sh\n/etc/eks/bootstrap.sh shop", instanceType="m7i.large"),
            workload("pass-plain"),
            _selects("fail-label", "team", "web"),
            workload("fail-windows", p={"os": {"name": "windows"}}),
        ],
        [
            cluster(name="shop"),
            *_own("own", "kind: NodeConfig\nspec: {kubelet: {config: {registerWithTaints: [{key: a}]}}}"),
            workload("unknown-taints"),
        ],
        [
            cluster(name="shop"),
            _asg("own", tags=_HINTS, mixedInstancesPolicy=_mixed("m7g.large", "m7i.large")),
            workload("fail-hinted-taint"),
            workload("unknown-user-data", p={**_WEB, "nodeSelector": {"team": "web"}}),
            workload("unknown-label", p={**_WEB, "nodeSelector": {"tier": "1"}}),
            workload("fail-cores", c=_cores("4"), p=_WEB),
        ],
        [
            cluster(name="shop"),
            *_own("bastion", "#!/bin/sh\nyum install -y tmux", tags=[]),
            workload("na-no-nodes"),
        ],
        [
            cluster(name="shop"),
            *_own("other", _FLAGS, tags=[{"key": "kubernetes.io/cluster/other", "value": "owned"}]),
            workload("na-another-cluster"),
        ],
        [
            cluster(),
            group("theirs", launchTemplate={"id": "lt-0123456789abcdef0", "version": "3"}),
            workload("pass-plain"),
            _asks("pass-little", cpu="100m", memory="128Mi"),
            _asks("unknown-cores", cpu="64"),
            _asks("fail-more-than-any", cpu="100000"),
            _asks("unknown-gpu", **{"nvidia.com/gpu": "1"}),
            _selects("unknown-type", "node.kubernetes.io/instance-type", "m5.large"),
            _selects("unknown-arch", "kubernetes.io/arch", "arm64"),
            _selects("fail-label", "team", "web"),
            _selects("unknown-group", "eks.amazonaws.com/nodegroup", "theirs"),
        ],
        [
            cluster(),
            group("labelled", labels={"team": UNKNOWN}),
            _selects("unknown-value", "team", "web"),
            _likes("pass-exists", [_expects("team", "Exists")]),
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
            _selects("unknown-where", "topology.kubernetes.io/zone", "eu-west-1c"),
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
