"""Which quota of EC2 the vCPUs of an instance type count against.

Source: EC2 user guide, On-Demand and Spot Instance quotas; codes as Service Quotas lists them (2026-11). Quotas are per
account and region; families that are not here (DL, HPC, Trn, P5 on Spot, high memory) have quotas of their own.
"""

from __future__ import annotations

import re

_STANDARD = frozenset("acdhimrtz")
_ON_DEMAND = {"f": "L-74FC7D96", "g": "L-DB2E81BA", "inf": "L-1945791B", "p": "L-417A185B", "x": "L-7295265B"}
_SPOT = {"f": "L-88CF9481", "g": "L-3819A6DF", "inf": "L-B5D1601B", "p": "L-7212CCBC", "x": "L-E3A00192"}
_OTHERS = {"vt": "g"}
"""Families that share another one's quota."""


def vcpu_quota(instance_type: str, *, spot: bool = False) -> str | None:
    """Code of the quota of an instance type such as `m7g.large`; None where it is not known."""
    letters = re.match(r"[a-z]+", instance_type)
    if letters is None or (spot and instance_type.startswith(("p5", "p6"))):
        return None
    family = _OTHERS.get(letters[0], letters[0])
    if family in (_SPOT if spot else _ON_DEMAND):
        return (_SPOT if spot else _ON_DEMAND)[family]
    standard = family in _STANDARD or family in ("im", "is")
    return ("L-34B43A08" if spot else "L-1216C47A") if standard else None
