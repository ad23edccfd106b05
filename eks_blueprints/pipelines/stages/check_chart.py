"""Checks of Helm charts."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines._job import Job, Output, Report, Site
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage

_VERSION = Form(r"1\.\d{1,2}", what="is not a version of Kubernetes", do='write it in quotes, such as "1.36"')
_SCHEMAS = Form(
    r"default|https://(?!.*@)[\x21-\x7e]+|[\w./{}-]+",
    what="is not a place of schemas",
    do="write default, a URL, or a path in the checkout",
)
_FILES = Form(
    r"(?!/)(?!(.*/)?\.\.(/|$))[\w./*?-]{1,200}",
    what="is not a pattern of files",
    do="write one in the folder of the chart, such as tests/*_test.yaml",
)


class ChecksArgs(Spec):
    """What a chart is checked for."""

    lint: bool = True
    """`helm lint --strict`."""

    schemas: bool = True
    """Whether what it renders has the fields that Kubernetes knows (kubeconform)."""

    kubernetes_version: Annotated[str, AfterValidator(_VERSION)] = "1.35"
    """Version of Kubernetes of the schemas, and of the clusters that it is rendered for."""

    schema_locations: Many[Annotated[str, AfterValidator(_SCHEMAS)]] = ("default",)
    """Where kubeconform finds schemas, those of custom resources too."""

    skip_kinds: Many[str] = ()
    """Kinds whose schema is nowhere, such as `Certificate`. Default: one without a schema fails."""

    unit_tests: bool = True
    """Whether its unit tests run (helm-unittest)."""

    unit_test_files: Many[Annotated[str, AfterValidator(_FILES)]] = Field(default=("tests/*_test.yaml",), min_length=1)
    """Where they are, as patterns in the folder of the chart, such as `unittests/**/*.yaml`. That there are none is a
    failure if this is said."""

    policies: bool = True
    """Whether the policies of this package judge what it renders."""

    profile: str = Field(default="baseline", pattern=r"^(baseline|production|regulated)$")
    """How strict they are: `baseline`, `production` or `regulated`."""

    package: str = Field(default="eks-blueprints", min_length=1, max_length=500)
    """What `pip install` is given for them: a name with a version, or an address."""


class CheckChart(BuiltInStage):
    """Check a Helm chart and what it renders: `helm lint`, schemas, unit tests, and the policies of this package."""

    chart: RepositoryPath = "chart"
    """Its folder."""

    values: Many[RepositoryPath] = ()
    """Files of values that it is checked with, each on its own. Default: its own values alone."""

    checks: ChecksArgs = ChecksArgs()
    """What is checked."""

    @property
    def artifact(self) -> str:
        """Name of what it renders among the artifacts."""
        return f"{super().artifact}-manifests"

    @property
    def before_commit(self) -> tuple[str, ...]:
        """What Helm alone finds."""
        return (f"helm lint {shlex.quote(self.chart)} --strict",) if self.checks.lint else ()

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return self.chart

    def outputs(self) -> Mapping[str, Output]:
        """The rendered objects."""
        return {**super().outputs(), self.artifact: Output(kind="manifests")}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Render it with each file of values, and check that."""
        checks = self.checks
        fetch = script("chart_dependencies", CHART_PATH=self.chart, DEPENDENCIES="missing")
        said = script(
            "check_chart",
            NAME=self.artifact,
            VALUES=tuple(self.values) or ("",),
            LINT=checks.lint,
            SCHEMAS=checks.schemas,
            KUBERNETES=f"{checks.kubernetes_version}.0",
            SCHEMA_LOCATIONS=tuple(checks.schema_locations),
            SKIP_KINDS=",".join(checks.skip_kinds),
            UNIT_TESTS=checks.unit_tests,
            UNIT_TEST_FILES=tuple(checks.unit_test_files),
            UNIT_TESTS_REQUIRED="unit_test_files" in checks.model_fields_set,
            POLICIES=checks.policies,
            PROFILE=checks.profile,
            PACKAGE=checks.package,
        )
        tools = ["helm", "jq", "yq"]
        tools += ["kubeconform"] if checks.schemas else []
        tools += ["helm-unittest"] if checks.unit_tests else []
        job = self.job((fetch, said), tools=tuple(tools))
        return job.but(reports={**job.reports, "chart": Report(kind="junit", paths=("reports/chart-*.xml",))})
