"""Renew eks_blueprints/kubernetes/shapes.json: the kinds of Kubernetes and their fields; review the diff.

    python scripts/renew_kubernetes.py

Reads the OpenAPI document of the newest release of every minor that EKS supports, and from the newest of them the
values that fields of a closed list may have, which that document leaves out. Needs the network (the Go module proxy).
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from go_modules import Archive, releases

from eks_blueprints.core import versions

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "kubernetes" / "shapes.json"
MODULE = "k8s.io/kubernetes"
DOCUMENT = "api/openapi-spec/swagger.json"
GENERATED = "pkg/generated/openapi/zz_generated.openapi.go"
SCALARS = {
    ("string", None): "text",
    ("string", "byte"): "base64",
    ("string", "date-time"): "time",
    ("string", "int-or-string"): "int|text",
    ("integer", "int32"): "int32",
    ("integer", "int64"): "int64",
    ("integer", None): "int64",
    ("number", "double"): "number",
    ("boolean", None): "bool",
    ("object", None): "any",
    (None, None): "any",
}
NAMED = {"io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity"}
NOT_ASKED = {
    "CSIDriver": {"spec"},
    "CSINode": {"spec"},
    "CSINodeSpec": {"drivers"},
    "ConfigMapNodeConfigSource": {"kubeletConfigKey", "name", "namespace"},
    "ControllerRevision": {"revision"},
    "Counter": {"value"},
    "CustomResourceDefinitionVersion": {"served", "storage"},
    "DeviceCapacity": {"value"},
    "DeviceClass": {"spec"},
    "EndpointSlice": {"endpoints"},
    "Event": {"involvedObject"},
    "ForZone": {"name"},
    "HTTPHeader": {"value"},
    "ISCSIPersistentVolumeSource": {"lun"},
    "ISCSIVolumeSource": {"lun"},
    "LimitRangeSpec": {"limits"},
    "PodFailurePolicy": {"rules"},
    "PreferredSchedulingTerm": {"preference"},
    "PriorityClass": {"value"},
    "ResourceClaim": {"spec"},
    "ResourceClaimTemplate": {"spec"},
    "ResourceClaimTemplateSpec": {"spec"},
    "ResourcePool": {"generation", "resourceSliceCount"},
    "RoleRef": {"apiGroup"},
    "ScaleIOPersistentVolumeSource": {"secretRef"},
    "ScaleIOVolumeSource": {"secretRef"},
    "SleepAction": {"seconds"},
    "StatefulSetSpec": {"serviceName"},
    "Sysctl": {"value"},
    "TokenRequest": {"audience"},
}
"""Fields that the document calls required and the API server takes absent: it fills them in, or zero is a value."""
Field = tuple[str, bool]
"""The word for what a field takes, and whether it is required."""


def main() -> None:
    """Write the table."""
    newest = [_newest(minor) for minor in versions.supported()]
    types: dict[str, dict[str, dict[int, Field]]] = defaultdict(lambda: defaultdict(dict))
    kinds: dict[str, dict[int, str]] = defaultdict(dict)
    documents: dict[int, Any] = {}
    values: dict[tuple[str, str], list[str]] = {}
    for version in newest:
        archive = Archive(MODULE, version)
        documents[versions.minor(version.rpartition(".")[0])] = json.loads(archive.text(DOCUMENT) or "")
        values |= dict(_values(archive.text(GENERATED) or ""))
    names = _names(documents)
    for minor, document in documents.items():
        for kind, (scope, definition) in _kinds(document):
            kinds[kind][minor] = f"{scope} {names[definition]}"
            for name in _reached(definition, document["definitions"]):
                schema = document["definitions"][name]
                for field, found in _fields(schema, names, names[name].rpartition(".")[2]):
                    types[names[name]][field][minor] = found
    minors = sorted(documents)
    closed = {f"{_short(name, names)}.{field}": found for (name, field), found in values.items()}
    head = {
        "as_of": str(datetime.now(UTC).date()),
        "source": f"{MODULE} {', '.join(newest)}: {DOCUMENT} and {GENERATED}",
        "renew": "python scripts/renew_kubernetes.py",
        "needs": "package registries",
        "minors": [minors[0], minors[-1]],
    }
    parts = {
        "kinds": {kind: _since(by, minors) for kind, by in sorted(kinds.items())},
        "types": {name: _line(fields, minors) for name, fields in sorted(types.items())},
        "values": {
            key: "|".join(found)
            for key, found in sorted(closed.items())
            if key.rpartition(".")[2] in types.get(key.rpartition(".")[0], ())
        },
    }
    rows = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for part, content in parts.items():
        lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
        rows.append(f"{json.dumps(part)}: {{\n{lines}\n}}")
    TABLE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def _newest(minor: str) -> str:
    return [version for version in releases(MODULE) if version.startswith(f"{minor}.")][-1]


def _names(documents: dict[int, Any]) -> dict[str, str]:
    """Short names of definitions: the last word, and what stands before it where two share that."""
    full = {name for document in documents.values() for name in document["definitions"]}
    words = Counter(name.rpartition(".")[2] for name in full)
    return {
        name: ".".join(name.split(".")[-3:]) if words[name.rpartition(".")[2]] > 1 else name.rpartition(".")[2]
        for name in full
    }


def _short(go_name: str, names: dict[str, str]) -> str:
    """The short name of a type of the generated code, such as `core_v1_Container`."""
    group, version, word = go_name.split("_", 2)
    for name, short in names.items():
        if name.endswith(f".{group}.{version}.{word}"):
            return short
    return word


def _kinds(document: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each kind that can be created by itself: `apps/v1 Deployment`, whether it has a namespace, its definition."""
    definitions = {}
    for name, schema in document["definitions"].items():
        for gvk in schema.get("x-kubernetes-group-version-kind", ()):
            definitions[gvk["group"], gvk["version"], gvk["kind"]] = name
    for path, operations in document["paths"].items():
        gvk = operations.get("post", {}).get("x-kubernetes-group-version-kind")
        if gvk is None or "{name}" in path:
            continue
        group, version, kind = key = (gvk["group"], gvk["version"], gvk["kind"])
        scope = "namespaced" if "{namespace}" in path else "cluster"
        yield f"{group}/{version} {kind}".removeprefix("/"), (scope, definitions[key])


