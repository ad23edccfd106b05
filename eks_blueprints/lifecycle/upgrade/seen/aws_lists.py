"""Lists of the AWS CLI: free addresses of subnets, and which versions of add-ons EKS offers.

Source: EC2 API reference, DescribeSubnets; EKS API reference, DescribeAddonVersions (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from eks_blueprints.lifecycle.upgrade.model import Situation, Subnet
from eks_blueprints.lifecycle.upgrade.seen.answers import answer, rows


def with_subnets(situation: Situation, file: Path) -> Situation:
    """The situation with the free addresses of `aws ec2 describe-subnets`, found by id or by the tag Name.

    Where the plan knows neither, the subnets of the file are taken for the cluster's.

    Raises:
        InputError: if the file is no answer of EC2.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in rows(answer(file, "Subnets", command="aws ec2 describe-subnets")["Subnets"]):
        names = [each.get("Value") for each in rows(row.get("Tags")) if each.get("Key") == "Name"]
        for name in (row.get("SubnetId"), *names):
            found[str(name)] = row
    if all("${" in each.name for each in situation.subnets):  # they are looked up, so that the plan does not know them
        subnets = tuple(
            _subnet(Subnet(name, "", None), row) for name, row in found.items() if row.get("SubnetId") == name
        )
    else:
        subnets = tuple(_subnet(each, found.get(each.name)) for each in situation.subnets)
    return replace(situation, subnets=subnets, looked_at=(*situation.looked_at, "subnets"))


def _subnet(each: Subnet, row: dict[str, Any] | None) -> Subnet:
    free = row.get("AvailableIpAddressCount") if row is not None else None
    zone = row.get("AvailabilityZone") if row is not None else None
    known = isinstance(free, int) and not isinstance(free, bool) and free >= 0
    return replace(each, free=free if known else None, zone=str(zone or each.zone))


def with_addon_versions(situation: Situation, files: Iterable[Path]) -> Situation:
    """The situation with the versions of `aws eks describe-addon-versions`, the newest first.

    Raises:
        InputError: if a file is no answer of EKS.
    """
    offered: dict[str, dict[str, tuple[str, ...]]] = {}
    for file in files:
        for addon in rows(answer(file, "addons", command="aws eks describe-addon-versions")["addons"]):
            by_minor = offered.setdefault(str(addon.get("addonName")), {})
            for each in rows(addon.get("addonVersions")):
                for fit in rows(each.get("compatibilities")):
                    key = str(fit.get("clusterVersion"))
                    by_minor[key] = (*by_minor.get(key, ()), str(each.get("addonVersion")))
    merged = {**situation.offered, **offered}
    return replace(situation, offered=merged, looked_at=(*situation.looked_at, "add-on versions"))
