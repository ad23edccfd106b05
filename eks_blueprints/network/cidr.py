"""IPv4 blocks: reading them, and AWS's rules for those of a VPC."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form

RESERVED_ADDRESSES = 5
"""Addresses of every subnet that AWS keeps: the first four and the last."""

_FORM = Form(r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}")
_RFC1918 = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_BENCHMARK = IPv4Network("198.19.0.0/16")
_NEVER = tuple(IPv4Network(block) for block in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))


def read(text: str) -> IPv4Network:
    """The block that a text spells.

    Raises:
        ValueError: if it spells none, or an address inside of one.
    """
    if not _FORM.fullmatch(text):
        raise ValueError(f"is not a valid IPv4 CIDR; got {shown(text)}; write one such as 10.0.0.0/16")
    try:
        block = IPv4Network(text, strict=False)
    except ValueError:
        raise ValueError(f"is not a valid IPv4 CIDR; got {shown(text)}; write one such as 10.0.0.0/16") from None
    if str(block) != text:
        raise ValueError(f"is an address inside of a block, not a block; got {shown(text)}; write {block}")
    return block


def _aws_block(text: str) -> str:
    block = read(text)
    if not 16 <= block.prefixlen <= 28:
        raise ValueError(f"needs a block of /16 to /28, as AWS requires; got {text}; change the number after the slash")
    if reserved := next((never for never in _NEVER if block.overlaps(never)), None):
        raise ValueError(
            f"is in a range that AWS does not allow for a VPC ({reserved}); got {text}; use one of 10.0.0.0/8"
        )
    return text


Cidr = Annotated[str, AfterValidator(_aws_block)]
"""An IPv4 block that a VPC or a subnet may have."""


def usable(block: IPv4Network) -> int:
    """Addresses of a subnet that can be given out."""
    return block.num_addresses - RESERVED_ADDRESSES


def overlapping(block: IPv4Network, others: Iterable[str]) -> str | None:
    """The first of the other blocks that shares addresses with one."""
    return next((other for other in others if block.overlaps(IPv4Network(other))), None)


def fault_beside(block: IPv4Network, primary: IPv4Network) -> str | None:
    """Why AWS does not take a block beside a VPC's primary one.

    Source: Amazon VPC User Guide, "VPC CIDR blocks", IPv4 CIDR block association restrictions.
    """
    own, other = _range(primary), _range(block)
    if other == _BENCHMARK and own != _BENCHMARK:
        return f"cannot be in {_BENCHMARK} unless the VPC's own CIDR is"
    if other in _RFC1918 and own != other:
        return f"cannot be in {other} beside a VPC of {primary}"
    if own == _RFC1918[0] and primary.subnet_of(_LOWEST) and block.subnet_of(_LOWEST.subnets().__next__()):
        return f"cannot be in 10.0.0.0/16 beside a VPC of {primary}"
    if own == _RFC1918[1] and block.overlaps(_DEFAULT_VPC):
        return f"cannot be in {_DEFAULT_VPC} beside a VPC of {primary}"
    return None


_LOWEST = IPv4Network("10.0.0.0/15")
_DEFAULT_VPC = IPv4Network("172.31.0.0/16")


def _range(block: IPv4Network) -> IPv4Network | None:
    return next((known for known in (*_RFC1918, _BENCHMARK) if block.subnet_of(known)), None)
