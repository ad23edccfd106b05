"""The same rules on what exists: the JSON that `pulumi stack export` writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.definition import Profile
from eks_blueprints.policies.report import Report
from eks_blueprints.policies.settings import Judgement
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.recording.exported import exported
from eks_blueprints.recording.render import masked

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's mark of a secret
_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What the engine puts where a text, boolean, number, list, asset, archive or object is not known."""
_OWN = ("arn", "name", "url", "id")
"""Outputs by which other resources refer to one."""


def check_state(
    text: str, judgement: Judgement | None = None, *, profile: Profile | None = None, today: date | None = None
) -> Report:
    """Judge a stack's exported state.

    Raises:
        InputError: if the text is no such state.
    """
    return check_stack(stack_of_state(text), judgement, profile=profile, today=today, deployed=True)


def stack_of_state(text: str) -> Stack:
    """The stack that an exported state describes.

    Raises:
        InputError: if the text is no such state.
    """
    found = exported(text, empty=False)["deployment"]["resources"]
    project, name = _stack_name(found)
    return Stack(list(_resources(found)), project, name)


def plain(value: Any) -> Any:
    """A value of the state in the forms of a plan."""
    if isinstance(value, dict):
        signature = value.get(_SIGNATURE)
        if signature == _SECRET:
            return {"$secret": True}
        if signature is not None:
            return {key: plain(each) for key, each in value.items() if key != _SIGNATURE}
        # The engine's bridge notes beside a value which parts of it are defaults.
        return {key: plain(each) for key, each in value.items() if key != "__defaults"}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, str) and value in _UNKNOWNS:
        return {"$unknown": True}
    # The wire knows only doubles.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _resources(found: list[Any]) -> Iterator[Resource]:
    for each in found:
        if not isinstance(each, Mapping) or each.get("delete") or "urn" not in each:
            continue
        urn = str(each["urn"])
        outputs = each.get("outputs") or {}
        known = {key: outputs[key] for key in _OWN if isinstance(outputs.get(key), str)}
        if isinstance(each.get("id"), str):
            known["id"] = each["id"]
        provider = each.get("provider")
        yield Resource(
            urn=urn,
            type=str(each.get("type", "")),
            name=urn.rpartition("::")[2],
            inputs=masked(plain(each.get("inputs") or {})),
            options=_options(each),
            parent=each.get("parent"),
            provider=str(provider).rpartition("::")[0] if provider else None,
            dependencies=tuple(each.get("dependencies") or ()),
            property_dependencies={
                key: tuple(urns or ()) for key, urns in (each.get("propertyDependencies") or {}).items()
            },
            outputs=known,
        )


def _options(resource: Mapping[str, Any]) -> dict[str, Any]:
    given = {
        "protect": resource.get("protect"),
        "retain_on_delete": resource.get("retainOnDelete"),
        "ignore_changes": resource.get("ignoreChanges"),
    }
    return {key: value for key, value in given.items() if value}


def _stack_name(found: list[Any]) -> tuple[str, str]:
    for each in found:
        parts = str(each.get("urn", "")).split(":")
        if len(parts) > 4 and parts[1] == "pulumi":
            # urn:pulumi:<stack>::<project>::<type>::<name>
            return parts[4], parts[2]
    return "", ""
