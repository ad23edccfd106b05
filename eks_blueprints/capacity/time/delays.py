"""How long things take, as a scenario can set it."""

from __future__ import annotations

from eks_blueprints.capacity.time.moments import Length, SomeLength
from eks_blueprints.core.spec import Spec


class Delays(Spec):
    """How long things take. EC2 and images decide about the first two: measure yours."""

    node_ready: Length = "45s"
    """From the launch of a node until it takes pods."""
    fargate_ready: Length = "45s"
    """From the creation of a pod on Fargate until its machine takes it."""
    pod_start: Length = "10s"
    """From the placing of a pod until it is ready."""
    pod_stop: Length | None = None
    """From the eviction of a pod until it has ended, no longer than its `terminationGracePeriodSeconds`. Default: all
    of that time."""
    batch_idle: Length = "1s"
    """How long no pod comes before Karpenter begins a round (`batchIdleDuration`)."""
    batch_most: Length = "10s"
    """How long Karpenter gathers pods at most (`batchMaxDuration`)."""
    disruption_scan: SomeLength = "10s"
    """How often Karpenter looks for nodes to take away."""
    validation: Length = "15s"
    """How long Karpenter waits before consolidation, to see whether it still holds."""
    autoscaler_scan: SomeLength = "10s"
    """How often Cluster Autoscaler looks (`--scan-interval`)."""
    unneeded: Length = "10m"
    """How long Cluster Autoscaler keeps a node that nothing needs (`--scale-down-unneeded-time`)."""
    after_scale_up: Length = "10m"
    """How long Cluster Autoscaler takes no node after it added one (`--scale-down-delay-after-add`)."""
    node_lost: Length = "50s"
    """Until pods of a lost node come anew: kubelet's silence until the node is not ready (1.32 and later)."""
    zone_lost: Length = "350s"
    """Until pods of a zone that cannot be reached come anew: 50 s until its nodes are not ready, and the 300 s for
    which pods tolerate that."""
    spot_notice: Length = "2m"
    """From the notice of an interruption until the instance is gone."""
    hpa_sync: SomeLength = "15s"
    """How often a HorizontalPodAutoscaler looks."""
    hpa_down: Length = "300s"
    """For how long a HorizontalPodAutoscaler keeps to the largest number that it asked for."""
