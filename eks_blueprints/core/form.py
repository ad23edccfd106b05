"""The form that a text has to have, and what is said to whoever wrote another."""

from __future__ import annotations

import re

from eks_blueprints.core.errors import shown


class Form:
    """A pattern for the whole of a text; with what is wrong and what to do it also validates one.

    The pattern is compiled when the first text is held against it: a command asks for few of the many there are.
    """

    __slots__ = ("_do", "_flags", "_pattern", "_what")

    def __init__(
        self, pattern: str, flags: re.RegexFlag = re.ASCII, *, what: str = "has another form", do: str = ""
    ) -> None:
        self._pattern, self._flags, self._what, self._do = pattern, flags, what, do

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match of the whole text; None where it has another form."""
        return re.fullmatch(self._pattern, text, self._flags)

    def fault(self, value: object) -> str | None:
        """What is wrong with a value, what it is and what to do instead; None where it has the form."""
        if isinstance(value, str) and self.fullmatch(value):
            return None
        return f"{self._what}; got {shown(value)}; {self._do}"

    def __call__(self, value: str) -> str:
        """The value itself.

        Raises:
            ValueError: if it has another form.
        """
        if fault := self.fault(value):
            raise ValueError(fault)
        return value
