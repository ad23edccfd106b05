"""Trials of charts: installed beside what runs, tested, and removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.pipelines import _cluster
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Site
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage
from eks_blueprints.pipelines.stages._ways import HelmArgs, helm_lines, images_among


class Trial(BuiltInStage):
    """Install a chart with the image in a namespace where nothing depends on it, run its tests (`helm test`), and
    remove it again whatever they say. A failed installation is rolled back by Helm."""

    helm: HelmArgs
    """The chart and its values; the release is removed afterwards."""

    namespace: Namespace | None = None
    """Namespace for trials, one at a time. Default: one of its own for each run, which its role must be able to create:
    `cluster_admin` without `namespaces`."""

    wait_minutes: int = Field(default=10, ge=1, le=120)
    """How long it waits for the release, and for its tests, 1 to 120 minutes."""

    def problems_in(self, environment: Environment | None, inputs: Mapping[str, Output]) -> Iterator[Problem]:
        """Namespaces that its role cannot use."""
        if environment is None:
            yield Problem(("environment",), "is required for a trial; got none; name one of environments")
            return
        if environment.cluster is None or environment.gitops is not None:
            do = "name an environment that pipelines can use"
            yield Problem(("environment",), f"needs a cluster that it can change; got {self.environment}; {do}")
        elif self.namespace is not None:
            if environment.namespaces and self.namespace not in environment.namespaces:
                do = "add it to namespaces of the environment"
                yield Problem(("namespace",), f"is not one that it can change; got {self.namespace}; {do}")
        elif environment.deploy_role_arn is None and environment.policy != "cluster_admin":
            do = "name a namespace for trials, or let the environment say policy: cluster_admin"
            message = f"is required where its role cannot create one; got policy: {environment.policy}; {do}"
            yield Problem(("namespace",), message)

    def cluster_policy(self, environment: Environment) -> str | None:
        """It installs something."""
        return environment.policy

    @property
    def verifies(self) -> bool:
        """It finds out whether chart and image work together there."""
        return True

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """The chart and the image."""
        return {"image": False} if self.helm.chart is not None else {"image": False, "chart": True}

    @property
    def named(self) -> Mapping[Path, str]:
        """The images of its release."""
        return {("helm", "images", name): name for name in self.helm.images}

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"helm test {self.helm.release}, then removed"

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Install, test, remove."""
        helm, allowed = helm_lines(self.helm, site, inputs)
        note = script(
            "rollout",
            NAME=self.artifact,
            NAMESPACE=self.namespace or "",
            IMAGE_INPUTS=images_among(inputs),
            TIMEOUT=f"{self.wait_minutes}m",
        )
        prefix = "" if self.namespace is not None else f"{site.pipeline}-trial"
        lines = (
            note,
            *helm,
            *_cluster.enter(site),
            script("trial", RELEASE=self.helm.release, TRIAL=prefix),
        )
        job = self.job(
            allowed=allowed,
            tools=("helm", "jq", "kubectl", "yq"),
            variables=_cluster.variables(site),
        )
        return job.but(commands=(*job.commands, *lines))
