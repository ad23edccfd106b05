"""What every recording changes in the SDK while it runs, and puts back: three small things.

1. A callback of `apply` that raises on a symbolic value (``json.loads("${x.policy}")``) makes an unknown, as in an
   engine's preview, where it would not have been called at all. On known values the exception is the program's.
2. `StackReference` outputs that were not given are symbolic: ``${org/network/prod.vpcId}``.
3. The result type of a provider function is noted, because its request does not carry it.

Where the SDK no longer has what the third one needs, function results are unknown instead; the first two are public.
"""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import isawaitable
from typing import Any

from pulumi import Output, StackReference, _types
from pulumi.output import UNKNOWN

from eks_blueprints.recording.monitor import RecordingMonitor
from eks_blueprints.recording.symbols import is_symbolic, stands_for_all
from eks_blueprints.recording.unread import Symbol, unread


class StackOutput(str):
    """The symbol of another stack's output. Its type is not known, so only whole uses and elements are readable.

    Taking parts of it otherwise, or iterating it, would silently take characters of the symbol; that fails, which makes
    an unknown.
    """

    __slots__ = ()

    def _refuse(self, *_args: Any) -> Any:
        raise TypeError(f"{self!s} has no known shape")

    def __getitem__(self, key: Any) -> Any:
        if type(key) not in (int, str):
            return self._refuse()
        return StackOutput(f"{str.removesuffix(self, '}')}[{key}]}}")

    __iter__ = __len__ = __contains__ = _refuse


def guarded(callback: Callable[[Any], Any], names: dict[str, None]) -> Callable[[Any], Any]:
    """A callback of `apply` that yields an unknown where it cannot cope with a symbol or with a list without length."""

    def known(result: Any) -> Any:
        if type(result) is Symbol:
            return str(result)
        return UNKNOWN if stands_for_all(result) else result

    async def later(result: Awaitable[Any], value: Any) -> Any:
        try:
            return known(await result)
        except Exception as error:
            if not _mistaken(error) and is_symbolic(value, names):
                return UNKNOWN
            raise

    def run(value: Any) -> Any:
        try:
            result = callback(unread(value))
        except Exception as error:
            if not _mistaken(error) and is_symbolic(value, names):
                return UNKNOWN
            raise
        if isawaitable(result) and not isinstance(result, Output):
            return later(result, value)
        return known(result)

    return run


def _mistaken(error: Exception) -> bool:
    """Whether an error would come with the real value as well: no string and no output class has such an attribute.

    ``cluster.certificate_authority.datta`` is found so, which neither mocks nor a preview of the engine do.
    """
    if not isinstance(error, AttributeError):
        return False
    kind = type(error.obj)
    return issubclass(kind, str) or _types.is_output_type(kind)


@contextmanager
def installed(monitor: RecordingMonitor, result_types: dict[str, type]) -> Iterator[None]:
    """The hooks, for as long as the context lasts."""
    changes: list[tuple[Any, str, Any]] = []

    def change(owner: Any, name: str, value: Any) -> None:
        changes.append((owner, name, owner.__dict__[name]))
        setattr(owner, name, value)

    try:
        _apply(monitor, change)
        _stack_references(monitor, change)
        _result_types(result_types, change)
        yield
    finally:
        for owner, name, value in reversed(changes):
            setattr(owner, name, value)


def _apply(monitor: RecordingMonitor, change: Callable[[Any, str, Any], None]) -> None:
    original = Output.apply

    @wraps(original)
    def apply(self: Output[Any], func: Callable[[Any], Any], run_with_unknowns: bool = False) -> Output[Any]:
        return original(self, guarded(func, monitor.names), run_with_unknowns)

    change(Output, "apply", apply)


def _stack_references(monitor: RecordingMonitor, change: Callable[[Any, str, Any], None]) -> None:
    def symbolic(
        original: Callable[[StackReference, Any], Output[Any]],
    ) -> Callable[[StackReference, Any], Output[Any]]:
        @wraps(original)
        def output(self: StackReference, name: Any) -> Output[Any]:
            def choose(values: list[Any]) -> Any:
                target, key = values
                if target in monitor.stack_references:
                    return original(self, name)
                monitor.names[target] = None
                return StackOutput(f"${{{target}.{key}}}")

            return Output.all(self.name, name).apply(choose)

        return output

    for name in ("get_output", "require_output"):
        change(StackReference, name, symbolic(getattr(StackReference, name)))


def _result_types(result_types: dict[str, type], change: Callable[[Any, str, Any], None]) -> None:
    module = sys.modules.get("pulumi.runtime.invoke")
    original = getattr(module, "_invoke", None)
    if original is None:
        return

    @wraps(original)
    def invoke(tok: str, props: Any, opts: Any = None, typ: type | None = None, *rest: Any, **named: Any) -> Any:
        if typ is not None:
            result_types[tok] = typ
        return original(tok, props, opts, typ, *rest, **named)

    change(module, "_invoke", invoke)
