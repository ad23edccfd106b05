"""`eks-blueprints policy`: what the rules are, where the policy pack is, and a baseline for an old platform."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core import clock
from eks_blueprints.core.files import named
from eks_blueprints.core.printed import document
from eks_blueprints.policies.definition import PROFILES, Profile
from eks_blueprints.stackfile.find import relative

if TYPE_CHECKING:
    from eks_blueprints.policies.definition import Rule
    from eks_blueprints.policies.report import Report


@click.group("policy")
def command() -> None:
    """Rules about EKS, Kubernetes, Karpenter and delivery.

    \b
      eks-blueprints policy list --profile production      every rule, with severity and enforcement
      eks-blueprints policy show k8s-pdb-required          one rule: reason, fix, parameters, related standards
      eks-blueprints policy path                           the folder of the Pulumi policy pack
      eks-blueprints policy baseline prod --owner me       waivers for all current findings
      eks-blueprints policy new queues                     a new rule of your own, with test cases
      eks-blueprints policy test                           test the rules of this project
    """


@command.command("list")
@click.option("--profile", type=click.Choice(PROFILES), default="baseline", show_default=True, help="How strict.")
@click.option("--subject", metavar="NAME", help="Rules of one subject, such as karpenter_pools.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rules(profile: Profile, subject: str | None, form: str) -> None:
    """List every rule, its severity and its enforcement; the rules of the project come last."""
    from eks_blueprints.core.errors import unknown_name
    from eks_blueprints.policies.catalogue import rules

    _load_own()
    found = list(rules().values())
    if subject is not None:
        subjects = {rule.subject for rule in found}
        if subject not in subjects:
            raise click.UsageError(unknown_name(subject, subjects, "subject"))
        found = [rule for rule in found if rule.subject == subject]
    if form == "json":
        echo_document(document([_data(rule, profile) for rule in found]))
        return
    column = max(len(rule.id) for rule in found)
    rows = [
        (f"{rule.id:<{column}}  {rule.severity:<8}  {rule.enforcement_in(profile):<9}", rule.title) for rule in found
    ]
    widest = max(len(head) + 2 + len(title) for head, title in rows)
    columns = show.width(widest)
    for head, title in rows:
        below = textwrap.fill(title, columns, initial_indent="    ", subsequent_indent="    ")
        click.echo(f"{head}  {title}" if columns == widest else f"{head.rstrip()}\n{below}")
    click.echo(f"{show.count(len(found), 'rule')}, profile {profile}", err=True)


@command.command("show")
@click.argument("id", shell_complete=complete.policies)
def show_rule(id: str) -> None:  # noqa: A002 - the word everyone uses
    """Show all about one rule."""
    from eks_blueprints.policies.catalogue import rule_named
    from eks_blueprints.policies.examples import example

    _load_own()
    try:
        rule = rule_named(id)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"{rule.id}  {rule.severity}")
    click.echo(f"  {rule.title}")
    for head, text in (("why", rule.prose.rationale), ("how", rule.decides), ("do", rule.prose.fix)):
        if text:
            click.echo(textwrap.fill(text, show.width(100), initial_indent=f"  {head:<5}", subsequent_indent=" " * 7))
    for profile in PROFILES:
        click.echo(f"  {profile}: {rule.enforcement_in(profile)}")
    for key, value in rule.params.items():
        click.echo(f"  parameter {key}: {json.dumps(value, ensure_ascii=False)}")
    for key, ids in rule.prose.anchors.items():
        click.echo(f"  {key}: {', '.join(ids)}")
    for verdict, word in (("fail", "fails"), ("pass", "passes")):
        if text := example(rule.id, verdict):
            click.echo(f"  {word}:")
            click.echo(textwrap.indent(text.rstrip(), "    "))


@command.command("new")
@click.argument("name")
def new_rule(name: str) -> None:
    """Write a rule of your own, NAME.py, and its cases, NAME.yaml, into the folder policies.

    The folder is beside the stack files, or below the folder you are in.
    """
    from eks_blueprints.policies.own import FOLDER
    from eks_blueprints.policies.template import CASES, RULE, names

    try:
        module, id_ = names(name)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    folder = _settings_folder() / FOLDER
    made = [(folder / f"{module}.py", RULE), (folder / f"{module}.yaml", CASES)]
    for path, _ in made:
        if path.exists():
            raise click.UsageError(f"{path} exists already; got the name {name} again; use another one")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in made:
        with named(path):
            path.write_text(text.replace("ID", id_).replace("MODULE", module), encoding="utf-8", newline="\n")
        click.echo(f"wrote {relative(path)}")
    click.echo("next: eks-blueprints policy test", err=True)


@command.command("test")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def test_rules(names: tuple[str, ...]) -> None:
    """Test the rules of the project on the cases beside them; NAME is a file without its ending.

    Each rule needs a case that fails and one that passes. The exit code is 2 if a case does not turn out as it says.
    """
    from eks_blueprints.core.errors import InputError, Problem, unknown_name
    from eks_blueprints.policies import own, trial
    from eks_blueprints.policies.catalogue import rules

    files = own.load(_settings_folder())
    if not files:
        raise click.UsageError("there are no rules to try; got no policies/*.py; write one with policy new NAME")
    for name in names:
        if name not in {path.stem for path in files}:
            raise click.UsageError(unknown_name(name, [path.stem for path in files], "file of rules"))
    count = 0
    problems: list[Problem] = []
    for path in files:
        if names and path.stem not in names:
            continue
        cases = path.with_suffix(".yaml")
        if cases.is_file():
            try:
                done, found = trial.tried(cases)
            except InputError as error:
                done, found = 0, list(error.problems)
            count, problems = count + done, [*problems, *found]
            if not done:
                continue
        for rule in rules().values():
            if rule.subject == path.stem and own.is_own(rule) and (lacking := trial.missing(rule, cases)):
                message = f"has no case for {rule.id} to {lacking}; got none; write one"
                problems.append(Problem((), message, str(relative(cases))))
    show.problems(problems)
    click.echo(f"{show.count(count, 'case')}, {show.count(len(problems), 'problem')}", err=bool(problems))
    if problems:
        raise click.exceptions.Exit(Exit.INVALID)


def _settings_folder() -> Path:
    from eks_blueprints.stackfile.find import project_of

    project = project_of(Path.cwd())
    return project.main if project else Path.cwd()


def _load_own() -> None:
    from eks_blueprints.policies.own import load

    load(_settings_folder())


@command.command("path")
def path() -> None:
    """Print the folder of the policy pack, for pulumi preview --policy-pack.

    The engine runs the pack with the Python on the PATH, in whose environment pip install "eks-blueprints[policy]" puts
    what it needs.
    """
    from eks_blueprints.policies.cli_support import pack_folder

    click.echo(pack_folder())


@command.command("baseline")
@click.argument("stack", metavar="STACK|FILE", shell_complete=complete.stacks)
@click.option("--owner", required=True, help="Owner of the waivers.")
@click.option(
    "--state",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Check this exported state instead of the stack's program.",
)
@click.option("--profile", type=click.Choice(PROFILES), default=None, help="How strict. Default: the stack's own.")
@click.option("--ticket", default="", help="Where it is tracked; critical rules are waived only with it.")
@click.option("--approved-by", default="", help="Who agreed; critical rules are waived only with it.")
def write_baseline(
    stack: str, *, owner: str, state: Path | None, profile: Profile | None, ticket: str, approved_by: str
) -> None:
    """Print waivers for everything that is found today; put them into policies.yaml.

    What comes later fails at once, and what is there runs out in 90 days (critical rules: 30).
    """

    from eks_blueprints.policies.baseline import baseline

    if approved_by and approved_by == owner:
        raise click.UsageError("--approved-by is the owner; got the same name twice; let someone else approve it")
    report = _report(stack, state, profile)
    today = clock.today()
    echo_document(baseline(report, owner, today, ticket=ticket, approved_by=approved_by), nl=False)
    click.echo(f"{show.count(len(report.failed()), 'finding')} on {report.resources} resources", err=True)


def _report(stack: str, state: Path | None, profile: Profile | None) -> Report:
    from eks_blueprints.core.files import text_of
    from eks_blueprints.policies.cli_support import judge_plan, judge_state

    if state is not None:
        return judge_state(text_of(state, errors="replace"), Path(stack).stem, Path.cwd(), profile=profile)
    from eks_blueprints.review.preview.run import preview
    from eks_blueprints.review.preview.targets import stack_target

    target = stack_target(stack)
    return judge_plan(preview(target).plan, target.beside, profile=profile)


def _data(rule: Rule, profile: Profile) -> dict[str, object]:
    return {
        "id": rule.id,
        "subject": rule.subject,
        "title": rule.title,
        "severity": rule.severity,
        "enforcement": rule.enforcement_in(profile),
        "types": list(rule.types),
        "parameters": dict(rule.params),
        "anchors": {key: list(ids) for key, ids in rule.prose.anchors.items()},
    }
