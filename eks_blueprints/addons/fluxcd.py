"""Flux: what is in Git repositories and buckets is what is on the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.addons._hub import hub_problems, hub_role
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import ClusterArn
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground


class Fluxcd(HelmAddOn):
    """Keep the cluster as Git repositories, OCI artifacts and buckets describe it.

    Give its source controller a role (`policy_arns`) to read ECR or S3.
    """

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("flux2", "2.18.3", "oci://ghcr.io/fluxcd-community/charts")
    service_account: ClassVar[str] = "source-controller"
    service_account_at: ClassVar[str] = ""
    role_on_demand: ClassVar[bool] = True
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "helmController",
        "imageAutomationController",
        "imageReflectionController",
        "kustomizeController",
        "notificationController",
        "sourceController",
        "cli",
    )
    images: ClassVar[dict[str, str]] = {
        "cli.image": "ghcr.io/fluxcd/flux-cli",
        "helmController.image": "ghcr.io/fluxcd/helm-controller",
        "imageAutomationController.image": "ghcr.io/fluxcd/image-automation-controller",
        "imageReflectionController.image": "ghcr.io/fluxcd/image-reflector-controller",
        "kustomizeController.image": "ghcr.io/fluxcd/kustomize-controller",
        "notificationController.image": "ghcr.io/fluxcd/notification-controller",
        "sourceController.image": "ghcr.io/fluxcd/source-controller",
    }

    namespace: Namespace = "flux-system"

    image_automation: bool = False
    """Whether it installs the two controllers that write new image tags into Git."""

    spoke_arns: Many[In[ClusterArn]] | None = None
    """ARNs of other clusters that it deploys to; it then has a role by EKS Pod Identity, which the stack exports as
    `gitops_agent_role_arn`. `[]` for a hub that has no spokes yet. Default: those of `gitops: {clusters: …}` of the
    platform, and no role where there are none.
    """

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """A hub whose pods get no role, beside what holds for every chart."""
        yield from super().problems_on(ground)
        yield from hub_problems(self, "spoke_arns", ground)

    def equipped(self, component: Component, cluster: ClusterRef) -> tuple[Self, list[pulumi.Resource]]:
        """The role of a hub, which spokes let in: its controllers ask EKS where they are."""
        if self.spoke_arns is None:
            return self, []
        arns = tuple(self.spoke_arns)
        allowed = [Allow("eks:DescribeCluster", on=arns)] if arns else []
        accounts = ("kustomize-controller", "helm-controller")
        return self, hub_role(self, component, cluster, accounts, allowed)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"crds": {"annotations": {"helm.sh/resource-policy": "keep"}}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested(
            {
                "imageAutomationController.create": self.image_automation,
                "imageReflectionController.create": self.image_automation,
            }
        )
