"""`eks-blueprints gitops log`: the changes of a cluster, as its repository records them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli.exits import Exit
from eks_blueprints.core.printed import visible

if TYPE_CHECKING:
    from eks_blueprints.gitops.history import Entry


@click.command("log")
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="DIR",
    help="Folder that was rendered to, in a clone of its repository.",
)
@click.option("--since", metavar="DATE", help="Day or time from which on, such as 2026-11-01. Default: all.")
@click.option("--most", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many commits.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
def command(stacks: tuple[str, ...], folder: Path, since: str | None, most: int, form: str) -> None:
    """Show who changed what of a cluster, when and why, and who looked at it: an audit of the repository of manifests.

    Each commit of the branch that changes what is rendered of the stacks is told with its author, its signature, the
    pull request that its first line names, and the images whose tag it changes. Without STACK, it tells of all.

    \b
      eks-blueprints gitops log prod --to ../manifests --since 2026-11-01
      eks-blueprints gitops log --to ../manifests --format json > audit.json
    """
    from eks_blueprints.gitops.history import history
    from eks_blueprints.gitops.repository import GitError

    try:
        found = history(folder, stacks, since=since, most=most)
    except GitError as error:
        click.echo(visible(str(error)), err=True)
        raise click.exceptions.Exit(Exit.FAILED) from None
    if form == "json":
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    for line in (_text if form == "text" else _markdown)(found):
        click.echo(visible(line))


def _text(found: Sequence[Entry]) -> Iterator[str]:
    for each in found:
        yield f"{each.commit}  {each.at}  {each.author}"
        yield f"  {each.subject}"
        yield f"  request {each.request or 'none'}, signature {each.signature}{_reviewed(each)}"
        yield from (f"  {image}" for image in each.images)
        yield f"  {len(each.files)} {'file' if len(each.files) == 1 else 'files'}: {_some(each.files)}"


def _markdown(found: Sequence[Entry]) -> Iterator[str]:
    yield "| when | who | why | request | signature | what |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for each in found:
        what = "<br>".join(each.images) or _some(each.files)
        cells = (each.at, each.author, each.subject, each.request or "none", f"{each.signature}{_reviewed(each)}", what)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _reviewed(each: Entry) -> str:
    return f", reviewed by {each.reviewers}" if each.reviewers else ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
