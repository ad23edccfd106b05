"""How an exported stack spells wrapped values (sdk/go/common/resource/properties.go)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a public constant, not a password
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class _Unread:
    """A value that the state holds only encrypted."""

    def __repr__(self) -> str:
        return "UNREAD"


UNREAD = _Unread()


def is_secret(value: Any) -> bool:
    """Whether a value of the state is marked secret."""
    return isinstance(value, Mapping) and value.get(SIGNATURE) == SECRET


def opened(value: Any) -> Any:
    """What a secret holds where the state was exported with `--show-secrets`, else `UNREAD`."""
    try:
        return json.loads(value["plaintext"])
    except (KeyError, TypeError, ValueError):
        return UNREAD


def cleared(value: Any) -> Any:
    """A value as plans spell it: secrets and unknowns are marks, and what begins with `__` is the engine's own."""
    if is_secret(value):
        return {"$secret": True}
    if isinstance(value, Mapping):
        return {key: cleared(each) for key, each in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [cleared(each) for each in value]
    return {"$unknown": True} if value == UNKNOWN else value


def sent(value: Any) -> Any:
    """An output as an engine sends it on to a program; None where that cannot be told."""
    if is_secret(value):
        inside = opened(value)
        return None if inside is UNREAD else {SIGNATURE: SECRET, "value": inside}
    if isinstance(value, Mapping):
        if SIGNATURE in value:
            return None
        found = {key: sent(each) for key, each in value.items() if each is not None}
        return None if None in found.values() else found
    if isinstance(value, list):
        items = [sent(each) for each in value]
        return None if None in items else items
    return value
