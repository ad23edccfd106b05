"""A deployed stack as a plan: what `pulumi stack export` writes, in the words of a recording.

What the engine and the provider added is taken out again (`__defaults`, generated names, computed tags), secrets become
marks, and where the new plan says a symbol such as `${prod-network-vpc.id}` and the state the id that this resource
has, the state's value becomes that symbol. What is left differs in earnest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a public constant, not a password
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_STACK = "pulumi:pulumi:Stack"
_COMPUTED = frozenset({"__defaults", "tagsAll", "__internal"})
_OPTIONS = {"protect": "protect", "retainOnDelete": "retain_on_delete"}
_GENERATED = ("pulumi.com/autonamed", "meta.helm.sh/", "kubectl.kubernetes.io/last-applied")


def is_state(data: Any) -> bool:
    """Whether JSON data is an exported stack."""
    return isinstance(data, Mapping) and isinstance(data.get("deployment"), Mapping)


def plan_of_state(data: Mapping[str, Any], new: Plan) -> Plan:
    """The plan that an exported stack stands for, spelled as the new plan of the same stack is."""
    rows = [row for row in data["deployment"].get("resources") or [] if not row.get("delete")]
    outputs = _Outputs(rows)
    by_urn = new.by_urn()
    resources = tuple(_planned(row, by_urn.get(row["urn"]), outputs) for row in rows)
    stack: Mapping[str, Any] = next((row for row in rows if row["type"] == _STACK), {})
    exported = _clear(stack.get("outputs") or {})
    return Plan(new.project, new.stack, resources, _aligned(exported, new.outputs, outputs))


def _planned(row: Mapping[str, Any], new: PlannedResource | None, outputs: _Outputs) -> PlannedResource:
    inputs = _clear(row.get("inputs") or {})
    if row["type"].startswith("pulumi:providers:"):
        inputs = _provider_inputs(inputs, new)
    if row["type"].startswith("kubernetes:"):
        inputs = _object_inputs(inputs, new)
    if new is not None:
        inputs = _aligned(inputs, new.inputs, outputs)
    options = {ours: row[theirs] for theirs, ours in _OPTIONS.items() if row.get(theirs)}
    if row.get("external"):
        options["read_id"] = row.get("id", "")
    planned = PlannedResource(
        urn=row["urn"],
        type=row["type"],
        name=row["urn"].rpartition("::")[2],
        parent=row.get("parent"),
        custom=bool(row.get("custom")),
        inputs=inputs,
        dependencies=tuple(row.get("dependencies") or ()),
        property_dependencies={key: tuple(urns or ()) for key, urns in (row.get("propertyDependencies") or {}).items()},
        provider=(row.get("provider") or "").rpartition("::")[0] or None,
        options=options,
    )
    # A component of another language looks in the state as one of this language does.
    return planned if new is None or planned.custom else replace(planned, options={**options, **_remote(new)})


def _remote(new: PlannedResource) -> dict[str, Any]:
    return {"remote": True} if new.options.get("remote") else {}


def _provider_inputs(inputs: dict[str, Any], new: PlannedResource | None) -> dict[str, Any]:
    """A provider's inputs are text in the state, and the plugin's version is among them."""
    inputs = {key: value for key, value in inputs.items() if key != "version" or (new and "version" in new.inputs)}
    wanted = new.inputs if new else {}
    return {key: _parsed(value) if not isinstance(wanted.get(key), str) else value for key, value in inputs.items()}


def _parsed(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _object_inputs(inputs: dict[str, Any], new: PlannedResource | None) -> dict[str, Any]:
    """Without the names and annotations that the Kubernetes provider generates."""
    metadata = inputs.get("metadata")
    if not isinstance(metadata, dict):
        return inputs
    annotations = metadata.get("annotations")
    annotations = annotations if isinstance(annotations, dict) else {}
    kept = {key: value for key, value in annotations.items() if not key.startswith(_GENERATED)}
    wanted = new.inputs.get("metadata") if new else None
    metadata = {**metadata, "annotations": kept or None}
    if "pulumi.com/autonamed" in annotations and not (isinstance(wanted, Mapping) and "name" in wanted):
        metadata.pop("name", None)
    return {**inputs, "metadata": {key: value for key, value in metadata.items() if value is not None}}


class _Outputs:
    """What deployed resources' symbols stand for."""

    def __init__(self, rows: list[Mapping[str, Any]]) -> None:
        self._by_name: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            known = {**(row.get("outputs") or {}), "id": row.get("id")}
            self._by_name.setdefault(row["urn"].rpartition("::")[2], []).append(known)

    def fits(self, text: str, value: str) -> bool:
        """Whether a text with symbols stands for a value."""
        import re

        pattern, at = "", 0
        for match in re.finditer(r"\$\{([^{}]+)\}", text):
            options = "|".join(re.escape(each) for each in self._values(match[1]))
            pattern += re.escape(text[at : match.start()]) + (f"(?:{options})" if options else "(?!)")
            at = match.end()
        return re.fullmatch(pattern + re.escape(text[at:]), value) is not None

    def _values(self, symbol: str) -> list[str]:
        found: list[str] = []
        at = symbol.find(".")
        while at != -1:
            for outputs in self._by_name.get(symbol[:at], ()):
                value = _at(outputs, symbol[at + 1 :])
                if isinstance(value, str | int | float):
                    found.append(str(value))
            at = symbol.find(".", at + 1)
        return found


def _at(outputs: Any, path: str) -> Any:
    for part in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(outputs, Mapping) and _SIGNATURE in outputs:
            outputs = outputs.get("plaintext")
        if isinstance(outputs, Mapping):
            outputs = outputs.get(part)
        elif isinstance(outputs, list) and part.isdigit() and int(part) < len(outputs):
            outputs = outputs[int(part)]
        else:
            return None
    return outputs


def _aligned(old: Any, new: Any, outputs: _Outputs) -> Any:
    """The old value, with the new one's symbols and unknowns where they stand for what is deployed."""
    if isinstance(new, Mapping) and new.get("$unknown"):
        return new
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {key: _aligned(value, new.get(key), outputs) for key, value in old.items()}
    if isinstance(old, list) and isinstance(new, list):
        return _aligned_list(old, new, outputs)
    if isinstance(old, str) and isinstance(new, str) and "${" in new and outputs.fits(new, old):
        return new
    if isinstance(old, str) and isinstance(new, bool | int | float) and old == json.dumps(new):
        return new
    if isinstance(old, bool) and isinstance(new, str) and new == json.dumps(old):
        return new
    return old


def _aligned_list(old: list[Any], new: list[Any], outputs: _Outputs) -> list[Any]:
    if len(old) == len(new):
        found = [_aligned(before, after, outputs) for before, after in zip(old, new, strict=True)]
        if any(isinstance(each, Mapping | list) for each in old):
            return found
        old = found
    symbols = [each for each in new if isinstance(each, str) and "${" in each]
    return [
        next((s for s in symbols if s not in old and isinstance(each, str) and outputs.fits(s, each)), each)
        for each in old
    ]


def _clear(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE) == _SECRET:
            return {"$secret": True}
        hidden = {*_COMPUTED, *(value.get("__defaults") or ())}
        return {key: _clear(each) for key, each in value.items() if key not in hidden}
    if isinstance(value, list):
        return [_clear(each) for each in value]
    return {"$unknown": True} if value == _UNKNOWN else value
