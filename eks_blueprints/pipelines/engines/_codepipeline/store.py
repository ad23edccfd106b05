"""The buckets and keys of artifacts, one of each in every region in which stages run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam import json_text
from eks_blueprints.core.naming import name_prefix
from eks_blueprints.core.spec import In
from eks_blueprints.network import zones
from eks_blueprints.pipelines._aws_spec import ArtifactsArgs
from eks_blueprints.pipelines._bucket import ABORTED_DAYS, closed
from eks_blueprints.pipelines._job import joined

BUCKET_NAME_LIMIT = 63


class PipelineArtifacts(Component):
    """Where the artifacts of pipelines lie, by region."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """Where artifacts lie in one region."""

    region: str
    bucket: pulumi.Output[str]
    """Name of the bucket."""
    bucket_arn: pulumi.Output[str]
    key_arn: In[str]
    ready: tuple[pulumi.Resource, ...]
    """What has to be there before a run begins."""


def stores(
    component: Component,
    spec: ArtifactsArgs,
    regions: Iterable[str],
    *,
    home: str,
    account: In[str],
    tags: Mapping[str, str],
) -> dict[str, Store]:
    """The stores of a stack, by region; `home` is the stack's own."""
    merged = merge_tags(tags, spec.tags)
    return {
        region: _store(component, spec, region, None if region == home else region, account, merged)
        for region in regions
    }


def _store(  # noqa: PLR0917 what one store is made of
    component: Component,
    spec: ArtifactsArgs,
    region: str,
    where: str | None,
    account: In[str],
    tags: Mapping[str, str],
) -> Store:
    name = f"{component.pulumi_resource_name}-{region}"
    key = spec.kms_key_arns.get(region)
    if key is None:
        made = aws.kms.Key(
            f"{name}-key",
            description=f"Artifacts and logs of pipelines in {region}",
            enable_key_rotation=True,
            policy=_key_policy(region, account),
            region=where,
            tags=dict(tags) or None,
            # Without its key what is encrypted is lost.
            opts=component.child(protect=spec.protect or None),
        )
        alias = f"alias/{name}".replace(".", "-")
        aws.kms.Alias(f"{name}-alias", name=alias, target_key_id=made.key_id, region=where, opts=component.child())
        key = made.arn
    bucket = aws.s3.Bucket(
        f"{name}-bucket",
        bucket_prefix=name_prefix(name.lower().replace("_", "-"), BUCKET_NAME_LIMIT, dots=False),
        force_destroy=spec.force_destroy or None,
        region=where,
        tags=dict(tags) or None,
        opts=component.child(protect=spec.protect or None),
    )
    expires = {
        "id": "expire",
        "expiration": {"days": spec.expire_days},
        "noncurrent_version_expiration": {"noncurrent_days": ABORTED_DAYS},
    }
    parts = closed(component, name, bucket, key, expires=expires, region=where)
    return Store(region=region, bucket=bucket.bucket, bucket_arn=bucket.arn, key_arn=key, ready=(bucket, *parts))


def _key_policy(region: str, account: In[str]) -> In[str]:
    """Who can use a key: whom the account's IAM lets, the logs of builds, and who tells of runs."""
    facts = zones.region(region)
    root = joined(f"arn:{facts.partition}:iam::", account, ":root")
    groups = joined(f"arn:{facts.partition}:logs:{region}:", account, ":log-group:/aws/codebuild/*")
    # Sources: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS", and Developer Tools
    # console User Guide, "Configure Amazon SNS topics for notifications"; read 2026-11-30.
    statements = [
        {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"},
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.{facts.dns_suffix}"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        },
        {
            "Sid": "Notifications",
            "Effect": "Allow",
            "Principal": {"Service": "codestar-notifications.amazonaws.com"},
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:ViaService": f"sns.{region}.{facts.dns_suffix}"}},
        },
    ]
    return json_text({"Version": "2012-10-17", "Statement": statements})
