"""What exists in AWS, from wherever it was read: the one form that every reader of states and accounts gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.adoption.types import at, types

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
ADDON = "aws:eks/addon:Addon"
FARGATE = "aws:eks/fargateProfile:FargateProfile"
ENTRY = "aws:eks/accessEntry:AccessEntry"
ENTRY_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
IDP = "aws:eks/identityProviderConfig:IdentityProviderConfig"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
GROUP = "aws:autoscaling/group:Group"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
NAT = "aws:ec2/natGateway:NatGateway"
ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"

_USES = {
    CLUSTER: ("roleArn", "computeConfig.nodeRoleArn", "encryptionConfig.provider.keyArn"),
    NODE_GROUP: ("nodeRoleArn",),
    FARGATE: ("podExecutionRoleArn",),
}
"""Where roles and keys are named by their ARN."""


def uses(found: Found) -> dict[str, str]:
    """The ARNs of the roles and the key that a resource names, by the property that names them."""
    named = {path: at(found.properties, path) for path in _USES.get(found.type, ())}
    return {path: str(arn) for path, arn in named.items() if arn}


@dataclass(frozen=True, slots=True)
class Found:
    """One resource that exists. It holds no secret: a reader keeps only properties that the table of types names."""

    type: str
    """Type token of pulumi-aws; of one that no stack file knows, the source's own type."""
    place: str
    """Where it was read, such as `module.eks.aws_eks_cluster.this[0]`."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    """Its properties, by the names of pulumi-aws."""
    id: str | None = None
    """Id by which it is imported; None where that is not known."""
    urn: str | None = None
    """URN that it has in a state of Pulumi."""

    @classmethod
    def of(cls, type_: str, place: str, properties: Mapping[str, Any], **more: Any) -> Found:
        """One of a known type, with its import id put together of its properties."""
        known = types()[type_]
        kept = _set({key: value for key, value in properties.items() if key in known.inputs | known.outputs | {"id"}})
        for path in known.zero:
            parent, _, key = path.rpartition(".")
            own = at(kept, parent) if parent else kept
            if isinstance(own, dict) and own.get(key) == 0:
                del own[key]
        if type_ == OIDC and "url" in kept:
            # IAM leaves the scheme out of it, and providers take both forms for the same.
            kept["url"] = f"https://{str(kept['url']).removeprefix('https://')}"
        return cls(type_, place, kept, known.import_id(kept), **more)

    def get(self, path: str, default: Any = None) -> Any:
        """The property at a path; the default where there is none, or nothing in it."""
        value = at(self.properties, path)
        return default if value in (None, "", [], {}) else value

    @property
    def inputs(self) -> dict[str, Any]:
        """The properties that can be set, without those that say nothing."""
        known = types()[self.type].inputs
        return {key: value for key, value in self.properties.items() if key in known}


def _set(value: Any) -> Any:
    """A value without what is not set, at any depth: states spell it as null, as empty text, as an empty list."""
    if isinstance(value, Mapping):
        kept = {key: _set(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in (None, "", {}, [])}
    return [_set(each) for each in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that was found, in its order."""

    resources: tuple[Found, ...]
    source: str
    """What messages call the file that it was read from."""
    doubts: tuple[tuple[str, str], ...] = ()
    """What is unfinished, or could not be read, where it was read: the place, and what to do about it."""
    users: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who else uses a role or a key, besides what is in `resources`: by its ARN."""

    def of(self, type_: str, **match: Any) -> Iterator[Found]:
        """Those of a type, with some top-level properties."""
        for each in self.resources:
            if each.type == type_ and all(each.properties.get(key) == value for key, value in match.items()):
                yield each

    def other_users(self, arn: str, cluster: str) -> list[str]:
        """Who else uses a role or a key: other clusters, for themselves or their nodes and pods, and `users`."""
        users = set(self.users.get(arn, ()))
        for each in self.resources:
            own = each.properties.get("name" if each.type == CLUSTER else "clusterName")
            if own not in (cluster, None) and arn in uses(each).values():
                users.add(str(own))
        return sorted(users)

    def one(self, type_: str, **match: Any) -> Found | None:
        """The first of them."""
        return next(self.of(type_, **match), None)
