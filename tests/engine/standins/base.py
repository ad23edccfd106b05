"""What all stand-ins share: the gRPC service, faults on demand and the record of every call.

A subclass says what its package's types do; this class speaks the protocol. What a call did is written to the file
named by `STANDIN_CALLS`, one JSON object a line. A fault is one entry of the JSON file named by `STANDIN_FAULTS`:

    {"op": "create", "type": "aws:eks/nodeGroup:NodeGroup", "nth": 1, "message": "no capacity", "partial": false}

The nth create, update, delete or read of that type fails, counted over the life of the account. With `partial` the
service makes the thing and then reports that it did not become ready, as a timed-out wait does.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from . import wire
from .account import Account
from .checks import Failure
from .monitor import Monitor

Outputs = dict[str, Any]


class ServiceError(Exception):
    """What the service says when it refuses: `code` as in its API, then its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class NotFoundError(ServiceError):
    """The thing is not there; a delete takes this as done."""

    def __init__(self, message: str) -> None:
        super().__init__("ResourceNotFoundException", message)


class NotReadyError(Exception):
    """The thing was made but did not become ready: the engine keeps it in its state, with the reasons."""

    def __init__(self, id: str, outputs: Outputs, inputs: dict[str, Any], reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.id, self.outputs, self.inputs, self.reasons = id, outputs, inputs, reasons


class Diff:
    """A detailed diff: `kinds` maps each path to its kind."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.delete_first = False

    @property
    def replaces(self) -> list[str]:
        return sorted({_top(path) for path, kind in self.kinds.items() if kind.endswith("replace")})


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One plugin process. The engine starts one for every provider resource, so configuration is plain state here."""

    version = "0.0.0"
    accepts_resources = False  # else the engine sends a resource's id in its place

    def __init__(self) -> None:
        self.account = Account(os.environ["STANDIN_ACCOUNT"])
        self.config: dict[str, Any] = {}
        self._record_lock = threading.Lock()
        self._calls = os.environ.get("STANDIN_CALLS")

    # What a subclass fills in -----------------------------------------------------------------------------------

    def check_config(self, news: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        return news, []

    def diff_config(self, olds: dict[str, Any], news: dict[str, Any]) -> Diff:
        diff = Diff()
        diff.kinds = {key: "update" for key in {*olds, *news} if olds.get(key) != news.get(key)}
        return diff

    def configure(self) -> None:
        """`self.config` is set."""

    def check(
        self, type: str, name: str, olds: dict[str, Any], news: dict[str, Any], seed: bytes
    ) -> tuple[dict[str, Any], list[Failure]]:
        raise NotImplementedError

    def diff(self, type: str, old_inputs: dict[str, Any], olds: Outputs, news: dict[str, Any]) -> Diff:
        raise NotImplementedError

    def preview_create(self, type: str, inputs: dict[str, Any]) -> Outputs:
        raise NotImplementedError

    def preview_update(self, type: str, olds: Outputs, old_inputs: dict[str, Any], inputs: dict[str, Any]) -> Outputs:
        raise NotImplementedError

    def create(self, type: str, name: str, inputs: dict[str, Any]) -> tuple[str, Outputs]:
        raise NotImplementedError

    def read(self, type: str, id: str) -> tuple[dict[str, Any], Outputs] | None:
        raise NotImplementedError

    def update(self, type: str, id: str, olds: Outputs, inputs: dict[str, Any]) -> Outputs:
        raise NotImplementedError

    def delete(self, type: str, id: str, olds: Outputs) -> None:
        raise NotImplementedError

    def secret_outputs(self, type: str) -> frozenset[str]:
        """The outputs that are secret whatever the program says."""
        return frozenset()

    def check_construct(self, type: str, inputs: dict[str, Any]) -> list[Failure]:
        return []

    def construct(self, monitor: Monitor, type: str, name: str, inputs: dict[str, Any]) -> tuple[str, Outputs]:
        """Register a component and what it is made of; gives its URN and outputs."""
        raise ServiceError("NotImplemented", f"the stand-in does not make {type}")

    def invoke(self, token: str, args: dict[str, Any]) -> tuple[dict[str, Any], list[Failure]]:
        raise NotImplementedError

    # Faults and the record --------------------------------------------------------------------------------------

    def fault(self, op: str, type: str) -> dict[str, Any] | None:
        """The fault due now. Counting starts with the first call a fault could match, and survives the process."""
        path = os.environ.get("STANDIN_FAULTS")
        if not path or not os.path.exists(path):
            return None
        with open(path) as source:
            faults = [f for f in json.load(source) if f["op"] == op and f["type"] == type]
        if not faults:
            return None
        nth = self.account.count(f"{op} {type}")
        return next((f for f in faults if f.get("nth", 1) == nth), None)

    def record(self, op: str, **what: Any) -> None:
        if not self._calls:
            return
        line = json.dumps({"op": op, "at": round(time.time(), 3), **wire.jsonable(what)})
        with self._record_lock, open(self._calls, "a") as out:
            out.write(line + "\n")

    # The protocol -----------------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=self.accepts_resources)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def GetMapping(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingResponse()

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs, failures = self.check_config(wire.from_struct(request.news))
        self.record("check-config", urn=request.urn, inputs=inputs, failures=failures)
        secret = wire.secret_keys(request.news)
        return provider_pb2.CheckResponse(inputs=wire.to_struct(inputs, secret), failures=_failures(failures))

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        olds = wire.from_struct(request.old_inputs) or wire.from_struct(request.olds)
        diff = self.diff_config(olds, wire.from_struct(request.news))
        self.record("diff-config", urn=request.urn, diff=diff.kinds, replaces=diff.replaces)
        return _diff_response(diff)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.config = wire.from_struct(request.args)
        try:
            self.configure()
        except ServiceError as error:
            self.record("configure", error=str(error))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, acceptResources=self.accepts_resources, supportsPreview=True
        )

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        type, name = _urn(request.urn)
        news = wire.from_struct(request.news)
        inputs, failures = self.check(type, name, wire.from_struct(request.olds), news, request.randomSeed)
        self.record("check", urn=request.urn, type=type, inputs=inputs, failures=failures)
        secret = wire.secret_keys(request.news)
        return provider_pb2.CheckResponse(inputs=wire.to_struct(inputs, secret), failures=_failures(failures))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        type, _ = _urn(request.urn)
        olds = wire.from_struct(request.olds)
        diff = self.diff(type, wire.from_struct(request.old_inputs) or olds, olds, wire.from_struct(request.news))
        self.record("diff", urn=request.urn, type=type, id=request.id, diff=diff.kinds, replaces=diff.replaces)
        return _diff_response(diff)

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        type, name = _urn(request.urn)
        inputs = wire.from_struct(request.properties)
        secret = wire.secret_keys(request.properties) | self.secret_outputs(type)
        if request.preview:
            outputs = self.preview_create(type, inputs)
            self.record("preview-create", urn=request.urn, type=type)
            return provider_pb2.CreateResponse(properties=wire.to_struct(outputs, secret))
        try:
            fault = self.fault("create", type)
            if fault and not fault.get("partial"):
                raise ServiceError("Fault", fault.get("message", "the stand-in was told to fail"))
            with self.account.transaction():
                id, outputs = self.create(type, name, inputs)
            if fault:
                raise NotReadyError(id, outputs, inputs, [fault.get("message", "the stand-in was told to fail")])
        except NotReadyError as partial:
            self.record("create", urn=request.urn, type=type, id=partial.id, error=str(partial))
            return _abort_partial(context, partial)
        except ServiceError as error:
            self.record("create", urn=request.urn, type=type, inputs=inputs, error=str(error))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        self.record("create", urn=request.urn, type=type, id=id, inputs=inputs)
        return provider_pb2.CreateResponse(id=id, properties=wire.to_struct(outputs, secret))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        type, _ = _urn(request.urn)
        if self.fault("read", type):
            context.abort(grpc.StatusCode.UNKNOWN, "Fault: the stand-in was told to fail")
        try:
            found = self.read(type, request.id)
        except ServiceError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        self.record("read", urn=request.urn, type=type, id=request.id, found=found is not None)
        if found is None:
            return provider_pb2.ReadResponse()
        inputs, outputs = found
        if "__defaults" in (old := wire.from_struct(request.inputs)):
            inputs = {**inputs, "__defaults": old["__defaults"]}
        secret = wire.secret_keys(request.properties, request.inputs) | self.secret_outputs(type)
        return provider_pb2.ReadResponse(
            id=request.id, properties=wire.to_struct(outputs, secret), inputs=wire.to_struct(inputs, secret)
        )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        type, _ = _urn(request.urn)
        olds, inputs = wire.from_struct(request.olds), wire.from_struct(request.news)
        secret = wire.secret_keys(request.news) | self.secret_outputs(type)
        if request.preview:
            outputs = self.preview_update(type, olds, wire.from_struct(request.old_inputs), inputs)
            self.record("preview-update", urn=request.urn, type=type, id=request.id)
            return provider_pb2.UpdateResponse(properties=wire.to_struct(outputs, secret))
        try:
            fault = self.fault("update", type)
            if fault and not fault.get("partial"):
                raise ServiceError("Fault", fault.get("message", "the stand-in was told to fail"))
            with self.account.transaction():
                outputs = self.update(type, request.id, olds, inputs)
            if fault:
                raise NotReadyError(
                    request.id, outputs, inputs, [fault.get("message", "the stand-in was told to fail")]
                )
        except NotReadyError as partial:
            self.record("update", urn=request.urn, type=type, id=partial.id, error=str(partial))
            return _abort_partial(context, partial)
        except ServiceError as error:
            self.record("update", urn=request.urn, type=type, id=request.id, inputs=inputs, error=str(error))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        self.record("update", urn=request.urn, type=type, id=request.id, inputs=inputs)
        return provider_pb2.UpdateResponse(properties=wire.to_struct(outputs, secret))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        type, _ = _urn(request.urn)
        try:
            if fault := self.fault("delete", type):
                raise ServiceError("Fault", fault.get("message", "the stand-in was told to fail"))
            with self.account.transaction():
                self.delete(type, request.id, wire.from_struct(request.properties))
        except NotFoundError:
            pass
        except ServiceError as error:
            self.record("delete", urn=request.urn, type=type, id=request.id, error=str(error))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        self.record("delete", urn=request.urn, type=type, id=request.id)
        return empty_pb2.Empty()

    def Construct(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs = wire.from_struct(request.inputs)
        failures, monitor = self.check_construct(request.type, inputs), Monitor(request)
        self.record("construct", type=request.type, name=request.name, inputs=inputs, failures=failures)
        try:
            if failures:
                raise ServiceError("InvalidInputs", "; ".join(f"{path}: {reason}" for path, reason in failures))
            urn, outputs = self.construct(monitor, request.type, request.name, inputs)
        except grpc.RpcError as error:  # a child was refused: the engine has said why
            details = getattr(error, "details", None)
            context.abort(grpc.StatusCode.UNKNOWN, details() if details else str(error))
        except ServiceError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return provider_pb2.ConstructResponse(urn=urn, state=wire.to_struct(outputs))

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        args = wire.from_struct(request.args)
        try:
            result, failures = self.invoke(request.tok, args)
        except ServiceError as error:
            self.record("invoke", type=request.tok, inputs=args, error=str(error))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        self.record("invoke", type=request.tok, inputs=args, failures=failures)
        response = provider_pb2.InvokeResponse(failures=_failures(failures))
        getattr(response, "return").CopyFrom(wire.to_struct(result))
        return response


def serve(provider: Provider) -> None:
    """Listen on a free port and tell it to the engine, which reads one line and then talks gRPC."""
    limit = 400 * 1024 * 1024
    options = [("grpc.max_receive_message_length", limit), ("grpc.max_send_message_length", limit)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:  # how the engine ends a plugin whose command failed; by now no step is under way
        os._exit(0)


def _urn(urn: str) -> tuple[str, str]:
    """Type and name of a URN; a type is qualified by its parents' types with `$`."""
    _, _, types, name = urn.split("::", 3)
    return types.rsplit("$", 1)[-1], name


def _top(path: str) -> str:
    return path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]


def _failures(failures: list[Failure]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in failures]


def _diff_response(diff: Diff) -> Any:
    response = provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if diff.kinds else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=diff.replaces,
        diffs=sorted({_top(path) for path in diff.kinds}),
        hasDetailedDiff=True,
        deleteBeforeReplace=diff.delete_first and bool(diff.replaces),
    )
    for path, kind in diff.kinds.items():
        value = provider_pb2.PropertyDiff.Kind.Value(kind.upper().replace("-", "_"))
        response.detailedDiff[path].CopyFrom(provider_pb2.PropertyDiff(kind=value, inputDiff=True))
    return response


def _abort_partial(context: grpc.ServicerContext, partial: NotReadyError) -> Any:
    """The engine's `ErrorResourceInitFailed`, in the trailing status details as gRPC's rich error model has them."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=partial.id,
        properties=wire.to_struct(partial.outputs),
        reasons=partial.reasons,
        inputs=wire.to_struct(partial.inputs),
    )
    packed = any_pb2.Any()
    packed.Pack(detail)
    message = "; ".join(partial.reasons)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)
