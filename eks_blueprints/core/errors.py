"""What is wrong with an input, and where: one form for every message the library gives.

    stacks/prod.yaml:31:7: addons.external_dns.zone_arns: needs at least one zone; got []; add a hosted zone ARN

Specs raise `ValueError("what; got; do")`, or gather several with `Faults`. `problems_of` turns what pydantic
reports into `Problem`s in the words of the file; the stack file adds line and column.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from eks_blueprints.core.printed import one_line

_NEAR = 0.6
"""From which share of common letters on a name may be another one misspelt."""
_LONGEST = 253
"""As many characters the name of anything in Kubernetes has, and so a key that is shown as a whole."""
_FEW = 12
"""As many known names are listed."""

REFERENCE_KEYS = (
    {"config"},
    {"secret"},
    {"stack", "output"},
    {"stack", "output", "index"},
    {"stack", "output", "key"},
    {"stack", "output", "key", "index"},
)
"""The keys of a mapping that names a value instead of giving it."""

BEGIN = "eks-blueprints init DIR"
"""The command that makes a repository, for whoever stands outside of one."""

Path = tuple[str | int, ...]
"""Where a field stands in a spec: keys and list indices, outermost first."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or (with `severity="warning"`) doubtful, about an input."""

    path: Path
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    severity: Literal["error", "warning"] = "error"

    def __post_init__(self) -> None:
        from eks_blueprints.core.redaction import without_secret  # most platforms have no problem

        object.__setattr__(self, "message", without_secret(self.path, one_line(self.message)))
        if self.file is not None:
            object.__setattr__(self, "file", one_line(self.file))

    def __str__(self) -> str:
        where = self.file or ""
        if self.line is not None:
            where += f":{self.line}" if self.column is None else f":{self.line}:{self.column}"
        field = dotted(self.path)
        return ": ".join(part for part in (where, field, self.message) if part)

    def below(self, *path: str | int) -> Problem:
        """The same problem, its path counted from what encloses it."""
        return replace(self, path=(*path, *self.path))

    def at(self, file: str, line: int | None = None, column: int | None = None) -> Problem:
        """The same problem with its place in a file."""
        return replace(self, file=file, line=line, column=column)


class InputError(ValueError):
    """An input that cannot be used; its text holds every problem, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        # Crosses from one process to another with its problems, not with its text alone.
        return type(self), (self.problems,)


class Faults:
    """Gathers problems of several fields inside a validator, so that all of them are shown at once."""

    def __init__(self) -> None:
        self._details: list[InitErrorDetails] = []

    def __bool__(self) -> bool:
        return bool(self._details)

    def add(self, path: Sequence[str | int] | str, message: str, got: Any = None) -> None:
        """Note that the field at `path`, counted from the spec being validated, is wrong."""
        loc = (path,) if isinstance(path, str) else tuple(path)
        self._details.append(InitErrorDetails(type=_custom(message), loc=loc, input=got))

    def nest(
        self, path: Sequence[str | int], error: ValidationError, unknown: Callable[[str], str] | None = None
    ) -> None:
        """Take over the problems of a part that was validated on its own and stands at `path`.

        `unknown` gives the message for a key that the part does not have.
        """
        for problem in problems_of(error, unknown):
            self.add((*path, *problem.path), problem.message)

    def require_one(self, spec: object, *fields: str) -> None:
        """Note that a spec has not exactly one of two or more fields."""
        found = [name for name in fields if getattr(spec, name) is not None and getattr(spec, name) not in ((), {})]
        if len(found) != 1:
            one, *others = fields
            several = "both" if len(fields) == 2 else " and ".join(found)
            alone = "not both" if len(fields) == 2 else "one alone"
            got = several if found else "neither" if len(fields) == 2 else "none"
            self.add(one, f"or {' or '.join(others)} is required, but {alone}; got {got}; set one of them")

    def raise_if_any(self) -> None:
        """Raise what was gathered.

        Raises:
            ValidationError: if anything was gathered; pydantic merges it into the outer report.
        """
        if self._details:
            raise ValidationError.from_exception_data("spec", self._details)


def dotted(path: Path) -> str:
    """`("subnets", 0, "cidr")` as `subnets[0].cidr`; a key that nobody would read to its end is cut."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif len(part) <= _LONGEST and _plain_key(part):
            text += f".{part}" if text else part
        else:
            text += f"[{shown(part, _LONGEST)}]"
    return text


