"""A small pack: one rule about a resource, one about a stack."""

from typing import Any

import pulumi_policy as policy  # type: ignore[import-not-found]


def few(args: Any, report: Any) -> None:
    if args.resource_type == "aws:eks/nodeGroup:NodeGroup" and args.props["scalingConfig"]["maxSize"] > 3:
        report("scalingConfig.maxSize is over 3; got 4; lower it")


def named(args: Any, report: Any) -> None:
    report("the stack has no owner")


policy.PolicyPack(
    "small",
    [
        policy.ResourceValidationPolicy("few-nodes", "Node groups stay small.", few, policy.EnforcementLevel.MANDATORY),
        policy.StackValidationPolicy("owned", "Stacks have an owner.", named, policy.EnforcementLevel.ADVISORY),
    ],
)
