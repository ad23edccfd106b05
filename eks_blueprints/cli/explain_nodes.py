"""`eks-blueprints explain nodes` and `explain platform`: what pods run on, and which duties a stack covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.policies.capabilities import Capability
    from eks_blueprints.policies.compute_security import Score
    from eks_blueprints.policies.demand import Demand
    from eks_blueprints.policies.stack import Resource, Stack

_FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_STACK = click.argument("stack", required=False, metavar="[STACK|FILE]", shell_complete=complete.stacks)


@click.command("platform")
@_STACK
@_FORM
def platform(stack: str | None, form: str) -> None:
    """Show which duties of an orchestrator a stack covers for its cluster, and by what.

    Scheduling, cloud integration, networking, load balancing, storage, security, monitoring, logging; and self-healing
    and placement. It is read from a recording: what others install on the cluster is not known.

    \b
      eks-blueprints explain platform prod
    """
    from eks_blueprints.policies.capabilities import capabilities

    found = [(cluster.name, capabilities(cluster, read)) for read in [_read(stack)] for cluster in _clusters(read)]
    if form == "json":
        echo_document(document([{"cluster": name, "capabilities": [asdict(e) for e in each]} for name, each in found]))
        return
    click.echo("\n\n".join("\n".join(_duties(name, each)) for name, each in found))


def _duties(name: str, found: list[Capability]) -> Iterator[str]:
    covered = sum(bool(each.by) for each in found)
    yield f"{click.style(name, bold=True)}  {covered} of {len(found)} are covered"
    width = max(len(each.name) for each in found)
    for each in found:
        yield f"  {each.name:<{width}}  {', '.join(each.by) or f'nothing; add {each.add}'}"


@click.command("nodes")
@_STACK
@click.option(
    "--demand", metavar="N,N,...", help="Show which kind suits a demand: vCPUs or nodes that are needed over time."
)
@_FORM
def nodes(stack: str | None, demand: str | None, form: str) -> None:
    """Show for each group, pool and profile how safe it is by eight questions, and who does what: AWS, or you.

    The questions are alike for all kinds of compute, and answered by the policies where one asks the same. With
    --demand, show instead which kind suits a demand.

    \b
      eks-blueprints explain nodes prod
      eks-blueprints explain nodes --demand 4,4,5,20,6,4
    """
    if demand is not None:
        if stack is not None:
            raise click.UsageError(f"--demand is about no stack; got {stack} too; leave one of them out")
        _show_demand(demand, form)
        return
    from eks_blueprints.policies.compute_kinds import compute_of, duties
    from eks_blueprints.policies.compute_security import score

    read = _read(stack)
    scores = [score(each, read) for cluster in _clusters(read) for each in compute_of(cluster, read)]
    if form == "json":
        rows = [
            {
                "name": each.compute.name,
                "kind": each.compute.kind,
                "points": each.points,
                "of": len(each.answers),
                "answers": each.answers,
                "duties": duties(each.compute.kind),
            }
            for each in scores
        ]
        echo_document(document(rows))
        return
    click.echo("\n\n".join("\n".join(_score(each)) for each in scores) or "no compute in this stack")
    for kind in dict.fromkeys(each.compute.kind for each in scores):
        click.echo(f"\nwho does what, with {kind.replace('_', ' ')}")
        width = max(map(len, duties(kind)))
        for task, who in duties(kind).items():
            click.echo(f"  {task:<{width}}  {who}")


def _score(found: Score) -> Iterator[str]:
    name = click.style(found.compute.name, bold=True)
    yield f"{name}  {found.compute.kind.replace('_', ' ')}: {found.points} of {len(found.answers)}"
    for question, answer in found.answers.items():
        yield f"  {answer:<7}  {question}"


_ADVICE = {
    "steady": "a managed node group of that size: it needs no autoscaler",
    "slow": "managed node groups and Cluster Autoscaler; Karpenter or EKS Auto Mode follow it, too",
    "spiky": "Karpenter or EKS Auto Mode: they launch what pods need, without groups",
}


def _show_demand(text: str, form: str) -> None:
    from eks_blueprints.policies.demand import demand

    try:
        found = demand([float(each) for each in text.split(",")])
    except ValueError as error:
        why = (
            str(error) if str(error).startswith("needs") else f"is no list of numbers; got {text.strip() or 'nothing'}"
        )
        raise click.UsageError(f"--demand {why}; write one such as 4,4,5,20,6,4") from None
    if form == "json":
        echo_document(document({**asdict(found), "kind": found.kind}))
    else:
        click.echo("\n".join(_demand(found)))


def _demand(found: Demand) -> Iterator[str]:
    yield f"{click.style(found.kind, bold=True)}  {found.least:g} to {found.peak:g}, {found.mean:.4g} on average"
    yield f"  variation      {found.variation:.0%} of the mean (standard deviation)"
    yield f"  largest rise   {found.rise:.0%} of the mean, from one sample to the next"
    yield f"  a fixed group  for the peak would be idle by {found.idle:.0%}"
    yield f"  use            {_ADVICE[found.kind]}"
    if found.kind != "steady" and found.least:
        yield f"  together       {found.least:g} on a managed group, for the add-ons too, and the rest as above"


def _read(stack: str | None) -> Stack:
    from eks_blueprints.cli.targets import one_target
    from eks_blueprints.policies.stack import Stack
    from eks_blueprints.review.preview.run import preview

    return Stack.of_plan(preview(one_target(stack, None)).plan)


def _clusters(read: Stack) -> list[Resource]:
    from eks_blueprints.policies.platform import clusters

    if not (found := clusters(read)):
        message = "makes no EKS cluster; got a stack without one; name a stack that makes one"
        raise InputError([Problem((), message, read.name)])
    return found
