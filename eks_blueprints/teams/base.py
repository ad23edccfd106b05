"""What every kind of team has: namespaces, access, and resources in the cluster and in AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, ValidationError, model_validator

from eks_blueprints.access.pod_identity_spec import PodIdentityAssociation
from eks_blueprints.access.spec import AccessEntry, name_problems
from eks_blueprints.core.elements import Element, Workloads
from eks_blueprints.core.errors import Faults, Problem, folded, nearest, shown
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import Tags, key_names, short_names, too_many_tags
from eks_blueprints.core.spec import In, Many
from eks_blueprints.core.statements import StatementArgs
from eks_blueprints.kubernetes.namespace_names import check_namespaces
from eks_blueprints.registry.spec import NAMED, REPOSITORY, EcrPublicRepository, EcrPullThroughCache, EcrRepository
from eks_blueprints.teams import _secrets
from eks_blueprints.teams._access import RoleBinding, TeamAccess
from eks_blueprints.teams._gitops import GitOps
from eks_blueprints.teams._namespaces import TeamNamespace
from eks_blueprints.teams._objects import TeamObject, objects
from eks_blueprints.teams._secrets import TeamSecret
from eks_blueprints.teams._service_accounts import TeamServiceAccount

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef, Ground
    from eks_blueprints.observability.observe_spec import Observe
    from eks_blueprints.teams._onboarded import OnboardedTeam
else:
    Observe = late("eks_blueprints.observability.observe_spec", "Observe")

_ELSEWHERE = {
    "namespace": "write namespaces: {NAME: {}}",
    "namespacehardlimits": "write it for a namespace, as namespaces: {NAME: {resource_quota: …}}",
    "principalarns": "write access: {NAME: {principal_arn: …}}",
    "serviceaccountname": "write service_accounts: {NAME: {allow: […]}}",
    "serviceaccountpolicies": "write service_accounts: {NAME: {policy_arns: …}}",
    "teammanifestdir": "write manifests, or gitops for a folder in Git",
    "teamsecrets": "write secrets",
    "userrolearn": "write access: {NAME: {principal_arn: …}}",
    "users": "write access: {NAME: {principal_arn: …}}",
}
"""Fields of teams of CDK EKS Blueprints and of terraform-aws-eks-blueprints-teams, and what they are here."""

TEAM = "team"
"""Key of the tag and the label with the name of the team."""


def _entry_names(value: dict[str, Any]) -> dict[str, Any]:
    faults = Faults()
    for problem in name_problems(value):
        faults.add(problem.path, problem.message)
    faults.raise_if_any()
    return value


class Team(Element):
    """People who use a cluster, and their namespaces and resources. Subclass it for other defaults, further fields, and
    further resources (`extend`)."""

    group: ClassVar[str] = "teams"
    usual_kind: ClassVar[str | None] = "application_team"

    usual_policy: ClassVar[str | None] = None
    """EKS access policy of principals without `policy`."""
    whole_cluster: ClassVar[bool] = False
    """Whether that policy applies to the whole cluster."""

    namespaces: dict[str, TeamNamespace] = {}
    """Namespaces of the team, by their names."""

    access: Annotated[dict[str, TeamAccess], AfterValidator(_entry_names)] = {}
    """IAM roles and users of the team that can use the Kubernetes API, by a name of your choice."""

    roles: Annotated[dict[str, Many[JsonValues]], AfterValidator(short_names)] = {}
    """Kubernetes Roles by their names, created in each namespace of the team. The rules have Kubernetes' field names,
    such as `{apiGroups: [""], resources: [pods/log], verbs: [get]}`."""

    role_bindings: Annotated[dict[str, RoleBinding], AfterValidator(short_names)] = {}
    """Who has a role in the team's namespaces, by the names of the RoleBindings."""

    service_accounts: Annotated[dict[str, TeamServiceAccount], AfterValidator(short_names)] = {}
    """Service accounts with permissions in AWS, by their names."""

    ecr_repositories: Annotated[dict[str, EcrRepository], AfterValidator(key_names)] = {}
    """Private image repositories in Amazon ECR, by a name of your choice."""

    ecr_public_repositories: Annotated[dict[str, EcrPublicRepository], AfterValidator(key_names)] = {}
    """Public image repositories in Amazon ECR, by a name of your choice."""

    ecr_pull_through_caches: Annotated[dict[str, EcrPullThroughCache], AfterValidator(key_names)] = {}
    """Other registries whose images ECR caches, by a name of your choice."""

    ecr_prefix: Annotated[str, AfterValidator(REPOSITORY)] | None = None
    """What stands before `/` and the key in the names of repositories and caches that have none of their own. A
    registry has a name once: clusters that share an account and a region need different ones, such as `prod/shop`.
    Default: the name of the team."""

    secrets: Annotated[dict[str, TeamSecret], AfterValidator(short_names)] = {}
    """Secrets of AWS Secrets Manager, by the name of the Secret (External Secrets Operator) or SecretProviderClass
    (Secrets Store CSI driver) to create."""

    secrets_by: _secrets.By | None = None
    """What reads `secrets`: `external_secrets` or `secrets_store_csi_driver`. Default: the one that is on the cluster;
    `external_secrets` if both are."""

    secrets_identity: _secrets.Identity = "irsa"
    """Whose IAM role the External Secrets Operator reads `secrets` with: by OIDC a role of each namespace, which may
    read those alone (`irsa`), or its own (`pod_identity`), whose `secret_arns` have to name them. Every team that may
    create a SecretStore can read what the operator's own role may."""

    workloads: Workloads = ()
    """Workloads of the team, by a name of your choice, with the fields of a platform's `workloads`. Default of their
    `namespace`: the team's namespace, if it has only one."""

    observe: Observe | None = None
    """What workloads of the team send that say nothing themselves: metrics, traces, logs. Default: what
    `observability: {workloads: …}` of the platform says."""

    gitops: GitOps | None = None
    """A Git repository that Argo CD or Flux applies to the team's namespaces. Default: none."""

    manifests: Annotated[dict[str, JsonValues], AfterValidator(short_names)] = {}
    """Further Kubernetes objects, by short names, written as for kubectl. An object without a namespace goes to the
    team's namespace, if it has only one."""

    tags: Tags = {}
    """Tags of the team's AWS resources, in addition to `team` with its name, which separates the costs of teams."""

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """What to write in place of a field of namespaces, or of a field of other packages."""
        plain = folded(name)
        if field := next((each for each in TeamNamespace.model_fields if folded(each) == plain), None):
            return f"write it for a namespace, as namespaces: {{NAME: {{{field}: …}}}}"
        return _ELSEWHERE.get(plain)

    @property
    def slug(self) -> str:
        """The name of the team for Kubernetes and ECR, which accept no `_` and no capitals."""
        return self.name.replace("_", "-").lower()

    @property
    def ecr_start(self) -> str:
        """What the names of its repositories begin with."""
        return self.ecr_prefix or self.slug

    @property
    def homes(self) -> dict[str, TeamNamespace]:
        """The namespaces of the team by their names, the default included."""
        return dict(self.namespaces)

    @property
    def home(self) -> str | None:
        """The namespace of the team if it has only one, or else None."""
        homes = list(self.homes)
        return homes[0] if len(homes) == 1 else None

    @model_validator(mode="before")
    @classmethod
    def _named_home(cls, value: Any) -> Any:
        """Workloads need their namespace before they are read, and often only the team names it."""
        if not isinstance(value, Mapping) or not isinstance(workloads := value.get("workloads"), Mapping):
            return value
        home = cls._home_by(value.get("name"), value.get("namespaces"))
        if home is None:
            return value
        return {**value, "workloads": {key: _with_namespace(each, home) for key, each in workloads.items()}}

    @classmethod
    def _home_by(cls, name: Any, namespaces: Any) -> str | None:
        """The only namespace of a team that is not validated yet."""
        if isinstance(namespaces, Mapping):
            return str(next(iter(namespaces))) if len(namespaces) == 1 else None
        return None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        self._check_namespaces(faults)
        for name in self.service_accounts:
            if self._placed(("service_accounts", name), self.service_accounts[name].namespace, faults):
                try:
                    self.association(name)
                except ValidationError as error:
                    faults.nest(("service_accounts", name), error)
        for name, secret in self.secrets.items():
            self._placed(("secrets", name), secret.namespace, faults)
            for index, reader in enumerate(secret.readers):
                if reader not in self.service_accounts:
                    faults.add(("secrets", name, "readers", index), _unknown(reader, self.service_accounts))
        if self.gitops is not None:
            self._placed(("gitops",), self.gitops.namespace, faults)
        for field in ("access", "role_bindings"):
            for name, each in getattr(self, field).items():
                for index, namespace in enumerate(each.namespaces):
                    self._is_ours((field, name, "namespaces", index), namespace, faults)
        self._check_entries(faults)
        for each in self.workloads:
            self._is_ours(("workloads", each.name, "namespace"), each.namespace, faults)
        self._check_manifests(faults)
        self._check_names(faults)
        faults.raise_if_any()
        return self

    def _check_namespaces(self, faults: Faults) -> None:
        try:
            check_namespaces(dict(self.homes))
        except ValidationError as error:
            faults.nest(("namespaces",), error)
        for name, each in self.namespaces.items():
            if each.labels.get(TEAM, self.slug) != self.slug:
                got, do = each.labels[TEAM], "remove it"
                faults.add(("namespaces", name, "labels", TEAM), f"is set to the team's name; got {got}; {do}")

    def _check_entries(self, faults: Faults) -> None:
        for name, each in self.access.items():
            if not self.whole_cluster and not self.homes and self.policy_of(each) is not None:
                do = "add a namespace, or kubernetes_groups instead of a policy"
                faults.add(("access", name, "policy"), f"has no namespace to hold in; got a team without one; {do}")

    def _check_manifests(self, faults: Faults) -> None:
        for name, manifest in self.manifests.items():
            for field in ("apiVersion", "kind"):
                if not isinstance(manifest.get(field), str) or not manifest[field]:
                    got, do = shown(manifest.get(field)), "write it as for kubectl"
                    faults.add(("manifests", name, field), f"needs text; got {got}; {do}")
            metadata = manifest.get("metadata")
            if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
                faults.add(("manifests", name, "metadata"), f"needs a name; got {shown(metadata)}; write {{name: …}}")
            elif metadata.get("namespace") is not None:
                self._is_ours(("manifests", name, "metadata", "namespace"), metadata["namespace"], faults)

    def _check_names(self, faults: Faults) -> None:
        """Default names, which contain the name of the team."""
        if TEAM in self.tags:
            faults.add(("tags", TEAM), f"is set to the team's name; got {shown(self.tags[TEAM])}; remove it")
        for field, named in NAMED.items():
            for key, each in getattr(self, field).items():
                form, attribute = named
                if getattr(each, attribute) is None and (fault := form.fault(f"{self.ecr_start}/{key}")):
                    faults.add((field, key, attribute), fault)

    def _placed(self, path: tuple[str, ...], namespace: str | None, faults: Faults) -> bool:
        """Whether a part of the team has a namespace: the one it names, or the only one of the team."""
        if namespace:
            return self._is_ours((*path, "namespace"), namespace, faults)
        if self.home is None:
            found = ", ".join(self.homes) or "none"
            do = "name one" if self.homes else "add a namespace to the team"
            faults.add((*path, "namespace"), f"is required where a team has not just one namespace; got {found}; {do}")
            return False
        return True

    def _is_ours(self, path: tuple[str | int, ...], namespace: Any, faults: Faults) -> bool:
        if namespace in self.homes:
            return True
        near = nearest(str(namespace), self.homes)
        do = f"did you mean {near}?" if near else f"name one of {', '.join(self.homes) or 'its own, once it has some'}"
        faults.add(path, f"is not a namespace of this team; got {shown(namespace)}; {do}")
        return False

    def policy_of(self, access: TeamAccess) -> str | None:
        """The EKS access policy of a principal."""
        if access.policy is not None:
            return access.policy
        return None if access.kubernetes_groups else self.usual_policy

    def entries(self) -> dict[str, AccessEntry]:
        """The access entries of the team, by the names of `access`."""
        return {name: self._entry(each) for name, each in self.access.items()}

    def _entry(self, access: TeamAccess) -> AccessEntry:
        everywhere = self.whole_cluster and not access.namespaces
        return access.entry(self.policy_of(access), None if everywhere else access.namespaces or tuple(self.homes))

    def association(self, name: str, secrets: tuple[StatementArgs, ...] = ()) -> PodIdentityAssociation:
        """A service account of the team as a pod identity association.

        Raises:
            ValidationError: if its fields contradict each other.
        """
        each = self.service_accounts[name]
        said = {field: getattr(each, field) for field in each.model_fields_set}
        said |= {"namespace": each.namespace or self.home, "service_account": each.service_account or name}
        said["create_service_account"] = each.create_service_account
        if secrets:
            said["allow"] = (*each.allow, *secrets)
        return PodIdentityAssociation.model_validate(said)

    def associations(self, ground: Ground, partition: str, account: In[str]) -> dict[str, PodIdentityAssociation]:
        """The service accounts of the team with their permissions in AWS, by their keys, and those that read its
        secrets."""
        way = _secrets.by(ground, self.secrets_by)
        mounted: dict[str, list[StatementArgs]] = {}
        read: dict[str, list[StatementArgs]] = {}
        for secret in self.secrets.values():
            allowed = [_as_statement(each) for each in secret.permissions(partition, ground.region, account)]
            if way == "external_secrets" and self.secrets_identity == "pod_identity":
                continue  # its own role may read them
            if way == "external_secrets":
                read.setdefault(str(secret.namespace or self.home), []).extend(allowed)
            else:
                for reader in secret.readers:
                    mounted.setdefault(reader, []).extend(allowed)
        found = {name: self.association(name, tuple(mounted.get(name, ()))) for name in self.service_accounts}
        for namespace, allowed in read.items():
            found[f"{_secrets.STORE}-{namespace}"] = PodIdentityAssociation(
                namespace=namespace,
                service_account=_secrets.STORE,
                create_service_account=True,
                identity="irsa",
                allow=tuple(allowed),
            )
        return found

    def objects(self, ground: Ground, cluster_arn: In[str] = "arn:aws:eks:::cluster") -> Iterator[TeamObject]:
        """The Kubernetes objects of the team besides its namespaces, service accounts and workloads."""
        yield from objects(self, ground, cluster_arn)

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Secrets that nothing reads, a repository that nothing applies, tags beyond what a resource can have."""
        if fault := too_many_tags(ground.tags, (TEAM,), self.tags):
            yield Problem(("tags",), fault)
        yield from self._unread(ground)
        yield from self._unapplied(ground)
        if self.observe is not None:
            from eks_blueprints.observability.collected import lacking

            for problem in lacking(self.observe, ground, on_fargate=ground.only_fargate):
                yield problem.below("observe")

    def _unread(self, ground: Ground) -> Iterator[Problem]:
        way = _secrets.by(ground, self.secrets_by)
        ours = ground.addons is not None and bool(ground.addons & {"helm", "manifests"})
        if self.secrets and way == "external_secrets" and self.secrets_identity == "irsa" and not ground.oidc_provider:
            what = "reads with a role of each namespace by OIDC, which Pod Identity cannot give to the operator"
            do = "give it one, or set secrets_identity: pod_identity"
            yield Problem(("secrets_identity",), f"{what}; got a cluster without an OIDC provider; {do}")
        for name, secret in self.secrets.items():
            if way is None and not ours:
                do = "add external_secrets: {} to addons, or secrets_store_csi_driver_provider_aws"
                yield Problem(("secrets", name), f"needs what reads Secrets Manager; got addons without it; {do}")
            elif way == "secrets_store_csi_driver" and secret.extract:
                do = "list keys in data, or use external_secrets"
                yield Problem(("secrets", name, "extract"), f"is for external_secrets; got the CSI driver; {do}")
            elif way == "secrets_store_csi_driver" and not secret.readers:
                do = "name service_accounts of the team whose pods mount it"
                yield Problem(("secrets", name, "readers"), f"is required: no pod could read it; got none; {do}")

    def _unapplied(self, ground: Ground) -> Iterator[Problem]:
        from eks_blueprints.teams import _gitops

        if self.gitops is None:
            return
        way = _gitops.chosen(ground, self.gitops.by)
        if way is None or not _gitops.is_there(ground, way):
            wanted = {"argocd": "argocd: {}", "flux": "fluxcd: {}"}
            do = f"add {wanted[way] if way else ' or '.join(wanted.values())} to addons"
            yield Problem(("gitops",), f"needs Argo CD or Flux on the cluster; got addons without it; {do}")

    def prepare(self, cluster: ClusterRef) -> OnboardedTeam:
        """Create what needs no add-on: namespaces, access, roles, service accounts, image repositories.

        Raises:
            InputError: if the team does not fit the cluster; see `problems_on`.
        """
        from eks_blueprints.teams._onboarded import OnboardedTeam

        return OnboardedTeam(self, cluster)

    def move_in(self, onboarded: OnboardedTeam, cluster: ClusterRef) -> None:
        """Create the rest, after the add-ons: secrets, manifests, workloads, the Git repository."""
        onboarded.move_in(cluster)
        self.extend(onboarded, cluster)

    def onboard(self, cluster: ClusterRef) -> OnboardedTeam:
        """Create everything of the team on a cluster.

        Raises:
            InputError: if it does not fit the cluster; see `problems_on`.
        """
        onboarded = self.prepare(cluster)
        self.move_in(onboarded, cluster)
        return onboarded

    def extend(self, onboarded: OnboardedTeam, cluster: ClusterRef) -> None:
        """Add resources to the finished team; give them `onboarded.child()` as options."""


def _with_namespace(fields: Any, home: str) -> Any:
    if fields is None:
        fields = {}
    return {"namespace": home, **fields} if isinstance(fields, Mapping) else fields


def _as_statement(allow: Allow) -> StatementArgs:
    return StatementArgs(actions=allow.actions, resources=allow.on)


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = nearest(name, known)
    do = f"did you mean {near}?" if near else f"name one of {', '.join(known)}" if known else "add it to them"
    return f"is not a service account of this team; got {shown(name)}; {do}"
