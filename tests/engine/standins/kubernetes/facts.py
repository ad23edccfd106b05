"""Facts about kinds: which are in a namespace, what cannot be changed, who removes whose finalizer."""

from __future__ import annotations

import re
from typing import Any

from ..checks import Failure
from ..wire import UNKNOWN

CLUSTER_SCOPED = {
    "APIService", "CSIDriver", "CSINode", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition",
    "FlowSchema", "IngressClass", "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume",
    "PriorityClass", "PriorityLevelConfiguration", "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeSnapshotClass",
    "NodePool", "NodeClass", "EC2NodeClass", "ClusterIssuer", "ClusterSecretStore", "ClusterPolicy", "GatewayClass",
    "ClusterNodeMonitoring", "ClusterExternalSecret", "EniConfig", "ENIConfig", "IngressClassParams",
}  # fmt: skip
NAMESPACES = {"default", "kube-system", "kube-public", "kube-node-lease"}
WORKLOADS = {"Deployment", "StatefulSet", "DaemonSet", "Pod", "Job", "ReplicaSet"}

ALWAYS_NEW = ("metadata.name", "metadata.namespace", "kind")
FORCE_NEW = {
    "Deployment": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "StatefulSet": (
        *("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates", "spec.podManagementPolicy"),
        "spec.revisionHistoryLimit",
    ),
    "Job": ("spec.selector", "spec.template", "spec.completions", "spec.parallelism"),
    "Pod": ("spec",),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.storageClassName", "spec.volumeName", "spec.selector"),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "StorageClass": ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
    "Service": ("spec.clusterIP",),
    "PriorityClass": ("value", "preemptionPolicy"),
}

# The charts that bring the kinds of an API group; a group that is not here is always known.
CHART_OF_GROUP = {
    "karpenter.sh": {"karpenter-crd", "karpenter"},
    "karpenter.k8s.aws": {"karpenter-crd", "karpenter"},
    "eks.amazonaws.com": {"eks-auto-mode"},
    "cert-manager.io": {"cert-manager"},
    "external-secrets.io": {"external-secrets"},
    "argoproj.io": {"argo-cd", "argo-rollouts", "argo-workflows", "argo-events"},
    "keda.sh": {"keda"},
    "monitoring.coreos.com": {"kube-prometheus-stack", "prometheus-operator-crds"},
    "kyverno.io": {"kyverno"},
    "elbv2.k8s.aws": {"aws-load-balancer-controller"},
}
AUTO_MODE_GROUPS = {"karpenter.sh", "eks.amazonaws.com"}

LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
NAME = re.compile(r"[a-z0-9]([-a-z0-9.:]*[a-z0-9])?")


def namespaced(kind: Any) -> bool:
    return isinstance(kind, str) and kind not in CLUSTER_SCOPED and not kind.endswith("List")


MUTABLE = {
    "ConfigMap": ("enableConfigMapMutable", ("data", "binaryData")),
    "Secret": ("enableSecretMutable", ("type", "data", "stringData")),
}
"""Kinds that are replaced by every change of their content, unless the provider is told that they are mutable."""


def force_new(type: str, old_inputs: dict[str, Any], config: dict[str, Any]) -> tuple[str, ...]:
    kind = old_inputs.get("kind") or type.rsplit(":", 1)[-1]
    setting, content = MUTABLE.get(kind, ("", ()))
    told = config.get(setting) in (True, "true")
    return (*ALWAYS_NEW, *FORCE_NEW.get(kind, ()), *(() if told and not old_inputs.get("immutable") else content))


def controller_of(values: dict[str, Any]) -> set[str]:
    """The charts of which one must be there to remove an object's finalizer."""
    group, kind = str(values.get("apiVersion", "")).partition("/")[0], values.get("kind")
    spec = values.get("spec") or {}
    if group in ("karpenter.sh", "karpenter.k8s.aws") and kind in ("NodePool", "EC2NodeClass", "NodeClaim"):
        return {"karpenter"}
    annotations = (values.get("metadata") or {}).get("annotations") or {}
    if kind == "Ingress" and "alb" in (spec.get("ingressClassName"), annotations.get("kubernetes.io/ingress.class")):
        return {"aws-load-balancer-controller"}
    if kind == "Service" and spec.get("loadBalancerClass") == "service.k8s.aws/nlb":
        return {"aws-load-balancer-controller"}
    if kind in ("Application", "ApplicationSet") and (values.get("metadata") or {}).get("finalizers"):
        return {"argo-cd"}
    return set()


def check_metadata(inputs: dict[str, Any]) -> list[Failure]:
    metadata = inputs.get("metadata")
    if not isinstance(metadata, dict):
        return []
    failures: list[Failure] = []
    name = metadata.get("name")
    if isinstance(name, str) and (len(name) > 253 or not NAME.fullmatch(name)):
        failures.append(("metadata.name", f"{name!r} is not a lowercase RFC 1123 name"))
    if inputs.get("kind") == "Namespace" and isinstance(name, str) and len(name) > 63:
        failures.append(("metadata.name", f"{name!r} is longer than 63 characters"))
    for key in ("labels", "annotations"):
        values = metadata.get(key)
        for label, value in (values if isinstance(values, dict) else {}).items():
            if value is not UNKNOWN and key == "labels" and not (LABEL.fullmatch(value) and len(value) <= 63):
                failures.append((f"metadata.labels.{label}", f"invalid label value {value!r}"))
    return failures


def status(inputs: dict[str, Any]) -> dict[str, Any]:
    """What an awaited object reports, as far as programs read it."""
    kind, spec = inputs.get("kind"), inputs.get("spec") or {}
    if kind == "Namespace":
        return {"phase": "Active"}
    if kind in ("Deployment", "StatefulSet", "ReplicaSet"):
        replicas = spec.get("replicas", 1)
        return {"replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas}
    if (kind == "Service" and spec.get("type") == "LoadBalancer") or kind == "Ingress":
        name = (inputs.get("metadata") or {}).get("name", "lb")
        return {"loadBalancer": {"ingress": [{"hostname": f"{name}.elb.amazonaws.com"}]}}
    return {}
