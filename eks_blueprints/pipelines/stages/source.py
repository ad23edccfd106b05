"""Where a pipeline's input comes from, and what starts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In, Many
from eks_blueprints.karpenter import cron
from eks_blueprints.pipelines._job import Gate, Job, Output, Place, Site
from eks_blueprints.pipelines._repository import Branch, Glob
from eks_blueprints.pipelines.stages.base import Stage

Provider = Literal["github", "gitlab", "bitbucket", "codecommit", "s3", "ecr"]
HOSTS = ("github", "gitlab", "bitbucket")
"""Hosts of code outside of AWS, which AWS reads by a connection."""

_REPOSITORY = Form(
    r"[\w.-]+(/[\w.-]+){1,20}", what="is not the name of a repository", do="write owner/name, such as acme/web"
)
_NAME = Form(r"[\w.-]{1,100}", what="is not the name of a repository", do="use up to 100 letters, digits and ._-")
_BUCKET = Form(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", what="is not a valid name of a bucket", do="use a bucket's name")
_IMAGES = Form(r"[a-z0-9][a-z0-9._/-]{1,255}", what="is not a repository of images", do="write it like shop/web")
_FORMS = {"codecommit": _NAME, "s3": _BUCKET, "ecr": _IMAGES}


def _schedule(text: str) -> str:
    cron.parse(text)
    return text


class Source(Stage):
    """A repository of code, a folder of S3 or a repository of images, and which change of it starts the pipeline."""

    provider: Provider
    """Who hosts it. `s3` and `ecr` are for what other pipelines publish."""

    repository: In[str]
    """`owner/name` at a host, the name of the repository in CodeCommit or ECR, or the bucket in S3."""

    branch: Branch = "main"
    """Branch whose commits start the pipeline."""

    tags: Many[Glob] = ()
    """Tags that start it instead of commits to the branch, with `*` for any text, such as `v*`; in ECR the tag of the
    image, which defaults to `latest`."""

    paths: Many[Glob] = Field(default=(), max_length=8)
    """Files of which one must have changed, such as `services/web/**`. Default: any."""

    ignore_paths: Many[Glob] = Field(default=(), max_length=8)
    """Files whose changes alone do not start it."""

    on: Many[Literal["push", "pull_request", "schedule"]] = ("push",)
    """What starts it. `[]`: people alone. Stages with an environment do not run for pull requests."""

    schedule: Annotated[str, AfterValidator(_schedule)] | None = None
    """When `schedule` starts it: five fields of cron, in UTC."""

    history: bool = False
    """Whether stages get a clone with all commits and tags (`git log`, `git describe`). Default: the files alone."""

    connection: str | None = None
    """The connection of AWS to a host (`connections`); needed where CodePipeline is the engine."""

    key: str | None = None
    """Object of the bucket, such as `releases/web.zip`; the bucket keeps versions."""

    kind_of: ClassVar[Mapping[str, Literal["source", "image", "files"]]] = {"ecr": "image", "s3": "files"}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        form = _FORMS.get(self.provider, _REPOSITORY)
        if isinstance(self.repository, str) and (fault := form.fault(self.repository)):
            faults.add("repository", fault)
        if ("schedule" in self.on) != (self.schedule is not None):
            got = "none" if self.schedule is None else f"{shown(self.schedule)} with on: [{', '.join(self.on)}]"
            faults.add("schedule", f"goes with on: [schedule]; got {got}; set both, or neither")
        if (self.provider == "s3") != (self.key is not None):
            got = "none" if self.key is None else f"{shown(self.key)} with provider: {self.provider}"
            faults.add("key", f"is the object of a bucket; got {got}; {'set it' if self.key is None else 'remove it'}")
        if self.connection is not None and self.provider not in HOSTS:
            faults.add("connection", f"is for {', '.join(HOSTS)}; got {self.provider}; remove it")
        if self.provider not in HOSTS:
            if "pull_request" in self.on:
                faults.add("on", f"has no pull requests that start a pipeline; got {self.provider}; remove it")
            for field in ("paths", "ignore_paths"):
                if getattr(self, field):
                    faults.add(field, f"is for {', '.join(HOSTS)}; got {self.provider}; remove it")
        if self.history and self.provider in ("s3", "ecr"):
            faults.add("history", f"is for repositories of code; got {self.provider}; remove it")
        for field in ("inputs", "after", "environment", "allow"):
            if getattr(self, field):
                faults.add(field, f"is not for a source, which comes first; got {field}; remove it")
        faults.raise_if_any()
        return self

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        which = self.key or ", ".join(self.tags) or self.branch
        return f"{self.provider} {self.repository}, {which}" if isinstance(self.repository, str) else self.provider

    def outputs(self) -> Mapping[str, Output]:
        """What it brings, by its own name."""
        place = None
        if self.provider == "ecr" and isinstance(self.repository, str):
            place = Place(repository=self.repository)
        return {self.artifact: Output(kind=self.kind_of.get(self.provider, "source"), place=place)}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job | Gate:
        """Nothing: the engine itself brings it."""
        raise TypeError("a source runs nothing")
