"""Publishing: what was built gets the names by which others find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import model_validator

from eks_blueprints.core.errors import Faults, unknown_name
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Site
from eks_blueprints.pipelines._places import ImagePlace
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._charts import ChartArgs, SignArgs, signed
from eks_blueprints.pipelines.stages._shipping import ShippingStage

Tag = Literal["commit", "short_commit", "branch", "timestamp", "version", "latest"]


class PublishedImage(ImagePlace):
    """An image that is published, for all the platforms that it was built for."""

    tags: Many[Tag] = ("commit", "version")
    """Its tags: `sha-<commit>` (always), the first 7 digits of the commit, the branch, the time of the build for agents
    that look for the newest (`<branch>-<time in UTC>-<commit>`, such as `main-20261130120000-1a2b3c4`), the version
    that a git tag such as `v1.2.3` says, `latest`. Those of versions and commits are never moved; where tags are
    immutable, none is."""


class Publish(ShippingStage):
    """Publish an image, as one for all the platforms that it was built for, or a chart, packaged and signed."""

    image: PublishedImage | None = None
    """An image. `inputs` are the images of the platforms."""

    chart: ChartArgs | None = None
    """A Helm chart."""

    sign: SignArgs | None = None
    """Sign it with Cosign. Default: it is not signed."""

    @model_validator(mode="after")
    def _can_sign(self) -> Self:
        faults = Faults()
        if self.chart is not None:
            if self.sign is not None and self.chart.bucket is not None:
                faults.add("sign", "is for registries; got a chart in a bucket; set chart.provenance instead")
            if self.chart.provenance is not None:
                for field in ("keyring", "passphrase"):
                    name = getattr(self.chart.provenance, field)
                    if name is not None and name not in self.secrets:
                        path = ("chart", "provenance", field)
                        faults.add(path, unknown_name(name, self.secrets, "secret of this stage"))
        faults.raise_if_any()
        return self

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """What it works on."""
        return {"image": True} if self.image is not None else {}

    @property
    def uses_several(self) -> bool:
        """All images that it is given."""
        return True

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"{self.kind_of_artifact} to {self.place.name}"

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Publish it, and sign it."""
        allowed = _registry.pushes(site, self.place)
        if self.chart is not None:
            commands = (*self.chart.package(), *self.chart.publish(site, self.artifact))
            job = self.job(allowed=allowed, tools=("helm", "jq", "yq"))
        else:
            images = tuple(name for name, output in inputs.items() if output.kind == "image")
            tags = tuple(self.image.tags) if self.image is not None else ()
            said = script(
                "publish_image", NAME=self.artifact, REPOSITORY=self.place.repository or "", INPUTS=images, TAGS=tags
            )
            commands = (_registry.log_in(site, self.place), script("platforms"), said)
            job = self.job(allowed=allowed, tools=("jq",), checkout=bool(self.commands))
        job = job.but(commands=(*job.commands, *commands))
        if self.sign is None:
            return job
        more = signed(site, self.sign, self.place, self.artifact, f"{self.kind_of_artifact}.json")
        return job.but(
            commands=(*job.commands, *more["commands"]),
            allowed=(*job.allowed, *more.get("allowed", ())),
            variables={**job.variables, **more.get("variables", {})},
            identity_tokens={**job.identity_tokens, **more.get("identity_tokens", {})},
            tools=(*job.tools, "cosign"),
        )
