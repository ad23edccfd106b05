"""The OIDC identity provider whose users and groups may use the Kubernetes API of a cluster, as data."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Tags
from eks_blueprints.core.spec import In, Spec, is_known

_NAME = Form(
    r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,99}",
    what="is not a valid name of an identity provider",
    do="use up to 100 letters, digits, - and _, with a letter or digit first",
)
_ISSUER = Form(
    r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(:\d+)?(/[^\s?#]*)?",
    what="is not a valid URL of an issuer",
    do="write it like https://login.example.com, reachable from the internet, without a query",
)
_SYSTEM = "system:"


class IdentityProviderArgs(Spec):
    """An OIDC identity provider, whose users sign in to the Kubernetes API with its tokens; a cluster has one at most.

    Every change replaces it, which takes EKS many minutes, and nobody signs in meanwhile. What users and groups may do
    is said by your own role bindings. Source: EKS user guide, "Grant users access to Kubernetes with an external OIDC
    provider".
    """

    name: Annotated[str, AfterValidator(_NAME)] = "oidc"
    """Name of the association in EKS."""

    issuer_url: In[Annotated[str, AfterValidator(_ISSUER)]]
    """URL of the issuer, as its tokens have it in `iss`; EKS has to reach `/.well-known/openid-configuration` below it
    from the internet."""

    client_id: In[str]
    """Id of the application whose tokens are taken, as they have it in `aud`."""

    username_claim: str | None = None
    """Claim that is the name of a user. Default: Kubernetes' own, `sub`."""

    username_prefix: str | None = None
    """Prefix of user names; `-` for none. Default: the issuer's URL and #, unless the claim is `email`."""

    groups_claim: str | None = None
    """Claim that lists the groups of a user. Default: users have no groups."""

    groups_prefix: str | None = None
    """Prefix of group names, such as `oidc:`. Default: nothing."""

    required_claims: dict[str, str] = {}
    """Claims that tokens need to have, and their values."""

    tags: Tags = {}
    """Tags of the association, besides those of the cluster."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        for field in ("username_prefix", "groups_prefix"):
            value = getattr(self, field)
            if value is not None and value.startswith(_SYSTEM):
                faults.add(field, f"begins with {_SYSTEM}, which Kubernetes reserves; got {value}; choose another")
        client: Any = self.client_id
        if is_known(client) and not client.strip():
            faults.add("client_id", f"is empty; got {shown(client)}; write the id that the provider gave")
        for key, value in self.required_claims.items():
            if not 1 <= len(key) <= 63 or not 1 <= len(value) <= 253:
                what = "is refused by EKS; got {}; use up to 63 characters for a claim, and 253 for its value"
                faults.add(("required_claims", key), what.format(shown(value)))
        faults.raise_if_any()
        return self

    def inputs(self) -> dict[str, Any]:
        """It as the provider takes it."""
        said = {
            "identity_provider_config_name": self.name,
            "issuer_url": self.issuer_url,
            "client_id": self.client_id,
            "username_claim": self.username_claim,
            "username_prefix": self.username_prefix,
            "groups_claim": self.groups_claim,
            "groups_prefix": self.groups_prefix,
            "required_claims": dict(self.required_claims) or None,
        }
        return {key: value for key, value in said.items() if value is not None}
