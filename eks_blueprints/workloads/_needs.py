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


def unserved(ground: Ground, group: str) -> str | None:
    """The message where nothing on the cluster serves an API group of metrics; None where something does, or may."""
    if ground.metrics is None or group in ground.metrics or (ground.addons or frozenset()) & _OF_ONES_OWN:
        return None
    if group == "metrics.k8s.io":
        return "reads what pods use from the metrics server; got no such add-on; add metrics_server to addons"
    return f"needs an add-on that serves {group}; got none; {_SERVERS[group]}"


_SERVERS = {
    "custom.metrics.k8s.io": "add prometheus_adapter to addons",
    "external.metrics.k8s.io": "use scaled_object with keda, or add prometheus_adapter with rules.external in values",
}
