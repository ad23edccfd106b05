"""Values as the engine sends them: protobuf structs to plain Python and back.

The engine writes "not known yet", secrets, assets and resource references as strings or maps with a signature. Only the
first matters to a provider that declares that it takes none of the others, so only `UNKNOWN` has a value of its own.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2

UNKNOWN_SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (a signature, no secret)
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"


class Unknown:
    """The one value of an output that the engine cannot know before the resource is made."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()


def plain(value: Any) -> Any:
    """One JSON-like value as plain Python; secrets are opened, integral floats become ints."""
    if isinstance(value, str):
        return UNKNOWN if value == UNKNOWN_SENTINEL else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        signature = value.get(SIGNATURE)
        if signature == SECRET:
            return plain(value.get("value"))
        if signature == OUTPUT:
            return plain(value["value"]) if "value" in value else UNKNOWN
        if signature == RESOURCE:
            return plain(value.get("id") or value.get("urn"))
        return {key: plain(item) for key, item in value.items()}
    return value


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return {key: _from_value(item) for key, item in value.struct_value.fields.items()}
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind is None or kind == "null_value":
        return None
    return getattr(value, kind)


def from_struct(struct: struct_pb2.Struct | None) -> dict[str, Any]:
    """A property map as plain Python, absent (null) properties left out at the top level."""
    if struct is None:
        return {}
    raw = {key: plain(_from_value(item)) for key, item in struct.fields.items()}
    return {key: item for key, item in raw.items() if item is not None}


def _to_value(item: Any, value: struct_pb2.Value) -> None:
    if item is UNKNOWN:
        value.string_value = UNKNOWN_SENTINEL
    elif item is None:
        value.null_value = struct_pb2.NULL_VALUE
    elif isinstance(item, bool):
        value.bool_value = item
    elif isinstance(item, int | float):
        value.number_value = item
    elif isinstance(item, str):
        value.string_value = item
    elif isinstance(item, dict):
        value.struct_value.SetInParent()
        for key, inner in item.items():
            _to_value(inner, value.struct_value.fields[key])
    elif isinstance(item, list | tuple):
        value.list_value.SetInParent()
        for inner in item:
            _to_value(inner, value.list_value.values.add())
    else:
        raise TypeError(f"cannot send a {type(item).__name__}")


def to_struct(values: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    for key, item in values.items():
        _to_value(item, struct.fields[key])
    return struct


def has_unknown(value: Any) -> bool:
    if value is UNKNOWN:
        return True
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return False


def jsonable(value: Any) -> Any:
    """For the call record: unknowns become a readable word."""
    if value is UNKNOWN:
        return "<unknown>"
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value
