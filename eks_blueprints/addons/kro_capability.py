"""kro, run by EKS: several Kubernetes objects as one."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._capability import CapabilityAddOn


class KroCapability(CapabilityAddOn):
    """Have EKS run kro (Kube Resource Orchestrator), which creates one object of several, outside the cluster."""

    category: ClassVar[str] = "platform"
    brings_groups: ClassVar[tuple[str, ...]] = ("kro.run",)
    capability_type: ClassVar[str] = "KRO"
