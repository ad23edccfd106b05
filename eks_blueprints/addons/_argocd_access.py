"""Who signs on to Argo CD, and what they may do there."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.iam import json_text
from eks_blueprints.core.json_values import JsonValues, secret_leaves
from eks_blueprints.core.leaves import Secret, data_keys
from eks_blueprints.core.spec import In, Many, Spec

_OIDC_SECRET = "oidc.clientSecret"  # noqa: S105 - the name of a key


class Oidc(Spec):
    """An identity provider that speaks OpenID Connect, such as Okta, Entra ID, Keycloak or Cognito."""

    name: str = Field(default="SSO", min_length=1)
    """What the button says."""

    issuer: str = Field(pattern=r"^https://\S+$")
    """URL of the provider."""

    client_id: str = Field(min_length=1)
    """Id of Argo CD at the provider."""

    client_secret: Secret | None = None
    """Secret of Argo CD at the provider, named and not written: `{secret: key}`. Default: none, with PKCE."""

    cli_client_id: str | None = Field(default=None, min_length=1)
    """Id of the command line at the provider. Default: `client_id`."""

    scopes: Many[str] = ("openid", "profile", "email", "groups")
    """What is asked of the provider."""

    def text(self) -> In[str]:
        """Argo CD's configuration of it; the secret stays in Argo CD's Secret."""
        said: dict[str, Any] = {"name": self.name, "issuer": self.issuer, "clientID": self.client_id}
        if self.client_secret is not None:
            said["clientSecret"] = f"${_OIDC_SECRET}"
        else:
            said["enablePKCEAuthentication"] = True
        if self.cli_client_id is not None:
            said["cliClientID"] = self.cli_client_id
        return json_text({**said, "requestedScopes": list(self.scopes)})


class Sso(Spec):
    """How people sign on: by OpenID Connect, or by what Dex connects to."""

    oidc: Oidc | None = None
    """A provider that speaks OpenID Connect."""

    dex_connectors: Many[JsonValues] = ()
    """Connectors of Dex, such as GitHub or SAML (AWS IAM Identity Center): `{type: github, id: github, name: GitHub,
    config: {clientID: …, clientSecret: $dex.github}}`. A text that begins with `$` names one of `dex_secrets`."""

    dex_secrets: Annotated[dict[str, Secret], AfterValidator(data_keys)] = {}
    """Secrets of connectors by their names, each named and not written: `{dex.github: {secret: key}}`."""

    keep_admin: bool = False
    """Whether `admin` can still sign on with a password."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        faults = Faults()
        if (self.oidc is None) == (not self.dex_connectors):
            got = "both" if self.oidc is not None else "neither"
            faults.add("oidc", f"or dex_connectors is required, and one alone; got {got}; write one of them")
        for index, connector in enumerate(self.dex_connectors):
            for path in secret_leaves(connector):
                do = "put it into dex_secrets, and write $ with its name here"
                faults.add(("dex_connectors", index, *path), f"would be stored in a ConfigMap; got a secret; {do}")
        faults.raise_if_any()
        return self

    def values(self) -> dict[str, Any]:
        """It in the values of Argo CD's chart."""
        import pulumi

        held: dict[str, Any] = dict(self.dex_secrets)
        if self.oidc is not None:
            said: dict[str, Any] = {"oidc.config": self.oidc.text()}
            held |= {_OIDC_SECRET: self.oidc.client_secret} if self.oidc.client_secret is not None else {}
        else:
            said = {"dex.config": json_text({"connectors": [dict(each) for each in self.dex_connectors]})}
        said["admin.enabled"] = self.keep_admin
        secrets = {"extra": {key: pulumi.Output.secret(value) for key, value in held.items()}}
        return {"cm": said} | ({"secret": secrets} if held else {})


class Rbac(Spec):
    """What people may do in Argo CD. Roles for the applications of a project are part of the project."""

    default_role: Literal["admin", "readonly"] | None = None
    """Role of everyone who signs on. Default: none, so that they see nothing."""

    groups: dict[str, str] = {}
    """Roles of groups of the identity provider: `{platform-team: admin, developers: readonly}`, or a role of
    `policies`."""

    policies: Many[Annotated[str, Field(pattern=r"^[pg], .+")]] = ()
    """Further lines of Argo CD's policy: `p, role:deployer, applications, sync, */*, allow`."""

    scopes: Many[str] = ("groups",)
    """Claims of the provider's token that contain the groups."""

    def values(self) -> dict[str, Any]:
        """It in the values of Argo CD's chart."""
        lines = [*self.policies, *(f"g, {group}, role:{role}" for group, role in self.groups.items())]
        said: dict[str, Any] = {"scopes": f"[{', '.join(self.scopes)}]"}
        said |= {"policy.default": f"role:{self.default_role}"} if self.default_role is not None else {}
        return {"rbac": said | ({"policy.csv": "".join(f"{line}\n" for line in lines)} if lines else {})}
