"""Where a pipeline deploys to, and as whom."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.core import aws_config
from eks_blueprints.core.aws_config import account_of_role
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.leaves import Namespace, RoleArn, repeated
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.pipelines._repository import Branch, GitUrl, RepositoryPath
from eks_blueprints.pipelines._secrets import SecretArn


class PrivateAccess(Spec):
    """The network from which the API endpoint of a private cluster can be reached: builds of CodeBuild run in it."""

    vpc_id: In[str]
    """Id of the VPC."""

    subnet_ids: Many[In[str]]
    """Ids of private subnets; they need a way to AWS's APIs, by NAT or by VPC endpoints."""

    security_group_ids: Many[In[str]]
    """Ids of the security groups of the builds; the cluster's group must accept port 443 from one of them."""


class ManifestRepository(Spec):
    """The repository that an agent in the cluster (Argo CD, Flux) keeps the cluster equal to: a pipeline deploys by a
    commit to it and has no rights in the cluster."""

    url: GitUrl
    """URL of the repository, such as `https://github.com/acme/manifests.git`."""

    branch: Branch = "main"
    """Branch that the agent reads."""

    path: RepositoryPath
    """Folder of this environment in it, such as `clusters/prod/shop`."""

    token_secret_arn: In[SecretArn] | None = None
    """ARN of the secret, in Secrets Manager or in Parameter Store, that holds a token that can push to it. Default: the
    login that the machine of the job has, which runners of your own may have, and others have not."""


class Environment(Spec):
    """A cluster that pipelines deploy to, and who deploys."""

    cluster: In[str] | None = None
    """Name of the EKS cluster. Required unless `gitops` says that a commit deploys, or only stacks of Pulumi are
    deployed, by `deploy_role_arn`."""

    region: str | None = None
    """Region of the cluster. Default: that of the stack."""

    account_id: Annotated[str, AfterValidator(aws_config.account_id)] | None = None
    """Account of the cluster, 12 digits in quotes. Default: that of `deploy_role_arn`, or else that of the stack."""

    deploy_role_arn: In[RoleArn] | None = None
    """ARN of an existing role that deploys: stages for this environment assume it. Required for a cluster in another
    account. Default: the role of each stage deploys itself and has an access entry."""

    namespaces: Many[Namespace] = ()
    """Namespaces that it can change. Default: all of the cluster; a warning says so."""

    policy: Literal["view", "edit", "admin", "cluster_admin"] = "edit"
    """EKS access policy of its access entry, within `namespaces`. `cluster_admin` cannot be limited to namespaces."""

    access_entry: bool = True
    """Whether the access entry of the role is created here. False where the cluster's own stack creates it."""

    gitops: ManifestRepository | None = None
    """Deploy by a commit to this repository, which an agent in the cluster applies."""

    production: bool = False
    """Whether people depend on it: a deployment to it needs an approval, or (in a pipeline with `approval: none`) a
    verification in another environment before it and one in it after it."""

    approvers: Many[str] = ()
    """Who can approve deployments to it, as the engine names them: users and teams of GitHub (`acme/release`), of
    GitLab or of Jenkins, and for CodePipeline ARNs of IAM roles."""

    private_access: PrivateAccess | None = None
    """Network of the builds, where the endpoint of the cluster cannot be reached from the internet."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.cluster is None and self.gitops is None and self.deploy_role_arn is None:
            do = "name the cluster, the repository, or the role that deploys stacks of Pulumi"
            faults.add("cluster", f"is required; got neither cluster, gitops nor deploy_role_arn; {do}")
        of = account_of_role(self.deploy_role_arn) if isinstance(self.deploy_role_arn, str) else None
        if self.account_id is not None and of not in (None, self.account_id):
            got = shown(self.deploy_role_arn)
            faults.add("deploy_role_arn", f"is a role of another account; got {got}; name one of {self.account_id}")
        if self.policy == "cluster_admin" and self.namespaces:
            do = "use admin, or remove namespaces"
            faults.add("policy", f"cannot be limited to namespaces; got cluster_admin; {do}")
        for field in ("namespaces", "approvers"):
            if twice := repeated(getattr(self, field)):
                faults.add(field, f"names one twice; got {twice}; remove one of them")
        if self.gitops is not None:
            for field in ("deploy_role_arn", "private_access"):
                if getattr(self, field) is not None:
                    faults.add(field, f"is not used where a commit deploys; got {field} beside gitops; remove one")
        faults.raise_if_any()
        return self

    @property
    def account(self) -> str | None:
        """Account of the cluster, where it is known; None for that of the stack."""
        if self.account_id is not None:
            return self.account_id
        return account_of_role(self.deploy_role_arn) if isinstance(self.deploy_role_arn, str) else None