def _reached(start: str, definitions: Any) -> set[str]:
    seen: set[str] = set()
    wanted = [start]
    while wanted:
        name = wanted.pop()
        if name in seen or name in NAMED or name.endswith("ManagedFieldsEntry"):
            continue
        seen.add(name)
        for field, schema in definitions[name].get("properties", {}).items():
            if not _is_status(definitions[name], field):
                wanted += re.findall(r"#/definitions/([\w.-]+)", json.dumps(schema))
    return {name for name in seen if "properties" in definitions[name]}


def _fields(schema: Any, names: dict[str, str], word: str) -> Iterator[tuple[str, Field]]:
    required = set(schema.get("required", ())) - NOT_ASKED.get(word, set())
    for field, part in schema["properties"].items():
        # What a controller writes there is of no concern to those who write objects.
        yield field, ("any" if _is_status(schema, field) else _word(part, names), field in required)


def _is_status(schema: Any, field: str) -> bool:
    return field == "status" and "x-kubernetes-group-version-kind" in schema


def _word(part: Any, names: dict[str, str]) -> str:
    if reference := part.get("$ref", "").rpartition("/")[2]:
        if reference in NAMED:
            return NAMED[reference]
        found = ROOT_SCALARS.get(reference.rpartition(".")[2])
        return found or names[reference]
    if part.get("type") == "array":
        return f"[{_word(part['items'], names)}"
    if "additionalProperties" in part:
        return f"{{{_word(part['additionalProperties'], names)}"
    return SCALARS[part.get("type"), part.get("format")]


ROOT_SCALARS = {
    "IntOrString": "int|text",
    "Time": "time",
    "MicroTime": "time",
    "FieldsV1": "any",
    "RawExtension": "any",
    "JSON": "any",
    "JSONSchemaPropsOrArray": "any",
    "JSONSchemaPropsOrBool": "any",
    "JSONSchemaPropsOrStringArray": "any",
    "ManagedFieldsEntry": "any",
    "CustomResourceSubresourceStatus": "any",
    "StorageVersionSpec": "any",
    "BasicSchedulingPolicy": "any",
}


def _line(fields: dict[str, dict[int, Field]], minors: list[int]) -> str:
    """`args:[text name:text! procMount:text@33-`."""
    words = []
    for field, by in sorted(fields.items()):
        needed = all(required for _, required in by.values())
        runs = _since({minor: word for minor, (word, _) in by.items()}, minors)
        for run in runs.split(" "):
            word, at, when = run.partition("@")
            words.append(f"{field}:{word}{'!' if needed else ''}{at}{when}")
    return " ".join(words)


def _since(by: dict[int, str], minors: list[int]) -> str:
    """One word after another with the minors that it holds for: `text@32-33 base64@34-`; nothing where it is all."""
    runs: list[tuple[str, int, int]] = []
    for minor, word in sorted(by.items()):
        if runs and runs[-1][0] == word and runs[-1][2] == minor - 1:
            runs[-1] = (word, runs[-1][1], minor)
        else:
            runs.append((word, minor, minor))
    said = []
    for word, first, last in runs:
        begin = "" if first == minors[0] else str(first)
        end = "" if last == minors[-1] else str(last)
        said.append(word if not (begin or end) else f"{word}@{begin}-{end}")
    return " ".join(said)


def _values(generated: str) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """The values of fields with a closed list, by type and field."""
    of, field = "", ""
    for line in generated.splitlines():
        if match := re.match(r"func schema_k8sio_api_(\w+)\(", line):
            of = match[1]
        elif line.startswith("func "):
            of = ""
        elif match := re.match(r'\t{5}"(\w+)": \{$', line):
            field = match[1]
        elif of and (match := re.search(r"Enum:\s+\[\]interface\{\}\{(.*)\}", line)):
            yield (of, field), json.loads(f"[{match[1]}]")


if __name__ == "__main__":
    main()
