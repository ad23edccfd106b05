"""Accelerators of nodes and the add-ons that offer them to pods: one without the other is of no use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.addons.base import AddOn
from eks_blueprints.blueprint.addon_defaults import hosts, settled
from eks_blueprints.blueprint.kinds import Ec2Nodes
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.facts.instance_types import instance_type

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.compute.base import Compute

_PLUGINS = {"nvidia": ("nvidia_device_plugin", "GPUs of NVIDIA"), "neuron": ("neuron", "Inferentia or Trainium chips")}


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Device plugins that no node has work for or that two run of, and accelerators that no pod can request."""
    offering = [addon for addon in settled(args) if addon.devices]
    for addon in offering:
        yield from _idle(addon, args)
        yield from _twice(addon, args)
    offered = {addon.devices for addon in offering}
    for compute in args.compute:
        yield from _unused(compute, offered, args)


def _idle(addon: AddOn, args: BlueprintArgs) -> Iterator[Problem]:
    there = hosts(args)
    if not there or args.cluster.auto_mode is not None or any(_makers(compute) is None for compute in args.compute):
        return
    if not any(addon.devices in (_makers(compute) or ()) for compute in args.compute):
        what = _PLUGINS[addon.devices][1]
        types = ", ".join(sorted({name for compute in there for name in compute.node_instance_types}))
        message = f"has no node to run on, as it is for {what}; got nodes of {types}; add nodes that have some"
        yield _doubt(addon.name, message)


def _twice(addon: AddOn, args: BlueprintArgs) -> Iterator[Problem]:
    own = [each.name for each in args.compute if _brings_plugin(each) and addon.devices in (_makers(each) or ())]
    if own:
        named, do = ", ".join(own), "use an image of Amazon Linux for them, or remove it"
        message = (
            f"runs beside the device plugin in Bottlerocket's image, and both advertise the same devices; got {named}"
        )
        yield _doubt(addon.name, f"{message}; {do}")


def _unused(compute: Compute, offered: set[str], args: BlueprintArgs) -> Iterator[Problem]:
    if args.cluster.auto_mode is not None and compute not in hosts(args):
        return
    if not isinstance(compute, Ec2Nodes) or _brings_plugin(compute):
        return
    for maker in sorted(set(_makers(compute) or ()) & _PLUGINS.keys() - offered):
        kind, what = _PLUGINS[maker]
        message = f"have {what} that no pod can request; got addons without a device plugin; add {kind}: {{}}"
        yield Problem(("compute", compute.name, "instance_types"), message, severity="warning")


def _makers(compute: Compute) -> frozenset[str] | None:
    """Who makes the accelerators of its nodes; None where that is not known of all."""
    if compute.kind() == "fargate" or compute.operating_system != "linux":
        return frozenset()
    facts = [instance_type(name) for name in compute.node_instance_types]
    if not facts or not all(facts):
        return None
    return frozenset(each.accelerator for each in facts if each is not None and each.accelerator)


def _brings_plugin(compute: Compute) -> bool:
    # Bottlerocket's variants for NVIDIA run k8s-device-plugin as a service of the host.
    return (
        isinstance(compute, Ec2Nodes) and compute.ami.family == "BOTTLEROCKET" and compute.ami.accelerator == "nvidia"
    )


def _doubt(name: str, message: str) -> Problem:
    return Problem(("addons", name), message, severity="warning")
