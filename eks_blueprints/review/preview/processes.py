"""The same work on many stacks, on every processor: one process has what all need, the others come of it.

Two thirds of what a first stack costs are imports, schemas and tables that every further one reads. So on Linux this
process does the first stack, and those that do the rest are forked from it. Elsewhere, and in a program with threads,
forking is not safe: there a server that has imported what any platform needs is forked instead, or nothing (Windows).
"""

from __future__ import annotations

import gc
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
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
_WARM = "eks_blueprints.review.preview.warm"


def in_order(
    work: Callable[[_Item], _Result], items: Sequence[_Item], jobs: int | None = None
) -> Iterator[tuple[_Item, _Result]]:
    """Each item with what `work` makes of it, in the order given, as soon as those before it are done.

    `jobs` is how many processes work at a time; default: one for each processor. One alone is this process. `work`
    and what it takes and gives have to be such as can be sent to another process.
    """
    most = min(jobs or os.cpu_count() or 1, _by_open_files())
    # One stack needs nothing of what follows, and waits for it.
    here, rest = (1, items[1:]) if len(items) > 1 and most > 1 and _forks() else (0, items)
    workers = min(len(rest), most)
    if workers <= 1:
        here, rest = len(items), ()
    for item in items[:here]:
        yield item, work(item)
    if rest:
        yield from _shared(work, rest, workers)


def _shared(work: Callable[[_Item], _Result], items: Sequence[_Item], workers: int) -> Iterator[tuple[_Item, _Result]]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Asked again: what has been done here may have begun a thread.
    forks = _forks()
    context = multiprocessing.get_context("fork" if forks else "forkserver" if os.name == "posix" else "spawn")
    context.set_forkserver_preload([_WARM])
    with _unmoved(forks), ProcessPoolExecutor(workers, context, initializer=_begin) as pool:
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


def _begin() -> None:
    """What a process that works for another does first."""
    late_modules.install()
    for name in _ENDING:
        # It ends at once: whoever waits for it says so, and cleans up. What is ignored stays ignored.
        if hasattr(signal, name) and callable(signal.getsignal(number := getattr(signal, name))):
            signal.signal(number, signal.SIG_DFL)


def _forks() -> bool:
    """Whether this process can be forked as it is: no other thread holds a lock that nobody would release there."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1  # those of libraries in other languages too
    except OSError:
        return False


@contextmanager
def _unmoved(forks: bool) -> Iterator[None]:
    """Keep the garbage collector off what forked processes share: it writes to all that it looks at."""
    if forks:
        gc.freeze()
    try:
        yield
    finally:
        if forks:
            gc.unfreeze()


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
