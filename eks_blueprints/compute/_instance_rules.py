"""Rules about what instances are launched with, and about launch templates that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.core.leaves import repeated

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes

IN_THE_TEMPLATE = (
    "launch_template_name",
    "launch_template_description",
    "instance_name",
    "cpu_options",
    "cpu_credits",
    "enclave",
    "auto_recovery",
    "network_interfaces",
    "efa",
    "efa_network_cards",
    "private_dns_name_options",
    "license_configuration_arns",
    "disable_api_termination",
    "disable_api_stop",
    "disk",
    "disk_device_name",
    "additional_volumes",
    "security_group_ids",
    "security_groups",
    "remote_access",
    "http_put_response_hop_limit",
    "ebs_optimized",
    "monitoring",
    "placement",
    "capacity_reservation",
    "image",
    "max_pods",
    "pre_bootstrap_scripts",
    "post_bootstrap_scripts",
    "node_config",
    "bottlerocket_settings",
)
"""Fields that become part of the launch template, so that one that exists says them instead."""


def check_existing_template(nodes: Ec2Nodes, faults: Faults, *more: str) -> None:
    """A launch template that exists says everything about instances; `more` are fields of one sort of group."""
    if nodes.launch_template is None:
        return
    for field in (*IN_THE_TEMPLATE, *more):
        if field in nodes.model_fields_set:
            do = "write it into that template, or leave launch_template out"
            faults.add(field, f"is set by the launch template; got launch_template too; {do}")


def check_instances(nodes: Ec2Nodes, faults: Faults) -> None:
    """What instance types have, for what is asked of them, and interfaces that fit beside each other."""
    if nodes.cpu_credits is not None and (name := _without(nodes, "burstable")):
        do = "remove it, or use types such as t3"
        faults.add("cpu_credits", f"is for burstable types; got {name}; {do}")
    if nodes.enclave and (name := _without(nodes, "enclaves")):
        do = "remove it, or use a type that has them, of 4 vCPUs or more (2 on Graviton)"
        faults.add("enclave", f"is for types with Nitro Enclaves; got {name}; {do}")
    _check_cpu_options(nodes, faults)
    _check_interfaces(nodes, faults)
    if twice := repeated(str(arn) for arn in nodes.license_configuration_arns if isinstance(arn, str)):
        faults.add("license_configuration_arns", f"lists one twice; got {twice}; remove one")


def _without(nodes: Ec2Nodes, flag: str) -> str | None:
    """The first instance type that is known not to have something."""
    known = ((name, instance_type(name)) for name in nodes.named_types)
    return next((name for name, facts in known if facts is not None and flag not in facts.flags), None)


def _check_cpu_options(nodes: Ec2Nodes, faults: Faults) -> None:
    options = nodes.cpu_options
    if options is None:
        return
    cores, threads = options.core_count, options.threads_per_core
    for name in nodes.named_types:
        facts = instance_type(name)
        if facts is None:
            continue
        if "bare_metal" in facts.flags:
            faults.add("cpu_options", f"is not for bare metal; got {name}; remove it or name another type")
        elif threads == 2 and "arm64" in facts.architectures:
            at = ("cpu_options", "threads_per_core")
            faults.add(at, f"is 1 on Graviton; got 2 with {name}; set 1")
        elif cores is not None and threads is not None and cores * threads > facts.vcpus:
            at, got = ("cpu_options", "core_count"), f"{cores} with {threads} threads each on {name}"
            faults.add(at, f"is more than the type has; got {got}, which has {facts.vcpus} vCPUs; lower it")
        elif options.amd_sev_snp == "enabled" and facts.cpu_manufacturer not in ("amd", None):
            at = ("cpu_options", "amd_sev_snp")
            faults.add(at, f"is for types with AMD processors; got {name}; use types such as m6a, c6a or r6a")
        else:
            continue
        return


def _check_interfaces(nodes: Ec2Nodes, faults: Faults) -> None:
    places: dict[tuple[int, int], int] = {}
    for index, each in enumerate(nodes.network_interfaces):
        place = (each.network_card_index, each.device_index)
        if (other := places.setdefault(place, index)) != index:
            got = f"device {each.device_index} on card {each.network_card_index}"
            do = "give one another device_index"
            faults.add(
                ("network_interfaces", index), f"uses the same place as network_interfaces[{other}]; got {got}; {do}"
            )
        if each.security_group_ids and (twice := repeated(x for x in each.security_group_ids if isinstance(x, str))):
            at = ("network_interfaces", index, "security_group_ids")
            faults.add(at, f"lists one twice; got {twice}; remove one")
    several = any(not each.first for each in nodes.network_interfaces)
    for index, each in enumerate(nodes.network_interfaces):
        if several and each.associate_public_ip_address:
            at = ("network_interfaces", index, "associate_public_ip_address")
            faults.add(at, "is for instances with one interface; got true beside others; remove it")
    if several and nodes.subnets == "public":
        what = "must be private with further interfaces: such nodes get no public address"
        faults.add("subnets", f"{what}; got public; remove one")
    if nodes.efa_network_cards and not nodes.efa:
        got = shown(list(nodes.efa_network_cards))
        faults.add("efa_network_cards", f"is for nodes with efa; got {got} without it; set efa: true")
    if nodes.network_interfaces and nodes.efa:
        do = "name the cards of EFA by efa_network_cards, or write all interfaces without efa"
        faults.add("network_interfaces", f"cannot be combined with efa, which creates the interfaces; got both; {do}")
    _check_efa_cards(nodes, faults)


def _check_efa_cards(nodes: Ec2Nodes, faults: Faults) -> None:
    cards = nodes.efa_network_cards
    if len(set(cards)) != len(cards):
        faults.add("efa_network_cards", f"lists one twice; got {shown(list(cards))}; remove one")
    for name in nodes.named_types if nodes.efa else ():
        facts = instance_type(name)
        for index, card in enumerate(cards):
            if facts is not None and facts.efa_cards and card not in facts.efa_cards:
                use = f"use {facts.efa_cards.start} to {facts.efa_cards.stop - 1}"
                faults.add(("efa_network_cards", index), f"is not a card of {name} with EFA; got {card}; {use}")
