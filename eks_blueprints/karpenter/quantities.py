"""Kubernetes' quantities (`100m`, `1.5Ti`, `2e3`), exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form

_FORM = Form(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]+))?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_LARGEST = 2**63 - 1  # Kubernetes counts in 64 bits and cuts what is larger without a word.
_FINEST = Fraction(1, 10**9)  # and rounds up what is finer.
_MOST_DIGITS = 40


@lru_cache(maxsize=4096)  # the same few amounts stand in all that a platform runs, and each is asked for several times
def exact(text: str) -> Fraction:
    """What a quantity amounts to.

    Raises:
        ValueError: if the text is none, or one that Kubernetes would cut or round.
    """
    sign, digits, suffix, exponent = parts(text)
    scale = Fraction(2) ** _BINARY[suffix] if suffix in _BINARY else Fraction(10) ** _power(suffix, exponent)
    amount = Fraction(f"0{digits}0" if "." in digits else digits) * scale
    if amount > _LARGEST or (amount / _FINEST).denominator != 1:
        do = "use at most 2^63 - 1 and at most nine decimals"
        raise ValueError(f"is beyond what Kubernetes counts exactly; got {shown(text)}; {do}")
    return -amount if sign == "-" else amount


def parts(text: str) -> tuple[str, str, str | None, str | None]:
    """Sign, digits, suffix and exponent of a quantity.

    Raises:
        ValueError: if the text is none.
    """
    match = _FORM.fullmatch(text) if len(text) <= _MOST_DIGITS else None
    if match is None or len(match[4] or "") > 3:
        raise ValueError(f"is not a valid quantity; got {shown(text)}; {_instead(text)}")
    return match[1], match[2], match[3], match[4]


def quantity(text: str) -> str:
    """A quantity that is not negative.

    Raises:
        ValueError: if it is none.
    """
    if exact(text) < 0:
        raise ValueError(f"is negative; got {shown(text)}; write 0 or more")
    return text


def _power(suffix: str | None, exponent: str | None) -> int:
    return _DECIMAL[suffix] if suffix else int(exponent or "0")


def _instead(text: str) -> str:
    closed = text.replace(" ", "")
    if match := re.fullmatch(r"([0-9.]+)([kKMGTP]i?)[bB]?", closed):
        offer = match[1] + ("k" if match[2] == "K" else match[2].replace("ki", "Ki"))
        if _FORM.fullmatch(offer):
            return f"did you mean {offer}?"
    return "write a number with a unit such as m, k, M, G, Ki, Mi, Gi, Ti, or none"


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Quantity = Annotated[
    str,
    BeforeValidator(_as_text),
    AfterValidator(quantity),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
]
"""A quantity in a field where Kubernetes takes a whole number as well, as the same in text."""
