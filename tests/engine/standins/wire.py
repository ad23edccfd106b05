"""Values as the engine sends them: protobuf structs to plain Python and back.

The engine writes "not known yet", secrets, assets and resource references as strings or maps with a signature. Secrets
are opened for the rules to read; which properties had one is asked with `secret_keys` and told back with `to_struct`,
a whole top-level property at a time (the real providers keep them apart deeper down).
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
            if "id" not in value:
                return value["urn"]  # a component
            return plain(value["id"]) or UNKNOWN  # empty before the resource is made
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


def to_struct(values: dict[str, Any], secret: frozenset[str] = frozenset()) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    for key, item in values.items():
        _to_value({SIGNATURE: SECRET, "value": item} if key in secret else item, struct.fields[key])
    return struct


def secret_keys(*structs: struct_pb2.Struct) -> frozenset[str]:
    """The properties with a secret anywhere in them."""
    return frozenset(key for struct in structs for key, value in struct.fields.items() if _has_secret(value))


def _has_secret(value: struct_pb2.Value) -> bool:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
            return True
        return any(_has_secret(item) for item in fields.values())
    return kind == "list_value" and any(_has_secret(item) for item in value.list_value.values)


def references(struct: struct_pb2.Struct) -> list[str]:
    """The URNs of the resources that a property map refers to, at any depth."""
    if SIGNATURE in struct.fields and struct.fields[SIGNATURE].string_value == RESOURCE:
        return [struct.fields["urn"].string_value]
    found: list[str] = []
    for value in struct.fields.values():
        for item in [value, *value.list_value.values]:
            found += references(item.struct_value)
    return found


def resource(urn: str, id: str | None = None) -> dict[str, Any]:
    """A reference to a resource, as an output."""
    return {SIGNATURE: RESOURCE, "urn": urn, **({"id": id} if id is not None else {})}


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
