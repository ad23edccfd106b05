"""`eks-blueprints show`: what a stack file says together with the files that it extends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from eks_blueprints.blueprint.core_addons import is_listed
from eks_blueprints.cli import show
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.printed import document as json_document
from eks_blueprints.core.printed import one_line
from eks_blueprints.stackfile.extends import read_stack
from eks_blueprints.stackfile.find import stack_file
from eks_blueprints.stackfile.load import load
from eks_blueprints.stackfile.shown import Line, lines, origins, without_secrets

_WIDEST = 60
"""Comments are aligned up to this column."""


@click.command("show")
@click.argument("stack", metavar="STACK|FILE")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def command(stack: str, form: str) -> None:
    """Print a stack file merged with the files that it extends, with the source of every value.

    The output is a valid stack file without `extends`. References such as {secret: key} are printed as they are
    written, and secrets in plain text are masked. Use `eks-blueprints check` to validate it.

    \b
      eks-blueprints show prod                  stacks/prod.yaml, and where each value comes from
      eks-blueprints show prod --format json    the same for tools: data, and origins by path
      diff <(eks-blueprints show dev) <(eks-blueprints show prod)
    """
    file = Path(stack) if Path(stack).is_file() else stack_file(stack)
    document, core = read_stack(file), _core_addons(file)
    if form == "json":
        files = [document.file, *document.extended]
        data = {"stack": file.stem, "files": files, "data": without_secrets(document.data), "core_addons": core}
        echo_document(json_document({**data, "origins": origins(document)}))
        return
    extended = "".join(f", which extends {each}" for each in document.extended)
    echo_document(_comment(document.file + extended))
    columns = show.width(show.UNLIMITED)  # in a pipe each value keeps its source on its line
    for text, place in _aligned(list(lines(document))):
        if place and len(text) + 2 + len(place) > columns:
            bare = text.rstrip()
            echo_document(" " * (len(bare) - len(bare.lstrip())) + _comment(place))
            echo_document(bare)
        else:
            echo_document(text + (_comment(place) if place else ""))
    if core:
        echo_document(_comment(f"and without being listed: {', '.join(core)} (core_addons)"))


def _core_addons(file: Path) -> list[str]:
    """The add-ons of a valid stack file that it does not list."""
    try:
        return [addon.name for addon in load(file).addons if not is_listed(addon)]
    except InputError:
        return []


def _comment(text: str) -> str:
    return click.style(f"# {one_line(text)}", dim=True)


def _aligned(found: Sequence[Line]) -> Iterator[Line]:
    """Lines with room for what stands behind them."""
    column = max((len(text) for text, place in found if place and len(text) <= _WIDEST), default=0)
    for text, place in found:
        yield (f"{text:{column}}  " if place else text), place
