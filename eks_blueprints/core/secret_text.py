"""Secrets in plain text: told by the name that a value stands under, by its form, and by how random it is."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

_WORDS = {
    key: frozenset(words)
    for key, words in tomllib.loads(Path(__file__).with_name("secret_words.toml").read_text(encoding="utf-8")).items()
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET = frozenset({"password", "passwords", "passwd", "passphrase", "pass", "pwd", "passcode"})
_SECRET |= {"secret", "secrets", "token", "tokens", "credential", "credentials", "creds", "pat"}
_SECRET |= {"apikey", "accesskey", "secretkey", "privatekey", "authkey", "masterkey", "sharedkey", "requirepass"}
_ENDINGS = ("password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "privatekey", "accesskey")
_HINTS = frozenset({"key", "auth", "salt", "seed", "signature", "dsn", "hash", "connection", "conn", "webhook"})
_KEY_PAIR = ["ec", "2", "ssh", "key"]
"""EKS's name of the field that holds the name of an EC2 key pair."""
_KEPT_BY = frozenset({"client", "consumer", "cookie", "hmac", "session"})
"""Before "secret": what has a secret itself, and is no object of Kubernetes that has a name."""
_COUNTED = frozenset({"tokens", "secrets", "credentials", "passwords"})

_CONTENT = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Za-z0-9])"
    r"|-{3,5}BEGIN [A-Z ]*PRIVATE KEY(?:-{3,5}[\s\S]*?(?:-{3,5}END [A-Z ]*PRIVATE KEY-{3,5}|\Z))?"
    r"|LS0tLS1CRUdJTi[A-Za-z0-9+/]*(?:UFJJVkFUR|BSSVZBVE|gUFJJVkFU)"
    r"|\bgh[pousr]_[A-Za-z0-9]{30}|\bgithub_pat_\w{20}|\bglpat-[\w-]{20}|\bxox[abeprs]-[\w-]{10}"
    r"|hooks\.slack\.com/(?:services|workflows)/T\w+/\w+|discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20}"
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"
    r"|\bAIza[\w-]{35}|\bya29\.[\w-]{20}|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16}|\bsk-(?:ant-|proj-)?[\w-]{20}"
    r"|\bnpm_[A-Za-z0-9]{36}|\bpypi-AgE[\w-]{20}|\bSG\.[\w-]{16,}\.[\w-]{16}|\bdop_v1_[0-9a-f]{20}"
    r"|\bhv[sb]\.[\w-]{20}|\bAGE-SECRET-KEY-1\w{20}|\bdckr_pat_[\w-]{20}|\bhf_[A-Za-z]{30}"
    r"|AccountKey=[\w+/]{40,}={0,2}|\bAuthorization: *(?:Basic|Bearer) +(?![$<{\[*])[\w.+/=-]{6}"
    r"|(?:[?&]|\b)(?:sig|X-Amz-Signature)=[\w%+/-]{20}"
    r"|\[plain-secret\]"
    r"|^(?i:Basic|Bearer) +(?=\S*\d)[\w.+/=-]{8,}$)"
    r"[\w.+/=-]*",  # the rest of it
)
_LOGIN = re.compile(
    r"\b[a-z][a-z0-9+.-]{0,20}://(?:[^\s/:@?#\"'{}<>]{0,100}):([^\s/@\"'<>]{1,200})@[\w$\[]", re.IGNORECASE
)
_PART = re.compile(r"(?:^|[;?&\s,])(?:[\w-]*[_-])?(?:password|passwd|pwd|token|secret|api_?key)=([^;&\s\"',]+)", re.I)
_HARMLESS = re.compile(
    r"|true|false|yes|no|on|off|none|null|nil|undefined|default|disabled|enabled|required|optional|include|omit"
    r"|[*x•]{3,}|\.{3}|\[(redacted|secret|hidden|masked|sensitive)\]|redacted"
    r"|<[^<>]*>|your[-_ ].*|replace[-_ ]?me|todo|tbd"
    r"|\$\(.*|\$\{.*|\$[A-Za-z_][\w.:-]*|%[({].*|\{\{.*|@@.*|__\w+__"
    r"|(\d+(\.\d+)?\s*(ns|us|ms|s|m|h|d|w|y|sec|min|hours?|days?|minutes?|seconds?|weeks?|months?)\s*)+"
    r"|(?-i:PT?\d[\dYMWDTHS.]*)"
    r"|(\.{0,2}/|~/|file:)[\w./@~-]*|[A-Za-z]:\\.*|alias/[\w/-]+|arn:\S+|[a-z0-9.-]+/[a-z0-9./-]+[:#][\w./-]+"
    r"|(ref\+\w+|secretref|vault|ssm|sm|awssm|gcpsm|op|azurekv|secretsmanager|env|k8s|kms|keeper|conjur|doppler)(://|:/|:)\S+"
    r"|ENC\[.*|\{cipher\}.*",
    re.IGNORECASE,
)
_URL = re.compile(r"(https?|wss?|tcp|unix|grpc|oci|s3)://\S*", re.IGNORECASE)
_OBJECT = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_QUALIFIED = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+/[\w.-]{1,63}")
"""A label, an annotation or a taint with its prefix, as terms of an affinity have it under `key`."""
_SETTING = re.compile(
    r"(?:^|[\s;&|{,(=])[\"']?(?:--?|export )?([A-Za-z][\w.-]*)[\"']?\s*(?:=|:(?=\s|[\"']))\s*(\S.{0,200})"
)
_COMMENT = ("#", "//", ";", "<!--")
_CERTIFICATE = "LS0tLS1CRUdJTi"


