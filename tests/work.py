"""How much a function does, counted and not timed, so that a busy machine changes nothing."""

import sys
from collections.abc import Callable
from typing import Any


def calls(run: Callable[[], Any], *, builtin: bool = False) -> int:
    """How many Python functions it calls, all told, and where it says so how many built-in ones."""
    counted = {"call", "c_call"} if builtin else {"call"}
    count = 0

    def note(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in counted

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count
