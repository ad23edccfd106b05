"""Programs kept apart from whoever records them: what they print is no result, and they have to end."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from eks_blueprints.core import stopping

VARIABLE = "EKS_BLUEPRINTS_TIMEOUT"
"""Seconds that a program may take; 0 for no limit."""
_SECONDS = 300.0
_BEAT = 1.0
"""Seconds between two looks at the clock, and at whether somebody asked to stop."""


class OutOfTime(BaseException):
    """A program did not end in time. No `except Exception` of its own takes this for one of its faults."""


def seconds() -> float:
    """How long a program may take. Default: five minutes, many times what the largest platforms need."""
    try:
        return max(float(os.environ.get(VARIABLE, _SECONDS)), 0.0)
    except ValueError:
        return _SECONDS


@contextmanager
def apart() -> Iterator[None]:
    """Run what follows with its output on standard error, and for a limited time.

    The limit holds where the system has interval timers, and in a process's main thread, which is where they end.

    Raises:
        OutOfTime: after `seconds()`, again and again until it is heard.
        KeyboardInterrupt: within a second, where somebody asked to stop and the program did not listen.
    """
    with redirect_stdout(sys.stderr), _limited(seconds()):
        yield


@contextmanager
def _limited(limit: float) -> Iterator[None]:
    stopping.check()
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not timed or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    begun = time.monotonic()

    def beat(*_: Any) -> None:
        stopping.check()
        if limit and time.monotonic() - begun >= limit:
            raise OutOfTime(f"did not end within {limit:g} seconds; set {VARIABLE} to give it more")

    before = signal.signal(signal.SIGALRM, beat)
    signal.setitimer(signal.ITIMER_REAL, min(limit or _BEAT, _BEAT), _BEAT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
