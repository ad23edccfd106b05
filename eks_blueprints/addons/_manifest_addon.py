"""Add-ons that are Kubernetes objects, written down one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import left_open

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.errors import Path
    from eks_blueprints.core.refs import ClusterRef

_FIRST = ("CustomResourceDefinition", "Namespace")


class ManifestAddOn(AddOn):
    """An add-on that is some Kubernetes objects: `objects` says which, by a short stable name each."""

    makes_outside: ClassVar[bool] = False
    """Whether its objects make things outside the cluster, which have to be taken away before the cluster is."""

    @property
    def home(self) -> str:
        """Kubernetes namespace it runs in; objects may name their own."""
        return "default"

    @left_open
    def objects(self, cluster: ClusterRef) -> Mapping[str, Mapping[str, Any]]:
        """The objects as Kubernetes writes them, by names that become part of the resources' names."""
        raise NotImplementedError(f"{type(self).__name__} says nothing about its objects")

    def install(self, cluster: ClusterRef) -> Component:
        """Make its objects: namespaces and CRDs first, everything else after them."""
        component = self.component(cluster)
        wanted = self.objects(cluster)
        first = {key: manifest for key, manifest in wanted.items() if manifest["kind"] in _FIRST}
        made = [each for key, manifest in first.items() for each in self._object(component, cluster, key, manifest, ())]
        rest = {key: manifest for key, manifest in wanted.items() if key not in first}
        others = [
            each for key, manifest in rest.items() for each in self._object(component, cluster, key, manifest, made)
        ]
        component.ready = (*made, *others)
        component.register_outputs({})
        return component

    def _object(
        self, component: Component, cluster: ClusterRef, key: str, manifest: Mapping[str, Any], after: Any
    ) -> tuple[pulumi.Resource, ...]:
        from pulumi import Alias

        from eks_blueprints.core.component import in_cluster
        from eks_blueprints.core.kubernetes_object import put_on

        # Without their CRD all objects of its kind would go, whoever made them.
        keep = manifest["kind"] == "CustomResourceDefinition"
        return put_on(
            cluster,
            f"{component.pulumi_resource_name}-{key}",
            manifest,
            component.child(
                depends_on=after,
                retain_on_delete=keep or None,
                aliases=[Alias(type_=each) for each in self.former_types(manifest)] or None,
                **in_cluster(cluster.resource, goes_with_it=not self.makes_outside),
            ),
            field_of=self.field_of(key),
        )

    def former_types(self, _manifest: Mapping[str, Any]) -> list[str]:
        """Types under which an object may stand in a state besides its own; none, as these classes write one."""
        return []

    def field_of(self, _key: str) -> Callable[[Path], Path] | None:
        """From which field of the add-on a part of an object comes; None where that is not told."""
        return None
