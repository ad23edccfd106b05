"""`eks-blueprints addons`: the catalogue, and one add-on of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete
from eks_blueprints.cli.default_command import DefaultCommandGroup
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn


@click.group(
    "addons",
    cls=DefaultCommandGroup,
    invoke_without_command=True,
    context_settings={"allow_interspersed_args": False},
)
@click.option("--category", metavar="NAME", help="Only those of a category.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print them.")
@click.option("--write", "folder", is_flag=False, flag_value="docs/addons", metavar="[FOLDER]", help="Write the pages.")
@click.pass_context
def command(context: click.Context, category: str | None, form: str, folder: str | None) -> None:
    """List the add-ons and what each is for; `addons show NAME` shows all about one.

    \b
      eks-blueprints addons                       all of them, by category
      eks-blueprints addons find logs             those whose name or description has a word
      eks-blueprints addons show external_dns     its fields, its permissions, its values
    """
    if context.invoked_subcommand is not None:
        return
    if folder is not None:
        from eks_blueprints.reference.addon_pages import write

        click.echo(f"wrote {len(write(Path(folder)))} pages to {folder}", err=True)
        return
    _list(_of_category(category), form)


@command.command("find")
@click.argument("word")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print them.")
def find(word: str, form: str) -> None:
    """List the add-ons whose name, category or description has a word."""
    from eks_blueprints.reference import addon_facts as facts
    from eks_blueprints.reference.docstrings import class_doc

    wanted = word.lower()
    found = {
        kind: cls
        for kind, cls in facts.classes().items()
        if wanted in f"{kind} {cls.category} {class_doc(cls)}".lower().replace("\n", " ")
    }
    if not found:
        raise click.UsageError(f"no add-on has {word} in its name or description; list all: eks-blueprints addons")
    _list(found, form)


@command.command("show")
@click.argument("name", shell_complete=complete.addons)
def show(name: str) -> None:
    """Show all about an add-on: its source, its fields, its permissions in AWS and the values it sets."""
    from eks_blueprints.core.peers import unknown_kind
    from eks_blueprints.reference import addon_facts as facts

    cls = facts.classes().get(name.replace("-", "_"))
    if cls is None:
        raise click.UsageError(_compute(name) or unknown_kind(name, facts.classes(), "add-on"))
    for line in _told(cls):
        click.echo(line)


command.default = show


def _compute(name: str) -> str | None:
    """The message for a name that is compute, which people look for among the add-ons."""
    from eks_blueprints.compute.base import Compute
    from eks_blueprints.core.elements import kinds

    kind = name.replace("-", "_")
    if kind not in kinds(Compute):
        return None
    do = f"write it below compute in a stack file, such as compute: {{{kind}: {{}}}}; see: eks-blueprints explain"
    return f"is compute and no add-on; got {name}; {do} compute.{kind}"


def _of_category(category: str | None) -> dict[str, type[AddOn]]:
    from eks_blueprints.core.errors import unknown_name
    from eks_blueprints.reference import addon_facts as facts

    found = facts.classes()
    known = {cls.category for cls in found.values()}
    if category is not None and category not in known:
        raise click.UsageError(unknown_name(category, known, "category"))
    return {kind: cls for kind, cls in found.items() if category in (None, cls.category)}


def _list(found: dict[str, type[AddOn]], form: str) -> None:
    from eks_blueprints.reference import addon_facts as facts

    if form == "json":
        rows = [
            {
                "kind": kind,
                "category": cls.category,
                "version": facts.version(cls),
                "source": facts.source(cls),
                "requires": facts.named(cls.requires),
                "summary": facts.summary(cls),
            }
            for kind, cls in found.items()
        ]
        echo_document(document(rows))
        return
    width = max(map(len, found), default=0)
    for category in sorted({cls.category for cls in found.values()}):
        click.echo(click.style(category, bold=True))
        for kind, cls in found.items():
            if cls.category == category:
                needs = f" (needs {', '.join(facts.named(cls.requires))})" if cls.requires else ""
                click.echo(f"  {kind:{width}}  {facts.version(cls):10}  {facts.summary(cls)}{needs}")


def _told(cls: type[AddOn]) -> list[str]:
    from eks_blueprints.reference import addon_facts as facts
    from eks_blueprints.reference.docstrings import class_doc, field_docs

    asked = facts.asked(cls)
    lines = [click.style(cls.kind(), bold=True), class_doc(cls), "", facts.source(cls)]
    if cls.requires:
        lines.append(f"needs {', '.join(facts.named(cls.requires))}")
    if cls.conflicts:
        lines.append(f"cannot run beside {', '.join(facts.named(cls.conflicts))}")
    if cls.fits.not_on_fargate:
        lines.append(f"cannot run on Fargate: {cls.fits.not_on_fargate}")
    lines += ["", click.style("fields", bold=True)]
    docs = field_docs(cls)
    for name, field in cls.model_fields.items():
        if name != "name":
            need = " (required)" if field.is_required() else ""
            lines.append(f"  {name}{need}: {' '.join(docs.get(name, '').split())}")
    lines += ["", click.style("permissions in AWS", bold=True)]
    lines += [f"  {arn}" for arn in asked.managed]
    lines += [f"  {line}" for line in document(asked.statements).splitlines()] if asked.statements else []
    if not (asked.managed or asked.statements):
        lines.append("  none")
    lines += ["", click.style("values", bold=True)]
    return lines + [f"  {line}" for line in json.dumps(asked.values, indent=2, sort_keys=True).splitlines()]
