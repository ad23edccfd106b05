"""What is done when a deployment fails: what ran before is put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Problem, unknown_name
from eks_blueprints.core.spec import In, Many
from eks_blueprints.pipelines._cluster import enter
from eks_blueprints.pipelines._job import Gate, Job, Output, Site
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages.base import Stage

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment


class RollBack(Stage):
    """Put back what ran before when a deployment or its verification fails: the revision that Helm or Kubernetes had
    before, or a commit that takes back the one that deployed. The pipeline still fails."""

    guards: Many[str] = ()
    """Stages whose failure it answers: those that deploy or verify. Default: all of its environment that are listed
    before it, or without one all that are."""

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job | Gate:
        """Nothing of its own: the jobs that it guards do it."""
        raise TypeError("a roll_back stage is part of the jobs that it guards")

    def covers(self, stage: Stage) -> bool:
        """Whether a stage that is listed before it is one that it guards."""
        if self.guards:
            return stage.name in self.guards
        return isinstance(stage, Guarded) and self.environment in (None, stage.environment)


class Guarded(Stage):
    """A stage that changes an environment, or finds out whether a change was good."""

    rolls_back: bool = False
    """Whether it puts back what ran before when it fails. A `roll_back` stage does the same for several."""

    def cluster_policy(self, environment: Environment) -> str | None:
        """What it needs in its cluster: to put something back is to change it."""
        return environment.policy if self.rolls_back else super().cluster_policy(environment)

    def token(self, environment: Environment | None) -> dict[str, In[str]]:
        """The secret with which it pushes to the repository that its cluster follows."""
        to = environment.gitops if environment is not None else None
        return {"GIT_TOKEN": to.token_secret_arn} if to is not None and to.token_secret_arn is not None else {}

    def put_back(self, site: Site, rollout: str | None, timeout_minutes: int) -> tuple[str, ...]:
        """The commands that put back what ran before, as the artifact `rollout` notes it."""
        if not self.rolls_back or rollout is None or site.environment is None:
            return ()
        entered = enter(site) if site.environment.gitops is None else (script("git_login"),)
        told = {"ROLLOUT": f"artifacts/{rollout}/rollout.json", "TIMEOUT": f"{timeout_minutes}m"}
        return (*entered, script("roll_back", **told))


def guarded(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Stages with what guards them, as engines see them."""
    found: list[Stage] = []
    for stage in stages:
        if isinstance(stage, RollBack):
            found = [
                each.but(rolls_back=True) if isinstance(each, Guarded) and stage.covers(each) else each
                for each in found
            ]
        else:
            found.append(stage)
    return tuple(found)


def guard_problems(stages: Sequence[Stage]) -> Iterator[Problem]:
    """What is wrong with the stages that roll back; paths begin with the name of a stage."""
    for index, stage in enumerate(stages):
        if not isinstance(stage, RollBack):
            continue
        before = {each.name: each for each in stages[:index]}
        for at, name in enumerate(stage.guards):
            path = (stage.name, "guards", at)
            if name not in before:
                yield Problem(path, unknown_name(name, before, "stage before it"))
            elif not isinstance(before[name], Guarded):
                yield Problem(
                    path, f"changes nothing that can be put back; got {name}; name one that deploys or verifies"
                )
        if not stage.guards and not any(stage.covers(each) for each in before.values()):
            do = "list it after the stages that deploy and verify"
            yield Problem((stage.name,), f"guards no stage; got none before it; {do}")
