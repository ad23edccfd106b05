"""Acme's platform: the blueprint with Acme's defaults, a cost centre on everything, and image repositories."""

from typing import Any, ClassVar

import pulumi_aws as aws
from pydantic import Field

from eks_blueprints import AnyNetwork, Blueprint, BlueprintArgs, FlowLogsArgs, NetworkArgs


class AcmeArgs(BlueprintArgs):
    """A platform of Acme."""

    region: str = "eu-west-1"
    """AWS region. Default: Ireland, where Acme's data has to stay."""

    network: AnyNetwork = NetworkArgs(cidr="10.64.0.0/16", nat_gateways="per_zone", flow_logs=FlowLogsArgs())
    """The VPC. Default: Acme's block for platforms, a NAT gateway a zone, and flow logs."""

    cost_center: str = Field(pattern=r"CC-\d{4}")
    """Cost centre that pays, such as `CC-4711`; a tag of every resource."""

    images: tuple[str, ...] = ()
    """Names of the container image repositories that come with the platform."""


class AcmeBlueprint(Blueprint):
    """Builds it."""

    Args: ClassVar = AcmeArgs
    args: AcmeArgs

    def prepare(self) -> AcmeArgs:
        """Tag everything with the cost centre."""
        return self.args.but(tags=self.args.tags | {"cost-center": self.args.cost_center})

    def extend(self) -> None:
        """Add the image repositories."""
        self.repositories = {image: self._repository(image) for image in self.args.images}

    def outputs(self) -> dict[str, Any]:
        """Also tell where images are pushed to."""
        return super().outputs() | {"images": {name: made.repository_url for name, made in self.repositories.items()}}

    def _repository(self, image: str) -> aws.ecr.Repository:
        return aws.ecr.Repository(
            f"{self.pulumi_resource_name}-image-{image.replace('/', '-')}",
            name=image,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            tags=dict(self.args.tags),
            opts=self.child(),
        )
