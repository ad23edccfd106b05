"""What workloads have whose pods run to their end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from eks_blueprints.core.errors import Path
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._objects import controller
from eks_blueprints.workloads._storage import claims
from eks_blueprints.workloads.base import Workload

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


class EndingWorkload(Workload):
    """A workload whose pods run to their end."""

    api_version: ClassVar[str] = "batch/v1"

    completions: int | None = Field(default=None, ge=0)
    """How many pods have to succeed. Default: one."""

    parallelism: int | None = Field(default=None, ge=0)
    """How many pods run at once. Default: one."""

    backoff_limit: int | None = Field(default=None, ge=0)
    """How many failures end it. Default: 6."""

    active_deadline_seconds: int | None = Field(default=None, ge=1)
    """Seconds after which it is ended, whatever it does. Default: never."""

    restart_policy: Literal["Never", "OnFailure"] = "Never"
    """Whether a container that fails is restarted in its pod, or another pod is created, whose logs are there too."""

    def controller_spec(self) -> dict[Path, tuple[Any, Path]]:
        """How often it runs and when it has failed."""
        at = self.template_at[1:-1]
        fields = {
            "completions": "completions",
            "parallelism": "parallelism",
            "backoffLimit": "backoff_limit",
            "activeDeadlineSeconds": "active_deadline_seconds",
        }
        said = {word: field for word, field in fields.items() if getattr(self, field) is not None}
        found: dict[Path, tuple[Any, Path]] = {
            (*at, word): (getattr(self, field), (field,)) for word, field in said.items()
        }
        found[*self.template_at[1:], "spec", "restartPolicy"] = (self.restart_policy, ("restart_policy",))
        return found

    def own_objects(self, ground: Ground) -> Iterator[Drawing]:
        """Claims of its volumes, and the workload."""
        yield from claims(self)
        yield controller(self, self.controller_spec(), ground)
