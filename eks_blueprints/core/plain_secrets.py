"""Secrets that stand somewhere in plain text, told by the name that they stand under and by what they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.core.json_values import AsWritten
from eks_blueprints.core.secret_text import looks, masked

_LINE = re.compile(r"^([+ -]?\s*(?:- )?[\"']?(?:export )?([\w.-]+)[\"']?\s*[:=]\s*)(\S.*)$")

INSTEAD = "write {secret: key}, and run: pulumi config set --secret key …"


def found(value: Any, name: str = "", path: Path = ()) -> Iterator[Path]:
    """Where secrets stand in plain text in settings, also as `{name: DB_PASSWORD, value: …}`."""
    if isinstance(value, AsWritten):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from found(item, called(value, key), (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from found(item, name, (*path, index))
    elif looks(name, value):
        yield path


def hidden(value: Any, name: str, mark: Any) -> Any:
    """A value with `mark` in the place of each secret that stands in it in plain text."""
    if isinstance(value, Mapping):
        return {key: hidden(item, called(value, key), mark) for key, item in value.items()}
    if isinstance(value, list):
        return [hidden(item, name, mark) for item in value]
    return mark if looks(name, value) else value


def called(settings: Mapping[Any, Any], key: Any) -> str:
    """What a setting is called: by its key, or as `{name: DB_PASSWORD, value: …}`."""
    name = settings.get("name")
    return name if key == "value" and isinstance(name, str) else str(key)


def hidden_line(line: str) -> str:
    """A line such as `password: x` or `TOKEN=x`, of a file or of a difference, without the secret."""
    parts = _LINE.match(line)
    if parts and looks(parts[2], parts[3].strip().strip("\"',")):
        return f"{parts[1]}[secret]"
    return masked(line, "[secret]")
