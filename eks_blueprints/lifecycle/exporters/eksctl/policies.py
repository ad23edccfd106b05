"""Statements of roles as policies that eksctl attaches, and AWS's own names."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.exporters.eksctl.taken import Fields

_ELEMENTS = {
    "sid": "Sid",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
    "conditions": "Condition",
}


def document(fields: Fields, base: Path) -> dict[str, Any]:
    """The statements `allow` and `deny` of a role as a policy; nothing where there are none."""
    found = []
    for effect in ("allow", "deny"):
        for each in fields.take((*base, effect), []):
            found.append({"Effect": effect.capitalize(), **{_ELEMENTS[key]: value for key, value in each.items()}})
    return {"Version": "2012-10-17", "Statement": found} if found else {}


def well_known(names: list[str]) -> dict[str, bool]:
    """Well-known policies by eksctl's names."""
    return {_camel(name): True for name in names}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(_UPPER.get(each, each.capitalize()) for each in others)


_UPPER = {"dns": "DNS", "csi": "CSI"}
