"""`eks-blueprints preview`: what would be created?"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete, share, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.targets import Target, all_targets, named_targets, program_target

if TYPE_CHECKING:
    from eks_blueprints.review.preview.parallel import Outcome
    from eks_blueprints.review.preview.shard import Shard


@click.command("preview")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...", shell_complete=complete.stacks)
@share.option
@click.option(
    "--program",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Run any Pulumi Python program, in DIR; STACK names one of its stacks.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    show_default=True,
    help="text is for people; json is the plan, documented in docs/reference/plan.md. With --engine, each format "
    "(markdown and html too) is the report that diff prints.",
)
@click.option(
    "--full", is_flag=True, help="Print a line for every resource. Default: many resources of one type share a line."
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=None,
    help="Stacks to run in parallel. Default: one for each processor.",
)
@click.option(
    "--exit-code",
    "tell_changes",
    is_flag=True,
    help="Exit with 4 when anything would be created or, with --engine, changed.",
)
@click.option(
    "--engine", is_flag=True, help="Run the real engine instead, and show what would change in what is deployed."
)
@click.option(
    "--policy-pack",
    "policy_packs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="With --engine: a Pulumi policy pack to run; can be repeated.",
)
@click.option(
    "--cost-threshold",
    default=None,
    metavar="SHARE,DOLLARS",
    help="With --engine: report a cost as needing attention when a month costs more by this share and by this many "
    "dollars. Default: 20%,50.",
)
@click.option("--install-engine", is_flag=True, help="With --engine: download the Pulumi CLI if there is none.")
@show.render
def command(  # noqa: PLR0917 - click passes each option by name
    stacks: tuple[str, ...],
    every: bool,
    shard: Shard | None,
    program: Path | None,
    form: str,
    full: bool,
    jobs: int | None,
    tell_changes: bool,
    engine: bool,
    policy_packs: tuple[Path, ...],
    cost_threshold: str | None,
    install_engine: bool,
) -> None:
    """Show what a stack would create.

    The program is run in this process against a recorder instead of the Pulumi engine: no AWS account, no cluster, no
    network, no credentials. Every input is checked against the installed provider packages, as a provider would check
    it. Values that only AWS will know are shown by name, such as ${prod-cluster.endpoint}; secrets are masked.

    \b
      eks-blueprints preview prod                      stacks/prod.yaml of this project
      eks-blueprints preview ./acme/eu.yaml            a stack file anywhere
      eks-blueprints preview --all                     every stack, in parallel
      eks-blueprints preview --all --shard 2/4         the second of four machines; then report merge
      eks-blueprints preview --program ../app dev      any Pulumi program
      eks-blueprints preview prod --format json        the plan, for diff and for tools
      eks-blueprints preview prod --engine             pulumi preview, shown as a report

    --engine needs the Pulumi CLI, its login and the cloud's credentials. Its exit codes: 1 the engine cannot run or
    fails, 2 an input is refused, 3 a mandatory policy of a pack is not met, 4 with --exit-code when anything changes.
    """
    needing = {"--policy-pack": bool(policy_packs), "--install-engine": install_engine}
    _hold_together(engine, form, full or jobs is not None, {**needing, "--cost-threshold": cost_threshold is not None})
    share.hold_together(stacks, every, shard, {"--program": program is not None, "--engine": engine and bool(shard)})
    show.old_tables(*show.PLATFORM)
    if shard is not None:
        _print_share(share.Share.here(shard), form, full, jobs, tell_changes)
        return
    targets = _targets(stacks, program)
    if engine:
        from eks_blueprints.cli.engine import run
        from eks_blueprints.review.report.money import DEFAULT, Threshold

        packs = (f"--policy-pack {pack}" for pack in policy_packs)
        line = " ".join(["eks-blueprints preview", *stacks, "--engine", *packs])
        run(
            targets,
            form=form,
            policy_packs=policy_packs,
            install=install_engine,
            tell_changes=tell_changes,
            command=line,
            threshold=Threshold.parse(cost_threshold) if cost_threshold is not None else DEFAULT,
        )
        return
    came = printed(_asked(targets, form, full, jobs), len(targets), form)
    if form == "json":
        print_json(came, len(targets))
    leave(came, tell_changes)


def _hold_together(engine: bool, form: str, of_recordings: bool, needing: dict[str, bool]) -> None:
    """Refuse options that mean nothing here; `needing` are those that need the engine."""
    if engine and of_recordings:
        raise click.UsageError("--full and --jobs are for recordings; got --engine; leave one of them out")
    if engine:
        return
    needing[f"--format {form}"] = form in ("markdown", "html")
    if wrong := [option for option, given in needing.items() if given]:
        raise click.UsageError(f"{wrong[0]} requires --engine; got no --engine; add it")


def _targets(stacks: tuple[str, ...], program: Path | None) -> list[Target]:
    if program is not None:
        return [program_target(program, stack) for stack in stacks or (None,)]
    return named_targets(stacks) if stacks else all_targets()


@dataclass
class Came:
    """What came of some stacks."""

    found: list[tuple[str, Outcome | InputError]] = field(default_factory=list)

    @property
    def outcomes(self) -> list[Outcome]:
        """Those of stacks that could be previewed."""
        return [each for _, each in self.found if not isinstance(each, InputError)]


def printed(found: Iterable[tuple[str, Outcome | InputError]], total: int, form: str) -> Came:
    """Print each stack's preview as it comes, if it is text; `total` are the stacks that there are."""
    came = Came()
    for number, (stack, outcome) in enumerate(found, 1):
        came.found.append((stack, outcome))
        if isinstance(outcome, InputError):
            show.problems(outcome.problems)
            continue
        if total > 1:
            _progress(number, total, stack, form)
        if form == "text":
            click.echo("\n".join(outcome.lines) + ("\n" if total > 1 else ""))
    return came


