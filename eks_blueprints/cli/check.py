"""`eks-blueprints check`: are stack files valid, and do the policies agree with what they would create?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.core.errors import InputError
from eks_blueprints.stackfile.find import stack_file, stack_files, stacks_of
from eks_blueprints.stackfile.settle import checked

if TYPE_CHECKING:
    from eks_blueprints.policies.definition import Profile
    from eks_blueprints.policies.report import Report

_PROFILES = ("baseline", "production", "regulated")
_FORMATS = ("text", "markdown", "json", "sarif", "github", "junit")


@click.command("check")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...", shell_complete=complete.stacks)
@click.option("--strict", is_flag=True, help="Count warnings and advice as errors.")
@click.option("--policies", is_flag=True, help="Judge by the policies what each stack would create; runs it offline.")
@click.option(
    "--profile", type=click.Choice(_PROFILES), help="How strict the policies are. Default: see policies.yaml."
)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="Form of their findings."
)
@click.option(
    "--program",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Judge what the Pulumi Python program in DIR would create, whatever it is; STACK names one of its stacks.",
)
@click.option(
    "--plan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Judge a plan that `preview --format json` wrote to FILE.",
)
@click.option(
    "--state",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Judge what `pulumi stack export` wrote to FILE; STACK names whose settings hold.",
)
@show.render
def command(  # noqa: PLR0917 - click passes each option by name
    stacks: tuple[str, ...],
    strict: bool,
    policies: bool,
    profile: Profile | None,
    form: str,
    program: Path | None,
    plan: Path | None,
    state: Path | None,
) -> None:
    """Validate stack files; report every problem with its line and column.

    Without arguments, it checks every stack of the project in this folder; for a file that stacks extend, it checks
    each of these. It runs nothing and looks nothing up: pulumi is imported only if a stack file names a blueprint class
    of its own.

    With --policies, --profile or --format the stacks are run offline as in a preview, and what they would create is
    judged. Settings and waivers are in policies.yaml beside the stack files. The exit code is 3 if a mandatory
    policy says no.

    \b
      eks-blueprints check                               is every stack file valid?
      eks-blueprints check prod --policies               and what do the policies say?
      eks-blueprints check --format sarif > found.sarif  the same for code scanning
      eks-blueprints check --policies --program ../app   any Pulumi program
      eks-blueprints check --policies --plan plan.json   a plan that was written down
    """
    given = {"--program": program, "--plan": plan, "--state": state}
    if len(several := [option for option, value in given.items() if value is not None]) > 1:
        raise click.UsageError(f"{' and '.join(several)} exclude each other; got both; leave one of them out")
    if several:
        show.old_tables(*show.PLATFORM, "policies/")
    if state is not None:
        _end([_judged_state(state, stacks, profile)], form, strict)
        return
    if plan is not None:
        _end([_judged_plan(plan, stacks, profile)], form, strict)
        return
    if program is not None:
        _end([_judged_program(program, stack, profile) for stack in stacks or (None,)], form, strict)
        return
    files = _files(stacks)
    show.old_tables(*show.PLATFORM, *(("policies/",) if policies or profile is not None else ()))
    judging = policies or profile is not None or form != "text"
    if not _valid(files, strict, quiet=judging):
        raise click.exceptions.Exit(Exit.INVALID)
    if judging:
        _end([_judged(file, profile) for file in files], form, strict)


def _files(named: Sequence[str]) -> list[Path]:
    """The stack files to check; of a file that others extend, as hooks name every file that changes, these."""
    if not named:
        return stack_files(Path.cwd())
    found = [file for each in named for file in (stacks_of(Path(each)) or [stack_file(each)])]
    return list(dict.fromkeys(found))


def _valid(files: Sequence[Path], strict: bool, *, quiet: bool) -> bool:
    errors = warnings = 0
    for path in files:
        try:
            stack = checked(path)
            found = stack.warnings()
        except InputError as error:
            errors += len(error.problems)
            show.problems(error.problems)
            continue
        warnings += len(found)
        show.problems(found)
        if not found and not quiet:
            click.echo(f"{click.style('valid', fg='green')}  {path}")
        if stack.unchecked and not quiet:
            methods = " and ".join(f"{name}()" for name in stack.unchecked)
            do = f"run: eks-blueprints preview {path.stem}"
            verb = "make" if len(stack.unchecked) > 1 else "makes"
            click.echo(f"not checked: what {methods} of {stack.blueprint} {verb} of {path}; {do}")
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


def _judged_program(program: Path, stack: str | None, profile: Profile | None) -> Report:
    from eks_blueprints.policies.cli_support import judge_plan
    from eks_blueprints.review.preview.run import preview
    from eks_blueprints.review.preview.targets import program_target
    from eks_blueprints.stackfile.find import project_of

    project = project_of(program)
    return judge_plan(
        preview(program_target(program, stack)).plan, project.main if project else program, profile=profile
    )


def _judged_plan(file: Path, stacks: Sequence[str], profile: Profile | None) -> Report:
    from eks_blueprints.policies.cli_support import judge_plan, read_plan
    from eks_blueprints.stackfile.find import project_of

    plan = read_plan(file)
    if stacks and list(stacks) != [plan.stack]:
        raise click.UsageError(f"--plan holds the stack {plan.stack}; got {', '.join(stacks)}; leave the name out")
    project = project_of(Path.cwd())
    return judge_plan(plan, project.main if project else Path.cwd(), profile=profile)


def _judged_state(state: Path, stacks: Sequence[str], profile: Profile | None) -> Report:
    from eks_blueprints.core.files import text_of
    from eks_blueprints.policies.cli_support import judge_state
    from eks_blueprints.stackfile.find import project_of

    if len(stacks) > 1:
        raise click.UsageError(f"--state holds one stack; got {len(stacks)} names; name one of them")
    project = project_of(Path.cwd())
    stack = stacks[0] if stacks else state.stem
    text = text_of(state, errors="replace")
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
