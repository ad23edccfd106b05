"""What a person wrote: the edits of a stack file, and which of them a provider's property comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import Any

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import Path
from eks_blueprints.core.plain_secrets import hidden
from eks_blueprints.core.secret_objects import FIELDS, is_secret
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.recording.positions import Position
from eks_blueprints.review.diff.changes import ABSENT, Change
from eks_blueprints.review.diff.values import same
from eks_blueprints.review.diff.words import value


@dataclass(frozen=True, slots=True)
class Edit:
    """One field of a stack file that is written differently, comes or goes."""

    path: Path
    old: Any
    new: Any
    place: str
    """File and line: of the new file, or where it stood in the old one."""
    secret: bool = False
    """Whether its values are those of a Secret, which no report shows."""

    @property
    def told(self) -> str:
        """The field and how it changes, as one clause."""
        if isinstance(self.old, Mapping) or isinstance(self.new, Mapping):
            return f"`{_dotted(self.path)}` is {'removed' if self.new is ABSENT or self.new is None else 'added'}"
        return f"`{_dotted(self.path)}` {self._shown(self.old)} → {self._shown(self.new)}"

    def _shown(self, each: Any) -> str:
        if each is ABSENT:
            return "unset"
        name = str(self.path[-1]) if self.path else ""
        return value(_MARK if self.secret else hidden(each, name, _MARK), 60)

    def leaves(self) -> Iterator[Edit]:
        """The fields inside, where a whole part comes or goes."""
        yield from _leaves(self)


@dataclass(frozen=True, slots=True)
class Edits:
    """All edits between two versions of a stack file, and of those that it extends; none where there is no such file,
    or only one is at hand."""

    all: tuple[Edit, ...] = ()
    paths: tuple[Mapping[Position, Path], Mapping[Position, Path]] = field(default_factory=lambda: ({}, {}))
    """Of the old and the new file: the part that begins in a line."""

    def of(self, resource: PlannedResource, *, old: bool = False) -> list[Edit]:
        """The edits inside the part of the file that a resource comes from, and of that part as a whole."""
        own = self.paths[0 if old else 1].get(resource.source) if resource.source else None
        if not own:
            return []
        return [each for each in self.all if each.path[: len(own)] == own or own[: len(each.path)] == each.path]

    def behind(self, change: Change, resource: PlannedResource) -> Edit | None:
        """The edit that a change of a property comes from; None where that is not sure."""
        own = self.of(resource)
        looked = [(tuple(own), fits) for fits in (is_behind, _valued, _named)]
        # Elsewhere a field that is only named alike, or has the same number, is mostly another one.
        looked += [(self.all, fits) for fits in (is_behind, _valued) if _telling(change)]
        for edits, fits in looked:
            found = [leaf for edit in edits for leaf in edit.leaves() if fits(leaf, change)]
            if found:
                return found[0]
        akin = [edit for edit in own if _akin(edit, change)]
        if len(akin or own) == 1:
            return (akin or own)[0]
        return self.all[0] if len(self.all) == 1 else None

    def removing(self, resource: PlannedResource) -> Edit | None:
        """The edit that a deletion comes from; None where that is not sure."""
        own = self.of(resource, old=True)
        gone = [each for each in own if each.new is ABSENT]
        named = [each for each in gone if _plain(str(each.path[-1])) in _plain(resource.name)]
        found = named or gone or [each for each in own if each.old is not ABSENT]
        if not found and len(self.all) == 1:
            return self.all[0]
        return found[0] if len(found) == 1 or named else None


def edits(old: Document, new: Document) -> Edits:
    """What differs between two versions of a stack file."""
    found = tuple(_compared(old.data, new.data, Edit((), ABSENT, ABSENT, ""), old, new))
    return Edits(found, (by_line(old), by_line(new)))


def named_in(plan: Plan, file: File) -> str:
    """What a plan calls its stack file; the files that it extends are among its sources too."""
    sources = dict.fromkeys(each.source.file for each in plan.resources if each.source)
    return next((each for each in sources if File(each).name == file.name), next(iter(sources), str(file)))


def by_line(document: Document) -> dict[Position, Path]:
    """The part of a stack file that begins in a line, by line."""
    found: dict[Position, Path] = {}
    for path, place in sorted(document.keys.items(), key=lambda item: len(item[0])):
        found.setdefault(Position(place.file, place.line), path)
    return found


def _compared(old: Any, new: Any, at: Edit, before: Document, after: Document) -> Iterator[Edit]:
    """The edits below a part, whose path and secrecy `at` has."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*new, *old]):
            below = _below(at, key, old, new)
            yield from _compared(old.get(key, ABSENT), new.get(key, ABSENT), below, before, after)
    elif isinstance(old, list) and isinstance(new, list) and any(isinstance(x, Mapping) for x in (*old, *new)):
        for index in range(max(len(old), len(new))):
            a, b = (side[index] if index < len(side) else ABSENT for side in (old, new))
            yield from _compared(a, b, replace(at, path=(*at.path, index)), before, after)
    elif old is not new and (ABSENT in (old, new) or not same(old, new)):
        document = before if new is ABSENT else after
        place = document.place(at.path, of_key=True)
        where = f"{place.file}:{place.line}" if place else document.file
        yield replace(at, old=old, new=new, place=where)


