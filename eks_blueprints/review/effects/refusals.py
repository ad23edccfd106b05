"""What AWS or Kubernetes will refuse although the provider plans it: told before the merge, not during `up`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.effects.refused_clusters import refused_clusters
from eks_blueprints.review.effects.refused_deletions import refused_deletions
from eks_blueprints.review.effects.refused_groups import refused_groups
from eks_blueprints.review.effects.refused_networks import refused_networks
from eks_blueprints.review.effects.refused_objects import refused_objects
from eks_blueprints.review.effects.refused_versions import refused_versions
from eks_blueprints.review.effects.refused_volumes import refused_volumes
from eks_blueprints.review.effects.words import Attention

_TOLD: tuple[Callable[[PlanDiff], Iterator[Attention]], ...] = (
    refused_versions,
    refused_clusters,
    refused_networks,
    refused_groups,
    refused_deletions,
    refused_objects,
    refused_volumes,
)


def refusals(diff: PlanDiff) -> Iterator[Attention]:
    """Refused for certain is a danger; what hangs on facts that no plan holds is a warning or a note."""
    for told in _TOLD:
        yield from told(diff)
