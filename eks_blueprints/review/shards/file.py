"""The file that a shard leaves behind: `diff --shard 1/4 -o diff-1.json`, `preview|check --shard 1/4 --format json`.

It is for the machine that joins, which has the same version of this package. `report` is the JSON that the command
writes of these stacks without shards, and other tools may read it; `parts` and `resources` are what the other formats
are made of, in no form that is promised.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from eks_blueprints import __version__
from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.core.files import text_of
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import Rule
from eks_blueprints.recording.held import faults
from eks_blueprints.review.preview.shard import KIND, Shard
from eks_blueprints.review.shards.codec import MisfitError, Reader, Written
from eks_blueprints.review.shards.schema import VERSION, schema

_AGAIN = "run it again, or give its file"
_ALIKE = "run all shards alike, at one commit"
_DO = "write it with --shard and --format json, or -o FILE.json"


@dataclass(frozen=True, slots=True)
class ShardFile:
    """What one shard found."""

    command: str
    """`diff`, `preview` or `check`."""
    shard: Shard
    stacks: tuple[str, ...]
    """All stacks of the project, in the order of every report."""
    gone: tuple[str, ...]
    """Stacks that only the base of a diff has."""
    same: Mapping[str, str]
    """What has to be the same in all shards, by what it is called."""
    report: Any
    """The command's own JSON report of its stacks."""
    parts: Any
    resources: Any = ()
    file: str = ""
    """As messages name it."""

    @property
    def own(self) -> list[str]:
        """The stacks that are this shard's."""
        return [*self.shard.of(self.stacks), *self.shard.of(self.gone)]

    def text(self) -> str:
        """The file's text."""
        written = Written({Rule: lambda rule: rule.id})
        data = {
            "kind": KIND,
            "version": VERSION,
            "command": self.command,
            "shard": self.shard.index,
            "of": self.shard.total,
            "stacks": list(self.stacks),
            "gone": list(self.gone),
            "same": {"eks_blueprints": __version__, **self.same},
            "report": self.report,
            "parts": written.data(self.parts),
            "resources": written.resources,
        }
        # Plain ASCII: nothing of it moves a cursor, and every code page can write it.
        return json.dumps(data, separators=(",", ":"))

    def read(self, kind: Any) -> Any:
        """Its parts, as values of a kind.

        Raises:
            InputError: if they are none.
        """
        try:
            return Reader(self.resources, {Rule: _rule}).read(kind, self.parts, "parts")
        except (MisfitError, RecursionError) as error:
            raise self.wrong(f"is damaged; {error}; {_DO}") from None

    def hold(self, report: Any) -> None:
        """Hold the JSON report against that of its parts: what is shown is what other tools were given.

        Raises:
            InputError: if they differ.
        """
        if json.loads(json.dumps(report)) != self.report:
            raise self.wrong(f"is damaged; got a report that is not the one of its parts; {_DO}")

    def wrong(self, message: str) -> InputError:
        """An error about this file."""
        return InputError([Problem((), message, self.file)])


def read(path: Path) -> ShardFile:
    """Read one back.

    Raises:
        InputError: if it is none, or one of another version.
    """
    try:
        data = json.loads(text_of(path))
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"is no report of a shard; got text that is no JSON ({error}); {_DO}") from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        got = data.get("kind") if isinstance(data, dict) else data
        raise _wrong(path, f"is no report of a shard; got {shown(got)}; {_DO}")
    theirs = (data.get("same") or {}).get("eks_blueprints") if isinstance(data.get("same"), dict) else None
    if data.get("version") != VERSION or theirs != __version__:
        do = "use one version in all jobs"
        raise _wrong(path, f"is of another version of eks_blueprints; got {shown(theirs)} beside {__version__}; {do}")
    if wrong := [
        Problem((), f"{where or 'the file'} {message}; {_DO}", str(path))
        for where, message in islice(faults(data, schema(str(data.get("command")))), 5)
    ]:
        raise InputError(wrong)
    return ShardFile(
        command=data["command"],
        shard=Shard.parse(f"{data['shard']}/{data['of']}"),
        stacks=tuple(data["stacks"]),
        gone=tuple(data["gone"]),
        same=data["same"],
        report=data["report"],
        parts=data["parts"],
        resources=data["resources"],
        file=str(path),
    )


@dataclass(frozen=True, slots=True)
class Joined:
    """The shards of one run, and what is missing."""

    files: tuple[ShardFile, ...]
    """By their numbers."""
    missing: tuple[Shard, ...]

    @property
    def first(self) -> ShardFile:
        """The one that speaks for all where all say the same."""
        return self.files[0]

    def order(self) -> list[str]:
        """The names of all stacks, as a report without shards has them."""
        return [*self.first.stacks, *self.first.gone]

    def unseen(self) -> dict[str, str]:
        """The stacks of the shards that are missing, each with why nothing is known of it."""
        found = {name: shard for shard in self.missing for name in shard.of(self.first.stacks)}
        found |= {name: shard for shard in self.missing for name in shard.of(self.first.gone)}
        return {
            name: f"{_lacks(found[name])}; run it again, or give its file" for name in self.order() if name in found
        }

    def problems(self) -> list[Problem]:
        """Each shard that is missing, in one line."""
        return [
            Problem((), f"{_lacks(shard)}; got {len(self.files)} of {shard.total}; {_AGAIN}") for shard in self.missing
        ]


def joined(files: Sequence[ShardFile]) -> Joined:
    """The files of one run.

    Raises:
        InputError: with everything that keeps them from being joined.
    """
    by_number: dict[int, ShardFile] = {}
    problems: list[Problem] = []
    first = files[0]
    for each in files:
        if (other := by_number.setdefault(each.shard.index, each)) is not each:
            message = f"is shard {each.shard} again; got {other.file} as well; give each shard once"
            problems.append(Problem((), message, each.file))
        problems += [Problem((), message, each.file) for message in _differences(first, each)]
    if problems:
        raise InputError(problems)
    total = first.shard.total
    missing = tuple(Shard(number, total) for number in range(1, total + 1) if number not in by_number)
    return Joined(tuple(by_number[number] for number in sorted(by_number)), missing)


def _differences(first: ShardFile, other: ShardFile) -> Iterator[str]:
    """In what a shard is not of the same run as the first."""
    pairs = [("command", first.command, other.command), ("number of shards", first.shard.total, other.shard.total)]
    if first.command == other.command:
        pairs += [(name, first.same.get(name, ""), other.same.get(name, "")) for name in {**first.same, **other.same}]
    for what, its, theirs in pairs:
        if its != theirs:
            yield f"is of another {what} than {first.file}; got {shown(theirs)}, there {shown(its)}; {_ALIKE}"
    for what, ours, found in (("stacks", first.stacks, other.stacks), ("deleted stacks", first.gone, other.gone)):
        if ours != found:
            apart = sorted({*ours} ^ {*found}) or ["another order"]
            yield f"knows other {what} than {first.file}; got {', '.join(apart[:6])} in one alone; {_ALIKE}"


def _lacks(shard: Shard) -> str:
    return f"shard {shard} left no report"


def _rule(name: str) -> Rule:
    found = rules().get(name)
    if found is None:
        raise MisfitError(f"the rule {shown(name)} is not known here: join in the folder of the project")
    return found


def _wrong(path: Path, message: str) -> InputError:
    return InputError([Problem((), message, str(path))])
