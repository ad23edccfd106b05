"""What recording costs: `python bench/recording_speed.py [bare|plain|fast] [stacks] [--profile]`.

`bare` runs the same program on the SDK's plain mocks, one after another in one process, with nothing recorded.
"""

import asyncio
import cProfile
import pstats
import sys
import time
from typing import Any

START = time.perf_counter()


def _bare(stacks: int) -> int:
    from pulumi.runtime import mocks
    from pulumi.runtime.settings import ROOT
    from pulumi.runtime.stack import run_in_stack
    from recording_program import program

    class Plain(mocks.Mocks):
        def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
            return {}, None

        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
            return f"{args.name}_id", dict(args.inputs)

    class Monitor(mocks.MockMonitor):
        def make_urn(self, parent: str, type_: str, name: str) -> str:
            return super().make_urn(parent, type_, name)

    count = 0
    for i in range(stacks):

        async def main(i: int = i) -> int:
            monitor = Monitor(Plain())
            ROOT.set(object())  # type: ignore[arg-type]
            mocks.set_mocks(Plain(), "bench", "dev", preview=True, monitor=monitor)
            ROOT.set(None)
            await run_in_stack(lambda: program(f"shop{i}"))
            return len(monitor.resources)

        count += asyncio.run(main())
    return count


def _recorded(stacks: int, quick: bool) -> int:
    from recording_program import program

    from eks_blueprints.recording import record

    count = 0
    for i in range(stacks):
        recording = record(lambda i=i: program(f"shop{i}"), project="bench", quick=quick)  # type: ignore[misc]
        recording.plan()
        count += len(recording.resources)
    return count


def main() -> None:
    """Measure one mode."""
    words = [each for each in sys.argv[1:] if not each.startswith("-")]
    mode = words[0] if words else "fast"
    stacks = int(words[1]) if len(words) > 1 else 1
    import recording_program  # noqa: F401

    imported = time.perf_counter()
    profile = cProfile.Profile() if "--profile" in sys.argv else None
    if profile:
        profile.enable()
    count = _bare(stacks) if mode == "bare" else _recorded(stacks, mode == "fast")
    end = time.perf_counter()
    if profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    each = (end - imported) / count * 1000
    print(
        f"{mode}: {count} resources, imports {imported - START:.2f} s, run {end - imported:.2f} s, {each:.2f} ms each"
    )


if __name__ == "__main__":
    main()
