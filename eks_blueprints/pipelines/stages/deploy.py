"""Deployments: by kubectl, Helm, a commit to the repository that a cluster follows, or Pulumi."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, Path, Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines import _cluster, _registry
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Place, Site
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage
from eks_blueprints.pipelines.stages.base import Artifact
from eks_blueprints.pipelines.stages.preview import PulumiArgs
from eks_blueprints.pipelines.stages.roll_back import Guarded

_WORKLOAD = Form(
    r"(deployment|statefulset|daemonset)/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
    what="is not a workload",
    do="write deployment/name, statefulset/name or daemonset/name",
)
_RELEASE = Form(
    r"[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?",
    what="is not a name of a release",
    do="use up to 53 lowercase letters, digits and -",
)
_KEY = Form(r"[A-Za-z0-9_\\.\[\]/-]{1,200}", what="is not a key of values", do="write one such as image.tag")

_IMAGE_NAME = Form(
    r"[A-Za-z0-9][\w./:-]{0,254}", what="is not a name of an image", do="write it as manifests do, without a tag"
)

Workload = Annotated[str, AfterValidator(_WORKLOAD)]
Release = Annotated[str, AfterValidator(_RELEASE)]
ValueKey = Annotated[str, AfterValidator(_KEY)]
ImageName = Annotated[str, AfterValidator(_IMAGE_NAME)]
ImagePart = Literal["repository", "digest", "tag", "reference"]
PACKAGE = "eks-blueprints"


class KubectlArgs(Spec):
    """A deployment by kubectl: of one image to workloads that are there, or of manifests."""

    workloads: Many[Workload] = ()
    """Workloads whose image is changed (`kubectl set image`), such as `deployment/web`."""

    container: str | None = None
    """Their container. Default: the one with the name of the workload."""

    kustomize: RepositoryPath | None = None
    """Folder of Kustomize that is applied, instead of `workloads`."""

    manifests: Many[RepositoryPath] = ()
    """Files and folders of manifests that are applied (`kubectl apply`), instead of `workloads`. A folder stands for
    its files `*.yaml`, `*.yml` and `*.json`, as for kubectl. What an input made lies in `artifacts/<name>`."""

    image_name: ImageName | None = None
    """Name in the manifests that stands for the image, such as `web` of `image: web:latest`. Default: no image is
    set."""

    images: dict[ImageName, Artifact] = {}
    """The same for several images, instead of `image_name`: the name of each in the manifests, and the artifact that
    is the image, such as `{web: build-web, worker: build-worker}`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        faults = Faults()
        faults.require_one(self, "workloads", "kustomize", "manifests")
        if self.workloads:
            for field in ("image_name", "images"):
                if got := getattr(self, field):
                    faults.add(field, f"is for manifests; got {shown(got)} with workloads; remove it")
        elif self.container is not None:
            faults.add("container", f"is for workloads; got {shown(self.container)} with manifests; remove it")
        if self.image_name is not None and self.images:
            faults.add("image_name", f"is one of several; got {shown(self.image_name)} beside images; move it there")
        faults.raise_if_any()
        return self

    @property
    def renders(self) -> str:
        """The script that puts its manifests together; nothing for workloads that are there."""
        return "render_kustomize" if self.kustomize is not None else "render_manifests" if self.manifests else ""


