"""Policies: rules about EKS, Kubernetes, Karpenter and delivery, judged on a plan, by the engine or on a state.

from eks_blueprints.policies import check_plan

report = check_plan(recording.plan(), profile="production")
assert not report.blocked, report.failed()
"""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.policies.check import check_plan as check_plan
    from eks_blueprints.policies.check import check_stack as check_stack
    from eks_blueprints.policies.definition import Context as Context
    from eks_blueprints.policies.definition import Rule as Rule
    from eks_blueprints.policies.definition import rule as rule
    from eks_blueprints.policies.props import Faults as Faults
    from eks_blueprints.policies.props import Props as Props
    from eks_blueprints.policies.report import Finding as Finding
    from eks_blueprints.policies.report import Report as Report

_HOMES = {
    "Context": "definition",
    "Faults": "props",
    "Finding": "report",
    "Props": "props",
    "Report": "report",
    "Rule": "definition",
    "check_plan": "check",
    "check_stack": "check",
    "rule": "definition",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
