"""What charts cannot do, and is therefore not asked of them; each with its reason."""

from __future__ import annotations

UNREAD: dict[str, dict[str, str]] = {
    "external_secrets": {
        "installCRDs": "its CRDs are generated when the chart is released, and are not in its sources",
        r"crds.annotations.helm\.sh/resource-policy": "likewise",
    },
}
"""Values that change nothing in what is rendered from a chart's sources, and why they are set."""

_USERS = "is where the servers of users are"

UNPLACED: dict[str, dict[str, str]] = {
    "jupyterhub": dict.fromkeys(
        ("DaemonSet/continuous-image-puller", "DaemonSet/hook-image-puller", "StatefulSet/user-placeholder"), _USERS
    ),
    "neuron": {"Deployment/k8s-neuron-scheduler": "takes no values for it"},
    "nvidia_gpu_operator": {"Job/gpu-operator-upgrade-crd": "runs once, before an upgrade, and takes no node selector"},
    "volcano": dict.fromkeys(
        (
            "Deployment/volcano-admission",
            "Deployment/volcano-controllers",
            "Deployment/volcano-scheduler",
            "Job/volcano-admission-init",
        ),
        "takes them as custom.default_ns and custom.default_tolerations, which are the user's to set",
    ),
    "nvidia_device_plugin": {
        "Job/nvidia-device-plugin-node-feature-discovery-prune": "runs once, after the chart is uninstalled",
    },
    "knative_operator": dict.fromkeys(
        ("Deployment/knative-operator", "Deployment/operator-webhook"), "takes tolerations, and no node selector"
    ),
    "agones": {"Job/agones-delete-agones-resources": "runs once, before the chart is uninstalled, and takes no values"},
}
"""Workloads that are not sent to the nodes for add-ons, or do not run on every node, and why."""

UNMIRRORED: dict[str, dict[str, str]] = {
    "bottlerocket_update_operator": {
        "public.ecr.aws/bottlerocket/bottlerocket-update-operator": "its value takes a tag as well",
    },
    "local_static_provisioner": {
        "registry.k8s.io/sig-storage/local-volume-provisioner": "its value takes a tag as well",
    },
    "istio_ingress_gateway": {"auto": "istiod puts its own image there"},
    "kubecost": {"gcr.io/kubecost1/kubecost-modeling": "its value takes a tag as well, which a mirror cannot know"},
    "agones": {"alpine/kubectl": "runs before the chart is uninstalled; no value names it"},
}
"""Images that no value of their chart moves to a mirror, and what to do."""
