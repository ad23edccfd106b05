"""How a platform is observed: alarms, dashboards, and what its workloads send by default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.spec import Spec

if TYPE_CHECKING:
    from eks_blueprints.observability.alarm_spec import Alarms
    from eks_blueprints.observability.observe_spec import Observe
else:
    Alarms = late("eks_blueprints.observability.alarm_spec", "Alarms")
    Observe = late("eks_blueprints.observability.observe_spec", "Observe")


class Dashboards(Spec):
    """Three dashboards: the cluster, its nodes, its workloads."""

    cloudwatch: bool | None = None
    """Whether CloudWatch has them. Default: if amazon_cloudwatch_observability is on the cluster."""

    grafana: bool | None = None
    """Whether Grafana has them, as ConfigMaps that its sidecar reads. Default: if kube_prometheus_stack is on the
    cluster."""

    grafana_operator: bool | None = None
    """Whether the Grafana Operator has them, as GrafanaDashboards. Default: if grafana_operator is on the cluster."""

    grafana_labels: dict[str, str] = {"dashboards": "grafana"}
    """Labels of the Grafana objects that it puts them into, in any namespace."""

    @model_validator(mode="after")
    def _asks_for_some(self) -> Self:
        faults = Faults()
        if self.cloudwatch is False and self.grafana is False and not self.grafana_operator:
            faults.add("cloudwatch", "or grafana is required; got false for both; remove dashboards, or one of them")
        if not self.grafana_labels:
            faults.add("grafana_labels", "selects no Grafana; got {}; write one such as {dashboards: grafana}")
        faults.raise_if_any()
        return self


class ObservabilityArgs(Spec):
    """How a platform is observed."""

    alarms: Alarms | None = None
    """Alarms for Prometheus and CloudWatch. Default: none; `{}` for all of them."""

    dashboards: Dashboards | None = None
    """Dashboards for Grafana and CloudWatch. Default: none; `{}` for all of them."""

    workloads: Observe | None = None
    """What workloads send that say nothing themselves (`observe`), and whose team says nothing. Default: nothing
    besides what the add-ons collect anyway."""
