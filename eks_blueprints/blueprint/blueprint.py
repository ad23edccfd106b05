"""Composes a platform: network, cluster, access, compute and add-ons, each waiting for what it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi

from eks_blueprints.access.component import Access
from eks_blueprints.access.pod_identity import PodIdentity
from eks_blueprints.access.spec import AccessArgs
from eks_blueprints.blueprint import addon_delivery
from eks_blueprints.blueprint.addon_defaults import mirrored, only_fargate, pod_standards, prometheus, settled
from eks_blueprints.blueprint.ground import addon_homes, addon_kinds, metrics, places
from eks_blueprints.blueprint.kinds import ClusterAutoscaler, Karpenter
from eks_blueprints.blueprint.node_role_checks import entry_type, groups_of
from eks_blueprints.blueprint.order import awaited, in_order
from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.blueprint.stack import Stack
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.blueprint.telemetry import certificate_arns, observed, telemetry
from eks_blueprints.cluster.component import Cluster
from eks_blueprints.core.component import Component
from eks_blueprints.core.refs import ClusterRef, SecurityGroupRef
from eks_blueprints.kubernetes.namespace_names import OF_EVERY_CLUSTER
from eks_blueprints.network import zones
from eks_blueprints.network.component import Network, make_network
from eks_blueprints.network.existing import ExistingNetwork
from eks_blueprints.network.security_group_names import STANDING

if TYPE_CHECKING:
    from eks_blueprints.agents.component import GitOps
    from eks_blueprints.kubernetes.namespace import Namespace
    from eks_blueprints.network.security_groups import SecurityGroup
    from eks_blueprints.observability.component import Observability
    from eks_blueprints.teams._onboarded import OnboardedTeam


class Blueprint(Stack[BlueprintArgs]):
    """A whole EKS platform.

    Subclass it in a team's own repository: `Args` names a spec class with other defaults or further fields, `prepare`
    changes a spec before anything is made of it, `extend` adds resources. A stack file picks the subclass with
    `blueprint: acme.platform.AcmeBlueprint`.

    Its resources use their own AWS provider; see `Stack`.
    """

    Args: ClassVar[type[StackArgs]] = BlueprintArgs
    """Spec class of the stack files that name this blueprint."""

    network: Network | ExistingNetwork
    security_groups: dict[str, SecurityGroup]
    """The component of each security group, by its name."""
    cluster: Cluster
    access: Access | None
    """Its access entries; None where there are none besides the creator's."""
    namespaces: dict[str, Namespace]
    """The component of each namespace, by its name."""
    pod_identities: dict[str, PodIdentity]
    """The component of each of your own service accounts with AWS permissions, by its name in the spec."""
    addons: dict[str, Component]
    """The component of each add-on, by its name."""
    compute: dict[str, Component]
    """The component of each compute element, by its name."""
    workloads: dict[str, Component]
    """The component of each workload, by its name."""
    teams: dict[str, OnboardedTeam]
    """The component of each team, by its name."""
    gitops: GitOps | None
    """The component of what Argo CD or Flux keeps; None where there is nothing."""
    observability: Observability | None
    """The component of its alarms and dashboards; None where there are none."""

    def _make(self, name: str) -> None:
        self.network = self._make_network(name)
        self.security_groups = self._make_security_groups(name)
        self.cluster = self._make_cluster(name)
        self._make_rules(name)
        self.access = self._make_access(name)
        self.namespaces = self._make_namespaces()
        self.teams = {team.name: team.prepare(self.ref) for team in self.args.teams}
        self._all_namespaces = {**self.namespaces}
        for team in self.teams.values():
            self._all_namespaces |= team.namespaces
        self._give_groups_to_pods()
        self.pod_identities = self._make_pod_identities(name)
        self._put_elements()
        self.gitops = self._make_gitops(name)
        self.observability = self._observe(name)
        self._deliver_from_git(name)

    def outputs(self) -> dict[str, Any]:
        """What a stack exports of the platform."""
        cluster = self.cluster
        return {
            "cluster_name": cluster.name,
            "cluster_arn": cluster.arn,
            "cluster_endpoint": cluster.endpoint,
            "oidc_issuer": cluster.oidc_issuer,
            "kubeconfig": cluster.kubeconfig,
            "update_kubeconfig": cluster.update_kubeconfig,
            "vpc_id": self.network.ref.vpc_id,
            **self._made_besides(),
        }

    def _made_besides(self) -> dict[str, Any]:
        made = {name: each.role.arn for name, each in self.pod_identities.items() if each.role is not None}
        urls = {name: each.repository_urls for name, each in self.teams.items() if each.repository_urls}
        arns = {"pod_identity_role_arns": made} if made else {}
        agents = {key: value for each in self.addons.values() for key, value in each.exported.items()}
        agents |= self.gitops.exported if self.gitops is not None else {}
        return arns | ({"ecr_repository_urls": urls} if urls else {}) | agents

    @property
    def ref(self) -> ClusterRef:
        """The cluster, for elements that are put on it in `extend` or beside the blueprint."""
        ready = self.access.ready if self.access else ()
        autoscaled = any(isinstance(addon, ClusterAutoscaler) for addon in self.args.addons)
        facts: dict[str, Any] = {"autoscaled": autoscaled, "only_fargate": only_fargate(self.args)}
        groups = {key: SecurityGroupRef(id=each.id, ready=each.ready) for key, each in self.security_groups.items()}
        facts |= {"security_groups": groups}
        facts |= {"places": places(self.args), "addons": addon_kinds(self.args)}
        facts |= {"addon_homes": addon_homes(self.args), "metrics": metrics(self.args)}
        facts |= {"prometheus": prometheus(self.args), "pod_standards": pod_standards(self.args)}
        facts |= {"telemetry": telemetry(self.args), "observe": observed(self.args)}
        return replace(self.cluster.ref, parent=self, aws=self._aws, **facts).after(*ready)

    def _make_network(self, name: str) -> Network | ExistingNetwork:
        args = self.args
        cluster_name = args.cluster.name or name
        return make_network(
            f"{name}-network",
            args.network,
            self.child(),
            region=args.region,
            cluster_name=cluster_name,
            tags=args.tags,
        )

    def _make_cluster(self, name: str) -> Cluster:
        args = self.args
        partition = zones.partition(args.region)
        network = self.network.ref
        return Cluster(
            name,
            args.cluster,
            self.child(),
            network=network,
            region=args.region,
            partition=partition,
            tags=args.tags,
            caller=self._caller,
            security_groups={key: each.id for key, each in self.security_groups.items()},
        )

    def _make_security_groups(self, name: str, **standing: pulumi.Input[str] | None) -> dict[str, SecurityGroup]:
        """The groups that are made or named by their ids; with `standing`, those that stand by themselves."""
        chosen = {key: each for key, each in self.args.security_groups.items() if (key in STANDING) == bool(standing)}
        if not chosen:
            return {}
        from eks_blueprints.network.security_groups import SecurityGroup

        facts: dict[str, Any] = {"vpc_id": self.network.ref.vpc_id, "tags": self.args.tags}
        return {
            key: SecurityGroup(
                f"{name}-security-group-{key}", each, self.child(), key=key, standing=standing.get(key), **facts
            )
            for key, each in chosen.items()
        }

    def _make_rules(self, name: str) -> None:
        if not self.args.security_groups:
            return
        ids = {"cluster": self.cluster.security_group_id, "endpoints": self.network.ref.endpoints_group_id}
        self.security_groups |= self._make_security_groups(name, **ids)
        known = {key: found for key, found in ids.items() if found is not None}
        known |= {key: each.id for key, each in self.security_groups.items()}
        for each in self.security_groups.values():
            each.add_rules(known)

    def _make_access(self, name: str) -> Access | None:
        if not self.args.access:
            return None
        args = AccessArgs(entries=self.args.access)
        deployer = self.args.account.role_arn if self.args.account else None
        cluster = replace(self.cluster.ref, aws=self._aws)
        return Access(f"{name}-access", args, self.child(), cluster=cluster, deployer=deployer)

    def _make_namespaces(self) -> dict[str, Namespace]:
        if not self.args.namespaces:
            return {}
        from eks_blueprints.kubernetes.namespace import Namespace

        return {key: Namespace(key, each, cluster=self.ref) for key, each in self.args.namespaces.items()}

    def _give_groups_to_pods(self) -> None:
        self._pod_groups: dict[str, list[pulumi.Resource]] = {}
        for group in self.security_groups.values():
            for namespace, policy in group.give_to_pods(self.ref, self._within):
                # A namespace that an add-on makes is not there yet.
                if namespace in (*self._all_namespaces, *OF_EVERY_CLUSTER):
                    self._pod_groups.setdefault(namespace, []).append(policy)

    def _within(self, namespace: str, cluster: ClusterRef) -> ClusterRef:
        """The cluster for what is put into a namespace."""
        made = self._all_namespaces.get(namespace)
        return cluster.after(*made.ready) if made else cluster

    def _make_pod_identities(self, name: str) -> dict[str, PodIdentity]:
        cluster = self.ref
        return {
            key: PodIdentity(
                f"{name}-pod-identity-{key.replace('_', '-')}",
                each,
                self.child(),
                cluster=self._within(each.namespace, cluster) if each.create_service_account else cluster,
                key=key,
            )
            for key, each in self.args.pod_identity_associations.items()
        }

    def _put_elements(self) -> None:
        cluster = self.ref
        self.addons = {}
        self._install(cluster, before_nodes=True)
        for_nodes = cluster.after(*cluster.network.ready, *_ready(self.addons))
        self.compute = {}
        for_nodes = self._make_node_roles(for_nodes)
        self._attach(for_nodes, runs_beside=False)
        self._attach(for_nodes.after(*_ready(self.compute)), runs_beside=True)
        # A pod that is started before its service account has a role never gets one.
        ready = (*_ready(self.compute), *_ready(self.pod_identities))
        self._install(cluster.after(*ready), before_nodes=False)
        self._run(self._carried(cluster.after(*ready, *_ready(self.addons))))

    def _run(self, cluster: ClusterRef) -> None:
        """Make the workloads when all else is there: the kinds of their objects, and what looks at them."""
        self.workloads = {}
        for workload in self.args.workloads:
            within = self._within(workload.namespace, cluster).after(*self._pod_groups.get(workload.namespace, ()))
            self.workloads[workload.name] = workload.deploy(within)
        for team in self.args.teams:
            groups = [policy for home in team.homes for policy in self._pod_groups.get(home, ())]
            team.move_in(self.teams[team.name], cluster.after(*groups))

    def _make_gitops(self, name: str) -> GitOps | None:
        """Make what the agent reads last of all, so that what it has deployed goes before all that this stands on."""
        args = self.args.gitops
        if args is None:
            return None
        from eks_blueprints.agents.component import GitOps

        cluster = self.ref.after(*_ready(self.compute), *_ready(self.addons), *_ready(self._all_namespaces))
        return GitOps(f"{name}-gitops", args, cluster=cluster)

    def _observe(self, name: str) -> Observability | None:
        """Make alarms and dashboards when the add-ons are there: the kinds of their objects, and what reads them."""
        args = self.args.observability
        if args is None or (args.alarms is None and args.dashboards is None):
            return None
        from eks_blueprints.observability.component import Observability

        cluster = self._carried(self.ref.after(*_ready(self.addons)))
        arns = certificate_arns(self.args)
        return Observability(f"{name}-observability", args, cluster=cluster, certificate_arns=arns)

    def _carried(self, cluster: ClusterRef) -> ClusterRef:
        """The cluster for what a Git repository may bring."""
        return replace(cluster, from_git=addon_delivery.from_git(self.args))

    def _deliver_from_git(self, name: str) -> None:
        """Have the agent read the repository once all is there that its objects need: it goes first of all, too."""
        objects = addon_delivery.sources(self.args, pulumi.get_stack()) if addon_delivery.from_git(self.args) else {}
        if not objects:
            return
        from eks_blueprints.core.component import in_cluster
        from eks_blueprints.core.kubernetes_object import KubernetesObject

        teams = [resource for team in self.teams.values() for resource in team.ready]
        needed = (*_ready(self.compute), *_ready(self.pod_identities), *_ready(self.addons), *_ready(self.workloads))
        cluster = self.ref.after(*_ready(self.namespaces), *needed, *teams)
        # What it has made may hold load balancers and volumes, which the cluster's end would leave behind.
        options = in_cluster(cluster.resource, goes_with_it=False)
        made: list[pulumi.Resource] = []
        for role, manifest in objects.items():
            own = pulumi.ResourceOptions(depends_on=[*cluster.ready, *made], **options)
            opts = pulumi.ResourceOptions.merge(cluster.options(), own)
            made.append(KubernetesObject(f"{name}-gitops-{role}", manifest, opts))

    def _make_node_roles(self, cluster: ClusterRef) -> ClusterRef:
        made = {}
        for key, role in self.args.node_roles.items():
            entry = entry_type(groups_of(key, self.args.compute))
            made[key] = role.make(key, cluster, entry)
        return replace(cluster, node_roles=made)

    def _attach(self, cluster: ClusterRef, *, runs_beside: bool) -> None:
        elements = [mirrored(element, self.args) for element in self.args.compute if element.runs_beside == runs_beside]
        for element in elements:
            home = element.namespace if isinstance(element, Karpenter) else ""
            self.compute[element.name] = element.attach(self._within(home, cluster))

    def _install(self, cluster: ClusterRef, *, before_nodes: bool) -> None:
        addons = settled(self.args)
        by = addon_delivery.carrier(self.args)
        carried = addon_delivery.carried(self.args, addons)
        first = awaited(addons, carried, by.name if by else "")
        from_git = addon_delivery.from_git(self.args)
        for addon in in_order(addons, first):
            if addon.before_nodes == before_nodes:
                needed = {name: self.addons[name] for name in first[addon.name] if name in self.addons}
                delivery = addon_delivery.delivery(self.args) if addon.name in carried else None
                within = cluster.after(*_ready(needed))
                for home in addon.homes:
                    # A pod that is started before the policy that names it does not get the group.
                    within = self._within(home, within).after(*self._pod_groups.get(home, ()))
                ref = replace(within, delivery=delivery, from_git=from_git and addon.name in carried)
                self.addons[addon.name] = addon.install(ref)


def _ready(components: Mapping[str, Component]) -> list[pulumi.Resource]:
    return [resource for component in components.values() for resource in component.ready]
