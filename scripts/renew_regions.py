"""Write `network/regions.toml` and `core/facts/partitions.toml` again: AWS's regions, zone ids and partitions.

    pip download --no-deps botocore && unzip botocore-*.whl 'botocore/data/*.json'
    curl -O https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.md
    python scripts/renew_regions.py botocore/data aws-availability-zones.md

Partitions and EKS regions are read from botocore's own tables, zone ids from AWS's page. The page lists the partition
`aws` only; `OTHER_ZONES` adds the regions outside it, and regions in none of them must be given their zones.
"""

import json
import re
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parents[1] / "eks_blueprints"
TARGET = _PACKAGE / "network" / "regions.toml"
PARTITIONS = _PACKAGE / "core" / "facts" / "partitions.toml"

# AWS General Reference, "Amazon EMR Serverless endpoints and quotas", read 2026-11: the zone ids it names per region;
# cn-northwest-1 is not on that page and is not checked against AWS: mend it with `describe-availability-zones`.
OTHER_ZONES = {
    "cn-north-1": ["cnn1-az1", "cnn1-az2"],
    "cn-northwest-1": ["cnnw1-az1", "cnnw1-az2", "cnnw1-az3"],
    "us-gov-east-1": ["usge1-az1", "usge1-az2", "usge1-az3"],
    "us-gov-west-1": ["usgw1-az1", "usgw1-az2", "usgw1-az3"],
}

# EKS User Guide, "View Amazon EKS networking requirements for VPC and subnets", subnet requirements for clusters.
REFUSED = ["use1-az3", "usw1-az2", "cac1-az3"]

# Zones that new accounts do not see ("constrained", on AWS's page of zones): apne1-az3 after the pages of services
# that name their zones (EFS, EMR), cnn1-az4 after eksctl-io/eksctl#3916. A default must not name them.
CONSTRAINED = ["apne1-az3", "cnn1-az4"]


def partitions(data: Path) -> dict[str, dict[str, Any]]:
    """Name, DNS suffixes, form of the region names and EKS regions of each partition."""
    known = json.loads((data / "partitions.json").read_text())["partitions"]
    endpoints = json.loads((data / "endpoints.json").read_text())["partitions"]
    regions = {part["partition"]: part["services"].get("eks", {}).get("endpoints", {}) for part in endpoints}
    return {
        part["id"]: {
            "dns_suffix": part["outputs"]["dnsSuffix"],
            "dual_stack_dns_suffix": part["outputs"]["dualStackDnsSuffix"],
            "region_pattern": part["regionRegex"].replace("\\-", "-"),
            "regions": sorted(r for r in regions.get(part["id"], {}) if not r.startswith("fips-")),
        }
        for part in known
    }


def zones(page: str) -> dict[str, list[str]]:
    """Zone ids by region, from the tables of AWS's page."""
    found: dict[str, list[str]] = defaultdict(list)
    for zone, region in re.findall(r"^\| `?([a-z]+\d-az\d)`?\s*\| `?([a-z0-9-]+)`?", page, re.MULTILINE):
        found[region].append(zone)
    return dict(found) | OTHER_ZONES


def partitions_toml(parts: dict[str, dict[str, Any]]) -> str:
    """The table of partitions as text."""
    lines = [
        "# Partitions of AWS.",
        "# source: botocore partitions.json",
        f"# as_of:  {datetime.now(UTC):%Y-%m-%d}",
        "# renew:  python scripts/renew_regions.py BOTOCORE_DATA ZONES_PAGE",
        "# needs:  botocore's data, and AWS's page of zones",
    ]
    for name, part in parts.items():
        lines += ["", f"[{name}]"]
        lines += [f'{key} = "{part[key]}"' for key in ("dns_suffix", "dual_stack_dns_suffix")]
        lines += [f"region_pattern = '{part['region_pattern']}'"]
    return "\n".join(lines) + "\n"


def toml(parts: dict[str, dict[str, Any]], ids: dict[str, list[str]]) -> str:
    """The table of regions and zones as text."""
    lines = [
        "# Regions and zones of AWS.",
        "# renew:  python scripts/renew_regions.py BOTOCORE_DATA ZONES_PAGE",
        "# needs:  botocore's data, and AWS's page of zones",
        f'as_of = "{datetime.now(UTC):%Y-%m-%d}"',
        'source = "botocore endpoints.json (EKS); AWS Regions and Availability Zones, AZ IDs"',
        "# Zones in which EKS takes no subnet of a cluster.",
        f"refused = {json.dumps(REFUSED)}",
        "# Zones that not every account has; never a default.",
        f"constrained = {json.dumps(CONSTRAINED)}",
    ]
    lines += ["", "# EKS's regions: partition, and zone ids where they are public.", "[regions]"]
    for name, part in parts.items():
        for region in part["regions"]:
            lines.append(f'{region} = {{ partition = "{name}", zones = {json.dumps(ids.get(region, []))} }}')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    found = partitions(Path(sys.argv[1]))
    PARTITIONS.write_text(partitions_toml(found))
    TARGET.write_text(toml(found, zones(Path(sys.argv[2]).read_text())))
