"""Builds of files and of images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.core.errors import Faults, Problem, shown, unknown_name
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._job import Architecture, Job, Output, Place, Site
from eks_blueprints.pipelines._registry import Repository
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import CommandStage, variable_names

_TARGET = Form(
    r"[A-Za-z0-9][\w.-]{0,127}", what="is not a stage of a Dockerfile", do="name one of its FROM … AS name lines"
)
_ARG = Form(r"[A-Za-z_]\w{0,63}", what="is not a build argument", do="use letters, digits and _")
GOARCH: Mapping[Architecture, str] = {"x86_64": "amd64", "arm64": "arm64"}
"""What images call an architecture."""


class ImageArgs(Spec):
    """An image for one platform, built on a machine of that architecture and pushed to ECR as
    `sha-<commit>-<architecture>`. Where the commit was built before, what is there is used."""

    repository: Repository
    """Repository in ECR, such as `shop/web`, in the account and the region of the stack."""

    dockerfile: RepositoryPath = "Dockerfile"
    """Its Dockerfile, from the root of the checkout."""

    context: RepositoryPath = "."
    """Folder that the Dockerfile copies from."""

    target: Annotated[str, AfterValidator(_TARGET)] | None = None
    """Stage of the Dockerfile that is built. Default: the last."""

    args: dict[str, str] = {}
    """Build arguments. They stand in the image; a secret goes into `secrets`."""

    commit_arg: Annotated[str, AfterValidator(_ARG)] | None = None
    """Build argument that is given the commit, such as `GIT_COMMIT`, so that the application can tell its version.
    Default: none is."""

    secrets: Many[str] = ()
    """Names of `secrets` of the stage that the build can read while it runs, by `RUN --mount=type=secret,id=NAME`."""

    platform: Architecture | None = None
    """Architecture that it is for. Default: that of the runner; another would need emulation, which is refused."""

    cache: bool = True
    """Whether layers are kept in the repository, as `cache-<architecture>`, for the next build. In a repository whose
    tags are immutable that tag has to be an exclusion; else builds go on without."""

    provenance: bool = True
    """Whether an attestation says how it was built (SLSA provenance)."""

    sbom: bool = True
    """Whether an attestation lists what is in it (SPDX)."""


class Build(CommandStage):
    """Make artifacts of the sources: files by `commands`, or an image, for which the commands get things ready."""

    image: ImageArgs | None = None
    """An image to build. It is an artifact with the name of the stage."""

    @model_validator(mode="after")
    def _on_its_own_machine(self) -> Self:
        if self.image is None:
            return self
        faults = Faults()
        said = self.image.platform
        if said is not None and "architecture" in self.runner.model_fields_set and self.runner.architecture != said:
            do = "leave one of them out"
            faults.add(
                ("image", "platform"), f"is not that of the runner; got {said} on {self.runner.architecture}; {do}"
            )
        variable_names(self.image.args, faults, "image.args")
        if (name := self.image.commit_arg) is not None and name in self.image.args:
            faults.add(("image", "commit_arg"), f"is among args; got {name} twice; remove one of them")
        for index, name in enumerate(self.image.secrets):
            if name not in self.secrets:
                faults.add(("image", "secrets", index), unknown_name(name, self.secrets, "secret of this stage"))
        faults.raise_if_any()
        return self

    @property
    def needs_commands(self) -> bool:
        """An image is built without."""
        return self.image is None

    def problems_in(self, environment: Environment | None, inputs: Mapping[str, Output]) -> Iterator[Problem]:
        """A build for one environment is no image that can be promoted."""
        if self.image is not None and environment is not None:
            do = "build once, and deploy the same digest everywhere"
            yield Problem(
                ("environment",),
                f"makes an image for one environment; got {shown(self.environment)}; {do}",
                severity="warning",
            )

    @property
    def architecture(self) -> Architecture:
        """Architecture of its machine, and of its image."""
        return (self.image.platform if self.image is not None else None) or self.runner.architecture

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        if self.image is None:
            return super().summary
        return f"image {self.image.repository} for {GOARCH[self.architecture]}"

    def outputs(self) -> Mapping[str, Output]:
        """Its files, and its image."""
        if self.image is None:
            return super().outputs()
        place, tag = Place(repository=self.image.repository), f"sha-<commit>-{GOARCH[self.architecture]}"
        pushed = f"{self.image.repository}:{tag}"
        return {**super().outputs(), self.artifact: Output(kind="image", place=place, pushed_as=pushed)}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Its commands, and then the build of its image."""
        if self.image is None:
            return self.job()
        place = Place(repository=self.image.repository)
        job = self.job(allowed=_registry.pushes(site, place), tools=("jq",))
        arch = GOARCH[self.architecture]
        build = script(
            "build_image",
            NAME=self.artifact,
            REPOSITORY=self.image.repository,
            ARCH=arch,
            DOCKERFILE=self.image.dockerfile,
            CONTEXT=self.image.context,
            CACHE=self.image.cache,
            COMMIT_ARG=self.image.commit_arg or "",
            OPTIONS=tuple(_options(self.image)),
        )
        runner = replace(job.runner, docker=True, architecture=self.architecture)
        return job.but(
            commands=(*job.commands, _registry.log_in(site, place), script("platforms"), build), runner=runner
        )


def _options(image: ImageArgs) -> Iterator[str]:
    if image.target is not None:
        yield from ("--target", image.target)
    for name, value in image.args.items():
        yield from ("--build-arg", f"{name}={value}")
    for name in image.secrets:
        yield from ("--secret", f"id={name},env={name}")
    yield f"--provenance={'mode=max' if image.provenance else 'false'}"
    yield f"--sbom={'true' if image.sbom else 'false'}"
