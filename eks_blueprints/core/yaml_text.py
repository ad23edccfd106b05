"""YAML as plain data, read by one parser whatever else is installed.

The C library of ruamel.yaml, where it is there, refuses what the parser in Python takes, such as `{aws:region: x}`.
"""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

__all__ = ["YAMLError", "documents", "load", "needs_no_quotes", "reader"]

_PLAIN = re.compile(r"[A-Za-z_/][\w./@+-]*(?:(?: |:)[\w./@+-]+)*")
_WORDS = re.compile(r"(?i)true|false|null|yes|no|on|off|y|n|\.inf|\.nan|~|<<|=")
"""Texts that some reader of YAML takes for something else."""


def needs_no_quotes(text: str) -> bool:
    """Whether every reader of YAML takes a text that is written as it stands for that text."""
    return bool(_PLAIN.fullmatch(text)) and not _WORDS.fullmatch(text)


def reader() -> YAML:
    """What reads one text."""
    yaml = YAML(typ="safe", pure=True)
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
