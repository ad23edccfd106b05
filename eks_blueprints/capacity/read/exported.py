"""A cluster's export as `kubectl get … -o json` or `-o yaml` writes it: its objects by kind, each with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, NoReturn

from eks_blueprints.capacity.read.exported_forms import faults
from eks_blueprints.core.document import Document
from eks_blueprints.core.document import documents as documents_of
from eks_blueprints.core.errors import InputError, Path, Problem, shown
from eks_blueprints.core.files import text_of
from eks_blueprints.core.object_lists import listed

COMMAND = (
    "kubectl get nodes,pods,daemonsets,services,pv,pvc,sc,csinodes,pdb,namespaces,pc,limits,runtimeclasses -A -o json"
)
"""What writes an export with all that is read of every cluster."""
MAKERS = "kubectl get nodepools,nodeclaims,ec2nodeclasses -o json >> FILE (on EKS Auto Mode nodeclasses)"
"""What adds to it what Karpenter and EKS Auto Mode have. Without them there are no such kinds, and kubectl stops."""

_GROUPS: Mapping[str, str] = {
    **dict.fromkeys(("LimitRange", "Namespace", "Node", "Pod", "Service"), ""),
    **dict.fromkeys(("PersistentVolume", "PersistentVolumeClaim"), ""),
    **dict.fromkeys(("CSINode", "StorageClass"), "storage.k8s.io"),
    **dict.fromkeys(("NodeClaim", "NodeOverlay", "NodePool"), "karpenter.sh"),
    "DaemonSet": "apps",
    "EC2NodeClass": "karpenter.k8s.aws",
    "NodeClass": "eks.amazonaws.com",
    "PodDisruptionBudget": "policy",
    "PriorityClass": "scheduling.k8s.io",
    "RuntimeClass": "node.k8s.io",
}
"""The API groups of kinds that are read: others have kinds of the same names, such as Longhorn's Node."""


@dataclass(frozen=True, slots=True)
class Item:
    """An object of an export."""

    manifest: Mapping[str, Any]
    path: Path
    """Where it stands in its document."""
    document: Document | None = None
    """The document, where lines are known."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata."""
        found: Mapping[str, Any] = self.manifest["metadata"]
        return found

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return str(self.metadata.get("namespace") or "default")

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return {str(key): str(value) for key, value in (self.metadata.get("labels") or {}).items()}

    def at(self, *keys: str) -> Mapping[str, Any]:
        """What stands at some keys below each other; empty where nothing does, or what has no keys."""
        value: Any = self.manifest
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value if isinstance(value, Mapping) else {}

    @property
    def spec(self) -> Mapping[str, Any]:
        """Its spec."""
        return self.at("spec")

    @property
    def status(self) -> Mapping[str, Any]:
        """Its status."""
        return self.at("status")

    def condition(self, name: str) -> Mapping[str, Any]:
        """The condition of a type in its status; empty where there is none."""
        return next((each for each in self.status.get("conditions") or () if each.get("type") == name), {})

    @property
    def annotations(self) -> Mapping[str, Any]:
        """Its annotations."""
        found = self.metadata.get("annotations")
        return found if isinstance(found, Mapping) else {}

    @property
    def line(self) -> int | None:
        """The line that it begins in; None where that is not known."""
        place = None if self.document is None else self.document.place(self.path)
        return None if place is None else place.line


@dataclass(frozen=True, slots=True)
class Exported:
    """An export."""

    file: str
    items: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    """Objects by kind, in the order of the file."""

    def of(self, *kinds: str) -> tuple[Item, ...]:
        """The objects of some kinds."""
        return tuple(each for kind in kinds for each in self.items.get(kind, ()))

    def refuse(self, item: Item, message: str, *below: str | int) -> NoReturn:
        """Raise an error about a part of an object.

        Raises:
            InputError: always.
        """
        path = (*item.path, *below)
        place = None if item.document is None else item.document.place(path)
        where = (None, None) if place is None else (place.line, place.column)
        kind = f"the {item.manifest.get('kind')} {item.manifest['metadata'].get('name')}"
        raise InputError([Problem(path, f"{kind} {message}", self.file, *where)])


def read_export(file: FilePath) -> Exported:
    """The objects of an export.

    Raises:
        InputError: if it is neither JSON nor YAML, holds what is no object, or neither nodes nor pods.
        OSError: if it cannot be read.
    """
    name = str(file)
    text = _text(file, name)
    found: dict[str, dict[tuple[str, str], Item]] = {}
    for document, data in _documents(text, name):
        # kubectl get -o jsonpath='{.items}' writes a list.
        given = {"kind": "List", "items": data} if isinstance(data, list) else data
        if not isinstance(given, Mapping):
            _refuse(name, f"needs objects of Kubernetes; got {shown(given)}; write it with {COMMAND}")
        for path, manifest in _objects(given, name, document):
            kind, item = str(manifest["kind"]), Item(manifest, path, document)
            if _is_of_its_group(kind, manifest):
                for fault in faults(manifest, _GROUPS.get(kind)):
                    what = f"the {kind} {item.name}: {fault.message}"
                    _refuse(name, what, (*path, *fault.path), document)
                # What is there twice, as in files that were joined, is as it was read last.
                found.setdefault(kind, {})[item.namespace, item.name] = item
    if not found.keys() & {"Node", "Pod"}:
        got = ", ".join(sorted(found)) or "no object"
        _refuse(name, f"needs nodes or pods; got {got}; write it with {COMMAND}")
    return Exported(name, {kind: tuple(each.values()) for kind, each in found.items()})


