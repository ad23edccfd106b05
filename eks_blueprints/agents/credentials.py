"""How an agent signs in to a repository; nothing secret is written down."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Secret, object_name
from eks_blueprints.core.spec import In, Spec
from eks_blueprints.karpenter.durations import Duration

_SECRET_ARN = Form(
    r"arn:aws(-[a-z]+)*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}",
    what="is not a valid ARN of a secret",
    do="write arn:aws:secretsmanager:region:111122223333:secret:name",
)


ObjectName = Annotated[str, AfterValidator(object_name)]
SecretArn = Annotated[str, AfterValidator(_SECRET_ARN)]


class GithubApp(Spec):
    """An installation of a GitHub App, whose tokens last for an hour."""

    id: int = Field(gt=0)
    """Id of the app."""

    installation_id: int = Field(gt=0)
    """Id of its installation in the organization."""

    private_key: Secret
    """Its private key in PEM, named and not written: `{secret: key}`."""


class StoredCredentials(Spec):
    """Credentials that External Secrets Operator reads from a store, such as AWS Secrets Manager."""

    names_of_secrets: ClassVar[tuple[str, ...]] = ("key",)

    store: str = Field(min_length=1)
    """Name of the ClusterSecretStore or SecretStore."""

    store_kind: str = Field(default="ClusterSecretStore", pattern="^(Cluster)?SecretStore$")
    """`ClusterSecretStore`, or `SecretStore` for one in the agent's namespace."""

    key: str = Field(min_length=1)
    """Name in the store of a secret in JSON. Its properties are called as the agent calls them: for Argo CD `username`
    and `password`, `sshPrivateKey`, or `githubAppID`, `githubAppInstallationID` and `githubAppPrivateKey`; for Flux
    `username` and `password`, `identity` and `known_hosts`, or the same three of a GitHub App."""

    refresh_interval: Duration = "1h"
    """How often it is read again."""


class Credentials(Spec):
    """How an agent signs in to a repository: one of these ways."""

    ssh_key: Secret | None = None
    """Private SSH key, named and not written: `{secret: key}`."""

    known_hosts: str | None = Field(default=None, min_length=1)
    """Public keys of the SSH server, as `ssh-keyscan` writes them. Flux needs them; Argo CD knows those of the large
    hosts."""

    token: Secret | None = None
    """Token or password for HTTPS, named and not written: `{secret: key}`."""

    username: str = Field(default="git", min_length=1)
    """User that the token belongs to. Most hosts accept any."""

    github_app: GithubApp | None = None
    """An installation of a GitHub App."""

    external_secret: StoredCredentials | None = None
    """A secret that External Secrets Operator reads."""

    existing_secret: ObjectName | None = None
    """A Secret in the agent's namespace that is created elsewhere. One for Argo CD has the label
    `argocd.argoproj.io/secret-type: repository`."""

    secret_arn: In[SecretArn] | None = None
    """ARN of a secret of AWS Secrets Manager, which the EKS capability for Argo CD reads itself."""

    iam_role: bool = False
    """Whether the agent signs in with its IAM role: to ECR and S3 (Flux), or to ECR, CodeCommit and CodeConnections
    (the EKS capability for Argo CD). The add-on gets the permissions (`policy_arns`)."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        faults = Faults()
        if len(self.ways) != 1:
            got, known = ", ".join(self.ways) or "none of them", ", ".join(_WAYS)
            message = f"or another way to sign in is required, just one; got {got}; use one of {known}"
            faults.add("ssh_key", message)
        for field, way in (("known_hosts", "ssh_key"), ("username", "token")):
            if field in self.model_fields_set and self.ways and self.ways != [way]:
                faults.add(field, f"is for {way}; got {self.ways[0]}; remove it")
        faults.raise_if_any()
        return self

    @property
    def ways(self) -> list[str]:
        """The ways that are said."""
        return [name for name in _WAYS if getattr(self, name) not in (None, False)]

    @property
    def way(self) -> str:
        """The way that is used."""
        return self.ways[0]


_WAYS = ("ssh_key", "token", "github_app", "external_secret", "existing_secret", "secret_arn", "iam_role")
