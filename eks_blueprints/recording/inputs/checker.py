"""Checks the inputs of one resource against its table, as a provider's Check would."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from eks_blueprints.core.errors import nearest
from eks_blueprints.recording.inputs import wire
from eks_blueprints.recording.inputs.derive import resolve, table_of
from eks_blueprints.recording.inputs.leniency import DOCUMENTS, EXACT_PACKAGES, QUANTITIES, fits_scalar
from eks_blueprints.recording.inputs.locate import PROVIDER
from eks_blueprints.recording.inputs.problems import InputProblem, Kind, Severity, join, shown
from eks_blueprints.recording.inputs.shapes import (
    Anything,
    AssetShape,
    Choice,
    ListOf,
    MapOf,
    Named,
    ObjectOf,
    OneOf,
    PropertyTable,
    Scalar,
    Shape,
)

_WORDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
_STEPS = re.compile(r"[.\[]")
_ENGINE_KEYS = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "parameterization"})
"""Keys of a provider resource that belong to the engine, not to the provider."""


@dataclass(slots=True)
class Checker:
    """One walk over one resource's inputs; gathers what it finds in `problems`."""

    type_token: str
    is_unknown: wire.IsUnknown = wire.is_unknown
    problems: list[InputProblem] = field(default_factory=list)
    _secret_depth: int = 0

    @property
    def _is_exact(self) -> bool:
        return self.type_token.partition(":")[0] in EXACT_PACKAGES

    @property
    def _is_provider(self) -> bool:
        return self.type_token.startswith(PROVIDER)

    def check_resource(self, table: PropertyTable, inputs: Mapping[str, Any]) -> None:
        """All inputs of the resource; those of a provider resource are JSON texts unless they are text anyway."""
        if self._is_provider:
            inputs = {key: self._decoded(table, key, value) for key, value in inputs.items() if key not in _ENGINE_KEYS}
        self._check_object(table, inputs, "")

    def _decoded(self, table: PropertyTable, key: str, value: Any) -> Any:
        known = table.properties.get(key)
        plain, is_secret = wire.unwrap(value)
        if known is None or known.shape == Scalar("str") or not isinstance(plain, str) or self.is_unknown(plain):
            return value
        try:
            decoded = json.loads(plain)
        except ValueError:
            return value
        return {wire.SIGNATURE: wire.SECRET, "value": decoded} if is_secret else decoded

    def _check_object(self, table: PropertyTable, value: Mapping[str, Any], path: str) -> None:
        for key, item in value.items():
            if known := table.properties.get(key):
                self.check_value(known.shape, item, join(path, key))
            elif not (table.is_open or key.startswith("__")):
                self._unknown_key(table, key, item, path)
        for name in table.required:
            if wire.unwrap(value.get(name))[0] is None and not self._spelt_otherwise(table, name, value):
                self._report(join(path, name), "missing", "is required", "nothing", f"give {name}")

    def _spelt_otherwise(self, table: PropertyTable, name: str, value: Mapping[str, Any]) -> bool:
        return not self._is_exact and value.get(table.properties[name].python_name) is not None

    def _unknown_key(self, table: PropertyTable, key: str, item: Any, path: str) -> None:
        """A key nobody knows. The bridge reads Terraform's names too, and those are Python's names (`role_arn`)."""
        if not self._is_exact and (name := table.by_python_name.get(key)):
            self.check_value(table.properties[name].shape, item, join(path, key))
            if not self._is_provider:
                self._report(join(path, key), "unknown-property", "no such property on the wire", item, f"write {name}",
                             "warning")  # fmt: skip
            return
        near = nearest(key, table.properties)
        known = ", ".join(sorted(table.properties)[:8]) or "none"
        do = f"did you mean {near}" if near else f"leave it out, as {table.type_name} knows {known}"
        self._report(join(path, key), "unknown-property", "no such property", item, do)

    def check_value(self, shape: Shape, value: Any, path: str) -> None:
        """One value against one shape."""
        value, is_secret = wire.unwrap(value)
        if value is None or self.is_unknown(value) or wire.signature(value) == wire.RESOURCE:
            return
        self._secret_depth += is_secret
        match shape:
            case Named():
                self.check_value(resolve(shape), value, path)
            case Scalar():
                self._check_scalar(shape, value, path)
            case ListOf():
                self._check_list(shape, value, path)
            case MapOf():
                self._check_map(shape, value, path)
            case ObjectOf():
                self._check_nested(shape, value, path)
            case OneOf():
                self._check_one_of(shape, value, path)
            case Choice():
                self._check_choice(shape, value, path)
            case AssetShape():
                self._check_asset(value, path)
            case Anything():
                pass
        self._secret_depth -= is_secret

    def _check_scalar(self, shape: Scalar, value: Any, path: str) -> None:
        if fits_scalar(shape.name, value, exact=self._is_exact):
            return
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if shape.name == "str" and number and self._is_exact and QUANTITIES.intersection(_STEPS.split(path)):
            return
        if shape.name == "str" and isinstance(value, dict | list) and not self._is_exact and DOCUMENTS.search(path):
            return
        if shape.name == "int" and number and not self._is_exact:
            self._wrong(path, "needs a whole number", value, f"write {int(value)}, as the provider cuts it", "warning")
            return
        hint = "write it in quotes" if shape.name == "str" and number else f"give {_WORDS[shape.name]}"
        self._wrong(path, f"needs {_WORDS[shape.name]}", value, hint)

    def _check_list(self, shape: ListOf, value: Any, path: str) -> None:
        if isinstance(value, list | tuple):
            for index, item in enumerate(value):
                self.check_value(shape.item, item, join(path, index))
        elif self._is_exact or wire.signature(value):
            self._wrong(path, "needs a list", value, "put it in a list")
        else:
            before = len(self.problems)
            self.check_value(shape.item, value, path)
            if len(self.problems) == before:
                self._wrong(path, "needs a list", value, "put it in a list, as the provider does", "warning")

    def _check_map(self, shape: MapOf, value: Any, path: str) -> None:
        if not isinstance(value, Mapping) or wire.signature(value):
            self._wrong(path, "needs a map", value, "give keys and values")
            return
        for key, item in value.items():
            if not key.startswith("__"):
                self.check_value(shape.value, item, join(path, key))

    def _check_nested(self, shape: ObjectOf, value: Any, path: str) -> None:
        if isinstance(value, Mapping) and not wire.signature(value):
            self._check_object(table_of(shape.args), value, path)
        elif isinstance(value, list) and len(value) <= 1 and not self._is_exact:
            self._wrong(path, "needs one object", value, "take it out of the list", "warning")
            for item in value:
                self.check_value(shape, item, path)
        else:
            self._wrong(path, "needs an object", value, "give its properties")

    def _check_one_of(self, shape: OneOf, value: Any, path: str, severity: Severity | None = None) -> None:
        if value in shape.values or str(value) in map(str, shape.values):
            return
        if severity is None and self.type_token.startswith("aws:"):
            severity = "warning"  # AWS adds values faster than the SDK does
        texts = [str(v) for v in shape.values]
        near = nearest(str(value), texts)
        listed = ", ".join(texts[:8]) + (", ..." if len(texts) > 8 else "")
        do = f"did you mean {near}" if near else f"use one of {listed}"
        self._report(path, "not-allowed", "not one of the values known", value, do, severity or "error")

    def _check_choice(self, shape: Choice, value: Any, path: str) -> None:
        """The option that fits best. Text beside an enum accepts other values: the enum is advice.

        A policy given as an object is only turned into text by the provider; IAM takes more than its type says.
        """
        options = [resolve(o) if isinstance(o, Named) else o for o in shape.options]
        enums = [o for o in options if isinstance(o, OneOf)]
        if enums and Scalar("str") in options and isinstance(value, str):
            self._check_one_of(enums[0], value, path, "warning")
            return
        best: list[InputProblem] | None = None
        is_plain = not isinstance(value, Mapping | list)
        for option in options if is_plain else [o for o in options if not isinstance(o, Scalar)] or options:
            found = self._tried(option, value, path)
            if not found:
                return
            if best is None or _rank(found, path) < _rank(best, path):
                best = found
        if Scalar("str") in options and not self._is_exact and DOCUMENTS.search(path):
            best = [replace(p, severity="warning") for p in best or () if p.kind == "unknown-property"]
        self.problems.extend(best or ())

    def _tried(self, option: Shape, value: Any, path: str) -> list[InputProblem]:
        trial = Checker(self.type_token, self.is_unknown, [], self._secret_depth)
        trial.check_value(option, value, path)
        return trial.problems

    def _check_asset(self, value: Any, path: str) -> None:
        if wire.signature(value) in wire.ASSETS or (isinstance(value, str) and not self._is_exact):
            return
        self._wrong(path, "needs a file or an archive", value, "give a pulumi.FileAsset or a pulumi.FileArchive")

    def _wrong(self, path: str, what: str, got: Any, do: str, severity: Severity = "error") -> None:
        self._report(path, "wrong-type", what, got, do, severity)

    def _report(  # noqa: PLR0917 the fields of a problem, in their order
        self, path: str, kind: Kind, what: str, got: Any, do: str, severity: Severity = "error"
    ) -> None:
        text = got if kind == "missing" else shown(got, is_secret=self._secret_depth > 0)
        self.problems.append(InputProblem(path, kind, what, text, do, severity))


def _rank(found: list[InputProblem], path: str) -> tuple[int, int, int]:
    """Options that fail deep inside fit better than those that fail at once; then warnings, then few problems."""
    at_once = any(p.path == path and p.kind == "wrong-type" for p in found)
    return (at_once, sum(p.severity == "error" for p in found), len(found))
