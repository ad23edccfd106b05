"""The engine's side that a component registers itself and its children with."""

from __future__ import annotations

from typing import Any

import grpc
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

from . import wire


class Monitor:
    """Registers in the name of one `Construct` call: its providers, parent and options are passed on."""

    def __init__(self, request: Any) -> None:
        self.request = request
        self.preview = bool(request.dryRun)
        self._stub = resource_pb2_grpc.ResourceMonitorStub(grpc.insecure_channel(request.monitorEndpoint))

    def component(self) -> str:
        """The component itself, with the options that the program gave it."""
        asked = self.request
        request = resource_pb2.RegisterResourceRequest(
            type=asked.type,
            name=asked.name,
            parent=asked.parent,
            custom=False,
            acceptSecrets=True,
            acceptResources=True,
            dependencies=list(asked.dependencies),
            providers=dict(asked.providers),
            aliases=list(asked.aliases),
            ignoreChanges=list(asked.ignoreChanges),
        )
        if asked.HasField("protect"):
            request.protect = asked.protect
        return str(self._stub.RegisterResource(request).urn)

    def child(
        self, type: str, name: str, inputs: dict[str, Any], *, parent: str, depends_on: tuple[str, ...] = ()
    ) -> tuple[str, Any, dict[str, Any]]:
        """A custom resource of the component: its URN, id and outputs; it exists when this returns."""
        given = dict(self.request.providers)
        request = resource_pb2.RegisterResourceRequest(
            type=type,
            name=name,
            parent=parent,
            custom=True,
            object=wire.to_struct(inputs),
            dependencies=sorted({*self.request.dependencies, *self.inputs_from(), *depends_on}),
            provider=given.get(type.split(":", maxsplit=1)[0], ""),
            acceptSecrets=True,
            acceptResources=True,
            supportsPartialValues=True,
        )
        answer = self._stub.RegisterResource(request)
        return str(answer.urn), answer.id or wire.UNKNOWN, wire.from_struct(answer.object)

    def inputs_from(self) -> list[str]:
        """The resources that the component's arguments come from: its children come after all of them."""
        direct = [urn for of in self.request.inputDependencies.values() for urn in of.urns]
        return [*direct, *wire.references(self.request.inputs)]

    def state(self, urn: str) -> dict[str, Any]:
        """The outputs of a resource of which only the URN was given, as of a component."""
        args = wire.to_struct({"urn": urn})
        request = resource_pb2.ResourceInvokeRequest(tok="pulumi:pulumi:getResource", args=args)
        answer = self._stub.Invoke(request)
        state = wire.from_struct(getattr(answer, "return")).get("state")
        return state if isinstance(state, dict) else {}

    def outputs(self, urn: str, outputs: dict[str, Any]) -> None:
        self._stub.RegisterResourceOutputs(
            resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=wire.to_struct(outputs))
        )
