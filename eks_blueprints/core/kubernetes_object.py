"""One Kubernetes object of whatever kind, as Kubernetes writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_kubernetes import _utilities

from eks_blueprints.core import secret_objects
from eks_blueprints.core.errors import Path

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_CORE = "v1"


class KubernetesObject(pulumi.CustomResource):
    """An object by its manifest: the same resource as the class of its kind makes, where the SDK has one.

    The SDK's own class for kinds that it does not know takes `spec` and `metadata` only, and its class for manifests as
    text finds out what is in them when it is too late for a preview. What is in a Secret is secret, as it is with the
    SDK's class of that kind.
    """

    def __init__(
        self,
        name: str,
        manifest: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
        *,
        field_of: Callable[[Path], Path] | None = None,
    ) -> None:
        """Make the object.

        Args:
            name: Name of the resource.
            manifest: What it is.
            opts: Options of the resource.
            field_of: From where in the spec of the component above it a part of the manifest comes.
        """
        # It is read while the resource is made.
        self.field_of = field_of
        version, kind = manifest["apiVersion"], manifest["kind"]
        token = f"kubernetes:{'core/v1' if version == _CORE else version}:{kind}"
        sdk: Any = _utilities  # as the generated classes do, so that the engine takes the plugin of this very SDK
        own = pulumi.ResourceOptions(
            version=sdk.get_version(),
            additional_secret_outputs=list(secret_objects.FIELDS) if secret_objects.is_secret(manifest) else None,
        )
        inputs = secret_objects.guarded(manifest, pulumi.Output.secret)
        super().__init__(token, name, inputs, pulumi.ResourceOptions.merge(opts, own))


def put_on(
    cluster: ClusterRef,
    name: str,
    manifest: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
    field_of: Callable[[Path], Path] | None = None,
) -> tuple[KubernetesObject, ...]:
    """Make an object on a cluster; nothing where a Git repository brings it, which no Secret comes from. For `field_of`
    see `KubernetesObject`."""
    if cluster.from_git and not secret_objects.is_secret(manifest):
        return ()
    return (KubernetesObject(name, manifest, opts, field_of=field_of),)
