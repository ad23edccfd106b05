"""Durations in one unit, as EKS and the AWS provider take them: `30m`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form

_DURATION = Form(r"([1-9][0-9]{0,5})([smh])")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600}


def seconds(text: str) -> int:
    """How long a duration in one unit is.

    Raises:
        ValueError: if it is none.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"is not a valid duration in one unit; got {shown(text)}; write it like 30m")
    return int(match.group(1)) * _UNIT_SECONDS[match.group(2)]


def duration(text: str) -> str:
    """The same duration.

    Raises:
        ValueError: if it is none.
    """
    seconds(text)
    return text


Wait = Annotated[str, AfterValidator(duration)]
"""How long to wait for AWS, as a number with one unit."""


def between(text: str, least: str, most: str) -> str:
    """The same duration.

    Raises:
        ValueError: if it is none, or out of range.
    """
    if not seconds(least) <= seconds(text) <= seconds(most):
        raise ValueError(f"is out of range; got {shown(text)}; use {least} to {most}")
    return text
