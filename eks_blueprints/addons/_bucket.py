"""The S3 bucket of an add-on that keeps data there: private, encrypted, and there after the add-on is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pulumi
    import pulumi_aws as aws

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.iam import Allow
    from eks_blueprints.core.spec import In

BUCKET_NAME_LIMIT = 63


def private_bucket(component: Component, tags: Mapping[str, str]) -> tuple[aws.s3.Bucket, list[pulumi.Resource]]:
    """The bucket `{component}-bucket`, and all that has to be there before it is written to.

    It is kept when the add-on is removed: what add-ons write there is meant to outlive clusters.
    """
    import pulumi_aws as aws

    from eks_blueprints.core.naming import short_prefix

    name = f"{component.pulumi_resource_name}-bucket"
    bucket = aws.s3.Bucket(
        name,
        bucket_prefix=short_prefix(name, BUCKET_NAME_LIMIT),
        tags=dict(tags) or None,
        opts=component.child(retain_on_delete=True),
    )
    closed = aws.s3.BucketPublicAccessBlock(
        f"{name}-private",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=component.child(retain_on_delete=True),
    )
    encrypted = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
        opts=component.child(retain_on_delete=True),
    )
    return bucket, [bucket, closed, encrypted]


def bucket_arn(partition: str, name: In[str]) -> In[str]:
    """ARN of a bucket by its name, which may be known only later."""
    return _text("arn:{}:s3:::{}", partition, name)


def use_of_bucket(partition: str, name: In[str], *, write: bool = True) -> list[Allow]:
    """Permission to read and, unless told otherwise, write and delete what lies in one bucket."""
    from eks_blueprints.core.iam import Allow

    objects = ["s3:GetObject", *(["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"] if write else [])]
    return [
        Allow(*objects, "s3:ListMultipartUploadParts", on=_text("arn:{}:s3:::{}/*", partition, name)),
        Allow("s3:ListBucket", on=bucket_arn(partition, name)),
    ]


def _text(form: str, partition: str, name: In[str]) -> In[str]:
    if isinstance(name, str):
        return form.format(partition, name)
    return name.apply(lambda known: form.format(partition, known))
