"""YAML as plain data, read by one parser whatever else is installed.

The C library of ruamel.yaml, where it is there, refuses what the parser in Python takes, such as `{aws:region: x}`.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import YAMLError
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner

__all__ = ["YAMLError", "documents", "load", "needs_no_quotes", "reader"]

_PLAIN = re.compile(r"[A-Za-z_/][\w./@+-]*(?:(?: |:)[\w./@+-]+)*")
_WORDS = re.compile(r"(?i)true|false|null|yes|no|on|off|y|n|\.inf|\.nan|~|<<|=")
"""Texts that some reader of YAML takes for something else."""


def needs_no_quotes(text: str) -> bool:
    """Whether every reader of YAML takes a text that is written as it stands for that text."""
    return bool(_PLAIN.fullmatch(text)) and not _WORDS.fullmatch(text)


class _Reader(Reader):
    """Moves on within a line at once; the library looks at each character."""

    def forward(self, length: int = 1) -> None:
        end = self.pointer + length
        passed = self.buffer[self.pointer : end]
        if end + 1 >= len(self.buffer) or "\n" in passed or "\r" in passed or "\ufeff" in passed:
            super().forward(length)
            return
        self.pointer = end
        self.index += length
        self.column += length


class _Scanner(Scanner):
    """Asks whether a token may be a key only where one may be."""

    def check_token(self, *choices: Any) -> bool:
        while self.need_more_tokens():
            self.fetch_more_tokens()
        return bool(self.tokens) and (not choices or isinstance(self.tokens[0], choices))

    def need_more_tokens(self) -> bool:
        if self.done or not self.tokens:
            return not self.done
        return bool(self.possible_simple_keys) and super().need_more_tokens()

    def stale_possible_simple_keys(self) -> None:
        line, index = self.reader.line, self.reader.index
        if any(key.line != line or index - key.index > 1024 for key in self.possible_simple_keys.values()):
            super().stale_possible_simple_keys()


class _Parser(Parser):
    """Knows its neighbours, which the library looks up for every token."""

    @cached_property
    def scanner(self) -> Any:
        return self.loader.scanner

    @cached_property
    def resolver(self) -> Any:
        return self.loader.resolver


class _Composer(Composer):
    """The same."""

    @cached_property
    def parser(self) -> Any:
        return self.loader.parser

    @cached_property
    def resolver(self) -> Any:
        return self.loader.resolver


def reader() -> YAML:
    """What reads one text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Reader, yaml.Scanner, yaml.Parser, yaml.Composer = _Reader, _Scanner, _Parser, _Composer
    yaml.composer.warn_double_anchors = False  # YAML allows them: an alias means the last one before it
    return yaml


def load(text: str) -> Any:
    """The data of a text with one document; None where it has none.

    Raises:
        YAMLError: if it is not YAML.
    """
    return reader().load(text)


def documents(text: str) -> list[Any]:
    """The data of each document of a text, as `load` reads it."""
    return list(reader().load_all(text))
