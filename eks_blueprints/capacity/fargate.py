"""Pods that run on Fargate: which they are, on machines of what size."""

from __future__ import annotations

from dataclasses import dataclass

from eks_blueprints.capacity.model import Demand, PlannedNode, Platform, Waiting


@dataclass(frozen=True, slots=True)
class OnFargate:
    """What Fargate runs, and what is left for nodes."""

    nodes: tuple[PlannedNode, ...]
    refused: tuple[Waiting, ...]
    others: tuple[Demand, ...]


def on_fargate(platform: Platform, at: str) -> OnFargate:
    """The pods of a platform that its Fargate profiles select."""
    return OnFargate((), (), platform.demands)
