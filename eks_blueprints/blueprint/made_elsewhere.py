"""Kubernetes objects that elements of a platform make: what `manifests` may not make a second time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.kinds import AutoMode, ChartAddOn, HelmAddOn, Karpenter, StorageClasses
from eks_blueprints.core.errors import Path

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

Key = tuple[str, str, str, str]
"""Group, kind, namespace and name of an object; of a kind that has no namespaces, any object has `default`."""

_GROUPS: Mapping[str, str] = {
    "ClusterRole": "rbac.authorization.k8s.io",
    "CronJob": "batch",
    "DaemonSet": "apps",
    "Deployment": "apps",
    "Job": "batch",
    "Role": "rbac.authorization.k8s.io",
    "StatefulSet": "apps",
}
_STORAGE = "storage.k8s.io"


def objects(args: BlueprintArgs, brought: Mapping[str, str]) -> Iterator[tuple[Key, Path]]:
    """Each that is known, and the element that makes it; charts whose names `values` may have changed are left out."""
    for addon in args.addons:
        path: Path = ("addons", addon.name)
        if isinstance(addon, StorageClasses):
            yield from (((_STORAGE, "StorageClass", "default", name), path) for name in addon.classes)
        if isinstance(addon, HelmAddOn):
            for name in _definitions(addon.kind(), brought):
                yield ("apiextensions.k8s.io", "CustomResourceDefinition", "default", name), path
        if isinstance(addon, ChartAddOn) and not addon.values:
            yield from ((key, path) for key in _of_chart(addon))
    for compute in args.compute:
        path = ("compute", compute.name)
        named: dict[tuple[str, str], tuple[str, ...]] = {}
        if isinstance(compute, Karpenter):
            named["karpenter.sh", "NodePool"] = tuple(compute.node_pools)
            named["karpenter.sh", "NodeOverlay"] = tuple(compute.node_overlays)
            named["karpenter.k8s.aws", "EC2NodeClass"] = tuple(compute.node_classes)
        elif isinstance(compute, AutoMode):
            named["karpenter.sh", "NodePool"] = tuple(compute.node_pools)
            named["eks.amazonaws.com", "NodeClass"] = tuple(compute.node_classes)
            named[_STORAGE, "StorageClass"] = tuple(compute.storage_classes)
            named["networking.k8s.io", "IngressClass"] = tuple(compute.ingress_classes)
        for (group, kind), names in named.items():
            yield from (((group, kind, "default", name), path) for name in names)


def _definitions(kind: str, brought: Mapping[str, str]) -> Iterator[str]:
    from eks_blueprints.kubernetes import crds

    if brought.get(kind) == crds.sources().get(kind):
        yield from (each.name for each in crds.kinds() if kind in each.served)


def _of_chart(addon: ChartAddOn) -> Iterator[Key]:
    from eks_blueprints.addons._charts import rendered

    found = rendered(addon)
    if found is None:
        return
    for at, workload in found.workloads.items():
        kind, _, name = at.partition("/")
        if not workload.hook:
            yield _GROUPS[kind], kind, workload.namespace or addon.home, name
    for at in found.roles:
        kind, _, name = at.partition("/")
        if kind == "ClusterRole":
            yield _GROUPS[kind], kind, "default", name
    yield from (("", "ServiceAccount", addon.home, name) for name in addon.service_accounts)