class HelmArgs(Spec):
    """A deployment by Helm: `helm upgrade --install`, which waits and puts back what ran before if it fails."""

    release: Release
    """Name of the release."""

    chart: RepositoryPath | None = None
    """Folder of the chart in the checkout. Default: the chart among the inputs, whose digest is compared."""

    values: Many[RepositoryPath] = ()
    """Files of values in the checkout, the later over the earlier, such as `values/production.yaml`."""

    image_values: dict[ValueKey, ImagePart] = {"image.repository": "repository", "image.digest": "digest"}
    """Keys of values that are given a part of the image: its repository with the host, its digest, its tag, or all of
    it by digest (`reference`)."""

    images: dict[Artifact, dict[ValueKey, ImagePart]] = {}
    """The same for several images, instead of `image_values`: the artifact that is the image, and its keys, such as
    `{build-web: {web.image.digest: digest}}`."""

    create_namespace: bool = False
    """Whether it creates the namespace, for which its role needs rights in the whole cluster."""

    test: bool = True
    """Whether the tests of the chart run afterwards (`helm test`); if they fail, the stage fails."""

    @model_validator(mode="after")
    def _one_way_for_images(self) -> Self:
        faults = Faults()
        if self.images and "image_values" in self.model_fields_set:
            faults.add("image_values", "is for one image; got it beside images; move its keys there")
        faults.raise_if_any()
        return self

    @field_validator("chart", mode="before")
    @classmethod
    def _in_the_checkout(cls, chart: Any) -> Any:
        if isinstance(chart, str) and "://" in chart:
            do = "deploy a chart of a registry by a release_pipeline, chart: {repository: charts/shop}"
            raise ValueError(f"is a folder of the checkout; got {shown(chart)}; {do}")
        return chart


class GitopsArgs(Spec):
    """A deployment by a commit to the repository that an agent in the cluster follows."""

    package: str = Field(default=PACKAGE, min_length=1, max_length=500)
    """What `pip install` is given for `eks-blueprints gitops bump`: a name with a version, or an address."""

    image_by: Literal["digest", "tag"] = "digest"
    """What names the image in the commit: its digest, or its tag `sha-<commit>`, for charts whose values have a place
    for a tag alone, such as `image: {repository: …, tag: …}`. Where tags of the repository can be moved, a tag does not
    promise which image runs."""


