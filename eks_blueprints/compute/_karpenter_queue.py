"""The queue of Karpenter, on which EC2 tells it of nodes that are about to go, as data."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.cluster.key_spec import KeyArgs
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import RegionalKeyArn
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.core.statements import ResourceStatement, check_statements

_queue_name = Form(
    r"[A-Za-z0-9_-]{1,80}",
    what="is not a valid name of a queue",
    do="use up to 80 letters, digits, - and _; it is no FIFO queue",
)
rule_prefix = Form(
    r"[A-Za-z0-9._-]{1,14}",
    what="is not a valid prefix of names of rules",
    do="use up to 14 letters, digits, ., - and _; the sort of event and a suffix come behind it",
)


OWN_SIDS = ("EC2InterruptionPolicy", "DenyHTTP")
"""Names of the statements that let EC2's notices in and refuse plain HTTP."""


class KarpenterQueue(Spec):
    """The queue on which EC2 notifies Karpenter of nodes that are about to be interrupted."""

    name: Annotated[str, AfterValidator(_queue_name)] | None = None
    """Its name, unique in the account and region; changing it replaces the queue. Default: one is generated, which
    holds the platform's name.
    """

    kms_master_key_id: In[RegionalKeyArn] | None = None
    """ARN of the KMS key that encrypts it; its policy must allow `events.amazonaws.com` use it (`kms:Decrypt`,
    `kms:GenerateDataKey`). The controller is allowed to. Default: SQS's own encryption.
    """

    kms_key: KeyArgs | None = None
    """A key of the queue's own, which EventBridge and the controller may use, instead of `kms_master_key_id`."""

    kms_data_key_reuse_period_seconds: int | None = Field(default=None, ge=60, le=86_400)
    """Seconds for which SQS uses a data key again before it calls KMS. Default: SQS's, 300."""

    policy_statements: Many[ResourceStatement] = ()
    """Further statements of its policy, besides those that let EC2's notices in and refuse plain HTTP."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.kms_key is not None and self.kms_master_key_id is not None:
            faults.add("kms_key", "cannot be combined with kms_master_key_id; got both; keep one of them")
        if self.kms_data_key_reuse_period_seconds is not None and not (self.kms_master_key_id or self.kms_key):
            got = self.kms_data_key_reuse_period_seconds
            what = "is for a queue with a KMS key"
            faults.add(
                "kms_data_key_reuse_period_seconds", f"{what}; got {got} without one; add kms_key or kms_master_key_id"
            )
        check_statements(self.policy_statements, "sqs", faults, taken=OWN_SIDS)
        faults.raise_if_any()
        return self
