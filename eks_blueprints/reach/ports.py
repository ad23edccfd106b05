"""Sets of ports, by protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from eks_blueprints.core.errors import InputError, Problem, shown

PROTOCOLS = ("TCP", "UDP", "SCTP")
_LAST = 65535
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of pods."""

    ranges: Mapping[str, tuple[Range, ...]] = field(default_factory=dict)
    """First and last port of each range, by protocol; ranges do not touch."""

    @classmethod
    def of(cls, found: Iterable[tuple[str, Range]]) -> Ports:
        """The ports of some ranges."""
        by_protocol: dict[str, list[Range]] = {}
        for protocol, each in found:
            by_protocol.setdefault(protocol, []).append(each)
        return cls({protocol: _joined(ranges) for protocol, ranges in by_protocol.items()})

    def __bool__(self) -> bool:
        return any(self.ranges.values())

    def __and__(self, other: Ports) -> Ports:
        return Ports.of(
            (protocol, (max(first, begin), min(last, end)))
            for protocol, ranges in self.ranges.items()
            for first, last in ranges
            for begin, end in other.ranges.get(protocol, ())
            if max(first, begin) <= min(last, end)
        )

    def __or__(self, other: Ports) -> Ports:
        return Ports.of((p, each) for one in (self, other) for p, ranges in one.ranges.items() for each in ranges)

    def __str__(self) -> str:
        if self == EVERY:
            return "all ports"
        said = [
            f"{first if first == last else f'{first}-{last}'}/{protocol.lower()}"
            if (first, last) != (1, _LAST)
            else f"all of {protocol}"
            for protocol, ranges in sorted(self.ranges.items())
            for first, last in ranges
        ]
        return ", ".join(said) or "no port"


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


EVERY = Ports(dict.fromkeys(PROTOCOLS, ((1, _LAST),)))
"""All ports of all protocols."""
NONE = Ports()

Named = Mapping[str, tuple[str, int]]
"""Protocol and number of the ports of a pod by their names."""


def one(protocol: str, port: int) -> Ports:
    """One port."""
    return Ports({protocol: ((port, port),)})


def asked(text: str, named: Named) -> Ports:
    """The port that somebody asks about: `8080`, `53/udp`, or the name of a port of the pod.

    Raises:
        InputError: if it is none.
    """
    port, _, protocol = text.partition("/")
    protocol = protocol.upper() or "TCP"
    if port in named and "/" not in text:
        return one(*named[port])
    if port.isascii() and port.isdigit() and 1 <= int(port) <= _LAST and protocol in PROTOCOLS:
        return one(protocol, int(port))
    known = f"; its named ports are {', '.join(named)}" if named else ""
    raise InputError(
        [Problem((), f"is not a port; got {shown(text)}; write 8080, 53/udp, or the name of a port{known}")]
    )
