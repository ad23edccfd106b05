"""Protections that end, and doors that open in one direction only."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import NODE_GROUP, ROLE, changed, resource
from tests.review.effects.told import cluster, told

GROUP = resource(NODE_GROUP, "shop-nodes", {"clusterName": "shop"})


class TestSwitches:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ({"deletionProtection": True}, {"deletionProtection": False}, "no longer refuses to delete it"),
            ({"deletionProtection": True}, {}, "no longer refuses to delete it"),
            ({"zonalShiftConfig": {"enabled": True}}, {"zonalShiftConfig": {"enabled": False}}, "a zone"),
            ({"zonalShiftConfig": {"enabled": True}}, {}, "a zone"),
        ],
    )
    def test_of_a_cluster(self, old: dict[str, Any], new: dict[str, Any], said: str) -> None:
        (line,) = told([cluster(**old)], [cluster(**new)], "unprotected")
        assert line.startswith("warning unprotected")
        assert said in line
        assert told([cluster(**new)], [cluster(**old)], "unprotected") == []

    def test_of_a_group_that_was_repaired(self) -> None:
        repaired = changed(GROUP, nodeRepairConfig={"enabled": True})
        assert "unhealthy" in told([repaired], [GROUP], "unprotected")[0]
        assert told([GROUP], [repaired], "unprotected") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a", ..., "it has no permissions boundary any more"),
        ("a", "b", "another policy"),
        (..., "a", ""),
        ("a", "a", ""),
    ],
)
def test_a_boundary_of_rights(old: Any, new: Any, said: str) -> None:
    role = resource(ROLE, "r", {"assumeRolePolicy": "{}"})
    sides = [changed(role, permissionsBoundary=side) for side in (old, new)]
    lines = told([sides[0]], [sides[1]], "unprotected")
    assert [said in line for line in lines] == ([True] if said else [])


class TestOneWay:
    def test_the_config_map_is_given_up(self) -> None:
        sides = [cluster(accessConfig={"authenticationMode": mode}) for mode in ("API_AND_CONFIG_MAP", "API")]
        (line,) = told([sides[0]], [sides[1]])
        assert line.startswith("warning cannot be undone")
        assert "lose access" in line

    def test_encryption_stays(self) -> None:
        key = {"provider": {"keyArn": "k"}, "resources": ["secrets"]}
        assert told([cluster()], [cluster(encryptionConfig=key)])[0].startswith("warning cannot be undone")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (["api", "audit", "authenticator"], ["api"], "loses audit, authenticator"),
        (["audit"], None, "loses audit"),
        (["api", "scheduler"], [], ""),
        ([], ["audit"], ""),
    ],
)
def test_what_is_no_longer_recorded(old: Any, new: Any, said: str) -> None:
    sides = [cluster(**({} if kinds is None else {"enabledClusterLogTypes": kinds})) for kinds in (old, new)]
    lines = told([sides[0]], [sides[1]], "unprotected")
    assert [said in line for line in lines] == ([True] if said else [])
