"""Projects: who may deploy what, and where to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import short_names
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.cron import parse
from eks_blueprints.karpenter.durations import Duration

_KIND = Form(
    r"\*|([a-z0-9.-]+|\*)/(\*|[A-Z][A-Za-z0-9]*)|[A-Z][A-Za-z0-9]*",
    what="is not a kind",
    do="write Kind, group/Kind, group/* or *",
)
_NAMESPACE = Form(
    r"!?[a-z0-9*?{][a-z0-9*?{},-]{0,62}",
    what="is not a name or pattern of a namespace",
    do="write shop, shop-* or *",
)

Kind = Annotated[str, AfterValidator(_KIND)]
"""A kind: `Namespace`, `rbac.authorization.k8s.io/ClusterRole`, `apps/*`, `*`."""


def _comes(text: str) -> str:
    if parse(text).next(datetime(2026, 1, 1, tzinfo=UTC)) is None:
        raise ValueError(f"never occurs; got {shown(text)}; use a day that exists")
    return text


Schedule = Annotated[str, AfterValidator(_comes)]
"""When something begins, as five cron fields or a macro; Argo CD reads it by the parser that Karpenter has."""


def as_resource(kind: str) -> dict[str, str]:
    """A kind as an AppProject names it."""
    if kind == "*":
        return {"group": "*", "kind": "*"}
    group, _, name = kind.rpartition("/")
    return {"group": group, "kind": name}


class Destination(Spec):
    """Namespaces of a cluster."""

    cluster: str | None = None
    """Name of a cluster in `clusters`, or `*` for all. Default: the cluster of the agent."""

    namespaces: Many[Annotated[str, AfterValidator(_NAMESPACE)]] = Field(min_length=1)
    """Namespaces, or patterns such as `shop-*`."""


class ProjectRole(Spec):
    """A role in Argo CD, for the applications of a project."""

    description: str | None = None
    """What it is for."""

    allow: Many[Literal["get", "create", "update", "delete", "sync", "override", "rollback", "action/*", "*"]] = (
        "get",
    )
    """What it may do with the project's applications. Default: see them."""

    logs: bool = False
    """Whether it may read logs of pods."""

    exec: bool = False
    """Whether it may open shells in pods."""

    groups: Many[str] = ()
    """Groups of the identity provider that have it."""

    policies: Many[Annotated[str, Field(pattern=r"^[pg], .+")]] = ()
    """Further lines of Argo CD's policy."""

    def manifest(self, name: str, project: str) -> dict[str, Any]:
        """It as an AppProject has it."""
        subject, which = f"proj:{project}:{name}", f"{project}/*"
        lines = [f"p, {subject}, applications, {verb}, {which}, allow" for verb in self.allow]
        lines += [f"p, {subject}, logs, get, {which}, allow"] if self.logs else []
        lines += [f"p, {subject}, exec, create, {which}, allow"] if self.exec else []
        made: dict[str, Any] = {"name": name, "policies": [*lines, *self.policies]}
        made |= {"description": self.description} if self.description else {}
        return made | ({"groups": list(self.groups)} if self.groups else {})


class SyncWindow(Spec):
    """When applications are synced, or when they are not."""

    kind: Literal["allow", "deny"]
    """Whether they are synced only then, or not then."""

    schedule: Schedule
    """When it begins, as five cron fields: `0 22 * * 1-5`."""

    duration: Duration
    """How long it is: `8h`."""

    time_zone: str = Field(default="UTC", pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$")
    """Time zone of the schedule, such as `Europe/Dublin`."""

    applications: Many[str] = ()
    """Names or patterns of applications. Default: all of the project, unless `namespaces` or `clusters` are said."""

    namespaces: Many[str] = ()
    """Names or patterns of the namespaces that they are deployed to."""

    clusters: Many[str] = ()
    """Names or patterns of clusters."""

    manual_sync: bool = False
    """Whether people may sync all the same."""

    @property
    def manifest(self) -> dict[str, Any]:
        """It as an AppProject has it."""
        chosen = {"applications": self.applications, "namespaces": self.namespaces, "clusters": self.clusters}
        said = {key: list(value) for key, value in chosen.items() if value} or {"applications": ["*"]}
        made: dict[str, Any] = {"kind": self.kind, "schedule": self.schedule, "duration": self.duration}
        return {**made, "timeZone": self.time_zone, **said, "manualSync": self.manual_sync}


class Project(Spec):
    """Which repositories may be deployed to which namespaces, and by whom: an AppProject of Argo CD; for Flux a service
    account that may do no more."""

    description: str | None = None
    """What it is for."""

    repositories: Many[str] = Field(min_length=1)
    """Names in `repositories`, or URLs and patterns of URLs such as `https://github.com/acme/*`."""

    destinations: Many[Destination] = Field(min_length=1)
    """Where its applications are deployed to."""

    cluster_kinds: Many[Kind] = ()
    """Cluster-wide kinds that its applications may create, such as `Namespace`. Default: none."""

    namespace_kinds: Many[Kind] | None = None
    """Kinds in namespaces that they may create. Default: all but `denied_kinds`."""

    denied_kinds: Many[Kind] = ("LimitRange", "ResourceQuota")
    """Kinds in namespaces that they may not create. Default: those by which a platform limits a namespace."""

    roles: Annotated[dict[str, ProjectRole], AfterValidator(short_names)] = {}
    """Roles in Argo CD, by their names."""

    sync_windows: Annotated[dict[str, SyncWindow], AfterValidator(short_names)] = {}
    """When applications are synced or are not, by names of your choice."""

    warn_of_orphans: bool = False
    """Whether Argo CD warns of objects in its namespaces that no application contains."""

    cluster_role: str = Field(default="edit", min_length=1)
    """ClusterRole that Flux uses in the namespaces. Argo CD acts by its own rights, within the project."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.namespace_kinds is not None and "denied_kinds" in self.model_fields_set and self.denied_kinds:
            both = sorted({*self.namespace_kinds} & {*self.denied_kinds})
            if both:
                faults.add(
                    "denied_kinds", f"denies what namespace_kinds allows; got {shown(both[0])}; remove one of them"
                )
        faults.raise_if_any()
        return self
