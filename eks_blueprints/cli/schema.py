"""`eks-blueprints schema`: the JSON Schema of stack files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

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
def command(blueprint: str | None, folder: str | None) -> None:
    """Print the JSON Schema of stack files.

    Editors check and complete a stack file whose first line names the schema:

    \b
      # yaml-language-server: $schema=stack.schema.json

    BLUEPRINT is the dotted path of a class of your own, which adds fields to its stack files. With --write it is the
    class that the stack files name.

    \b
      eks-blueprints schema --write
      eks-blueprints schema acme.platform.AcmeBlueprint > stacks/stack.schema.json
    """
    if folder is None:
        click.echo(schema_text(blueprint, Path.cwd()), nl=False)
        return
    from eks_blueprints.reference.editor_schemas import FILE

    wanted = _named() if folder == _WHERE_NAMED and blueprint is None else {Path(folder) / FILE: blueprint}
    for path, named in wanted.items():
        text = schema_text(named, path.parent if folder == _WHERE_NAMED else Path.cwd())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"{path}: cannot be written; got {error.strerror}; name a writable folder") from None
        click.echo(f"wrote {path}", err=True)


def schema_text(blueprint: str | None, folder: Path) -> str:
    """The schema of the stack files of a class, found as a stack file in `folder` finds it; of ours if None."""
    from eks_blueprints.reference.schema import stack_schema

    return document(stack_schema(_args_of(blueprint, folder))) + "\n"


def _named() -> dict[Path, str | None]:
    """The schemas that the stack files of this project name; tells which of them name none."""
    from eks_blueprints.reference.editor_schemas import FILE, line_of, named_schema, schemas_of
    from eks_blueprints.stackfile.find import stack_files

    stacks = stack_files(Path.cwd())
    wanted = schemas_of(stacks)
    for stack in stacks:
        if named_schema(stack) is None:
            click.echo(f"{stack}: names no schema; make this its first line: {line_of(FILE)}", err=True)
    return {Path(os.path.normpath(path)): named for path, named in wanted.items()}


def _args_of(blueprint: str | None, folder: Path) -> type[BlueprintArgs]:
    from eks_blueprints.blueprint.spec import BlueprintArgs

    if blueprint is None:
        return BlueprintArgs
    from eks_blueprints.stackfile.load import blueprint_class

    return blueprint_class(blueprint, folder).Args
