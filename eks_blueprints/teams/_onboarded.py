"""Creates the resources of a team on a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi

from eks_blueprints.access.component import Access
from eks_blueprints.access.pod_identity import PodIdentity
from eks_blueprints.access.spec import AccessArgs
from eks_blueprints.core.component import Component, in_cluster, merge_tags
from eks_blueprints.core.errors import Path
from eks_blueprints.core.iam_roles import account_id
from eks_blueprints.core.kubernetes_object import KubernetesObject, put_on
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.kubernetes import former
from eks_blueprints.kubernetes.namespace import Namespace
from eks_blueprints.registry import ecr
from eks_blueprints.teams._objects import TeamObject
from eks_blueprints.teams.base import TEAM, Team

if TYPE_CHECKING:
    import pulumi_aws as aws

_WAITED = {"ExternalSecret": "condition=Ready", "SecretStore": "condition=Ready"}
"""Kinds that pods depend on, and the condition to wait for."""
_ALONE = frozenset({"ExternalSecret", "LimitRange", "ResourceQuota", "Role", "RoleBinding", "SecretProviderClass"})
_KEPT = "CustomResourceDefinition"


class OnboardedTeam(Component):
    """A team on a cluster. `move_in` adds the parts that need add-ons."""

    of_element: ClassVar[bool] = True

    team: Team
    """The spec that it was created from."""
    namespaces: dict[str, Namespace]
    """The component of each namespace, by their names."""
    access: Access | None
    """Its access entries; None if it has none."""
    service_accounts: dict[str, PodIdentity]
    """The component of each of its service accounts, by their keys."""
    ecr_repositories: dict[str, aws.ecr.Repository]
    """Its private image repositories, by their keys."""
    ecr_public_repositories: dict[str, aws.ecrpublic.Repository]
    """Its public image repositories, by their keys."""
    workloads: dict[str, Component]
    """The component of each of its workloads, by their names."""

    def __init__(self, team: Team, cluster: ClusterRef) -> None:
        place = (*cluster.place, team.group, team.name)
        team.refuse_wrong(cluster.ground, place)
        name = f"{cluster.prefix}-{TEAM}-{team.slug}"
        super().__init__(name, team, cluster.options(), spec_path=place, after=cluster.ready, iam=cluster.iam)
        self.team = team
        self._cluster = self._within(cluster)
        # Without the team in its name, a namespace that moves into a team or out of one is not replaced.
        outside = replace(cluster, tags=self._cluster.tags)
        self.namespaces = {
            key: Namespace(key, _labelled(each, team), cluster=outside, place=(*place, "namespaces", key))
            for key, each in team.homes.items()
        }
        self._homes = [resource for each in self.namespaces.values() for resource in each.ready]
        self.access = self._make_access()
        self.service_accounts = self._make_accounts()
        cluster = self._cluster
        owner = ecr.Owner(
            component=self,
            slug=team.ecr_start,
            region=cluster.region,
            partition=cluster.partition,
            tags=cluster.tags,
            place=self.spec_path,
        )
        self.ecr_repositories = ecr.repositories(owner, team.ecr_repositories)
        self.ecr_public_repositories = ecr.public_repositories(owner, team.ecr_public_repositories)
        ecr.pull_through_caches(owner, team.ecr_pull_through_caches)
        self.workloads = {}
        arn: Any = self._cluster.arn
        objects = list(team.objects(self._cluster.ground, arn))
        self._later = [each for each in objects if not each.early]
        early = [made for each in objects if each.early for made in self._object(each, self._homes, cluster)]
        accounts = [resource for each in self.service_accounts.values() for resource in each.ready]
        self.ready = (*self._homes, *(self.access.ready if self.access else ()), *accounts, *early)
        self.register_outputs({"namespaces": sorted(self.namespaces), "ecr_repository_urls": self.repository_urls})

    @property
    def repository_urls(self) -> dict[str, pulumi.Output[str]]:
        """The URLs of its image repositories, private and public, by their keys."""
        private = {key: each.repository_url for key, each in self.ecr_repositories.items()}
        return private | {f"public-{key}": each.repository_uri for key, each in self.ecr_public_repositories.items()}

    def move_in(self, cluster: ClusterRef) -> None:
        """Create secrets, manifests, workloads and the objects of the Git repository, after all that `cluster` waits
        for."""
        before = [*cluster.ready, *self.ready]
        secrets: list[pulumi.Resource] = []
        for each in (each for each in self._later if each.source[0] == "secrets"):
            secrets += self._object(each, [*before, *secrets[:1]], cluster)
        written = [each for each in self._later if each.source[0] == "manifests"]
        manifests = [made for each in written for made in self._object(each, before, cluster)]
        ready = [*before, *secrets, *manifests]
        within = replace(self._within(cluster), ready=tuple(ready))
        for workload in self.team.workloads:
            self.workloads[workload.name] = _labelled(workload, self.team).deploy(within)
        running = [resource for each in self.workloads.values() for resource in each.ready]
        rest: list[pulumi.Resource] = []
        for each in (each for each in self._later if each.source[0] == "gitops"):
            rest += self._object(each, [*before, *rest], cluster)
        self.ready = (*self.ready, *secrets, *manifests, *running, *rest)

    def _within(self, cluster: ClusterRef) -> ClusterRef:
        """The cluster for the resources of the team: with its name, place and tags."""
        tags = merge_tags(cluster.tags, {TEAM: self.team.slug}, self.team.tags)
        observe = self.team.observe if self.team.observe is not None else cluster.observe
        within = replace(cluster, prefix=self.pulumi_resource_name, parent=self, place=self.spec_path, tags=tags)
        return replace(within, observe=observe)

    def _make_access(self) -> Access | None:
        entries = self.team.entries()
        if not entries:
            return None
        opts = pulumi.ResourceOptions(parent=self)
        return Access(f"{self.pulumi_resource_name}-access", AccessArgs(entries=entries), opts, cluster=self._cluster)

    def _make_accounts(self) -> dict[str, PodIdentity]:
        team, cluster = self.team, self._cluster
        if not (team.service_accounts or team.secrets):
            return {}
        account = account_id(self) if team.secrets else ""
        associations = team.associations(cluster.ground, cluster.partition, account)
        return {
            key: PodIdentity(
                f"{self.pulumi_resource_name}-service-account-{key}",
                each,
                pulumi.ResourceOptions(parent=self),
                cluster=cluster.after(*self.namespaces[each.namespace].ready),
                place=(*self.spec_path, *self._place_of(key)),
            )
            for key, each in associations.items()
        }

    def _place_of(self, key: str) -> Path:
        return ("service_accounts", key) if key in self.team.service_accounts else ("secrets",)

    def _object(self, each: TeamObject, after: Any, cluster: ClusterRef) -> tuple[KubernetesObject, ...]:
        manifest, kind = each.manifest, each.manifest["kind"]
        if kind in _WAITED and each.source[0] == "secrets":
            annotations = {"pulumi.com/waitFor": _WAITED[kind]}
            manifest = {**manifest, "metadata": {**manifest["metadata"], "annotations": annotations}}
        return put_on(
            cluster,
            f"{self.pulumi_resource_name}-{each.key}",
            manifest,
            self.child(
                depends_on=list(after),
                retain_on_delete=kind == _KEPT or None,
                aliases=[pulumi.Alias(type_=name) for name in former.types(manifest)] if _written(each) else None,
                **in_cluster(self._cluster.resource, goes_with_it=kind in _ALONE),
            ),
            field_of=each.field_of,
        )


def _written(found: TeamObject) -> bool:
    """Whether people write the object, and so move to other versions of its API."""
    return found.source[0] == "manifests"


def _labelled(spec: Any, team: Team) -> Any:
    """A namespace or a workload with the label of its team."""
    labels: Mapping[str, str] = {TEAM: team.slug, **spec.labels}
    return spec.model_copy(update={"labels": dict(labels)})
