"""Secrets that stand somewhere in plain text, told by the name that they stand under and by what they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.core.json_values import AsWritten

_NAME = re.compile(
    r"password|passwd|passphrase|secret|token(?!iz)|api_?-?key|access_?-?key|private_?-?key|credential", re.IGNORECASE
)
_ABOUT = re.compile(
    r"[_.-]?(account|algorithm|annotations?|arn|audience|class|count|dir|enabled|endpoint|expiry|file|format|host|id|"
    r"issuer|key_?name|labels?|length|lifetime|max|min|mode|name|namespace|path|period|policy|port|prefix|provider|"
    r"refs?|rotation|store|suffix|timeout|ttl|type|uri|url|validity|version)s?$|^existing",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"|true|false|yes|no|none|null|default|changeit|\d+([.]\d+)?|\d+(ms|s|m|h|d)(\d+(ms|s|m|h|d))*|\$[({].*[)}]|"
    r"[./~][\w./~-]*|https?://[^@\s]*|arn:\S+|\{\{.*\}\}|(secret|vault|ref\+\w+|ref|file|op|awssm|ssm)(://|:/)\S+",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"(?<![A-Z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Z0-9])|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{30}|"
    r"github_pat_\w{20}|xox[abprs]-[\w-]{10}|glpat-[\w-]{20}|(?<=[a-z]://)[^/\s:@\"'$]+:[^/\s:@\"'$]{3,}@"
)
_OBJECT = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_LINE = re.compile(r"^([+ -]?\s*(?:- )?[\"']?(?:export )?([\w.-]+)[\"']?\s*[:=]\s*)(\S.*)$")

INSTEAD = "write {secret: key}, and run: pulumi config set --secret key …"


def speaks(name: str) -> bool:
    """Whether a name is that of a secret itself, and not of its name, place, kind or age."""
    return _NAME.search(name) is not None and _ABOUT.search(name) is None


def looks(name: str, value: Any) -> bool:
    """Whether a value that stands under a name is, as far as one can tell, a secret in plain text."""
    if not isinstance(value, str):
        return False
    if _CONTENT.search(value):
        return True
    if not speaks(name) or _HARMLESS.fullmatch(value):
        return False
    # `tls: {secret: web-tls}` names an object, as most fields do that are called just so.
    return not (name.lower().endswith(("secret", "secrets")) and "-" in value and _OBJECT.fullmatch(value))


def found(value: Any, name: str = "", path: Path = ()) -> Iterator[Path]:
    """Where secrets stand in plain text in settings, also as `{name: DB_PASSWORD, value: …}`."""
    if isinstance(value, AsWritten):
        return
    if isinstance(value, Mapping):
        called = value.get("name")
        for key, item in value.items():
            of = called if key == "value" and isinstance(called, str) else str(key)
            yield from found(item, of, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from found(item, name, (*path, index))
    elif looks(name, value):
        yield path


def hidden(value: Any, name: str, mark: Any) -> Any:
    """A value with `mark` in the place of each secret that stands in it in plain text."""
    if isinstance(value, Mapping):
        called = value.get("name")
        return {
            key: hidden(item, called if key == "value" and isinstance(called, str) else str(key), mark)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [hidden(item, name, mark) for item in value]
    return mark if looks(name, value) else value


def hidden_line(line: str) -> str:
    """A line such as `password: x` or `TOKEN=x`, of a file or of a difference, without the secret."""
    parts = _LINE.match(line)
    if parts and looks(parts[2], parts[3].strip().strip("\"',")):
        return f"{parts[1]}[secret]"
    return _CONTENT.sub("[secret]", line)
