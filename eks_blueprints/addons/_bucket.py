"""The S3 bucket of an add-on that keeps data there: private, encrypted, and there after the add-on is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

if TYPE_CHECKING:
    import pulumi
    import pulumi_aws as aws

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.iam import Allow
    from eks_blueprints.core.refs import ClusterRef
    from eks_blueprints.core.spec import In

BUCKET_NAME_LIMIT = 63


def private_bucket(component: Component, tags: Mapping[str, str]) -> tuple[aws.s3.Bucket, list[pulumi.Resource]]:
    """The bucket `{component}-bucket`, and all that has to be there before it is written to.

    It is kept when the add-on is removed: what add-ons write there is meant to outlive clusters.
    """
    import pulumi_aws as aws

    from eks_blueprints.core.buckets import nobody_from_outside
    from eks_blueprints.core.naming import short_prefix

    name = f"{component.pulumi_resource_name}-bucket"
    bucket = aws.s3.Bucket(
        name,
        bucket_prefix=short_prefix(name, BUCKET_NAME_LIMIT),
        tags=dict(tags) or None,
        opts=component.child(retain_on_delete=True),
    )
    closed = nobody_from_outside(name, bucket, component.child(retain_on_delete=True))
    encrypted = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
        opts=component.child(retain_on_delete=True),
    )
    return bucket, [bucket, closed, encrypted]


class _Keeping(Protocol):
    """An add-on that keeps data in a bucket: one that is named, or one of its own."""

    bucket: In[str] | None
    tags: dict[str, str]

    def model_copy(self, *, update: Mapping[str, Any]) -> Self: ...


K = TypeVar("K", bound=_Keeping)


def with_bucket(addon: K, component: Component, cluster: ClusterRef) -> tuple[K, list[pulumi.Resource]]:
    """An add-on with a bucket of its own, unless it names one, and what has to be there before it is written to."""
    if addon.bucket is not None:
        return addon, []
    from eks_blueprints.core.component import merge_tags

    bucket, needed = private_bucket(component, merge_tags(cluster.tags, addon.tags))
    return addon.model_copy(update={"bucket": bucket.bucket}), needed


def bucket_arn(partition: str, name: In[str]) -> In[str]:
    """ARN of a bucket by its name, which may be known only later."""
    return _text("arn:{}:s3:::{}", partition, name)


def objects_of(partition: str, name: In[str]) -> In[str]:
    """ARN of all that lies in a bucket."""
    return _text("arn:{}:s3:::{}/*", partition, name)


def use_of_bucket(partition: str, name: In[str], *, write: bool = True) -> list[Allow]:
    """Permission to read and, unless configured otherwise, write and delete what lies in one bucket."""
    from eks_blueprints.core.iam import Allow

    objects = ["s3:GetObject", *(["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"] if write else [])]
    return [
        Allow(*objects, "s3:ListMultipartUploadParts", on=objects_of(partition, name)),
        Allow("s3:ListBucket", on=bucket_arn(partition, name)),
    ]


def _text(form: str, partition: str, name: In[str]) -> In[str]:
    if isinstance(name, str):
        return form.format(partition, name)
    return name.apply(lambda known: form.format(partition, known))
