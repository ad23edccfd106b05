"""Makes image repositories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.errors import Path
from eks_blueprints.core.iam import Allow, json_text, policy_document
from eks_blueprints.core.iam_roles import Grants, account_id, service_role
from eks_blueprints.core.spec import In
from eks_blueprints.registry.spec import READ, WRITE, EcrPublicRepository, EcrPullThroughCache, EcrRepository

PUBLIC_REGION = "us-east-1"
"""Region of the API of public repositories, whatever the region of the stack. us-west-2 has an endpoint too. Source:
AWS General Reference, "Amazon ECR Public endpoints and quotas", read 2026-11-29."""
_WRITE_PUBLIC = tuple(action.replace("ecr:", "ecr-public:") for action in (READ[0], *WRITE))


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose repositories they are."""

    component: Component
    slug: str
    """Start of the names of repositories that have none of their own."""
    region: str
    partition: str
    tags: Mapping[str, str]
    place: Path = ()
    """Where they stand in a stack file."""
    fields: str = "ecr_"
    """Start of the names of the fields that they stand in."""
    providers: Sequence[aws.Provider] = ()
    """Who makes them, where the component does not hand it down."""

    def beside(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child that need not wait for a cluster: images are pushed before there is one."""
        return pulumi.ResourceOptions(parent=self.component, providers=list(self.providers) or None, **options)

    def named(self, role: str, field: str, key: str) -> str:
        """The logical name of what is made from an entry of a field, whose line a recording finds by it."""
        name = f"{self.component.pulumi_resource_name}-{role}-{key}"
        self.component.parts[name] = (*self.place, f"{self.fields}{field}", key)
        return name


def repositories(owner: Owner, specs: Mapping[str, EcrRepository]) -> dict[str, aws.ecr.Repository]:
    """The private repositories, by their keys."""
    return {key: _private(owner, key, each) for key, each in specs.items()}


def _private(owner: Owner, key: str, spec: EcrRepository) -> aws.ecr.Repository:
    name = owner.named("ecr", "repositories", key)
    made = aws.ecr.Repository(
        f"{name}-repository",
        name=spec.name or f"{owner.slug}/{key}",
        encryption_configurations=spec.encryption,
        image_scanning_configuration={"scan_on_push": spec.scan_on_push},
        force_delete=spec.force_delete or None,
        tags=merge_tags(owner.tags, spec.tags) or None,
        **spec.mutability,
        # Its name is taken while it is there.
        opts=owner.beside(protect=spec.protect or None, delete_before_replace=True),
    )
    if spec.lifecycle_policy:
        policy = _lifecycle(spec.lifecycle_policy)
        aws.ecr.LifecyclePolicy(f"{name}-lifecycle", repository=made.name, policy=policy, opts=owner.beside())
    if statements := _statements(spec.pull, spec.push):
        policy = policy_document(statements)
        aws.ecr.RepositoryPolicy(f"{name}-policy", repository=made.name, policy=policy, opts=owner.beside())
    return made


def public_repositories(owner: Owner, specs: Mapping[str, EcrPublicRepository]) -> dict[str, aws.ecrpublic.Repository]:
    """The public repositories, by their keys."""
    return {key: _public(owner, key, each) for key, each in specs.items()}


def _public(owner: Owner, key: str, spec: EcrPublicRepository) -> aws.ecrpublic.Repository:
    name = owner.named("ecr-public", "public_repositories", key)
    told = {field: getattr(spec, field) for field in ("description", "about_text", "usage_text")}
    told |= {field: list(getattr(spec, field)) for field in ("architectures", "operating_systems")}
    catalogue: Any = {field: value for field, value in told.items() if value}
    made = aws.ecrpublic.Repository(
        f"{name}-repository",
        repository_name=spec.name or f"{owner.slug}/{key}",
        catalog_data=catalogue or None,
        force_destroy=spec.force_delete or None,
        region=PUBLIC_REGION,
        tags=merge_tags(owner.tags, spec.tags) or None,
        opts=owner.beside(delete_before_replace=True),
    )
    if spec.push:
        policy = policy_document([_statement("Push", spec.push, _WRITE_PUBLIC)])
        aws.ecrpublic.RepositoryPolicy(
            f"{name}-policy",
            repository_name=made.repository_name,
            policy=policy,
            region=PUBLIC_REGION,
            opts=owner.beside(),
        )
    return made


def pull_through_caches(owner: Owner, specs: Mapping[str, EcrPullThroughCache]) -> None:
    """The pull through cache rules, and the templates of the repositories that ECR creates for them."""
    if not specs:
        return
    role = _creating_role(owner, specs)
    for key, each in specs.items():
        _cache(owner, key, each, role)


def _cache(owner: Owner, key: str, spec: EcrPullThroughCache, role: pulumi.Output[str]) -> None:
    name = owner.named("ecr-cache", "pull_through_caches", key)
    prefix = spec.prefix or f"{owner.slug}/{key}"
    statements = _statements(spec.pull, ())
    template = aws.ecr.RepositoryCreationTemplate(
        f"{name}-template",
        prefix=prefix,
        applied_fors=["PULL_THROUGH_CACHE"],
        custom_role_arn=role,
        encryption_configurations=spec.encryption,
        lifecycle_policy=_lifecycle(spec.lifecycle_policy) if spec.lifecycle_policy else None,
        repository_policy=policy_document(statements) if statements else None,
        resource_tags=dict(owner.tags) or None,
        **spec.mutability,
        opts=owner.beside(delete_before_replace=True),
    )
    aws.ecr.PullThroughCacheRule(
        f"{name}-rule",
        ecr_repository_prefix=prefix,
        upstream_registry_url=spec.upstream_registry_url,
        upstream_repository_prefix=spec.upstream_repository_prefix,
        credential_arn=spec.credential_arn,
        # Repositories for images that are pulled before the template exists do not get its settings.
        opts=owner.beside(depends_on=[template], delete_before_replace=True),
    )


def _creating_role(owner: Owner, specs: Mapping[str, EcrPullThroughCache]) -> pulumi.Output[str]:
    """The role that ECR creates repositories with tags and keys with. Source: Amazon ECR User Guide, "Create a custom
    policy for repository creation templates", read 2026-11-29."""
    account = account_id(owner.component)
    start = f"arn:{owner.partition}:ecr:{owner.region}:"
    homes = [each.home(f"{owner.slug}/{key}") for key, each in specs.items()]
    caches = tuple(account.apply(partial(_repositories, start, home)) for home in homes)
    verbs = ("ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource")
    allowed = [Allow(*verbs, on=caches)]
    keys: list[In[str]] = [each.kms_key_arn for each in specs.values() if each.kms_key_arn]
    if keys:
        allowed.append(Allow("kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant", on=tuple(keys)))
    grants = Grants(allowed=tuple(allowed), tags=owner.tags)
    role = service_role(owner.component, "ecr-cache-role", "ecr.amazonaws.com", grants)
    return role.arn


def _repositories(start: str, home: str, account: str) -> str:
    return f"{start}{account}:repository/{home}"


def _lifecycle(rules: Sequence[Any]) -> In[str]:
    return json_text({"rules": [dict(rule) for rule in rules]})


def _statements(pull: Sequence[In[str]], push: Sequence[In[str]]) -> list[dict[str, Any]]:
    found = [_statement("Pull", pull, READ)] if pull else []
    return [*found, _statement("Push", push, (*READ, *WRITE))] if push else found


def _statement(sid: str, principals: Sequence[In[str]], actions: Sequence[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": list(actions)}
