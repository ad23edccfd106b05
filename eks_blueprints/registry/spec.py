"""Image repositories in Amazon ECR, as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import RegionalArn, RegionalKeyArn, RoleArn, Tags, repeated
from eks_blueprints.core.spec import In, Many, Spec

# Source: Amazon ECR API reference, "CreateRepository", and Amazon ECR Public API reference; read 2026-11-29.
REPOSITORY = Form(
    r"(?=.{2,256}$)([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*",
    what="is not a valid name of a repository",
    do="use 2 to 256 lowercase letters and digits, with single . _ - or / between them, such as shop/web",
)
_PUBLIC = Form(
    r"(?=.{2,205}$)([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*",
    what="is not a valid name of a public repository",
    do="use 2 to 205 lowercase letters and digits, with single . _ - or / between them, such as shop/web",
)
# Source: AWS CLI reference, "create-pull-through-cache-rule", read 2026-11-29.
_PREFIX = Form(
    r"ROOT|(?=.{2,30}$)([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*/?",
    what="is not a valid prefix of repositories",
    do="use 2 to 30 lowercase letters and digits, with single . _ - or / between them, such as docker-hub, or ROOT",
)
ROOT = "ROOT"
"""Prefix of a rule for all repositories that no other rule is for."""
_HOST = Form(
    r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+",
    what="is not a host",
    do="write it without a scheme, such as public.ecr.aws",
)
_FILTER = Form(
    r"[0-9a-zA-Z._*-]{1,128}", what="is not a filter for tags", do="use letters, digits and ._-, with * for any text"
)
_WITH_SECRET = ("docker.io", "ghcr.io", "registry.gitlab.com", "azurecr.io", "cgr.dev")
"""Ends of the hosts of upstream registries that ECR reads only with a secret: Docker Hub, GitHub, GitLab, Azure and
Chainguard. Source: Amazon ECR User Guide, "Sync an upstream registry with an Amazon ECR private registry", read
2026-11-29."""

NAMED = {
    "ecr_repositories": (REPOSITORY, "name"),
    "ecr_public_repositories": (_PUBLIC, "name"),
    "ecr_pull_through_caches": (_PREFIX, "prefix"),
}
"""The form of a name in a registry and the field with that name, by the field of a team or a stack of pipelines."""

READ = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
WRITE = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")
"""Permissions to pull and to push an image, besides `ecr:GetAuthorizationToken`. Source: Amazon ECR User Guide, "IAM
permissions for pushing an image to an Amazon ECR private repository", read 2026-11-29."""

Mutability = Literal["IMMUTABLE", "MUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"]

LIFECYCLE: tuple[dict[str, Any], ...] = (
    {
        "rulePriority": 1,
        "description": "Images without a tag for two weeks",
        "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14},
        "action": {"type": "expire"},
    },
    {
        "rulePriority": 2,
        "description": "All but the latest 200 images",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 200},
        "action": {"type": "expire"},
    },
)
"""The default: which images are removed."""


