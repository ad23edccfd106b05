"""The schema of a team's stack files is the one that would be made from nothing."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.core.spec import Spec
from eks_blueprints.reference import own_fields, schema


class Contact(Spec):
    """Who answers."""

    channel: str = "#platform"
    """Where to ask."""


class TeamArgs(BlueprintArgs):
    """A team's stack file."""

    contact: Contact | None = None
    """Who answers for the platform."""


def test_it_is_the_same_as_one_made_from_nothing() -> None:
    assert own_fields.stack_schema(TeamArgs) == schema.stack_schema(TeamArgs)
    assert "Contact" in own_fields.stack_schema(TeamArgs)["$defs"]


def test_it_is_made_from_nothing_where_a_name_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def odd() -> dict[str, Any]:
        return {"$defs": {"Contact": {"type": "integer"}}}

    monkeypatch.setattr(own_fields, "_carried", odd)
    monkeypatch.setattr(schema, "stack_schema", lambda _args: {"made": True})
    assert own_fields.stack_schema(TeamArgs) == {"made": True}


def test_it_is_made_from_nothing_where_none_is_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_fields, "_carried", lambda: None)
    monkeypatch.setattr(schema, "stack_schema", lambda _args: {"made": True})
    assert own_fields.stack_schema(TeamArgs) == {"made": True}
