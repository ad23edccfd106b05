"""Where images and charts are kept, and what a job may do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from eks_blueprints.core.aws_config import account_id
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In
from eks_blueprints.network import zones
from eks_blueprints.pipelines._job import Place, Site
from eks_blueprints.pipelines._scripts import script

if TYPE_CHECKING:
    from collections.abc import Iterable

# Source: ECR API reference, CreateRepository, read 2026-11-30.
_REPOSITORY = Form(
    r"(?=.{2,256}$)(?!.*\.amazonaws\.com)(?!(public\.ecr\.aws|docker\.io|ghcr\.io|quay\.io|([\w-]+\.)*(gcr|pkg|azurecr)\."
    r"(io|dev)|registry[\w.-]*\.\w+)/)[a-z0-9]+((\.|_|__|-+|/)[a-z0-9]+)*",
    what="is not the name of a repository in ECR",
    do="use lowercase letters, digits and ._-/, such as shop/web, without a host; a promote stage copies to ECR "
    "Public, and commands of yours to other registries",
)
# Source: Amazon ECR Public API reference, "CreateRepository" and "Registry", read 2026-11-30.
_PUBLIC_REPOSITORY = Form(
    r"(?=.{4,256}$)[a-z][a-z0-9]*(-[a-z0-9]+)*/([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*",
    what="is not a repository in ECR Public",
    do="write the alias of the registry and the name, such as a1b2c3d4/shop/web, without public.ecr.aws/",
)
_BUCKET_URL = Form(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.=@+-]+)*/?",
    what="is not a folder of a bucket",
    do="write s3://bucket or s3://bucket/charts; for a repository that is read by https, as GitHub Pages is, let "
    "CloudFront serve the bucket and name that in url",
)

Repository = Annotated[str, AfterValidator(_REPOSITORY)]
PublicRepository = Annotated[str, AfterValidator(_PUBLIC_REPOSITORY)]
BucketUrl = Annotated[str, AfterValidator(_BUCKET_URL)]
Account = Annotated[str, AfterValidator(account_id)]

_PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:DescribeImages",
    "ecr:GetDownloadUrlForLayer",
)
_PUSH = (
    *_PULL,
    "ecr:CompleteLayerUpload",
    "ecr:DescribeRepositories",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_PUSH_PUBLIC = (
    "ecr-public:BatchCheckLayerAvailability",
    "ecr-public:CompleteLayerUpload",
    "ecr-public:DescribeImages",
    "ecr-public:InitiateLayerUpload",
    "ecr-public:PutImage",
    "ecr-public:UploadLayerPart",
)


def log_in(site: Site, place: Place) -> str:
    """The command that finds the host of a registry, and defines how programs log in to it."""
    if place.public is not None:
        return script("registry_public", ALIAS=place.public)
    region = place.region or site.region
    suffix = zones.region(region).dns_suffix
    return script("registry", REGISTRY_ID=place.account_id or "", REGISTRY_REGION=region, DNS_SUFFIX=suffix)


def arn(site: Site, place: Place) -> In[str]:
    """ARN of a repository."""
    resource = f"repository/{place.repository}"
    if place.public is not None:
        return site.arn("ecr-public", resource, region="")
    if place.account_id is not None:
        return f"arn:{site.partition}:ecr:{place.region or site.region}:{place.account_id}:{resource}"
    return site.arn("ecr", resource, region=place.region or site.region)


def pulls(site: Site, *places: Place) -> tuple[Allow, ...]:
    """What a job that reads images or charts may do."""
    return tuple(_allowed(site, _PULL, places))


def pushes(site: Site, *places: Place) -> tuple[Allow, ...]:
    """What a job that pushes images or charts may do."""
    return tuple(_allowed(site, _PUSH, places))


def _allowed(site: Site, actions: tuple[str, ...], places: Iterable[Place]) -> Iterable[Allow]:
    if actions is _PUSH and (public := [place for place in places if place.public is not None]):
        # A token is of no repository.
        yield Allow("ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken")
        yield Allow(*_PUSH_PUBLIC, on=tuple(dict.fromkeys(arn(site, place) for place in public)))
    if registries := [place for place in places if place.repository is not None and place.public is None]:
        yield Allow("ecr:GetAuthorizationToken")
        yield Allow(*actions, on=tuple(dict.fromkeys(arn(site, place) for place in registries)))
    for place in places:
        if place.bucket is not None:
            objects = f"arn:{site.partition}:s3:::{place.bucket}/{place.prefix}*"
            verbs = ("s3:GetObject", "s3:PutObject") if actions is _PUSH else ("s3:GetObject",)
            yield Allow(*verbs, on=objects)
            # Without it S3 answers "access denied" where an object is not there.
            yield Allow("s3:ListBucket", on=f"arn:{site.partition}:s3:::{place.bucket}")


def bucket(url: str) -> Place:
    """The place that `s3://bucket/folder` is."""
    name, _, folder = url.removeprefix("s3://").partition("/")
    return Place(bucket=name, prefix=f"{folder.strip('/')}/" if folder.strip("/") else "")
