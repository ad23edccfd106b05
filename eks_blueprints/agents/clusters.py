"""Hub and spokes: clusters that an agent on another cluster deploys to, without a token that lasts."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, field_validator, model_validator

from eks_blueprints.access.policies import aws_name
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import ClusterArn, Namespace, RoleArn
from eks_blueprints.core.spec import In, Many, Spec, is_known

_ENDPOINT = Form(r"https://[A-Za-z0-9.-]+(:\d+)?", what="is not the endpoint of a cluster", do="write https://host")
_AUTHORITY = Form(
    r"[A-Za-z0-9+/]{20,}={0,2}",
    what="is not a certificate authority",
    do="write it as EKS shows it, in base64",
)

Endpoint = Annotated[str, AfterValidator(_ENDPOINT)]
Authority = Annotated[str, AfterValidator(_AUTHORITY)]


class RemoteCluster(Spec):
    """A cluster that this one deploys to: a spoke. Its own stack lets it in (`hub`)."""

    arn: In[ClusterArn]
    """ARN of the cluster, best as `{stack: shop, output: cluster_arn}`."""

    endpoint: In[Endpoint] | None = None
    """URL of its Kubernetes API, as `{stack: shop, output: cluster_endpoint}`. Argo CD by its chart needs it; Flux
    asks EKS for it; the EKS capability for Argo CD needs none."""

    certificate_authority: In[Authority] | None = None
    """Its certificate authority in base64, as `{stack: shop, output: cluster_certificate_authority}`. As above."""

    role_arn: In[RoleArn] | None = None
    """ARN of the IAM role by which it is entered, as `{stack: shop, output: gitops_role_arn}`. Argo CD by its chart
    assumes it. Default: the agent's own role is let in."""

    labels: dict[str, str] = {}
    """Labels by which cluster generators choose it, such as `{environment: prod}`."""

    annotations: dict[str, str] = {}
    """Annotations, which templates of application sets can use."""

    project: str | None = None
    """The only project that may deploy to it. Default: all whose destinations include it."""

    namespaces: Many[Namespace] = ()
    """Namespaces that Argo CD manages in it. Default: all."""

    cluster_objects: bool = True
    """Whether Argo CD manages cluster-wide objects where `namespaces` are said."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if (self.endpoint is None) != (self.certificate_authority is None):
            field = "endpoint" if self.endpoint is None else "certificate_authority"
            faults.add(field, "is required with the other; got one of endpoint and certificate_authority; write both")
        faults.raise_if_any()
        return self


class Hub(Spec):
    """The agent on another cluster that deploys to this one."""

    principal_arn: In[RoleArn]
    """ARN of the role that the agent has there, best as `{stack: hub, output: gitops_agent_role_arn}`."""

    through_role: bool = True
    """Whether the agent assumes a role that is created here and that only it can assume. With `false` its own role is
    let in: that is how Flux and the EKS capability for Argo CD enter a cluster."""

    policy: str = "cluster_admin"
    """EKS access policy that it has here: `cluster_admin`, `admin`, `edit` or another one."""

    namespaces: Many[str] | None = None
    """Namespaces that the policy is limited to; `shop-*` means all that begin so. Default: the whole cluster."""

    @field_validator("policy")
    @classmethod
    def _known(cls, policy: str) -> str:
        return aws_name(policy)

    @model_validator(mode="after")
    def _is_limited(self) -> Self:
        faults = Faults()
        if self.namespaces is not None and aws_name(self.policy) == aws_name("cluster_admin"):
            do = "use policy: admin"
            faults.add(
                "policy", f"is for the whole cluster; got it with namespaces {shown(list(self.namespaces))}; {do}"
            )
        faults.raise_if_any()
        return self


def name_of(arn: Any) -> Any:
    """The name of a cluster by its ARN; of an Output an Output, of a reference a text that stands for it."""
    from eks_blueprints.core.spec import is_output

    if is_output(arn):
        return arn.apply(lambda found: found.rpartition("/")[2])
    return re.sub(r"^.*/", "", arn) if is_known(arn) else str(arn)
