"""The same work on many stacks, on every processor: one process imports what all need, the others come of it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from eks_blueprints.core import late_modules

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_FILES, _FILES_EACH = 32, 8
"""Open files of a command that has other processes work, and those that each of them takes (pipes on both sides)."""
_PATIENCE = 5
"""Seconds for a process to end that was told to."""
_WARM = "eks_blueprints.review.preview.warm"


def in_order(
    work: Callable[[_Item], _Result], items: Sequence[_Item], jobs: int | None = None
) -> Iterator[tuple[_Item, _Result]]:
    """Each item with what `work` makes of it, in the order given, as soon as those before it are done.

    `jobs` is how many processes work at a time; default: one for each processor. One alone is this process. `work`
    and what it takes and gives have to be such as can be sent to another process.
    """
    workers = min(len(items), jobs or os.cpu_count() or 1, _by_open_files())
    if workers <= 1:
        for item in items:
            yield item, work(item)
        return
    # One stack needs none of this, and waits for it.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    context.set_forkserver_preload([_WARM])
    with ProcessPoolExecutor(workers, context, initializer=late_modules.install) as pool:
        try:
            with _postponed():
                waiting = [(item, pool.submit(work, item)) for item in items]
            for item, future in waiting:
                yield item, future.result()
        except BaseException:
            # Nobody waits for the others any more.
            ended = multiprocessing.active_children()
            for process in ended:
                process.terminate()
            for process in ended:  # one that just starts would complain that what it shares with this one is gone
                process.join(_PATIENCE)
            raise


def _by_open_files() -> int:
    """How many processes the limit of open files allows: it takes a program that forks for less, and fails inside."""
    try:
        import resource
    except ImportError:  # there is no such limit on Windows
        return os.cpu_count() or 1
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else max(1, (limit - _FILES) // _FILES_EACH)


@contextmanager
def _postponed() -> Iterator[None]:
    """Stop after what follows, not within: a process that nobody knows of yet would not be ended."""
    asked: list[int] = []
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for each in (signal.SIGINT, signal.SIGTERM):
            if callable(signal.getsignal(each)):
                before[each] = signal.signal(each, lambda number, _: asked.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        raise KeyboardInterrupt
