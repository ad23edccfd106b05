from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.facts.instance_selection import Span, Wanted, matches, select
from eks_blueprints.core.facts.instance_types import instance_type


def chosen(**wanted: Any) -> list[str]:
    return [each.name for each in select(Wanted(**wanted))]


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("4", 4, 4), ("4..16", 4, 16), ("4..", 4, None), ("..16", None, 16), (" 4 .. 16 ", 4, 16), ("0", 0, 0)],
)
def test_numbers_and_ranges_are_read(text: str, least: float | None, most: float | None) -> None:
    assert Span.read(text) == Span(least, most)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("16", 16384, 16384),
        ("16GiB..", 16384, None),
        ("512MiB..2", 512, 2048),
        ("4..16GiB", 4096, 16384),
        ("512..768MiB", 512, 768),
        ("1TiB", 1024**2, 1024**2),
        ("0.5..1", 512, 1024),
    ],
)
def test_memory_has_units(text: str, least: float | None, most: float | None) -> None:
    assert Span.memory(text) == Span(least, most)


@pytest.mark.parametrize("text", ["", "..", "four", "4-16", "4...16", "4GiB", "-1", "4 16"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is neither a number nor a range; got .*; write it like 4"):
        Span.read(text)


def test_a_range_begins_before_it_ends() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Span.memory("16GiB..8GiB")


def test_types_have_all_that_is_wanted() -> None:
    for name in (found := chosen(architecture="arm64", vcpus=Span(4, 8), memory_mib=Span(16384))):
        facts = instance_type(name)
        assert facts is not None
        assert "arm64" in facts.architectures
        assert 4 <= facts.vcpus <= 8
        assert facts.memory_mib >= 16384
        assert not {"burstable", "bare_metal"} & facts.flags
        assert facts.accelerator is None
    assert "m7g.xlarge" in found
    assert "a1.4xlarge" not in chosen(architecture="arm64")


def test_accelerators_are_there_where_they_are_asked_for() -> None:
    gpus = chosen(gpus=Span(1, 1), vcpus=Span(8, 8))
    assert "g6.2xlarge" in gpus
    assert not {"g4ad.2xlarge", "m7i.2xlarge"} & set(gpus)
    assert "g4ad.2xlarge" in chosen(gpus=Span(1, 1), gpu_manufacturer="amd")
    assert all(name.startswith(("inf", "trn")) for name in chosen(neuron=Span(1)))
    assert "p5.48xlarge" in chosen(gpu_memory_mib=Span(600 * 1024))


def test_sorts_are_wanted_alone_too_or_not_at_all() -> None:
    small = {"vcpus": Span(2, 2), "memory_mib": Span(8192, 8192)}
    assert "t3.large" not in chosen(**small)
    assert {"t3.large", "m5.large"} <= set(chosen(**small, burstable=None))
    assert all(name.startswith("t") for name in chosen(**small, burstable=True))
    assert "m4.large" in chosen(**small)
    assert "m4.large" not in chosen(**small, current_generation=True)


def test_names_are_allowed_and_denied_by_patterns() -> None:
    assert set(chosen(vcpus=Span(2, 2), allow=("m7i.*", "^c7i\\."))) == {"m7i.large", "c7i.large"}
    assert not [name for name in chosen(deny=("m*", "^r[0-9]")) if name[0] in "m" or name[:2] in {"r5", "r6", "r7"}]


def test_a_broken_expression_is_told() -> None:
    with pytest.raises(ValueError, match="is not a valid regular expression"):
        matches("^m[", "m5.large")


def test_the_smallest_come_first() -> None:
    found = select(Wanted(vcpus=Span(2, 8)))
    assert [each.vcpus for each in found] == sorted(each.vcpus for each in found)
