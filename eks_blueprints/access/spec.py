"""Access entries as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.access.policies import aws_name
from eks_blueprints.access.principals import DEPLOYER, PrincipalArn, is_role
from eks_blueprints.core.errors import Faults, Path, Problem, dotted, fail, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Tags, element_name, repeated
from eks_blueprints.core.spec import In, Many, Spec, is_known

EntryType = Literal["STANDARD", "EC2_LINUX", "EC2_WINDOWS", "EC2", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"]

_RESERVED = ("system:", "eks:", "aws:", "amazon:", "iam:")
_NAMESPACE = Form(r"[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?")
_SESSION_NAME = r"\{\{SessionName(Raw)?\}\}"


class AccessPolicy(Spec):
    """One of AWS's access policies, for the whole cluster or some of its namespaces."""

    policy: str
    """What is allowed: `view`, `edit`, `admin`, `cluster_admin` or another short name; AWS's own name
    (`AmazonEKSViewPolicy`) or the policy's ARN will do as well."""

    namespaces: Many[str] | None = None
    """Namespaces it is limited to; `dev-*` means all that begin so. Default: the whole cluster."""

    @property
    def scope(self) -> dict[str, Any]:
        """Where it holds, as the provider takes it."""
        if self.namespaces is None:
            return {"type": "cluster"}
        return {"type": "namespace", "namespaces": list(self.namespaces)}

    @field_validator("policy")
    @classmethod
    def _known(cls, policy: str) -> str:
        return aws_name(policy)

    @field_validator("namespaces")
    @classmethod
    def _are_namespaces(cls, namespaces: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if namespaces is None:
            return None
        # An empty list would read as "nowhere" and be taken as "everywhere": the worst kind of slip.
        if not namespaces:
            raise ValueError("needs at least one namespace; got []; leave it out to allow the whole cluster")
        for namespace in namespaces:
            if not _NAMESPACE.fullmatch(namespace):
                do = "use up to 63 lowercase letters, digits and -, with * for any"
                raise ValueError(f"has a name that no namespace can have; got {shown(namespace)}; {do}")
        if twice := repeated(namespaces):
            raise ValueError(f"lists one namespace twice; got {shown(twice)}; remove one of them")
        return namespaces


class AccessEntry(Spec):
    """One IAM principal that may use the Kubernetes API, and what it may do there."""

    principal_arn: In[PrincipalArn]
    """ARN of the IAM role or user. EKS accepts each principal once, and no role sessions (`arn:aws:sts::…`). `deployer`
    stands for the role of `account.role_arn`. Changing it replaces the entry.
    """

    type: EntryType = "STANDARD"
    """Type of the principal: `STANDARD` for people and programs, the others for the roles of nodes. EKS itself creates
    the entries of managed node groups and Fargate profiles. Changing it replaces the entry.
    """

    kubernetes_groups: Many[str] = ()
    """Kubernetes groups the principal belongs to, for one's own role bindings."""

    user_name: str | None = None
    """Kubernetes user name. Default: created by EKS from the ARN and, for a role, the session."""

    policies: Many[AccessPolicy] = ()
    """AWS access policies the principal has, each at most once."""

    tags: Tags = {}
    """Tags of the entry, on top of the platform's."""

    @field_validator("kubernetes_groups")
    @classmethod
    def _are_groups(cls, groups: tuple[str, ...]) -> tuple[str, ...]:
        for group in groups:
            if not group.strip():
                raise ValueError(f"has an empty name; got {shown(group)}; name a group or remove it")
            _refuse_reserved(group)
        if twice := repeated(groups):
            raise ValueError(f"lists one group twice; got {shown(twice)}; remove one of them")
        return groups

    @field_validator("user_name")
    @classmethod
    def _is_user_name(cls, user_name: str | None) -> str | None:
        if user_name is None:
            return None
        if not user_name.strip():
            raise ValueError(f"is empty; got {shown(user_name)}; leave it out to let EKS choose")
        _refuse_reserved(user_name)
        session = re.search(_SESSION_NAME, user_name)
        if session and ":" not in user_name[: session.start()]:
            raise ValueError(
                f"needs a colon before {session.group()}; got {shown(user_name)}; write like team:{session.group()}"
            )
        return user_name

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        faults = Faults()
        if twice := repeated(policy.policy for policy in self.policies):
            faults.add("policies", f"lists one policy twice; got {twice}; put all namespaces into one of them")
        if self.type != "STANDARD":
            self._check_node(faults)
        faults.raise_if_any()
        return self

    def _check_node(self, faults: Faults) -> None:
        if is_known(self.principal_arn) and not is_role(str(self.principal_arn)):
            faults.add("principal_arn", f"must be a role for {self.type}; got {shown(self.principal_arn)}; name a role")
        if self.kubernetes_groups:
            got = shown(self.kubernetes_groups)
            faults.add("kubernetes_groups", f"is only for STANDARD; got {got} with {self.type}; remove it")
        if self.user_name is not None:
            faults.add("user_name", f"is only for STANDARD; got {shown(self.user_name)} with {self.type}; remove it")
        names = [policy.policy for policy in self.policies]
        if self.type == "EC2" and names != ["AmazonEKSAutoNodePolicy"]:
            got = shown(names)
            faults.add("policies", f"must be auto_node alone for EC2; got {got}; write [{{policy: auto_node}}]")
        elif self.type != "EC2" and names:
            got = shown(names)
            faults.add("policies", f"are given by EKS itself for {self.type}; got {got}; remove them")


def check_entries(entries: dict[str, AccessEntry]) -> dict[str, AccessEntry]:
    """Access entries by name, each with a principal of its own.

    Raises:
        ValidationError: if a name cannot be used, or two entries share a principal.
    """
    faults = Faults()
    for problem in _clashes(entries):
        faults.add(problem.path, problem.message)
    faults.raise_if_any()
    return entries


def check_reach(entries: Iterable[AccessEntry], bootstrap: bool) -> Iterator[Problem]:
    """The problem that nobody could administer the cluster: no creator admin, and no entry that may do all."""
    if not bootstrap and not any(_administers(entry) for entry in entries):
        yield Problem(
            ("access",),
            "leaves the cluster without an administrator; got no entry with cluster_admin and "
            "cluster.bootstrap_cluster_creator_admin_permissions false; add an entry for the role that deploys",
        )


def _administers(entry: AccessEntry) -> bool:
    # Groups may be bound to anything, but only by someone who is already in.
    return any(p.policy == "AmazonEKSClusterAdminPolicy" and p.namespaces is None for p in entry.policies)


def _clashes(entries: dict[str, AccessEntry]) -> Iterator[Problem]:
    yield from name_problems(entries)
    yield from principals_twice(((name,), entry) for name, entry in entries.items())


def principals_twice(entries: Iterable[tuple[Path, AccessEntry]]) -> Iterator[Problem]:
    """Principals that several entries have, each with the place where it stands."""
    seen: dict[str, Path] = {}
    for place, entry in entries:
        if not is_known(entry.principal_arn):
            continue
        arn = str(entry.principal_arn)
        if (other := seen.setdefault(arn, place)) != place:
            do = "EKS accepts each principal once: combine the two"
            yield Problem((*place, "principal_arn"), f"is also used by {dotted(other)}; got {shown(arn)}; {do}")


def name_problems(names: Iterable[str]) -> Iterator[Problem]:
    """Names that cannot stand in the names of resources, or not beside each other."""
    seen: dict[str, str] = {}
    for name in names:
        if fault := element_name.fault(name):
            yield Problem((name,), fault)
        if (other := seen.setdefault(folded(name), name)) is not name:
            yield Problem((name,), f"clashes with {other}; got {shown(name)}; rename one of them")


def folded(name: str) -> str:
    """An entry's name as it stands in the names of resources."""
    return name.replace("_", "-").lower()


def _refuse_reserved(name: str) -> None:
    for prefix in _RESERVED:
        if name.lower().startswith(prefix):
            raise ValueError(f"begins with {prefix}, which EKS refuses; got {shown(name)}; choose another name")


Entries = Annotated[dict[str, AccessEntry], AfterValidator(check_entries)]
"""Access entries by a name of the user's choice."""


def with_deployer(entries: dict[str, AccessEntry], role_arn: str | None) -> dict[str, AccessEntry]:
    """Entries in which `deployer` is the role that deploys.

    Raises:
        InputError: if there is no such role, or it has an entry of its own.
    """
    named = [name for name, entry in entries.items() if entry.principal_arn == DEPLOYER]
    if not named:
        return entries
    if role_arn is None:
        do = "set account.role_arn, or write the ARN"
        fail(
            f'is the role of account.role_arn; got "{DEPLOYER}" without one; {do}', "access", named[0], "principal_arn"
        )
    found = {name: entry.but(principal_arn=role_arn) if name in named else entry for name, entry in entries.items()}
    for problem in _clashes(found):
        fail(problem.message, "access", *problem.path)
    return found


class AccessArgs(Spec):
    """Who can use the Kubernetes API of a cluster."""

    entries: Entries = Field(default={})
    """Access entries, by a name of your choice."""
