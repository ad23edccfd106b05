"""Network interfaces that nodes are launched with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Spec

_MOST = 2**31 - 1


class NetworkInterface(Spec):
    """One network interface at its place."""

    network_card_index: int = Field(ge=0, le=_MOST)
    """Network card that it is attached to; the first is 0."""
    device_index: int = Field(ge=0, le=_MOST)
    """Its place on the card; the first is 0."""
    interface_type: Literal["interface", "efa-only"]
    """A usual interface, or one for Elastic Fabric Adapter traffic only."""


def check_interfaces(interfaces: Sequence[NetworkInterface], faults: Faults, path: tuple[str, ...]) -> None:
    """Note what EC2 cannot attach: no first interface, two at one place, two EFA interfaces on one card."""
    if not interfaces:
        return
    places: set[tuple[int, int]] = set()
    cards: set[int] = set()
    for index, interface in enumerate(interfaces):
        place = (interface.network_card_index, interface.device_index)
        if place in places:
            got = f"card {place[0]}, device {place[1]}"
            faults.add((*path, index), f"is at the place of another one; got {got} again; move one")
        places.add(place)
        if interface.interface_type == "efa-only":
            if place[0] in cards:
                faults.add((*path, index), f"is the second efa-only one; got card {place[0]} again; use one a card")
            cards.add(place[0])
    if not any(_is_first(interface) for interface in interfaces):
        do = "add one with network_card_index 0, device_index 0 and interface_type interface"
        faults.add(path, f"has no first interface; got {len(interfaces)} others; {do}")


def _is_first(interface: NetworkInterface) -> bool:
    at_start = interface.network_card_index == 0 and interface.device_index == 0
    return at_start and interface.interface_type == "interface"
