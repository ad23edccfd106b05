"""Subnets that run out of addresses once node groups are as large as they may become."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.blueprint.spec import BlueprintArgs

NODES: dict[str, Any] = {"kind": "managed_nodes", "instance_types": ["m5.large"], "min_size": 1}
BASE: dict[str, Any] = {"region": "eu-west-1", "cluster": {"version": "1.35"}}


def told(cidr: str, *groups: dict[str, Any], **cni: Any) -> list[str]:
    addons = {"vpc_cni": cni, "kube_proxy": {}, "coredns": {}, "eks_pod_identity_agent": {}}
    compute = {f"n{number}": {**NODES, **each} for number, each in enumerate(groups)}
    args = BlueprintArgs.model_validate({**BASE, "network": {"cidr": cidr}, "addons": addons, "compute": compute})
    return [str(each) for each in args.warnings if "addresses for" in each.message and each.path[-1] == "max_size"]


def test_all_nodes_and_one_more_take_an_interface_each() -> None:
    (line,) = told("10.0.0.0/24", {"max_size": 60})
    assert line.startswith("compute.n0.max_size: is more than its subnets have addresses for")
    # m5.large has ten addresses on an interface.
    assert "take at least 610; got " in line
    assert "private-eu-west-1a " in line


@pytest.mark.parametrize(
    ("cidr", "groups", "cni"),
    [
        ("10.0.0.0/16", [{"max_size": 60}], {}),
        ("10.0.0.0/24", [{"max_size": 5}], {}),
        ("10.0.0.0/24", [{"max_size": 60}], {"configuration_values": {"env": {"WARM_IP_TARGET": "2"}}}),
    ],
)
def test_what_fits_or_saves_addresses_is_not_told(cidr: str, groups: list[Any], cni: dict[str, Any]) -> None:
    assert told(cidr, *groups, **cni) == []


def test_groups_share_their_subnets() -> None:
    assert told("10.0.0.0/24", {"max_size": 4}) == []
    assert len(told("10.0.0.0/24", {"max_size": 4}, {"max_size": 4})) == 1


def test_a_group_in_one_zone_has_the_addresses_of_that_zone() -> None:
    (line,) = told("10.0.0.0/24", {"max_size": 5, "zones": ["eu-west-1a"]})
    assert "private-eu-west-1a" in line
    assert "take at least 60" in line
