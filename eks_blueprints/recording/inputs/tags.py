"""Tags that AWS refuses: at most 50 a resource, keys of 128 and values of 256 characters, none that begins with `aws:`.

https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.recording.inputs import wire
from eks_blueprints.recording.inputs.problems import InputProblem, join, shown

MOST, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
_PROPERTY = "tags"


def check_tags(type_token: str, inputs: Mapping[str, Any], is_unknown: wire.IsUnknown) -> list[InputProblem]:
    """The tags of one AWS resource, as a map or (of an Auto Scaling group) as a list."""
    tags = wire.unwrap(inputs.get(_PROPERTY))[0]
    if not type_token.startswith("aws:") or not isinstance(tags, Mapping | list) or wire.signature(tags):
        return []
    problems = [p for path, key, value in _pairs(tags) for p in _check_tag(path, key, value, is_unknown)]
    if len(tags) > MOST:
        problems.append(InputProblem(_PROPERTY, "too-long", f"at most {MOST} tags", str(len(tags)), "drop some"))
    return problems


def _pairs(tags: Mapping[str, Any] | list[Any]) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(tags, Mapping):
        for key, value in tags.items():
            yield join(_PROPERTY, key), key, value
        return
    for index, tag in enumerate(tags):
        if isinstance(tag, Mapping):
            yield join(_PROPERTY, index), tag.get("key"), tag.get("value")


def _check_tag(path: str, key: Any, value: Any, is_unknown: wire.IsUnknown) -> Iterator[InputProblem]:
    value, is_secret = wire.unwrap(value)
    if isinstance(key, str) and not is_unknown(key):
        if key.lower().startswith("aws:"):
            yield InputProblem(path, "bad-name", "aws: is AWS's own", shown(key), "choose another prefix")
        if not key:
            yield InputProblem(path, "bad-name", "a tag needs a key", "''", "give it one")
        if len(key) > LONGEST_KEY:
            yield _too_long(path, "key", LONGEST_KEY, key, is_secret=False)
    if isinstance(value, str) and not is_unknown(value) and len(value) > LONGEST_VALUE:
        yield _too_long(path, "value", LONGEST_VALUE, value, is_secret=is_secret)


def _too_long(path: str, part: str, longest: int, text: str, *, is_secret: bool) -> InputProblem:
    what = f"a tag's {part} can have at most {longest} characters"
    got = f"{shown(text, is_secret=is_secret)} of {len(text)}"
    return InputProblem(path, "too-long", what, got, f"shorten it by {len(text) - longest}")
