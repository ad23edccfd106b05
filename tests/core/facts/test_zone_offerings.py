import json
import runpy
import zipfile
from pathlib import Path

import pytest

from eks_blueprints.core.facts.instance_types import names
from eks_blueprints.core.facts.zone_offerings import main_zones, zones_offering
from tests import ROOT

SCRIPT = runpy.run_path(str(ROOT / "scripts" / "zone_offerings.py"))


def test_a_family_stands_for_its_sizes_where_all_are_offered(tmp_path: Path) -> None:
    offered = {"a": ["m5.large", "m5.xlarge", "c5.large"], "b": ["m5.large", "m5.xlarge"]}
    answer = [{"InstanceType": name, "Location": f"z-{zone}"} for zone, types in offered.items() for name in types]
    with zipfile.ZipFile(tmp_path / "moto.whl", "w") as wheel:
        wheel.writestr(f"moto{SCRIPT['FOLDER']}here-1.json", json.dumps(answer))
    names = ["m5.large", "m5.xlarge", "c5.large", "c5.xlarge"]
    rows = SCRIPT["rows"](tmp_path / "moto.whl", names, lambda archive, file: json.loads(archive.read(file)))
    assert list(rows) == ["here-1,z-a,c5.large", "here-1,z-a z-b,m5"]


# EC2's DescribeInstanceTypeOfferings.
@pytest.mark.parametrize(
    ("name", "region", "zones"),
    [
        ("m5.large", "eu-central-1", {"euc1-az1", "euc1-az2", "euc1-az3"}),
        ("inf1.xlarge", "af-south-1", {"afs1-az1", "afs1-az2"}),
        ("m7i.large", "us-west-1", {"usw1-az1", "usw1-az3"}),
        ("p5.48xlarge", "af-south-1", set()),
    ],
)
def test_zones_that_offer_a_type(name: str, region: str, zones: set[str]) -> None:
    assert zones_offering(name, region) == frozenset(zones)


def test_regions_that_are_not_in_the_table_are_unknown() -> None:
    assert zones_offering("m5.large", "cn-north-1") is None
    assert main_zones("cn-north-1") == set()
    assert zones_offering("no.such", "us-east-1") == frozenset()


def test_zones_that_offer_little_are_not_looked_for() -> None:
    assert main_zones("us-east-1") == {"use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"}
    assert main_zones("eu-west-2") == {"euw2-az1", "euw2-az2", "euw2-az3"}


def test_each_region_offers_types_that_are_known() -> None:
    offered = {name for name in names() if zones_offering(name, "us-east-1")}
    assert len(offered) > 1300
