"""Pipelines of applications: the developers' half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.elements import Group
from eks_blueprints.core.errors import Faults, Path, unknown_name
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._job import Architecture, Size
from eks_blueprints.pipelines._kinds import Deployments, deployed, place_of
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


_NAME = Form(
    r"[a-z][a-z0-9-]{0,19}",
    what="is not the name of an image of a pipeline",
    do="use up to 20 lowercase letters, digits and -",
)


def _image_names(found: dict[str, ImageArgs]) -> dict[str, ImageArgs]:
    faults = Faults()
    seen: dict[str, str] = {}
    for name, image in found.items():
        if fault := _NAME.fault(name):
            faults.add((name,), fault)
        if other := seen.get(image.repository):
            do = "give each a repository of its own"
            faults.add(
                (name, "repository"),
                f"is that of {other} too, and both have the tag of the commit; got {image.repository}; {do}",
            )
        seen[image.repository] = name
    faults.raise_if_any()
    return found


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

    image: ImageArgs | None = None
    """Its image. `platform` is not said here: see `platforms`."""

    images: Annotated[dict[str, ImageArgs], AfterValidator(_image_names)] = {}
    """Several images of one repository instead of `image`, by names of your choice, such as `{web: …, worker: …}`. They
    are built beside each other, published once all have passed the scan, and deployed together; `images` of `helm` and
    `kubectl` say which goes where, by these names."""

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

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        faults = Faults()
        faults.require_one(self, "image", "images")
        for name, args in self.deploy.items():
            for way in ("helm", "kubectl"):
                for key, image in args.images_of(way) if self.images else ():
                    if image not in self.images:
                        path = ("deploy", name, way, "images", key)
                        faults.add(path, unknown_name(image, self.images, "image of this pipeline"))
        faults.raise_if_any()
        return self

    @property
    def _built(self) -> Mapping[str, ImageArgs]:
        """The images by what the names of their stages have behind the first word."""
        if self.image is not None:
            return {"": self.image}
        return {f"-{name}": image for name, image in self.images.items()}

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
        builds = {
            name: [self._build(name, image, architecture, before) for architecture in dict.fromkeys(self.platforms)]
            for name, image in self._built.items()
        }
        found += [each for several in builds.values() for each in several]
        names = {name: tuple(each.name for each in several) for name, several in builds.items()}
        ready = tuple(each for several in names.values() for each in several)
        if self.scan is not None:
            found += [self.scan.but(name=f"scan{name}", inputs=inputs, after=ready) for name, inputs in names.items()]
            ready = tuple(f"scan{name}" for name in names)
        for name, image in self._built.items():
            published = PublishedImage(repository=image.repository, tags=self.image_tags)
            publish: dict[str, Any] = {"inputs": names[name], "after": ready}
            found.append(Publish(name=f"publish{name}", image=published, sign=self.sign, **publish))
        inputs = dict.fromkeys(self.deploy, tuple(f"publish{name}" for name in self._built))
        to = {name: args.with_images("publish-{}") if self.images else args for name, args in self.deploy.items()}
        approval = self.approval == "required"
        found += deployed(to, environments, approval=approval, inputs=inputs)
        return found

    def _build(self, name: str, image: ImageArgs, architecture: Architecture, after: tuple[str, ...]) -> Build:
        runner = RunnerArgs(architecture=architecture, docker=True, size=self.size)
        return Build(name=f"build{name}-{GOARCH[architecture]}", image=image, runner=runner, after=after)

    def place(self, stage: str) -> Path:
        """Where a stage is said."""
        if (found := place_of(stage, tuple(self.deploy))) is not None:
            return found
        if stage in {each.name for each in self.checks}:
            return ("checks", stage)
        for name in sorted(self.images, key=len, reverse=True):  # `web-x` before `web`
            if stage.startswith((f"build-{name}-", f"publish-{name}")):
                return ("images", name)
        if stage == "scan" or stage.startswith("scan-"):
            return ("scan",)
        return ({"source": "source", "test": "tests"}.get(stage, "image"),)
