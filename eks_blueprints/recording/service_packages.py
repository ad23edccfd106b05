"""Packages of the typed SDKs, one an AWS service or Kubernetes API version, that import a module when a name is taken.

`import pulumi_aws.ec2` runs 150 modules for the ten resources that a platform makes; it is the largest part of a short
preview. Here such a package starts empty. A name taken from it imports the one module that the SDK's generator puts it
in (`RouteTable` in `route_table`, `get_ami` in `get_ami`, `SubnetArgs` in `subnet` or `_inputs`; of Kubernetes'
`Namespace` and `NamespaceInitArgs` in `Namespace`); any other name runs the package as it is written. Only packages
that are not imported yet start so.
"""

import re
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_PACKAGES = re.compile(r"pulumi_aws\.(?!config$)\w+|pulumi_kubernetes\.\w+\.v\w+")
_AROUND = re.compile(r"^awaitable_|_output$|_args$|_args_dict$|_result$|(Init)?Args(Dict)?$")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class ServicePackage(ModuleType):
    """A package whose modules are imported by the names that are taken from it."""

    _written: Loader
    """What runs the package as it is written."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        for module in _homes(name) if name != "__all__" else ():
            if self._holds(module):
                found = import_module(f"{self.__name__}.{module}")
                value = found if module == name and not hasattr(found, name) else getattr(found, name, None)
                if value is not None:
                    self.__dict__[name] = value
                    return value
        return getattr(self._whole(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system puts each module on its package; the package itself then puts the function over it.
        if isinstance(value, ModuleType):
            value = getattr(value, name, value)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return dir(self._whole())

    def _holds(self, module: str) -> bool:
        name = f"{self.__name__}.{module}"
        return name in sys.modules or PathFinder.find_spec(name, self.__path__) is not None

    def _whole(self) -> ModuleType:
        """The package as it is written, from now on."""
        self.__class__ = ModuleType  # type: ignore[assignment]
        self._written.exec_module(self)
        return self


def _homes(name: str) -> list[str]:
    """The modules that may hold a name, the likeliest first."""
    own = name if name.islower() else _WORD.sub("_", name).lower()
    return [*dict.fromkeys([name, _AROUND.sub("", name), own, _AROUND.sub("", own), "_inputs", "_enums"])]


class _Later(Loader):
    """Makes a package without running it."""

    def __init__(self, written: Loader) -> None:
        self._written = written

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run before a name is taken."""
        module.__dict__["_written"] = self._written
        module.__class__ = ServicePackage


class _Finder(MetaPathFinder):
    """Finds such packages of the SDKs; nothing else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is None or not _PACKAGES.fullmatch(fullname):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None or spec.submodule_search_locations is None:
            return None
        spec.loader = _Later(spec.loader)
        return spec


def install() -> None:
    """Let such packages that are not imported yet start empty."""
    if not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
