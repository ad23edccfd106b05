"""Where pods and nodes come from: a stack's plan, the export of a cluster, a table of requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.core.printed import one_line

if TYPE_CHECKING:
    from eks_blueprints.capacity.model import Platform
    from eks_blueprints.review.cost.prices import Prices

STACK = click.argument("stack", required=False, metavar="[STACK|FILE]", shell_complete=complete.stacks)


def sources(command: Any) -> Any:
    """The options of commands that place the pods of one stack."""
    return parts(_AT(command))


def parts(command: Any) -> Any:
    """The options that say where the pods and nodes of one stack come from."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_AT = click.option(
    "--at",
    type=click.Choice(["least", "most"]),
    default="least",
    show_default=True,
    help="How many pods there are of what scales.",
)
_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--cluster",
        type=_FILE,
        metavar="FILE",
        help="Export of a running cluster, as kubectl get -o json or -o yaml writes it: its nodes, and its pods "
        "besides those of the stack. Without STACK, the cluster as it is.",
    ),
    click.option(
        "--pods", type=_FILE, metavar="FILE", help="CSV file with more pods: name,count,cpu,memory, and other columns."
    ),
    click.option("--prices", type=_FILE, help="TOML file with prices that override the list prices."),
    click.option(
        "--program",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="Read any Pulumi Python program, in DIR; STACK names one of its stacks.",
    ),
    show.render,
)


def platforms(
    stack: str | None, *, program: Path | None, prices: Path | None, cluster: Path | None, pods: Path | None
) -> tuple[str, list[Platform]]:
    """The name of the stack, or of the export, and the platforms whose pods are placed.

    Raises:
        InputError: if there is no such stack, it makes no cluster, or a file cannot be read.
    """
    from eks_blueprints.review.cost import read_prices
    from eks_blueprints.review.cost.prices import list_prices

    table = read_prices(prices) if prices else list_prices()
    if cluster is not None and stack is None and program is None:
        from eks_blueprints.capacity.read.export import platform_of_export

        title, found = cluster.stem, [platform_of_export(cluster, table)]
    else:
        title, found = _of_stack(stack, program, table)
        if cluster is not None:
            from eks_blueprints.capacity.read.export import with_export

            found = [with_export(only(found, cluster), cluster, table)]
    if pods is not None:
        from eks_blueprints.capacity.read.table import read_table

        platform = only(found, pods)
        found = [replace(platform, demands=(*platform.demands, *read_table(pods)))]
    return title, found


def _of_stack(stack: str | None, program: Path | None, prices: Prices) -> tuple[str, list[Platform]]:
    from eks_blueprints.capacity.read.plan import platforms_of
    from eks_blueprints.cli.targets import one_target
    from eks_blueprints.core.errors import InputError, Problem
    from eks_blueprints.policies.stack import Stack
    from eks_blueprints.review.preview.run import preview

    target = one_target(stack, program)
    found = platforms_of(Stack.of_plan(preview(target).plan), prices)
    if not found:
        message = "makes no EKS cluster; got a stack without one; name a stack that makes one"
        raise InputError([Problem((), message, target.stack)])
    return target.stack, found


def only(found: list[Platform], file: Path) -> Platform:
    """The only cluster, whose pods or nodes a file can be."""
    if len(found) > 1:
        names = ", ".join(each.name for each in found)
        raise click.UsageError(f"{file} is of one cluster; got a stack that makes {names}; name a stack with one")
    return found[0]


def blocked(reasons: Iterable[str]) -> None:
    """Leave with the code of a gate that says no, where there is a reason."""
    found = list(reasons)
    for reason in found:
        click.echo(f"{click.style('blocked', fg='red')}  {one_line(reason)}", err=True)
    if found:
        raise click.exceptions.Exit(Exit.REFUSED)
