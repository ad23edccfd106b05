"""Kubeflow Trainer: distributed training and fine-tuning of models."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class KubeflowTrainer(HelmAddOn):
    """Run distributed training as `TrainJob` objects: PyTorch, JAX, MPI, XGBoost and others.

    It brings the JobSet controller that its jobs stand on.
    """

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("kubeflow-trainer", "2.3.0", "oci://ghcr.io/kubeflow/charts")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("manager", "jobset.controller", "runtimes.installer")
    alone: ClassVar[dict[str, str]] = {"Deployment/jobset-controller": "running jobs continue without it"}
    images: ClassVar[dict[str, str]] = {
        "image.registry": "ghcr.io",
        "jobset.image.repository": "registry.k8s.io/jobset/jobset",
        "runtimes.installer.image.registry": "docker.io",
    }
    spare: ClassVar[dict[str, Any]] = {"manager.replicas": 2}

    namespace: Namespace = "kubeflow-system"
    """Kubernetes namespace it runs in."""

    default_runtimes: bool = True
    """Whether the runtimes of its makers are there for jobs to name, such as `torch-distributed`."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return {"runtimes": {"defaultEnabled": self.default_runtimes}}
