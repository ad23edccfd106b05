"""Values as a RegisterResourceRequest carries them: unknowns, secrets, outputs, assets and references to resources.

The marks are the protocol between Pulumi's SDKs and its engine (`pulumi.runtime.rpc`, `_special_sig_key` and its
neighbours), hence constants here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eks_blueprints.recording.inputs.problems import join

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that is not known before the resource is made."""
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key whose value says what an object on the wire really is."""
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a mark, not a secret
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
ASSETS = frozenset({"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"})
"""A file, and an archive."""

MAPPING = (dict, Mapping)
"""To ask for the plain one first takes a tenth of the time."""
IsUnknown = Callable[[Any], bool]
"""Says of a plain value whether it stands for one not known yet."""


class _Redacted:
    """What is shown instead of a secret."""

    def __repr__(self) -> str:
        return "[secret]"


REDACTED = _Redacted()


def is_unknown(value: Any) -> bool:
    """The mark of an unknown, or text with a symbol such as `${shop-cluster.endpoint}` in it."""
    return isinstance(value, str) and (value == UNKNOWN or "${" in value)


def signature(value: Any) -> str | None:
    """What an object on the wire really is, or None for a plain value."""
    mark = value.get(SIGNATURE) if isinstance(value, MAPPING) else None
    return mark if isinstance(mark, str) else None


def unwrap(value: Any) -> tuple[Any, bool]:
    """A value without its secret and output wrappers, and whether one of them made it secret."""
    is_secret = False
    while (mark := signature(value)) in (SECRET, OUTPUT):
        is_secret = is_secret or mark == SECRET or bool(value.get("secret"))
        value = value.get("value", UNKNOWN)
    return value, is_secret


def secret_paths(value: Any, path: str = "") -> Iterator[str]:
    """Where secrets stand in inputs, spelled as problems spell it."""
    inner, is_secret = unwrap(value)
    if is_secret:
        yield path
    elif isinstance(inner, Mapping):
        for key, item in inner.items():
            yield from secret_paths(item, join(path, str(key)))
    elif isinstance(inner, list):
        for index, item in enumerate(inner):
            yield from secret_paths(item, join(path, index))
