"""Which stacks are whose: every machine works out the same split from the names alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from eks_blueprints.core.errors import InputError, Problem, shown

KIND = "eks-blueprints/shard"
"""What the file of a shard says that it is."""

MOST = 256
"""So many shards at most, as many as the jobs that a matrix of GitHub has."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several shares of a project's stacks."""

    index: int
    """From 1 on."""
    total: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `2/4`.

        Raises:
            InputError: if it has not that form, or there is no such shard.
        """
        match = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text, re.ASCII)
        if match is None:
            raise _wrong(f"needs a shard and how many there are; got {shown(text)}; write 1/4 for the first of four")
        index, total = int(match[1]), int(match[2])
        if not 1 <= total <= MOST:
            raise _wrong(f"needs 1 to {MOST} shards; got {text.strip()}; write 1/4 for the first of four")
        if not 1 <= index <= total:
            raise _wrong(f"has shards from 1 to {total}; got {text.strip()}; write one of 1/{total} to {total}/{total}")
        return cls(index, total)

    def __str__(self) -> str:
        return f"{self.index}/{self.total}"

    def of(self, names: Sequence[str]) -> list[str]:
        """Its share of some names, in their order."""
        found = shares(names, self.total)
        return [name for name in names if found[name] == self.index]


def shares(names: Sequence[str], total: int) -> Mapping[str, int]:
    """The shard of each name, as even as can be: two shards differ by one name at most.

    It hangs on the set of names alone, not on their order. A name goes to the shard that its hash likes best among
    those that have room (rendezvous hashing with bounded loads), so one name more or less moves about one other.
    """
    least, more = divmod(len(set(names)), total)
    held = dict.fromkeys(range(1, total + 1), 0)
    found: dict[str, int] = {}
    for _, name, shard in sorted(_liking(names, total)):
        room = least + (more > 0)
        if name not in found and held[shard] < room:
            more -= held[shard] == least
            held[shard] += 1
            found[name] = shard
    return found


def _liking(names: Sequence[str], total: int) -> Iterator[tuple[bytes, str, int]]:
    for name in dict.fromkeys(names):
        for shard in range(1, total + 1):
            yield blake2b(os.fsencode(f"{shard}\0{name}"), digest_size=8).digest(), name, shard


def _wrong(message: str) -> InputError:
    return InputError([Problem((), message, "--shard")])
