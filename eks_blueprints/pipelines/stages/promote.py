"""Promotion: the same bytes for the next environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Place, Site
from eks_blueprints.pipelines._registry import Account, BucketUrl, PublicRepository, Repository
from eks_blueprints.pipelines._repository import Tag
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._charts import index
from eks_blueprints.pipelines.stages._shipping import ShippingStage


class RegistryTarget(Spec):
    """A repository in ECR or in ECR Public that something is promoted to."""

    repository: Repository | None = None
    """Name of a repository in ECR. For a chart it ends in the name of the chart."""

    public: PublicRepository | None = None
    """A repository in ECR Public instead, of the account of the stack: the alias of its registry and its name, such as
    `a1b2c3d4/shop/web`. Everybody can then pull it from public.ecr.aws."""

    region: str | None = None
    """Its region. Default: that of the stack."""

    account_id: Account | None = None
    """Its account, 12 digits in quotes, whose repository lets the pipeline push. Default: that of the stack."""

    tags: Many[Tag] = ()
    """Further tags there, such as `production`; they are moved. Its tag of the commit or the version goes along."""

    _places: ClassVar[tuple[str, ...]] = ("repository", "public")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        faults = Faults()
        faults.require_one(self, *self._places)
        for field in ("region", "account_id"):
            if self.public is not None and (got := getattr(self, field)) is not None:
                faults.add(field, f"is for repositories of ECR; got {got} with public; remove it")
        faults.raise_if_any()
        return self

    @property
    def place(self) -> Place:
        """Where that is."""
        if self.public is not None:
            alias, _, name = self.public.partition("/")
            return Place(repository=name, public=alias)
        return Place(repository=self.repository, region=self.region, account_id=self.account_id)


class ChartTarget(RegistryTarget):
    """A repository that a chart is promoted to."""

    bucket: BucketUrl | None = None
    """Folder of a bucket that is a Helm repository, instead of `repository`; the chart comes from one too."""

    _places: ClassVar[tuple[str, ...]] = ("repository", "public", "bucket")

    @property
    def place(self) -> Place:
        """Where that is."""
        return _registry.bucket(self.bucket) if self.bucket is not None else super().place


class Promote(ShippingStage):
    """Copy an image or a chart to the registry of the next environment, by its digest and with its signatures. Nothing
    is built again, and what arrives is compared."""

    image: RegistryTarget | None = None
    """Where an image goes."""

    chart: ChartTarget | None = None
    """Where a chart goes."""

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """What it works on."""
        return {self.kind_of_artifact: True}

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"{self.kind_of_artifact} to {self.place.name}"

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Copy it and compare."""
        [(name, given), *_] = [each for each in inputs.items() if each[1].kind == self.kind_of_artifact]
        source = given.place or Place()
        allowed = (*_registry.pulls(site, source), *_registry.pushes(site, self.place))
        if self.place.bucket is not None:
            lines = (
                script("promote_s3_chart", INPUT=name),
                *index(self.place, None),
                script("publish_s3_chart", NAME=self.artifact),
            )
            return self.job(lines, allowed=allowed, tools=("helm", "jq"), checkout=bool(self.commands))
        said = script(
            "promote_oci",
            NAME=self.artifact,
            INPUT=name,
            FILE=f"{self.kind_of_artifact}.json",
            FROM_REGION=source.region or site.region,
            REPOSITORY=self.place.repository or "",
            TAGS=tuple(self.thing.tags),
        )
        lines = (_registry.log_in(site, self.place), said)
        return self.job(lines, allowed=allowed, tools=("cosign", "jq"), checkout=bool(self.commands))
