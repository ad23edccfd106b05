"""The monitor that keeps every request, and answers as an engine's preview of a new stack would, with symbols.

It is a subclass of the SDK's own mock monitor, the public seam `pulumi.runtime.set_mocks(..., monitor=...)`. What the
SDK sends is kept whole; what it gets back is an URN, a symbolic id, and outputs shaped by the resource's class.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from google.protobuf import empty_pb2, struct_pb2  # type: ignore[import-untyped]
from pulumi import Resource, _types
from pulumi.resource import ResourceTransformationArgs, ResourceTransformationResult
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import provider_pb2, resource_pb2
from pulumi.runtime.settings import get_project, get_stack

from eks_blueprints.recording.deployed import Deployed
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.invokes import KUSTOMIZE, Answers
from eks_blueprints.recording.positions import Locator, Position
from eks_blueprints.recording.render import plain, wire
from eks_blueprints.recording.sources import Sources, Where
from eks_blueprints.recording.symbols import ALL, SECRET, SIGNATURE, UNKNOWN, complete, holds_all, shape
from eks_blueprints.recording.transforms import Callback, Callbacks, Transforms, transformed

STACK = "pulumi:pulumi:Stack"
STACK_REFERENCE = "pulumi:pulumi:StackReference"


_RENDERED_ELSEWHERE = frozenset(
    {
        "kubernetes:yaml/v2:ConfigFile",
        "kubernetes:yaml/v2:ConfigGroup",
        "kubernetes:helm.sh/v3:Chart",
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:kustomize/v2:Directory",
    }
)
"""Components whose children only the provider knows."""


@dataclass(slots=True, eq=False)
class Entry:
    """One resource: the program's object and line, and what the SDK sent about it."""

    resource: Resource | None
    resource_class: type | None
    parent: Resource | None
    position: Position | None
    innermost: Position | None
    source: Position | None = None
    where: Where | None = None
    urn: str = ""
    request: Any = None
    outputs: struct_pb2.Struct | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One provider function the program called, with its arguments and the answer it got."""

    token: str
    args: Mapping[str, Any]
    result: Mapping[str, Any]
    provider: str


class _NoMocks(Mocks):
    """The mock monitor asks for mocks; this one never calls them."""

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        return {}, None

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return None, {}


class RecordingMonitor(MockMonitor):
    """Keeps what it is sent. Safe to call from the SDK's worker threads."""

    def __init__(
        self,
        locator: Locator,
        answers: Answers,
        stack_references: Mapping[str, Mapping[str, Any]],
        caller: Callable[[], Any],
        deployed: Mapping[str, Deployed] | None = None,
    ) -> None:
        super().__init__(_NoMocks())
        self.entries: dict[str, Entry] = {}
        self.names = answers.names
        """What a symbol may begin with: logical names, other stacks, functions that were called."""
        self.calls: list[Call] = []
        self.failure: ProgramError | None = None
        self.lazy = False
        """Whether outputs are worked out when first read (`fast.py`) instead of being sent back with the answer."""
        self.stack_references = stack_references
        self.transforms = Transforms()
        self.callbacks: Callbacks | None = None
        """Set once the event loop runs."""
        self.gaps: list[str] = []
        """What the program did that a recording cannot follow."""
        self._locator = locator
        self._sources = Sources()
        self._answers = answers
        self._caller = caller
        self._deployed = deployed or {}
        self._expected: dict[tuple[str, str], list[Entry]] = {}
        self._urns: dict[int, str] = {}
        self._lock = threading.RLock()

    # -- what the program's thread tells ----------------------------------------------------------------------------

    def expect(self, args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        """Note a resource as it is constructed; registered as a (public) stack transformation that changes nothing."""
        position, innermost = self._locator.locate(self._caller(), args.resource)
        source, where = self._sources.note(args.resource, args.name, args.opts.parent)
        entry = Entry(args.resource, type(args.resource), args.opts.parent, position, innermost, source, where)
        self._expected.setdefault((args.type_, args.name), []).append(entry)
        return None

    def position_of(self, resource: Resource) -> Position | None:
        """The line that made a resource, also of one that could not be sent."""
        entries = [*self.entries.values(), *chain.from_iterable(self._expected.values())]
        return next((entry.position for entry in entries if entry.resource is resource), None)

    # -- the protocol ------------------------------------------------------------------------------------------------

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest
    ) -> Any:
        """Register a resource at once, or, where transforms change it first, once the loop has awaited them."""
        tokens = self.transforms.of(request)
        if not tokens or self.callbacks is None:
            return self._register(request)
        return self._register_transformed(request, [self.callbacks.named(token) for token in tokens])

    async def _register_transformed(
        self, request: resource_pb2.RegisterResourceRequest, callbacks: list[Callback]
    ) -> resource_pb2.RegisterResourceResponse:
        await transformed(request, callbacks)
        return self._register(request)

    def _register(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        with self._lock:
            entry = self._keep(request)
            self.transforms.note(entry.urn, request)
            self._note_gaps(request)
            response = resource_pb2.RegisterResourceResponse(urn=entry.urn)
            if request.type == STACK:
                return response
            if request.custom:
                response.id = request.importId or self._id(entry)
            if not self.lazy and (request.custom or request.remote):
                response.object.update(self.outputs(entry))
            return response

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:  # noqa: N802
        with self._lock:
            entry = self._keep(request)
            response = resource_pb2.ReadResourceResponse(urn=entry.urn)
            if "id" in response.DESCRIPTOR.fields_by_name:
                response.id = request.id
            if not self.lazy:
                response.properties.update(self.outputs(entry))
            return response

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        with self._lock:
            if request.urn in self.entries:
                self.entries[request.urn].outputs = request.outputs
        return empty_pb2.Empty()

    def RegisterStackTransform(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        self.transforms.stack.append(request.token)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, _request: Any) -> empty_pb2.Empty:  # noqa: N802
        self.gaps.append("a transform of provider functions")
        return empty_pb2.Empty()

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802
        args = plain(request.args)
        if request.tok == "pulumi:pulumi:getResource":
            return self._get_resource(request, args["urn"])
        with self._lock:
            result = self._answers.answer(request.tok, args, self._provider_inputs(request.provider))
            self.calls.append(Call(request.tok, args, result, request.provider.rpartition("::")[0]))
            if request.tok == KUSTOMIZE and result["result"] == UNKNOWN:
                do = "kustomize or kubectl on the PATH builds a local folder"
                self.gaps.append(f"what Kustomize makes of {args.get('directory')} ({do})")
            value = struct_pb2.Struct()
            value.update(result)
            return resource_pb2.ResourceInvokeResponse(**{"return": value})

    def Call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:  # noqa: N802
        """A method of a remote component: only the component could answer, so the result is unknown."""
        args = plain(request.args)
        with self._lock:
            self.calls.append(Call(request.tok, args, {}, request.provider.rpartition("::")[0]))
        response = provider_pb2.CallResponse(**{"return": struct_pb2.Struct()})
        getattr(response, "return").update({"result": UNKNOWN})
        urns = sorted({urn for each in request.argDependencies.values() for urn in each.urns})
        response.returnDependencies["result"].urns.extend(urns)
        return response

    def _get_resource(
        self, request: resource_pb2.ResourceInvokeRequest, urn: str
    ) -> resource_pb2.ResourceInvokeResponse:
        """What the engine knows of a resource: of a provider, what it was told."""
        entry = self.entries.get(urn)
        if entry is None or not entry.request.type.startswith("pulumi:providers:"):
            return super().Invoke(request)  # type: ignore[no-any-return, no-untyped-call]
        value = struct_pb2.Struct()
        value.update({"urn": urn, "id": f"${{{entry.request.name}.id}}"})
        value.get_or_create_struct("state").CopyFrom(_inputs(entry.request))
        return resource_pb2.ResourceInvokeResponse(**{"return": value})

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN as the engine makes it: the whole chain of parent types, the stack's own left out.

        The mock monitor keeps only the nearest parent's type, and the stack's (sdk/go/common/resource/urn/urn.go).
        """
        qualified = parent.split("::")[2] if parent else ""
        if qualified and qualified != STACK:
            type_ = f"{qualified}${type_}"
        return f"urn:pulumi:{get_stack()}::{get_project()}::{type_}::{name}"

    # -- outputs -----------------------------------------------------------------------------------------------------

    def outputs(self, entry: Entry) -> dict[str, Any]:
        """Every output property of a resource, as a provider would send them."""
        return {key: self.output(entry, key) for key in self.output_keys(entry)}

    def output_keys(self, entry: Entry | None) -> list[str]:
        """The names on the wire of a resource's outputs: those given, and those its class declares."""
        if entry is None:
            return []
        inputs = _inputs(entry.request)
        return [*inputs.fields, *(key for key in output_types(entry.resource_class) if key not in inputs.fields)]

    def urn_of(self, resource: Resource) -> str:
        """The URN of a registered resource; empty for one that was not seen."""
        return self._urns.get(id(resource), "")

    def output(self, entry: Entry, key: str) -> Any:
        """One output property; None when neither the inputs nor the class know it."""
        request = entry.request
        if request.type == STACK_REFERENCE:
            return self._stack_output(request, key)
        inputs = _inputs(request)
        typ = output_types(entry.resource_class).get(key)
        path = f"{request.name}.{key}"
        given = wire(inputs.fields[key]) if key in inputs.fields else None
        known = self._deployed[entry.urn].output(key, given) if entry.urn in self._deployed else None
        if known is not None:
            value = known
        elif key in inputs.fields:
            value = complete(given, typ, path)
        elif typ is not None:
            value = shape(typ, path)
        else:
            return None
        return secret(value) if key in request.additionalSecretOutputs else value

    def _id(self, entry: Entry) -> str:
        known = self._deployed.get(entry.urn)
        return (known.id if known else "") or f"${{{entry.request.name}.id}}"

    def _stack_output(self, request: resource_pb2.ReadResourceRequest, key: str) -> Any:
        given = self.stack_references.get(request.id)
        if key == "name":
            return request.id
        if key == "outputs":
            return UNKNOWN if given is None else dict(given)
        return [] if key == "secretOutputNames" else None

    # -- book-keeping ------------------------------------------------------------------------------------------------

    def _keep(self, request: Any) -> Entry:
        urn = self.make_urn(request.parent, request.type, request.name)
        entry = self._claim(request)
        if urn in self.entries:
            raise self._duplicate(urn, self.entries[urn], entry)
        entry.urn, entry.request = urn, request
        self.entries[urn] = entry
        self.names[request.name] = None
        if entry.resource is not None:
            self._urns[id(entry.resource)] = urn
        self.resources[urn] = MockMonitor.ResourceRegistration(urn, f"${{{request.name}.id}}", {})
        return entry

    def _note_gaps(self, request: resource_pb2.RegisterResourceRequest) -> None:
        # To search the bytes takes no time, and hardly any request has the end of such a symbol in it.
        if ALL.encode() in request.object.SerializeToString() and holds_all(
            wire(struct_pb2.Value(struct_value=request.object))
        ):
            self.gaps.append(f"how long a list is that {request.name} is given")
        if request.type in _RENDERED_ELSEWHERE:
            self.gaps.append(f"what {request.name} makes ({request.type})")

    def _claim(self, request: Any) -> Entry:
        """The resource object a request is about; the request itself only names its type, name and parent."""
        expected = self._expected.get((request.type, request.name), [])
        for index, entry in enumerate(expected):
            if len(expected) == 1 or self._is_child(entry, request.parent):
                return expected.pop(index)
        return Entry(None, None, None, None, None)

    def _is_child(self, entry: Entry, parent: str) -> bool:
        if entry.parent is None:
            return not parent or self.entries[parent].request.type == STACK
        return self._urns.get(id(entry.parent)) == parent

    def _duplicate(self, urn: str, first: Entry, second: Entry) -> ProgramError:
        places = [f"{each.file}:{each.line}" for each in (first.position, second.position) if each]
        where = f" (made at {' and again at '.join(places)})" if places else ""
        position = second.position or Position("", 0)
        error = ProgramError(
            f"duplicate resource URN '{urn}'{where}; rename one of them",
            position.file or None,
            position.line or None,
        )
        self.failure = self.failure or error
        return error

    def _provider_inputs(self, reference: str) -> Mapping[str, Any]:
        entry = self.entries.get(reference.rpartition("::")[0])
        return {} if entry is None else plain(_inputs(entry.request))


def output_types(resource_class: type | None) -> Mapping[str, Any]:
    """The types of a resource's outputs by their names on the wire; empty for a class the program did not show."""
    if resource_class is None:
        return {}
    known = _TYPES.get(resource_class)
    if known is None:
        types = _types.resource_types(resource_class)
        known = _TYPES[resource_class] = {k: t for k, t in types.items() if k not in ("id", "urn")}
    return known


def secret(value: Any) -> Any:
    """A value as the wire marks it secret."""
    if isinstance(value, dict) and value.get(SIGNATURE) == SECRET:
        return value
    return {SIGNATURE: SECRET, "value": value}


def _inputs(request: Any) -> struct_pb2.Struct:
    read = isinstance(request, resource_pb2.ReadResourceRequest)
    inputs: struct_pb2.Struct = request.properties if read else request.object
    return inputs


_TYPES: dict[type, Mapping[str, Any]] = {}
