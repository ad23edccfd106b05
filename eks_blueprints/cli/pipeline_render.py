"""`eks-blueprints pipeline render`: the files of the engines of pipelines."""

from __future__ import annotations

from pathlib import Path

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.pipelines import chosen, file_of, pipelines_of


@click.command("render")
@click.argument("stack", metavar="[STACK|FILE]", required=False, shell_complete=complete.stacks)
@click.argument("pipeline", metavar="[PIPELINE]", required=False)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Root of the checkout that the files are for. Default: this folder.",
)
@click.option("--check", is_flag=True, help="Write nothing; print what differs, and exit 4 if something does.")
def command(stack: str | None, pipeline: str | None, folder: Path, *, check: bool) -> None:
    """Write the files that GitHub Actions, GitLab CI, Jenkins and Bitbucket Pipelines read, with those that protect
    their repository.

    Needs no engine, network or account. It writes only what changed, and no file that something else wrote; of
    CODEOWNERS it writes the part between its marks. PIPELINE is one of the stack; for one that AWS CodePipeline runs
    it writes what protects its repository. Default: all that another engine runs.
    """
    from eks_blueprints.pipelines.engines import _written

    found = _written.changes(folder, _written.joined(_rendered(stack, pipeline)))
    if check:
        for change in found:
            click.echo(change.diff(folder), nl=False)
        if found:
            click.echo(f"{show.count(len(found), 'file')} not current; run: eks-blueprints pipeline render", err=True)
            raise click.exceptions.Exit(Exit.CHANGES)
        return
    for change in found:
        _written.write(change)
        click.echo(f"wrote {change.path}")
    if not found:
        click.echo("all files are current", err=True)


def _rendered(stack: str | None, wanted: str | None) -> list[dict[str, str]]:
    from eks_blueprints.blueprint.pipelines_spec import TEXTS

    file = file_of(stack)
    args = pipelines_of(file)
    found = [each for each in chosen(args, wanted) if wanted is not None or each.engine in TEXTS]
    if not found:
        do = f"name one, or set its engine to {', '.join(TEXTS)}"
        raise click.UsageError(f"there is no pipeline that another engine than CodePipeline runs; got none; {do}")
    ref = args.ref(file.stem)
    rendered = [dict(each.renderer.render(each, each.graph(args.environments), ref)) for each in found]
    if not any(rendered):
        got = f"{wanted}, whose code is neither on GitHub nor on GitLab"
        raise click.UsageError(f"there is nothing to write; got {got}; CodePipeline reads no file of a repository")
    return rendered
