"""Releases as objects in the cluster, which a controller there carries out."""

from __future__ import annotations

from typing import Any, ClassVar

import pulumi

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

    def deliver(self, name: str, release: HelmRelease, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        """Make the objects of a release."""
        sources = [KubernetesObject(f"{name}-{role}", made, opts) for role, made in self.sources(release).items()]
        limit = f"{release.timeout_seconds}s"
        timeouts = pulumi.CustomTimeouts(create=limit, update=limit, delete=limit)
        own = pulumi.ResourceOptions(depends_on=sources, custom_timeouts=timeouts)
        return KubernetesObject(name, self.object(release), pulumi.ResourceOptions.merge(opts, own))

    def metadata(self, release: HelmRelease) -> dict[str, Any]:
        """The metadata of the object of a release."""
        metadata: dict[str, Any] = {"name": release.name, "namespace": self._namespace}
        if release.wait:
            metadata["annotations"] = {"pulumi.com/waitFor": self.ready_when}
        return metadata
