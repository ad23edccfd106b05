"""Documents laid over each other: what they make, and where each part of it is written."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.document import parse, text_at_top
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.overlays import overlaid

Y = {"name": "y"}


def laid(lower: str, upper: str) -> Any:
    return overlaid(parse(lower, "base.yaml"), parse(upper, "prod.yaml")).data


@pytest.mark.parametrize(
    ("lower", "upper", "result"),
    [
        ("a: {b: 1, c: 2}", "a: {c: 3, d: 4}", {"a": {"b": 1, "c": 3, "d": 4}}),
        ("a: {b: 1}", "a: null", {}),
        ("a: {b: {c: 1}}", "a: {b: {c: ~}}", {"a": {"b": {}}}),
        ("a: 1", "b: null", {"a": 1, "b": None}),
        ("a: [1, 2]", "a: [3]", {"a": [3]}),
        ("a: [1]", "a: []", {"a": []}),
        ("a: {b: 1}", "a: x", {"a": "x"}),
        ("a: x", "a: {b: 1}", {"a": {"b": 1}}),
        ("a: null", "a: {}", {"a": {}}),
        ("a: {}", "a: {b: null}", {"a": {"b": None}}),
        ("a: [{name: x, v: 1}, {name: y}]", "a: [{name: x, w: 2}]", {"a": [{"name": "x", "v": 1, "w": 2}, Y]}),
        ("a: [{name: x, v: 1}]", "a: [{name: x, v: null}, {name: z}]", {"a": [{"name": "x"}, {"name": "z"}]}),
        ("a: [{name: x}, {name: y}]", "a: [{name: x, $patch: delete}]", {"a": [{"name": "y"}]}),
        ("a: [{name: x}, {name: y}]", "a: [{$patch: replace}, {name: z}]", {"a": [{"name": "z"}]}),
        ("a: [{name: x}, {name: x}]", "a: [{name: x, v: 1}]", {"a": [{"name": "x", "v": 1}]}),
        ("a: [{name: x}]", "a: [{name: x}, {other: y}]", {"a": [{"name": "x"}, {"other": "y"}]}),
        ("ami_selector_terms: [{name: x}]", "ami_selector_terms: [{name: y}]", {"ami_selector_terms": [{"name": "y"}]}),
        (
            "taints: [{key: a, effect: NO_SCHEDULE}]",
            "taints: [{key: a, effect: NO_EXECUTE}, {key: a, effect: NO_SCHEDULE, value: x}]",
            {"taints": [{"key": "a", "effect": "NO_SCHEDULE", "value": "x"}, {"key": "a", "effect": "NO_EXECUTE"}]},
        ),
        (
            "block_device_mappings: [{device_name: /dev/xvda, ebs: {volume_size: 20Gi, iops: 3000}}]",
            "block_device_mappings: [{device_name: /dev/xvda, ebs: {volume_size: 80Gi}}]",
            {"block_device_mappings": [{"device_name": "/dev/xvda", "ebs": {"volume_size": "80Gi", "iops": 3000}}]},
        ),
        ("a: &x {b: 1}\nc: {<<: *x, d: 2}", "c: {b: 5}", {"a": {"b": 1}, "c": {"b": 5, "d": 2}}),
        ("a: {b: 1, c: 2}", "a: {$patch: replace, d: 3}", {"a": {"d": 3}}),
        ("a: {config: x}", "a: {secret: y}", {"a": {"secret": "y"}}),
        ("a: {config: x}", "a: {b: 1}", {"a": {"b": 1}}),
        ("a: {b: 1}", "a: {config: x}", {"a": {"config": "x"}}),
        ("a: {stack: s, output: o, count: 3}", "a: {stack: t, output: o}", {"a": {"stack": "t", "output": "o"}}),
        ("a: {stack: s, output: o}", "a: {stack: t}", {"a": {"stack": "t", "output": "o"}}),
        ("ä: {ö: 1}", "ä: {ü: 2}", {"ä": {"ö": 1, "ü": 2}}),
    ],
)  # fmt: skip
def test_what_two_documents_make(lower: str, upper: str, result: Any) -> None:
    assert laid(lower, upper) == result


def test_every_part_keeps_its_place() -> None:
    merged = overlaid(
        parse("a:\n  b: 1\n  l: [{name: x, v: 1}, {name: y, v: 2}]\n", "base.yaml"),
        parse("z: 0\na:\n  c: 2\n  l:\n  - {name: y, w: 3}\n", "prod.yaml"),
    )

    def at(*path: str | int) -> str:
        place = merged.place(path)
        assert place is not None
        return f"{place.file}:{place.line}"

    assert at("a", "b") == "base.yaml:2"
    assert at("a", "c") == "prod.yaml:3"
    assert at("a") == "prod.yaml:3"
    assert at("a", "l", 0, "v") == at("a", "l", 1, "v") == "base.yaml:3"
    assert at("a", "l", 1, "w") == "prod.yaml:5"
    assert at("nowhere") == "prod.yaml:1"
    assert merged.file == "prod.yaml"
    assert merged.extended == ("base.yaml",)


def test_three_documents_keep_their_order() -> None:
    lower = overlaid(parse("a: 1\nb: 1", "root.yaml"), parse("b: 2", "base.yaml"))
    merged = overlaid(lower, parse("c: 3", "prod.yaml"))
    assert merged.data == {"a": 1, "b": 2, "c": 3}
    assert merged.extended == ("base.yaml", "root.yaml")


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [
        ("a: {b: 1}", "a:\nz: 1", "prod.yaml:1:1: a: is empty, and base.yaml has a value; got nothing; write null to"),
        ("a: {b: 1}", "a: {b: }", "prod.yaml:1:5: a.b: is empty"),
        (
            "a: [{name: x}]",
            "a: [{name: y, $patch: delete}]",
            'prod.yaml:1:5: a[0]: removes nothing; got {"name": "y"}, which is not in base.yaml',
        ),
    ],
)
def test_what_is_not_clear_is_refused(lower: str, upper: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        laid(lower, upper)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("extends: a.yaml\nb: 1", "a.yaml"),
        ("a: {extends: x}\nextends: y", "y"),
        ('{"a": [{"extends": 1}], "extends": "q"}', "q"),
        ("a: &x {b: 1}\nc: *x\nextends: k", "k"),
        ("? [extends]\n: 1\nextends: w", "w"),
        ("extends: [a]", None),
        ("[extends, x]", None),
        ("a: extends", None),
        ("# extends\n\ta", None),
        ("", None),
    ],
)
def test_a_text_at_the_top_is_found_without_reading_on(text: str, found: str | None) -> None:
    assert text_at_top(text, "extends") == found
