"""Cluster Proportional Autoscaler: replicas of a workload by the size of the cluster."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn


class ClusterProportionalAutoscaler(HelmAddOn):
    """Keep the replicas of one workload, such as DNS, in proportion to nodes and cores.

    EKS's CoreDNS scales by itself (`coredns.autoscaling`); this is for other workloads. Say in `values` which one
    and how. The newest chart there is, of 2023.
    """

    category: ClassVar[str] = "autoscaling"
    chart: ClassVar[Chart] = Chart(
        "cluster-proportional-autoscaler", "1.1.0", "https://kubernetes-sigs.github.io/cluster-proportional-autoscaler"
    )
    images: ClassVar[dict[str, str]] = {"image.repository": "registry.k8s.io/cpa/cluster-proportional-autoscaler"}
