"""What stacks of pipelines keep in AWS: artifacts of runs, logs of builds, and who hears of runs."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.cluster.parts import Retention
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import KeyArn, Tags, repeated
from eks_blueprints.core.spec import In, Many, Spec

_TOPIC = Form(
    r"arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}",
    what="is not the ARN of a standard topic",
    do="write arn:aws:sns:region:111122223333:name",
)
_EMAIL = Form(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+", what="is not an email address", do="write it like team@example.com")

Event = Literal["started", "succeeded", "failed", "canceled", "superseded", "approval"]


class ArtifactsArgs(Spec):
    """The buckets and keys of artifacts, for pipelines of CodePipeline: one of each in every region in which a stage
    runs. The buckets are private and versioned, take only TLS, and are encrypted by the key."""

    kms_key_arns: dict[str, In[KeyArn]] = {}
    """ARNs of existing KMS keys, by region. Their policies let the account's IAM decide, and CloudWatch Logs use them.
    Default: a key is created in each region, which is rotated every year."""

    expire_days: int = Field(default=30, ge=1, le=36_500)
    """Days that artifacts and caches are kept."""

    cache: Literal["s3", "local"] = "s3"
    """Where the `cache` of stages is kept: in the bucket, or on the machine of the build, which is quick and often
    gone."""

    force_destroy: bool = False
    """Whether the buckets can be deleted with artifacts in them."""

    protect: bool = False
    """Whether Pulumi refuses to delete the buckets and keys."""

    tags: Tags = {}
    """Tags of the buckets and keys, besides those of the stack."""


class LogsArgs(Spec):
    """The CloudWatch log groups of builds, `/aws/codebuild/<project>`, encrypted by the key of the artifacts."""

    retention_in_days: Retention = 90
    """Days that logs are kept; 0 keeps them forever. CloudWatch accepts only certain numbers."""

    skip_destroy: bool = False
    """Whether the groups and their logs are left in AWS when their stages are removed."""


class NotificationsArgs(Spec):
    """Who hears of the runs of CodePipeline, by an SNS topic."""

    topic_arn: In[Annotated[str, AfterValidator(_TOPIC)]] | None = None
    """ARN of an existing topic whose policy lets `codestar-notifications.amazonaws.com` publish. Default: a topic is
    created, which is encrypted by the key of the artifacts."""

    topic_key_arn: In[KeyArn] | None = None
    """ARN of the KMS key that encrypts `topic_arn`, which pipelines have to use to ask for approvals."""

    emails: Many[Annotated[str, AfterValidator(_EMAIL)]] = ()
    """Addresses that get the messages. Each has to confirm once."""

    events: Many[Event] = ("failed", "approval")
    """What is told. `approval` tells that a run waits for one, with the message and the link of the stage."""

    detail_type: Literal["BASIC", "FULL"] = "FULL"
    """Whether messages hold all that is known about an event."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if not self.events:
            faults.add("events", "needs at least one; got []; name one, or remove notifications")
        for field in ("emails", "events"):
            if twice := repeated(getattr(self, field)):
                faults.add(field, f"names one twice; got {twice}; remove one of them")
        if self.topic_key_arn is not None and self.topic_arn is None:
            got = shown(self.topic_key_arn)
            faults.add("topic_key_arn", f"is the key of topic_arn; got {got} alone; name the topic too, or remove it")
        faults.raise_if_any()
        return self
