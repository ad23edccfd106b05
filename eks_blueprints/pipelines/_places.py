"""Where images and charts are kept, as specs say it."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._job import Place
from eks_blueprints.pipelines._registry import BucketUrl, Repository


class ImagePlace(Spec):
    """A repository of images."""

    repository: Repository
    """Repository in ECR, such as `shop/web`."""

    @property
    def place(self) -> Place:
        """Where that is."""
        return Place(repository=self.repository)


class ChartPlace(Spec):
    """A repository of charts: in ECR, or a folder of a bucket."""

    repository: Repository | None = None
    """Repository in ECR whose name ends in that of the chart, such as `charts/shop`: the chart is an OCI artifact."""

    bucket: BucketUrl | None = None
    """Folder of a bucket that is a Helm repository, such as `s3://acme-charts/stable`; instead of `repository`. Several
    pipelines can publish to it at once."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        faults = Faults()
        faults.require_one(self, "repository", "bucket")
        faults.raise_if_any()
        return self

    @property
    def place(self) -> Place:
        """Where that is."""
        return _registry.bucket(self.bucket) if self.bucket is not None else Place(repository=self.repository)
