"""Pods that run to their end at certain times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.workloads._ending import EndingWorkload
from eks_blueprints.workloads._schedules import Schedule, TimeZone, never_comes
from eks_blueprints.workloads._words import Places

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


class CronJob(EndingWorkload):
    """A CronJob with what it needs: Jobs at certain times, such as a backup every night."""

    kubernetes_kind: ClassVar[str] = "CronJob"
    # Its Jobs are called by it with 11 characters more, and their pods have at most 63.
    longest_name: ClassVar[int] = 52

    schedule: Schedule
    """When it runs, as minute, hour, day of the month, month and day of the week: `"30 2 * * *"` is every night at
    half past two."""

    time_zone: TimeZone = "Etc/UTC"
    """Time zone of the schedule, such as `Europe/Berlin`."""

    concurrency_policy: Literal["Allow", "Forbid", "Replace"] = "Forbid"
    """What happens when it is time and the last Job still runs: another one runs beside it, none is started, or the
    last one is ended."""

    suspend: bool = False
    """Whether no Jobs are started for now."""

    starting_deadline_seconds: int | None = Field(default=None, ge=0)
    """Seconds after its time within which a Job may still be started. Default: at any time."""

    @classmethod
    def places(cls, field: str) -> Places:
        """What can be written below `pod` or `spec`, and how."""
        below = (("JobSpec", "spec: {jobTemplate: {spec: {%s: …}}}"),) if field == "spec" else ()
        return (*super().places(field), *below)

    @property
    def template_at(self) -> Path:
        """Where its spec holds the template of its pods."""
        return ("spec", "jobTemplate", "spec", "template")

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """A time that never comes, besides what holds for every workload."""
        yield from super().problems_on(ground)
        if never_comes(self.schedule):
            what = f"never occurs, so no Job is started; got {shown(self.schedule)}; use a day that exists"
            yield Problem(("schedule",), what, severity="warning")

    def controller_spec(self) -> dict[Path, tuple[Any, Path]]:
        """When it runs."""
        found: dict[Path, tuple[Any, Path]] = {
            ("schedule",): (self.schedule, ("schedule",)),
            ("timeZone",): (self.time_zone, ("time_zone",)),
            ("concurrencyPolicy",): (self.concurrency_policy, ("concurrency_policy",)),
        }
        if self.suspend:
            found["suspend",] = (True, ("suspend",))
        if self.starting_deadline_seconds is not None:
            found["startingDeadlineSeconds",] = (self.starting_deadline_seconds, ("starting_deadline_seconds",))
        return found | super().controller_spec()
