"""Any Helm chart, as an add-on."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._chart_addon import ChartAddOn
from eks_blueprints.addons._helm_values import ChartRepository, ChartVersion, Namespace, nested
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.helm import Chart


class Helm(ChartAddOn):
    """Install any Helm chart: `podinfo: {kind: helm, chart: podinfo, version: 6.9.0, repository: https://…}`.

    With `service_account_name` and `policy_arns` its pods get a role. What your own chart needs every time is better
    written once as a class: see the guide about your own add-ons.
    """

    category: ClassVar[str] = "any"
    pods: ClassVar[tuple[str, ...]] = ()
    makes_outside: ClassVar[bool] = True  # who knows

    chart: str = Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$")
    """Name of the chart."""

    version: ChartVersion
    """Version of the chart, exactly: `1.14.0`, not a range."""

    repository: ChartRepository
    """Where the chart comes from: `https://host/path` or `oci://host/path`."""

    namespace: Namespace
    """Kubernetes namespace that it is installed into."""

    service_account_name: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
    """Service account that its pods run under, as the chart names it, to give it a role. Default: it calls no AWS
    service."""

    service_account_annotations_at: str | None = Field(default=None, min_length=1)
    """Path in the chart's values that takes the annotations of the service account, which IRSA needs:
    `serviceAccount.annotations`."""

    @model_validator(mode="after")
    def _role_reaches_the_pods(self) -> Self:
        faults = Faults()
        if self.service_account_name is not None:
            if not self.policy_arns and self.service_account_role_arn is None and self.identity != "node_role":
                do = "add policy_arns or service_account_role_arn"
                faults.add("service_account_name", f"gets a role without permissions; got no policies; {do}")
            if self.identity == "irsa" and self.service_account_annotations_at is None:
                do = "write the path of its annotations in the chart's values, such as serviceAccount.annotations"
                faults.add("service_account_annotations_at", f"is needed with identity irsa; got none; {do}")
        faults.raise_if_any()
        return self

    @property
    def home(self) -> str:
        """Kubernetes namespace it runs in."""
        return self.namespace

    @property
    def chart_used(self) -> Chart:
        """The chart to install."""
        return Chart(self.chart, self.version, self.repository)

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """The service account that gets a role, where one is named."""
        return () if self.service_account_name is None else (self.service_account_name,)

    def _account_values(self, role_arn: Any) -> dict[str, Any]:
        if role_arn is None or self.identity_used != "irsa" or self.service_account_annotations_at is None:
            return {}
        return nested(self.service_account_annotations_at, {"eks.amazonaws.com/role-arn": role_arn})