def _is_of_its_group(kind: str, manifest: Mapping[str, Any]) -> bool:
    version = manifest.get("apiVersion")
    if kind not in _GROUPS or not isinstance(version, str):
        return True
    group, slash, _ = version.partition("/")
    return _GROUPS[kind] == (group if slash else "")


def _text(file: FilePath, name: str) -> str:
    try:
        return text_of(file).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        given = error.object
        if given.startswith(_OF_POWERSHELL):
            return given.decode("utf-16", errors="replace")
        if given.startswith(_OF_GZIP):
            _refuse(name, f"is compressed; got a file of gzip; unpack it with gunzip -k {name}")
        byte = given[error.start]
        _refuse(name, f"is not UTF-8 text; got byte {byte:#04x}; write it with {COMMAND}")
    except FileNotFoundError:
        _refuse(name, f"does not exist; got nothing; write it with {COMMAND}")


_OF_POWERSHELL = (b"\xff\xfe", b"\xfe\xff")
"""How a text of UTF-16 begins, which `>` writes in Windows PowerShell."""
_OF_GZIP = b"\x1f\x8b"


def _documents(text: str, name: str) -> Iterator[tuple[Document | None, Any]]:
    if not text.strip():
        _refuse(name, f"is empty; got nothing; write it with {COMMAND}")
    if text.lstrip()[0] in "{[":
        yield from ((None, each) for each in _json(text, name))
    elif "\n{" in text:
        first = text.strip().partition("\n")[0]
        what = f"begins with what is neither JSON nor YAML; got {shown(first)}; take out what comes before the object"
        raise InputError([Problem((), what, name, 1, 1)])
    else:
        yield from ((each, each.data) for each in _yaml(text, name))


_MOST_LINES = 150_000
"""Lines of YAML that are read: about as many values as a document can have, and half a minute of processor time."""


def _yaml(text: str, name: str) -> Iterator[Document]:
    if (lines := text.count("\n")) > _MOST_LINES:
        _refuse(name, f"is too large to be read as YAML; got {lines} lines; write it with {COMMAND}")
    try:
        yield from documents_of(text, name)
    except InputError as error:
        first = error.problems[0]
        said, _, _ = first.message.rpartition("; ")
        if first.message.startswith("is too large"):
            said = f"is too large to be read as YAML; got {len(text)} characters"
        elif len(first.path) == 1 and "is given twice" in first.message:  # each document has but one of a key
            what = f"{said}; put --- between the outputs of two commands"
            raise InputError([Problem((), what, name, first.line, first.column)]) from None
        raise InputError(
            [Problem(first.path, f"{said}; write it with {COMMAND}", name, first.line, first.column)]
        ) from None


def _json(text: str, name: str) -> Iterator[Any]:
    reader, at = json.JSONDecoder(), _behind_space(text, 0)
    while at < len(text):
        try:
            data, end = reader.raw_decode(text, at)
        except json.JSONDecodeError as error:
            rest = text[error.pos : error.pos + 20]
            what = f"is not JSON: {error.msg}; got {shown(rest)}"
            if error.pos == at > 0 and text[at] not in "{[":
                first = text[at:].partition("\n")[0]
                what = f"has what is no JSON behind its objects; got {shown(first)}; take it out"
                raise InputError([Problem((), what, name, error.lineno, error.colno)]) from None
            if not rest.strip() or text.rstrip()[-1] not in "}]":
                what = f"ends too early, or is not JSON: {error.msg}; got {len(text)} characters"
            what = f"{what}; write it with {COMMAND}"
            raise InputError([Problem((), what, name, error.lineno, error.colno)]) from None
        except RecursionError:
            _refuse(name, f"is nested too deeply; got hundreds of levels; write it with {COMMAND}")
        yield data
        at = _behind_space(text, end)


_SPACE = re.compile(r"\s*")


def _behind_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _objects(data: Mapping[str, Any], name: str, document: Document | None) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The objects of a document, each with metadata and a name."""
    items, about = data.get("items"), data.get("metadata")
    if isinstance(items, list) and isinstance(about, Mapping) and about.get("continue"):
        left = about.get("remainingItemCount")
        more = "more follow" if left is None else f"{left} more follow"
        _refuse(name, f"is one page of a list; got {len(items)} objects, and {more}; write it with {COMMAND}")
    for index, each in enumerate(items if isinstance(items, list) else []):
        if not isinstance(each, Mapping):
            _refuse(name, f"is no object; got {shown(each)}; write it with {COMMAND}", ("items", index), document)
    for path, manifest in listed(data):
        metadata = manifest.get("metadata")
        if isinstance(metadata, Mapping) and metadata.get("name") and isinstance(manifest.get("kind"), str):
            yield path, manifest
            continue
        got = ", ".join(sorted(map(str, manifest))[:6]) or "nothing"
        what = f"needs an object with kind and metadata.name; got {got}; write it with {COMMAND}"
        _refuse(name, what, path, document)


def _refuse(name: str, message: str, path: Path = (), document: Document | None = None) -> NoReturn:
    place = None if document is None else document.place(path)
    where = (None, None) if place is None else (place.line, place.column)
    raise InputError([Problem(path, message, name, *where)])
