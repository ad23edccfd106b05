"""The events of a large YAML text by libyaml, many times as fast as the parser in Python.

PyYAML, which Pulumi's SDK needs, brings libyaml where there is a wheel. It reads YAML 1.1 and refuses some of what the
parser in Python takes, so it serves only for a text that both read alike; whatever it refuses is read again in Python,
which also has the better words for what is wrong.
"""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import events as known
from ruamel.yaml.error import YAMLError

_WORTH = 32_768
"""Characters from which on a second reader is worth its import."""
_ELSE = re.compile(r"\t|^[ -]*\?|[{[,]\s*\?|^%|[\x85\u2028\u2029\ufeff]", re.MULTILINE)
"""What the two read in other ways: tabs, keys after a question mark, directives and further ends of lines."""


class Events:
    """Stands where `ruamel.yaml` has its parser."""

    def __init__(self, text: str) -> None:
        from yaml import YAMLError as Refused  # type: ignore[import-untyped]
        from yaml.cyaml import CParser  # type: ignore[import-untyped]

        self._refused = Refused
        self._parser = CParser(text)
        self._next: Any = None

    def check_event(self, *choices: Any) -> bool:
        """Whether the next event is one of these kinds."""
        event = self.peek_event()
        return event is not None and (not choices or isinstance(event, choices))

    def peek_event(self) -> Any:
        """The next event; None after the last one."""
        if self._next is None:
            try:
                self._next = _translated(self._parser.get_event())
            except (self._refused, ValueError) as error:
                raise YAMLError(str(error)) from None
        return self._next

    def get_event(self) -> Any:
        """The next event, taken."""
        event, self._next = self.peek_event(), None
        return event

    def dispose(self) -> None:
        """Let go of the text."""
        self._parser.dispose()


def events(text: str) -> Events | None:
    """The events of a text; None where it is small, or not surely read alike, or libyaml is not there."""
    if len(text) < _WORTH or _ELSE.search(text):
        return None
    try:
        return Events(text)
    except ImportError:  # a PyYAML without libyaml has no such parser
        return None


def _translated(event: Any) -> Any:
    if event is None:
        return None
    kind = type(event).__name__
    made, start, end = getattr(known, kind), event.start_mark, event.end_mark
    if getattr(event, "tag", None) is not None or getattr(event, "anchor", None) is not None:
        raise YAMLError("a tag, an anchor or an alias: the two do not take the same characters for a part of its name")
    if kind == "ScalarEvent":
        return made(None, None, event.implicit, event.value, start, end, event.style or None)
    if kind in ("MappingStartEvent", "SequenceStartEvent"):
        return made(None, None, event.implicit, start, end, event.flow_style)
    return made(start, end)
