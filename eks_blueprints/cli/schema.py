"""`eks-blueprints schema`: the JSON Schema of stack files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

_FOLDER = Path("docs/reference")


@click.command("schema")
@click.argument("blueprint", required=False, metavar="[BLUEPRINT]")
@click.option(
    "--write",
    "folder",
    is_flag=False,
    flag_value=str(_FOLDER),
    metavar="DIR",
    help=f"Write it and the reference page to DIR instead of printing it. Default: {_FOLDER}.",
)
@click.option("--overlay", is_flag=True, help="The one of files that extend others, or are extended.")
def command(blueprint: str | None, folder: str | None, overlay: bool) -> None:
    """Print the JSON Schema of stack files.

    Editors check and complete a stack file whose first line names the schema:

    \b
      # yaml-language-server: $schema=../docs/reference/stack.schema.json

    In files that extend others, or are extended, nothing is required and null removes: they have a schema of their own,
    overlay.schema.json beside the other.

    BLUEPRINT is the dotted path of a class of one's own, whose stack files have fields of their own:

    \b
      eks-blueprints schema acme.platform.AcmeBlueprint > stacks/stack.schema.json
    """
    from eks_blueprints.reference.pages import stack_page
    from eks_blueprints.reference.schema import overlay_schema, stack_schema

    if blueprint is not None and folder is not None:
        raise click.UsageError("--write is for this package's own pages; got a blueprint too; leave one of them out")
    args = _args_of(blueprint)
    if folder is None:
        click.echo(document(overlay_schema(args) if overlay else stack_schema(args)))
        return
    schemas = {"stack.schema.json": stack_schema(args), "overlay.schema.json": overlay_schema(args)}
    texts = {name: document(schema) + "\n" for name, schema in schemas.items()}
    for name, text in {**texts, "stack.md": stack_page()}.items():
        path = Path(folder) / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"{path}: cannot be written; got {error.strerror}; name a writable folder") from None
        click.echo(f"wrote {path}", err=True)


def _args_of(blueprint: str | None) -> type[BlueprintArgs]:
    from eks_blueprints.blueprint.spec import BlueprintArgs

    if blueprint is None:
        return BlueprintArgs
    from eks_blueprints.stackfile.load import blueprint_class

    return blueprint_class(blueprint, Path.cwd()).Args
