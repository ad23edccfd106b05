"""Regions and zones."""

import re

import pytest

from eks_blueprints.network import zones


@pytest.mark.parametrize("name", zones.regions())
def test_a_region_has_no_zone_that_eks_refuses(name: str) -> None:
    assert not {"use1-az3", "usw1-az2", "cac1-az3", "apne1-az3"} & set(zones.region(name).zones)


@pytest.mark.parametrize("name", [name for name in zones.regions() if zones.region(name).zones])
def test_a_known_region_has_two_zones_of_its_own(name: str) -> None:
    known = zones.region(name).zones
    assert len(known) >= 2
    assert all(zones.belongs(zone, name) for zone in known)
    assert len({zones.form(zone) for zone in known}) == 1


@pytest.mark.parametrize(
    ("name", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ("eu-north-7", "aws", "amazonaws.com"),
        ("us-gov-south-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_the_partition_follows_the_region_newer_ones_too(name: str, partition: str, suffix: str) -> None:
    found = zones.region(name)
    assert (found.partition, found.dns_suffix) == (partition, suffix)


@pytest.mark.parametrize("name", ["", "eu-west", "eu_west_1", "EU-WEST-1", "eu-west-1a", "mars-west-1", "eu-wést-1"])
def test_what_is_no_region_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=re.escape("is not an AWS region; got ")):
        zones.region(name)


@pytest.mark.parametrize(
    ("zone", "form"),
    [
        ("eu-west-1a", "name"),
        ("us-gov-east-1c", "name"),
        ("euw1-az1", "id"),
        ("usge1-az3", "id"),
        ("us-west-2-lax-1a", "local"),
        ("usw2-lax1-az1", "local"),
        ("us-east-1-wl1-bos-wlz-1", "local"),
        ("use1-wl1-bos-wlz1", "local"),
        ("eu-west-1", None),
        ("a", None),
        ("", None),
        ("eu-west-\uff11a", None),
    ],
)
def test_the_form_of_a_zone(zone: str, form: str | None) -> None:
    assert zones.form(zone) == form


@pytest.mark.parametrize(
    ("zone", "region", "inside"),
    [
        ("eu-west-1a", "eu-west-1", True),
        ("eu-west-11a", "eu-west-1", False),
        ("us-west-2-lax-1a", "us-west-2", True),
        ("us-west-2-lax-1a", "us-west-1", False),
        ("euw1-az9", "eu-west-1", True),
        ("euw2-az1", "eu-west-1", False),
        ("usw2-lax1-az1", "us-west-2", True),
        ("xyz9-az1", "eu-north-7", True),
    ],
)
def test_whether_a_zone_lies_in_a_region(zone: str, region: str, inside: bool) -> None:
    assert zones.belongs(zone, region) is inside


def test_zones_are_offered_by_name_only_where_a_name_is_the_same_in_every_account() -> None:
    assert zones.region("eu-west-1").zones == ("eu-west-1a", "eu-west-1b", "eu-west-1c")
    assert zones.region("us-east-1").zones == ("use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6")
    assert zones.region("ca-central-1").zones == ("cac1-az1", "cac1-az2", "cac1-az4")
    assert zones.region("ap-northeast-1").zones == ("apne1-az1", "apne1-az2", "apne1-az4")
