"""`eks-blueprints check`: are stack files valid, and do the policies agree with what they would create?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete, share, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_report
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.review.preview.targets import Target, program_target, programs_here, stack_targets
from eks_blueprints.stackfile.find import named_files, shared_files, stack_files
from eks_blueprints.stackfile.verdict import Verdict, verdict

if TYPE_CHECKING:
    from eks_blueprints.policies.definition import Profile
    from eks_blueprints.policies.report import Report
    from eks_blueprints.review.preview.shard import Shard

_PROFILES = ("baseline", "production", "regulated")
_FORMATS = ("text", "markdown", "json", "sarif", "github", "junit")


@click.command("check")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...", shell_complete=complete.stacks)
@share.option
@click.option("--strict", is_flag=True, help="Count warnings and advice as errors.")
@click.option("--policies", is_flag=True, help="Check what each stack would create against the policies; runs offline.")
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
    help="Check what any Pulumi Python program, in DIR, would create; STACK names one of its stacks.",
)
@click.option(
    "--plan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Check a plan that `preview --format json` wrote to FILE.",
)
@click.option(
    "--state",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Check what `pulumi stack export` wrote to FILE; STACK names the stack whose settings apply.",
)
@show.render
def command(  # noqa: PLR0917 - click passes each option by name
    stacks: tuple[str, ...],
    every: bool,
    shard: Shard | None,
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

    A program without stack files is run offline, as in a preview: are the settings of each stack valid, and would a
    provider accept what it makes?

    With --policies, --profile or --format the stacks are run offline as in a preview, and what they would create is
    judged. Settings and waivers are in policies.yaml beside the stack files. The exit code is 3 if a mandatory
    policy says no.

    \b
      eks-blueprints check                               is every stack file valid?
      eks-blueprints check prod --policies               also check the policies
      eks-blueprints check --format sarif > found.sarif  the same for code scanning
      eks-blueprints check --policies --program ../app   any Pulumi program
      eks-blueprints check --policies --plan plan.json   a plan that was written down
      eks-blueprints check --all --shard 2/4 --format json > check-2.json   of four machines; then report merge
    """
    given = {"--program": program, "--plan": plan, "--state": state}
    if len(several := [option for option, value in given.items() if value is not None]) > 1:
        raise click.UsageError(f"{' and '.join(several)} exclude each other; got both; leave one of them out")
    share.hold_together(stacks, every, shard, {option: value is not None for option, value in given.items()})
    if several:
        show.old_tables(*show.PLATFORM, "policies/")
    if state is not None:
        end([_judged_state(state, stacks, profile)], form, strict)
        return
    if plan is not None:
        end([_judged_plan(plan, stacks, profile)], form, strict)
        return
    judging = policies or profile is not None or form != "text"
    mine = share.Share.here(shard) if shard is not None else None
    targets = mine.own if mine is not None else _targets(program, stacks)
    show.old_tables(*show.PLATFORM, *(("policies/",) if policies or profile is not None else ()))
    unlisted = [
        *(_unmeant() if mine is not None or not stacks else []),
        *_clashes([each.file for each in targets if each.file is not None]),
    ]
    show.problems(unlisted)
    verdicts = [_said(each, quiet=judging) for each in _verdicts(targets)]
    if not judging:
        _say_what_was_not_checked(verdicts)
    valid = passed(verdicts, strict, unlisted)
    reports = _judged(targets, profile) if judging and valid else []
    if mine is not None and form == "json":
        _print_share(mine, verdicts, reports, unlisted, profile)
    if not valid:
        raise click.exceptions.Exit(Exit.INVALID)
    if judging:
        end(reports, form if mine is None or form != "json" else None, strict)


def _said(found: Verdict, *, quiet: bool) -> Verdict:
    show.problems(found.problems)
    if not found.problems and not quiet:
        click.echo(f"{click.style('valid', fg='green')}  {found.file}")
    return found


