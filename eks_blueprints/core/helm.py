"""Helm releases: what an add-on asks for, and who carries it out.

A `HelmRelease` is a value. A `Delivery` turns it into resources: `Direct` installs it with Helm from this program;
others may write it down for Argo CD or Flux instead. No pulumi at import time, so that specs can name charts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef


@dataclass(frozen=True, slots=True)
class Chart:
    """A Helm chart: its name, the version that is pinned, and where it comes from (`https://…` or `oci://…`)."""

    name: str
    version: str
    repository: str

    @property
    def is_oci(self) -> bool:
        """Whether it lies in a container registry."""
        return self.repository.startswith("oci://")

    @property
    def url(self) -> str:
        """Name and place in one, as an OCI registry wants it."""
        return f"{self.repository.rstrip('/')}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class Login:
    """User and password of a private chart repository."""

    username: In[str]
    password: In[str]


@dataclass(frozen=True, kw_only=True)
class HelmRelease:
    """What an add-on asks for: a chart, where it goes, and its values."""

    role: str = "release"
    """What it is to its add-on; part of the resource's name."""
    name: str
    """Name of the release in the cluster; charts derive names of objects from it."""
    chart: Chart
    namespace: str
    create_namespace: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    """Values of the chart. Their shape is known; a leaf may be an Output."""
    login: Login | None = None
    timeout_seconds: int = 600
    atomic: bool = True
    wait: bool = True
    """Whether its objects have to be ready before anything that depends on it is created."""
    skip_crds: bool = False
    keep: bool = False
    """Whether it stays on the cluster when it is taken out of the program."""
    goes_with_cluster: bool = False
    """Whether it needs no deleting where the cluster itself is deleted."""


class Delivery(Protocol):
    """Carries out what add-ons ask for."""

    def deliver(self, name: str, release: HelmRelease, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        """Make the resource of that name; what comes back exists once the release is ready."""


def deliver(
    by: Delivery, component: Component, cluster: ClusterRef, release: HelmRelease, after: Sequence[pulumi.Resource]
) -> pulumi.Resource:
    """Make a release part of a component, after `after`; what comes back exists once the release is ready."""
    from eks_blueprints.core.component import in_cluster

    opts = component.child(
        depends_on=after,
        retain_on_delete=release.keep or None,
        **in_cluster(cluster.resource, goes_with_it=release.goes_with_cluster),
    )
    return by.deliver(f"{component.pulumi_resource_name}-{release.role}", release, opts)


class Direct:
    """Installs with Helm, from this program."""

    def deliver(self, name: str, release: HelmRelease, opts: pulumi.ResourceOptions) -> pulumi.Resource:
        """Install it by a `kubernetes.helm.v3.Release`."""
        import pulumi_kubernetes as kubernetes

        chart = release.chart
        return kubernetes.helm.v3.Release(
            name,
            name=release.name,
            chart=chart.url if chart.is_oci else chart.name,
            version=chart.version,
            namespace=release.namespace,
            create_namespace=release.create_namespace or None,
            repository_opts=_repository(release),
            values=dict(release.values) or None,
            timeout=release.timeout_seconds,
            atomic=release.atomic,
            skip_await=None if release.wait else True,
            skip_crds=release.skip_crds or None,
            opts=opts,
        )


def _repository(release: HelmRelease) -> Any:
    import pulumi

    options: dict[str, Any] = {} if release.chart.is_oci else {"repo": release.chart.repository}
    if release.login is not None:
        options["username"] = release.login.username
        options["password"] = pulumi.Output.secret(release.login.password)
    return options or None
