"""From kept requests to a plan."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.runtime.proto import resource_pb2

from eks_blueprints.recording.monitor import STACK, Entry
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.recording.render import masked, plain, plain_value

_HOOKS = (
    "before_create",
    "after_create",
    "before_update",
    "after_update",
    "before_delete",
    "after_delete",
    "on_error",
)


def plan(project: str, stack: str, entries: Sequence[Entry]) -> Plan:
    """Put a recording's resources in order."""
    children: defaultdict[str, list[PlannedResource]] = defaultdict(list)
    names = {entry.urn: str(entry.request.name) for entry in entries}
    outputs: Mapping[str, Any] = {}
    for entry in entries:
        resource = planned(entry, names)
        children[resource.parent or ""].append(resource)
        if resource.type == STACK and entry.outputs is not None:
            outputs = masked(plain(entry.outputs))
    ordered: list[PlannedResource] = []
    waiting = _by_urn(children[""])
    while waiting:
        resource = waiting.pop()
        ordered.append(resource)
        waiting.extend(_by_urn(children[resource.urn]))
    return Plan(project, stack, tuple(ordered), outputs)


def planned(entry: Entry, names: Mapping[str, str]) -> PlannedResource:
    """One resource of a plan; `names` gives the logical names that an unknown is said to come from."""
    request = entry.request
    if isinstance(request, resource_pb2.ReadResourceRequest):
        return _read(entry, request)
    depends = {key: tuple(sorted(each.urns)) for key, each in sorted(request.propertyDependencies.items()) if each.urns}
    inputs = masked(plain(request.object))
    return PlannedResource(
        urn=entry.urn,
        type=request.type,
        name=request.name,
        parent=request.parent or None,
        custom=request.custom,
        inputs={key: _sourced(value, _names(depends.get(key, ()), names)) for key, value in inputs.items()},
        dependencies=tuple(sorted(request.dependencies)),
        property_dependencies=depends,
        provider=provider_urn(request.provider),
        providers={package: provider_urn(ref) or "" for package, ref in sorted(request.providers.items())},
        options=_options(request),
        position=entry.position,
        innermost=entry.innermost,
        source=entry.source,
        where=entry.where,
    )


def provider_urn(reference: str) -> str | None:
    """The URN in a provider reference, ``<urn>::<id>``: the id is symbolic here and unknown in a first preview."""
    return reference.rpartition("::")[0] or None


def _read(entry: Entry, request: resource_pb2.ReadResourceRequest) -> PlannedResource:
    options: dict[str, Any] = {"read_id": request.id}
    if request.version:
        options["version"] = request.version
    if request.additionalSecretOutputs:
        options["additional_secret_outputs"] = sorted(request.additionalSecretOutputs)
    return PlannedResource(
        urn=entry.urn,
        type=request.type,
        name=request.name,
        parent=request.parent or None,
        custom=True,
        inputs=masked(plain(request.properties)),
        dependencies=tuple(sorted(request.dependencies)),
        provider=provider_urn(request.provider),
        options=options,
        position=entry.position,
        innermost=entry.innermost,
        source=entry.source,
        where=entry.where,
    )


def _by_urn(resources: list[PlannedResource]) -> list[PlannedResource]:
    """Sorted for a stack that is popped from its end."""
    return sorted(resources, key=lambda resource: resource.urn, reverse=True)


def _names(urns: tuple[str, ...], names: Mapping[str, str]) -> list[str]:
    return sorted({names[urn] for urn in urns if urn in names})


def _sourced(value: Any, sources: list[str]) -> Any:
    """Unknowns with the logical names of what they depend on."""
    if not sources:
        return value
    if isinstance(value, dict):
        if value == {"$unknown": True}:
            return {"$unknown": True, "from": sources}
        return {key: _sourced(each, sources) for key, each in value.items()}
    if isinstance(value, list):
        return [_sourced(each, sources) for each in value]
    return value


def _options(request: resource_pb2.RegisterResourceRequest) -> dict[str, Any]:
    options: dict[str, Any] = {
        "remote": request.remote,
        "protect": request.protect if request.HasField("protect") else None,
        "ignore_changes": list(request.ignoreChanges),
        "delete_before_replace": request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        "retain_on_delete": request.retainOnDelete if request.HasField("retainOnDelete") else None,
        "aliases": [_alias(each) for each in request.aliases],
        "replace_on_changes": list(request.replaceOnChanges),
        "additional_secret_outputs": sorted(request.additionalSecretOutputs),
        "deleted_with": request.deletedWith,
        "replace_with": sorted(request.replace_with),
        "custom_timeouts": _fields(request.customTimeouts),
        "import_id": request.importId,
        "version": request.version,
        "hide_diffs": list(request.hideDiffs),
        "plugin_download_url": request.pluginDownloadURL,
        "replacement_trigger": (
            masked(plain_value(request.replacement_trigger)) if request.HasField("replacement_trigger") else None
        ),
        "hooks": {hook: names for hook in _HOOKS if (names := list(getattr(request.hooks, hook)))}
        if request.HasField("hooks")
        else {},
    }
    kept = {key: value for key, value in options.items() if value not in (None, "", [], {})}
    if not request.remote:
        del kept["remote"]
    return kept


def _alias(alias: Any) -> Any:
    return alias.urn if alias.HasField("urn") else _fields(alias.spec)


def _fields(message: Any) -> dict[str, Any]:
    return {field.name: value for field, value in message.ListFields() if value != ""}