def _leaves(edit: Edit) -> Iterator[Edit]:
    for side in (edit.old, edit.new):
        if isinstance(side, Mapping):
            for key, value in side.items():
                a, b = (value, ABSENT) if side is edit.old else (ABSENT, value)
                yield from _leaves(replace(_below(edit, key, side), old=a, new=b))
            return
    yield edit


def _below(at: Edit, key: str, *sides: Mapping[str, Any]) -> Edit:
    secret = at.secret or (key in FIELDS and any(map(is_secret, sides)))
    return replace(at, path=(*at.path, key), secret=secret)


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def is_behind(edit: Edit, change: Change) -> bool:
    """Whether an edit has a changed property's name and its values."""
    return _named(edit, change) and _valued(edit, change)


def _named(edit: Edit, change: Change) -> bool:
    names = [part for part in edit.path if isinstance(part, str)]
    return bool(names) and _plain(names[-1]) in {_plain(each) for each in _words(change.path)}


def _akin(edit: Edit, change: Change) -> bool:
    """Whether a part of the file is called as a property begins: `image` and `imageId`."""
    begins = _plain(change.top)
    return any(isinstance(part, str) and len(part) >= 4 and begins.startswith(_plain(part)) for part in edit.path)


def _valued(edit: Edit, change: Change) -> bool:
    pairs = ((edit.old, change.old), (edit.new, change.new))
    known = [(written, asked) for written, asked in pairs if asked is not ABSENT]
    told = [asked for _, asked in known if not isinstance(asked, bool) and asked not in ("", None)]
    return bool(told) and all(_holds(written, asked) for written, asked in known)


def _telling(change: Change) -> bool:
    """Whether a change's values are such that only one field will have them."""
    values = [each for each in (change.old, change.new) if each is not ABSENT]
    return all(isinstance(each, list | Mapping) or len(str(each)) > 2 for each in values)


def _holds(written: Any, asked: Any) -> bool:
    """Whether what was written is, or holds, what is asked of the provider."""
    if same(written, asked) or (written is not ABSENT and str(written) == str(asked)):
        return True
    if isinstance(written, list):
        return any(_holds(each, asked) for each in written)
    return isinstance(asked, list) and any(_holds(written, each) for each in asked)


def _words(path: str) -> list[str]:
    """The names at the end of a path that say what the property is: `ebs.volumeSize`, `tags["a/b"]` by its key."""
    path = re.sub(r"\[(?!\")[^\]]*\]", "", path)
    return [quoted or plain for quoted, plain in re.findall(r"\[\"([^\"]+)\"\]|([\w-]+)", path)][-2:]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("s")


NO_EDITS = Edits()
_MARK = {"$secret": True}


def clause(found: Sequence[Edit]) -> str:
    """Some edits as one clause."""
    told = list(dict.fromkeys(each.told for each in found))
    return " and ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")
