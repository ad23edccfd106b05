"""What makes a bucket of pipelines private: nobody from outside, a key of KMS, versions, and TLS alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pulumi
    import pulumi_aws as aws

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.spec import In

ABORTED_DAYS = 7
"""Days after which parts of an upload that was not finished are removed."""


def closed(
    component: Component,
    name: str,
    bucket: aws.s3.Bucket,
    key_arn: In[str],
    *,
    expires: Mapping[str, Any],
    region: str | None = None,
) -> list[pulumi.Resource]:
    """Make it so; gives what has to be there before it is written to.

    Args:
        component: What the parts belong to.
        name: Beginning of their logical names.
        bucket: The bucket.
        key_arn: ARN of the key that encrypts what is in it.
        expires: The rule of its lifecycle, besides that of uploads that were not finished.
        region: Its region, where that is not the provider's.
    """
    import pulumi_aws as aws

    from eks_blueprints.core.buckets import nobody_from_outside
    from eks_blueprints.core.iam import json_text
    from eks_blueprints.pipelines._job import joined

    private = nobody_from_outside(name, bucket, component.child(), region)
    encrypted = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        rules=[
            {
                "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn},
                "bucket_key_enabled": True,
            }
        ],
        region=region,
        opts=component.child(),
    )
    versioned = aws.s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket.bucket,
        versioning_configuration={"status": "Enabled"},
        region=region,
        opts=component.child(),
    )
    aborted = {"abort_incomplete_multipart_upload": {"days_after_initiation": ABORTED_DAYS}}
    rule: Any = {"status": "Enabled", "filter": {"prefix": ""}, **expires, **aborted}
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.bucket,
        rules=[rule],
        region=region,
        opts=component.child(depends_on=[versioned]),
    )
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, joined(bucket.arn, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.bucket,
        policy=json_text({"Version": "2012-10-17", "Statement": [statement]}),
        region=region,
        # S3 refuses two changes of who can use a bucket at once.
        opts=component.child(depends_on=[private]),
    )
    return [private, encrypted, versioned, policy]
