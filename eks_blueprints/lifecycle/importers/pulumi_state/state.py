"""A state of Pulumi: of a program that uses pulumi-eks, whose components are made of plain resources, or aws.eks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.adoption.types import types
from eks_blueprints.core.printed import visible
from eks_blueprints.lifecycle.importers.found.model import Found, Holdings
from eks_blueprints.lifecycle.json_files import parsed, read_json, refused
from eks_blueprints.recording.exported import exported

_WHAT = "an exported stack of Pulumi"
_DO = "write one with pulumi stack export, without --show-secrets"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key that marks values of other kinds in a state, such as secrets (pulumi: sdk/go/common/resource/sig)."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, and none
_STACK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,2}")
_SECONDS = 300


def read_state(named: str) -> Holdings:
    """What an exported stack holds, without its secrets.

    Args:
        named: a file, or `-` for standard input.

    Raises:
        InputError: if it is none.
    """
    file = "<stdin>" if named == "-" else named
    return holdings(read_json(named, _WHAT, _DO), file)


def read_stack(named: str) -> Holdings:
    """The same of a stack, by its name, which Pulumi's command exports.

    Raises:
        InputError: if there is no such command, or it cannot export the stack.
    """
    if not _STACK.fullmatch(named):
        raise refused(named, "is neither a file nor the name of a stack; got no such file; name one of them")
    command = shutil.which("pulumi")
    if command is None:
        raise refused(named, f"is no file, and Pulumi is not at hand to export a stack of that name; {_DO}")
    asked = [command, "stack", "export", "--stack", named, "--non-interactive"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise refused(named, f"cannot be exported; got {type(error).__name__}; {_DO}") from None
    if done.returncode:
        said = " ".join(done.stderr.split())[:300] or f"exit code {done.returncode}"
        raise refused(named, f"cannot be exported; got {said}; log in, and name a stack that pulumi stack ls lists")
    return holdings(parsed(done.stdout, named, _WHAT, _DO), named)


def holdings(data: Any, file: str) -> Holdings:
    """What is in an export that has been parsed.

    Raises:
        InputError: if it is none.
    """
    checked = exported(json.dumps(data), file)
    rows = checked["deployment"].get("resources") or ()
    found = tuple(_found(row, file) for row in rows if _is_managed(row) and not _is_going(row))
    return Holdings(found, file, (*_interrupted(checked["deployment"]), *map(_going, filter(_is_going, rows))))


def _is_managed(row: Mapping[str, Any]) -> bool:
    return bool(row.get("custom")) and not row.get("external") and not row["type"].startswith("pulumi:")


def _is_going(row: Mapping[str, Any]) -> bool:
    return bool(row.get("delete") or row.get("pendingReplacement"))


def _going(row: Mapping[str, Any]) -> tuple[str, str]:
    do = "let the old program finish with pulumi up first, and import again"
    return _place(row), f"is still to be deleted, by a replacement that did not finish: left out; {do}"


def _interrupted(deployment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Operations that were going on when a deployment stopped: whether they took place is not known."""
    operations = deployment.get("pending_operations")
    for each in operations if isinstance(operations, list) else ():
        row = each.get("resource") if isinstance(each, Mapping) else None
        if isinstance(row, Mapping) and isinstance(row.get("urn"), str) and isinstance(row.get("type"), str):
            do = "run pulumi refresh on the old stack, and import again"
            yield (
                _place(row),
                f"was interrupted while {visible(str(each.get('type')))}: what AWS has is not known; {do}",
            )


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['type']} {row['urn'].rpartition('::')[2]}"


def _found(row: Mapping[str, Any], file: str) -> Found:
    place = _place(row)
    if row["type"] not in types():
        return Found(row["type"], place, urn=row["urn"])
    known = types()[row["type"]].inputs
    outputs = row.get("outputs") or {}
    # What a provider has read is newer than what the program gave.
    both = {**(row.get("inputs") or {}), **{key: value for key, value in outputs.items() if value is not None}}
    given = {**both, "id": row.get("id") or ""}
    hidden = sorted(key for key, value in given.items() if key in known and _is_secret(value))
    if hidden:
        do = "make it plain in the program that deploys it, or write the stack file by hand"
        message = (
            f"{place} hides {', '.join(hidden)} as secrets, which nothing can be made of; got them encrypted; {do}"
        )
        raise refused(file, message)
    return Found.of(row["type"], place, {key: _plain(value) for key, value in given.items()}, urn=row["urn"])


def _is_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.get(_SIGNATURE) == _SECRET or any(map(_is_secret, value.values()))
    return isinstance(value, list) and any(map(_is_secret, value))


def _plain(value: Any) -> Any:
    """A value without what the engine and providers add, and without secrets."""
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return None
        return {key: _plain(each) for key, each in value.items() if not key.startswith("__")}
    return [_plain(each) for each in value] if isinstance(value, list) else value
