"""How a rule reads a resource's properties: unknown values end in `Undetermined`, never in a wrong verdict.

    def no_privileged(container: Props) -> Faults:
        if container.flag("securityContext", "privileged"):
            yield container.fault("runs privileged", "securityContext", "privileged", got=True)

Reading *what* a property holds raises `Undetermined` when it is unknown, a secret, or the symbolic output of another
resource; asking *whether* it was given (`has`) does not. A missing property reads as None.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.errors import Path, dotted, shown


class Undetermined(Exception):  # noqa: N818 - a verdict, and no error
    """The verdict hangs on a value that is not known before the deployment."""

    def __init__(self, path: Path, why: str = "is not known before the deployment") -> None:
        super().__init__(f"{dotted(path)} {why}".strip())
        self.path = path


class NotApplicable(Exception):  # noqa: N818 - a verdict, and no error
    """The rule has nothing to say about this resource."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a resource breaks a rule."""

    path: Path
    what: str
    got: str = ""
    do: str = ""
    """What to do; empty for the fix of the rule."""
    advisory: bool = False
    """Whether it never blocks, whatever the rule's enforcement."""
    fit: tuple[str, str] = ("", "")
    """A word of what a stack file takes, and the one that fits what is there."""


Faults = Iterator[Fault]

_FUNCTION = re.compile(r"get[A-Z]\w*[.(]")


class Props:
    """A value inside a resource's inputs, with the path that leads to it."""

    __slots__ = ("names", "path", "value")

    def __init__(self, value: Any, path: Path = (), names: Collection[str] = ()) -> None:
        self.value = value
        self.path = path
        self.names = names

    def raw(self, *keys: str | int) -> Any:
        """What stands at `keys`, wrapped values as they are; None if nothing does.

        Raises:
            Undetermined: if something on the way is unknown.
        """
        value = self.value
        for depth, key in enumerate(keys):
            if type(value) is dict or isinstance(value, Mapping):
                if "$unknown" in value or "$secret" in value:
                    raise Undetermined((*self.path, *keys[:depth]))
                value = value.get(key)
            elif type(value) is list:
                value = value[key] if isinstance(key, int) and key < len(value) else None
            elif value is None:
                return None
            else:
                self._known(value, keys[:depth])
                return None
        return value

    def get(self, *keys: str | int) -> Any:
        """The known value at `keys`. Of a list or mapping only the outermost is known; see `items` and `pairs`.

        Raises:
            Undetermined: if it is unknown, a secret, or a symbol.
        """
        return self._known(self.raw(*keys) if keys else self.value, keys)

    def has(self, *keys: str | int) -> bool:
        """Whether something is given at `keys`; an unknown value counts, because something is passed on."""
        return self.raw(*keys) is not None

    def at(self, *keys: str | int) -> Props:
        """The part at `keys`, to read on from there."""
        return Props(self.raw(*keys), (*self.path, *keys), self.names)

    def items(self, *keys: str | int) -> list[Props]:
        """The entries of a list; none if it is missing. One entry that stands for a list is taken as such."""
        value = self.get(*keys)
        path = (*self.path, *keys)
        if value is None:
            return []
        if not isinstance(value, list):
            return [Props(value, path, self.names)]
        return [Props(each, (*path, index), self.names) for index, each in enumerate(value) if each is not None]

    def pairs(self, *keys: str | int) -> list[tuple[str, Props]]:
        """The keys and values of a mapping; none if it is missing or no mapping."""
        value = self.get(*keys)
        if not isinstance(value, dict | Mapping):
            return []
        path = (*self.path, *keys)
        return [(key, Props(each, (*path, key), self.names)) for key, each in value.items() if each is not None]

    def text(self, *keys: str | int) -> str | None:
        """The text at `keys`, symbols left in it; None if there is none or it is not text.

        Raises:
            Undetermined: if it is unknown or a secret.
        """
        value = self.raw(*keys) if keys else self.value
        if isinstance(value, Mapping):
            self._known(value, keys)
        return value if isinstance(value, str) else None

    def words(self, *keys: str | int) -> list[str]:
        """The texts of a list, each known.

        Raises:
            Undetermined: if one of them is not.
        """
        return [str(item.get()) for item in self.items(*keys)]

    def flag(self, *keys: str | int) -> bool | None:
        """A boolean; launch templates and annotations write it as text."""
        value = self.get(*keys)
        if isinstance(value, bool):
            return value
        return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None

    def number(self, *keys: str | int) -> float | None:
        """A number, also one written as text."""
        value = self.get(*keys)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            number = float(value)
        except ValueError:
            return None
        return int(number) if number.is_integer() else number

    def document(self, *keys: str | int) -> Props:
        """The JSON that a text holds (an IAM policy, the values of an add-on), to read on from there.

        Raises:
            Undetermined: if it is not known, or is not JSON because of what is symbolic in it.
        """
        path = (*self.path, *keys)
        value = self.raw(*keys) if keys else self.value
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                if self.symbolic(value):
                    raise Undetermined(path) from None
                value = None
        elif value is not None:
            self._known(value, keys)
        return Props(value, path, self.names)

    def symbolic(self, value: Any) -> bool:
        """Whether a text holds the symbol of another resource's output."""
        return isinstance(value, str) and "${" in value and any(map(self._is_symbol, value.split("${")[1:]))

    def is_known(self, *keys: str | int) -> bool:
        """Whether what stands at `keys`, be it nothing, can be read."""
        try:
            self.get(*keys)
        except Undetermined:
            return False
        return True

    def fault(
        self,
        what: str,
        *keys: str | int,
        got: Any = None,
        do: str = "",
        advisory: bool = False,
        fit: tuple[str, str] = ("", ""),
    ) -> Fault:
        """A fault of the property at `keys`."""
        return Fault((*self.path, *keys), what, "" if got is None else shown(_readable(got)), do, advisory, fit)

    def _known(self, value: Any, keys: Path) -> Any:
        if type(value) is str:
            if "${" in value and self.symbolic(value):
                raise Undetermined((*self.path, *keys))
        elif type(value) is dict and ("$unknown" in value or "$secret" in value):
            raise Undetermined((*self.path, *keys))
        return value

    def _is_symbol(self, text: str) -> bool:
        # A logical name may hold dots itself, so every prefix that ends at one is a candidate. The name is asked for,
        # because ${...} also occurs in real text: IAM policy variables, shell scripts.
        at = text.find(".")
        while at != -1:
            if text[:at] in self.names:
                return True
            at = text.find(".", at + 1)
        return _FUNCTION.match(text) is not None


def _readable(value: Any) -> Any:
    """A value as it is quoted: what is unknown or secret says so."""
    if isinstance(value, Mapping):
        if "$secret" in value:
            return "[secret]"
        return "[unknown]" if "$unknown" in value else {key: _readable(each) for key, each in value.items()}
    return [_readable(each) for each in value] if isinstance(value, list | tuple) else value


def any_known(parts: Iterable[Props], test: Callable[[Any], bool]) -> bool:
    """Whether the test holds for one of the parts.

    Raises:
        Undetermined: if it holds for none that is known, and one is not known.
    """
    unknown: Undetermined | None = None
    for part in parts:
        try:
            if test(part.get()):
                return True
        except Undetermined as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return False


def known_only(parts: Iterable[Props]) -> tuple[list[Any], Undetermined | None]:
    """The values that are known, and the reason why some are not."""
    values, unknown = [], None
    for part in parts:
        try:
            values.append(part.get())
        except Undetermined as error:
            unknown = error
    return values, unknown
