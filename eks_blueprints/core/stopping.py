"""A wish to stop that nobody can swallow.

Python raises `KeyboardInterrupt` wherever a signal finds it: inside a bare `except:` of somebody else's module, or in a
callback whose exceptions are only printed, and there it is lost. So it is also remembered, and raised again.
"""

from __future__ import annotations

import contextlib
import signal
from typing import Any

_asked: list[int] = []


def listen() -> None:
    """End at SIGTERM and SIGHUP as at an interrupt: that runs the ends of whatever made a folder or a process."""
    with contextlib.suppress(ValueError):  # not in the main thread
        # Whoever starts a command in the background has it ignore interrupts.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _remember)
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _remember)


def asked() -> bool:
    """Whether somebody has asked to stop."""
    return bool(_asked)


def check() -> None:
    """Stop now, if somebody has asked for it.

    Raises:
        KeyboardInterrupt: if so.
    """
    if _asked:
        raise KeyboardInterrupt


def _remember(number: int, _: Any) -> None:
    _asked.append(number)
    raise KeyboardInterrupt
