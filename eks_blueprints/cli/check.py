"""`eks-blueprints check`: are stack files valid, and do the policies agree with what they would create?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.core.errors import InputError
from eks_blueprints.stackfile import settings
from eks_blueprints.stackfile.find import stack_file, stack_files
from eks_blueprints.stackfile.settle import checked

if TYPE_CHECKING:
    from eks_blueprints.policies.report import Report
    from eks_blueprints.policies.rule import Profile

_PROFILES = ("baseline", "production", "regulated")
_FORMATS = ("text", "json", "sarif", "github", "junit")


@click.command("check")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...")
@click.option("--strict", is_flag=True, help="Count warnings and advice as errors.")
@click.option("--policies", is_flag=True, help="Judge by the policies what each stack would create; this runs it.")
@click.option("--profile", type=click.Choice(_PROFILES), help="How strict they are, whatever policies.yaml says.")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="Form of their findings."
)
@click.option(
    "--state",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Judge what `pulumi stack export` wrote to FILE; STACK names whose settings hold.",
)
def command(  # noqa: PLR0917 - click passes each option by name
    stacks: tuple[str, ...], strict: bool, policies: bool, profile: Profile | None, form: str, state: Path | None
) -> None:
    """Say whether stack files are valid, every problem with its line and column.

    Without arguments, checks every stack of the project in this folder. Nothing is run and nothing is looked up: pulumi
    is not even imported, unless a stack file names a blueprint class of its own.

    With --policies, --profile or --format the stacks are run offline as in a preview, and what they would create is
    judged; settings and waivers stand in policies.yaml beside the stack files. The exit code is 3 if a mandatory
    policy says no.

    \b
      eks-blueprints check                               is every stack file valid?
      eks-blueprints check prod --policies               and what do the policies say?
      eks-blueprints check --format sarif > found.sarif  the same for code scanning
    """
    if state is not None:
        _end([_judged_state(state, stacks, profile)], form, strict)
        return
    files = [stack_file(stack) for stack in stacks] if stacks else stack_files(Path.cwd())
    show.old_tables(*show.PLATFORM, *(("policies/",) if policies or profile is not None else ()))
    judging = policies or profile is not None or form != "text"
    if not _valid(files, strict, quiet=judging):
        raise click.exceptions.Exit(Exit.INVALID)
    if judging:
        _end([_judged(file, profile) for file in files], form, strict)


def _valid(files: Sequence[Path], strict: bool, *, quiet: bool) -> bool:
    errors = warnings = 0
    for path in files:
        try:
            stack = checked(path)
            told = settings.problems(stack, path)
            if wrong := [problem for problem in told if problem.severity == "error"]:
                raise InputError(wrong)
            found = [*stack.warnings(), *told]
        except InputError as error:
            errors += len(error.problems)
            show.problems(error.problems)
            continue
        warnings += len(found)
        show.problems(found)
        if not found and not quiet:
            click.echo(f"{click.style('valid', fg='green')}  {path}")
    if not errors and not (strict and warnings):
        return True
    said = [show.count(errors, "problem")] if errors else []
    said += [show.count(warnings, "warning")] if warnings else []
    click.echo(f"{' and '.join(said)} in {show.count(len(files), 'stack file')}", err=True)
    return False


def _judged(file: Path, profile: Profile | None) -> Report:
    from eks_blueprints.policies.cli_support import judge_plan
    from eks_blueprints.review.preview.run import preview
    from eks_blueprints.review.preview.targets import stack_target

    if sys.stderr.isatty():
        click.echo(f"judging {file.stem}", err=True)
    return judge_plan(preview(stack_target(str(file))).plan, file.parent, profile=profile)


def _judged_state(state: Path, stacks: Sequence[str], profile: Profile | None) -> Report:
    from eks_blueprints.policies.cli_support import judge_state
    from eks_blueprints.stackfile.find import project_of

    if len(stacks) > 1:
        raise click.UsageError(f"--state holds one stack; got {len(stacks)} names; name one of them")
    project = project_of(Path.cwd())
    stack = stacks[0] if stacks else state.stem
    text = state.read_text(encoding="utf-8", errors="replace")
    with _named(state):
        return judge_state(text, stack, project.main if project else Path.cwd(), profile=profile)


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Tell what is wrong with a file together with its name."""
    try:
        yield
    except InputError as error:
        raise InputError(each if each.file else each.at(str(file)) for each in error.problems) from None


def _end(reports: Sequence[Report], form: str, strict: bool) -> None:
    from eks_blueprints.policies import formats
    from eks_blueprints.policies.cli_support import refused

    click.echo(formats.render(reports, form).rstrip("\n"))
    if refused(reports, strict=strict):
        raise click.exceptions.Exit(Exit.REFUSED)
