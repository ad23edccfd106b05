"""Pipelines of charts: the half of those who run the clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from eks_blueprints.core.errors import Path
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In, Many
from eks_blueprints.pipelines._kinds import production_among
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines._secrets import SecretArn
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages._charts import ChartArgs, SignArgs
from eks_blueprints.pipelines.stages.approve import Approve
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.check_chart import CheckChart, ChecksArgs
from eks_blueprints.pipelines.stages.promote import ChartTarget, Promote
from eks_blueprints.pipelines.stages.publish import Publish
from eks_blueprints.pipelines.stages.source import Source
from eks_blueprints.pipelines.stages.trial import Trial

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment

_KEY = Form(r"[A-Za-z0-9_]{1,64}", what="is not the name of a secret", do="use letters, digits and _")


class ChartPipeline(Pipeline):
    """Check a Helm chart (`helm lint`, schemas of what it renders, unit tests, the policies of this package), try it in
    a cluster, package and sign it, publish it to ECR or to a Helm repository in S3, and promote it by its digest."""

    source: Source
    """Where the chart is, and which change starts it."""

    chart: ChartArgs
    """The chart, and where it is published."""

    checks: ChecksArgs = ChecksArgs()
    """What is checked before it is published."""

    values: Many[RepositoryPath] = ()
    """Files of values that the chart is checked with, each on its own, such as `values/production.yaml`. Default: its
    own values alone."""

    trial: Trial | None = None
    """Install it in a cluster and run its tests before it is published. `helm.chart` defaults to the chart itself."""

    sign: SignArgs | None = None
    """Sign it with Cosign, in ECR. Default: it is not signed."""

    secrets: dict[Annotated[str, AfterValidator(_KEY)], In[SecretArn]] = {}
    """Secrets that packaging needs, such as a keyring: variables with the ARN of each in Secrets Manager or in
    Parameter Store."""

    promote: dict[str, ChartTarget] = Field(default={})
    """Environments that it is promoted to, in order, and the repository of each; before production is an approval."""

    def staged(self) -> Sequence[Stage]:
        """Its stages, without approvals."""
        return self.staged_for({})

    def staged_for(self, environments: Mapping[str, Environment]) -> Sequence[Stage]:
        """Its stages, with an approval before production."""
        return list(self._staged(production_among(environments)))

    def _staged(self, production: Sequence[str]) -> Iterator[Stage]:
        yield self.source.but(name="source")
        yield CheckChart(name="check", chart=self.chart.path, values=self.values, checks=self.checks)
        if self.trial is not None:
            helm = self.trial.helm
            chart = helm.chart or self.chart.path
            yield self.trial.but(name="trial", helm=helm.but(chart=chart))
        yield Publish(name="publish", chart=self.chart, sign=self.sign, secrets=self.secrets)
        before = "publish"
        for name, target in self.promote.items():
            if self.approval == "required" and name in production:
                yield Approve(name=f"approve-{name}", environment=name, message=f"Promote the chart to {name}?")
            yield Promote(name=f"promote-{name}", chart=target, inputs=(before,), environment=name)
            before = f"promote-{name}"

    def place(self, stage: str) -> Path:
        """Where a stage is said."""
        start, _, name = stage.partition("-")
        if start in ("approve", "promote") and name in self.promote:
            return ("promote", name)
        return {"source": ("source",), "check": ("checks",), "trial": ("trial",)}.get(stage, ("chart",))
