"""From the wire's protobuf values to plain Python, with wrapped values made visible.

| on the wire                    | plain                                                              |
|--------------------------------|--------------------------------------------------------------------|
| secret                         | ``Secret(value)``; in a plan ``{"$secret": true}``                 |
| unknown                        | ``{"$unknown": true}``                                             |
| asset                          | ``{"$asset": {"path" or "text" or "uri": ...}}``                   |
| archive                        | ``{"$archive": {"path" or "uri" or "assets": ...}}``               |
| reference to a resource        | ``{"$resource": urn}``                                             |
| output value (remote children) | its value, secret or unknown                                       |
| number                         | `int` where it has no fraction: the wire knows only doubles        |

Keys are sorted, because a protobuf map has no order.
"""

from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2  # type: ignore[import-untyped]

from eks_blueprints.core.secret_objects import guarded, masked_text
from eks_blueprints.recording.symbols import SECRET, SIGNATURE, UNKNOWN

_ASSET = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_MARK = {"$secret": True}
_SECRET_KINDS = ("Secret", "SecretList")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret value. Its text shows only when asked for by name: neither `repr` nor a plan ever holds it."""

    value: Any

    def __repr__(self) -> str:
        return "Secret([secret])"

    __str__ = __repr__


def wire(value: struct_pb2.Value) -> Any:
    """A protobuf value as plain Python, its signature objects left as they are."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        fields = value.struct_value.fields  # its own `items` is slower by half
        return {key: wire(fields[key]) for key in fields}
    if kind == "list_value":
        return [wire(each) for each in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        return number(value.number_value)
    return None


def number(value: float) -> int | float:
    """A double as the integer it stands for, where it does."""
    return int(value) if value.is_integer() else value


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protobuf object as plain Python, wrapped values in the forms this module documents."""
    return {key: _clear(wire(each)) for key, each in sorted(struct.fields.items())}


def plain_value(value: struct_pb2.Value) -> Any:
    """The same for a single value."""
    return _clear(wire(value))


def masked(value: Any) -> Any:
    """A plain value fit to be written down: every secret is only a mark, and so is what a Kubernetes Secret holds,
    whether the program marked it or not."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict):
        if value.get("kind") in _SECRET_KINDS:
            value = guarded(value, Secret)
        return {key: masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    return dict(_MARK) if isinstance(value, Secret) else value


def _clear(value: Any) -> Any:
    if isinstance(value, dict):
        signature = value.get(SIGNATURE)
        if signature is not None:
            return _unwrap(signature, value)
        return {key: _clear(each) for key, each in sorted(value.items())}
    if isinstance(value, list):
        return [_clear(each) for each in value]
    if value == UNKNOWN:
        return {"$unknown": True}
    return value


def _unwrap(signature: str, value: dict[str, Any]) -> Any:
    if signature == SECRET:
        return Secret(_clear(value.get("value")))
    if signature == _OUTPUT:
        inner = _clear(value["value"]) if "value" in value else {"$unknown": True}
        return Secret(inner) if value.get("secret") else inner
    if signature == _RESOURCE:
        return {"$resource": value["urn"]}
    content = {key: _clear(each) for key, each in sorted(value.items()) if key != SIGNATURE}
    if signature == _ASSET:
        return {"$asset": content}
    if signature == _ARCHIVE:
        return {"$archive": content}
    return content
