"""Names that are there before their modules are loaded, so that nobody waits for what a platform does not have."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def served(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package whose names live in modules below it.

    Args:
        package: The package's `__name__`.
        homes: Each name's module below the package, dotted. An empty one means that the name is a module itself.
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if not homes[name]:
            return importlib.import_module(f"{package}.{name}")
        return getattr(importlib.import_module(f"{package}.{homes[name]}"), name)

    def names() -> list[str]:
        return sorted(homes)

    return get, names
