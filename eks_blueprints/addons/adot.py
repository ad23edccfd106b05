"""AWS Distro for OpenTelemetry: collectors for metrics, logs and traces."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._pods import NodeSelector, Toleration, pod_settings
from eks_blueprints.addons.amazon_cloudwatch_observability import AmazonCloudwatchObservability
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager
from eks_blueprints.core.spec import Many


class Adot(EksAddOn):
    """Run AWS's distribution of the OpenTelemetry operator, which keeps collectors as Kubernetes objects.

    Collectors call AWS under service accounts of their own; its operator calls no AWS service.
    """

    category: ClassVar[str] = "observability"
    brings_groups: ClassVar[tuple[str, ...]] = ("opentelemetry.io",)
    eks_name: ClassVar[str] = "adot"
    namespace: ClassVar[str] = "opentelemetry-operator-system"
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (AmazonCloudwatchObservability,)

    replicas: int | None = Field(default=None, ge=1, le=10)
    """Number of pods of the operator. Default: EKS's, 1."""

    tolerations: Many[Toleration] | None = None
    """Taints that its pods accept. Default: none."""

    node_selector: NodeSelector = {}
    """Labels that nodes have to carry to run it."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        settings = pod_settings(self.tolerations, self.node_selector)
        if self.replicas is not None:
            settings["replicaCount"] = self.replicas
        return settings
