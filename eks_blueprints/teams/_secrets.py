"""Secrets of AWS Secrets Manager that a team uses in the cluster, as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import Namespace, RegionalKeyArn, ServiceAccount, data_keys
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.karpenter.durations import Duration
from eks_blueprints.teams._manifest import manifest

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground

By = Literal["external_secrets", "secrets_store_csi_driver"]
Identity = Literal["irsa", "pod_identity"]

STORE = "secrets-manager"
"""Name of the SecretStore, and of the service account that it reads with, in each namespace with secrets."""

# Secrets Manager API reference, "CreateSecret", read 2026-11-29.
_NAME = Form(
    r"[A-Za-z0-9/_+=.@-]{1,512}(#.+)?",
    what="is not the name of a secret",
    do="write the name in Secrets Manager, with a property after # where it is JSON, such as shop/db#password",
)
RemoteName = Annotated[str, AfterValidator(_NAME)]


class TeamSecret(Spec):
    """A Secret, or files in pods, with values from AWS Secrets Manager. The cluster reads them; this program does
    not."""

    names_of_secrets: ClassVar[tuple[str, ...]] = ("data", "extract")
    """Fields that say where a secret is, and hold none."""

    namespace: Namespace | None = None
    """Namespace of the team. Default: the team's namespace, if it has only one."""

    data: Annotated[dict[str, RemoteName], AfterValidator(data_keys)] = {}
    """The name in Secrets Manager by key, with a property after `#` if the secret is JSON:
    `{password: shop/db#password}`."""

    extract: Many[RemoteName] = ()
    """Names in Secrets Manager of JSON secrets whose properties all become keys. Not with the CSI driver."""

    refresh_interval: Duration = "1h"
    """How often the External Secrets Operator reads it again. For the CSI driver the interval is a setting of the
    driver."""

    kms_key_arn: In[RegionalKeyArn] | None = None
    """ARN of the customer managed KMS key that encrypts it. Default: the AWS managed key, which needs no permission."""

    readers: Many[ServiceAccount] = ()
    """`service_accounts` of the team whose pods mount it with the CSI driver. Their IAM roles get the permission to
    read it."""

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        faults = Faults()
        if not (self.data or self.extract):
            faults.add("data", "is required; got nothing; write {password: shop/db#password}, or names to extract")
        faults.raise_if_any()
        return self

    @property
    def remote(self) -> tuple[str, ...]:
        """Names in Secrets Manager, each once."""
        return tuple(dict.fromkeys(each.partition("#")[0] for each in (*self.data.values(), *self.extract)))

    def permissions(self, partition: str, region: str, account: In[str]) -> list[Allow]:
        """Permissions to read only these secrets. Secrets Manager appends a hyphen and six characters to a name in an
        ARN."""

        def arn(name: str) -> In[str]:
            start, end = f"arn:{partition}:secretsmanager:{region}:", f":secret:{name}-??????"
            if isinstance(account, str):
                return f"{start}{account}{end}"
            return account.apply(lambda found: f"{start}{found}{end}")

        verbs = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
        allowed = [Allow(*verbs, on=tuple(arn(name) for name in self.remote))]
        return [*allowed, Allow("kms:Decrypt", on=(self.kms_key_arn,))] if self.kms_key_arn is not None else allowed


def by(ground: Ground, said: By | None) -> By | None:
    """What brings secrets into a cluster: `secrets_by`, or the add-on of the cluster; None if there is neither."""
    if said is not None or ground.addons is None:
        return said or "external_secrets"
    if "external_secrets" in ground.addons:
        return "external_secrets"
    return "secrets_store_csi_driver" if "secrets_store_csi_driver_provider_aws" in ground.addons else None


def store(namespace: str, region: str, identity: Identity) -> dict[str, Any]:
    """The SecretStore of a namespace.

    The operator assumes the role of a service account of the namespace by OIDC. Pod Identity gives it its own role
    alone, which it uses for a store without `auth`. Sources: external-secrets.io, "AWS Access: Controller's Pod
    Identity"; https://github.com/external-secrets/external-secrets/issues/2951.
    """
    aws: dict[str, Any] = {"service": "SecretsManager", "region": region}
    if identity == "irsa":
        aws["auth"] = {"jwt": {"serviceAccountRef": {"name": STORE}}}
    return manifest("external-secrets.io/v1", "SecretStore", STORE, namespace, {"provider": {"aws": aws}})


def external_secret(name: str, secret: TeamSecret, namespace: str) -> dict[str, Any]:
    """The ExternalSecret that creates a Secret of the same name."""
    spec: dict[str, Any] = {
        "refreshInterval": secret.refresh_interval,
        "secretStoreRef": {"name": STORE, "kind": "SecretStore"},
        "target": {"name": name, "creationPolicy": "Owner"},
    }
    if secret.data:
        spec["data"] = [{"secretKey": key, "remoteRef": dict(_remote(each))} for key, each in secret.data.items()]
    if secret.extract:
        spec["dataFrom"] = [{"extract": {"key": each.partition("#")[0]}} for each in secret.extract]
    return manifest("external-secrets.io/v1", "ExternalSecret", name, namespace, spec)


def _remote(name: str) -> Iterator[tuple[str, str]]:
    key, _, part = name.partition("#")
    yield "key", key
    if part:
        yield "property", part


def provider_class(name: str, secret: TeamSecret, namespace: str, *, irsa: bool) -> dict[str, Any]:
    """The SecretProviderClass with which pods mount a secret as files, one for each key."""
    objects: dict[str, dict[str, Any]] = {}
    for key, remote in secret.data.items():
        found, _, part = remote.partition("#")
        each = objects.setdefault(found, {"objectName": found, "objectType": "secretsmanager"})
        if part:
            each.setdefault("jmesPath", []).append({"path": part, "objectAlias": key})
        else:
            each["objectAlias"] = key
    # JSON is YAML, which the provider reads.
    parameters = {"objects": json.dumps(list(objects.values()))}
    parameters |= {} if irsa else {"usePodIdentity": "true"}
    spec = {"provider": "aws", "parameters": parameters}
    return manifest("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", name, namespace, spec)