def shown(value: Any, limit: int = 60) -> str:
    """A found value as it is quoted in a message: JSON where possible, cut when long, and never a secret."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        text = str(value)
    text = one_line(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def raised(error: BaseException, limit: int = 160) -> str:
    """What an exception of somebody else's code says, for a message: its class and its text."""
    try:
        text = one_line(str(error)).strip()
    except Exception:
        text = ""
    text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"


def unforeseen(error: BaseException) -> str:
    """The message for an exception that no rule foresaw: what happened, and how to find out where.

    Raises:
        BaseException: the exception itself where `EKS_BLUEPRINTS_DEBUG` is set.
    """
    if os.environ.get("EKS_BLUEPRINTS_DEBUG"):
        raise error
    what = "cannot be processed: eks_blueprints, or a class that it loaded, failed on it"
    return f"{what}; got {raised(error)}; set EKS_BLUEPRINTS_DEBUG=1 to see where, and report it"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one most likely means."""
    found = by_nearness(name, known, cutoff=_NEAR)
    return found[0] if found else None


def by_nearness(name: str, known: Iterable[str], *, cutoff: float = 0) -> list[str]:
    """Known names, those first that are most like `name`: the same but for case and separators, then by the letters
    that they share; of equals the one that begins like it, then the one whose length is nearest."""
    import difflib  # most platforms have no slip

    wanted = folded(name)
    matcher = difflib.SequenceMatcher(b=wanted)
    rated = []
    for candidate in sorted(known):
        text = folded(candidate)
        matcher.set_seq1(text)
        if text == wanted or (matcher.quick_ratio() >= cutoff and matcher.ratio() >= cutoff):
            begins = len(os.path.commonprefix([text, wanted]))  # noqa: RUF071 - letters are meant
            rated.append((text != wanted, -matcher.ratio(), -begins, abs(len(text) - len(wanted)), candidate))
    return [candidate for *_, candidate in sorted(rated)]


def unknown_name(name: str, known: Iterable[str], what: str) -> str:
    """The message for a name that does not exist: the nearest one, or all of them when few, the nearest when many."""
    known = sorted(known)
    if near := nearest(name, known):
        return f"no such {what}; got {shown(name)}; did you mean {near}?"
    if not known:
        return f"no such {what}; got {shown(name)}; there is none"
    many = len(known) > _FEW
    listed = ", ".join(by_nearness(name, known)[:_FEW] if many else known) + (", …" if many else "")
    return f"no such {what}; got {shown(name)}; known are {listed}"


def not_one_of(found: Any, allowed: Sequence[str]) -> str:
    """The message for a value that is not among those that are allowed: the nearest one, or all of them."""
    near = nearest(str(found), allowed)
    do = f"did you mean {near}?" if near else f"use one of {', '.join(filter(None, allowed))}"
    return f"is not one of the allowed values; got {shown(found)}; {do}"


def problems_of(error: ValidationError, unknown: Callable[[str], str] | None = None) -> list[Problem]:
    """What pydantic found, in the project's words, each place once; `unknown` gives the message for an unknown key."""
    found: dict[tuple[Path, str], Problem] = {}
    details = error.errors(include_url=False)
    for detail in details:
        path = tuple(part for part in detail["loc"] if not _internal(part))
        # pydantic does not count entries that are wrong themselves.
        if detail["type"] == "too_short" and any(_below(other["loc"], detail["loc"]) for other in details):
            continue
        if detail["type"] == "extra_forbidden" and len(path) == 1 and unknown is not None:
            message = unknown(str(path[0]))
        else:
            message = _message(detail)
        found.setdefault((path, message), Problem(path, message))
    return list(found.values())