def _say_what_was_not_checked(verdicts: Sequence[Verdict]) -> None:
    """One line for each blueprint class that changes what its stack files say, however many they are."""
    several: dict[tuple[str, tuple[str, ...]], list[Verdict]] = {}
    for found in verdicts:
        if found.unchecked:
            several.setdefault((str(found.blueprint), tuple(found.unchecked)), []).append(found)
    for (blueprint, names), files in several.items():
        methods = " and ".join(f"{name}()" for name in names)
        verb = "changes" if len(names) == 1 else "change"
        where, stack = (files[0].file, files[0].stack) if len(files) == 1 else (f"{len(files)} stack files", "--all")
        click.echo(f"not checked: what {methods} of {blueprint} {verb} in {where}; run: eks-blueprints preview {stack}")


def _clashes(files: Sequence[Path]) -> Sequence[Problem]:
    """What several of the stack files would make under one name."""
    if len(files) < 2:
        return []
    from eks_blueprints.stackfile.clashes import clashes

    return clashes(files)


def _unmeant() -> Sequence[Problem]:
    """Warnings of files that are no stacks, and may be meant as such."""
    from eks_blueprints.stackfile.find import project_of

    project = project_of(Path.cwd())
    if project is None or not shared_files(project):
        return []
    from eks_blueprints.stackfile.unmeant import unmeant

    return unmeant(project)


def passed(verdicts: Sequence[Verdict], strict: bool, others: Sequence[Problem] = ()) -> bool:
    """Whether stack files are valid; if not, say how much is wrong with them. `others` are problems of other files, or
    of several together."""
    wrong = sum(each.severity == "error" for each in others)
    errors = sum(each.errors for each in verdicts) + wrong
    warnings = sum(each.warnings for each in verdicts) + len(others) - wrong
    if not errors and not (strict and warnings):
        return True
    said = [show.count(errors, "problem")] if errors else []
    said += [show.count(warnings, "warning")] if warnings else []
    click.echo(f"{' and '.join(said)} in {show.count(len(verdicts), 'stack file')}", err=True)
    return False


def _print_share(
    mine: share.Share,
    verdicts: Sequence[Verdict],
    reports: Sequence[Report],
    unlisted: Sequence[Problem],
    profile: Profile | None,
) -> None:
    from eks_blueprints.review.shards.checks import Checks, written

    found = Checks(tuple(verdicts), tuple(reports), tuple(unlisted))
    click.echo(written(found, mine.shard, mine.stacks, mine.same(profile=profile or "")).text())


def _verdicts(targets: Sequence[Target]) -> Iterator[Verdict]:
    yield from (verdict(target.file) for target in targets if target.file is not None)
    if programs := [target for target in targets if target.file is None]:
        from eks_blueprints.review.preview.verdicts import verdicts

        yield from verdicts(programs)


def _judged(targets: Sequence[Target], profile: Profile | None) -> list[Report]:
    from eks_blueprints.review.preview.judging import reports

    found: list[Report] = []
    for report in reports(targets, profile):
        found.append(report)
        if sys.stderr.isatty():
            click.echo(f"{len(found)}/{len(targets)}  {report.stack}", err=True)
    return found


def _targets(program: Path | None, stacks: Sequence[str]) -> list[Target]:
    """The stacks that are meant; a file that stacks extend stands for these, as hooks name every file that changes."""
    if program is not None:
        return [program_target(program, stack) for stack in stacks or (None,)]
    return programs_here(stacks) or stack_targets(named_files(stacks, shared=True) or stack_files(Path.cwd()))


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


def end(reports: Sequence[Report], form: str | None, strict: bool) -> None:
    """Print the reports, if there is a form for them, and leave with the code that says what came of them."""
    from eks_blueprints.policies import formats
    from eks_blueprints.policies.cli_support import refused

    if form is not None:
        echo_report(formats.render(reports, form), form)
    if refused(reports, strict=strict):
        raise click.exceptions.Exit(Exit.REFUSED)
