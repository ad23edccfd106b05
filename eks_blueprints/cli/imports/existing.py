"""What imports of existing resources have in common: options, files, report, what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from eks_blueprints.cli.imports import common
from eks_blueprints.core.printed import visible

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.importers.found.adoption import Judged
    from eks_blueprints.lifecycle.importers.found.draft import Draft
    from eks_blueprints.lifecycle.importers.found.model import Holdings

_OUTPUT = common.output(
    "FILE", "Stack file to write, such as stacks/prod.yaml; the adoption goes beside it, as stacks/prod.adopt.yaml."
)
_CLUSTER = click.option("--cluster", metavar="NAME", help="Name of the cluster in AWS. Default: the only one there is.")
Steps: TypeAlias = "Callable[[Draft, Judged], Iterator[str]]"
"""What to do, as lines, for what was taken over."""
REPLACED = 3
"""Exit code where a resource would be replaced in spite of all."""


def of_output(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of each import of existing resources: what is written, and how it is reported."""
    return _OUTPUT(common.formats(command))


def of_what_exists(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and which cluster of a state."""
    return of_output(_CLUSTER(command))


def imported(
    holdings: Holdings,
    output: Path | None,
    cluster: str | None,
    form: str,
    *,
    before: Steps | None = None,
    after: Steps | None = None,
    aliases: bool = False,
) -> None:
    """Write the stack file and the adoption of what was found, and say what happens to each resource.

    Args:
        holdings: what was found.
        output: the stack file; None for standard output.
        cluster: name of the cluster.
        form: form of the report.
        before: what has to be done before the first up.
        after: how the source forgets what was taken over.
        aliases: whether the resources are in the state of this stack already.

    Raises:
        InputError: if nothing can be made of it.
    """
    from eks_blueprints.adoption.file import beside
    from eks_blueprints.lifecycle.importers import files
    from eks_blueprints.lifecycle.importers.found import told
    from eks_blueprints.lifecycle.importers.found.adoption import judged
    from eks_blueprints.lifecycle.importers.found.stack import drafted
    from eks_blueprints.lifecycle.importers.writing import as_yaml

    draft = drafted(holdings, cluster)
    about = f"Imported from {visible(holdings.source)}."
    text = f"# {about}\n{as_yaml(draft.data)}"
    found = judged(draft, text, output.stem if output is not None else "dev", aliases=aliases)
    if output is None:
        click.echo(text, nl=False)
    else:
        files.write({output: text, beside(output): found.text(about)})
    steps = _write() if output is None else _next(draft, found, output, before, after)
    common.report(lambda: told.to_data(draft, found), (*told.lines(draft, found), *steps), output, form)
    if found.replaced:
        raise click.exceptions.Exit(REPLACED)


def _write() -> Iterator[str]:
    yield "next:"
    yield "  write both files with -o stacks/STACK.yaml"


def _next(draft: Draft, found: Judged, output: Path, before: Steps | None, after: Steps | None) -> Iterator[str]:
    from eks_blueprints.adoption.file import beside

    adoption, stack = beside(output), output.stem
    renamed = any(each.adopted.alias is not None for each in found.taken.values())
    yield "next:"
    yield from (f"  {line}" for line in (before(draft, found) if before else ()))
    yield f"  eks-blueprints preview {output}"
    if not renamed:
        yield f"  pulumi stack init {stack}   # unless there is one"
    expected = "nothing of the cluster is replaced or deleted" if renamed else "imports; nothing is replaced or deleted"
    yield f"  pulumi preview --stack {stack}   # {expected}"
    yield f"  pulumi up --stack {stack}"
    if any(each.adopted.keep for each in found.taken.values()):
        yield f"  set adopted: true in {adoption}; what it keeps stays kept"
    else:
        yield f"  git rm {adoption}"
    yield from (f"  {line}" for line in (after(draft, found) if after else ()))


def quoted(words: list[str]) -> str:
    """Words of a command, as a shell takes them."""
    return shlex.join(words)
