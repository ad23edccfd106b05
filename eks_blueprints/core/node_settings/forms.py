"""The forms of single values in the tables of settings, and what to write for one that has another."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from typing import Any

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import is_output

_DURATION = Form(r"[+-]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+|[+-]?0")
_QUANTITY = Form(r"[+-]?(\d+(\.\d*)?|\.\d+)(([KMGTPE]i|[numkMGTPE])|[eE][+-]?\d+)?")
_SHARE = Form(r"\d+(\.\d+)?%")
_HOST = Form(r"[0-9a-z][0-9a-z.-]{0,252}")
_BITS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1), "uint8": (0, 255), "uint32": (0, 2**32 - 1)}


def fault(form: str, value: Any) -> str | None:
    """What is wrong with a value of which a table asks `form`; None if nothing is."""
    return FORMS[form](value)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return None
    do = "write text" if isinstance(value, list | tuple | dict) else f'quote it: "{_plain(value)}"'
    return f"needs text; got {shown(value)}; {do}"


def _bool(value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    return f"needs true or false; got {shown(value)}; write true or false without quotes"


def _number(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return None
    return f"needs a number; got {shown(value)}; {_digits(value)}"


def _whole(form: str) -> Callable[[Any], str | None]:
    least, most = _BITS[form]

    def check(value: Any) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return f"needs a whole number; got {shown(value)}; {_digits(value)}"
        if not least <= value <= most:
            return f"is out of range; got {value}; use {least} to {most}"
        return None

    return check


def _pattern(what: str, do: str, *forms: Form) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return f"needs a {what} as text; got {shown(value)}; {do}, in quotes"
        if not any(form.fullmatch(value) for form in forms):
            return f"is not a valid {what}; got {shown(value)}; {do}"
        return None

    return check


def _base64(value: Any) -> str | None:
    if not isinstance(value, str):
        return _text(value)
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        # The value may be a secret that somebody forgot to encode, so it is not repeated.
        return f"is not base64; got {len(value)} other characters; encode it with base64"
    return None


def _percent(value: Any) -> str | None:
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"[+-]?\d+", digits, re.ASCII) and 0 <= int(digits) <= 100:
        return None
    return f"is not a valid share of 0 to 100; got {shown(value)}; write a whole number of percent, without %"


def _hosts(value: Any) -> str | None:
    """A line of /etc/hosts: an address and a list of names."""
    do = 'write ["10.0.0.5", ["db.example.com", "db"]]'
    if not isinstance(value, list | tuple) or len(value) != 2:
        return f"needs an address and a list of names; got {shown(value)}; {do}"
    address, names = value
    if not is_output(address) and not _is_address(address):
        return f"begins with no IP address; got {shown(address)}; {do}"
    if not is_output(names) and not (isinstance(names, list | tuple) and all(map(_is_host, names))):
        return f"ends with no list of host names; got {shown(names)}; {do}"
    return None


def _is_address(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ipaddress.ip_address(value))
    except ValueError:
        return False


def _is_host(value: Any) -> bool:
    return is_output(value) or (isinstance(value, str) and _HOST.fullmatch(value) is not None)


def _digits(value: Any) -> str:
    return "write digits without quotes" if isinstance(value, str) else "write digits"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


FORMS: dict[str, Callable[[Any], str | None]] = {
    "any": lambda value: None,
    "text": _text,
    "bool": _bool,
    "number": _number,
    "base64": _base64,
    "percent": _percent,
    "hosts": _hosts,
    "duration": _pattern("duration", "write it like 30s, 5m or 1h30m", _DURATION),
    "quantity": _pattern("quantity", "write it like 100m, 500Mi or 1Gi", _QUANTITY),
    "threshold": _pattern("threshold", "write it like 10% or 500Mi", _QUANTITY, _SHARE),
} | {form: _whole(form) for form in _BITS}
"""Every form that a table may name. Durations, quantities and thresholds are the kubelet's own forms of text."""
