"""Versions of add-ons that go back."""

import pytest

from tests.plans import ADDON, resource
from tests.review.effects.told import found


@pytest.mark.parametrize(
    ("name", "old", "new", "title"),
    [
        ("coredns", "v1.12.1-eksbuild.2", "v1.11.4-eksbuild.1", "goes back"),
        ("coredns", "v1.12.1-eksbuild.2", "v1.12.1-eksbuild.1", "goes back"),
        ("coredns", "v1.9.1-eksbuild.2", "v1.12.1-eksbuild.1", None),
        ("vpc-cni", "v1.18.1-eksbuild.2", "v1.19.1-eksbuild.1", None),
        ("vpc-cni", "v1.18.1-eksbuild.2", "v1.20.1-eksbuild.1", "skips versions"),
    ],
)
def test_it_is_said(name: str, old: str, new: str, title: str | None) -> None:
    before, after = (resource(ADDON, "a", {"addonName": name, "addonVersion": each}) for each in (old, new))
    assert [each.title for each in found([before], [after])] == ([title] if title else [])
    assert all(each.level == "note" for each in found([before], [after]))
