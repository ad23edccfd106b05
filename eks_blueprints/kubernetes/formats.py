"""Formats of texts that an API server holds custom resources to; others are taken as they come.

It takes them as kube-openapi's pkg/validation/strfmt reads them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"(\d\d):(\d\d):(\d\d)(.\d+)?(z|[+-]\d\d:\d\d)", re.ASCII)
_GO = re.compile(r"[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_WORDY = re.compile(r"\d+\s*([A-Za-zµ]+)", re.ASCII)
_UNITS = frozenset(["ns", "us", "µs", "ms", "s", "m", "h", "d", "w", "wk", "hr", "min", "sec"])
_LONG_UNITS = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
_BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def fault(name: str, text: str) -> str | None:
    """What is wrong with a text in a format (`date-time`); None where nothing is, or nothing is known of it."""
    known = _KNOWN.get(name.replace("-", ""))
    return None if known is None or known[1](text) else f"is not a valid {known[0]}"


def example(name: str) -> str:
    """A text in a format."""
    return _KNOWN[name.replace("-", "")][2]


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    day, _, clock = text.lower().partition("t")
    match = _CLOCK.fullmatch(clock.partition("t")[0])
    return _is_date(day) and match is not None and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


def _is_duration(text: str) -> bool:
    units = (unit.lower() for unit in _WORDY.findall(text))
    return bool(_GO.fullmatch(text)) or any(unit in _UNITS or unit.startswith(_LONG_UNITS) for unit in units)


def _is_address(text: str, version: int) -> bool:
    try:
        return "%" not in text and ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _is_range(text: str) -> bool:
    try:
        return bool(re.search(r"/\d+$", text)) and ipaddress.ip_network(text, strict=False) is not None
    except ValueError:
        return False


_KNOWN: Mapping[str, tuple[str, Callable[[str], bool], str]] = {
    "byte": ("base64", lambda text: bool(_BASE64.fullmatch(text)), "aGVsbG8="),
    "cidr": ("range of addresses", _is_range, "10.0.0.0/16"),
    "date": ("date", _is_date, "2026-01-31"),
    "datetime": ("time", _is_time, "2026-01-31T12:00:00Z"),
    "duration": ("duration", _is_duration, "1h30m"),
    "ipv4": ("IPv4 address", lambda text: _is_address(text, 4), "10.0.0.1"),
    "ipv6": ("IPv6 address", lambda text: _is_address(text, 6), "fd00::1"),
    "uuid": ("UUID", lambda text: bool(_UUID.fullmatch(text)), "123e4567-e89b-12d3-a456-426614174000"),
}
