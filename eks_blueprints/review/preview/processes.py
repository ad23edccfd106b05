"""The same work on many stacks, on every processor: one process imports what all need, the others come of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from eks_blueprints.core import late_modules

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_WARM = "eks_blueprints.review.preview.warm"


def in_order(
    work: Callable[[_Item], _Result], items: Sequence[_Item], jobs: int | None = None
) -> Iterator[tuple[_Item, _Result]]:
    """Each item with what `work` makes of it, in the order given, as soon as those before it are done.

    `jobs` is how many processes work at a time; default: one for each processor. One alone is this process. `work`
    and what it takes and gives have to be such as can be sent to another process.
    """
    workers = min(len(items), jobs or os.cpu_count() or 1)
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
        waiting = [(item, pool.submit(work, item)) for item in items]
        try:
            for item, future in waiting:
                yield item, future.result()
        except BaseException:
            # Nobody waits for the others any more.
            for process in list(pool._processes.values()):
                process.terminate()
            raise
