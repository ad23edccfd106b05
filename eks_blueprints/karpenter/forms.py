"""Forms of lists that several specs of this package share."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import AfterValidator

from eks_blueprints.core.spec import Many

T = TypeVar("T")


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    # Not pydantic's min_length, which also counts an entry that is wrong in itself as missing.
    if not values:
        raise ValueError("needs at least one entry; got []; add one, or leave the field out")
    return values


Some = Annotated[Many[T], AfterValidator(_some)]
"""A list that, where it is written at all, holds something."""
