"""Calico: network policies of Kubernetes and of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._fit import DAEMON, OTHER_NETWORK, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Calico(HelmAddOn):
    """Enforce network policies by Calico, beside the VPC CNI, which goes on handing out addresses.

    The VPC CNI enforces Kubernetes' own policies by itself (`vpc_cni.network_policy`); Calico knows more kinds.
    """

    category: ClassVar[str] = "networking"
    brings_groups: ClassVar[tuple[str, ...]] = ("crd.projectcalico.org", "operator.tigera.io", "projectcalico.org")
    pods_made: ClassVar[Mapping[str, str]] = {"calico-system": "privileged"}
    chart: ClassVar[Chart] = Chart("tigera-operator", "v3.32.1", "https://docs.tigera.io/calico/charts")
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON, not_in_auto_mode=OTHER_NETWORK)
    images: ClassVar[dict[str, str]] = {"tigeraOperator.registry": "quay.io"}

    namespace: Namespace = "tigera-operator"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Policies only: addresses stay the VPC CNI's."""
        return {"installation": {"kubernetesProvider": "EKS", "cni": {"type": "AmazonVPC"}}}
