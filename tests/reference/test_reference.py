"""What is generated is checked in and current."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.core.document import parse
from eks_blueprints.reference import peer_pages
from eks_blueprints.reference.own_fields import ours
from eks_blueprints.reference.pages import pipelines_page, stack_page
from eks_blueprints.reference.schema import overlay_schema, stack_schema
from eks_blueprints.reference.stubs import STUB, addons_stub
from tests import PROJECT, ROOT, SCHEMA

REFERENCE = ROOT / "docs" / "reference"
STACKS = [p for p in (PROJECT / "stacks").glob("*.yaml") if not p.name.startswith("Pulumi")]


VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


OVERLAY = jsonschema.Draft202012Validator(json.loads((REFERENCE / "overlay.schema.json").read_text()))


def test_the_schemas_are_current() -> None:
    made = stack_schema()
    assert made == SCHEMA, "run make generate"
    assert overlay_schema(made) == OVERLAY.schema, "run make generate"
    assert ours() == made


def test_the_page_is_current() -> None:
    assert (REFERENCE / "stack.md").read_text() == stack_page(), "run make generate"


def test_the_page_of_other_tools_is_current() -> None:
    assert (REFERENCE / "peers.md").read_text() == peer_pages.page(), "run make generate"


def test_the_stub_of_the_addons_is_current() -> None:
    assert STUB.read_text() == addons_stub(), "run make generate"


def test_addons_are_imported_by_name() -> None:
    from eks_blueprints import addons

    assert addons.ExternalDns.kind() == "external_dns"
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = addons.Nothing


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", STACKS, ids=lambda p: p.stem)
def test_it_accepts_what_the_specs_accept(path: Path) -> None:
    assert VALIDATOR.is_valid(parse(path.read_text()).data)
    assert path.read_text().startswith("# yaml-language-server: $schema=")


@pytest.mark.parametrize(
    "change",
    [
        {"regin": "eu-west-1"},
        {"cluster": {"version": 1.35}},
        {"cluster": {"version": "1.35", "labels": {}}},
        {"compute": {"managed_nodes": {"min_sise": 1}}},
        {"compute": {"nodes": {"kind": "managed_nodes", "min_sise": 1}}},
        {"addons": {"unknown": {}}},
        {"network": {"nat_gateways": "two"}},
    ],
)
def test_it_refuses_what_the_specs_refuse(change: dict) -> None:
    good = {"region": "eu-west-1", "cluster": {"version": "1.35"}}
    assert VALIDATOR.is_valid(good)
    assert not VALIDATOR.is_valid(good | change)


def test_every_field_is_described() -> None:
    """A field without a text under it is one that nobody can use."""
    silent = [
        f"{name}.{field}"
        for name, definition in {"": SCHEMA, **SCHEMA["$defs"]}.items()
        if name != "Reference"
        for field, part in definition.get("properties", {}).items()
        if not part.get("description") and "$ref" not in part
    ]
    assert not silent


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"extends": "base.yaml"},
        {"extends": "base.yaml", "compute": {"system": {"max_size": 9}}},
        {"cluster": {"deletion_protection": None, "log_group": None}},
        {"compute": {"system": None}, "addons": {"coredns": None}},
        {"tags": {"a": None}},
        {"network": {"subnet_ids": {"private": {"stack": "net", "output": "ids", "count": 3}}}},
    ],
)
def test_an_overlay_may_be_a_part(part: dict) -> None:
    assert OVERLAY.is_valid(part)


@pytest.mark.parametrize("part", [{"extends": ["base.yaml"]}, {"regin": "x"}, {"cluster": {"versoin": "1.35"}}])
def test_an_overlay_has_known_fields_alone(part: dict) -> None:
    assert not OVERLAY.is_valid(part)


def test_a_file_that_extends_another_need_not_be_complete() -> None:
    assert VALIDATOR.is_valid({"extends": "base.yaml"})
    assert not VALIDATOR.is_valid({"region": "eu-west-1"})


def test_the_schema_of_pipelines_is_current() -> None:
    assert json.loads((REFERENCE / "pipelines.schema.json").read_text()) == stack_schema(PipelinesArgs), (
        "run make generate"
    )


def test_the_page_of_pipelines_is_current() -> None:
    assert (REFERENCE / "pipelines.md").read_text() == pipelines_page(), "run make generate"


def test_the_two_pages_of_fields_share_no_anchor_and_lead_to_those_that_exist() -> None:
    """The site has one anchor of a name on all its pages; a field that both pages would tell is told on one."""
    pages = {"stack.md": stack_page(), "pipelines.md": pipelines_page()}
    anchors = {name: set(re.findall(r'<a id="([^"]+)"', text)) for name, text in pages.items()}
    assert not anchors["stack.md"] & anchors["pipelines.md"]
    links = {
        (name, to or name, anchor)
        for name, text in pages.items()
        for to, anchor in re.findall(r"\]\(([\w.]*)#([^)]+)\)", text)
    }
    assert ("pipelines.md", "stack.md", "accountargs") in links
    for name, to, anchor in links:
        assert anchor in anchors[to], f"{name} leads to {to}#{anchor}"


def test_a_stack_of_pipelines_is_read_by_its_schema() -> None:
    schema = jsonschema.Draft202012Validator(json.loads((REFERENCE / "pipelines.schema.json").read_text()))
    stack: dict[str, Any] = {
        "blueprint": "eks_blueprints.Pipelines",
        "region": "eu-west-1",
        "pipelines": {
            "shop": {
                "kind": "app_pipeline",
                "source": {"provider": "github", "repository": "acme/shop"},
                "image": {"repository": "shop/web"},
            }
        },
    }
    assert schema.is_valid(stack)
    stack["pipelines"]["shop"]["imag"] = {}
    assert not schema.is_valid(stack)
