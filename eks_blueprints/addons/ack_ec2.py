"""ACK's controller for Amazon EC2."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckEc2(AckRolePasser):
    """Make networks and their parts (VPCs, subnets, routes, security groups, endpoints), and instances."""

    service: ClassVar[str] = "ec2"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("ec2.amazonaws.com", "vpc-flow-logs.amazonaws.com")
