"""`eks-blueprints preview`: what would be created?"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.printed import document
from eks_blueprints.review.preview.targets import Target, all_targets, program_target, stack_target


@click.command("preview")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...", shell_complete=complete.stacks)
@click.option("--all", "every", is_flag=True, help="Every stack of the project, in parallel.")
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
      eks-blueprints preview --program ../app dev      any Pulumi program
      eks-blueprints preview prod --format json        the plan, for diff and for tools
      eks-blueprints preview prod --engine             pulumi preview, shown as a report

    --engine needs the Pulumi CLI, its login and the cloud's credentials. Its exit codes: 1 the engine cannot run or
    fails, 2 an input is refused, 3 a mandatory policy of a pack is not met, 4 with --exit-code when anything changes.
    """
    needing = {"--policy-pack": bool(policy_packs), "--install-engine": install_engine}
    _hold_together(engine, form, full or jobs is not None, {**needing, "--cost-threshold": cost_threshold is not None})
    targets = _targets(stacks, every, program)
    show.old_tables(*show.PLATFORM)
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
    if len(targets) == 1:
        _print_one(targets[0], form, full, tell_changes)
    else:
        _print_many(targets, form, full, jobs, tell_changes)


def _hold_together(engine: bool, form: str, of_recordings: bool, needing: dict[str, bool]) -> None:
    """Refuse options that mean nothing here; `needing` are those that need the engine."""
    if engine and of_recordings:
        raise click.UsageError("--full and --jobs are for recordings; got --engine; leave one of them out")
    if engine:
        return
    needing[f"--format {form}"] = form in ("markdown", "html")
    if wrong := [option for option, given in needing.items() if given]:
        raise click.UsageError(f"{wrong[0]} is the engine's; got no --engine; add it")


def _targets(stacks: tuple[str, ...], every: bool, program: Path | None) -> list[Target]:
    if program is not None:
        return [program_target(program, stack) for stack in stacks or (None,)]
    if every or not stacks:
        if stacks:
            raise click.UsageError("--all takes every stack; got names as well; leave one of them out")
        return all_targets()
    return [stack_target(stack) for stack in stacks]


def _print_one(target: Target, form: str, full: bool, tell_changes: bool) -> None:
    from eks_blueprints.review.preview.run import preview

    result = preview(target)
    if form == "json":
        from eks_blueprints.review.preview.json_form import to_data, written

        click.echo(document(written(to_data(result))))
    else:
        from eks_blueprints.review.preview.text import render

        for line in render(result, full=full, width=_width()):
            click.echo(line)
    if result.refused:
        raise click.exceptions.Exit(Exit.INVALID)
    if tell_changes and result.created:
        raise click.exceptions.Exit(Exit.CHANGES)


def _print_many(targets: list[Target], form: str, full: bool, jobs: int | None, tell_changes: bool) -> None:
    from eks_blueprints.review.preview.json_form import written
    from eks_blueprints.review.preview.parallel import previews

    done, failed, created = [], False, False
    for number, (target, outcome) in enumerate(previews(targets, form=form, full=full, width=_width(), jobs=jobs), 1):
        if isinstance(outcome, InputError):
            failed = True
            show.problems(outcome.problems)
            continue
        done.append(outcome)
        failed |= outcome.refused
        created |= outcome.created
        _progress(number, len(targets), target, form)
        if form == "text":
            click.echo("\n".join(outcome.lines) + "\n")
    if form == "json":
        click.echo(document([written(outcome.data) for outcome in done if outcome.data is not None]))
    if failed:
        raise click.exceptions.Exit(Exit.INVALID)
    if tell_changes and created:
        raise click.exceptions.Exit(Exit.CHANGES)


def _progress(number: int, total: int, target: Target, form: str) -> None:
    # Progress belongs to whoever watches; a log or a pipe gets the results alone.
    if sys.stderr.isatty() and (form == "json" or not sys.stdout.isatty()):
        click.echo(f"{number}/{total}  {target.stack}", err=True)


def _width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
