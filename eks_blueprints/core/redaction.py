"""Keeps the values of secrets out of messages, and leaves what a message says to do about them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence

_GOT = "; got "
_DO = "; "
_WORD = re.compile(r"[A-Za-z0-9]{3,}")
_NAMED = frozenset({"access", "addons", "compute", "namespaces", "pipelines", "teams", "workloads"})
"""Groups of a platform, whose keys are names of somebody's choice; one of them may be called `secrets`."""


def without_secret(path: Sequence[str | int], message: str) -> str:
    """A message that quotes no value where a secret may stand: below a name such as password, or in a Secret.

    Args:
        path: where the field stands in a spec.
        message: `what; got value; do`. What to do is left out too if it may quote the value again.
    """
    what, _, got = message.partition(_GOT)
    key = path[-1] if path and isinstance(path[-1], str) else ""
    first = got.partition(" ")[0].rstrip(";")
    quoted = json.dumps(key, ensure_ascii=False)
    says_nothing = got.startswith("plain text;") or first in ("", "nothing", "both", "[secret]", key, quoted)
    if says_nothing or not _holds_secret(path, key):
        return message
    return _DO.join([f"{what}{_GOT}[secret]", *_harmless(got)])


def _holds_secret(path: Sequence[str | int], key: str) -> bool:
    from eks_blueprints.core.secret_text import speaks  # reads its words, which no platform without a problem needs

    for at, part in enumerate(path[:-1]):
        if part == "secrets" and (at == 0 or path[at - 1] not in _NAMED):
            return tuple(path[at + 2 : at + 3]) in ((), ("data",))
    return len(path) > 1 and speaks(key)


def _harmless(got: str) -> list[str]:
    """What a message says to do, unless it shares a word with the value, plain or in base64."""
    if got[:1] in ('"', "{", "["):
        try:
            value, end = json.JSONDecoder().raw_decode(got)
        except ValueError:
            return []  # cut, so that nobody knows what it shares
        text, do = json.dumps(value, ensure_ascii=False), got[end:].removeprefix(_DO)
    else:
        text, _, do = got.partition(_DO)
    text = f"{text} {_decoded(text)}".casefold()
    # `quote it: "123"` says enough without what it quotes.
    return next(([each] for each in (do, do.partition(": ")[0]) if each and not _shares(each.casefold(), text)), [])


def _shares(do: str, value: str) -> bool:
    return any(word in value for word in _WORD.findall(do)) or any(word in do for word in _WORD.findall(value))


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text.strip().strip('"'), validate=True).decode("utf-8", "ignore")
    except (ValueError, binascii.Error):
        return ""
