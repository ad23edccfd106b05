"""`eks-blueprints placement`: on which compute can each workload run, and when do CronJobs run next?"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.targets import one_stack, one_target
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.policies.placements import Placement

_WIDTH = 100


@click.command("placement")
@one_stack
@click.option("--workload", metavar="NAME", help="This workload alone, by the name of its object.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 when a workload can run nowhere.")
def command(stack: str | None, workload: str | None, program: Path | None, form: str, exit_code: bool) -> None:
    """Show for each workload what its pods request, on which compute they can run, what keeps them off the rest, how
    many there are during a rollout, and when a CronJob runs next.

    Taints, labels, zones, and the cores, memory, disks and devices of nodes are compared as kube-scheduler does. The
    number of nodes and what runs on them is not looked at. It is read from a recording of the program: no AWS account,
    no cluster.

    \b
      eks-blueprints placement prod                  every workload
      eks-blueprints placement prod --workload web   one of them
    """
    target = one_target(stack, program)
    from eks_blueprints.core.clock import now
    from eks_blueprints.policies.placements import placements
    from eks_blueprints.policies.stack import Stack
    from eks_blueprints.review.preview.run import preview

    every = list(placements(Stack.of_plan(preview(target).plan), now()))
    found = [each for each in every if workload in (None, each.name)]
    if workload is not None and not found:
        from eks_blueprints.core.errors import InputError, Problem, unknown_name

        raise InputError([Problem((), unknown_name(workload, [each.name for each in every], "workload"), target.stack)])
    if form == "json":
        click.echo(document([each.to_data() for each in found]))
    else:
        click.echo("\n\n".join("\n".join(_lines(each)) for each in found) or "no workloads are written down")
    if exit_code and any(each.is_nowhere for each in found):
        raise click.exceptions.Exit(Exit.REFUSED)


def _lines(found: Placement) -> Iterator[str]:
    yield f"{click.style(f'{found.namespace}/{found.name}', bold=True)}  {found.kind}"
    sums = found.totals
    if sums.requests or sums.limits:
        asked = ", ".join(f"{amount} {name}" for name, amount in sums.requests.items()) or "nothing"
        most = "".join(f", at most {amount} {name}" for name, amount in sums.limits.items())
        yield _told("requests     ", f"{asked}{most}", "")
    if sums.rollout is not None and sums.rollout[1] > 1:
        yield _told("rollout      ", f"{sums.rollout[0]} to {sums.rollout[1]} pods at once", "")
    if found.is_nowhere:
        yield click.style("  runs nowhere", fg="red")
    for name in found.runs_on:
        yield f"  runs on      {name}"
    for name, why in found.may_run_on.items():
        yield _told("may run on   ", name, why)
    for name, why in found.not_on.items():
        yield _told("not on       ", name, why)
    if found.unknown:
        yield _told("not known    ", found.unknown, "")
    if found.next_runs:
        times = ", ".join(f"{each:%a %Y-%m-%d %H:%M}" for each in found.next_runs)
        yield _told("next runs    ", f"{times} ({found.next_runs[0].tzinfo})", "")


def _told(word: str, name: str, why: str) -> str:
    text = f"{name}: {why}" if why else name
    return textwrap.fill(text, _WIDTH, initial_indent=f"  {word}", subsequent_indent=" " * (len(word) + 2))
