"""What several stack files of a project would make under one name that an account has once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import InputError, Problem, dotted, shown
from eks_blueprints.core.errors import Path as FieldPath
from eks_blueprints.registry.spec import NAMED
from eks_blueprints.stackfile.extends import extended, read_stack

_PUBLIC = "ecr_public_repositories"


def clashes(files: Sequence[Path]) -> list[Problem]:
    """Image repositories of teams that another stack file of the same account and region makes too.

    Files that cannot be read are left out: that is told elsewhere. Where neither file names its account, it is not
    known whether they share one, and the problem is a warning.
    """
    if len(files) < 2:
        return []
    seen: dict[tuple[str, str, str], list[tuple[Path, Document, FieldPath, Any]]] = {}
    found: list[Problem] = []
    for file in files:
        document = _read(file)
        if document is None or not isinstance(document.data, Mapping):
            continue
        account = _account(document.data)
        for field, name, path in _names(document.data):
            # Public repositories have one registry for all regions.
            key = (field, name, "" if field == _PUBLIC else str(document.data.get("region")))
            others = seen.setdefault(key, [])
            for other, _, at, theirs in others:
                if account == theirs:
                    found.append(_problem(document, path, name, f"{other}: {dotted(at)}", known=account is not None))
                    break
            others.append((file, document, path, account))
    return found


def _read(file: Path) -> Document | None:
    try:
        # What is no plain file, such as a pipe, can be read once, and is not read here. Few files are worth parsing.
        parts = [each for each in (file, *extended(file)) if each.is_file()]
        return read_stack(file) if any("ecr_" in each.read_text(encoding="utf-8") for each in parts) else None
    except (InputError, OSError, UnicodeDecodeError):
        return None


def _account(data: Mapping[str, Any]) -> Any:
    found = data.get("account")
    return found.get("id") if isinstance(found, Mapping) else None


def _names(data: Mapping[str, Any]) -> Iterator[tuple[str, str, FieldPath]]:
    """Names in a registry, by the field of a team that gives them."""
    teams = data.get("teams")
    for team, said in teams.items() if isinstance(teams, Mapping) else ():
        start = said.get("ecr_prefix") if isinstance(said, Mapping) else None
        start = start or str(team).replace("_", "-").lower()
        for field, (_, own) in NAMED.items():
            listed = said.get(field) if isinstance(said, Mapping) else None
            for key, each in listed.items() if isinstance(listed, Mapping) else ():
                name = each.get(own) if isinstance(each, Mapping) else None
                yield field, str(name or f"{start}/{key}"), ("teams", team, field, key)


def _problem(document: Document, path: FieldPath, name: str, other: str, *, known: bool) -> Problem:
    place = document.place(path)
    do = "declare it in one of them, or set ecr_prefix of the team"
    if known:
        message = f"has the name of {other}, and the registry of an account has it once; got {shown(name)}; {do}"
    else:
        do += ", or name the accounts (account.id) if they differ"
        message = f"has the name of {other}, which fails if both are in one account; got {shown(name)}; {do}"
    found = Problem(path, message, severity="error" if known else "warning")
    return found.at(
        place.file if place else document.file, place.line if place else None, place.column if place else None
    )
