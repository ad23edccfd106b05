"""Who calls the Kubernetes API of a cluster: the identity that the AWS provider of the cluster has.

EKS makes whoever creates a cluster its administrator. A kubeconfig that asks for its token as somebody else gets in
nowhere, or somewhere else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi

from eks_blueprints.core.aws_config import argument, of_stack
from eks_blueprints.core.spec import In, is_output


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls: the ambient AWS identity, a profile's, or a role that one of them takes on."""

    role_arn: In[str] | None = None
    profile: In[str] | None = None
    env: Mapping[str, In[str | None]] = field(default_factory=dict)
    """Variables that tell the AWS CLI where its identity comes from; those without a value are left out."""
    keys: Mapping[str, In[str | None]] = field(default_factory=dict)
    """Credentials themselves, as variables. No kubeconfig that leaves the program holds them."""

    def but(self, *, role_arn: In[str] | None, profile: In[str] | None) -> Caller:
        """The caller that somebody names who has the last word: a profile alone, or a role that this caller takes."""
        if profile is not None:
            return Caller(role_arn=role_arn, profile=profile)
        return self if role_arn is None else replace(self, role_arn=role_arn)


def caller_of(provider: pulumi.ProviderResource | None) -> Caller:
    """Who a provider of the package aws acts as; None stands for the default provider, which has a stack's settings."""
    if provider is None:
        found, _ = of_stack()
        return caller({name: each.told for name, each in found.items() if not each.opaque})
    state = _state(provider)
    return caller({name: _member(state, name) for name in _TELLING})


def caller(said: Mapping[str, Any]) -> Caller:
    """Who acts by these settings of the AWS provider: plain values, or Outputs of what a provider was told."""
    web = said.get("assumeRoleWithWebIdentity")
    env = {
        "AWS_CONFIG_FILE": _of(said.get("sharedConfigFiles"), _only),
        "AWS_SHARED_CREDENTIALS_FILE": _of(said.get("sharedCredentialsFiles"), _only),
        "AWS_ROLE_ARN": _of(web, lambda each: _field(each, "roleArn")),
        "AWS_ROLE_SESSION_NAME": _of(web, lambda each: _field(each, "sessionName")),
        "AWS_WEB_IDENTITY_TOKEN_FILE": _of(web, lambda each: _field(each, "webIdentityTokenFile")),
    }
    keys = {
        "AWS_ACCESS_KEY_ID": said.get("accessKey"),
        "AWS_SECRET_ACCESS_KEY": said.get("secretKey"),
        "AWS_SESSION_TOKEN": said.get("token"),
    }
    return Caller(
        role_arn=_of(said.get("assumeRoles"), _last_role),
        profile=said.get("profile"),
        env={name: value for name, value in env.items() if value is not None},
        keys={name: value for name, value in keys.items() if value is not None},
    )


_TELLING = (
    *("accessKey", "assumeRoleWithWebIdentity", "assumeRoles", "profile", "secretKey", "sharedConfigFiles"),
    *("sharedCredentialsFiles", "token"),
)
"""The settings of the AWS provider that decide who it is."""


def _state(provider: pulumi.ProviderResource) -> pulumi.Output[Any]:
    """What a provider was told, which the engine knows: its Python object keeps only what is plain text.

    It does not depend on the provider, as what is made with it does so already.
    """
    found = pulumi.runtime.invoke_output("pulumi:pulumi:getResource", {"urn": provider.urn})
    none: set[pulumi.Resource] = set()
    return pulumi.Output(none, found.future(), found.is_known(), found.is_secret())


def _member(state: pulumi.Output[Any], name: str) -> pulumi.Output[Any]:
    return state.apply(lambda found: found["state"].get(name))


def _of(value: Any, read: Callable[[Any], Any]) -> Any:
    if is_output(value):
        return value.apply(lambda found: read(_plain(found)))
    return None if value is None else read(value)


def _plain(found: Any) -> Any:
    # A provider hands its nested arguments on as JSON.
    return json.loads(found) if isinstance(found, str) and found[:1] in ("{", "[") else found


def _last_role(roles: Any) -> str | None:
    # Several roles are taken on one after the other: the last is the one that acts.
    return _field(roles[-1], "roleArn") if isinstance(roles, list) and roles else None


def _field(fields: Any, name: str) -> Any:
    # The SDK passes mappings on as they are written, which in Python may be `role_arn`.
    return fields.get(name) or fields.get(argument(name)) if isinstance(fields, Mapping) else None


def _only(files: Any) -> str | None:
    # The AWS CLI reads one file of each sort.
    return str(files[0]) if isinstance(files, list) and len(files) == 1 else None
