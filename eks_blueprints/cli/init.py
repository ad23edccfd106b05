"""`eks-blueprints init`: a team's new repository."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from eks_blueprints.cli import complete
from eks_blueprints.starter import answers as known
from eks_blueprints.starter.answers import PRESETS, Answers

_BLUEPRINT = "team.platform.TeamBlueprint"
"""The class that its stack files name."""
_SETTINGS = ("team.platform.TeamArgs", "team:platform")
"""Where there are no stack files: the spec that the program reads, and the setting that holds it."""
_HOSTS = (*known.HOSTS, known.NO_CI)


@click.command("init", short_help="Create a team's repository.")
@click.argument("folder", required=False, default=".", type=click.Path(path_type=Path), metavar="[DIR]")
@click.option(
    "--preset",
    metavar="NAME",
    shell_complete=complete.presets,
    help=f"Platform to start from: {', '.join(PRESETS)}. Default: {known.DEFAULT_PRESET}.",
)
@click.option("--name", metavar="NAME", help="Name of the project; its clusters are named after it. Default: DIR's.")
@click.option("--region", metavar="REGION", help=f"AWS region of the platforms. Default: {known.DEFAULT_REGION}.")
@click.option(
    "--cluster",
    metavar="NAME",
    help=f"With --preset {known.ON_A_CLUSTER}: cluster of the stack dev. Default: {known.DEFAULT_CLUSTER}.",
)
@click.option(
    "--ci", metavar="HOST", help=f"Where pull requests are checked: {', '.join(_HOSTS)}. Default: {_HOSTS[0]}."
)
@click.option(
    "--package", metavar="REQUIREMENT", help="Line of requirements.txt for eks_blueprints. Default: as installed here."
)
@click.option("-y", "--yes", is_flag=True, help="Ask nothing; take the defaults.")
def command(  # noqa: PLR0917 - click passes each option by name
    folder: Path,
    preset: str | None,
    name: str | None,
    region: str | None,
    cluster: str | None,
    ci: str | None,
    package: str | None,
    yes: bool,
) -> None:
    """Create a team's repository in DIR: a dev and a prod platform, tests, and a check of pull requests.

    It passes its own tests at once and needs no AWS account for them. On a terminal it asks for what no option says.
    It never overwrites a file.

    \b
      eks-blueprints init                                        ask, and write into this folder
      eks-blueprints init shop --preset karpenter --ci gitlab --yes
      eks-blueprints init shop --preset existing-cluster --cluster shared --yes
    """
    ask = _asked if not yes and _on_a_terminal() else _default
    if ask is _asked and preset is None:
        width = max(map(len, PRESETS))
        for each, what in PRESETS.items():
            first = f"  {each:{width}} "
            click.echo(click.wrap_text(what, 80, first, " " * len(first)), err=True)
    if preset is None:
        preset = ask("Platform to start from", known.DEFAULT_PRESET, known.preset_fault)
    answers = Answers(
        preset=preset,
        name=name if name is not None else ask("Name of the project", _name_of(folder), known.name_fault),
        region=region if region is not None else ask("AWS region", known.DEFAULT_REGION, known.region_fault),
        cluster=cluster
        if cluster is not None or preset != known.ON_A_CLUSTER
        else ask("Cluster of the stack dev", known.DEFAULT_CLUSTER, known.cluster_fault),
        ci=ci
        if ci is not None
        else ask(f"Where pull requests are checked ({', '.join(_HOSTS)})", _HOSTS[0], known.ci_fault),
        requirement=package if package is not None else known.installed_requirement() or known.example_requirement(),
    )
    _make(folder, answers)
    _tell(folder, answers)


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _make(folder: Path, answers: Answers) -> None:
    from eks_blueprints.cli import schema
    from eks_blueprints.reference.editor_schemas import FILE, SETTINGS_FILE
    from eks_blueprints.starter.repository import repository, write

    if sys.stderr.isatty():
        click.echo(f"writing {answers.name}", err=True)
    texts: dict[str, str | Callable[[], str]] = {**repository(answers)}
    if "stacks/dev.yaml" in texts:
        # The schema is that of the class which stands in the files before it.
        texts[f"stacks/{FILE}"] = lambda: schema.schema_text(_BLUEPRINT, folder / "stacks")
    else:
        texts[f"stacks/{SETTINGS_FILE}"] = lambda: schema.settings_text(*_SETTINGS, folder / "stacks")
    write(folder, texts)


def _tell(folder: Path, answers: Answers) -> None:
    click.echo(f"created {answers.name} in {folder}: {PRESETS[answers.preset]}")
    click.echo("before the first pulumi up, replace every value that is marked # yours\n\nnext:")
    place = [] if folder.resolve() == Path.cwd() else [f"cd {_quoted(folder)}"]
    tests = [] if importlib.util.find_spec("pytest") else ["pip install pytest"]
    commands = [*place, "eks-blueprints preview dev", *tests, "python -m pytest"]
    commands += ["eks-blueprints check --policies"] if not place else []
    for line in commands:
        click.echo(f"  {click.style(line, fg='cyan')}")


def _quoted(folder: Path) -> str:
    text = str(folder)
    return text if re.fullmatch(r"[\w./\\:-]+", text) else f'"{text}"'


def _name_of(folder: Path) -> str:
    """The folder's name as the name of a project."""
    text = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-_")
    return text if known.name_fault(text) is None else "platform"


def _default(_question: str, default: str, _fault: Callable[[str], str | None]) -> str:
    return default


def _asked(question: str, default: str, fault: Callable[[str], str | None]) -> str:
    def valid(text: str) -> str:
        if wrong := fault(text.strip()):
            raise click.UsageError(wrong)
        return text.strip()

    answer: str = click.prompt(question, default=default, value_proc=valid, err=True)
    return answer
