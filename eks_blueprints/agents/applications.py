"""Applications: what of a repository is kept on a cluster, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.durations import Duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FOLDER = Form(
    r"(?![/~])(?!(.*/)?\.\.(/|$))[^\x00-\x1f]{1,1000}",
    what="is not a folder in the repository",
    do="write it from the top of the repository, such as clusters/prod",
)
_OPTION = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+=[A-Za-z]+$")]


class Retry(Spec):
    """How often a sync that fails is tried again."""

    limit: int = Field(default=5, ge=-1)
    """How often; -1 for without end. Flux always tries again."""

    duration: Duration = "5s"
    """How long it waits for the first time. Flux waits so long each time, or for the interval if this is not set."""

    factor: int = Field(default=2, ge=1)
    """By how much it waits longer each time, in Argo CD."""

    max_duration: Duration = "3m"
    """How long it waits at most, in Argo CD."""


class Sync(Spec):
    """How the cluster is kept as the repository says."""

    automated: bool = True
    """Whether changes in the repository are applied by themselves. Flux is suspended without it."""

    self_heal: bool = True
    """Whether changes in the cluster are put back. Flux always does so."""

    prune: bool = True
    """Whether objects that are removed from the repository are deleted from the cluster."""

    retry: Retry = Retry()
    """How often a sync that fails is tried again."""

    create_namespace: bool = False
    """Whether Argo CD makes the namespace of the application."""

    server_side_apply: bool = True
    """Whether Argo CD lets the API server merge, so that others keep their fields. Flux always does so."""

    options: Many[_OPTION] = ()
    """Further sync options of Argo CD, such as `PruneLast=true` or `ApplyOutOfSyncOnly=true`."""

    ignore_differences: Many[JsonValues] = ()
    """Fields that others change, as in Argo CD: `{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}`."""

    @property
    def policy(self) -> dict[str, Any]:
        """The sync policy of an Application."""
        retry = self.retry
        backoff = {"duration": retry.duration, "factor": retry.factor, "maxDuration": retry.max_duration}
        said = {"CreateNamespace": self.create_namespace, "ServerSideApply": self.server_side_apply}
        options = [*(f"{name}=true" for name, on in said.items() if on), *self.options]
        automated = {"automated": {"prune": self.prune, "selfHeal": self.self_heal}} if self.automated else {}
        found: dict[str, Any] = {**automated, "retry": {"limit": retry.limit, "backoff": backoff}}
        return found | ({"syncOptions": options} if options else {})


class Deployed(Spec):
    """What of a repository is deployed, and where to."""

    repository: str
    """Name of the repository in `repositories`."""

    path: Annotated[str, AfterValidator(_FOLDER)] = "."
    """Folder in the repository, with a kustomization, a chart or plain manifests."""

    chart: str | None = Field(default=None, min_length=1)
    """Name of the chart, in a repository of charts. `revision` is its version."""

    revision: str | None = Field(default=None, min_length=1)
    """Branch, tag or commit, or the version of the chart. Default: the repository's."""

    values: JsonValues = {}
    """Values of the chart. Everyone who can read the application sees them: do not put secrets here."""

    value_files: Many[str] = ()
    """Files with values of the chart, beside it in the repository, for Argo CD."""

    release_name: str | None = Field(default=None, min_length=1)
    """Name of the Helm release. Default: that of the application."""

    directory_recurse: bool = False
    """Whether Argo CD reads the folders below `path` too, where these are plain manifests."""

    project: str | None = None
    """Name of its project in `projects`. Default: the only one, or for Argo CD `default` where there is none."""

    cluster: str | None = None
    """Name of the cluster in `clusters` that it is deployed to. Default: the agent's own."""

    sync: Sync = Sync()
    """How the cluster is kept as the repository says."""

    keep_objects: bool = False
    """Whether its objects stay on the cluster when the application is removed."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        faults = Faults()
        if self.chart is not None and "path" in self.model_fields_set:
            faults.add("path", f"is for manifests; got {self.path} and the chart {self.chart}; remove one of them")
        if self.chart is not None and self.revision is None:
            faults.add("revision", f"is the version of the chart; got none for {self.chart}; write it like 1.14.0")
        faults.raise_if_any()
        return self

    def source(self, url: str, revision: str) -> Mapping[str, Any]:
        """What it is made of, as an Application says it."""
        found: dict[str, Any] = {"repoURL": url, "targetRevision": self.revision or revision}
        found |= {"path": self.path} if self.chart is None else {"chart": self.chart}
        found |= {"directory": {"recurse": True}} if self.directory_recurse else {}
        helm = {
            "releaseName": self.release_name,
            "valueFiles": list(self.value_files),
            "valuesObject": dict(self.values),
        }
        said = {key: value for key, value in helm.items() if value}
        return found | ({"helm": said} if said else {})


class Application(Deployed):
    """Manifests or a chart that an agent keeps on a cluster: an Application of Argo CD, or a Kustomization or
    HelmRelease of Flux. One whose folder contains further ones is an app of apps."""

    namespace: Namespace | None = None
    """Namespace for manifests that name none. Default: none."""

    labels: dict[str, str] = {}
    """Labels of the application."""

    depends_on: Many[str] = ()
    """Names of applications that are healthy before it is created."""

    wait: bool = False
    """Whether `pulumi up` waits until it is healthy. It does for what others depend on."""

    interval: Duration = "10m"
    """How often Flux compares the cluster with the repository."""

    timeout: Duration = "10m"
    """How long `pulumi up` waits for it, and Flux for its objects."""


class ListGenerator(Spec):
    """Parameters that are written down."""

    elements: Many[JsonValues] = Field(min_length=1)
    """One application for each: `[{name: shop, revision: v1}]`."""


class GitGenerator(Spec):
    """Folders or files of a repository."""

    repository: str
    """Name of the repository in `repositories`."""

    revision: str | None = Field(default=None, min_length=1)
    """Branch, tag or commit. Default: the repository's."""

    directories: Many[str] = ()
    """Folders, or patterns such as `teams/*`: one application for each, with `path.basename` and others."""

    exclude: Many[str] = ()
    """Folders that are left out."""

    files: Many[str] = ()
    """JSON or YAML files, or patterns: one application for each, with what it contains."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        faults = Faults()
        if bool(self.directories) == bool(self.files):
            got = "both" if self.files else "neither"
            faults.add("directories", f"or files is required, and one alone; got {got}; write one of them")
        if self.exclude and not self.directories:
            faults.add("exclude", "is for directories; got files; remove it")
        faults.raise_if_any()
        return self


class ClusterGenerator(Spec):
    """The clusters that are registered, the agent's own among them: `name`, `server`, `metadata.labels.…`."""

    labels: dict[str, str] = {}
    """Labels of the clusters that are chosen. Default: all."""

    values: dict[str, str] = {}
    """Further parameters, as `values.…`."""


