"""Modules of generated types of the typed SDKs, whose classes are made when they are taken.

`pulumi_aws.ec2._inputs` defines 700 classes and `outputs` 500, of which a platform takes two dozen; making them all is
a fifth of a short preview. Here such a module runs as it is written, but a `class` statement in it only notes the body
and the decorators. Taking a name makes that class and those that its annotations name, as Python would have.

A module of the SDK that imports all of one (`from ._inputs import *`) is given the classes that its code names, and
finds any other when it is asked for it.
"""

import builtins
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

_NAMES = re.compile(r"pulumi_(aws|kubernetes)\.(\w+\.)*(_inputs|outputs|_enums)")
_DECORATORS = ("input_type", "output_type")
_MAKING = RLock()


class _Unmade:
    """A class statement that was met: what Python would call with it, and the decorators above it."""

    def __init__(self, body: FunctionType, name: str, bases: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        self.body = body
        self._parts = (name, bases, keywords)
        self._decorators: list[Callable[[Any], Any]] = []

    def decorated(self, decorator: Callable[[Any], Any]) -> "_Unmade":
        self._decorators.append(decorator)
        return self

    def make(self) -> Any:
        name, bases, keywords = self._parts
        made = builtins.__build_class__(self.body, name, *bases, **keywords)
        for decorator in self._decorators:
            made = decorator(made)
        return made


class TypeModule(ModuleType):
    """A module whose classes are made when they are taken."""

    _unmade: dict[str, _Unmade]
    _starred: list["TypeModule"]
    """The modules that it imports all of."""
    _public: list[str]
    """Its `__all__`."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self._imported_by(sys._getframe(1))
        with _MAKING:
            if self._bound(name):
                return self.__dict__[name]
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        starred = (name for module in self._starred for name in module._public)
        return sorted({*super().__dir__(), *self._unmade, *starred, "__all__"})

    def _bound(self, name: str) -> bool:
        """Whether the module has that name, now among those in which annotations are looked up."""
        if name in self._unmade:
            unmade = self._unmade.pop(name)
            for other in _named(unmade.body.__code__):
                self._bound(other)
            self.__dict__[name] = unmade.make()
        elif name not in self.__dict__:
            found = _among(self._starred, name)
            if found is None:
                return False
            self.__dict__[name] = found
        return True

    def _imported_by(self, frame: FrameType) -> list[str]:
        """What `from ... import *` in that frame takes: all, or in a module of the SDK what its code names."""
        importer = frame.f_globals
        module = sys.modules.get(importer.get("__name__", ""))
        package = self.__name__.partition(".")[0]
        if module is None or vars(module) is not importer or not module.__name__.startswith(f"{package}."):
            return self._public
        if isinstance(module, TypeModule):
            module._starred.append(self)
            return []  # each of its classes binds what it names
        if hasattr(module, "__path__"):
            return self._public
        fallback = importer.setdefault("__getattr__", _Fallback(module.__name__))
        if not isinstance(fallback, _Fallback):
            return self._public
        fallback.modules.append(self)
        named = set(_named_within(frame.f_code))
        return [name for name in self._public if name in named]


class _Fallback:
    """A module's `__getattr__`: finds what importing all of modules of types would have brought."""

    def __init__(self, importer: str) -> None:
        self._importer = importer
        self.modules: list[TypeModule] = []

    def __call__(self, name: str) -> Any:
        found = _among(self.modules, name)
        if found is None:
            raise AttributeError(f"module {self._importer!r} has no attribute {name!r}")
        return found


def _among(modules: list[TypeModule], name: str) -> Any:
    """What the last of the modules that has such a public name calls so."""
    return next((getattr(module, name) for module in reversed(modules) if name in module._public), None)


def _named(code: CodeType) -> Iterator[str]:
    """The names in a class's body: those it reads, and the quoted ones of annotations."""
    yield from code.co_names
    yield from (text for text in code.co_consts if isinstance(text, str) and text.isidentifier())


def _named_within(code: CodeType) -> Iterator[str]:
    yield from _named(code)
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _named_within(part)


class _Later(Loader):
    """Runs a module, with its classes noted only."""

    def __init__(self, written: Loader) -> None:
        self._written = written

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        names = module.__dict__
        names |= {"_unmade": {}, "_starred": []}
        names["__builtins__"] = vars(builtins) | {"__build_class__": _build_class}
        module.__class__ = TypeModule
        with _decorators_wait():
            self._written.exec_module(module)
        names["__builtins__"] = vars(builtins)
        names["_unmade"] |= {name: value for name, value in names.items() if isinstance(value, _Unmade)}
        for name in names["_unmade"]:
            del names[name]
        names["_public"] = names.pop("__all__", [name for name in dir(module) if not name.startswith("_")])


def _build_class(body: FunctionType, name: str, *bases: Any, **keywords: Any) -> Any:
    """What a `class` statement calls."""
    if sys._getframe(1).f_code.co_name != "<module>":
        return builtins.__build_class__(body, name, *bases, **keywords)
    return _Unmade(body, name, bases, keywords)


@contextmanager
def _decorators_wait() -> Iterator[None]:
    """Let the SDK's decorators pass by what is no class yet."""
    import pulumi

    def waiting(decorator: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda cls: cls.decorated(decorator) if isinstance(cls, _Unmade) else decorator(cls)

    written = {name: getattr(pulumi, name) for name in (*_DECORATORS, "type_token")}
    changed = {name: waiting(written[name]) for name in _DECORATORS}
    changed["type_token"] = lambda token: waiting(written["type_token"](token))
    vars(pulumi).update(changed)
    try:
        yield
    finally:
        vars(pulumi).update(written)


class _Finder(MetaPathFinder):
    """Finds modules of generated types; nothing else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _NAMES.fullmatch(fullname):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        spec.loader = _Later(spec.loader)
        return spec


def install() -> None:
    """Let modules of generated types that are not imported yet make their classes when they are taken."""
    if not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
