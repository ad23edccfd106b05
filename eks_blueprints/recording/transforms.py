"""Transforms (`ResourceOptions(transforms=...)`, `register_resource_transform`), run as the engine runs them.

The SDK hands the engine a token for each, and the engine calls back while it registers a resource: the resource's own
transforms, then those of its parents from the nearest outward, then the stack's, each with what the one before it left
(sdk: pulumi/pulumi, pkg/resource/deploy/source_eval.go, RegisterResource). Mocks call none.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from pulumi.runtime import _callbacks
from pulumi.runtime.proto import resource_pb2

Callback = Callable[[bytes], Awaitable[resource_pb2.TransformResponse]]

_LISTS = {
    "depends_on": "dependencies",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "aliases": "aliases",
    "additional_secret_outputs": "additionalSecretOutputs",
    "hide_diff": "hideDiffs",
    "replace_with": "replace_with",
}
_TEXTS = {
    "version": "version",
    "provider": "provider",
    "plugin_download_url": "pluginDownloadURL",
    "deleted_with": "deletedWith",
    "import": "importId",
}
_SWITCHES = {"protect": "protect", "retain_on_delete": "retainOnDelete"}
_PARTS = {"custom_timeouts": "customTimeouts", "hooks": "hooks", "replacement_trigger": "replacement_trigger"}


class Callbacks(_callbacks._CallbackServicer):
    """The SDK's callbacks without the server that an engine would call: they are called here."""

    def __init__(self, monitor: Any) -> None:
        self._callbacks: dict[str, Callback] = {}
        self._transforms: dict[Any, str] = {}
        self._state_migrations: dict[Any, str] = {}
        self._monitor = monitor
        self._target = "recording"
        self._loop = asyncio.get_running_loop()

    async def serve(self) -> None:
        """There is nobody to serve."""

    def named(self, token: str) -> Callback:
        """The callback that a token stands for."""
        return self._callbacks[token]


class Transforms:
    """Which transforms there are for each resource, and what they make of a request."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        """Tokens of those of the whole stack, in the order they were registered."""
        self._own: dict[str, list[str]] = {}
        self._parents: dict[str, str] = {}

    def note(self, urn: str, request: resource_pb2.RegisterResourceRequest) -> None:
        """Keep what a registered resource asks for, for its children."""
        self._parents[urn] = request.parent
        if request.transforms:
            self._own[urn] = [callback.token for callback in request.transforms]

    def of(self, request: resource_pb2.RegisterResourceRequest) -> list[str]:
        """Tokens of all that a resource goes through, in the engine's order."""
        own = [callback.token for callback in request.transforms]
        return [*own, *self._inherited(request.parent), *self.stack]

    def _inherited(self, urn: str) -> Iterator[str]:
        while urn:
            yield from self._own.get(urn, ())
            urn = self._parents.get(urn, "")


async def transformed(request: resource_pb2.RegisterResourceRequest, callbacks: list[Callback]) -> None:
    """Have callbacks change a request, one after the other."""
    for callback in callbacks:
        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=_options(request),
        )
        answer = await callback(asked.SerializeToString())
        request.object.CopyFrom(answer.properties)
        for gone in [key for key in request.propertyDependencies if key not in request.object.fields]:
            del request.propertyDependencies[gone]
        if answer.HasField("options"):
            _take_over(request, answer.options)


# Messages are Any here: protobuf's types know names of fields as literals only, and these come from the tables above.
def _options(request: Any) -> resource_pb2.TransformResourceOptions:
    options = resource_pb2.TransformResourceOptions()
    for name, asked in _LISTS.items():
        getattr(options, name).extend(getattr(request, asked))
    for name, asked in _TEXTS.items():
        setattr(options, name, getattr(request, asked))
    for name, asked in _SWITCHES.items():
        if request.HasField(asked):
            setattr(options, name, getattr(request, asked))
    for name, asked in _PARTS.items():
        if request.HasField(asked):
            getattr(options, name).CopyFrom(getattr(request, asked))
    if request.deleteBeforeReplaceDefined:
        options.delete_before_replace = request.deleteBeforeReplace
    options.providers.update(request.providers)
    return options


def _take_over(request: Any, options: Any) -> None:
    for name, asked in _LISTS.items():
        request.ClearField(asked)
        getattr(request, asked).extend(getattr(options, name))
    for name, asked in _TEXTS.items():
        setattr(request, asked, getattr(options, name))
    for name, asked in _SWITCHES.items():
        request.ClearField(asked)
        if options.HasField(name):
            setattr(request, asked, getattr(options, name))
    for name, asked in _PARTS.items():
        request.ClearField(asked)
        if options.HasField(name):
            getattr(request, asked).CopyFrom(getattr(options, name))
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")
    request.deleteBeforeReplace = options.delete_before_replace
    request.ClearField("providers")
    request.providers.update(options.providers)
