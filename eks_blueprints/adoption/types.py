"""What is known about types of resources of pulumi-aws: import ids, how they are found again, Terraform's names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("types.toml")
_PART = re.compile(r"\{([^}]+)\}")
_FORMS = {
    "arn": r"arn:[^\s,#]+",
    "associationId": r"a-[0-9a-z]+",
    "clusterName": r"[0-9A-Za-z][0-9A-Za-z_-]*",
    "policyArn": r"arn:[^\s,#]+",
    "principalArn": r"arn:[^\s,#]+",
}
"""The forms of parts of ids, by the property that they are; a row may say another one."""
_ANY = r"[^\s:,#]+"


@dataclass(frozen=True, slots=True)
class Type:
    """One type of resource."""

    token: str
    terraform: str
    id: str
    """Import id, with properties in braces."""
    holds: str = ""
    """What is lost when one is replaced: `data`, `nodes`, `access`; empty for the rest."""
    match: tuple[str, ...] = ()
    """Properties by which one is found again."""
    inputs: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    computed: tuple[str, ...] = ()
    """Inputs that keep their value in AWS where a program says nothing."""
    zero: tuple[str, ...] = ()
    """Numbers that say nothing when they are 0."""
    one: frozenset[str] = frozenset()
    """Blocks of which there is one, and which Terraform has as lists."""
    named: Mapping[str, str] | None = None
    """Names of Terraform's that differ in more than their spelling."""
    parts: Mapping[str, str] | None = None
    """Forms of parts of the id, where they are this type's own."""

    def import_id(self, properties: Mapping[str, Any]) -> str | None:
        """The import id of one; None where a part of it is not known."""
        parts = {path: at(properties, path) for path in _PART.findall(self.id)}
        if not all(isinstance(value, str) and value for value in parts.values()):
            return None
        return _PART.sub(lambda found: str(parts[found[1]]), self.id)

    def takes(self, id_: str) -> bool:
        """Whether an id has the form by which the provider imports one."""
        forms = {**_FORMS, **(self.parts or {})}
        pieces = _PART.split(self.id)
        pattern = "".join(forms.get(each, _ANY) if odd % 2 else re.escape(each) for odd, each in enumerate(pieces))
        return re.fullmatch(pattern, id_) is not None

    @property
    def id_form(self) -> str:
        """The form of its import ids, for people: `CLUSTER_NAME:ADDON_NAME`."""
        return _PART.sub(lambda found: re.sub(r"(?<=[a-z])(?=[A-Z])|\.", "_", found[1]).upper(), self.id)


def at(properties: Any, path: str) -> Any:
    """The value at a path such as `vpcConfig.subnetIds`; None where there is none."""
    for key in path.split("."):
        properties = properties.get(key) if isinstance(properties, Mapping) else None
    return properties


@cache
def types() -> Mapping[str, Type]:
    """Every type that is known, by its token."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    rows = {token: row for token, row in table.items() if isinstance(row, dict)}
    return {token: _type(token, row) for token, row in rows.items()}


@cache
def by_terraform() -> Mapping[str, Type]:
    """The same by Terraform's types."""
    return {each.terraform: each for each in types().values()}


def _type(token: str, row: Mapping[str, Any]) -> Type:
    return Type(
        token,
        row["terraform"],
        row["id"],
        holds=row.get("holds", ""),
        match=tuple(row.get("match", ())),
        inputs=frozenset(row["inputs"]),
        outputs=frozenset(row.get("outputs", ())),
        computed=tuple(row.get("computed", ())),
        zero=tuple(row.get("zero", ())),
        one=frozenset(row.get("one", ())),
        named=row.get("named"),
        parts=row.get("parts"),
    )
