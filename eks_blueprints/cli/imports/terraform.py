"""`eks-blueprints import terraform`: what a state of Terraform holds, as a stack file and an adoption."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli.imports.existing import imported, of_what_exists, quoted

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.importers.found.adoption import Judged
    from eks_blueprints.lifecycle.importers.found.draft import Draft


@click.command("terraform")
@click.argument("state", metavar="STATE")
@of_what_exists
def command(state: str, output: Path | None, cluster: str | None, form: str) -> None:
    """Take over a cluster from a state of Terraform or OpenTofu, with nothing replaced.

    STATE is a file of format 4 (terraform state pull), what terraform show -json prints, or - for standard input.
    It is read here and sent nowhere; what it calls sensitive is not read at all. terraform-aws-eks 20 and 21 with its
    modules for node groups, Fargate and Karpenter, terraform-aws-vpc, and resources of the AWS provider are understood.

    Two files are written: a stack file that describes the cluster, its nodes, add-ons and access, and beside it the
    adoption, <stack>.adopt.yaml, by which the next pulumi up imports each of them as it is. The VPC, roles, keys and
    launch templates stay what they are, by their ids. The report says what the up after that changes in place, what
    keeps a value that the stack file would replace, and what is left alone.

    \b
      terraform state pull > prod.tfstate
      eks-blueprints import terraform prod.tfstate -o stacks/prod.yaml
      terraform show -json | eks-blueprints import terraform - --cluster shop

    Exit codes: 2 the state cannot be read, 3 a resource would be replaced all the same (the report says which).
    """
    from eks_blueprints.lifecycle.importers.terraform import read_state

    imported(read_state(state), output, cluster, form, after=_forget)


def _forget(draft: Draft, found: Judged) -> Iterator[str]:
    """What Terraform has to forget: the innermost modules of what was taken over, and resources of the root."""
    names = [each.found.place for each in found.taken.values() if "." in each.found.place.partition(" ")[0]]
    modules = {name: _module(name) for name in names}
    tops = dict.fromkeys(_outermost(modules[name], modules.values()) or name for name in names)
    yield "then have Terraform forget them before its next apply, and take them out of its configuration:"
    for name in tops:
        yield f"  {quoted(['terraform', 'state', 'rm', name])}"
    taken = set(names)
    forgotten = tuple(f"{each}." for each in tops if each not in taken)
    rest = [
        each.place for each in draft.holdings.resources if each.place not in taken and each.place.startswith(forgotten)
    ]
    if forgotten and rest:
        yield f"  {len(rest)} more resources of these modules, such as security groups, stay in AWS, managed by nobody"


_STEP = re.compile(r'module\.[^.\[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.')
"""A module in an address, with its key of count or for_each, which may hold dots, brackets and escaped quotes."""


def _module(address: str) -> str:
    """The module that a resource is in; empty for the root."""
    end = 0
    while step := _STEP.match(address, end):
        end = step.end()
    return address[:end].removesuffix(".")


def _outermost(module: str, modules: Collection[str]) -> str:
    """Of the modules that something is taken over from, the one that a module is in; a module itself may be it."""
    around = [each for each in modules if each and f"{module}.".startswith(f"{each}.")]
    return min(around, key=len, default="")
