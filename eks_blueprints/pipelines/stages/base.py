"""What every stage of a pipeline has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator, Field

from eks_blueprints.core.elements import Element, left_open
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many
from eks_blueprints.core.statements import StatementArgs
from eks_blueprints.pipelines._job import ArtifactKind, Gate, Job, Output, Site

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment

_ARTIFACT = Form(
    r"[a-z][a-z0-9-]{0,62}", what="is not a valid name of an artifact", do="use lowercase letters, digits and -"
)
Artifact = Annotated[str, AfterValidator(_ARTIFACT)]


class Stage(Element):
    """One step of a pipeline. It starts when all stages that are listed before it have succeeded, or with `after` those
    that it names; the others run beside it."""

    group: ClassVar[str] = "stages"

    inputs: Many[Artifact] = ()
    """Artifacts that it uses, by their names. Default: the nearest one before it of each kind that it can use."""

    after: Many[str] | None = None
    """Stages that must have succeeded before it, besides those that make its inputs; `[]`: none. Default: all that are
    listed before it."""

    environment: str | None = None
    """The environment that it is for, by its name in `environments`."""

    allow: Many[StatementArgs] = ()
    """Further permissions of its role in AWS."""

    timeout_minutes: int | None = Field(default=None, ge=5, le=2160)
    """How long it can take, 5 to 2160 minutes. Default: 60; an approval waits 10080, a week."""

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """Kinds of the artifacts that it can use, and whether it cannot do without one of that kind."""
        return {}

    @property
    def uses_several(self) -> bool:
        """Whether it works on all artifacts of a kind that it is given, and not on one."""
        return False

    @property
    def named(self) -> Mapping[Path, str]:
        """Images that its other fields name among the artifacts, by the place of each; they are inputs too."""
        return {}

    @property
    def artifact(self) -> str:
        """Name among the artifacts of what it makes, where it makes one thing of its own."""
        return self.name.replace("_", "-")

    def outputs(self) -> Mapping[str, Output]:
        """The artifacts that it makes, by their names."""
        return {}

    @left_open
    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job | Gate:
        """What it runs, or whose decision it waits for; `inputs` are the artifacts that it is given."""
        raise NotImplementedError

    def problems_in(self, environment: Environment | None, inputs: Mapping[str, Output]) -> Iterator[Problem]:
        """What is wrong or doubtful about it in its environment, with the artifacts that it is given; paths count from
        the stage."""
        yield from ()

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return ""

    def summary_in(self, environment: Environment | None) -> str:
        """What it does in an environment, in a few words for pictures."""
        return self.summary

    @property
    def deploys(self) -> bool:
        """Whether it changes an environment."""
        return False

    @property
    def verifies(self) -> bool:
        """Whether it finds out whether an environment works."""
        return False

    def tells_versions(self, environment: Environment) -> bool:
        """Whether what it finds out is about the version that was deployed, and not about the one before. A stage that
        deploys waits until its change is done; only a commit leaves open when an agent applies it."""
        return self.verifies and environment.gitops is None

    @property
    def holds(self) -> str | None:
        """What it has to itself while it runs: another stage that holds the same waits. Default: its environment."""
        return self.environment

    @property
    def before_commit(self) -> tuple[str, ...]:
        """Lines of bash that a developer's machine can run in a checkout before a commit, to know the same earlier."""
        return ()

    @property
    def approves(self) -> bool:
        """Whether a person decides."""
        return False

    @property
    def reviews(self) -> bool:
        """Whether it is about the change of a pull request: where other events start the pipeline too, it runs for pull
        requests alone, and stages that run for all of them do not wait for it."""
        return False

    def cluster_policy(self, environment: Environment) -> str | None:
        """The EKS access policy that its role needs in its cluster: what the environment says where it deploys, `view`
        where it only looks; None for no access."""
        if self.deploys:
            return environment.policy
        return "view" if self.verifies else None
