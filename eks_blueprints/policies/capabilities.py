"""Which duties of an orchestrator a stack covers for its cluster, and by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from eks_blueprints.core.spec import kind_name
from eks_blueprints.policies.compute_kinds import compute_of
from eks_blueprints.policies.installed import charts, cluster_autoscalers, images, karpenters
from eks_blueprints.policies.node_labels import nodes_of
from eks_blueprints.policies.objects import WORKLOADS, pod_of
from eks_blueprints.policies.platform import ADDON, ASSOCIATION, NODE_GROUP, on_cluster
from eks_blueprints.policies.pod_needs import running
from eks_blueprints.policies.stack import Resource, Stack

_COMPONENT = "eks-blueprints:index:"
_ENTRY = "aws:eks/accessEntry:AccessEntry"
_ALARMS = (
    "aws:amp/ruleGroupNamespace:RuleGroupNamespace",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
)
_NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_CLASSES = "kubernetes:storage.k8s.io/v1:StorageClass"
_BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"

_PARTS = {
    "cloud integration": (
        "external-dns",
        "external-secrets",
        "secrets-store-csi-driver-provider-aws",
        "ack-capability",
    ),
    "networking": ("vpc-cni", "coredns", "kube-proxy", "cilium", "calico"),
    "load balancing": (
        *("aws-load-balancer-controller", "ingress-nginx", "nginx-ingress", "aws-gateway-api-controller"),
        *("istio-ingress-gateway", "traefik", "envoy-gateway"),
    ),
    "storage": (
        *("aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver", "aws-mountpoint-s3-csi-driver"),
        *("snapshot-controller", "local-static-provisioner"),
    ),
    "monitoring": (
        *("metrics-server", "kube-prometheus-stack", "prometheus", "amazon-cloudwatch-observability", "adot"),
        *("aws-cloudwatch-metrics", "datadog", "opentelemetry-collector", "whatap-operator"),
    ),
    "logging": (
        *("aws-for-fluent-bit", "fluent-bit", "amazon-cloudwatch-observability", "loki", "datadog"),
        *("opentelemetry-collector", "vector", "whatap-operator"),
    ),
    "self-healing": ("eks-node-monitoring-agent", "aws-node-termination-handler"),
}
"""Add-ons and charts that cover a duty."""
_ADD = {
    "scheduling": "compute: {nodes: {kind: managed_nodes}}, or cluster.auto_mode: {}",
    "cloud integration": "pod_identity_associations, or add-ons such as external_dns",
    "networking": "addons: {vpc_cni: {}, coredns: {}, kube_proxy: {}}",
    "load balancing": "addons: {aws_load_balancer_controller: {}}, or cluster.auto_mode: {}",
    "storage": "addons: {aws_ebs_csi_driver: {}}, or cluster.auto_mode: {}",
    "security": "access entries, keys and policies; eks-blueprints check --policies says which",
    "monitoring": "addons: {metrics_server: {}, kube_prometheus_stack: {}}, or amazon_cloudwatch_observability",
    "logging": "cluster: {enabled_cluster_log_types: [audit]}, and addons: {aws_for_fluent_bit: {}}",
    "self-healing": "node_repair_config: {} on groups, and probes on workloads",
    "placement": "topology_spread or affinity on workloads",
}


@dataclass(frozen=True, slots=True)
class Capability:
    """One duty: by what it is covered, and what to add where nothing covers it."""

    name: str
    by: tuple[str, ...]
    add: str


def capabilities(cluster: Resource, stack: Stack) -> list[Capability]:
    """The duties of an orchestrator for one cluster: the eight usual ones, self-healing and placement."""
    known = _names(cluster, stack)
    found = []
    for name, add in _ADD.items():
        parts = [each for each in _PARTS.get(name, ()) if each in known]
        by = dict.fromkeys([*parts, *_MORE[name](cluster, stack)])
        found.append(Capability(name, tuple(by), "" if by else add))
    return found


def _names(cluster: Resource, stack: Stack) -> set[str]:
    """What is installed: by the names of charts, EKS add-ons, components of this library and images."""
    named = {each.chart for each in charts(stack)}
    named |= {str(each.props.raw("addonName")) for each in on_cluster(cluster, stack, ADDON)}
    kinds = (each.type.removeprefix(_COMPONENT) for each in stack.resources if each.type.startswith(_COMPONENT))
    named |= {kind_name(each).replace("_", "-") for each in kinds}
    return named | {
        image.partition(":")[0].rpartition("/")[2] for each in stack.of(*WORKLOADS) for image in images(each)
    }


def _scheduling(cluster: Resource, stack: Stack) -> Iterator[str]:
    counted = Counter(each.kind.replace("_", " ") for each in compute_of(cluster, stack))
    yield from (f"{count} x {kind}" if count > 1 else kind for kind, count in counted.items())
    if cluster_autoscalers(stack):
        yield "Cluster Autoscaler"
    if karpenters(stack):
        yield "Karpenter"


def _cloud(cluster: Resource, stack: Stack) -> Iterator[str]:
    yield from _some(on_cluster(cluster, stack, ASSOCIATION), "service account with an IAM role")


def _networking(cluster: Resource, stack: Stack) -> Iterator[str]:
    yield from _auto_mode(cluster)
    yield from _some(on_cluster(cluster, stack, _NETWORK_POLICY), "network policy", "network policies")


def _load_balancing(cluster: Resource, stack: Stack) -> Iterator[str]:
    yield from _auto_mode(cluster, "kubernetesNetworkConfig", "elasticLoadBalancing", "enabled")


def _storage(cluster: Resource, stack: Stack) -> Iterator[str]:
    yield from _auto_mode(cluster, "storageConfig", "blockStorage", "enabled")
    yield from _some(on_cluster(cluster, stack, _CLASSES), "storage class", "storage classes")


def _security(cluster: Resource, stack: Stack) -> Iterator[str]:
    yield from _some(on_cluster(cluster, stack, _ENTRY), "access entry", "access entries")
    if cluster.props.raw("encryptionConfig"):
        yield "Secrets encrypted by a KMS key"
    if "audit" in _log_types(cluster):
        yield "audit log"


def _monitoring(cluster: Resource, stack: Stack) -> Iterator[str]:
    yield from _some(stack.of(*_ALARMS), "set of alarms", "sets of alarms")


def _logging(cluster: Resource, stack: Stack) -> Iterator[str]:
    yield from _some(_log_types(cluster), "log of the control plane", "logs of the control plane")


def _healing(cluster: Resource, stack: Stack) -> Iterator[str]:
    groups = [each for each in on_cluster(cluster, stack, NODE_GROUP) if each.props.raw("nodeRepairConfig")]
    yield from _some(groups, "node group that EKS repairs", "node groups that EKS repairs")
    yield from _auto_mode(cluster)
    pods = [each for each in on_cluster(cluster, stack, *WORKLOADS) if _is_probed(each)]
    yield from _some(pods, "workload with a liveness probe", "workloads with liveness probes")


def _placement(cluster: Resource, stack: Stack) -> Iterator[str]:
    spread = [
        each
        for each in on_cluster(cluster, stack, *WORKLOADS)
        if any(pod_of(each).has(key) for key in ("topologySpreadConstraints", "affinity", "nodeSelector"))
    ]
    yield from _some(spread, "workload that says where its pods go", "workloads that say where their pods go")
    yield from _some(
        [each for each in on_cluster(cluster, stack, NODE_GROUP) if nodes_of(each, stack).taints], "tainted node group"
    )
    yield from _some(on_cluster(cluster, stack, _BUDGET), "disruption budget")


_MORE: dict[str, Callable[[Resource, Stack], Iterator[str]]] = {
    "scheduling": _scheduling,
    "cloud integration": _cloud,
    "networking": _networking,
    "load balancing": _load_balancing,
    "storage": _storage,
    "security": _security,
    "monitoring": _monitoring,
    "logging": _logging,
    "self-healing": _healing,
    "placement": _placement,
}


def _auto_mode(cluster: Resource, *path: str) -> Iterator[str]:
    if cluster.props.raw(*(path or ("computeConfig", "enabled"))) is True:
        yield "EKS Auto Mode"


def _log_types(cluster: Resource) -> list[str]:
    found = cluster.props.raw("enabledClusterLogTypes")
    return [str(each) for each in found] if isinstance(found, list) else []


def _is_probed(workload: Resource) -> bool:
    return any(each.has("livenessProbe") for each in running(pod_of(workload)))


def _some(found: Iterable[object], one: str, several: str = "") -> Iterator[str]:
    if count := len(list(found)):
        yield f"{count} {one if count == 1 else several or f'{one}s'}"
