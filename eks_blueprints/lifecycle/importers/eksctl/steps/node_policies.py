"""What `withAddonPolicies` lets the nodes of a group do: policies of AWS, or statements of their role."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.access.load_balancer_permissions import controller_permissions
from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.eksctl.build import Build
from eks_blueprints.lifecycle.importers.eksctl.source import Node
from eks_blueprints.lifecycle.importers.eksctl.steps.identities import partition, policy_key

_OF_AWS = {
    "imageBuilder": "AmazonEC2ContainerRegistryPowerUser",
    "ebs": "service-role/AmazonEBSCSIDriverPolicy",
    "cloudWatch": "CloudWatchAgentServerPolicy",
}
"""Those that are policies of AWS. Source: cfn/builder/iam_helper.go, 2026-08."""
_LOAD_BALANCERS = ("awsLoadBalancerController", "albIngress")


def of_addons(build: Build, node: Node, base: Path) -> None:
    """Give the nodes of the group at `base` what each of them says; what has no statements is left to be reported."""
    for each in node.members():
        key = str(each.path[-1])
        if each.value is not True:
            build.tell(each, "leave it out: it is off unless it is written")
        elif key in _OF_AWS:
            arn = f"arn:{partition(build)}:iam::aws:policy/{_OF_AWS[key]}"
            field = (*base, "policies")
            build.put((*field, policy_key(arn, build.at(field, {}))), arn, each)
        elif statements := _statements(key, partition(build)):
            build.put((*base, "iam_role", "allow"), statements, each)


def _statements(key: str, of: str) -> list[dict[str, Any]]:
    if key in _LOAD_BALANCERS:
        return [
            {
                "actions": list(each.actions),
                "resources": list(each.on),
                **({"conditions": each.when} if each.when else {}),
            }
            for each in controller_permissions(of)
        ]
    return [
        {
            "actions": each["actions"],
            "resources": [arn.format(partition=of) for arn in each.get("resources", ["*"])],
        }
        for each in _table().get(key, ())
    ]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(FilePath(__file__).parents[1].joinpath("node_policies.toml").read_text(encoding="utf-8"))
