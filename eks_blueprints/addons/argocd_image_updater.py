"""Argo CD Image Updater: new images into Argo CD's applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.argocd import Argocd
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_REGISTRY = Form(
    r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.(amazonaws\.com(\.cn)?)",
    what="is not a registry of Amazon ECR",
    do="write 111122223333.dkr.ecr.eu-west-1.amazonaws.com",
)
_READ = ("BatchCheckLayerAvailability", "BatchGetImage", "DescribeImages", "GetDownloadUrlForLayer", "ListImages")
_ASK = (
    "aws ecr --region {region} get-authorization-token --output text --query 'authorizationData[].authorizationToken'"
)


class ArgocdImageUpdater(HelmAddOn):
    """Tell Argo CD's applications of new images, as `gitops: {image_updates: …}` of the platform says."""

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("argocd-image-updater", "1.2.4", "https://argoproj.github.io/argo-helm")
    service_account: ClassVar[str] = "argocd-image-updater"
    role_on_demand: ClassVar[bool] = True
    requires: ClassVar[tuple[type[AddOn], ...]] = (Argocd,)
    images: ClassVar[dict[str, str]] = {"image.repository": "quay.io/argoprojlabs/argocd-image-updater"}

    namespace: Namespace = "argocd"

    ecr_registries: Many[Annotated[str, AfterValidator(_REGISTRY)]] = ()
    """Registries of Amazon ECR that it reads, such as `111122223333.dkr.ecr.eu-west-1.amazonaws.com`, with a role for
    them. Default: those of `gitops: {image_updates: …}` of the platform."""

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """Its own service account, where it reads ECR."""
        return (self.service_account,) if self.ecr_registries else super().service_accounts

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """List and read images; the token is of no resource."""
        if not self.ecr_registries:
            return []
        parts = [registry.split(".") for registry in self.ecr_registries]
        arns = [f"arn:{cluster.partition}:ecr:{part[3]}:{part[0]}:repository/*" for part in parts]
        return [Allow("ecr:GetAuthorizationToken"), Allow(*(f"ecr:{verb}" for verb in _READ), on=arns)]

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        if not self.ecr_registries:
            return {}
        scripts: dict[str, str] = {}
        registries = []
        for registry in self.ecr_registries:
            region = registry.split(".")[3]
            script = f"ecr-{region}.sh"
            # It prints user and password, and the token is good for twelve hours.
            scripts[script] = f"#!/bin/sh\n{_ASK.format(region=region)} | base64 -d\n"
            said = {"name": registry, "api_url": f"https://{registry}", "prefix": registry, "ping": True}
            registries.append({**said, "credentials": f"ext:/scripts/{script}", "credsexpire": "10h"})
        return {"config": {"registries": registries}, "authScripts": {"enabled": True, "scripts": scripts}}
