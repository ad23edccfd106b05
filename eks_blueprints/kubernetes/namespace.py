"""Makes Kubernetes namespaces."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from eks_blueprints.core.component import Component, in_cluster
from eks_blueprints.core.errors import Path
from eks_blueprints.core.kubernetes_object import KubernetesObject
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.kubernetes.namespace_network import policies
from eks_blueprints.kubernetes.namespace_spec import NamespaceArgs


class Namespace(Component):
    """A namespace, its quota, limits and network policies. `ready` is what all that is put into it waits for."""

    resource: kubernetes.core.v1.Namespace

    def __init__(self, key: str, args: NamespaceArgs, *, cluster: ClusterRef, place: Path | None = None) -> None:
        """Make it.

        Args:
            key: its name in the cluster.
            args: what it is.
            cluster: where it is made.
            place: where it stands in a stack file. Default: `namespaces`, under its name.
        """
        name = f"{cluster.prefix}-namespace-{key}"
        super().__init__(name, args, cluster.options(), spec_path=place or ("namespaces", key), after=cluster.ready)
        fields = {"quota": "resource_quota", "limits": "limit_range", "network-policy": "network_policy"}
        self.parts.update({f"{name}-{part}": (*self.spec_path, field) for part, field in fields.items()})
        options = in_cluster(cluster.resource, goes_with_it=True)
        labels = {**args.labels, **(args.pod_security.labels if args.pod_security else {})}
        metadata: Any = {"name": key}
        metadata |= {"labels": dict(sorted(labels.items()))} if labels else {}
        metadata |= {"annotations": dict(args.annotations)} if args.annotations else {}
        self.resource = kubernetes.core.v1.Namespace(
            f"{name}-namespace", metadata=metadata, opts=self.child(protect=args.protect or None, **options)
        )
        inside: list[pulumi.Resource] = []
        opts = self.child(depends_on=[self.resource], **options)
        if args.resource_quota:
            quota: Any = {"name": key, "namespace": key}
            inside.append(
                kubernetes.core.v1.ResourceQuota(
                    f"{name}-quota", metadata=quota, spec={"hard": dict(args.resource_quota)}, opts=opts
                )
            )
        if args.limit_range is not None:
            spec: Any = {"limits": [args.limit_range.item]}
            limits: Any = {"name": key, "namespace": key}
            inside.append(kubernetes.core.v1.LimitRange(f"{name}-limits", metadata=limits, spec=spec, opts=opts))
        for each in policies(args.network_policy, key, cluster.ground) if args.network_policy else ():
            role = f"network-policy-{each['metadata']['name']}"
            inside.append(KubernetesObject(f"{name}-{role}", each, opts))
        self.ready = (self.resource, *inside)
        self.register_outputs({"name": key})
