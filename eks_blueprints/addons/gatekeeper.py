"""OPA Gatekeeper: policies in Rego about what may be created."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from eks_blueprints.addons._fit import Stage
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.core.spec import Many


class Gatekeeper(HelmAddOn):
    """Refuse objects that break policies written in Rego or CEL, and report those that exist already.

    Other add-ons are installed after it, and are seen by its policies from the first object on.
    """

    category: ClassVar[str] = "policy"
    brings_groups: ClassVar[tuple[str, ...]] = ("constraints.gatekeeper.sh",)
    chart: ClassVar[Chart] = Chart("gatekeeper", "3.23.0", "https://open-policy-agent.github.io/gatekeeper/charts")
    stage: ClassVar[Stage] = Stage.ADMISSION
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "controllerManager",
        "audit",
        "postInstall",
        "postUpgrade",
        "preUninstall",
        "crds",
    )
    images: ClassVar[dict[str, str]] = {
        "image.repository": "openpolicyagent/gatekeeper",
        "preInstall.crdRepository.image.repository": "openpolicyagent/gatekeeper-crds",
        "postInstall.labelNamespace.image.repository": "openpolicyagent/gatekeeper-crds",
        "postInstall.probeWebhook.image.repository": "curlimages/curl",
    }
    spare: ClassVar[dict[str, Any]] = {
        "replicas": 3,
        "pdb.controllerManager.minAvailable": 1,
    }
    alone: ClassVar[dict[str, str]] = {"Deployment/gatekeeper-audit": "it reports what is there; the chart has no more"}
    spread: ClassVar[tuple[str, ...]] = ("controllerManager.topologySpreadConstraints",)

    namespace: Namespace = "gatekeeper-system"

    audit_interval_seconds: int = Field(default=60, ge=0, le=86400)
    """Time between two audits of what is there, in seconds; 0 for none."""

    failure_policy: Literal["Ignore", "Fail"] = "Ignore"
    """What happens to objects while no pod of it answers: they pass, or are refused."""

    exempt_namespaces: Many[str] = ("kube-system",)
    """Namespaces that its webhooks leave alone. It brings no policies: where yours refuse privileged pods, name the
    namespaces of agents and drivers."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        # A namespace that the controller exempts needs a label too; the webhooks know namespaces by their names.
        left_alone = {r"kubernetes\.io/metadata\.name": list(self.exempt_namespaces)} if self.exempt_namespaces else {}
        hooks = ("validatingWebhookExemptNamespacesLabels", "mutatingWebhookExemptNamespacesLabels")
        exempt = {f"{hook}.{label}": names for hook in hooks for label, names in left_alone.items()}
        return all_nested(
            exempt
            | {
                "auditInterval": self.audit_interval_seconds,
                "validatingWebhookFailurePolicy": self.failure_policy,
                "controllerManager.exemptNamespaces": list(self.exempt_namespaces),
            }
        )
