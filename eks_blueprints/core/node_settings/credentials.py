"""Credentials in plain text: user data is read by whoever can ask the instance metadata service, and by plans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path

INSTEAD = "write {secret: key} and set it by pulumi config set --secret, or let the node fetch it with its role"

_BOTTLEROCKET = (
    ("container-registry", "credentials", None, "password"),
    ("container-registry", "credentials", None, "auth"),
    ("container-registry", "credentials", None, "identitytoken"),
    ("aws", "credentials"),
    ("kubernetes", "bootstrap-token"),
    ("kubernetes", "server-key"),
)
"""Settings of Bottlerocket that hold nothing but a credential; None is any index of a list."""

CREDENTIALS = frozenset(path[-1] for path in _BOTTLEROCKET) | {"creds"}
"""Names of fields whose values messages do not repeat."""

_SURE = (
    r"(?<![A-Z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Z0-9])"
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
    r"|aws_secret_access_key[\"']?\s*[=:]\s*[\"']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
)
_LIKELY = (
    r"(?<![a-z0-9])(?:password|passwd|identitytoken|auth_token|secret_access_key|api_key|apikey)[\"']?\s*[=:]\s*"
    r"[\"']?[^\s\"'$`<{(]"
    r"|://[^/\s:@\"'$]+:[^/\s:@\"'$]+@"
)
_AUTH_IN_CONTAINERD = ("auth", "password", "identitytoken")


def in_bottlerocket(settings: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Credentials in plain text in settings that are made for one."""
    for path in _BOTTLEROCKET:
        for at, value in _found(settings, path):
            # `creds` is another name of the list; an empty text is no credential.
            if isinstance(value, str) and value:
                yield at, _message("is a credential in plain text", value)


def in_containerd(config: Mapping[str, Any], path: Path = ()) -> Iterator[str]:
    """The keys of containerd's configuration at which a registry's credential stands in plain text."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from in_containerd(value, (*path, key))
        elif key in _AUTH_IN_CONTAINERD and isinstance(value, str) and value and "registry" in path:
            yield ".".join(map(str, (*path, key)))


def in_texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Texts that hold a credential for sure: an AWS access key or a private key."""
    for at, text in _texts(value, path):
        if re.search(_SURE, text, re.IGNORECASE):
            yield at, _message("holds an access key or a private key in plain text", text)


def likely_in_texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Texts that look as if they held a credential: a literal password, or one in an address."""
    for at, text in _texts(value, path):
        if not re.search(_SURE, text, re.IGNORECASE) and re.search(_LIKELY, text, re.IGNORECASE):
            yield at, _message("looks like it contains a password in plain text", text)


def _message(what: str, text: str) -> str:
    return f"{what}, which anyone on the node can read; got {len(text)} characters; {INSTEAD}"


def _found(value: Any, pattern: tuple[str | None, ...], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        yield path, value
    elif pattern[0] is None and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _found(item, pattern[1:], (*path, index))
    elif isinstance(value, Mapping):
        names = ("credentials", "creds") if path == ("container-registry",) else (pattern[0],)
        for name in names:
            if name in value:
                yield from _found(value[name], pattern[1:], (*path, str(name)))


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _texts(entry, (*path, str(key)))
            # A map of environment variables says by its keys what it holds.
            if isinstance(entry, str):
                yield from (
                    (at, text)
                    for at, text in [((*path, str(key)), f"{key}={entry}")]
                    if re.match(_LIKELY, text, re.IGNORECASE)
                )
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            yield from _texts(entry, (*path, index))
