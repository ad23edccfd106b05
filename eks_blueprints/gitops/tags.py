"""One image's tag in YAML text, wherever it may stand; every other byte stays as it is.

It stands in an image (`image: shop/web:v3.0`, of a manifest, a Rollout or a stack file), in the `images` of a
kustomization (`newTag`, `digest`), or beside the `repository` in the values of a chart (`tag`, `digest`).
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.images import parts
from eks_blueprints.core.yaml_text import needs_no_quotes

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
"""The anchor and the tag of a node, which stand before it."""


@dataclass(frozen=True, slots=True)
class New:
    """An image with the tag or the digest that it gets."""

    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, image: str) -> New:
        """The image that a person names."""
        return cls(*parts(image))

    @property
    def end(self) -> str:
        """What stands behind the repository."""
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


@dataclass(frozen=True, slots=True)
class Place:
    """A scalar of a text that holds an image's tag or digest."""

    start: int
    end: int
    line: int
    repository: str
    old: str
    """What stands behind the repository now."""
    text: str | None
    """What has to stand there; None where it cannot be written, because of `why_not`."""
    why_not: str = ""


class NotYamlError(ValueError):
    """A text is no YAML, such as the template of a chart."""


def places(text: str, new: New) -> list[Place]:
    """Where an image stands in a text, in order.

    Raises:
        NotYamlError: if the text is none.
    """
    yaml: Any = importlib.import_module("yaml")
    found: dict[int, Place] = {}
    try:
        for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
            for place in _in_node(document, new, text):
                found.setdefault(place.start, place)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise NotYamlError(type(error).__name__) from None
    return [found[start] for start in sorted(found)]


def replaced(text: str, found: list[Place]) -> str:
    """A text with what has to stand at some places."""
    for place in reversed(found):
        if place.text is not None:
            text = text[: place.start] + place.text + text[place.end :]
    return text


def _in_node(node: Any, new: New, text: str) -> Iterator[Place]:
    name = type(node).__name__
    if name == "MappingNode":
        pairs = {key.value: value for key, value in node.value if type(key).__name__ == "ScalarNode"}
        yield from _beside(pairs, new, text)
        for _, value in node.value:
            yield from _in_node(value, new, text)
    elif name == "SequenceNode":
        for each in node.value:
            yield from _in_node(each, new, text)
    elif name == "ScalarNode" and node.value.startswith(new.repository):
        repository, _, _ = parts(node.value)
        if repository == new.repository and node.value != repository:
            yield _place(node, repository, node.value.removeprefix(repository), f"{repository}{new.end}", text)


def _beside(pairs: Mapping[str, Any], new: New, text: str) -> Iterator[Place]:
    """The tag that stands in an entry of its own: of a kustomization's image, or of a chart's values."""
    said = {key: value.value for key, value in pairs.items() if type(value).__name__ == "ScalarNode"}
    if "newTag" in said or ("digest" in said and ("name" in said or "newName" in said)):
        if new.repository != said.get("newName", said.get("name")):
            return
        tag = "newTag"
    elif "repository" in said and ("tag" in said or "digest" in said):
        if new.repository not in (said["repository"], f"{said.get('registry', '')}/{said['repository']}"):
            return
        tag = "tag"
    else:
        return
    old = (f":{said[tag]}" if said.get(tag) else "") + (f"@{said['digest']}" if said.get("digest") else "")
    for key, wanted in ((tag, new.tag), ("digest", new.digest)):
        if key not in pairs:
            continue
        if wanted:
            yield _place(pairs[key], new.repository, old, wanted, text)
        elif said[key] and not (key == tag and new.digest):
            why = "stands there by its digest, which wins over the tag; name the digest too"
            yield Place(
                pairs[key].start_mark.index,
                pairs[key].end_mark.index,
                _line(pairs[key]),
                new.repository,
                old,
                None,
                why,
            )
    if new.digest and "digest" not in pairs:
        node = pairs[tag]
        why = "stands there without a digest; name its tag, or add digest beside it"
        if not new.tag:
            yield Place(node.start_mark.index, node.end_mark.index, _line(node), new.repository, old, None, why)


def _place(node: Any, repository: str, old: str, value: str, text: str) -> Place:
    start, end = node.start_mark.index, node.end_mark.index
    if match := _PROPERTIES.match(text, start, end):
        start = match.end()
    # A whole image is text to every reader; a tag alone may look like a number.
    plain = needs_no_quotes(value) or (value.startswith(f"{repository}:") and re.search(r"[a-z]", repository))
    if node.style == "'":
        written = "'" + value.replace("'", "''") + "'"
    elif node.style == '"' or not (plain or node.value == value):
        written = json.dumps(value)
    else:
        written = value
    if node.style in ("|", ">"):
        return Place(
            start, end, _line(node), repository, old, None, "stands in a text of several lines; write it on one"
        )
    return Place(start, end, _line(node), repository, old, text[start:end] if node.value == value else written)


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
