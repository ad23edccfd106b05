"""`eks-blueprints schema`: the JSON Schema of stack files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.files import named
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.blueprint.stack_spec import StackArgs
    from eks_blueprints.reference.editor_schemas import Schema

_WHERE_NAMED = "."
_BY_SETTING = "eks-blueprints schema CLASS --setting KEY --write"


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
@click.option(
    "--setting",
    metavar="KEY",
    help="Write the schema of Pulumi.<stack>.yaml of a program that reads BLUEPRINT, a spec, from this setting.",
)
def command(blueprint: str | None, folder: str | None, overlay: bool, setting: str | None) -> None:
    """Print the JSON Schema of stack files.

    Editors check and complete a stack file whose first line names the schema:

    \b
      # yaml-language-server: $schema=stack.schema.json

    In files that extend others, or are extended, nothing is required and null removes: they have a schema of their own,
    overlay.schema.json beside the other.

    BLUEPRINT is the dotted path of a class of your own, which adds fields to its stack files. With --write it is the
    class that the stack files name.

    A program without stack files reads a spec from a setting of its stacks, by stackfile.from_config. With --setting,
    BLUEPRINT is that spec, and the schema is for the settings files. --write puts it beside them, as
    settings.schema.json.

    \b
      eks-blueprints schema --write
      eks-blueprints schema acme.platform.AcmeBlueprint > stacks/stack.schema.json
      eks-blueprints schema team.platform.TeamArgs --setting team:platform --write
    """
    if setting is not None:
        _settings(blueprint, setting, folder, overlay)
        return
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
        _put(path, schema_text(schema.blueprint, found_from, overlay=schema.overlay))


def _put(path: Path, text: str) -> None:
    with named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"wrote {path}", err=True)


def _settings(spec: str | None, setting: str, folder: str | None, overlay: bool) -> None:
    if spec is None or overlay:
        got = "--overlay" if overlay else "no name"
        raise click.UsageError(f"--setting goes with the name of a spec alone; got {got}; write {_BY_SETTING}")
    from eks_blueprints.reference.editor_schemas import SETTINGS_FILE
    from eks_blueprints.stackfile.find import project_of, relative

    project = project_of(Path.cwd())
    text = settings_text(spec, setting, project.main if project is not None else Path.cwd())
    if folder is None:
        echo_document(text, nl=False)
        return
    here = relative(project.settings) if project is not None and folder == _WHERE_NAMED else Path(folder)
    _put(here / SETTINGS_FILE, text)


def settings_text(spec: str, setting: str, folder: Path) -> str:
    """The schema of the settings of a program that reads a spec from one of them; `folder` is the program's."""
    from eks_blueprints.reference.schema import settings_schema
    from eks_blueprints.stackfile.load import spec_class

    return document(settings_schema(spec_class(spec, folder), setting)) + "\n"


def schema_text(blueprint: str | None, folder: Path, *, overlay: bool = False) -> str:
    """The schema of the stack files of a class, found as a stack file in `folder` finds it; of ours if None."""
    from eks_blueprints.reference import own_fields
    from eks_blueprints.reference.schema import overlay_schema

    schema = own_fields.ours() if blueprint is None else own_fields.stack_schema(_args_of(blueprint, folder))
    return document(overlay_schema(schema) if overlay else schema) + "\n"


def _named() -> dict[Path, Schema]:
    """The schemas that the stack files of this project name; tells which of them name none."""
    from eks_blueprints.reference.editor_schemas import line_of, schemas_of, without_schema
    from eks_blueprints.stackfile.find import program_alone, stack_files

    if program_alone(Path.cwd()) is not None:
        got = "a program that reads a spec from a setting"
        raise InputError([Problem((), f"there is no stack file; got {got}; name both: {_BY_SETTING}")])
    stacks = stack_files(Path.cwd())
    wanted = schemas_of(stacks)
    for file, schema in without_schema(stacks).items():
        click.echo(f"{file}: names no schema; make this its first line: {line_of(schema)}", err=True)
    return wanted


def _args_of(blueprint: str, folder: Path) -> type[StackArgs]:
    from eks_blueprints.stackfile.load import blueprint_class

    return blueprint_class(blueprint, folder).Args
