"""Do the steps of a teardown, one after the other; a second run goes on where the first one stopped."""

from __future__ import annotations

from collections.abc import Sequence

from eks_blueprints.lifecycle.teardown.actions import ACTIONS, IN_CLUSTER
from eks_blueprints.lifecycle.teardown.actions.volumes import undecided
from eks_blueprints.lifecycle.teardown.run import Run
from eks_blueprints.lifecycle.teardown.steps import Step


def refused(run: Run, steps: Sequence[Step]) -> list[str]:
    """Why nothing is begun: protection in the program or in AWS, and data that nobody has decided on.

    Raises:
        LiveError: if an account or a cluster does not answer.
    """
    found = [
        f"{name} is protected by the program: {step.why}"
        for step in steps
        if step.action == "protection"
        for name in step.found
    ]
    for step in steps:
        cluster = step.cluster
        there = run.found(cluster) if cluster is not None else None
        if cluster is None or there is None:
            continue
        if step.action == "connect" and there.get("deletionProtection"):
            found.append(f"AWS protects cluster {cluster.name}: set deletion_protection to false and run pulumi up")
        if step.action == "volumes":
            found += _data(run, step)
    return found


def _data(run: Run, step: Step) -> list[str]:
    left = undecided(run, step.of)
    if not left:
        return []
    names = ", ".join(map(str, left))
    if run.volumes == "snapshot":
        return [f"no volumes of EBS, of which no snapshots can be taken: {names}; save them and use delete, or keep"]
    return [f"{len(left)} claims hold data: {names}; add --volumes keep, snapshot or delete"]


def execute(run: Run, steps: Sequence[Step]) -> None:
    """Do them.

    Raises:
        UnfinishedError: if a step cannot be finished.
        LiveError: if an account or a cluster does not answer.
    """
    todo = [step for step in steps if step.action in ACTIONS]
    for number, step in enumerate(todo, 1):
        run.say(f"{number}/{len(todo)} {step.title}")
        if step.action in IN_CLUSTER and step.cluster is not None and run.found(step.cluster) is None:
            run.say(f"cluster {step.cluster.name} is gone")
            continue
        ACTIONS[step.action](run, step)
