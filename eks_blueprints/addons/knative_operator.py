"""Knative operator: services that scale to zero, and events between them."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class KnativeOperator(HelmAddOn):
    """Install and upgrade Knative Serving and Eventing, as `KnativeServing` and `KnativeEventing` objects say.

    Serving needs a network layer as well: Kourier, which the operator can bring, or Istio.
    """

    category: ClassVar[str] = "serverless"
    chart: ClassVar[Chart] = Chart("knative-operator", "v1.23.0", "https://knative.github.io/operator")
    single: ClassVar[bool] = True
    # The chart takes tolerations, and no node selector.
    pods: ClassVar[tuple[str, ...]] = ()
    images: ClassVar[dict[str, str]] = {
        "knative_operator.knative_operator.image": "gcr.io/knative-releases/knative.dev/operator/cmd/operator",
        "knative_operator.operator_webhook.image": "gcr.io/knative-releases/knative.dev/operator/cmd/webhook",
    }

    namespace: Namespace = "knative-operator"
    """Kubernetes namespace it runs in."""
