"""Modules of libraries that run when something is read of them, in the processes of the command line.

`import pulumi` brings what an offline preview never uses: channels to an engine, the Automation API, dynamic providers,
tracing. Together they are half of that import; pydantic brings OpenSSL. Here each is an empty module until a name that
it does not have is read; then it runs as it is written. Only modules that are not imported yet start so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader  # a dozen modules, which the one that begins every command does without

OF_PULUMI = ("grpc", "grpc.aio", "pulumi.automation", "pulumi.dynamic", "pulumi.runtime._instrumentation")
"""What `import pulumi` imports, and reads nothing of."""
OF_PYDANTIC = ("secrets",)
"""What `import pydantic` imports, and reads nothing of; it brings OpenSSL."""

_RUNNING = RLock()


class LateModule(ModuleType):
    """A module that has not run yet."""

    _finder: _Finder
    _written: Loader

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if f"{self.__name__}.{name}" in self._finder.names:
            return import_module(f"{self.__name__}.{name}")
        _run(self)
        return getattr(self, name)

    def __dir__(self) -> list[str]:
        _run(self)
        return dir(self)


def _run(module: ModuleType) -> None:
    """Run a module as it is written, after the package that it belongs to; once."""
    with _RUNNING:
        if not isinstance(module, LateModule):
            return
        parent = sys.modules.get(module.__name__.rpartition(".")[0])
        if isinstance(parent, LateModule):
            _run(parent)
        if isinstance(module, LateModule):
            module.__class__ = ModuleType  # type: ignore[assignment]
            module._written.exec_module(module)


class _Later:
    """Makes a module without running it."""

    def __init__(self, written: Loader, finder: _Finder) -> None:
        self._written = written
        self._finder = finder

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run before a name is read."""
        module.__dict__.update(_written=self._written, _finder=self._finder)
        module.__class__ = LateModule


class _Finder:
    """Finds the modules that wait, and those whose package does."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.names:
            return _after_its_package(fullname)
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        spec.loader = _Later(spec.loader, self)  # type: ignore[assignment]
        return spec


class _There:
    """Hands over a module that exists already."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def _after_its_package(fullname: str) -> ModuleSpec | None:
    """Run a package that waits before another of its modules is imported, which may import that one itself."""
    package = sys.modules.get(fullname.rpartition(".")[0])
    if not isinstance(package, LateModule):
        return None
    _run(package)
    module = sys.modules.get(fullname)
    if module is None:
        return None
    # The import system, which has looked for the module before, goes by the spec of one that has come in between.
    module.__spec__ = ModuleSpec(fullname, _There(module))  # type: ignore[arg-type]
    return module.__spec__


def install(names: Iterable[str] = OF_PULUMI + OF_PYDANTIC) -> None:
    """Let these modules wait. Where an engine traces this process, none does: tracing begins with the first import."""
    if "TRACEPARENT" not in os.environ and not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder(names))
