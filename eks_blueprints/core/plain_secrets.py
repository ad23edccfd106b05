"""Secrets that stand somewhere in plain text, told by the name that they stand under and by what they look like."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.core.json_values import AsWritten
from eks_blueprints.core.secret_text import looks, without

_LINE = re.compile(r"^([+ -]?\s*(?:- )?[\"']?(?:export )?([\w.-]+)[\"']?\s*[:=]\s*)(\S.*)$")
_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)")
_ENCODED = ("userdata", "userdatabase64", "user_data")
"""Endings of names under which scripts stand in base64."""

MASK = "[secret]"
PLAIN = "[plain-secret]"
"""In the place of a secret in a plan that is written down: rules that read the plan again still find it."""
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


def hidden(value: Any, name: str, mark: Any, inside: str = MASK) -> Any:
    """A value with `mark` in the place of each secret that stands in it in plain text.

    Of a text that holds one among others, such as a script, the secret alone is replaced, by `inside`.
    """
    if isinstance(value, Mapping):
        return {key: hidden(item, called(value, key), mark, inside) for key, item in value.items()}
    if isinstance(value, list):
        names = [name, *(match[1] if (match := _flag(item)) else name for item in value)]
        return [hidden(item, of, mark, inside) for item, of in zip(value, names, strict=False)]
    if isinstance(value, str) and name.lower().endswith(_ENCODED) and (text := _decoded(value)) is not None:
        shown = without(text, inside)
        return value if shown == text else base64.b64encode(shown.encode()).decode()
    if looks(name, value) and "\n" not in str(value).strip():
        return mark
    return without(value, inside) if isinstance(value, str) else value


def stands_for(written: str, text: Any) -> bool:
    """Whether a text of a plan that was written down is what stands there for `text`, with its secrets masked."""
    if PLAIN in written:
        # Of a value that was masked as a whole nobody can tell what it was.
        return written == PLAIN or (isinstance(text, str) and without(text, PLAIN) == written)
    if isinstance(text, str) and (script := _decoded(written)) is not None and PLAIN in script:
        return (other := _decoded(text)) is not None and without(other, PLAIN) == script
    return False


def called(settings: Mapping[Any, Any], key: Any) -> str:
    """What a setting is called: by its key, or as `{name: DB_PASSWORD, value: …}`."""
    name = settings.get("name")
    return name if key == "value" and isinstance(name, str) else str(key)


def hidden_line(line: str) -> str:
    """A line such as `password: x` or `TOKEN=x`, of a file or of a difference, without the secret."""
    parts = _LINE.match(line)
    if parts and looks(parts[2], parts[3].strip().strip("\"',")):
        return f"{parts[1]}{MASK}"
    return without(line, MASK)


def _flag(item: Any) -> re.Match[str] | None:
    return _FLAG.fullmatch(item) if isinstance(item, str) else None


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
