"""Cluster Autoscaler: which groups grow for pods that wait, and which nodes it takes away again.

Source: github.com/kubernetes/autoscaler, folder cluster-autoscaler, 1.36.1.
"""

from eks_blueprints.provisioning.autoscaler.growing import Growth, Left, Refused, scale_up
from eks_blueprints.provisioning.autoscaler.shrinking import Pace, Shrinking, Turn, scale_down

__all__ = ["Growth", "Left", "Pace", "Refused", "Shrinking", "Turn", "scale_down", "scale_up"]
