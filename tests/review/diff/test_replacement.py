"""The table of what cannot be changed in place, held against what the tests' engine is told."""

import pytest

from eks_blueprints.review.diff import replacement
from eks_blueprints.review.diff.changes import Change
from tests.engine.standins.aws.facts import FORCE_NEW

DIFFERS = {
    "aws:ec2/flowLog:FlowLog",  # the stand-in knows properties of an older provider
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",  # updates in place
    "aws:ec2/networkAcl:NetworkAcl",
    "aws:eks/cluster:Cluster",  # by conditions
    "aws:kms/keyPolicy:KeyPolicy",
}


@pytest.mark.parametrize("type_", sorted(set(FORCE_NEW) - DIFFERS))
def test_the_table_knows_what_the_stand_in_provider_knows(type_: str) -> None:
    known = replacement.immutable(type_)
    assert known is not None
    assert set(FORCE_NEW[type_]) <= set(known)


def test_the_table_is_dated_and_says_where_it_is_from() -> None:
    assert replacement.as_of().year >= 2026
    assert "terraform-provider-aws" in replacement.source()


def test_types_that_are_not_in_it_are_unknown() -> None:
    assert replacement.immutable("aws:gamelift/fleet:Fleet") is None
    assert replacement.immutable("pulumi:providers:random") == ()


@pytest.mark.parametrize(
    ("rule", "path", "covered"),
    [
        ("vpcConfig.subnetIds", "vpcConfig.subnetIds[]", True),
        ("vpcConfig.subnetIds", "vpcConfig", True),
        ("instanceTypes", "instanceTypes (order)", True),
        ("name", "names", False),
        ("policy", "policy{}.Statement[Sid=A].Action[]", True),
    ],
)
def test_rules_cover_paths(rule: str, path: str, covered: bool) -> None:
    assert replacement.covers(rule, path) is covered


def test_a_parent_that_comes_without_its_immutable_part_replaces_nothing() -> None:
    type_ = "aws:eks/cluster:Cluster"
    free = Change("accessConfig", new={"authenticationMode": "API"})
    held = Change("accessConfig", new={"bootstrapClusterCreatorAdminPermissions": False})
    assert not replacement.replacing(type_, free, {}, {})
    assert replacement.replacing(type_, held, {}, {})
