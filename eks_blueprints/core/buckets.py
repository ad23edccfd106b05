"""What every S3 bucket has, whatever is kept in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pulumi
    import pulumi_aws as aws


def nobody_from_outside(
    name: str, bucket: aws.s3.Bucket, opts: pulumi.ResourceOptions, region: str | None = None
) -> aws.s3.BucketPublicAccessBlock:
    """Refuse each kind of public access to a bucket; `{name}-private`."""
    import pulumi_aws as aws

    return aws.s3.BucketPublicAccessBlock(
        f"{name}-private",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        region=region,
        opts=opts,
    )
