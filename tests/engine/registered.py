"""What a program registered in one run, read from the engine's own log of its gRPC traffic.

This is the request as it arrived at the engine's monitor, before any plugin saw it: the most faithful record there is
of what a program asks for, and the counterpart of a recording made without an engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .standins import wire
from .standins.wire import UNKNOWN

REGISTER = "/pulumirpc.ResourceMonitor/RegisterResource"
READ = "/pulumirpc.ResourceMonitor/ReadResource"
OUTPUTS = "/pulumirpc.ResourceMonitor/RegisterResourceOutputs"


@dataclass(frozen=True)
class Registered:
    """One resource that a program registered. `UNKNOWN` stands in `inputs` where the value is not known yet.

    Secrets are opened in `inputs` and their paths are listed in `secrets`.
    """

    urn: str  # as the engine answered; empty where it refused
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    secrets: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str = ""  # the provider's URN, without its id
    providers: dict[str, str] = field(default_factory=dict)
    protect: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    delete_before_replace: bool | None = None
    retain_on_delete: bool | None = None
    replace_with: tuple[str, ...] = ()
    deleted_with: str = ""
    additional_secret_outputs: tuple[str, ...] = ()
    custom_timeouts: dict[str, str] = field(default_factory=dict)
    import_id: str = ""
    version: str = ""
    remote: bool = False
    read: bool = False  # looked up by id (`Resource.get`), not registered
    outputs: dict[str, Any] = field(default_factory=dict)  # what the engine answered, or a component registered
    source: str = ""  # file:line of the program

    @property
    def key(self) -> tuple[str, str]:
        return self.type, self.name


class Registrations(list[Registered]):
    """All of one run, in the order of the engine's answers. `found["aws:ec2/vpc:Vpc", "shop"]` is one of them."""

    def __getitem__(self, key: Any) -> Any:  # a list index, a slice, or (type, name)
        if not isinstance(key, tuple):
            return super().__getitem__(key)
        found = [item for item in self if item.key == key]
        if len(found) != 1:
            raise KeyError(f"{len(found)} resources {key}; there are {sorted(item.key for item in self)}")
        return found[0]

    def of(self, type: str) -> list[Registered]:
        return [item for item in self if item.type == type]

    def by_urn(self) -> dict[str, Registered]:
        return {item.urn: item for item in self}


def read_registrations(lines: Iterable[dict[str, Any]]) -> Registrations:
    answered: dict[int, Registered] = {}
    outputs: dict[str, dict[str, Any]] = {}
    started: list[tuple[str, dict[str, Any]]] = []
    count = 0
    for line in lines:
        method, request = line.get("method"), line.get("request") or {}
        if method == OUTPUTS and line.get("progress") == "response_completed":
            outputs[request.get("urn", "")] = wire.plain(request.get("outputs") or {})
        if method not in (REGISTER, READ):
            continue
        if line.get("progress") == "request_started":
            started.append((method, request))
        elif line.get("progress") == "response_completed":
            if (method, request) in started:
                started.remove((method, request))
            answered[count] = _registered(method, request, line.get("response") or {})
            count += 1
    found = [*answered.values(), *(_registered(method, request, {}) for method, request in started)]
    return Registrations(_with_outputs(item, outputs) for item in found)


def _with_outputs(item: Registered, outputs: dict[str, dict[str, Any]]) -> Registered:
    if not item.custom and item.urn in outputs:
        item.outputs.update(outputs[item.urn])
    return item


def _registered(method: str, request: dict[str, Any], response: dict[str, Any]) -> Registered:
    inputs = request.get("object") or request.get("properties") or {}
    aliases = [*(request.get("aliasURNs") or ()), *(_alias(item) for item in request.get("aliases") or ())]
    before = request.get("deleteBeforeReplace", False if request.get("deleteBeforeReplaceDefined") else None)
    source = request.get("sourcePosition") or {}
    return Registered(
        urn=response.get("urn", ""),
        type=request.get("type", ""),
        name=request.get("name", ""),
        parent=request.get("parent", ""),
        custom=bool(request.get("custom")) or method == READ,
        inputs=wire.plain(inputs),
        secrets=tuple(_secrets(inputs)),
        dependencies=tuple(sorted(request.get("dependencies") or ())),
        property_dependencies={
            key: tuple(sorted(value.get("urns") or ()))
            for key, value in (request.get("propertyDependencies") or {}).items()
        },
        provider=_provider(request.get("provider", "")),
        providers={key: _provider(value) for key, value in (request.get("providers") or {}).items()},
        protect=request.get("protect"),
        ignore_changes=tuple(request.get("ignoreChanges") or ()),
        replace_on_changes=tuple(request.get("replaceOnChanges") or ()),
        aliases=tuple(aliases),
        delete_before_replace=before,
        retain_on_delete=request.get("retainOnDelete"),
        replace_with=tuple(sorted(request.get("replaceWith") or ())),
        deleted_with=request.get("deletedWith", ""),
        additional_secret_outputs=tuple(sorted(request.get("additionalSecretOutputs") or ())),
        custom_timeouts=dict(request.get("customTimeouts") or {}),
        import_id=request.get("importId", ""),
        version=request.get("version", ""),
        remote=bool(request.get("remote")),
        read=method == READ,
        outputs=wire.plain(response.get("object") or response.get("properties") or {}),
        source=f"{source['uri'].rsplit('/', 1)[-1]}:{source['line']}" if source.get("uri") and "line" in source else "",
    )


def _provider(reference: str) -> str:
    """`urn::id` without the id."""
    return reference.rsplit("::", 1)[0] if reference else ""


def _alias(alias: dict[str, Any]) -> str:
    if "urn" in alias:
        return str(alias["urn"])
    spec = alias.get("spec") or {}
    return ",".join(f"{key}={spec[key]}" for key in sorted(spec))


def _secrets(value: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        if value.get(wire.SIGNATURE) == wire.SECRET:
            yield at
            return
        for key, item in value.items():
            yield from _secrets(item, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _secrets(item, f"{at}[{i}]")


__all__ = ["UNKNOWN", "Registered", "Registrations", "read_registrations"]
