"""What the objects of a workload need on the cluster besides nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground

_OF_ONES_OWN = frozenset({"helm", "manifests"})


def is_missing(ground: Ground, *addons: str) -> bool:
    """Whether none of some add-ons is on the cluster, as far as that is known: charts and manifests of one's own may
    bring the same."""
    return ground.addons is not None and not ground.addons & {*addons, *_OF_ONES_OWN}
