"""What is wrong with an input: `scalingConfig.desiredSiez: no such property; got 3; did you mean desiredSize`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["unknown-property", "missing", "wrong-type", "not-allowed", "too-long", "bad-name", "conflicting"]
Severity = Literal["error", "warning"]
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing a provider would refuse (`error`) or accept unwillingly (`warning`) in one resource's inputs."""

    path: str
    kind: Kind
    what: str
    got: str
    do: str
    severity: Severity = "error"

    @property
    def message(self) -> str:
        """What; got; do: in the project's form."""
        return f"{self.path}: {self.what}; got {self.got}; {self.do}"

    def without(self, secret: Sequence[str]) -> InputProblem:
        """The same with nothing of what stands at secret paths: no value, no part of one, no key of a secret map."""
        for path in secret:
            if self.path == path or self.path.startswith((f"{path}.", f"{path}[")):
                do = "write one that is allowed" if self.do.startswith("did you mean") else self.do
                return replace(self, path=path, got=shown(None, is_secret=True), do=do)
        return self

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The findings on one resource, and whether there was a table to check it against."""

    problems: tuple[InputProblem, ...] = ()
    checked: bool = True

    @property
    def errors(self) -> tuple[InputProblem, ...]:
        """Those that a provider would refuse."""
        return tuple(p for p in self.problems if p.severity == "error")


def shown(value: Any, *, is_secret: bool = False) -> str:
    """A value for a message: short, and never a secret."""
    if is_secret:
        return "[secret]"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict):
        return "an object with " + (", ".join(str(key) for key in list(value)[:4]) or "no keys")
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def join(path: str, key: str | int) -> str:
    """A path one step deeper: `a.b`, `a[0]`, and `a["x/y"]` for a key that is not a plain word."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not key.replace("_", "a").replace("-", "a").isalnum():
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
