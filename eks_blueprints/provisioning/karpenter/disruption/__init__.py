"""Karpenter's voluntary disruption: which nodes it takes away or replaces, when, and what holds it back.

Functions of a `State`, which they do not change. Source: sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1.
"""

from eks_blueprints.provisioning.karpenter.disruption.candidates import Held
from eks_blueprints.provisioning.karpenter.disruption.command import PATIENCE, POLLING, VALIDATION_DELAY, Command
from eks_blueprints.provisioning.karpenter.disruption.looking import Look, look
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.karpenter.disruption.state import Owned, Rules, State, Traits

__all__ = [
    "PATIENCE",
    "POLLING",
    "VALIDATION_DELAY",
    "Command",
    "Held",
    "Look",
    "Owned",
    "PodBudget",
    "Rules",
    "State",
    "Traits",
    "look",
]
