"""Address ranges taken together: two halves of the internet are the internet."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_ALL = ("0.0.0.0/0", "::/0")
_HALF = 2**31
"""Half of all IPv4 addresses; of IPv6, half of 2000::/3, the part that is given out."""
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_OF_IPV4 = ipaddress.IPv6Network("::ffff:0:0/96")
_ZEROS = re.compile(r"(?<![\w:])0+(?=\d+\.)|(?<=\.)0+(?=\d)")
"""Zeros before the numbers of an IPv4 address."""


def is_world(ranges: Iterable[str]) -> bool:
    """Whether ranges, taken together, hold half of the internet or more, of IPv4 or of IPv6.

    What is not a range, such as a symbol or a prefix list, counts for nothing.
    """
    four, six = _summed(ranges)
    return sum(each.num_addresses for each in four) >= _HALF or sum(map(_given_out, six)) >= _given_out(_GIVEN_OUT) // 2


def whole(ranges: Iterable[str]) -> list[str]:
    """Those of some ranges that are all of IPv4 or of IPv6: each that is alone, or else all that are together."""
    given = list(ranges)
    found: list[str] = []
    four, six = _summed(given)
    together: list[Network] = [*four, *six]
    for summed in together:
        if summed.prefixlen == 0:
            own = [each for each in given if isinstance(network_of(each), type(summed))]
            found += [each for each in own if each in _ALL] or own
    return found


def opening(ranges: Iterable[str]) -> set[str]:
    """Those of some ranges that open the world: each that does alone, or else all that do together."""
    found = set(ranges)
    return {each for each in found if is_world([each])} or (found if is_world(found) else set())


def network_of(text: object) -> Network | None:
    """The range that a text writes down; None if it is none.

    Zeros before a number mean nothing, and a range of IPv4 addresses that IPv6 writes (`::ffff:0.0.0.0/96`) is that of
    IPv4: so the API server reads them, with Go's ParseCIDR of old (k8s.io/utils/net, ParseCIDRSloppy).
    """
    if not isinstance(text, str):
        return None
    try:
        found = ipaddress.ip_network(_ZEROS.sub("", text.strip()), strict=False)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Network) and found.subnet_of(_OF_IPV4):
        address = ipaddress.IPv4Address(int(found.network_address) & 0xFFFFFFFF)
        return ipaddress.IPv4Network((address, found.prefixlen - _OF_IPV4.prefixlen))
    return found


def _summed(ranges: Iterable[str]) -> tuple[list[ipaddress.IPv4Network], list[ipaddress.IPv6Network]]:
    found = [network for each in ranges if (network := network_of(each)) is not None]
    return (
        list(ipaddress.collapse_addresses(each for each in found if isinstance(each, ipaddress.IPv4Network))),
        list(ipaddress.collapse_addresses(each for each in found if isinstance(each, ipaddress.IPv6Network))),
    )


def _given_out(network: ipaddress.IPv6Network) -> int:
    if _GIVEN_OUT.subnet_of(network):
        return _GIVEN_OUT.num_addresses
    return network.num_addresses if network.subnet_of(_GIVEN_OUT) else 0