def fail(message: str, *path: str | int) -> NoReturn:
    """Raise one problem at `path`."""
    raise InputError([Problem(tuple(path), message)])


def _custom(message: str) -> PydanticCustomError:
    return PydanticCustomError("blueprint", "{message}", {"message": message})


def folded(name: str) -> str:
    """A name without its case and separators, which people who come from elsewhere write in other ways."""
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _plain_key(part: str) -> bool:
    return bool(part) and part[0] != ":" and all(c.isalnum() or c in "_-/:" for c in part)


def _below(inner: Path, outer: Path) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _internal(part: str | int) -> bool:
    # pydantic names the branches of unions and wrapped validators in `loc`; a reader of a stack file has no such keys.
    return isinstance(part, str) and re.fullmatch(_BRANCH, part) is not None


_QUOTED = re.compile("'([^']*)'")
_ONE = re.compile(r"\b1 (entries|characters)")
_BRANCH = r"(function-\w+|tuple|list|dict|set|literal|is-instance|constrained-\w+|nullable)\[.*\]|\[key\]"


def _message(detail: Any) -> str:
    kind: str = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    got = shown(detail.get("input"))
    if kind == "blueprint":
        return str(context["message"])
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", detail["msg"]))
    if kind == "missing":
        return "is required; got nothing; add it"
    if kind == "extra_forbidden":
        return "no such field; remove it"
    what, do = _WORDS.get(kind, (detail["msg"][:1].lower() + detail["msg"][1:], ""))
    what = _ONE.sub(lambda one: {"entries": "1 entry", "characters": "1 character"}[one[1]], what.format(**context))
    if kind == "string_type" and isinstance(detail.get("input"), int | float | bool):
        do = f'quote it: "{got}"'
    elif _names_a_source(detail.get("input")):
        do = (
            "write the value itself: it decides which resources exist, and "
            "only values that are passed on can be references"
        )
    elif kind == "literal_error" and (near := nearest(str(detail.get("input")), _QUOTED.findall(context["expected"]))):
        do = f"did you mean {near}? {do.format(**context)}"
    elif kind == "dict_type" and isinstance(detail.get("input"), list | tuple):
        do = "write a name of your choice and a colon before each entry, in the place of its dash"
    elif isinstance(detail.get("input"), str) and kind in ("int_type", "float_type", "bool_type"):
        do += " without quotes"
    return f"{what}; got {got}" + (f"; {do.format(**context)}" if do else "")


def _names_a_source(value: Any) -> bool:
    return isinstance(value, dict) and set(value) in REFERENCE_KEYS


_WORDS: dict[str, tuple[str, str]] = {
    "string_type": ("needs text", ""),
    "int_type": ("needs a whole number", "write digits"),
    "float_type": ("needs a number", "write digits"),
    "bool_type": ("needs true or false", "write true or false"),
    "tuple_type": ("needs a list", "write each entry on its own line after a dash"),
    "list_type": ("needs a list", "write each entry on its own line after a dash"),
    "dict_type": ("needs a mapping", "write key: value lines below it"),
    "model_type": ("needs a mapping", "write key: value lines below it"),
    "literal_error": ("is not one of the allowed values", "use {expected}"),
    "enum": ("is not one of the allowed values", "use {expected}"),
    "greater_than_equal": ("is too small", "use at least {ge}"),
    "greater_than": ("is too small", "use more than {gt}"),
    "less_than_equal": ("is too large", "use at most {le}"),
    "less_than": ("is too large", "use less than {lt}"),
    "too_short": ("needs at least {min_length} entries", "add what is missing"),
    "too_long": ("can have at most {max_length} entries", "remove some"),
    "string_too_short": ("needs at least {min_length} characters", "write a longer text"),
    "string_too_long": ("can have at most {max_length} characters", "shorten it"),
    "string_pattern_mismatch": ("does not have the right form", "it must match {pattern}"),
    "multiple_of": ("must be a multiple of {multiple_of}", "round it"),
}
