"""Versions of add-ons that go back, and settings that only new nodes follow."""

import json

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


@pytest.mark.parametrize(
    ("name", "env", "said"),
    [
        ("vpc-cni", {"ENABLE_PREFIX_DELEGATION": "true"}, True),
        ("vpc-cni", {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}, True),
        ("vpc-cni", {"WARM_IP_TARGET": "2"}, False),
        ("coredns", {"ENABLE_PREFIX_DELEGATION": "true"}, False),
    ],
)
def test_some_settings_are_for_new_nodes(name: str, env: dict[str, str], said: bool) -> None:
    old = resource(ADDON, "a", {"addonName": name})
    new = resource(ADDON, "a", {"addonName": name, "configurationValues": json.dumps({"env": env})})
    for before, after in ((old, new), (new, old)):
        items = found([before], [after], "rolls")
        assert [(each.level, each.title) for each in items] == ([("note", "not rolled out yet")] if said else [])
