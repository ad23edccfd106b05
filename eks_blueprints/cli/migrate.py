"""`eks-blueprints migrate`: migrations of a platform as phases, each a change of the stack file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete
from eks_blueprints.cli.streams import echo_document, echo_report
from eks_blueprints.cli.targets import one_target
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.printed import document, visible

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from eks_blueprints.lifecycle.migrate.model import Command, Found, Shown

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _names(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from eks_blueprints.lifecycle.migrate.catalogue import MIGRATIONS

    return [CompletionItem(each.name, help=each.title) for each in MIGRATIONS if each.name.startswith(begun)]


@click.command("migrate")
@click.argument("name", required=False, metavar="[NAME]", shell_complete=_names)
@click.argument("stack", required=False, metavar="[STACK|FILE]", shell_complete=complete.stacks)
@click.option("--write", is_flag=True, help="Write the next phase into the stack file.")
@click.option(
    "--aws-auth", type=_FILE, metavar="FILE",
    help="For aws-auth-to-access-entries: kubectl get configmap aws-auth -n kube-system -o yaml.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="json is documented in docs/reference/migrate.schema.json.",
)  # fmt: skip
def command(name: str | None, stack: str | None, write: bool, aws_auth: Path | None, form: str) -> None:
    """Move a platform from one technique to another, one reviewed change of the stack file at a time.

    \b
      eks-blueprints migrate                          the migrations there are
      eks-blueprints migrate gp2-to-gp3 prod          all phases as diffs
      eks-blueprints migrate gp2-to-gp3 prod --write  write the next phase alone

    A typical migration: look at all phases, then for each: do its checks, --write, review, commit, `pulumi up`, and do
    what it says for afterwards. Which phase is next is read from the stack file: it can be run again at any time.
    Comments and layout stay. A phase that something stands in the way of is not written.

    Exit codes: 0 shown, written, or finished already; 2 the migration does not apply, or the input is invalid.
    """
    from eks_blueprints.lifecycle.migrate.catalogue import MIGRATIONS, migration
    from eks_blueprints.lifecycle.migrate.model import Given
    from eks_blueprints.lifecycle.migrate.run import look, write_next

    if name is None:
        if form == "json":
            echo_document(
                document([{"name": each.name, "title": each.title, "about": each.about} for each in MIGRATIONS])
            )
            return
        width = max(len(each.name) for each in MIGRATIONS)
        echo_report("\n".join(f"{each.name:<{width}}  {each.about}" for each in MIGRATIONS), form)
        return
    wanted = migration(name)
    target = one_target(stack, None)
    if target.file is None:
        message = "has no stack file to write to; got a program; change it by hand, in the order of the phases"
        raise InputError([Problem((), message, str(target.source))])
    found = look(wanted, stack or target.stack, target.file, Given(aws_auth))
    written = write_next(found) if write else None
    if form == "json":
        echo_document(document({**found.to_data(), "written": written.phase.id if written else None}))
    elif write:
        _written(found, written)
    else:
        echo_report(visible("\n".join(_lines(found))), form)


def _written(found: Found, written: Shown | None) -> None:
    if written is None:
        click.echo("all phases are done: nothing to write", err=True)
        return
    click.echo(visible(written.diff), nl=False)
    for other in found.shared:
        note = click.style("note", fg="yellow")
        click.echo(f"{note}: {other} extends a file that changes, and changes with it", err=True)
    click.echo(
        f"written: {written.phase.title}; commit it and deploy it{', then:' if written.phase.after else ''}", err=True
    )
    for line in _commands(written.phase.after):
        click.echo(line, err=True)


def _lines(found: Found) -> Iterator[str]:
    coming = found.next
    at = "finished" if coming is None else f"next: {coming.phase.title}"
    yield f"{found.migration.title}: {found.file.as_posix()}: {at}"
    for number, each in enumerate(found.phases, 1):
        yield ""
        once = "; cannot be undone" if each.phase.cannot_be_undone else ""
        state = {"nothing": "nothing to change"}.get(each.state, each.state)
        yield f"{number}. {each.phase.title} ({state}{once})"
        if each.state in ("done", "nothing"):
            continue
        yield f"   why: {each.phase.why}"
        yield from _titled("before:", each.phase.before)
        yield from (f"   in the way: {problem}" for problem in each.problems)
        yield from (f"   {line}" for line in each.diff.splitlines())
        yield from _titled("after:", each.phase.after)
    if found.stays:
        yield ""
        yield "what does not move:"
        yield from (f"  {each}" for each in found.stays)
    if coming is not None:
        yield ""
        yield f"write the next phase: $ eks-blueprints migrate {found.migration.name} {found.stack} --write"


def _titled(title: str, commands: tuple[Command, ...]) -> Iterator[str]:
    if commands:
        yield f"   {title}"
        yield from _commands(commands)


def _commands(commands: tuple[Command, ...]) -> Iterator[str]:
    for each in commands:
        yield f"     $ {each.run}"
        if each.shows:
            yield f"       shows: {each.shows}"
