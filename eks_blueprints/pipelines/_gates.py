"""What stands between a change and production: approvals, verifications, and the environments before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Problem

if TYPE_CHECKING:
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines.stages.base import Stage


def problems(graph: Graph, *, approval: bool) -> Iterator[Problem]:
    """What is missing, or in the wrong order; paths begin with the name of a stage.

    Args:
        graph: The stages.
        approval: Whether production needs an approval; otherwise it needs verification before and after.
    """
    yield from _production(graph, approval=approval)
    yield from _order(graph)
    yield from _approvals(graph)


def _production(graph: Graph, *, approval: bool) -> Iterator[Problem]:
    for stage in graph.stages:
        environment = graph.environment(stage)
        if not stage.deploys or environment is None or not environment.production:
            continue
        before = [each for each in graph.stages if each.name in graph.before(stage.name)]
        after = [each for each in graph.stages if stage.name in graph.before(each.name)]
        if approval:
            if not any(each.approves for each in before):
                do = "add an approve stage before it, or set approval: none and verify"
                yield Problem((stage.name,), f"deploys to production without an approval; got none before it; {do}")
            continue
        there = [each for each in before if each.environment != stage.environment]
        here = [each for each in after if each.environment == stage.environment]
        do = "deploy to another environment first and verify there"
        yield from _unverified(graph, stage, there, "deploys to production unverified", do)
        do = f"add a verify stage for {stage.environment} after it"
        yield from _unverified(graph, stage, here, "is not verified although nobody approves", do)


def _unverified(graph: Graph, stage: Stage, among: Sequence[Stage], what: str, do: str) -> Iterator[Problem]:
    """What lets a deployment go on, or stay, where nobody approves: at least one stage has to find out that it works,
    and about this version."""
    found = [each for each in among if each.verifies]
    if not found:
        yield Problem((stage.name,), f"{what}; got approval: none; {do}")
    elif not any((there := graph.environment(each)) and each.tells_versions(there) for each in found):
        message = "may find out about the version before, as an agent applies the commit later; got approval: none"
        do = "let an address answer with the commit (contains_commit: true), add commands, or let somebody approve"
        yield Problem((found[-1].name,), f"{message}; {do}")


def _order(graph: Graph) -> Iterator[Problem]:
    """Production after the environments that a change is tried in."""
    for stage in graph.stages:
        environment = graph.environment(stage)
        if not stage.deploys or environment is None or environment.production:
            continue
        for name in graph.before(stage.name):
            each = next(other for other in graph.stages if other.name == name)
            there = graph.environment(each)
            if each.deploys and there is not None and there.production:
                do = f"list {stage.environment} first"
                message = f"is deployed to after production; got {each.environment} before {stage.environment}; {do}"
                yield Problem((stage.name,), message, severity="warning")
                break


def _approvals(graph: Graph) -> Iterator[Problem]:
    for stage in graph.stages:
        if not stage.approves:
            continue
        own = tuple(getattr(stage, "approvers", ()))
        environment = graph.environment(stage)
        approvers = own or (environment.approvers if environment is not None else ())
        if not approvers:
            do = "list them in approvers, of the stage or of its environment"
            yield Problem((stage.name, "approvers"), f"says not who can approve; got none; {do}")
