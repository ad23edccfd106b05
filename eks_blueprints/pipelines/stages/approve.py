"""A person's decision."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._job import Gate, Job, Output, Site
from eks_blueprints.pipelines.stages.base import Stage

_A_WEEK = 10_080
"""CodePipeline's own limit of an approval. Source: AWS CodePipeline User Guide, "Quotas", read 2026-11-30."""


class Approve(Stage):
    """Wait until a person says that the pipeline goes on. Whoever made the change cannot approve it, as far as the
    engine can tell."""

    approvers: Many[str] = ()
    """Who can approve, as the engine names them. Default: those of its environment."""

    message: str = Field(default="Continue?", min_length=1, max_length=1000)
    """What they are asked."""

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job | Gate:
        """The decision."""
        said = self.approvers or (site.environment.approvers if site.environment else ())
        return Gate(approvers=tuple(said), message=self.message, timeout_minutes=self.timeout_minutes or _A_WEEK)

    @property
    def approves(self) -> bool:
        """It does."""
        return True

    @property
    def plain_texts(self) -> Mapping[str, object]:
        """What people read."""
        return {"message": self.message}
