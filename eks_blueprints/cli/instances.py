"""`eks-blueprints instances`: the instance types that have what somebody wants, ready for a stack file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import click

from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.facts import instance_types
from eks_blueprints.core.facts.instance_selection import Architectures, Span, Wanted, matches, select

if TYPE_CHECKING:
    from eks_blueprints.core.facts.instance_types import InstanceType

_F = TypeVar("_F", bound=Callable[..., Any])

_IN_A_MANAGED_GROUP, _IN_ANY_GROUP = 20, 40  # EKS, "CreateNodegroup"; EC2 Auto Scaling, "LaunchTemplate"
_MAKERS = {"amazon-web-services": "aws", "aws": "aws", "amd": "amd", "intel": "intel"}
_GPU_MAKERS = ("nvidia", "amd")
_SPANS = {
    "vcpus": "vcpus",
    "gpus": "gpus",
    "neuron": "neuron",
    "local_storage": "local_storage_gb",
    "network": "network_gbps",
    "ebs": "ebs_mbps",
    "interfaces": "interfaces",
}
_MEMORY = {"memory": "memory_mib", "gpu_memory": "gpu_memory_mib"}
_WORDS = {
    "vCPUs": "vcpus",
    "cpuArchitecture": "architecture",
    "cpu_architecture": "architecture",
    "neuronDevices": "neuron",
    "neuron_devices": "neuron",
    "currentGeneration": "current_generation",
    "bareMetal": "bare_metal",
    "gpuMemory": "gpu_memory",
}
"""What eksctl and the EC2 instance selector call it, and what it is here."""

_SORTS = {"included": None, "required": True, "excluded": False}
_FLAGS = ("burstable", "bare_metal", "current_generation", "spot", "efa", "enclaves", "hibernation")
_LISTS = ("allow", "deny", "cpu_manufacturers")
_CHOICES = {"architecture": Architectures, "gpu_manufacturer": _GPU_MAKERS}
_KNOWN = (*_SPANS, *_MEMORY, *_FLAGS, *_LISTS, *_CHOICES)


def _range(name: str, of: str, *more: str) -> Callable[[_F], _F]:
    return click.option(f"--{name.replace('_', '-')}", *more, name, metavar="RANGE", help=of)


def _flag(name: str, of: str) -> Callable[[_F], _F]:
    option = name.replace("_", "-")
    return click.option(f"--{option}/--no-{option}", name, default=None, help=of)


def _sort(name: str, of: str) -> Callable[[_F], _F]:
    return click.option(f"--{name.replace('_', '-')}", name, type=click.Choice(list(_SORTS)), help=of)


@click.command("instances")
@click.argument("selector", required=False)
@_range("vcpus", "vCPUs.", "--vCPUs")
@_range("memory", "Memory; bare numbers are GiB.")
@click.option(
    "--architecture",
    "--cpu-architecture",
    type=click.Choice(Architectures),
    help="Architecture of the processors.  [default: x86_64]",
)
@_range("gpus", "GPUs. Without it, and without --neuron, types have no accelerators.")
@click.option(
    "--gpu-manufacturer",
    type=click.Choice(_GPU_MAKERS),
    help="Who makes the GPUs; EKS has images for NVIDIA's.  [default: nvidia]",
)
@_range("gpu_memory", "Memory of all GPUs together.")
@_range("neuron", "Devices of AWS Inferentia and Trainium.", "--neuron-devices")
@_range("local_storage", "Size of the disks that come with the type, in GB.")
@_range("network", "Baseline network bandwidth, in gigabits per second.")
@_range("ebs", "Baseline bandwidth to EBS volumes, in megabits per second.")
@_range("interfaces", "Network interfaces.")
@click.option("--allow", multiple=True, metavar="PATTERN", help="Only these, such as 'm7*' or 'c7i.*'.")
@click.option("--deny", multiple=True, metavar="PATTERN", help="Leave these out.")
@click.option("--cpu-manufacturer", "cpu_manufacturers", multiple=True, type=click.Choice(sorted(_MAKERS)))
@_sort("burstable", "Types with CPU credits, such as t3.  [default: excluded]")
@_sort("bare_metal", "Types without a hypervisor.  [default: excluded]")
@_flag("current_generation", "Types of which EC2 has no later generation alone, or the others.")
@_flag("spot", "Types that are sold as spot.")
@_flag("efa", "Types with the Elastic Fabric Adapter.")
@_flag("enclaves", "Types with Nitro Enclaves.")
@_flag("hibernation", "Types that can hibernate.")
@click.option("--region", default="us-east-1", show_default=True, help="Region whose prices are shown.")
@click.option(
    "--sort-by", type=click.Choice(["price", "size", "name"]), default="price", show_default=True, help="Order."
)
@click.option("--most", type=click.IntRange(1), metavar="NUMBER", help="Show this many at most.")
@click.option("--format", "form", type=click.Choice(["text", "yaml", "json"]), default="text", show_default=True)
def command(selector: str | None, region: str, sort_by: str, most: int | None, form: str, **asked: Any) -> None:
    """List the instance types that have what you want, as a list for a stack file.

    A managed group takes a list of instance types. The list is pinned in the stack file: later types do not change it.
    No AWS account is needed; the facts come from the table in this package.

    A RANGE is one number (exactly that many) or a range: 4..16, 4.. or ..16. SELECTOR is the same as one mapping.
    eksctl's words of instanceSelector (vCPUs, cpuArchitecture, neuronDevices) can be used too.

    \b
      eks-blueprints instances --vcpus 4..16 --memory 16GiB.. --architecture arm64
      eks-blueprints instances '{vcpus: 4..16, architecture: arm64}'
      eks-blueprints instances --vcpus 8 --gpus 1.. --deny 'p2*' --spot --format yaml
    """
    said = {**_read(selector), **{key: value for key, value in asked.items() if value not in (None, ())}}
    wanted = _wanted(said)
    found = _sorted(select(wanted), sort_by, region)
    shown = found[:most]
    if not shown:
        raise click.UsageError(
            f"no instance type of {instance_types.date()} has all of that; require less, or --burstable included"
        )
    _FORMS[form](shown, len(found), region, wanted)


def _read(selector: str | None) -> dict[str, Any]:
    if selector is None:
        return {}
    from eks_blueprints.core.errors import shown, unknown_name
    from eks_blueprints.core.yaml_text import YAMLError, load

    try:
        given = load(selector)
    except YAMLError:
        given = None
    if not isinstance(given, Mapping):
        do = "write it like '{vcpus: 4..16, memory: 16GiB..}'"
        raise click.UsageError(f"the selector is not a mapping; got {shown(selector)}; {do}")
    said: dict[str, Any] = {}
    for key, value in given.items():
        name = _WORDS.get(str(key), str(key))
        if name not in _KNOWN:
            raise click.UsageError(unknown_name(str(key), [*_KNOWN, *_WORDS], "word of a selector"))
        said[name] = value
    return said


def _wanted(said: Mapping[str, Any]) -> Wanted:
    fields: dict[str, Any] = {}
    for name, value in said.items():
        try:
            if name in _SPANS:
                fields[_SPANS[name]] = Span.read(_text(value))
            elif name in _MEMORY:
                fields[_MEMORY[name]] = Span.memory(_text(value))
            elif name in _LISTS:
                fields[name] = _patterns(name, value)
            else:
                fields[name] = _plain(name, value)
        except ValueError as error:
            raise click.UsageError(f"{name}: {error}") from None
    return Wanted(**fields)


def _text(value: Any) -> str:
    return "" if isinstance(value, bool) else str(value)


def _patterns(name: str, value: Any) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise ValueError(f"needs texts; got {value!r}; write a pattern, or a list of some")
    if name == "cpu_manufacturers":
        if unknown := next((each for each in given if each not in _MAKERS), None):
            raise ValueError(f"is not a manufacturer; got {unknown}; use {', '.join(sorted(_MAKERS))}")
        return tuple(_MAKERS[each] for each in given)
    found = tuple(part.strip() for each in given for part in ([each] if each.startswith("^") else each.split(",")))
    for pattern in found:
        matches(pattern, "m5.large")
    return found


def _plain(name: str, value: Any) -> Any:
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise ValueError(f"is none that is known; got {value}; use {' or '.join(_CHOICES[name])}")
    elif name in ("burstable", "bare_metal") and value in _SORTS:
        return _SORTS[value]
    elif not isinstance(value, bool):
        raise ValueError(f"is yes or no; got {value!r}; write true or false")
    return value


def _sorted(found: list[InstanceType], by: str, region: str) -> list[InstanceType]:
    if by == "price":
        prices = {each.name: _price(each.name, region) for each in found}
        # Those without a price come last.
        found = sorted(found, key=lambda each: (prices[each.name] is None, prices[each.name] or 0))
    return sorted(found, key=lambda each: each.name) if by == "name" else found


@cache
def _price(name: str, region: str) -> float | None:
    from eks_blueprints.review.cost.prices import list_prices

    return list_prices().instance(name, region)


def _as_text(found: list[InstanceType], count: int, region: str, wanted: Wanted) -> None:
    width = max(len(each.name) for each in found)
    for each in found:
        price = _price(each.name, region)
        cost = "no price" if price is None else f"${price:.4f}/h"
        click.echo(
            f"{each.name:<{width}}  {each.vcpus:>4} vCPUs {each.memory_mib / 1024:>7g} GiB  {cost:>11}{_more(each)}"
        )
    click.echo("\nfor a stack file:")
    _as_yaml(found, count, region, wanted)
    left = f", of {count} that have it" if count > len(found) else ""
    click.echo(f"\n{len(found)} types{left}, on-demand prices of {region}", err=True)
    click.echo(f"from the table of {instance_types.date()}: {instance_types.source()}", err=True)
    if len(found) > _IN_A_MANAGED_GROUP:
        what = f"a managed group accepts {_IN_A_MANAGED_GROUP} types and a self-managed one {_IN_ANY_GROUP}"
        click.echo(f"{what}: narrow it, or add --most {_IN_A_MANAGED_GROUP}", err=True)


def _more(each: InstanceType) -> str:
    said = []
    if each.accelerator is not None:
        said.append(f"{each.accelerator_count} x {each.accelerator_name}")
    if each.storage_gb:
        said.append(f"{each.storage_gb} GB of disks")
    said += [flag for flag in ("burstable", "bare_metal") if flag in each.flags]
    return f"  {', '.join(said)}" if said else ""


def _as_yaml(found: list[InstanceType], _count: int, _region: str, wanted: Wanted) -> None:
    click.echo("instance_types:")
    for each in found:
        click.echo(f"  - {each.name}")
    if wanted.architecture != "x86_64":
        click.echo(f"# all of them are {wanted.architecture}, and so is the image by default")


def _as_json(found: list[InstanceType], count: int, region: str, _wanted: Wanted) -> None:
    rows = [
        {
            "instance_type": each.name,
            "architectures": list(each.architectures),
            "vcpus": each.vcpus,
            "memory_mib": each.memory_mib,
            "accelerator": each.accelerator_name,
            "accelerator_count": each.accelerator_count,
            "storage_gb": each.storage_gb,
            "price_hour": _price(each.name, region),
        }
        for each in found
    ]
    table = {"date": instance_types.date(), "source": instance_types.source()}
    echo_document(json.dumps({"instance_types": rows, "count": count, "region": region, "table": table}, indent=2))


_FORMS = {"text": _as_text, "yaml": _as_yaml, "json": _as_json}
