"""External Secrets Operator: Kubernetes Secrets from AWS Secrets Manager and Parameter Store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._arns import ParameterArn, SecretArn
from eks_blueprints.addons._fit import Stage
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import KeyArn
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class ExternalSecrets(HelmAddOn):
    """Copy secrets of AWS Secrets Manager and parameters of Parameter Store into Kubernetes Secrets.

    It can read only what is named here; without any ARN its own role reads nothing, and each SecretStore names a
    service account with its own role, which is what platforms with several teams want.
    """

    category: ClassVar[str] = "security"
    brings_groups: ClassVar[tuple[str, ...]] = ("external-secrets.io", "generators.external-secrets.io")
    chart: ClassVar[Chart] = Chart("external-secrets", "2.9.0", "https://charts.external-secrets.io")
    service_account: ClassVar[str] = "external-secrets"
    stage: ClassVar[Stage] = Stage.CERTIFICATES
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("global",)
    images: ClassVar[dict[str, str]] = {
        "image.repository": "ghcr.io/external-secrets/external-secrets",
        "webhook.image.repository": "ghcr.io/external-secrets/external-secrets",
        "certController.image.repository": "ghcr.io/external-secrets/external-secrets",
    }
    spare: ClassVar[dict[str, Any]] = {
        "leaderElect": True,
        "replicaCount": 2,
        "certController.replicaCount": 2,
        "podDisruptionBudget.enabled": True,
        "webhook.replicaCount": 2,
        "webhook.podDisruptionBudget.enabled": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints", "webhook.topologySpreadConstraints")

    namespace: Namespace = "external-secrets"

    secret_arns: Many[In[SecretArn]] = ()
    """ARNs of the secrets it may read, with `*` for any text: `arn:aws:secretsmanager:region:account:secret:shop/*`."""

    parameter_arns: Many[In[ParameterArn]] = ()
    """ARNs of the parameters it may read, with `*` for any text."""

    kms_key_arns: Many[In[KeyArn]] = ()
    """ARNs of the customer managed KMS keys that these are encrypted with. Keys of AWS need no entry."""

    replicas: int | None = Field(default=None, ge=1, le=10)
    """Number of pods of the operator; one is active, the others are on standby. Default: the chart's, 1."""

    @model_validator(mode="after")
    def _keys_have_something_to_open(self) -> Self:
        faults = Faults()
        if self.kms_key_arns and not (self.secret_arns or self.parameter_arns):
            faults.add("kms_key_arns", "has nothing to decrypt; got neither secrets nor parameters; name them")
        faults.raise_if_any()
        return self

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """Its own service account, where it may read anything by itself."""
        reads = self.secret_arns or self.parameter_arns or self.policy_arns or self.service_account_role_arn is not None
        return (self.service_account,) if reads else ()

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Read what is named; listing knows no resources."""
        allowed = []
        if self.secret_arns:
            verbs = ("DescribeSecret", "GetResourcePolicy", "GetSecretValue", "ListSecretVersionIds")
            allowed.append(Allow(*(f"secretsmanager:{verb}" for verb in verbs), on=self.secret_arns))
            allowed.append(Allow("secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"))
        if self.parameter_arns:
            read = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath")
            allowed.append(Allow(*read, on=self.parameter_arns))
            allowed.append(Allow("ssm:DescribeParameters"))
        if self.kms_key_arns:
            allowed.append(Allow("kms:Decrypt", on=self.kms_key_arns))
        return allowed

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"installCRDs": True, "crds": {"annotations": {"helm.sh/resource-policy": "keep"}}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return {} if self.replicas is None else {"replicaCount": self.replicas, "leaderElect": self.replicas > 1}
