"""What stands in for the SDK's functions on the quick path; `fast.py` says when, and checks that they still fit."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pulumi import Output, Resource, _types
from pulumi.output import Unknown, _OutputData
from pulumi.runtime import rpc
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.settings import SETTINGS

from eks_blueprints.recording.dependencies import Dependencies
from eks_blueprints.recording.lazy import Registration
from eks_blueprints.recording.monitor import RecordingMonitor

Function = Callable[..., Any]

_PLAIN = frozenset((str, bool, int, float, type(None)))
_SAME_NAME = Resource.translate_input_property


def replacements(monitor: RecordingMonitor) -> dict[tuple[str, str], Function]:
    """The functions to swap in for one recording, by module and name."""
    resource = "pulumi.runtime.resource"
    dependencies = Dependencies()
    return {
        **{("pulumi.runtime.rpc", name): function for name, function in _outputs(monitor, dependencies).items()},
        ("pulumi.runtime.rpc", "serialize_property"): _serialize_property(rpc.serialize_property),
        ("pulumi.runtime.rpc", "contains_unknowns"): contains_unknowns,
        **dependencies.replacements(),
        (resource, "_get_stack_trace"): _no_stack_trace,
        (resource, "create_urn"): _create_urn(sys.modules[resource].create_urn),
        (resource, "wrap_with_context"): _as_it_is,
        ("pulumi._types", "unwrap_type"): _cached(_types.unwrap_type),
        ("pulumi._types", "resource_types"): lru_cache(maxsize=None)(_types.resource_types),
        ("pulumi._types", "resource_pulumi_to_py_names"): lru_cache(maxsize=None)(_types.resource_pulumi_to_py_names),
        ("pulumi._types", "input_type_py_to_pulumi_names"): lru_cache(maxsize=None)(
            _types.input_type_py_to_pulumi_names
        ),
        ("pulumi.log", "debug"): _silent,
        **_tracking(),
    }


def contains_unknowns(val: Any) -> bool:
    """The SDK's test, without the table of what was seen that it makes for every string."""
    if type(val) in _PLAIN:
        return False
    if isinstance(val, Unknown):
        return True
    if isinstance(val, dict | list):
        return _holds_unknown(val, set())
    return False


def _holds_unknown(val: Any, seen: set[int]) -> bool:
    if isinstance(val, Unknown):
        return True
    if not isinstance(val, dict | list) or id(val) in seen:
        return False
    seen.add(id(val))
    each = (val[key] for key in val) if isinstance(val, dict) else iter(val)
    return any(type(item) not in _PLAIN and _holds_unknown(item, seen) for item in each)


def _outputs(monitor: RecordingMonitor, dependencies: Dependencies) -> dict[str, Function]:
    """Outputs that wait to be read, see `lazy.py`."""
    resolve, fail = rpc.resolve_outputs, rpc.resolve_outputs_due_to_exception

    def transfer_properties(res: Resource, props: Mapping[str, Any], custom: bool) -> Registration:
        dependencies.made(res)
        return Registration(monitor, res, custom).transfer(props)

    def resolve_outputs(  # noqa: PLR0917 - the SDK's own parameters
        res: Resource,
        serialized_props: Any,
        outputs: Any,
        deps: Mapping[str, set[Resource]],
        resolvers: Any,
        custom: bool,
        transform_using_type_metadata: bool = False,
        *rest: Any,
        **named: Any,
    ) -> None:
        if not isinstance(resolvers, Registration):
            resolve(
                res, serialized_props, outputs, deps, resolvers, custom, transform_using_type_metadata, *rest, **named
            )
            return
        resolvers.resolve(monitor.urn_of(res), deps, transform_using_type_metadata)

    def resolve_outputs_due_to_exception(resolvers: Any, exn: Exception) -> None:
        if isinstance(resolvers, Registration):
            resolvers.fail(exn)
        else:
            fail(resolvers, exn)

    return {
        "transfer_properties": transfer_properties,
        "resolve_outputs": resolve_outputs,
        "resolve_outputs_due_to_exception": resolve_outputs_due_to_exception,
    }


def _serialize_property(original: Function) -> Function:
    async def serialize_property(  # noqa: PLR0917 - the SDK's own parameters
        value: Any,
        deps: Any,
        property_key: Any,
        resource_obj: Any = None,
        input_transformer: Any = None,
        typ: Any = None,
        *rest: Any,
        return_protobuf_value: bool = False,
        **named: Any,
    ) -> Any:
        """Most values are plain; the SDK asks a dozen questions of each before it hands it back, or a copy of it."""
        if not return_protobuf_value:
            if type(value) in _PLAIN:
                return value
            if typ is None and _keeps_names(input_transformer) and _all_plain(value):
                return value
        named["return_protobuf_value"] = return_protobuf_value
        return await original(value, deps, property_key, resource_obj, input_transformer, typ, *rest, **named)

    return serialize_property


def _keeps_names(input_transformer: Any) -> bool:
    """Whether the SDK would leave the keys of a mapping as they are."""
    return input_transformer is None or getattr(input_transformer, "__func__", None) is _SAME_NAME


def _all_plain(value: Any) -> bool:
    if type(value) is dict:
        return all(type(each) in _PLAIN or _all_plain(each) for each in value.values())
    return type(value) is list and all(type(each) in _PLAIN or _all_plain(each) for each in value)


def _no_stack_trace() -> source_pb2.StackTrace:
    return source_pb2.StackTrace()


def _create_urn(original: Function) -> Function:
    def create_urn(
        name: Any, type_: Any, parent: Any = None, project: str | None = None, stack: str | None = None
    ) -> Output[str]:
        """URNs of plain parts need no ten outputs to be put together."""
        if parent is None or not all(isinstance(each, str) for each in (name, type_, parent)):
            return original(name, type_, parent, project, stack)  # type: ignore[no-any-return]
        future: asyncio.Future[_OutputData[str]] = asyncio.get_running_loop().create_future()
        urn = f"{parent[: parent.rfind('::')]}${type_}::{name}"
        future.set_result(_OutputData(set(), urn, True, False))
        output: Output[str] = object.__new__(Output)
        output._data = future
        return output

    return create_urn


def _as_it_is(fn: Function) -> Function:
    """No thread is changed, so there is no context to carry over."""
    return fn


def _cached(original: Function) -> Function:
    cache: dict[Any, Any] = {}

    def unwrap_type(val: Any) -> Any:
        try:
            return cache[val]
        except KeyError:
            result = cache[val] = original(val)
            return result
        except TypeError:  # not hashable
            return original(val)

    return unwrap_type


def _silent(msg: str, resource: Any = None, stream_id: int | None = None, ephemeral: bool | None = None) -> None:
    """Debug messages are not kept, and the SDK writes eight a resource."""


def _tracking() -> dict[tuple[str, str], Function]:
    """The SDK's list of outputs to wait for at the end, without a lock and a closure for each."""
    holder: list[set[Any]] = []

    def outputs() -> set[Any]:
        if not holder:
            holder.append(SETTINGS.outputs)
        return holder[0]

    def finished(future: Any) -> None:
        if not future.cancelled() and future.exception() is None:
            outputs().discard(future)

    def _track(self: Output[Any]) -> None:
        data = self._data
        if data.done() and not data.cancelled() and data.exception() is None:
            return
        outputs().add(data)
        data.add_done_callback(finished)

    def _untrack(self: Output[Any]) -> None:
        outputs().discard(self._data)

    return {("pulumi.output:Output", "_track"): _track, ("pulumi.output:Output", "_untrack"): _untrack}
