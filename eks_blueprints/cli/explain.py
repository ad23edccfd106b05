"""`eks-blueprints explain`: what a field means, and what a number comes from."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.default_command import DefaultCommandGroup
from eks_blueprints.cli.explain_hpa import hpa
from eks_blueprints.cli.explain_nodes import nodes, platform
from eks_blueprints.cli.explain_order import order
from eks_blueprints.cli.explain_vpa import vpa
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.facts import instance_types
from eks_blueprints.core.facts.instance_types import InstanceType
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.core.facts.pods import Mode
    from eks_blueprints.core.peer_fields import PeerField


@click.group(
    "explain",
    cls=DefaultCommandGroup,
    invoke_without_command=True,
    subcommand_metavar="FIELD | pods INSTANCE_TYPE... | hpa [STACK/WORKLOAD] | vpa STACK/WORKLOAD | nodes | platform "
    "| order",
)
@click.pass_context
def command(context: click.Context) -> None:
    """Explain a field of stack files: its type, its default, what it is for, and an example.

    \b
      eks-blueprints explain network.cidr
      eks-blueprints explain compute.managed_nodes.instance_types
      eks-blueprints explain addons.external_dns
      eks-blueprints explain enable_irsa         where a field of eksctl or terraform-aws-eks is
      eks-blueprints explain pods m7g.large      how many pods fit on a node of that type
      eks-blueprints explain hpa prod/web        how many pods an autoscaler makes, and why
      eks-blueprints explain vpa prod/web        how large one makes them, and whether there is room
      eks-blueprints explain nodes prod          how safe each kind of compute is, and who does what
      eks-blueprints explain order prod          in which order its elements are made
      eks-blueprints explain platform prod       which duties the platform covers, and by what
    """
    if context.invoked_subcommand is None:
        _show("", "text")
        click.echo("\nexplain one of them, such as: eks-blueprints explain network.cidr")


@click.command("field")
@click.argument("path", shell_complete=complete.fields)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def _field(path: str, form: str) -> None:
    """Explain one field."""
    _show(path, form)


command.default = _field


def _show(path: str, form: str) -> None:
    from dataclasses import asdict

    from eks_blueprints.core import peer_fields
    from eks_blueprints.core.errors import InputError
    from eks_blueprints.reference.field_help import field_help

    try:
        found = field_help(path)
    except InputError:
        meant = peer_fields.meanings(path.rpartition(".")[2])
        if not meant:
            raise
        paths = sorted({each for field in meant for each in field.paths})
        if form == "json":
            echo_document(document([asdict(each) | {"paths": each.paths} for each in meant]))
            return
        _show_meanings(path, meant)
        if len(paths) != 1:
            return
        click.echo()
        found = field_help(paths[0])
    if form == "json":
        echo_document(document(asdict(found)))
        return
    default = "" if found.default is None else f", default {json.dumps(found.default, ensure_ascii=False)}"
    click.echo(f"{click.style(found.path, bold=True)}  {found.type}{', required' if found.required else default}")
    for paragraph in found.text.split("\n\n"):
        click.echo(_wrapped(" ".join(paragraph.split()), "  "))
    if found.example:
        click.echo(f"\n  example  {click.style(found.example, fg='cyan')}")
    if found.fields:
        click.echo("\nfields")
        width = min(max(map(len, found.fields)), 30)
        for name, text in found.fields.items():
            click.echo(_wrapped(text, f"  {name:{width}}  ", " " * (width + 4)))


def _show_meanings(word: str, meant: list[PeerField]) -> None:
    """Where a field of other tools is in a stack file."""
    click.echo(f"{click.style(word, bold=True)}  is a field of other tools")
    for each in meant:
        click.echo(_wrapped(f"{each.tool}, {', '.join(each.of)}: {' or '.join(each.paths) or each.here}", "  ", "    "))


def _wrapped(text: str, first: str, rest: str | None = None) -> str:
    if not text:
        return first.rstrip()
    return textwrap.fill(text, show.width(110), initial_indent=first, subsequent_indent=rest or first)


@command.command("pods")
@click.argument("types", nargs=-1, required=True, metavar="INSTANCE_TYPE...")
@click.option(
    "--reserved-enis",
    type=click.IntRange(0, 15),
    default=0,
    metavar="NUMBER",
    help="Interfaces that Karpenter leaves free (its setting RESERVED_ENIS); 1 with custom networking.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def pods(types: tuple[str, ...], reserved_enis: int, form: str) -> None:
    """Show how many pods fit on a node, in every mode, and why.

    A pod takes an address of the VPC, and an instance type has so many network interfaces with so many addresses each.
    One address of each interface is its own, and two pods of every node use the host's network.

    \b
      single addresses     interfaces x (addresses - 1) + 2
      prefix delegation    interfaces x (addresses - 1) x 16 + 2, on the Nitro System
      custom networking    one interface less: the first is not the pods'
      Windows              the first interface alone

    EKS tells managed groups with its own images a maximum by what the VPC CNI is set to, at most 110 up to 30 vCPUs and
    250 above. All other nodes, Karpenter's too, count single addresses until `max_pods` says otherwise.

    \b
      eks-blueprints explain pods m7g.large
      eks-blueprints explain pods t3.medium m5.xlarge --format json
    """
    found = [_known(name) for name in types]
    if form == "json":
        echo_document(document([_data(kind, reserved_enis) for kind in found]))
        return
    for number, kind in enumerate(found):
        if number:
            click.echo()
        _table(kind, reserved_enis)
    click.echo(f"\nfrom the table of {instance_types.date()}: {instance_types.source()}")


def _known(name: str) -> InstanceType:
    found = instance_types.instance_type(name)
    if found is not None:
        if not {"x86_64", "arm64"} & set(found.architectures):
            raise click.UsageError(f"runs macOS and cannot be a node of a cluster; got {name}; choose another")
        return found
    if sizes := instance_types.families().get(name):
        raise click.UsageError(f"is a family and no instance type; got {name}; it has {', '.join(sizes)}")
    if name in instance_types.names():
        raise click.UsageError(f"only the name of this instance type is known; got {name}; choose another")
    from eks_blueprints.core.errors import unknown_name

    if sizes := instance_types.sizes_instead(name):
        family = name.partition(".")[0]
        raise click.UsageError(f"no such instance type; got {name}; {family} has {', '.join(sizes)}")
    message = unknown_name(name, instance_types.names(), "instance type")
    raise click.UsageError(f"{message} (the table is of {instance_types.date()})")


def _rows(kind: InstanceType, reserved_enis: int) -> list[Mode]:
    from eks_blueprints.core.facts.pods import Pods, modes
    from eks_blueprints.karpenter.instances import launchable
    from eks_blueprints.karpenter.labels import AUTO_MODE

    rows = modes(kind, reserved_interfaces=reserved_enis)
    if kind.name in launchable(AUTO_MODE):
        return rows
    never = Pods(0, "EKS Auto Mode runs no nodes of this type")
    return [replace(row, pods=never) if row.name.startswith("auto_mode") else row for row in rows]


def _table(kind: InstanceType, reserved_enis: int) -> None:
    facts = f"{kind.vcpus} vCPUs, {kind.memory_mib / 1024:g} GiB, {', '.join(kind.architectures)}"
    has = f"{kind.network_interfaces} interfaces with {kind.addresses_per_interface} IPv4 addresses each"
    click.echo(f"{click.style(kind.name, bold=True)}  {facts}; {has}{'' if kind.on_nitro else '; not on Nitro'}")
    rows = _rows(kind, reserved_enis)
    width = max(len(row.title) for row in rows)
    for row in rows:
        count = "any" if row.pods.count is None else str(row.pods.count)
        click.echo(f"  {row.title:<{width}}  {count:>4}  {click.style(row.pods.formula, dim=True)}")


def _data(kind: InstanceType, reserved_enis: int) -> dict[str, Any]:
    return {
        "instance_type": kind.name,
        "vcpus": kind.vcpus,
        "network_interfaces": kind.network_interfaces,
        "addresses_per_interface": kind.addresses_per_interface,
        "nitro": kind.on_nitro,
        "pods": {
            row.name: {"count": row.pods.count, "formula": row.pods.formula} for row in _rows(kind, reserved_enis)
        },
        "table": {"date": instance_types.date(), "source": instance_types.source()},
    }


command.add_command(hpa)
command.add_command(vpa)
command.add_command(nodes)
command.add_command(platform)
command.add_command(order)