def print_json(came: Came, total: int) -> None:
    """Print the plans: a list, or the plan of the only stack that there is."""
    texts = [line for each in came.outcomes for line in each.lines]
    if total == 1:
        for text in texts:
            echo_document(text)
    elif texts:
        # Each text as an element of the list, as if the list had been written as a whole.
        indented = (f"  {text}".replace("\n", "\n  ") for text in texts)
        echo_document("[\n" + ",\n".join(indented) + "\n]")
    else:
        echo_document("[]")


def leave(came: Came, tell_changes: bool) -> None:
    """Leave with the code that says what came of all."""
    if len(came.outcomes) < len(came.found) or any(each.refused for each in came.outcomes):
        raise click.exceptions.Exit(Exit.INVALID)
    if tell_changes and any(each.created for each in came.outcomes):
        raise click.exceptions.Exit(Exit.CHANGES)


def _print_share(mine: share.Share, form: str, full: bool, jobs: int | None, tell_changes: bool) -> None:
    from eks_blueprints.review.shards.previews import written

    came = printed(_asked(mine.own, "data" if form == "json" else form, full, jobs), len(mine.targets), form)
    if form == "json":
        click.echo(written(came.found, mine.shard, mine.stacks, mine.same()).text())
    leave(came, tell_changes)


def _asked(
    targets: Sequence[Target], form: str, full: bool, jobs: int | None
) -> Iterator[tuple[str, Outcome | InputError]]:
    from eks_blueprints.review.preview.parallel import previews

    width = terminal_width()
    found = previews(targets, form=form, full=full, width=width, jobs=jobs)
    return ((each.stack, outcome) for each, outcome in found)


def _progress(number: int, total: int, stack: str, form: str) -> None:
    # Progress belongs to whoever watches; a log or a pipe gets the results alone.
    if sys.stderr.isatty() and (form == "json" or not sys.stdout.isatty()):
        click.echo(f"{number}/{total}  {stack}", err=True)


def terminal_width() -> int | None:
    """Columns of the terminal that is written to; None where there is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
