"""When and where add-ons can run: what the checks across a platform read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

LINUX_ARCHITECTURES = frozenset({"x86_64", "arm64"})


class Stage(IntEnum):
    """When an add-on is installed: after every add-on of an earlier stage.

    A webhook that cannot answer yet refuses other add-ons' objects, so that those with webhooks come one by one and
    are ready before the rest.
    """

    CORE = 0
    """What every pod needs: names, volumes."""
    LOAD_BALANCERS = 1
    """Its webhook looks at every Service."""
    CERTIFICATES = 2
    """Its webhook looks at every Certificate, and other webhooks take their certificates from it."""
    ADMISSION = 3
    """Policies about everything else."""
    REST = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """Where an add-on can run."""

    not_on_fargate: str = ""
    """Why it cannot run where there is nothing but Fargate; empty where it can."""
    in_auto_mode: str = ""
    """What EKS Auto Mode brings in its place; empty where Auto Mode brings nothing like it."""
    not_in_auto_mode: str = ""
    """Why it cannot run on nodes of EKS Auto Mode; empty where it can."""
    architectures: frozenset[str] = LINUX_ARCHITECTURES
    """Processor architectures that its images are there for."""
    from_version: str = ""
    """Oldest Kubernetes version it runs on; empty where every version that EKS offers will do."""
    to_version: str = ""
    """Newest Kubernetes version it runs on; empty where none is known to break it."""
    partitions: frozenset[str] = frozenset()
    """AWS partitions it is there in; empty for all."""
    not_beside: Mapping[str, str] = field(default_factory=dict)
    """Kinds of compute that it cannot run beside, and why."""


OTHER_NETWORK = "its nodes run AWS's own network plugin, and EKS supports no other there"
"""Why network plugins cannot run on nodes of EKS Auto Mode: the EKS user guide on its considerations, 2026-11-29."""

DAEMON = "it runs a DaemonSet on every node, and Fargate runs none"
"""Why most add-ons that cannot run on Fargate cannot."""