class _Tagged(Spec):
    image_tag_mutability: Mutability = "IMMUTABLE"
    """Whether a tag can move to another image: `IMMUTABLE`, `MUTABLE`, or either `_WITH_EXCLUSION` of
    `image_tag_exclusions`."""

    image_tag_exclusions: Many[Annotated[str, AfterValidator(_FILTER)]] = Field(default=(), max_length=5)
    """Tags that are excluded from that, with `*` for any text, such as `cache-*`."""

    lifecycle_policy: Many[JsonValues] = LIFECYCLE
    """Rules of the lifecycle policy, with ECR's field names (`rulePriority`, `selection`, `action`). Default: images
    without a tag are removed after two weeks, and all but the latest 200. `[]`: nothing is removed."""

    kms_key_arn: In[RegionalKeyArn] | None = None
    """ARN of the KMS key that encrypts the images. Changing it replaces a repository. Default: a key of ECR
    (AES256)."""

    pull: Many[In[RoleArn]] = ()
    """ARNs of roles that may pull, such as the roles of nodes in other accounts. A role of this account needs no entry
    here: its own IAM policies suffice."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        excludes = self.image_tag_mutability.endswith("_WITH_EXCLUSION")
        if excludes != bool(self.image_tag_exclusions):
            do = "list them" if excludes else f"set image_tag_mutability: {self.image_tag_mutability}_WITH_EXCLUSION"
            got = "none" if excludes else f"some with {self.image_tag_mutability}"
            faults.add("image_tag_exclusions", f"are what a mutability with exclusions is for; got {got}; {do}")
        check_lifecycle(self.lifecycle_policy, faults)
        if twice := repeated(each for each in self.pull if isinstance(each, str)):
            faults.add("pull", f"lists one role twice; got {twice}; remove one of them")
        self._check_own(faults)
        faults.raise_if_any()
        return self

    def _check_own(self, faults: Faults) -> None:
        """Note what is wrong about this sort of repository alone."""

    @property
    def mutability(self) -> dict[str, Any]:
        """Mutability and its exclusions, as the provider takes them."""
        said: dict[str, Any] = {"image_tag_mutability": self.image_tag_mutability}
        if self.image_tag_exclusions:
            filters = [{"filter": each, "filter_type": "WILDCARD"} for each in self.image_tag_exclusions]
            said["image_tag_mutability_exclusion_filters"] = filters
        return said

    @property
    def encryption(self) -> list[Any]:
        """Encryption, as the provider takes it."""
        if self.kms_key_arn is None:
            return [{"encryption_type": "AES256"}]
        return [{"encryption_type": "KMS", "kms_key": self.kms_key_arn}]


class EcrRepository(_Tagged):
    """A private repository of images in Amazon ECR."""

    name: Annotated[str, AfterValidator(REPOSITORY)] | None = None
    """Name of the repository, unique in a registry (an account in a region). Changing it replaces the repository.
    Default: the name of the team or the stack, `/` and the key."""

    scan_on_push: bool = True
    """Whether images are scanned for vulnerabilities when they are pushed. Enhanced scanning by Amazon Inspector is a
    setting of the whole registry."""

    push: Many[In[RoleArn]] = ()
    """ARNs of roles that may push and pull, such as the role of a pipeline. Each also needs
    `ecr:GetAuthorizationToken` in its IAM policies: the policy of a repository cannot grant it."""

    force_delete: bool = False
    """Whether the repository can be deleted while it has images."""

    protect: bool = False
    """Whether Pulumi refuses to delete the repository."""

    tags: Tags = {}
    """Tags, besides those of the team or the stack."""

    def _check_own(self, faults: Faults) -> None:
        if twice := repeated(each for each in self.push if isinstance(each, str)):
            faults.add("push", f"lists one role twice; got {twice}; remove one of them")


class EcrPublicRepository(Spec):
    """A public repository of images in Amazon ECR, from which everybody can pull."""

    name: Annotated[str, AfterValidator(_PUBLIC)] | None = None
    """Name of the repository. Changing it replaces the repository. Default: the name of the team or the stack, `/` and
    the key."""

    description: str | None = Field(default=None, max_length=1024)
    """Short description in the public gallery, up to 1024 characters."""

    about_text: str | None = Field(default=None, max_length=10_240)
    """What it is, in Markdown."""

    usage_text: str | None = Field(default=None, max_length=10_240)
    """How it is used, in Markdown."""

    architectures: Many[Literal["ARM", "ARM 64", "x86", "x86-64"]] = ()
    """Architectures that its images are for."""

    operating_systems: Many[Literal["Linux", "Windows"]] = ()
    """Operating systems that its images are for."""

    push: Many[In[RoleArn]] = ()
    """ARNs of roles that may push. Each also needs `ecr-public:GetAuthorizationToken` and `sts:GetServiceBearerToken`
    in its IAM policies."""

    force_delete: bool = False
    """Whether the repository can be deleted while it has images."""

    tags: Tags = {}
    """Tags, besides those of the team or the stack."""


class EcrPullThroughCache(_Tagged):
    """A pull through cache rule: ECR copies images of another registry when they are first pulled. The other fields are
    settings of the repositories that ECR creates for them. Nodes that pull need `ecr:CreateRepository` and
    `ecr:BatchImportUpstreamImage` the first time (the managed policy AmazonEC2ContainerRegistryPullOnly has the
    second)."""

    upstream_registry_url: Annotated[str, AfterValidator(_HOST)]
    """Host of the other registry, such as `public.ecr.aws`, `registry-1.docker.io` or `quay.io`. Changing it replaces
    the rule."""

    prefix: Annotated[str, AfterValidator(_PREFIX)] | None = None
    """How the names of the repositories begin; `ROOT` for all that no other rule is for. Changing it replaces the rule.
    Default: the name of the team or the stack, `/` and the key."""

    upstream_repository_prefix: str | None = None
    """Limits the rule to upstream repositories whose names begin with it. Default: all."""

    credential_arn: In[RegionalArn] | None = None
    """ARN of the secret with the credentials for the other registry. Its name begins with `ecr-pullthroughcache/`."""

    def home(self, default: str) -> str:
        """How the ARNs of its repositories go on behind `repository/`."""
        prefix = (self.prefix or default).removesuffix("/")
        return "*" if prefix == ROOT else f"{prefix}/*"

    def _check_own(self, faults: Faults) -> None:
        host = self.upstream_registry_url
        if self.prefix == ROOT and self.upstream_repository_prefix is not None:
            got = shown(self.upstream_repository_prefix)
            faults.add("upstream_repository_prefix", f"cannot be set with prefix: ROOT; got {got}; remove one of them")
        if self.credential_arn is None and host.endswith(_WITH_SECRET):
            do = "name a secret of Secrets Manager that begins with ecr-pullthroughcache/"
            faults.add("credential_arn", f"is required for {host}; got none; {do}")
        elif isinstance(self.credential_arn, str) and ":secret:ecr-pullthroughcache/" not in self.credential_arn:
            do = "name a secret that begins with ecr-pullthroughcache/"
            faults.add("credential_arn", f"is a secret that ECR does not read; got {shown(self.credential_arn)}; {do}")


def check_lifecycle(rules: Iterable[Any], faults: Faults) -> None:
    """Note rules that lack a part, or share a priority."""
    seen: set[int] = set()
    for index, rule in enumerate(rules):
        at = ("lifecycle_policy", index)
        for field in ("rulePriority", "selection", "action"):
            if field not in rule:
                faults.add((*at, field), f"is required; got none; {_RULE}")
        priority = rule.get("rulePriority")
        if priority is not None and (type(priority) is not int or priority < 1):
            faults.add((*at, "rulePriority"), f"must be 1 or more; got {shown(priority)}; {_RULE}")
        elif priority in seen:
            faults.add((*at, "rulePriority"), f"is used twice; got {priority}; choose another")
        if type(priority) is int:
            seen.add(priority)


_RULE = "write it like {rulePriority: 1, selection: {tagStatus: untagged, …}, action: {type: expire}}"
