"""Settings of engines outside of AWS: who vouches for their jobs, and on which machines these run."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.core.spec import In, Spec

_PROVIDER = Form(
    r"arn:aws(-[a-z]+)*:iam::\d{12}:oidc-provider/[\x21-\x7e]+",
    what="is not the ARN of an IAM OIDC provider",
    do="write arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
)
_ISSUER = Form(
    r"https://(?!.*@)[\w.-]+(:\d+)?(/[\w./-]*[\w-])?",
    what="is not the URL of an issuer of tokens",
    do="write https:// and the host, without a slash at the end",
)
_LABEL = Form(r"[\w.-]{1,100}", what="is not a label of runners", do="use letters, digits and ._-")
_AUDIENCE = Form(r"[\x21-\x7e]{1,255}", what="is not an audience", do="use up to 255 characters without spaces")
_REPOSITORY = Form(r"[\w.-]+/[\w.-]+", what="is not the name of a repository", do="write owner/name, such as acme/web")

Machine = Literal["small", "medium", "large", "small_arm64", "medium_arm64", "large_arm64"]
"""A size, for arm64 with its architecture."""
Runners = dict[Machine, Annotated[str, AfterValidator(_LABEL)]]
Issuer = Annotated[str, AfterValidator(_ISSUER)]
Image = Annotated[str, Field(min_length=1, max_length=255)]


class OidcEngineArgs(Spec):
    """An engine whose jobs prove who they are by OIDC tokens, which AWS takes for credentials of an hour."""

    oidc_provider_arn: In[Annotated[str, AfterValidator(_PROVIDER)]] | None = None
    """ARN of the IAM OIDC provider, where the account has one already: it can have one for each issuer. Default: one is
    created."""

    audience: Annotated[str, AfterValidator(_AUDIENCE)] = "sts.amazonaws.com"
    """Audience of the tokens (`aud`), which the provider must list."""

    runners: Runners = {}
    """Labels of the runners of a size and architecture, such as `{large: our-large, small_arm64: our-arm}`. Default:
    the runners that the engine's own service has."""

    @property
    def issued_by(self) -> str:
        """URL of the issuer of the tokens."""
        raise NotImplementedError


class GithubRepositoryArgs(Spec):
    """Numbers of a repository, which no other repository ever gets."""

    owner_id: int = Field(ge=1)
    """Number of the user or organization: `gh api users/OWNER --jq .id`."""

    id: int = Field(ge=1)
    """Number of the repository: `gh api repos/OWNER/NAME --jq .id`."""


class GithubActionsArgs(OidcEngineArgs):
    """GitHub Actions."""

    issuer: Issuer = "https://token.actions.githubusercontent.com"
    """Issuer of the tokens. An enterprise that has its own has its name at the end; GitHub Enterprise Server has
    `https://HOST/_services/token`."""

    repositories: dict[Annotated[str, AfterValidator(_REPOSITORY)], GithubRepositoryArgs] = {}
    """Numbers of repositories whose tokens carry them in their subject, by `owner/name`: the roles then trust these
    alone. GitHub does so for repositories that were made or renamed since 2026-07-15, and for others on request."""

    @property
    def issued_by(self) -> str:
        """URL of the issuer of the tokens."""
        return self.issuer


class GitlabCiArgs(OidcEngineArgs):
    """GitLab CI."""

    url: Issuer = "https://gitlab.com"
    """URL of GitLab, which is the issuer of the tokens too."""

    subject_has_environment: bool = False
    """Whether the subject of the project's tokens ends in `environment_protected`: roles of stages with an environment
    then trust jobs of protected environments alone. The settings that are rendered turn it on in the project."""

    image: Image | None = None
    """Image of jobs that name none; it has bash, git and the AWS CLI. Default: that of AWS CodeBuild."""

    @property
    def issued_by(self) -> str:
        """URL of the issuer of the tokens."""
        return self.url


class JenkinsArgs(Spec):
    """Jenkins on an EKS cluster, with agents as pods. See the add-on `jenkins`."""

    cluster: Annotated[str, Field(pattern=r"^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$")]
    """Name of the EKS cluster that Jenkins runs on. It is in the region and the account of the stack, and has the EKS
    Pod Identity Agent."""

    namespace: Namespace = "jenkins"
    """Namespace of the agents."""

    image: Image | None = None
    """Image of jobs that name none; it has bash, git and the AWS CLI. Default: that of AWS CodeBuild."""


class EnginesArgs(Spec):
    """Settings of engines outside of AWS, for those that pipelines name."""

    github_actions: GithubActionsArgs = GithubActionsArgs()
    """GitHub Actions."""

    gitlab_ci: GitlabCiArgs = GitlabCiArgs()
    """GitLab CI."""

    jenkins: JenkinsArgs | None = None
    """Jenkins. Required where a pipeline names it."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        for field, spec in self.by_oidc.items():
            arn, issuer = spec.oidc_provider_arn, spec.issued_by
            if isinstance(arn, str) and arn.partition(":oidc-provider/")[2] != issuer.removeprefix("https://"):
                do = "name the provider of that URL"
                faults.add((field, "oidc_provider_arn"), f"is of another issuer than {issuer}; got {arn}; {do}")
        faults.raise_if_any()
        return self

    @property
    def by_oidc(self) -> dict[str, OidcEngineArgs]:
        """Engines whose jobs have tokens of OIDC, by their names."""
        return {"github_actions": self.github_actions, "gitlab_ci": self.gitlab_ci}
