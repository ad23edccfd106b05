"""What each resource and function takes and gives, read from the installed SDK's own annotations.

The SDK is not imported: importing all of it takes seconds and a plugin is started once a command. Each class is cut out
of the generated source by its name and only that cut is parsed; what was parsed is kept in a cache file, keyed by the
SDK's version, so that a later plugin process starts with everything the earlier ones learned.

A type is a string (`str`, `int`, `float`, `bool`, `any`, `asset`) or a one-key map: `list`, `map`, `union`, `object`
(`path:Class`), `literal`.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import importlib.util
import json
import os
import re
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

Type = Any  # a string or a one-key map, see the module docstring
Fields = dict[str, tuple[Type, bool]]  # wire name -> (type, required or, for outputs, always there)

SCALARS = {"str", "int", "float", "bool"}


class Tables:
    def __init__(self, package: str) -> None:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"{package} is not installed; the stand-in checks arguments against it")
        self.package = package
        self.root = Path(spec.origin).parent.parent
        version = importlib.metadata.version(package.replace("_", "-"))
        where = Path(os.environ.get("STANDIN_TABLES", tempfile.gettempdir()))
        self._cache_file = where / f"standin-tables-{package}-{version}-3.json"
        self._cache: dict[str, Any] = {}
        self._dirty = False
        self._lock = threading.Lock()
        with contextlib.suppress(OSError, ValueError):
            self._cache = json.loads(self._cache_file.read_text())

    def save(self) -> None:
        """Keep what was parsed. Two plugins may write at once: the file is replaced whole, the last one wins."""
        with self._lock:
            if not self._dirty:
                return
            # The engine calls from many threads: others may learn more while this one writes.
            learned, self._dirty = dict(self._cache), False
        self._cache_file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._cache_file.parent)
        with os.fdopen(handle, "w") as out:
            json.dump(learned, out)
        os.replace(name, self._cache_file)

    def resource(self, token: str) -> dict[str, Fields] | None:
        """`inputs` and `outputs` of a resource type, None where the SDK has no such type."""
        return self._cached(f"resource {token}", lambda: self._read_resource(token))

    def function(self, token: str) -> dict[str, Any] | None:
        """`args` (by wire name) and `python` (wire name of each Python name) of a function."""
        return self._cached(f"function {token}", lambda: self._read_function(token))

    def object(self, ref: str) -> dict[str, Any]:
        """`fields` of a nested type and `python`, the wire name of each Python name."""
        return self._cached(f"object {ref}", lambda: self._read_object(ref))

    def provider(self) -> dict[str, Any]:
        """`fields` and `python` of the package's own provider resource."""
        return self.object(f"{self.package}/provider.py:ProviderArgs")

    def _cached(self, key: str, make: Any) -> Any:
        # One at a time: Python 3.11's parser counts its depth for all threads together, and fails when they take turns.
        with self._lock:
            if key not in self._cache:
                self._cache[key] = json.loads(json.dumps(make()))
                self._dirty = True
            return self._cache[key]

    @lru_cache(maxsize=64)  # noqa: B019  (one Tables a process)
    def _source(self, path: str) -> str:
        return (self.root / path).read_text()

    def _section(self, path: str, name: str) -> ast.ClassDef | None:
        """The class `name` of a generated file, parsed alone: whole files have up to 60,000 lines."""
        source = self._source(path)
        start = re.search(rf"^class {re.escape(name)}\b", source, re.M)
        if not start:
            return None
        end = re.compile(r"^(?:class |@|def )", re.M).search(source, start.end())
        node = ast.parse(source[start.start() : end.start() if end else len(source)]).body[0]
        return node if isinstance(node, ast.ClassDef) else None

    def _find(self, token: str) -> tuple[str, str] | None:
        """File and class of a resource token, from the package's own resource module registry."""
        source = self._source(f"{self.package}/__init__.py")
        at = source.find(f'"{token}": "')
        if at < 0:
            return None
        name = re.match(r'[^"]*"[^"]*": "(\w+)"', source[at:])
        fqns = re.findall(r'"fqn": "([\w.]+)"', source[:at])
        if not name or not fqns:
            return None
        folder = self.root / fqns[-1].replace(".", "/")
        cls = name.group(1)
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls).lower()
        marker = f"'{token}'"
        for path in [folder / f"{cls}.py", folder / f"{snake}.py", *sorted(folder.glob("*.py"))]:
            if path.exists() and marker in self._source(rel := str(path.relative_to(self.root))):
                return rel, cls
        return None

    def _read_resource(self, token: str) -> dict[str, Fields] | None:
        found = self._find(token)
        if not found:
            return None
        path, cls = found
        args = re.search(r"__props__ = (\w+)\.__new__", self._source(path))
        inputs = self._read_object(f"{path}:{args.group(1)}")["fields"] if args else {}
        node = self._section(path, cls)
        outputs = self._getters(node, path) if node else {}
        return {"inputs": inputs, "outputs": outputs}

    def _getters(self, node: ast.ClassDef, path: str) -> Fields:
        fields: Fields = {}
        for item in node.body:
            if isinstance(item, ast.FunctionDef) and (wire := _wire_name(item)) and item.returns is not None:
                fields[wire] = (self._type(item.returns, path), not _optional(item.returns))
        return fields

    def _read_object(self, ref: str) -> dict[str, Any]:
        path, _, name = ref.partition(":")
        node = self._section(path, name)
        if node is None:
            raise KeyError(f"no class {name} in {path}")
        wires = {i.name: w for i in node.body if isinstance(i, ast.FunctionDef) and (w := _wire_name(i))}
        init = next((i for i in node.body if isinstance(i, ast.FunctionDef) and i.name == "__init__"), None)
        fields: Fields = {}
        for arg, default in _arguments(init)[1:] if init else ():
            if arg.annotation is None:
                continue
            wire = wires.get(arg.arg, _camel(arg.arg))
            fields[wire] = (self._type(arg.annotation, path), default is None)
            wires[arg.arg] = wire
        return {"fields": fields, "python": wires}

    def _read_function(self, token: str) -> dict[str, Any] | None:
        """A function is found by its file's name; its arguments by the assignments to `__args__`."""
        module, _, name = token.split(":")[1].partition("/")
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name or token.rsplit(":", maxsplit=1)[-1]).lower()
        folder = self.root / self.package / ("" if module == "index" else module.split("/")[0])
        marker = f"'{token}'"
        for path in [folder / f"{snake}.py", *sorted(folder.glob("get_*.py"))]:
            if not path.exists() or marker not in self._source(rel := str(path.relative_to(self.root))):
                continue
            source = self._source(rel)
            start = re.search(r"^def (?!get_\w+_output\()\w+\(", source, re.M)
            end = re.compile(r"^(?:class |@|def )", re.M).search(source, start.end()) if start else None
            if not start:
                return None
            node = ast.parse(source[start.start() : end.start() if end else len(source)]).body[0]
            wires = {py: wire for wire, py in re.findall(r"__args__\['(\w+)'\] = (\w+)", source)}
            args = {
                wires[arg.arg]: (self._type(arg.annotation, rel), default is None)
                for arg, default in _arguments(node)  # type: ignore[arg-type]
                if arg.arg in wires and arg.annotation is not None
            }
            return {"args": args, "python": wires}
        return None

    def _type(self, node: ast.expr, path: str) -> Type:
        if isinstance(node, ast.Constant):
            if node.value is None:
                return None
            if isinstance(node.value, str):
                return self._type(ast.parse(node.value, mode="eval").body, path)
        dotted = _dotted(node)
        if dotted:
            return self._named(dotted, path)
        if isinstance(node, ast.Subscript):
            head = _dotted(node.value).rsplit(".", 1)[-1]
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if head in ("Input", "Output", "Optional", "InputType", "Awaitable"):
                return self._type(parts[0], path)
            if head in ("Sequence", "List"):
                return {"list": self._type(parts[0], path)}
            if head in ("Mapping", "Dict"):
                return {"map": self._type(parts[1], path)}
            if head == "Literal":
                return {"literal": [ast.literal_eval(part) for part in parts]}
            if head == "Union":
                kinds = [k for k in (self._type(part, path) for part in parts) if k is not None and k != "skip"]
                return kinds[0] if len(kinds) == 1 else {"union": kinds}
        return "any"

    def _named(self, dotted: str, path: str) -> Type:
        last = dotted.rsplit(".", 1)[-1]
        if last in SCALARS:
            return last
        if last in ("Asset", "Archive"):
            return "asset"
        if last == "Any":
            return "any"
        if last.endswith("ArgsDict"):
            return "skip"
        folder = Path(path).parent
        alias, _, rest = dotted.partition(".")
        if alias == "outputs":
            target = folder / "outputs.py"
        elif not rest:
            target = folder / "_inputs.py"
        else:
            found = re.search(rf"^from (\.+)([\w.]*) import (\w+) as {alias}$", self._source(path), re.M)
            if not found:
                return "any"
            for _ in range(len(found.group(1)) - 1):
                folder = folder.parent
            inner = rest.rsplit(".", 1)[0].split(".") if "." in rest else []
            kind = "outputs.py" if "outputs" in inner else "_inputs.py"
            between = [p for p in found.group(2).split(".") if p]
            target = folder.joinpath(*between, found.group(3), *[p for p in inner if p != "outputs"], kind)
        if (self.root / target).exists() and re.search(rf"^class {last}\b", self._source(str(target)), re.M):
            return {"object": f"{target}:{last}"}
        return "any"  # an enum: those of these SDKs are open lists


def _arguments(node: ast.FunctionDef) -> list[tuple[ast.arg, ast.expr | None]]:
    plain = node.args.args
    defaults = [None] * (len(plain) - len(node.args.defaults)) + list(node.args.defaults)
    return [*zip(plain, defaults, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]


def _wire_name(node: ast.FunctionDef) -> str | None:
    for mark in node.decorator_list:
        if _dotted(mark) == "pulumi.getter":
            return node.name
        if isinstance(mark, ast.Call) and _dotted(mark.func) == "pulumi.getter":
            names = [k.value.value for k in mark.keywords if k.arg == "name" and isinstance(k.value, ast.Constant)]
            return str(names[0]) if names else node.name
    return None


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := _dotted(node.value)):
        return f"{head}.{node.attr}"
    return ""


def _optional(node: ast.expr) -> bool:
    """Whether an output may be absent: `Output[Optional[...]]`."""
    if isinstance(node, ast.Subscript):
        head = _dotted(node.value).rsplit(".", 1)[-1]
        return head == "Optional" or (head == "Output" and _optional(node.slice))
    return False


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)
