"""Where Pulumi keeps the state of stacks: made once, by a stack of its own, before anything is deployed from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Tags
from eks_blueprints.core.spec import Spec
from eks_blueprints.pipelines._bucket import closed

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.spec import In

_BUCKET = Form(
    r"(?!xn--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
    what="is not a valid name of a bucket",
    do="use 3 to 63 lowercase letters, digits and -, unlike every other bucket in AWS",
)


class StateStoreArgs(Spec):
    """A bucket for the state of Pulumi's stacks, private and versioned, which takes only TLS, and the key that encrypts
    it and the secrets in it. Both stay when the stack is destroyed. Deploy a stack that has it first, with its own
    state on your machine (`pulumi login file://~`), and move that into the bucket afterwards."""

    bucket: Annotated[str, AfterValidator(_BUCKET)]
    """Name of the bucket."""

    alias: str = Field(default="pulumi", pattern=r"^[a-zA-Z0-9/_-]{1,240}$")
    """Name of the key, as in `awskms://alias/pulumi`."""

    keep_versions_days: int = Field(default=365, ge=30, le=36_500)
    """Days that old versions of the state are kept, 30 to 36500."""

    tags: Tags = {}
    """Tags, besides those of the stack."""


def build(parent: Component, prefix: str, spec: StateStoreArgs, tags: Tags, region: str) -> dict[str, In[str]]:
    """Make the bucket and the key; gives what `pulumi login` and `--secrets-provider` take."""
    import pulumi_aws as aws

    name, own, opts = (
        f"{prefix}-state",
        {**tags, **spec.tags} or None,
        parent.child(protect=True, retain_on_delete=True),
    )
    key = aws.kms.Key(
        f"{name}-key",
        description=f"State of Pulumi in {spec.bucket}",
        enable_key_rotation=True,
        deletion_window_in_days=30,
        tags=own,
        opts=opts,
    )
    aws.kms.Alias(f"{name}-alias", name=f"alias/{spec.alias}", target_key_id=key.key_id, opts=parent.child())
    bucket = aws.s3.Bucket(f"{name}-bucket", bucket=spec.bucket, tags=own, opts=opts)
    expires = {"id": "old-versions", "noncurrent_version_expiration": {"noncurrent_days": spec.keep_versions_days}}
    closed(parent, name, bucket, key.arn, expires=expires)
    return {
        "url": f"s3://{spec.bucket}?region={region}&awssdk=v2",
        "secrets_provider": f"awskms://alias/{spec.alias}?region={region}",
        "key_arn": key.arn,
    }
