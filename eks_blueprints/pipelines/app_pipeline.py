"""Pipelines of applications: the developers' half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from eks_blueprints.core.elements import Group
from eks_blueprints.core.errors import Path
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._job import Architecture, Size
from eks_blueprints.pipelines._kinds import Deployments, deployed, place_of, production_among
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages._charts import SignArgs
from eks_blueprints.pipelines.stages._commands import RunnerArgs
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.build import GOARCH, Build, ImageArgs
from eks_blueprints.pipelines.stages.publish import Publish, PublishedImage, Tag
from eks_blueprints.pipelines.stages.scan import Scan
from eks_blueprints.pipelines.stages.source import Source
from eks_blueprints.pipelines.stages.test import Test

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment


class AppPipeline(Pipeline):
    """Test an application, build its image for every platform, let it pass only without severe vulnerabilities, publish
    it, and deploy that one digest to one environment after the other: with an approval before production (continuous
    delivery), or with `approval: none` without one (continuous deployment). What fails is put back."""

    source: Source
    """Where its code is, and which change starts it."""

    tests: Many[str] = ()
    """Commands that test it before anything is built, such as `make test`."""

    checks: Group[Stage] = Field(default=())
    """Further stages that run beside the tests, such as a linter, by names of your choice."""

    image: ImageArgs
    """Its image. `platform` is not said here: see `platforms`."""

    platforms: Annotated[Many[Architecture], Field(min_length=1, max_length=2)] = ("x86_64",)
    """Architectures of nodes that it runs on; each image is built on a machine of its own kind."""

    size: Size = "small"
    """Size of the machines that build it: see [runners](#runnerargs)."""

    scan: Scan | None = Scan(name="scan")
    """The scan that it has to pass; null for none."""

    image_tags: Many[Tag] = ("commit", "version")
    """Tags of the image, besides `sha-<commit>`: see [publish](#stages-publish)."""

    sign: SignArgs | None = None
    """Sign the image with Cosign. Default: it is not signed."""

    deploy: Deployments = Field(default={}, validate_default=False)
    """Environments in the order in which it is deployed to them, such as `{staging: {…}, production: {}}`. Default: it
    is published, and a release pipeline or another repository deploys it."""

    def staged(self) -> Sequence[Stage]:
        """Its stages, without approvals."""
        return self.staged_for({})

    def staged_for(self, environments: Mapping[str, Environment]) -> Sequence[Stage]:
        """Its stages, with an approval before production."""
        source = self.source.but(name="source")
        found: list[Stage] = [source]
        first = ("source",)
        if self.tests:
            found.append(Test(name="test", commands=self.tests, after=first))
        found += [each.but(after=first) if each.after is None else each for each in self.checks]
        before = tuple(each.name for each in found)
        builds = [self._build(architecture, before) for architecture in dict.fromkeys(self.platforms)]
        names = tuple(each.name for each in builds)
        found += builds
        if self.scan is not None:
            found.append(self.scan.but(name="scan", inputs=names))
        image = PublishedImage(repository=self.image.repository, tags=self.image_tags)
        found.append(Publish(name="publish", image=image, sign=self.sign, inputs=names))
        inputs = dict.fromkeys(self.deploy, ("publish",))
        approval = self.approval == "required"
        found += deployed(self.deploy, production_among(environments), approval=approval, inputs=inputs)
        return found

    def _build(self, architecture: Architecture, after: tuple[str, ...]) -> Build:
        runner = RunnerArgs(architecture=architecture, docker=True, size=self.size)
        return Build(name=f"build-{GOARCH[architecture]}", image=self.image, runner=runner, after=after)

    def place(self, stage: str) -> Path:
        """Where a stage is said."""
        if (found := place_of(stage, tuple(self.deploy))) is not None:
            return found
        if stage in {each.name for each in self.checks}:
            return ("checks", stage)
        fields = {"source": "source", "test": "tests", "scan": "scan", "publish": "image"}
        return (fields.get(stage, "image"),)
