"""The least a program on the SDK can take: prod's resources by hand, on plain mocks. `python bare.py prod.json`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def dump(path: Path) -> Path:
    """Write down the resources of prod: class, name, arguments."""
    from pulumi import _types

    from eks_blueprints.recording import record_directory

    rows = []
    for resource in record_directory(Path(__file__).parent.parent, "prod").resources:
        cls = resource.resource_class
        if cls is None or not resource.request.custom:
            continue
        names = _types.input_type_py_to_pulumi_names(_arguments(cls))
        python = {wire: name for name, wire in names.items()}
        inputs = {python.get(key, key): _plain(value) for key, value in resource.inputs.items()}
        rows.append([cls.__module__, cls.__qualname__, resource.name, inputs])
    path.write_text(json.dumps(rows))
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return "later" if "$unknown" in value else {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _arguments(cls: type) -> type:
    found: type = getattr(importlib.import_module(cls.__module__), f"{cls.__name__}Args")
    return found


def main() -> None:
    """Register them."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import pulumi
    from pulumi.runtime import mocks
    from pulumi.runtime.stack import wait_for_rpcs

    class Plain(mocks.Mocks):
        def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
            return {}, None

        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
            return f"{args.name}_id", dict(args.inputs)

    rows = json.loads(Path(sys.argv[1]).read_text())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    others: list[asyncio.AbstractEventLoop] = []

    def begin() -> None:
        # The mock monitor makes a loop in each thread that has none, and leaves it open.
        others.append(asyncio.new_event_loop())
        asyncio.set_event_loop(others[-1])

    loop.set_default_executor(ThreadPoolExecutor(initializer=begin))
    mocks.set_mocks(Plain(), "bench", "prod", preview=True)

    async def run() -> None:
        platform = pulumi.ComponentResource("bench:index:Platform", "prod")
        for module, name, logical, inputs in rows:
            cls = getattr(importlib.import_module(module), name)
            cls(logical, **inputs, opts=pulumi.ResourceOptions(parent=platform))
        await wait_for_rpcs()

    loop.run_until_complete(run())
    loop.run_until_complete(loop.shutdown_default_executor())
    for each in (loop, *others):
        each.close()


if __name__ == "__main__":
    main()
