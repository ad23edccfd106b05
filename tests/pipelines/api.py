"""Recorded inputs as the APIs of AWS take them, held against botocore's models: patterns, lengths and enums too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape, StructureShape

from tests.pipelines.aws import ACCOUNT

_SAMPLES = [
    (r"role\.arn", f"arn:aws:iam::{ACCOUNT}:role/sample"),
    (r"approval\.arn", f"arn:aws:iam::{ACCOUNT}:policy/sample"),
    (r"key\.arn", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    (r"key\.(keyId|id)", "1234abcd-12ab-34cd-56ef-1234567890ab"),
    (r"topic\.arn", f"arn:aws:sns:eu-west-1:{ACCOUNT}:sample"),
    (
        r"connection-\w+\.arn",
        f"arn:aws:codeconnections:eu-west-1:{ACCOUNT}:connection/aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb",
    ),
    (r"pipeline(-pull-requests)?\.arn", f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:sample"),
    (r"bucket\.arn", "arn:aws:s3:::sample"),
    (r"bucket\.bucket", "sample-bucket"),
    (r"(event|schedule)[\w-]*\.arn", f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/sample"),
    (r"\.(name|id|repositoryName)", "sample"),
]


def known(value: Any) -> Any:
    """Inputs with a sample in the place of all that is known only later.

    Raises:
        AssertionError: if there is no sample of something.
    """
    if isinstance(value, Mapping):
        return {key: known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item) for item in value]
    return re.sub(r"\$\{([\w-]+\.\w+)\}", _sample, value) if isinstance(value, str) else value


def _sample(match: re.Match[str]) -> str:
    for pattern, sample in _SAMPLES:
        if re.search(f"{pattern}$", match[1]):
            return sample
    raise AssertionError(f"no sample of {match[1]}")


@cache
def shape(service: str, operation: str) -> StructureShape:
    """The input of an operation."""
    found = botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
    assert found is not None
    return found


def faults(service: str, operation: str, value: Mapping[str, Any]) -> list[str]:
    """What the model of an operation says against an input; nothing where it is taken."""
    return list(_faults(shape(service, operation), value, operation))


def _faults(shape: Any, value: Any, at: str) -> Iterator[str]:
    if shape.type_name == "structure":
        yield from (f"{at}: lacks {name}" for name in shape.required_members if name not in value)
        for name, item in value.items():
            if name not in shape.members:
                yield f"{at}: has no {name}"
            else:
                yield from _faults(shape.members[name], item, f"{at}.{name}")
    elif shape.type_name == "list":
        yield from _bounds(shape, len(value), at)
        for index, item in enumerate(value):
            yield from _faults(shape.member, item, f"{at}[{index}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _faults(shape.key, key, f"{at}.{key}")
            yield from _faults(shape.value, item, f"{at}.{key}")
    else:
        yield from _scalar(shape, value, at)


_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": float,
}


def _scalar(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, _TYPES[shape.type_name]) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield f"{at}: is no {shape.type_name}; got {value!r}"
        return
    if isinstance(value, str):
        yield from _bounds(shape, len(value), at)
        if (pattern := shape.metadata.get("pattern")) and not re.fullmatch(_python(pattern), value, re.DOTALL):
            yield f"{at}: does not match {pattern}; got {value!r}"
        if (enum := shape.metadata.get("enum")) and value not in enum:
            yield f"{at}: is none of {enum}; got {value!r}"
    elif not isinstance(value, bool):
        yield from _bounds(shape, value, at)


def _bounds(shape: Shape, size: float, at: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        yield f"{at}: must be {least} to {most}; got {size}"


def _python(pattern: str) -> str:
    return pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s").replace(r"\p{L}\p{Z}\p{N}_", r"\w\s")


def tags(found: Mapping[str, str] | None, key: str = "key", value: str = "value") -> list[dict[str, str]]:
    """Tags as a list."""
    return [{key: name, value: text} for name, text in (found or {}).items()]