def speaks(name: str) -> bool:
    """Whether a name is that of a secret itself, and not of its name, place, kind or age."""
    return _strength(name) == 2


def looks(name: str, value: Any) -> bool:
    """Whether a value that stands under a name is, as far as one can tell, a secret in plain text.

    `DB_PASSWORD` with `hunter2` or 12345678 is one; so is a private key, or a URL with a password, whatever the name.
    `TOKEN_LIFETIME`, `SECRET_NAME` and values that only point to a secret (`$(VAR)`, a path, an ARN) are none.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    text = str(value).strip().strip("\"'")
    if shaped(text):
        return True
    strength = _strength(name)
    if strength is None or _HARMLESS.fullmatch(text) or _URL.fullmatch(text):
        return False
    if re.fullmatch(r"[\d.]+", text):
        return strength == 2 and _words(name)[-1] not in _COUNTED and len(text) >= _digits(name)
    if strength == 2:
        return not _names_object(name, text)
    return not _QUALIFIED.fullmatch(text) and _random(text, 12 if strength == 1 else 30)


def shaped(text: str) -> bool:
    """Whether a text holds what can only be a secret: a key of AWS, a private key, a JWT, a URL with a password."""
    return masked(text, "") != text


def masked(text: str, mark: str) -> str:
    """A text with `mark` in the place of each part that can only be a secret."""
    text = _CONTENT.sub(mark, text)
    for form in (_LOGIN, _PART) if "://" in text or ";" in text else ():
        text = form.sub(lambda found: _without(found, mark), text)
    return text


def _without(found: re.Match[str], mark: str) -> str:
    whole, start = found[0], found.start(1) - found.start()
    if _HARMLESS.fullmatch(found[1]):
        return whole
    return whole[:start] + mark + whole[start + len(found[1]) :]


def inside(text: str) -> Iterator[str]:
    """What the secrets are called that stand in a text, as settings, JSON or a script: `password: x`, `--token=x`.

    One that no name stands before is called by its line.
    """
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith(_COMMENT):
            continue
        found = [name for name, _, _ in _settings(line)]
        yield from found
        if not found and shaped(bare):
            key = re.match(r"[\"'{]*([\w.-]+)[\"']?\s*[:=]", bare)
            yield key[1] if key and not shaped(key[1]) else f"line {number}"


def without(text: str, mark: str) -> str:
    """A text with `mark` in the place of each secret in it, be it settings, JSON or a script."""
    return "\n".join(_line_without(line, mark) for line in masked(text, mark).split("\n"))


def _line_without(line: str, mark: str) -> str:
    for _, start, end in sorted(set(_settings(line)), key=lambda each: -each[1]):
        line = f"{line[:start]}{mark}{line[end:]}"
    return line


def _settings(line: str) -> Iterator[tuple[str, int, int]]:
    """The names of the secrets that a line sets, and from where to where these stand in it."""
    at = 0
    while match := _SETTING.search(line, at):
        at = match.end(1)
        if not speaks(match[1]):
            continue
        first = match[2].strip().rstrip(",}")
        quoted = re.match(r"([\"'])(.*?)\1", first)
        given = quoted[2] if quoted else re.split(r"[\s;,&|]", first, maxsplit=1)[0]
        if given not in ("|", ">", "|-", ">-", "{", "[", "&", "=", "==") and looks(match[1], given):
            start = match.start(2) + (1 if quoted else 0)
            yield match[1], start, start + len(given)


def _words(name: str) -> list[str]:
    return [each.lower() for each in _WORD.findall(name)]


@lru_cache(4096)
def _strength(name: str) -> int | None:
    """2 for the name of a secret, 1 for one that hints at it, 0 for any other, None for one about a secret."""
    words = _words(name)
    if words == _KEY_PAIR:
        return None
    at = [i for i, word in enumerate(words) if _is_secret(words, i)]
    if not at:
        if "public" in words:
            return None
        return None if words and words[-1] in _WORDS["about"] - {"key"} else 1 if _HINTS & set(words) else 0
    after = words[at[-1] + 1 :]
    if words[0] in _WORDS["before"] or any(word in _WORDS["about"] for word in after):
        return None
    return 2 if all(word in _WORDS["neutral"] or word.isdigit() for word in after) else 1


def _is_secret(words: list[str], i: int) -> bool:
    word = words[i]
    if word == "key":
        return i > 0 and words[i - 1] in _WORDS["keys"]
    if word == "pat" and len(words) == 1:
        return False
    return word in _SECRET or (word.endswith(_ENDINGS) and not word.endswith("nonsecret"))


def _digits(name: str) -> int:
    """How many digits a number has at least that is a secret of this name: a token of few is a count."""
    return 6 if "token" in name.lower() else 3


def _names_object(name: str, text: str) -> bool:
    """Whether a setting such as `tlsSecret: web-tls` names an object of Kubernetes."""
    words = _words(name)
    if words[-2:] == ["secret", "key"] and speaks(text):  # of an ExternalSecret: which key of a Secret
        return True
    reference = words[-1] in ("secret", "secrets", "credentials", "creds") and name != name.upper()
    if words[-1] == "secret" and _KEPT_BY & {*words[:-1]}:
        return False
    return reference and len(text) <= 63 and _OBJECT.fullmatch(text) is not None and not _random(text, 16)


def _random(text: str, least: int) -> bool:
    """Whether a text is one word of letters and digits as nobody writes it."""
    if len(text) < least or not re.fullmatch(r"[\w+/=.~!@#$%^&*-]+", text) or text.startswith(_CERTIFICATE):
        return False
    if least >= 30 and (
        re.fullmatch(r"[0-9a-f-]+|[a-z0-9./_-]+|[A-Z0-9_]+", text) or text.count("/") > 2 or "." in text
    ):
        return False
    kinds = sum(re.search(each, text) is not None for each in ("[a-z]", "[A-Z]", r"\d", r"[^\w]"))
    return kinds >= 2 and re.search(r"\d", text) is not None and _entropy(text) >= 3


def _entropy(text: str) -> float:
    """Bits of information in each character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
