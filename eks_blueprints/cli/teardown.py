"""`eks-blueprints teardown`: what has to be gone before a stack is destroyed, shown or done."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.cli.targets import one_stack, one_target
from eks_blueprints.core.printed import document, visible

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.teardown.run import Run
    from eks_blueprints.lifecycle.teardown.search import Leftover
    from eks_blueprints.lifecycle.teardown.steps import Step
    from eks_blueprints.review.preview.targets import Target

_LATER = ("--yes", "--volumes", "--leftovers", "--timeout", "--kubeconfig", "--context")


@click.command("teardown")
@one_stack
@click.option("--dry-run", is_flag=True, help="Show the steps and do nothing: the default.")
@click.option("--execute", is_flag=True, help="Do the steps. Needs the extra: pip install 'eks-blueprints[live]'.")
@click.option("--yes", is_flag=True, help="With --execute: do not ask for the stack's name.")
@click.option(
    "--volumes",
    type=click.Choice(["keep", "snapshot", "delete"]),
    help="With --execute: what becomes of the volumes of claims. Required where there are any.",
)
@click.option(
    "--leftovers",
    type=click.Choice(["ask", "keep", "remove"]),
    help="With --execute: what becomes of what controllers left behind. Default: ask, with --yes keep.",
)
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    metavar="MINUTES",
    help="With --execute: longest wait of a step. Default: 30.",
)
@click.option(
    "--kubeconfig",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --execute: the way to the cluster. Default: as the caller in AWS.",
)
@click.option("--context", metavar="NAME", help="With --execute: a context of the kubeconfig.")
def command(  # noqa: PLR0917 - click passes each option by name
    stack: str | None,
    dry_run: bool,
    execute: bool,
    yes: bool,
    volumes: Literal["keep", "snapshot", "delete"] | None,
    leftovers: Literal["ask", "keep", "remove"] | None,
    timeout: int | None,
    kubeconfig: Path | None,
    context: str | None,
    program: Path | None,
    form: str,
) -> None:
    """Show what to drain before `pulumi destroy`, in which order, and with which commands; or do it.

    Controllers in the cluster create load balancers, volumes and nodes that Pulumi does not know. If the cluster is
    deleted first, they stay and cost money. The steps come from a recording of the program: no AWS account or cluster
    is needed, and nothing is deleted.

    --execute does the same steps, with boto3, kubectl and pulumi. It asks for the stack's name, and begins nothing
    while the program or AWS protects the cluster, or while nobody has decided on the data of claims. Each step looks
    at what is there first: if one fails or you stop it, run the command again, and it goes on.

    \b
      eks-blueprints teardown dev                                  show the steps
      eks-blueprints teardown dev --execute --volumes snapshot     do them, and keep the data as snapshots
      eks-blueprints teardown dev --execute --yes --volumes delete --leftovers remove     in a pipeline
    """
    later = (yes, volumes, leftovers, timeout, kubeconfig, context)
    if not execute and (given := [name for name, value in zip(_LATER, later, strict=True) if value]):
        raise click.UsageError(f"{given[0]} belongs to --execute; got no --execute; add it, or leave {given[0]} out")
    if execute and dry_run:
        raise click.UsageError("--execute does what --dry-run shows; got both; leave one of them out")
    if execute and form == "json":
        raise click.UsageError("--execute reports its progress as text; got --format json; leave it out")
    if execute and not yes and not _asks():
        raise click.UsageError("--execute asks for the stack's name; got no terminal; add --yes")
    target = one_target(stack, program)
    from eks_blueprints.lifecycle.teardown.steps import steps
    from eks_blueprints.review.preview.run import preview

    plan = preview(target).plan
    found = steps(plan)
    if execute:
        from eks_blueprints.lifecycle.teardown import opened
        from eks_blueprints.lifecycle.teardown.run import Run
        from eks_blueprints.live.errors import LiveError

        try:
            run = Run(
                session=opened.sessions(plan),
                kubectl=opened.clusters(kubeconfig, context),
                destroy=_destroyer(target),
                say=_say,
                remove=_remover(leftovers or ("keep" if yes else "ask")),
                volumes=volumes,
                timeout=(timeout or 30) * 60,
            )
            _execute(run, target, found, yes=yes, kept=leftovers == "keep")
        except LiveError as error:
            click.echo(f"stopped: {visible(str(error))}", err=True)
            raise SystemExit(Exit.FAILED) from None
        return
    if form == "json":
        echo_document(document([step.to_data() for step in found]))
        return
    click.echo(f"to take {target.stack} down, in this order:\n")
    for number, step in enumerate(found, 1):
        click.echo("\n".join(_lines(number, step)) + "\n")
    click.echo(f"to let this command do it: eks-blueprints teardown {target.stack} --execute")


def _execute(run: Run, target: Target, found: Sequence[Step], *, yes: bool, kept: bool) -> None:
    from eks_blueprints.lifecycle.teardown.execute import execute, refused
    from eks_blueprints.lifecycle.teardown.run import UnfinishedError
    from eks_blueprints.live.account import caller_of

    clusters = {step.cluster.name: step.cluster for step in found if step.cluster is not None}
    regions = dict.fromkeys(cluster.region for cluster in clusters.values()) or {None: None}
    caller = caller_of(run.session(next(iter(regions))))
    click.echo(visible(f"stack {target.stack}, cluster {', '.join(clusters) or 'none'}, as {caller}"))
    if reasons := refused(run, found):
        for reason in reasons:
            click.echo(visible(f"refused: {reason}"), err=True)
        raise SystemExit(Exit.REFUSED)
    if not yes:
        typed = click.prompt(f"this deletes the stack {target.stack}; type its name to go on", default="")
        if typed != target.stack:
            click.echo("nothing is deleted", err=True)
            raise SystemExit(Exit.REFUSED)
    try:
        execute(run, found)
    except UnfinishedError as error:
        click.echo(f"stopped: {visible(str(error))}", err=True)
        click.echo("run the same command again to go on", err=True)
        raise SystemExit(Exit.FAILED) from None
    if run.unsolved:
        click.echo(f"{target.stack} is destroyed; what is left:")
        for each in run.unsolved:
            click.echo(visible(f"  {each}"))
        raise SystemExit(Exit.FINE if kept else Exit.FAILED)
    click.echo(f"{target.stack} is destroyed; nothing is left")


def _asks() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def _say(line: str) -> None:
    head = line[:1].isdigit()
    click.echo(click.style(visible(line), bold=True) if head else f"   {visible(line)}")


def _remover(leftovers: Literal["ask", "keep", "remove"]) -> Callable[[Sequence[Leftover]], bool]:
    if leftovers != "ask":
        return lambda _: leftovers == "remove"
    return lambda found: click.confirm(f"   remove these {len(found)}?", default=False)


def _destroyer(target: Target) -> Callable[[], int]:
    """`pulumi destroy`, its output as it comes.

    Raises:
        LiveError: if there is no Pulumi CLI, or no project.
    """
    from eks_blueprints.live.errors import LiveError

    if shutil.which("pulumi") is None:
        raise LiveError("needs the Pulumi CLI; got no pulumi on the PATH; install it")
    if target.project is None:
        message = f"{target.source} belongs to no Pulumi project, so no stack is deployed from it"
        raise LiveError(f"{message}; run this in the project, with the stack's name")
    words = ["pulumi", "destroy", "--stack", target.stack, "--refresh", "--yes"]
    if not sys.stdout.isatty():
        words.append("--non-interactive")

    def destroy() -> int:
        sys.stdout.flush()
        # Standard output of this process is its own; what the engine prints goes there too.
        return subprocess.run(words, cwd=target.project, stdout=sys.stdout, check=False).returncode  # noqa: S603 - no shell

    return destroy


def _lines(number: int, step: Step) -> Iterator[str]:
    yield f"{number}. {click.style(step.title, bold=True)}"
    yield textwrap.fill(step.why, show.width(100), initial_indent="   ", subsequent_indent="   ")
    for name in step.found:
        yield f"     - {name}"
    for line in step.commands:
        first, *rest = folded(line, show.width(show.UNLIMITED))
        yield f"     $ {click.style(first, fg='cyan')}"
        yield from (f"       {click.style(each, fg='cyan')}" for each in rest)


_WORD = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""")
"""A word of a command, with its quotes."""


def folded(command: str, columns: int) -> list[str]:
    """A command in lines that fit the terminal, which a shell reads as one: each but the last ends with a backslash. A
    word is never broken, so that a long one may still be too wide."""
    if len(command) + 7 <= columns or "\n" in command or command.startswith("#"):
        return [command]
    words = _WORD.findall(command)
    if " ".join(words) != command:
        return [command]
    lines = [""]
    for word in words:
        if lines[-1].strip() and len(lines[-1]) + 1 + len(word) + 9 > columns:
            lines[-1] += " \\"
            lines.append("  " + word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines
