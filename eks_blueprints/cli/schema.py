"""`eks-blueprints schema`: the JSON Schema of stack files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.files import named
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.blueprint.stack_spec import StackArgs
    from eks_blueprints.reference.editor_schemas import Schema

_WHERE_NAMED = "."


@click.command("schema")
@click.argument("blueprint", required=False, metavar="[BLUEPRINT]")
@click.option(
    "--write",
    "folder",
    is_flag=False,
    flag_value=_WHERE_NAMED,
    metavar="[DIR]",
    help="Write it to a file instead of printing it. Default: where the stack files of this project name it.",
)
@click.option("--overlay", is_flag=True, help="Write the schema of files that extend others, or are extended.")
def command(blueprint: str | None, folder: str | None, overlay: bool) -> None:
    """Print the JSON Schema of stack files.

    Editors check and complete a stack file whose first line names the schema:

    \b
      # yaml-language-server: $schema=stack.schema.json

    In files that extend others, or are extended, nothing is required and null removes: they have a schema of their own,
    overlay.schema.json beside the other.

    BLUEPRINT is the dotted path of a class of your own, which adds fields to its stack files. With --write it is the
    class that the stack files name.

    \b
      eks-blueprints schema --write
      eks-blueprints schema acme.platform.AcmeBlueprint > stacks/stack.schema.json
    """
    if folder is None:
        echo_document(schema_text(blueprint, Path.cwd(), overlay=overlay), nl=False)
        return
    from eks_blueprints.reference.editor_schemas import FILE, OVERLAY_FILE, Schema

    if folder == _WHERE_NAMED and blueprint is None:
        wanted = _named()
    else:
        names = {FILE: False, OVERLAY_FILE: True}
        wanted = {Path(folder) / name: Schema(blueprint, overlaid) for name, overlaid in names.items()}
    for path, schema in wanted.items():
        found_from = path.parent if folder == _WHERE_NAMED else Path.cwd()
        text = schema_text(schema.blueprint, found_from, overlay=schema.overlay)
        with named(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"wrote {path}", err=True)


def schema_text(blueprint: str | None, folder: Path, *, overlay: bool = False) -> str:
    """The schema of the stack files of a class, found as a stack file in `folder` finds it; of ours if None."""
    from eks_blueprints.reference import own_fields
    from eks_blueprints.reference.schema import overlay_schema, stack_schema

    args = _args_of(blueprint, folder)
    # Ours is always made as a whole: it is the one that this package carries.
    schema = stack_schema(args) if blueprint is None else own_fields.stack_schema(args)
    return document(overlay_schema(schema) if overlay else schema) + "\n"


def _named() -> dict[Path, Schema]:
    """The schemas that the stack files of this project name; tells which of them name none."""
    from eks_blueprints.reference.editor_schemas import FILE, line_of, named_schema, schemas_of
    from eks_blueprints.stackfile.find import stack_files

    stacks = stack_files(Path.cwd())
    wanted = schemas_of(stacks)
    for stack in stacks:
        if named_schema(stack) is None:
            click.echo(f"{stack}: names no schema; make this its first line: {line_of(FILE)}", err=True)
    return wanted


def _args_of(blueprint: str | None, folder: Path) -> type[StackArgs]:
    from eks_blueprints.blueprint.spec import BlueprintArgs

    if blueprint is None:
        return BlueprintArgs
    from eks_blueprints.stackfile.load import blueprint_class

    return blueprint_class(blueprint, folder).Args
