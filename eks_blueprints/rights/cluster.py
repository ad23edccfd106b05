"""All rights on one cluster: who can do what, and what is not known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eks_blueprints.policies.inside.contents import Contents, contents
from eks_blueprints.policies.objects import WORKLOADS, canonical, namespace_of, object_name, pod_of
from eks_blueprints.policies.platform import ADDON, APPLICATION, cluster_of, clusters, on_cluster
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.roles import ACCOUNT
from eks_blueprints.policies.stack import ANY_OBJECT, Resource, Stack
from eks_blueprints.rights import grants, roles
from eks_blueprints.rights.entries import entries
from eks_blueprints.rights.model import Entry, Grant, Subject

_BY_CONFIG_MAP = ("CONFIG_MAP", "API_AND_CONFIG_MAP")
_PROVIDER = "aws:eks/identityProviderConfig:IdentityProviderConfig"
_DELIVERED = (APPLICATION, "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization")


@dataclass(frozen=True, slots=True, eq=False)
class Rights:
    """The rights on one cluster."""

    cluster: str
    """Its name; empty where the stack makes none."""
    entries: tuple[Entry, ...]
    grants: tuple[Grant, ...]
    accounts: tuple[Subject, ...]
    """The service accounts that the stack and its charts have."""
    unknown: tuple[str, ...]
    """What is not known, in words."""

    def grants_of(self, subject: Subject) -> Iterator[Grant]:
        """All grants that a subject has, those of its groups too."""
        mine = self.names(subject)
        yield from (each for each in self.grants if each.subject in mine or self._as_user(each, subject))

    def names(self, subject: Subject) -> set[Subject]:
        """A subject, and all groups and users that it is for Kubernetes."""
        found = {subject, *(Subject("group", each) for each in subject.groups)}
        if subject.kind == "service account":
            found.add(Subject("user", subject.user))
        for each in self.entries:
            if each.principal == subject:
                found |= {Subject("group", group) for group in each.groups}
                found.add(Subject("user", each.user))
        return found

    def holders(self, grant: Grant) -> list[Subject]:
        """Who has a grant: the principals that are in its group, or are its user; else its subject itself."""
        subject = grant.subject
        if subject.kind == "group":
            return [each.principal for each in self.entries if subject.name in each.groups] or [subject]
        if subject.kind == "user":
            return [each.principal for each in self.entries if is_user(subject.name, each.user)] or [subject]
        return [subject]

    def _as_user(self, grant: Grant, subject: Subject) -> bool:
        return grant.subject.kind == "user" and any(
            each.principal == subject and is_user(grant.subject.name, each.user) for each in self.entries
        )


def is_user(name: str, template: str) -> bool:
    """Whether a user can be one of an access entry's; the session and the like may be anything."""
    before, braces, rest = template.partition("{{")
    if not braces:
        return name == template
    _, _, after = rest.partition("}}")
    fixed = len(before) + len(after.partition("{{")[0])
    return name.startswith(before) and len(name) > fixed and ("{{" in after or name.endswith(after))


def rights(stack: Stack) -> list[Rights]:
    """The rights on each cluster of a stack; on the one that its objects are for where it makes none."""
    made: list[Resource | None] = [*clusters(stack)]
    return stack.once("rights", lambda: [_rights(each, stack) for each in made or [None]])


def _rights(cluster: Resource | None, stack: Stack) -> Rights:
    objects = on_cluster(cluster, stack, ANY_OBJECT)
    charts = [each for each in contents(stack) if _is_on(each, cluster, stack)]
    every = roles.Roles(
        [
            *roles.of_kubernetes(),
            *(r for each in charts for r in roles.of_chart(each)),
            *roles.of_stack(stack, objects),
        ]
    )
    people = entries(cluster, stack)
    given = [
        *grants.of_kubernetes(every),
        *(grant for each in charts for grant in grants.of_chart(each, every)),
        *grants.of_bindings(stack, objects, every),
        *(grant for each in people for grant in grants.of_entry(each)),
    ]
    return Rights(
        "" if cluster is None else str(cluster.inputs.get("name") or cluster.name),
        tuple(people),
        tuple(given),
        tuple(sorted(set(_accounts(stack, objects, charts)))),
        tuple(dict.fromkeys(_unknown(cluster, stack, objects, charts, people, given))),
    )


