"""Look for leftovers by every controller's tag, and remove those that the user wants gone."""

from __future__ import annotations

from eks_blueprints.lifecycle.teardown import leftovers
from eks_blueprints.lifecycle.teardown.actions.removal import remove
from eks_blueprints.lifecycle.teardown.run import Run
from eks_blueprints.lifecycle.teardown.search import Leftover
from eks_blueprints.lifecycle.teardown.steps import Step
from eks_blueprints.live import cluster as live_cluster


def look(run: Run, step: Step) -> None:
    """List what carries a mark of this cluster, and offer to remove it."""
    cluster = step.of
    session = run.session(cluster.region)
    searches = [*leftovers.tagged(cluster), *leftovers.log_groups(cluster)]
    found: dict[Leftover, None] = {}
    for search in searches:
        if search.ask is None:
            run.say(f"look yourself: {search.command}")
        found |= dict.fromkeys(search.found(session))
    if not found:
        run.say("nothing left")
        return
    for each in found:
        run.say(f"left: {each}")
    if live_cluster.described(session, cluster.name) is not None:
        run.say(f"cluster {cluster.name} still exists: what carries its marks is in use")
        run.unsolved += [str(each) for each in found]
    elif run.remove(list(found)):
        run.unsolved += remove(session, list(found), run.say)
    else:
        run.unsolved += [str(each) for each in found]


def show(run: Run, step: Step) -> None:
    """List what carries only the tag of a driver. It may belong to another cluster, so it is never removed here."""
    cluster = step.of
    session = run.session(cluster.region)
    for search in leftovers.nameless(cluster):
        for each in search.found(session):
            run.say(f"{each}: may be another cluster's; look at it")


def log_group(run: Run, step: Step) -> None:
    """Say how to delete the log group that EKS makes again some minutes later."""
    for command in step.commands:
        run.say(f"in ten minutes: {command}")
