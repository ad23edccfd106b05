"""What Windows costs on top of an instance.

Sources: "Optimize CPUs for License-Included instances" of the Amazon EC2 user guide for the price of a vCPU; that
burstable types pay less is in AWS's price list, how much less differs by their sizes.
"""

from __future__ import annotations

from eks_blueprints.core.facts.instance_types import InstanceType

_BURSTABLE = frozenset({"t2", "t3", "t3a"})


def windows_fee(facts: InstanceType, vcpu_hour: float) -> tuple[float, float]:
    """US dollars an hour that Windows costs on top, least and most.

    Args:
        facts: The instance type.
        vcpu_hour: US dollars an hour of a vCPU.
    """
    most = facts.vcpus * vcpu_hour
    return 0.0 if facts.family in _BURSTABLE else most, most
