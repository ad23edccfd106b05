"""A person's decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._job import Gate, Job, Output, Site
from eks_blueprints.pipelines.stages.base import Stage

_A_WEEK = 10_080
"""CodePipeline's own limit of an approval. Source: AWS CodePipeline User Guide, "Quotas", read 2026-11-30."""

_LINK = Form(r"https?://[\x21-\x7e]{1,990}", what="is not the URL of a page", do="write it with https://")


class Approve(Stage):
    """Wait until a person says that the pipeline goes on. Whoever made the change cannot approve it, as far as the
    engine can tell."""

    approvers: Many[str] = ()
    """Who can approve, as the engine names them. Default: those of its environment."""

    message: str = Field(default="Continue?", min_length=1, max_length=1000)
    """What they are asked."""

    link: Annotated[str, AfterValidator(_LINK)] | None = None
    """A page that they look at before they decide, such as a dashboard."""

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return ", ".join(self.approvers)

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job | Gate:
        """The decision."""
        said = self.approvers or (site.environment.approvers if site.environment else ())
        minutes = self.timeout_minutes or _A_WEEK
        return Gate(approvers=tuple(said), message=self.message, timeout_minutes=minutes, link=self.link)

    @property
    def approves(self) -> bool:
        """It does."""
        return True
