"""Takes secrets out of objects: what stays is `{secret: key}`, and the values for Pulumi's config."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.errors import Path, dotted
from eks_blueprints.core.plain_secrets import found as plain
from eks_blueprints.core.plain_secrets import hidden_line
from eks_blueprints.core.secret_objects import is_secret
from eks_blueprints.core.spec import Reference
from eks_blueprints.kubernetes.shapes import of
from eks_blueprints.lifecycle.importers.manifests.original import Original

_NOT_HERE = frozenset({"annotations", "labels", "matchLabels", "metadata", "selector"})
"""Fields that take no reference, as Kubernetes shows them to all."""
_HERE = frozenset({"args", "command", "data", "env", "httpHeaders"})
"""Fields of Kubernetes' own kinds in which people write values of their own."""
_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class SecretValues:
    """Values by the keys of Pulumi's config under which they are to be stored."""

    by_key: dict[str, str] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)
    """What each is for."""
    inside: list[str] = field(default_factory=list)
    """Secrets that stand inside longer texts, such as a file of a ConfigMap, and stay there: where, and what to do."""

    def take(self, original: Original) -> None:
        """Put references in the place of what is secret in an object."""
        if is_secret(original.manifest):
            self._take_data(original)
        elif original.kind != "CustomResourceDefinition":
            for path in list(plain(original.manifest)):
                if _may_be_one(original, [str(part) for part in path]):
                    self._replace(original, path)
            for path, text in _texts(original.manifest):
                if lines := [number for number, line in enumerate(text.splitlines(), 1) if hidden_line(line) != line]:
                    where = f"line{'s' * (len(lines) > 1)} {', '.join(map(str, lines[:5]))} of {dotted(path)}"
                    what = f"{original.called}: {where} looks like a secret in plain text, and is copied as it is"
                    self.inside.append(f"{original.place}: {what}; move the text into a Secret")

    def _take_data(self, original: Original) -> None:
        manifest = original.manifest
        given = {**(manifest.pop("data", None) or {})}
        texts: dict[str, Any] = {}
        binary: dict[str, Any] = {}
        for key, value in given.items():
            text = _decoded(value)
            if text is None:
                binary[key] = self._key(original, (key,), str(value))
                original.notes.append(f"data.{key}: stays in base64, it is no UTF-8 text")
            else:
                texts[key] = text if text == "" else self._key(original, (key,), text)
        for key, value in (manifest.pop("stringData", None) or {}).items():
            texts[key] = value if value == "" else self._key(original, (key,), str(value))
        if texts:
            manifest["stringData"] = texts
        if binary:
            manifest["data"] = binary

    def _replace(self, original: Original, path: Path) -> None:
        inside: Any = original.manifest
        for part in path[:-1]:
            inside = inside[part]
        named = inside.get("name") if isinstance(inside, dict) and path[-1] == "value" else None
        said = (str(named),) if named else tuple(str(part) for part in path if not isinstance(part, int))[-1:]
        inside[path[-1]] = self._key(original, said, str(inside[path[-1]]), dotted(path))

    def _key(self, original: Original, said: tuple[str, ...], value: str, where: str | None = None) -> Reference:
        base = "_".join(_WORD.sub("_", part.lower()).strip("_") for part in (original.name, *said))[:100]
        for key in _numbered(base):
            if key not in self.by_key:
                break
        self.by_key[key] = value
        self.of[key] = f"{where or '.'.join(said)} of {original.called}"
        return Reference(secret=key)


def _texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Texts of several lines."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    elif isinstance(value, str) and "\n" in value.strip():
        yield path, value


def _may_be_one(original: Original, path: list[str]) -> bool:
    """Whether a secret can stand at a path: what names a part of another object is none, however it looks."""
    if _NOT_HERE & set(path[:-1]) or path[-1] in ("key", "name") or any(part.endswith("Ref") for part in path):
        return False
    known = of(None).kind(str(original.manifest["apiVersion"]), original.kind)
    return known is None or bool(_HERE & set(path))


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}_{number}"
        number += 1


def _decoded(value: Any) -> str | None:
    """The text that base64 stands for; None where it is none."""
    try:
        text = base64.b64decode("".join(str(value or "").split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return text if "\x00" not in text else None
