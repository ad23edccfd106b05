"""Settings in somebody else's schema (a chart's values, a Kubernetes object): nested JSON whose leaves may be named.

A leaf may be `{config: key}`, `{secret: key}`, `{stack: name, output: key}` or an Output, as every `In` leaf of a spec
may. Where a chart or a kind has a mapping of its own that looks like one (`basicAuth: {secret: users}`),
`{literal: {secret: users}}` says that the mapping itself is meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, PlainSerializer

from eks_blueprints.core.errors import Faults, Path, shown
from eks_blueprints.core.spec import Reference, is_output

_KEY = re.compile(r"[^\s/{}][^\s{}]{0,199}")
_MAPS = frozenset(
    (
        *("annotations", "binaryData", "data", "env", "labels", "matchLabels", "nodeSelector", "parameters"),
        *("podAnnotations", "podLabels", "selector", "stringData"),
    )
)
"""Fields whose mappings have keys that a user chooses, such as those of a ConfigMap: one called `config` is no
reference."""


class AsWritten(dict[str, Any]):
    """A mapping that is meant as it stands, though it looks like a reference."""


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, mapping by mapping; where both say something else, `above` wins. Lists are replaced as a whole."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def read(value: Any, inside: str | int = "") -> Any:
    """The same value with a `Reference` in the place of each mapping that spells one.

    `inside` is the key that the value stands under; what stands under none is the settings as a whole, and no leaf.
    """
    if isinstance(value, AsWritten):
        return value
    if isinstance(value, Mapping):
        if set(value) == {"literal"} and _looks_like_one(value["literal"]):
            return AsWritten(value["literal"])
        if inside != "" and inside not in _MAPS and _looks_like_one(value):
            found = Reference.parse(value)
            return None if found is None else replace(found, open=True)
        return {key: read(item, str(key) or "-") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [read(item, index) for index, item in enumerate(value)]
    return value


def spelled(value: Any, inside: str | int = "") -> Any:
    """The same value as it has to be written so that `read` gives it back: what looks like a reference is `literal`."""
    if isinstance(value, Mapping):
        if inside != "" and inside not in _MAPS and _looks_like_one(value):
            return {"literal": dict(value)}
        return {key: spelled(item, str(key) or "-") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(item, index) for index, item in enumerate(value)]
    return value


def _looks_like_one(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    try:
        found = Reference.parse(value)
    except ValueError:
        return False  # a mapping of the chart's own, such as `{secret: {name: users}}`
    return found is not None and (found.stack is not None or _is_key(str(found.config or found.secret)))


def _is_key(text: str) -> bool:
    return bool(_KEY.fullmatch(text)) and "://" not in text


def unfit(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every part of a value that JSON cannot carry: where, and what is wrong with it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                yield (*path, str(key)), f"needs text as its key; got {shown(key)}; quote it"
            else:
                yield from unfit(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from unfit(item, (*path, index))
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, f"is not a number that JSON knows; got {value}; write a finite one"
    elif not (value is None or isinstance(value, str | int | float | bool | Reference) or is_output(value)):
        yield path, f"is not a JSON value; got {shown(str(value))} ({type(value).__name__}); quote it"


def written(value: Any) -> Any:
    """Settings with references and Outputs as texts that stand for them, as a spec is written down."""
    if isinstance(value, Mapping):
        return {key: written(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [written(entry) for entry in value]
    if is_output(value):
        return "<output>"
    return str(value) if isinstance(value, Reference) else value


def secret_leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where leaves are named as secrets (`{secret: key}`)."""
    if isinstance(value, Reference):
        if value.secret is not None:
            yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from secret_leaves(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from secret_leaves(item, (*path, index))


def json_values(values: dict[str, Any]) -> dict[str, Any]:
    """Settings that JSON can carry, what they name turned into references.

    Raises:
        ValidationError: naming every part that it cannot.
    """
    faults = Faults()
    for path, message in unfit(values):
        faults.add(path, message)
    faults.raise_if_any()
    found: dict[str, Any] = read(values)
    return found


JsonValues = Annotated[
    dict[str, Any], AfterValidator(json_values), PlainSerializer(written, return_type=Any, when_used="json")
]
"""Settings in somebody else's schema, with references and Outputs for leaves at most."""
