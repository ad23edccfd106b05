"""Add-ons whose pods need the instance metadata service, on nodes that keep pods from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.addon_defaults import settled
from eks_blueprints.blueprint.kinds import ChartAddOn, Ec2Nodes, Karpenter
from eks_blueprints.core.errors import Path, Problem

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.blueprint.spec import BlueprintArgs

_HOPS = "http_put_response_hop_limit"
_AUTO_MODE = "nodes of EKS Auto Mode"
"""Their limit is 1 and cannot be changed. Source: EKS user guide, "Create a Node Class", read 2026-11-29."""


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Warnings about pods outside the host's network that ask what no answer reaches them of."""
    for addon in settled(args):
        by_role = addon.identity_used == "node_role"
        if not (by_role or addon.asks_node) or _on_host_network(addon):
            continue
        if nodes := _closed(args):
            what = "have the rights of their node's role" if by_role else "learn where they run"
            message = f"has pods that {what} by the metadata service, whose answers do not reach them"
            path: Path = ("addons", addon.name, *(("identity",) if by_role else ()))
            do = f"set {_HOPS}: 2 there" if nodes != [_AUTO_MODE] else ""
            do = " or ".join(filter(None, ("use pod_identity" if by_role else "", do))) or "use another add-on"
            yield Problem(path, f"{message}; got {', '.join(nodes)}; {do}", severity="warning")


def _closed(args: BlueprintArgs) -> list[str]:
    """The nodes from which answers of the service go one hop, to the node itself."""
    found = [_AUTO_MODE] if args.cluster.auto_mode is not None else []
    for compute in args.compute:
        if isinstance(compute, Ec2Nodes) and getattr(compute, _HOPS) == 1:
            found.append(f"{_HOPS} 1 of compute.{compute.name}")
        elif isinstance(compute, Karpenter):
            for each in compute.classes:
                options = getattr(each, "metadata_options", None)
                if options is None or options.http_put_response_hop_limit in (None, 1):
                    found.append(f"{_HOPS} 1 of compute.{compute.name}.node_classes.{each.name}")
    return found


def _on_host_network(addon: AddOn) -> bool:
    if addon.host_network or not isinstance(addon, ChartAddOn):
        return addon.host_network
    from eks_blueprints.addons._charts import rendered

    workloads = found.workloads.values() if (found := rendered(addon)) else ()
    pods = [each for each in workloads if each.service_account in addon.service_accounts]
    return bool(pods) and all(each.host_network for each in pods)
