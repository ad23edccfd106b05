"""New images, written into the repository that an application is deployed from."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.durations import Duration

_IMAGE = Form(
    r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+",
    what="is not an image without a tag",
    do="write registry/path, such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web",
)
_PATTERN = r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/.*"


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}; got {shown(text)}; write it like ^v[0-9]+$") from None
    return text


class WriteBack(Spec):
    """Where the new tag is written."""

    repository: str | None = None
    """Name of the repository in `repositories`. Default: that of the application."""

    branch: str | None = Field(default=None, min_length=1)
    """Branch that the commit is pushed to. Default: the one that is deployed. A branch of its own can be reviewed by a
    pull request."""

    target: str | None = Field(default=None, min_length=1)
    """What is written in the repository: for Argo CD `kustomization` or `helmvalues:FILE`, for Flux the folder with its
    marked lines (`# {"$imagepolicy": "flux-system:NAME"}`). Default: `kustomization`, or the application's folder."""

    author: str = Field(default="image-updates", min_length=1)
    """Name of the author of Flux's commits."""

    email: str = Field(default="image-updates@localhost", pattern=r"^[^@\s]+@[^@\s]+$")
    """Email address of the author of Flux's commits."""


class ImageUpdate(Spec):
    """An image whose new tags are written into Git."""

    image: Annotated[str, AfterValidator(_IMAGE)]
    """The image, without a tag."""

    application: str
    """Name of the application in `applications` that it belongs to."""

    semver: str | None = Field(default=None, min_length=1)
    """The newest version within a range, such as `~1.4` or `>=1.0 <2.0`."""

    newest: Literal["build", "name"] | None = None
    """The image that was built last (Argo CD), or the tag that is last by its name or number, such as a date."""

    tags: Annotated[str, AfterValidator(_regex)] | None = None
    """Regular expression of the tags that count. Default: all."""

    interval: Duration = "5m"
    """How often Flux looks for new tags. For Argo CD the interval is a setting of its image updater."""

    write_back: WriteBack = WriteBack()
    """Where the new tag is written."""

    @model_validator(mode="after")
    def _follows_one(self) -> Self:
        faults = Faults()
        if (self.semver is None) == (self.newest is None):
            got = "both" if self.semver is not None else "neither"
            faults.add("semver", f"or newest is required, and one alone; got {got}; write one of them")
        faults.raise_if_any()
        return self

    @property
    def in_ecr(self) -> bool:
        """Whether it is in a private registry of Amazon ECR."""
        return re.fullmatch(_PATTERN, self.image) is not None
