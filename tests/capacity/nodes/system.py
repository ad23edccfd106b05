"""What runs on clusters of EKS besides what a stack says, from the manifests of the add-ons' own repositories.

Only what decides about nodes: requests, where pods may be, ports of the node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Object = dict[str, Any]
_HARD = "requiredDuringSchedulingIgnoredDuringExecution"
_SOFT = "preferredDuringSchedulingIgnoredDuringExecution"
_LINUX = {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}
_ARCH = {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"]}
_SERVERLESS = {
    "key": "eks.amazonaws.com/compute-type",
    "operator": "NotIn",
    "values": ["fargate", "hybrid", "auto"],
}
_CRITICAL = {"key": "CriticalAddonsOnly", "operator": "Exists"}


def _daemon(name: str, *containers: Object, host_network: bool = True, **more: Any) -> Object:
    labels = {"app.kubernetes.io/name": name}
    terms = [{"matchExpressions": [_LINUX, _ARCH, _SERVERLESS]}]
    spec = {
        "hostNetwork": host_network,
        "priorityClassName": "system-node-critical",
        "tolerations": [{"operator": "Exists"}],
        "affinity": {"nodeAffinity": {_HARD: {"nodeSelectorTerms": terms}}},
        "containers": list(containers),
        **more,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": "kube-system"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
    }


def _container(name: str, cpu: str = "", memory: str = "", *ports: int) -> Object:
    requests = {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value}
    found: Object = {"name": name, "image": "example.com/image:1", "resources": {"requests": requests}}
    if ports:
        found["ports"] = [{"containerPort": port, "hostPort": port} for port in ports]
    return found


def _deployment(name: str, labels: dict[str, str], replicas: int, *containers: Object, **spec: Any) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "kube-system"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "priorityClassName": "system-cluster-critical",
                    "containers": list(containers),
                    **spec,
                },
            },
        },
    }


def _apart(labels: dict[str, str], key: str = "kubernetes.io/hostname") -> Object:
    term = {"labelSelector": {"matchLabels": labels}, "topologyKey": key}
    return {_SOFT: [{"weight": 100, "podAffinityTerm": term}]}


_DNS = {"k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns"}
_METRICS = {"app.kubernetes.io/name": "metrics-server", "app.kubernetes.io/instance": "metrics-server"}
_EBS = {"app": "ebs-csi-controller", "app.kubernetes.io/name": "aws-ebs-csi-driver"}
_ADDONS: Mapping[str, list[Object]] = {
    "vpc-cni": [_daemon("aws-node", _container("aws-node", "25m"), _container("aws-eks-nodeagent", "25m"))],
    "kube-proxy": [_daemon("kube-proxy", _container("kube-proxy", "100m"))],
    "eks-pod-identity-agent": [_daemon("eks-pod-identity-agent", _container("agent"))],
    "coredns": [
        _deployment(
            "coredns",
            _DNS,
            2,
            _container("coredns", "100m", "70Mi"),
            tolerations=[_CRITICAL, {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}],
            affinity={
                "nodeAffinity": {_HARD: {"nodeSelectorTerms": [{"matchExpressions": [_LINUX, _ARCH]}]}},
                "podAntiAffinity": _apart(_DNS),
            },
            topologySpreadConstraints=[
                {
                    "maxSkew": 1,
                    "topologyKey": "topology.kubernetes.io/zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": _DNS},
                }
            ],
        )
    ],
    "metrics-server": [
        _deployment(
            "metrics-server",
            _METRICS,
            2,
            _container("metrics-server", "100m", "200Mi"),
            affinity={"podAntiAffinity": _apart(_METRICS)},
            nodeSelector={"kubernetes.io/os": "linux"},
        )
    ],
    "aws-ebs-csi-driver": [
        _daemon(
            "ebs-csi-node",
            _container("ebs-plugin", "10m", "40Mi"),
            _container("node-driver-registrar", "10m", "32Mi"),
            _container("liveness-probe", "10m", "32Mi"),
            host_network=False,
        ),
        _deployment(
            "ebs-csi-controller",
            _EBS,
            2,
            _container("ebs-plugin", "10m", "40Mi"),
            _container("csi-provisioner", "10m", "40Mi"),
            _container("csi-attacher", "10m", "40Mi"),
            _container("csi-snapshotter", "10m", "40Mi"),
            _container("csi-resizer", "10m", "40Mi"),
            _container("liveness-probe", "10m", "32Mi"),
            tolerations=[_CRITICAL],
            affinity={"podAntiAffinity": _apart(_EBS)},
            nodeSelector={"kubernetes.io/os": "linux"},
        ),
    ],
}


def of_addon(name: str) -> list[Object]:
    """What an EKS add-on runs by default."""
    return _ADDONS[name]


def of_chart(release: Mapping[str, Any]) -> Iterator[Object]:
    """What Karpenter's chart runs, as its values say."""
    if not str(release["chart"]).endswith("/karpenter"):
        return
    values = release["values"]
    labels = {"app.kubernetes.io/name": "karpenter", "app.kubernetes.io/instance": "karpenter"}
    affinity = {
        **values["affinity"],
        "podAntiAffinity": {
            _HARD: [
                {"labelSelector": {"matchLabels": labels}, **each}
                for each in values["affinity"]["podAntiAffinity"][_HARD]
            ]
        },
    }
    container = {**_container("controller"), "resources": values["controller"]["resources"]}
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": labels},
    }
    yield _deployment(
        "karpenter",
        labels,
        values["replicas"],
        container,
        affinity=affinity,
        tolerations=[_CRITICAL],
        nodeSelector={"kubernetes.io/os": "linux"},
        topologySpreadConstraints=[spread],
    )


def _pool(name: str, arches: list[str], **spec: Any) -> Object:
    asked = [
        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]},
        {"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": ["c", "m", "r"]},
        {"key": "eks.amazonaws.com/instance-generation", "operator": "Gt", "values": ["4"]},
        {"key": "kubernetes.io/arch", "operator": "In", "values": arches},
        {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
    ]
    reference = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "default"}
    template = {"spec": {"nodeClassRef": reference, "requirements": asked, **spec}}
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name},
        "spec": {"template": template},
    }


AUTO_MODE_POOLS = (
    _pool("general-purpose", ["amd64"]),
    _pool("system", ["amd64", "arm64"], taints=[{"key": "CriticalAddonsOnly", "effect": "NoSchedule"}]),
)
"""The pools that EKS Auto Mode brings, as its user guide shows them."""
