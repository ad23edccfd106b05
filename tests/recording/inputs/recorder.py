"""What a program would send: its requests as plain Python, marks of secrets and assets left in."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format

from eks_blueprints import recording


@dataclass(frozen=True, slots=True)
class Registered:
    """One resource as it was registered."""

    type_token: str
    name: str
    resource_class: type
    inputs: dict[str, Any]


def record(program: Callable[[], object]) -> list[Registered]:
    """Every resource the program registers, in order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # SDK modules warn of their own old types at import
        made = recording.record(program)
    return [
        Registered(r.type, r.name, r.resource_class, json_format.MessageToDict(r.request.object))
        for r in made.resources
        if r.resource_class is not None and r.type != "pulumi:pulumi:Stack"
    ]
