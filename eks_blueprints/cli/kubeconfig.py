"""`eks-blueprints kubeconfig`: one kubeconfig for the clusters of several stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli import complete
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core import kubeconfig_files
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.review.preview.targets import Target

_PRIVATE = 0o600


@click.command("kubeconfig")
@click.argument("stacks", nargs=-1, metavar="[STACK]...", shell_complete=complete.stacks)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Default: standard output."
)
def command(stacks: tuple[str, ...], output: Path | None) -> None:
    """Write one kubeconfig with a context for each stack, named after the stack.

    STACK is a stack of this project; by default all that have a cluster. Each must be deployed, because the file is
    made from its output `kubeconfig`, which is read with the Pulumi CLI. The file contains no credentials: kubectl
    gets a token from the AWS CLI, with the role or profile of the stack's own kubeconfig.

    \b
      eks-blueprints kubeconfig -o platform.kubeconfig           all stacks that have a cluster
      eks-blueprints kubeconfig dev prod -o platform.kubeconfig
      KUBECONFIG=~/.kube/config:platform.kubeconfig kubectl --context prod get nodes
    """
    from eks_blueprints.review.engine.command import EngineError
    from eks_blueprints.review.preview.targets import all_targets, named_targets

    try:
        found = _found(named_targets(stacks) if stacks else all_targets(), all_of_them=not stacks)
    except EngineError as error:
        click.echo(str(error), err=True)
        raise SystemExit(Exit.FAILED) from None
    text = document(kubeconfig_files.merged(found))
    if output is None:
        echo_document(text)
        return
    from eks_blueprints.core.files import put

    _keep_others(output, found)
    put(output, f"{text}\n", mode=_PRIVATE)
    click.echo(f"{output}: {', '.join(found)}", err=True)


def _found(targets: Sequence[Target], *, all_of_them: bool) -> dict[str, Mapping[str, Any]]:
    """The kubeconfigs by stack; where all are meant, without the stacks that have none."""
    from eks_blueprints.review.engine.command import find_engine
    from eks_blueprints.review.engine.outputs import stack_output

    engine = find_engine(install=False, offer=False)
    found: dict[str, Mapping[str, Any]] = {}
    lacking: list[str] = []
    for target in targets:
        text = stack_output(target, "kubeconfig", engine)
        if text is None:
            lacking.append(target.stack)
        else:
            found[target.stack] = kubeconfig_files.read(text, target.stack)
    if lacking and not (all_of_them and found):
        raise InputError(list(_none(lacking)))
    for name in lacking:
        click.echo(f"{name}: exports no kubeconfig; it is left out", err=True)
    return found


def _none(stacks: Sequence[str]) -> Iterator[Problem]:
    for name in stacks:
        message = "exports no kubeconfig; got a stack without that output; deploy it, or name a stack with a cluster"
        yield Problem((), message, name)


def _keep_others(file: Path, ours: Mapping[str, Any]) -> None:
    """Refuse to write over a kubeconfig that has contexts of others."""
    if not file.exists():
        return
    from eks_blueprints.core.files import text_of

    held = kubeconfig_files.contexts(kubeconfig_files.read(text_of(file, errors="replace"), str(file)))
    if others := [name for name in held if name not in ours]:
        do = f"name a file of its own, and join them: KUBECONFIG={file}:FILE"
        message = f"holds contexts that would be lost; got {', '.join(others)}; {do}"
        raise InputError([Problem((), message, str(file))])
