"""Releases as objects in the cluster, which a controller there carries out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pulumi

from eks_blueprints.core.component import Component, in_cluster
from eks_blueprints.core.helm import HelmRelease
from eks_blueprints.core.kubernetes_object import KubernetesObject


class ObjectDelivery:
    """Writes each release down as an object, after those that it stands on, and waits until it is ready."""

    ready_when: ClassVar[str]
    """What the object says of itself once the release is ready, as `pulumi.com/waitFor` spells it."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def sources(self, release: HelmRelease) -> dict[str, dict[str, Any]]:
        """Objects that have to be there before a release's own, by the end of their resources' names."""
        return {}

    def object(self, release: HelmRelease) -> dict[str, Any]:
        """The object of a release."""
        raise NotImplementedError(f"{type(self).__name__} says nothing about the object of a release")

    def deliver(
        self,
        component: Component,
        release: HelmRelease,
        *,
        cluster: pulumi.Resource | None,
        after: Sequence[pulumi.Resource],
    ) -> pulumi.Resource:
        """Make the objects of a release."""
        name = f"{component.pulumi_resource_name}-{release.role}"
        common: dict[str, Any] = {
            "retain_on_delete": release.keep or None,
            **in_cluster(cluster, goes_with_it=release.goes_with_cluster),
        }
        sources = [
            KubernetesObject(f"{name}-{role}", made, component.child(depends_on=after, **common))
            for role, made in self.sources(release).items()
        ]
        limit = f"{release.timeout_seconds}s"
        timeouts = pulumi.CustomTimeouts(create=limit, update=limit, delete=limit)
        opts = component.child(depends_on=[*after, *sources], custom_timeouts=timeouts, **common)
        return KubernetesObject(name, self.object(release), opts)

    def metadata(self, release: HelmRelease) -> dict[str, Any]:
        """The metadata of the object of a release."""
        metadata: dict[str, Any] = {"name": release.name, "namespace": self._namespace}
        if release.wait:
            metadata["annotations"] = {"pulumi.com/waitFor": self.ready_when}
        return metadata
