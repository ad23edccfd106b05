"""Ways to deploy: by kubectl, by Helm, by a commit to the repository that a cluster follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._job import Output, Place, Site
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages.base import Artifact

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


def images_among(inputs: Mapping[str, Output]) -> tuple[str, ...]:
    """Names of the images among artifacts."""
    return tuple(name for name, output in inputs.items() if output.kind == "image")


def helm_lines(helm: HelmArgs, site: Site, inputs: Mapping[str, Output]) -> tuple[tuple[str, ...], tuple[Allow, ...]]:
    """Commands that fetch a chart and put its values together, with those of the images among the inputs, and what
    they may do in AWS."""
    chart = "" if helm.chart else next((name for name, output in inputs.items() if output.kind == "chart"), "")
    place = (inputs[chart].place if chart else None) or Place()
    keys = helm.images or dict.fromkeys(images_among(inputs), helm.image_values)
    pairs = tuple(f"{name} {key}={part}" for name, parts in keys.items() for key, part in parts.items())
    where = {"CHART_PATH": helm.chart or "", "CHART_INPUT": chart, "CHART_REGION": place.region or site.region}
    fetch = (script("chart_dependencies", CHART_PATH=helm.chart, DEPENDENCIES="missing"),) if helm.chart else ()
    values = script("helm_values", VALUES=tuple(helm.values), IMAGE_VALUES=pairs)
    return (*fetch, script("chart_file", **where), values), _registry.pulls(site, place)


def namespace_in(said: str | None, environment: Environment | None) -> str | None:
    """The namespace that a stage works in: what it says, or the only one of its environment."""
    if said is not None:
        return said
    namespaces = tuple(environment.namespaces) if environment is not None else ()
    return str(namespaces[0]) if len(namespaces) == 1 else None