class Deploy(Guarded, BuiltInStage):
    """Change an environment, and wait until the change is done: by kubectl, Helm, a commit, Pulumi, or else by
    `commands` of yours, for which kubectl works on the cluster then. These have `IMAGE` (by its digest) and
    `NAMESPACE`, and what they changed is not rolled back by itself."""

    kubectl: KubectlArgs | None = None
    """Deploy by kubectl."""

    helm: HelmArgs | None = None
    """Deploy by Helm."""

    gitops: GitopsArgs | None = None
    """How the commit is made, in an environment with `gitops`, where this is the only way."""

    pulumi: PulumiArgs | None = None
    """Deploy a stack by Pulumi: exactly the plan among the inputs (`pulumi up --plan`)."""

    namespace: Namespace | None = None
    """Namespace. Default: that of its environment, if it has one."""

    wait_minutes: int = Field(default=10, ge=1, le=120)
    """How long it waits for the change, 1 to 120 minutes."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        faults = Faults()
        said = [way for way in ("kubectl", "helm", "gitops", "pulumi") if getattr(self, way) is not None]
        if len(said) > 1:
            faults.add(said[1], f"is another way to deploy; got {' and '.join(said)}; keep one of them")
        if self.pulumi is not None and self.namespace is not None:
            faults.add("namespace", f"is not for Pulumi; got {self.namespace}; remove it")
        faults.raise_if_any()
        return self

    def problems_in(self, environment: Environment | None) -> Iterator[Problem]:
        """Ways that do not fit its environment."""
        if environment is None:
            return
        said = next((way for way in ("kubectl", "helm", "pulumi") if getattr(self, way) is not None), None)
        if environment.gitops is not None:
            if said in ("kubectl", "helm"):
                do = f"remove {said}, or gitops of the environment"
                yield Problem((said,), f"is not used where a commit deploys; got {self.environment} with gitops; {do}")
            if environment.gitops.token_secret_arn is None:
                what = "is deployed to by a commit, which the machines of builds have no login to push"
                do = "name gitops.token_secret_arn of the environment, or see that its machines can push"
                yield Problem(("environment",), f"{what}; got {self.environment} without; {do}", severity="warning")
        elif self.gitops is not None:
            do = "say in the environment which repository it follows"
            yield Problem(("gitops",), f"is for an environment with gitops; got {self.environment} without; {do}")
        elif said is None and not self.commands:
            do = "add kubectl, helm, pulumi or commands, or gitops to the environment"
            yield Problem((), f"says not how it deploys; got no way for {self.environment}; {do}")
        elif said in ("kubectl", "helm") and namespace_in(self.namespace, environment) is None:
            got = "none" if not environment.namespaces else f"{len(environment.namespaces)} in the environment"
            yield Problem(("namespace",), f"is required; got {got}; name the one that it deploys to")
        if (
            said != "pulumi"
            and self.namespace is not None
            and environment.namespaces
            and self.namespace not in environment.namespaces
        ):
            do = "add it to namespaces of the environment, or name one of them"
            yield Problem(("namespace",), f"is not one that it can change; got {self.namespace}; {do}")

    def cluster_policy(self, environment: Environment) -> str | None:
        """What it needs in its cluster: nothing for Pulumi, whose program says as whom it deploys."""
        return None if self.pulumi is not None else environment.policy

    @property
    def deploys(self) -> bool:
        """It does."""
        return True

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """The image, the chart or the plan that it deploys."""
        if self.pulumi is not None:
            return {"plan": True}
        if self.helm is not None:
            return {"image": False} if self.helm.chart is not None else {"image": False, "chart": True}
        if self.kubectl is not None:
            return {"image": bool(self.kubectl.workloads or self.kubectl.image_name)}
        return {"image": not self.commands}

    @property
    def named(self) -> Mapping[Path, str]:
        """The images of its manifests or of its release."""
        if self.helm is not None:
            return {("helm", "images", name): name for name in self.helm.images}
        if self.kubectl is not None:
            return {("kubectl", "images", key): name for key, name in self.kubectl.images.items()}
        return {}

    @property
    def artifact(self) -> str:
        """Name of what notes the rollout among the artifacts."""
        return self.name.replace("_", "-")

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        if self.pulumi is not None:
            return f"pulumi, exactly the plan of {self.pulumi.stack}"
        if self.helm is not None:
            return f"helm upgrade {self.helm.release}"
        if self.kubectl is not None:
            what = self.kubectl.kustomize or ", ".join(self.kubectl.workloads or self.kubectl.manifests)
            return f"kubectl, {what}"
        return super().summary or "a commit that the cluster follows"

    def outputs(self) -> Mapping[str, Output]:
        """The note of what ran before."""
        return {**super().outputs(), self.artifact: Output(kind="rollout")}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Deploy, and on failure put back what ran before if that is asked for."""
        made = dict(self._by_pulumi(site, inputs) if self.pulumi is not None else self._to_cluster(site, inputs))
        commands = made.pop("commands")
        job = self.job(**made)
        own = self.kubectl is None and self.helm is None and self.pulumi is None
        own = own and (site.environment is None or site.environment.gitops is None)
        return job.but(
            commands=(*commands, *job.commands) if own else (*job.commands, *commands),
            on_failure=self.put_back(site, self.artifact, self.wait_minutes) if self.pulumi is None else (),
        )

    def _by_pulumi(self, site: Site, inputs: Mapping[str, Output]) -> dict[str, Any]:
        if self.pulumi is None:
            return {}
        [plan, *_] = [name for name, output in inputs.items() if output.kind == "plan"]
        where = {"FOLDER": self.pulumi.folder, "STACK": self.pulumi.stack, "NAME": self.artifact, "PLAN": plan}
        return {
            "commands": (self.pulumi.login(site), script("pulumi_up", **where)),
            "allowed": self.pulumi.allowed(site),
            "tools": ("jq", "pulumi"),
        }

    def _to_cluster(self, site: Site, inputs: Mapping[str, Output]) -> dict[str, Any]:
        images = tuple(name for name, output in inputs.items() if output.kind == "image")
        namespace = namespace_in(self.namespace, site.environment) or ""
        note = script("rollout", NAME=self.artifact, NAMESPACE=namespace, IMAGE_INPUTS=images, TIMEOUT=self._timeout)
        if site.environment is not None and site.environment.gitops is not None:
            return {
                "commands": (note, *self._by_commit(site.environment)),
                "tools": ("jq",),
                "secrets": self.token(site.environment),
            }
        made: dict[str, Any] = {"variables": _cluster.variables(site)}
        entered = _cluster.enter(site)
        if self.helm is not None:
            chart = next((name for name, output in inputs.items() if output.kind == "chart"), "")
            place = inputs[chart].place or Place() if chart and self.helm.chart is None else Place()
            lines = helm_lines(self.helm, site, "" if self.helm.chart else chart, place, images)
            create = ("--create-namespace",) if self.helm.create_namespace else ()
            said = script("deploy_helm", RELEASE=self.helm.release, CREATE_NAMESPACE=create, TEST=self.helm.test)
            # What is read before the role of another account is taken on: the registry is the pipeline's own.
            made |= {"commands": (note, *lines, *entered, said), "tools": ("helm", "jq", "kubectl", "yq")}
            return made | {"allowed": _registry.pulls(site, place)}
        if self.kubectl is None:
            return made | {"commands": (note, *entered, script("deploy_commands")), "tools": ("jq", "kubectl")}
        if self.kubectl.renders:
            names = tuple(f"{name} {key}" for key, name in self.kubectl.images.items())
            if self.kubectl.image_name is not None:
                names = tuple(f"{name} {self.kubectl.image_name}" for name in images)
            folder, manifests = self.kubectl.kustomize or "", tuple(self.kubectl.manifests)
            rendered = script(self.kubectl.renders, IMAGE_NAMES=names, FOLDER=folder, MANIFESTS=manifests)
            tools = ("jq", "kubectl", *(("kustomize",) if self.kubectl.kustomize is not None else ()), "yq")
            return made | {"commands": (note, rendered, *entered, script("apply_rendered")), "tools": tools}
        said = script("deploy_image", WORKLOADS=tuple(self.kubectl.workloads), CONTAINER=self.kubectl.container or "")
        return made | {"commands": (note, *entered, said), "tools": ("jq", "kubectl"), "checkout": bool(self.commands)}

    @property
    def _timeout(self) -> str:
        return f"{self.wait_minutes}m"

    def _by_commit(self, environment: Environment) -> tuple[str, ...]:
        to = environment.gitops
        if to is None:
            return ()
        where = {"GIT_REPOSITORY": to.url, "GIT_BRANCH": to.branch, "GIT_FOLDER": to.path}
        how = self.gitops or GitopsArgs()
        return (script("git_login"), script("deploy_gitops", **where, IMAGE_BY=how.image_by, PACKAGE=how.package))


def helm_lines(helm: HelmArgs, site: Site, chart: str, place: Place, images: Sequence[str]) -> tuple[str, ...]:
    """Commands that fetch a chart and put its values together, with those of the images among the inputs."""
    keys = helm.images or dict.fromkeys(images, helm.image_values)
    pairs = tuple(f"{name} {key}={part}" for name, parts in keys.items() for key, part in parts.items())
    where = {"CHART_PATH": helm.chart or "", "CHART_INPUT": chart, "CHART_REGION": place.region or site.region}
    fetch = script("chart_dependencies", CHART_PATH=helm.chart, DEPENDENCIES="missing") if helm.chart else ""
    return (
        *([fetch] if fetch else ()),
        script("chart_file", **where),
        script("helm_values", VALUES=tuple(helm.values), IMAGE_VALUES=pairs),
    )


def namespace_in(said: str | None, environment: Environment | None) -> str | None:
    """The namespace that a stage works in: what it says, or the only one of its environment."""
    if said is not None:
        return said
    namespaces = tuple(environment.namespaces) if environment is not None else ()
    return str(namespaces[0]) if len(namespaces) == 1 else None
