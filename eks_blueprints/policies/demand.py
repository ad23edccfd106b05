"""Which kind of compute suits a demand, by how it changes over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from statistics import fmean, pstdev
from typing import Literal

Kind = Literal["steady", "slow", "spiky"]

_STEADY = 0.15
"""Largest coefficient of variation of a demand that is called steady. This threshold, and the next one, are ours: AWS
gives none (EKS best practices guide, "Cluster autoscaling")."""
_SUDDEN = 0.5
"""Largest rise from one sample to the next, as a share of the mean, that groups of nodes follow well."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a demand is like."""

    least: float
    mean: float
    peak: float
    variation: float
    """Standard deviation as a share of the mean."""
    rise: float
    """Largest rise between two samples, as a share of the mean."""
    idle: float
    """Share of a group that is always as large as the peak needs which is not used."""

    @property
    def kind(self) -> Kind:
        """What it is called."""
        if self.variation <= _STEADY and self.rise <= _SUDDEN:
            return "steady"
        return "slow" if self.rise <= _SUDDEN else "spiky"


def demand(samples: Sequence[float]) -> Demand:
    """What samples of a demand, in the same distance of time, are like.

    Args:
        samples: vCPUs, GiB or nodes that are needed, two or more, finite, none below 0, and not all 0.

    Raises:
        ValueError: if they are not.
    """
    finite = all(map(isfinite, samples))
    if len(samples) < 2 or not finite or min(samples) < 0 or not max(samples):
        got = ", ".join(f"{each:g}" for each in samples) or "none"
        raise ValueError(f"needs two finite samples or more, none below 0 and one above it; got {got}")
    mean = fmean(samples)
    rise = max(0.0, *(after - before for before, after in pairwise(samples)))
    return Demand(
        least=min(samples),
        mean=mean,
        peak=max(samples),
        variation=pstdev(samples) / mean,
        rise=rise / mean,
        idle=1 - mean / max(samples),
    )
