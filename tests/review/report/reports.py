"""Reports of small plans, for tests."""

from __future__ import annotations

from typing import Any

from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.report.build import stack_report
from eks_blueprints.review.report.model import Report, StackReport
from tests.plans import changed, plan, platform


def stack(old: Plan | None, new: Plan, **more: Any) -> StackReport:
    """One stack's report, without policies unless they are asked for."""
    return stack_report(old, new, **{"policies": False, **more})


def report(*stacks: StackReport, **more: Any) -> Report:
    """All of them."""
    return Report("shop", "origin/main (3f2c1ab)", stacks, **more)


def replaced_nodes() -> Report:
    """A platform whose node group is replaced and whose API is opened."""
    it = platform()
    vpc = {**it["cluster"].inputs["vpcConfig"], "endpointPublicAccess": True}
    new = {
        **it,
        "nodes": changed(it["nodes"], instanceTypes=["m7i.xlarge"]),
        "cluster": changed(it["cluster"], vpcConfig=vpc),
    }
    return report(stack(plan(*it.values()), plan(*new.values())), commit="abc1234", command="eks-blueprints diff")
