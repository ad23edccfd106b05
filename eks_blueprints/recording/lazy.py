"""Outputs of a resource that are worked out when somebody reads them.

The SDK makes four futures, a task and a translated value for each of the 20 to 40 outputs of a resource; programs
read one or two. Here an output is a small object, and its value is made on first access, from the request that the
monitor kept.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi import Output, Resource, _types
from pulumi.output import _OutputData
from pulumi.runtime import rpc

from eks_blueprints.recording.monitor import Entry, RecordingMonitor, output_types
from eks_blueprints.recording.symbols import UNKNOWN


class _Data:
    """`Output._data`, made on first access. No data descriptor: the made one in `__dict__` is found before it."""

    def __get__(self, output: "LazyOutput", _owner: type) -> "asyncio.Future[_OutputData[Any]]":
        future = output._registration.future(output._property)
        output.__dict__["_data"] = future
        return future


class LazyOutput(Output[Any]):
    """An output of a resource, not worked out yet."""

    __slots__ = ("_property", "_registration")

    _data = _Data()
    _property: str
    _registration: "Registration"

    def __init__(self, registration: "Registration", name: str) -> None:
        self._registration = registration
        self._property = name


class Registration(dict[str, Any]):
    """One resource on its way: stands where the SDK keeps its table of resolvers."""

    __slots__ = (
        "_custom",
        "_deps",
        "_entry",
        "_error",
        "_monitor",
        "_names",
        "_resource",
        "_typed",
        "_waiting",
        "done",
    )

    def __init__(self, monitor: RecordingMonitor, resource: Resource, custom: bool) -> None:
        self._monitor = monitor
        self._resource = resource
        self._custom = custom
        self._waiting: list[tuple[str, asyncio.Future[_OutputData[Any]]]] = []
        self._entry: Entry | None = None
        self._error: BaseException | None = None
        self._deps: Mapping[str, set[Resource]] = {}
        self._names: dict[str, str] | None = None
        self._typed = False
        self.done = False

    def transfer(self, names: Iterable[str]) -> "Registration":
        """Put an output on the resource for every property, as `rpc.transfer_properties` does."""
        members = self._resource.__dict__
        for name in names:
            if name == "urn" or (name == "id" and self._custom):
                continue
            members[name] = LazyOutput(self, name)
        return self

    def future(self, name: str) -> "asyncio.Future[_OutputData[Any]]":
        """The data of one output, now or once the request is answered."""
        future: asyncio.Future[_OutputData[Any]] = asyncio.get_running_loop().create_future()
        if self.done:
            self._settle(name, future)
        else:
            self._waiting.append((name, future))
        return future

    def resolve(self, urn: str, deps: Mapping[str, set[Resource]], typed: bool) -> None:
        """The request was answered."""
        self._entry = self._monitor.entries.get(urn)
        self._deps = deps
        self._typed = typed
        self._finish()

    def fail(self, error: BaseException) -> None:
        """The request failed."""
        self._error = error
        self._finish()

    def _finish(self) -> None:
        self.done = True
        waiting, self._waiting = self._waiting, []
        for name, future in waiting:
            if not future.done():
                self._settle(name, future)

    def _settle(self, name: str, future: "asyncio.Future[_OutputData[Any]]") -> None:
        if self._error is not None:
            future.set_exception(self._error)
            return
        try:
            future.set_result(self._made(name))
        except Exception as error:
            future.set_exception(error)

    def _made(self, name: str) -> "_OutputData[Any]":
        """What `rpc.resolve_outputs` and `rpc.resolve_properties` would give this output in a preview."""
        key = self._key(name)
        raw = self._monitor.output(self._entry, key) if self._entry is not None else None
        resources = {self._resource, *self._deps.get(name, ())}
        if raw is None:
            return _OutputData(resources, None, False, False)
        types = output_types(type(self._resource))
        if isinstance(raw, str) and raw != UNKNOWN and types.get(key) in (None, str):
            return _OutputData(resources, raw, True, False)
        struct = struct_pb2.Struct()
        struct.update({key: raw})
        value = rpc.deserialize_properties(struct, True).get(key)
        if value is None:
            return _OutputData(resources, None, False, False)
        translate = (lambda prop: prop) if self._typed else self._resource.translate_output_property
        path = rpc._Path(name, resource=self._resource._name)
        value = rpc.translate_output_properties(value, translate, types.get(key), self._typed, path=path)
        value, is_secret = rpc.unwrap_rpc_secret(value), rpc.is_rpc_secret(value)
        return _OutputData(resources, value, value is not None, is_secret)

    def _key(self, name: str) -> str:
        """The name on the wire of a property."""
        if self._names is None:
            cls = type(self._resource)
            if self._typed:
                self._names = _types.resource_py_to_pulumi_names(cls)
            else:
                keys = self._monitor.output_keys(self._entry)
                self._names = {self._resource.translate_output_property(key): key for key in keys}
        return self._names.get(name, name)
