"""An event loop that runs the SDK's calls of the monitor where they are made.

The SDK sends every request through `run_in_executor`, since a real engine takes its time. A recording answers at once,
and the hop to a worker thread and back costs more than the answer (0.1 ms a resource, measured).
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

_TURNS = 20  # from one registration to the next that waits for it are a handful


class InlineLoop(asyncio.SelectorEventLoop):
    """A selector loop whose default executor is the calling thread."""

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        if executor is not None:
            return super().run_in_executor(executor, func, *args)
        future = self.create_future()
        try:
            result = func(*args)
            if asyncio.iscoroutine(result):  # the monitor has to wait for the program itself
                return self.create_task(result)
            future.set_result(result)
        except Exception as error:
            future.set_exception(error)
        return future


class PlainLoop(asyncio.SelectorEventLoop):
    """A selector loop that waits for what a function in a worker thread leaves to be awaited."""

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        return self.create_task(_settled(super().run_in_executor(executor, func, *args)))


async def _settled(answer: asyncio.Future[Any]) -> Any:
    result = await answer
    return await result if asyncio.iscoroutine(result) else result


async def steps_taken(progress: Callable[[], int]) -> None:
    """Let what a program has begun go on for as long as `progress` grows.

    The SDK waits by looking at everything that is outstanding after each step. What can go on without waiting for
    anything but its turn is done before that, and then the SDK finds little.
    """
    seen = -1
    while progress() > seen:
        seen = progress()
        for _ in range(_TURNS):
            await asyncio.sleep(0)


def drive(loop: asyncio.AbstractEventLoop, main: Any) -> None:
    """Run a coroutine to its end on a loop of its own, and leave no task, thread or open loop behind.

    After a failure, tasks that wait for what will never come are cancelled, silently: their failure has been told.
    """
    loop.set_exception_handler(lambda _loop, _context: None)
    collecting = gc.isenabled()
    gc.disable()  # a recording makes objects and keeps them: collections during it find nothing, and cost a tenth
    try:
        loop.run_until_complete(main)
    finally:
        try:
            waiting = asyncio.all_tasks(loop)
            for task in waiting:
                task.cancel()
            if waiting:
                loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()
            if collecting:
                gc.enable()