class SingleGenerator(Spec):
    """What finds something, once for each application: one of these."""

    list: ListGenerator | None = None
    """Parameters that are written down."""

    git: GitGenerator | None = None
    """Folders or files of a repository."""

    clusters: ClusterGenerator | None = None
    """The clusters that are registered; `{}` for all."""

    other: JsonValues = {}
    """A generator as in Argo CD, such as `{pullRequest: {github: …}}`."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        faults = Faults()
        if len(self.said) != 1:
            got = ", ".join(self.said) or "none"
            faults.add("list", f"or another generator is required, and one alone; got {got}; write one of them")
        faults.raise_if_any()
        return self

    @property
    def said(self) -> Sequence[str]:
        """Which of them are said."""
        return [name for name in type(self).model_fields if getattr(self, name) not in (None, {}, ())]

    @property
    def inner(self) -> tuple[SingleGenerator, ...]:
        """Those that it is made of; none of one that stands for itself."""
        return ()


class Generator(SingleGenerator):
    """What makes the applications of a set: one of these."""

    matrix: Many[SingleGenerator] = Field(default=(), max_length=2)
    """Two generators, each application of one with each of the other: `[{clusters: {}}, {git: …}]`."""

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        faults = Faults()
        if len(self.matrix) == 1:
            faults.add("matrix", "needs two generators; got 1; write two, or that one by itself")
        faults.raise_if_any()
        return self

    @property
    def inner(self) -> tuple[SingleGenerator, ...]:
        """Those that it is made of."""
        return tuple(self.matrix)


class Template(Deployed):
    """An application of a set. Texts can have parameters of the generators: `{{ .path.basename }}`."""

    name: str = Field(min_length=1)
    """Name of each application, with a parameter that tells them apart: `shop-{{ .name }}`."""

    namespace: str | None = Field(default=None, min_length=1)
    """Namespace for manifests that name none."""

    labels: dict[str, str] = {}
    """Labels of each application."""

    @model_validator(mode="after")
    def _tells_them_apart(self) -> Self:
        faults = Faults()
        if "{{" not in self.name:
            do = "add a parameter, such as {{ .name }}"
            faults.add("name", f"is the same for all applications of the set; got {self.name}; {do}")
        faults.raise_if_any()
        return self


class Wave(Spec):
    """Applications of a set that are synced together, after those of earlier waves are healthy."""

    labels: dict[str, str] = Field(min_length=1)
    """Labels of these applications."""

    at_once: int | str = "100%"
    """How many of them are synced at once: a number, or a share such as `25%`; 0 for those that people sync."""


class ApplicationSet(Spec):
    """Applications that Argo CD makes from a template, one for each of what generators find."""

    generators: Many[Generator] = Field(min_length=1)
    """What the applications are made from."""

    template: Template
    """Each of them."""

    waves: Many[Wave] = ()
    """In which order they are synced. Default: all at once."""

    on_removal: Literal["delete", "keep_applications", "keep_objects"] = "delete"
    """What happens to an application that the generators no longer find: it is deleted with its objects, it stays, or
    its objects stay."""
