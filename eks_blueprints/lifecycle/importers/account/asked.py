"""How AWS is asked: page by page, again where it throttles, and with a refusal of one thing that stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eks_blueprints.live.account import code_of

Row = tuple[str, str, Mapping[str, Any]]
"""Type, place and properties."""

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_GONE = frozenset({"NoSuchEntity", "NoSuchEntityException", "NotFoundException", "ResourceNotFoundException"})
_ATTEMPTS = 10


class StaysError(Exception):
    """Why a role or a key stays by its ARN."""


def client(session: Any, service: str) -> Any:
    """A client of a service that waits where AWS throttles: all roles and clusters of a region are many calls."""
    from botocore.config import Config

    return session.client(service, config=Config(retries={"mode": "standard", "max_attempts": _ATTEMPTS}))


def pages(asked: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    """All that a client lists, over all pages."""
    for page in asked.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def unless_refused(service: str, read: Iterable[Row]) -> tuple[list[Row], str | None]:
    """What is read of one role or key, whole; or nothing, and why it stays by its ARN."""
    try:
        return list(read), None
    except StaysError as told:
        why = str(told)
    except Exception as error:
        if (refused := refusal(service, error)) is None:
            raise
        why = refused
    return [], f"{why}: stays as it is, by its ARN"


def is_gone(error: Exception) -> bool:
    """Whether AWS says that there is no such thing."""
    return code_of(error) in _GONE


def refusal(service: str, error: Exception) -> str | None:
    """What AWS refused, or that there is no such thing; None for all else, which is worth an end."""
    code = code_of(error)
    if is_gone(error):
        return f"is not there (AWS says {code})"
    if code not in _DENIED:
        return None
    operation = getattr(error, "operation_name", "this")
    return f"cannot be read, as the caller lacks {service}:{operation} (AWS says {code})"
