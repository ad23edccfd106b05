import runpy

from eks_blueprints.core.facts.instance_types import families
from eks_blueprints.provisioning.spot_shares import date, spot_share
from tests import ROOT

TABLE = runpy.run_path(str(ROOT / "scripts" / "renew_spot.py"))["table"]


def test_shares_are_known_by_family_and_region() -> None:
    for family, sizes in families().items():
        for region in ("us-east-1", "eu-central-1", "ap-southeast-7"):
            found = spot_share(f"{family}.{sizes[0]}", region)
            assert found is None or 0 <= found[0] <= found[1] <= 1
    assert spot_share("m5.large", "us-east-1") == spot_share("m5.24xlarge", "us-east-1")
    assert spot_share("m5.large", "us-east-1") is not None
    assert spot_share("m5.large", "cn-north-1") is None
    assert spot_share("zz9.large", "us-east-1") is None


def test_a_range_is_that_of_a_familys_sizes_and_needs_three() -> None:
    said = {
        "m5.large": 70,
        "m5.xlarge": 54,
        "m5.2xlarge": 60,
        "p5.48xlarge": 20,
        "c5.large": -40,
        "c5.xlarge": 5,
        "c5.metal": 9,
    }
    data = {"spot_advisor": {"eu-west-1": {"Linux": {name: {"s": saved} for name, saved in said.items()}}, "x": {}}}
    made = TABLE(data, "2026-11-30")
    assert made.splitlines()[-1] == "eu-west-1,c5 91-100;m5 30-46"
    assert "# as_of:  2026-11-30" in made
    assert date().startswith("20")
