"""Reads the blocks of a Jenkinsfile: strictly, and without running anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TEXT = r"'''(?:\\.|(?!''').)*'''|'(?:\\.|[^'\\\n])*'"
_PAIRS = {")": "(", "]": "["}


@dataclass
class Block:
    """`head { entries }`."""

    head: str
    entries: list[Block | str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.head

    @property
    def blocks(self) -> list[Block]:
        return [each for each in self.entries if isinstance(each, Block)]

    @property
    def lines(self) -> list[str]:
        """Its statements; blocks within one line are part of one."""
        return [each if isinstance(each, str) else inline(each) for each in self.entries]

    def one(self, head: str) -> Block:
        [found] = [each for each in self.blocks if each.head == head]
        return found

    def below(self) -> Iterator[Block]:
        for each in self.blocks:
            yield each
            yield from each.below()

    def all_lines(self) -> Iterator[str]:
        yield from (each for each in self.entries if isinstance(each, str))
        for each in self.blocks:
            yield from each.all_lines()


def inline(block: Block) -> str:
    """It as one line."""
    return f"{block.head} {{ {'; '.join(block.lines)} }}"


def read(text: str) -> list[Block | str]:
    """The statements of a file.

    Raises:
        AssertionError: if a brace, a parenthesis or a quote has no other half.
    """
    stack = [Block("")]
    position = 0
    while position < len(text):
        char = text[position]
        if char in " \t\n;":
            position += 1
        elif text.startswith("//", position):
            position = text.index("\n", position)
        elif char == "}":
            done = stack.pop()
            assert stack, "a brace closes nothing"
            stack[-1].entries.append(done)
            position += 1
        else:
            entry, position = _statement(text, position)
            if text[position : position + 1] == "{":
                stack.append(Block(entry))
                position += 1
            else:
                assert entry, f"unexpected {text[position : position + 20]!r}"
                stack[-1].entries.append(entry)
    [top] = stack
    return top.entries


def _statement(text: str, position: int) -> tuple[str, int]:
    """Up to a brace, or to the end of a line or statement outside of parentheses."""
    start, open_ = position, []
    while position < len(text):
        if found := re.compile(_TEXT, re.DOTALL).match(text, position):
            position = found.end()
            continue
        char = text[position]
        assert char not in "'\"", f"a quote is not closed: {text[position : position + 40]!r}"
        if char in "([":
            open_.append(char)
        elif char in ")]":
            assert open_, "a parenthesis closes nothing"
            assert open_.pop() == _PAIRS[char], "parentheses do not fit"
        elif char in "{}" or (char in "\n;" and not open_):
            break
        position += 1
    assert not open_, "a parenthesis is not closed"
    return text[start:position].strip(), position


def unquoted(literal: str) -> str:
    """What a text in single quotes says."""
    assert re.fullmatch(_TEXT, literal, re.DOTALL), literal
    inner = literal[3:-3] if literal.startswith("'''") else literal[1:-1]
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), inner)
