"""`eks-blueprints import state`: what a Pulumi stack holds, as a stack file and an adoption."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli.imports.existing import imported, of_what_exists, quoted

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.importers.found.adoption import Judged
    from eks_blueprints.lifecycle.importers.found.draft import Draft


@click.command("state")
@click.argument("state", metavar="FILE|STACK")
@of_what_exists
@click.option(
    "--same-stack",
    is_flag=True,
    help="The new program is deployed to the very stack that was exported: resources are renamed by aliases.",
)
def command(state: str, output: Path | None, cluster: str | None, form: str, same_stack: bool) -> None:
    """Take over a cluster from another Pulumi program, with nothing replaced.

    FILE is what pulumi stack export writes, - for standard input; STACK is the name of a stack, which is exported then.
    Programs of pulumi-eks 2, 3 and 4 and of plain aws.eks resources are understood, in any language. Secrets stay
    encrypted and are not read.

    Two files are written, as by import terraform: a stack file, and the adoption beside it. By default the new program
    gets a stack of its own, which imports the resources by their ids; the old stack then has to forget them, as the
    report says. With --same-stack it takes over the state itself, by aliases.

    \b
      pulumi stack export --stack acme/shop/prod > prod.json
      eks-blueprints import state prod.json -o stacks/prod.yaml
      eks-blueprints import state acme/shop/prod --format json

    Exit codes: 2 the state cannot be read, 3 a resource would be replaced all the same (the report says which).
    """
    from eks_blueprints.lifecycle.importers.pulumi_state import read_stack, read_state

    is_file = state == "-" or Path(state).exists() or Path(state).suffix == ".json"
    holdings = read_state(state) if is_file else read_stack(state)
    steps = {"before": _keep} if same_stack else {"after": _forget}
    imported(holdings, output, cluster, form, aliases=same_stack, **steps)


_RETAIN = "let the old program keep in AWS what leaves its state: retain_on_delete on everything, and one pulumi up"


def _forget(_draft: Draft, _found: Judged) -> Iterator[str]:
    """How the old stack forgets them."""
    yield "then have the old stack forget them before it is deployed again (the guide on adoption says how):"
    yield f"  {_RETAIN}; take them out of it, and one more"
    yield f"  or, if nothing else is in that stack: {quoted(['pulumi', 'stack', 'rm', '--force', '--stack'])} OLD"


def _keep(draft: Draft, found: Judged) -> Iterator[str]:
    """What the stack holds besides, which its new program does not make and would delete."""
    taken = {each.found.place for each in found.taken.values()}
    left = [each for each in draft.holdings.resources if each.place not in taken and each.urn is not None]
    if left:
        yield "the new program has to be of the same project, or Pulumi takes the stack for another one"
        yield f"FIRST: {len(left)} resources of this stack are not part of the new program, which would delete them"
        yield f"  {_RETAIN}; they then leave the state alone:"
        yield from (f"  {each.place}" for each in left)
