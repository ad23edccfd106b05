"""Readable stand-ins for outputs that only a cloud could know.

A string output of the resource ``shop-cluster`` is the text ``${shop-cluster.endpoint}``: the logical name, a dot, and
the property's path in the provider's own (camelCase) spelling, ``${shop-cluster.identities[0].oidcs[0].issuer}``. The
id is ``${shop-cluster.id}``. Which outputs are strings, and which are objects of strings, is read from the annotations
of the provider's Python classes through the SDK's own helpers (`pulumi._types`). Everything else (numbers, booleans,
plain lists and maps) stays unknown, as in an engine's preview, so that no `apply` computes with an invented value.

The name is the logical name alone. Two resources of one program may share it (an `iam.Role` and its policy often do);
their symbols then look alike, and the dependencies recorded beside every property tell them apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin

from pulumi import _types
from pulumi.runtime import rpc

UNKNOWN = rpc.UNKNOWN
"""The SDK's sentinel for a value that is not known yet."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a wrapped value (secret, asset, reference) on the wire: sdk/go/common/resource/properties.go."""

SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a public constant, not a password
"""The signature of a secret, from the same file."""

ALL = "[*]}"
"""The end of a symbol for every entry of a list."""

_DEPTH = 5  # nested types may be recursive (JSON schemas, WAF statements); nobody reads deeper through an output


def shape(typ: Any, path: str, blank: Any = UNKNOWN, _within: tuple[type, ...] = ()) -> Any:
    """A stand-in for a value of `typ`, spelled as the provider would send it.

    `blank` stands for what has no readable form. Results of provider functions use None, because their classes check
    types as they are made; a list of strings is then one symbol that stands for all of them, `${getSubnets.ids[*]}`, so
    that a program that takes it apart can go on (`stands_for_all`).
    """
    typ = _types.unwrap_optional_type(typ)
    if typ is str:
        return f"${{{path}}}"
    if _is_object(typ):
        if typ in _within or len(_within) >= _DEPTH:
            return blank
        within = (*_within, typ)
        return {key: shape(each, f"{path}.{key}", blank, within) for key, each in _types.output_type_types(typ).items()}
    element = _element(typ)
    if element is str and blank is None:
        return [f"${{{path}[*]}}"]
    if _is_object(element):
        first = shape(element, f"{path}[0]", blank, _within)
        return blank if first == blank else [first]
    return blank


def complete(value: Any, typ: Any, path: str) -> Any:
    """What the program gave for a property, with the strings that a provider would add inside it.

    ``vpc_config`` of an EKS cluster is the common case: the program gives subnets, and reads the security group.
    """
    typ = _types.unwrap_optional_type(typ)
    if isinstance(value, dict):
        if SIGNATURE in value:
            return {**value, "value": complete(value["value"], typ, path)} if value[SIGNATURE] == SECRET else value
        if not _is_object(typ):
            return value
        fields = _types.output_type_types(typ)
        added = {
            key: f"${{{path}.{key}}}"
            for key, each in fields.items()
            if key not in value and _types.unwrap_optional_type(each) is str
        }
        given = {key: complete(each, fields.get(key), f"{path}.{key}") for key, each in value.items()}
        return {**given, **added}
    if isinstance(value, list):
        element = _element(typ)
        return value if not _is_object(element) else [complete(v, element, f"{path}[{i}]") for i, v in enumerate(value)]
    return value


def stands_for_all(value: Any) -> bool:
    """Whether a value is a list of which nobody knows how many entries it has."""
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) and str.endswith(value[0], ALL)


def holds_all(value: Any) -> bool:
    """Whether such a list, or its one symbol, is somewhere in a value."""
    if isinstance(value, str):
        return ALL in value and "${" in value
    if isinstance(value, Mapping):
        return any(holds_all(each) for each in value.values())
    return isinstance(value, list | tuple) and any(holds_all(each) for each in value)


def is_symbolic(value: Any, names: Mapping[str, object]) -> bool:
    """Whether a value holds a symbol of one of `names`, at any depth.

    Asked only after an `apply` callback raised: parsing a symbol must fail like an unknown, and not like a mistake.
    Names are compared, because ``${...}`` also occurs in real text (IAM policy variables, shell scripts).
    """
    if isinstance(value, str):
        return any(_starts_symbol(part, names) for part in str.split(value, "${")[1:])
    if isinstance(value, Mapping):
        return any(is_symbolic(key, names) or is_symbolic(value[key], names) for key in value)
    if isinstance(value, list | tuple | set | frozenset):
        return any(is_symbolic(each, names) for each in value)
    return False


def _starts_symbol(text: str, names: Mapping[str, object]) -> bool:
    # A logical name may itself hold dots, so every prefix that ends at one is a candidate.
    at = text.find(".")
    while at != -1:
        if text[:at] in names:
            return True
        at = text.find(".", at + 1)
    return False


def _is_object(typ: Any) -> bool:
    return isinstance(typ, type) and _types.is_output_type(typ)


def _element(typ: Any) -> Any:
    """The element type of a list, else None."""
    origin, args = get_origin(typ), get_args(typ)
    if isinstance(origin, type) and issubclass(origin, Sequence) and len(args) == 1:
        return _types.unwrap_optional_type(args[0])
    return None
