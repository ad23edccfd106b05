"""The rule about waivers themselves."""

from __future__ import annotations

from eks_blueprints.policies.definition import rule
from eks_blueprints.policies.props import Faults, NotApplicable, Props


@rule(
    "waiver-valid",
    params={
        "max_days": 180,
        "max_days_critical": 30,
        "never_waived": [
            "waiver-valid",
            "k8s-removed-api-version",
            "karpenter-nodepool-schema-valid",
            "eks-auto-mode-flags-consistent",
        ],
    },
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def waivers_valid(_: Props) -> Faults:
    """Waivers have an end date and an owner, and match a finding.

    A waiver that has expired, holds for longer than max_days (max_days_critical for critical rules), lacks the ticket
    or the approval that critical rules ask for, or is for a rule of never_waived counts for nothing and is a finding
    itself. One that covers no finding, or runs out within 14 days, is an advisory one.
    """
    # Waivers belong to no resource: they are judged where they are applied.
    raise NotApplicable
    yield