def _is_on(found: Contents, cluster: Resource | None, stack: Stack) -> bool:
    return cluster is None or cluster_of(found.installed.resource, stack) in (cluster, None)


def _accounts(stack: Stack, objects: list[Resource], charts: list[Contents]) -> Iterator[Subject]:
    for each in objects:
        if each.type == ACCOUNT:
            yield Subject("service account", object_name(each, stack), namespace_of(each, stack))
        elif each.type in WORKLOADS:
            try:
                name = pod_of(each).text("serviceAccountName") or "default"
            except Undetermined:
                continue
            yield Subject("service account", canonical(name, stack), namespace_of(each, stack))
    for chart in charts:
        for workload in chart.rendered.workloads.values() if chart.rendered is not None else ():
            namespace = workload.namespace or chart.installed.namespace
            yield Subject("service account", workload.service_account or "default", namespace)


def _unknown(  # noqa: PLR0917 - all that the rights on a cluster come from
    cluster: Resource | None,
    stack: Stack,
    objects: list[Resource],
    charts: list[Contents],
    people: list[Entry],
    given: list[Grant],
) -> Iterator[str]:
    if cluster is None:
        yield "access entries: this stack makes no cluster"
    else:
        mode = cluster.inputs.get("accessConfig")
        mode = mode.get("authenticationMode") if isinstance(mode, dict) else None
        if mode in _BY_CONFIG_MAP or mode is None:
            yield "the people and roles of the aws-auth ConfigMap, which others can change"
        for provider in on_cluster(cluster, stack, _PROVIDER):
            yield f"the users and groups of the identity provider {provider.name}, whom bindings may name"
    yield from (f"{each.subject}: {each.unknown}" for each in given if each.unknown)
    if any(grants.policy_rules(policy) for each in people for policy, _ in each.policies):
        yield f"what AWS has changed in its access policies since {grants.policies_as_of()}"
    for chart in charts:
        name = chart.installed.chart
        if chart.rendered is None:
            yield f"rights that the chart {name} brings: {chart.how}"
        elif changing := _changing(chart):
            yield f"rights that values of the chart {name} may change: {', '.join(changing)}"
    addons = sorted({str(each.inputs.get("addonName")) for each in on_cluster(cluster, stack, ADDON)})
    if addons:
        yield f"rights that EKS add-ons bring: {', '.join(addons)}"
    if any(each.type in _DELIVERED and not _is_chart(each, charts) for each in objects):
        yield "what Argo CD and Flux deliver from Git repositories"
    if cluster is not None:
        yield "roles and bindings that EKS makes itself (eks:*), and those made by hand"


def _is_chart(resource: Resource, charts: list[Contents]) -> bool:
    return any(each.installed.resource is resource for each in charts)


_NO_RIGHTS = frozenset(
    {
        *("resources", "requests", "limits", "nodeSelector", "tolerations", "affinity", "topologySpreadConstraints"),
        *("replicas", "replicaCount", "image", "podAnnotations", "podLabels", "priorityClassName", "logLevel"),
        *("securityContext", "podSecurityContext", "updateStrategy", "podDisruptionBudget", "serviceMonitor"),
    }
)
"""Names of values that charts use for pods alone, and that give nobody a right."""


def _changing(chart: Contents) -> list[str]:
    """Values whose effect on rights is not known, and parts of a chart that are not known."""
    return [*(".".join(path) for path in chart.unfollowed if not _NO_RIGHTS & {*path}), *chart.lacking]
