"""What a callback of `apply` is given where only a cloud knows the text: a symbol that can be put into other text.

Whatever would have to read the text fails, which makes an unknown (`hooks.py`): taking its characters for the real ones
would give values that no deployment has. A replacement is written down instead: `${shop.arn|replace(:cluster/,:x/)}`.
Trimming (`removeprefix`, `strip`) leaves a symbol as it is.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

_WHOLE = re.compile(r"\$\{[^${}]+\}")


class Symbol(str):
    """A whole symbol, such as `${shop-cluster.arn}`."""

    __slots__ = ()

    def _refuse(self, *_args: Any, **_named: Any) -> NoReturn:
        raise TypeError(f"{self!s} is not known yet")

    split = rsplit = partition = rpartition = splitlines = _refuse
    startswith = endswith = find = rfind = index = rindex = count = _refuse
    __getitem__ = __iter__ = __contains__ = _refuse

    def replace(self, old: str, new: str, *_count: Any) -> Symbol:
        """The symbol of the text with something replaced."""
        return Symbol(f"{str.__str__(self)[:-1]}|replace({old},{new})}}")


def unread(value: Any) -> Any:
    """A value in which every text that is one symbol refuses to be read."""
    if type(value) is str:
        return Symbol(value) if value.startswith("${") and _WHOLE.fullmatch(value) else value
    if type(value) is list:
        return [unread(each) for each in value]
    if type(value) is dict:
        return {key: unread(each) for key, each in value.items()}
    return value
