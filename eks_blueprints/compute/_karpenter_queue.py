"""The queue of Karpenter, on which EC2 tells it of nodes that are about to go, as data."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import RegionalKeyArn
from eks_blueprints.core.spec import In, Spec

_queue_name = Form(
    r"[A-Za-z0-9_-]{1,80}",
    what="is not a valid name of a queue",
    do="use up to 80 letters, digits, - and _; it is no FIFO queue",
)
_action = Form(r"sqs:[A-Za-z]+\*?", what="is not a valid action on a queue", do="write one such as sqs:SendMessage")
rule_prefix = Form(
    r"[A-Za-z0-9._-]{1,14}",
    what="is not a valid prefix of names of rules",
    do="use up to 14 letters, digits, ., - and _; the sort of event and a suffix come behind it",
)


class QueueStatement(Spec):
    """One statement of the queue's policy, besides those that let EC2's notices in and refuse plain HTTP."""

    effect: Literal["Allow", "Deny"] = "Allow"
    """Whether it allows or denies."""

    principals: dict[Literal["AWS", "Service"], tuple[In[str], ...]] = Field(min_length=1)
    """Who: ARNs or account numbers (`AWS`), or services such as `events.amazonaws.com` (`Service`)."""

    actions: tuple[Annotated[str, AfterValidator(_action)], ...] = Field(min_length=1)
    """What, such as `sqs:SendMessage`."""

    conditions: dict[str, dict[str, tuple[In[str], ...]]] = {}
    """IAM conditions, all of which must hold: operator to key to values."""

    @model_validator(mode="after")
    def _not_everyone(self) -> Self:
        faults = Faults()
        for sort, names in self.principals.items():
            if not names:
                faults.add(("principals", sort), "needs at least one; got []; name one")
            if self.effect == "Allow" and "*" in names and not self.conditions:
                do = "name accounts or roles, or add conditions"
                faults.add(("principals", sort), f"allows everyone to use the queue; got {shown('*')}; {do}")
        faults.raise_if_any()
        return self

    def statement(self, queue_arn: Any) -> dict[str, Any]:
        """It as IAM reads it."""
        said: dict[str, Any] = {
            "Effect": self.effect,
            "Principal": {sort: list(names) for sort, names in self.principals.items()},
            "Action": list(self.actions),
            "Resource": queue_arn,
        }
        if self.conditions:
            said["Condition"] = {
                operator: {key: list(values) for key, values in keys.items()}
                for operator, keys in self.conditions.items()
            }
        return said


class KarpenterQueue(Spec):
    """The queue on which EC2 tells Karpenter of nodes that are about to go."""

    name: Annotated[str, AfterValidator(_queue_name)] | None = None
    """Its name, unique in the account and region; changing it replaces the queue. Default: one is made up, which holds
    the platform's name."""

    kms_master_key_id: In[RegionalKeyArn] | None = None
    """ARN of the KMS key that encrypts it; its policy has to let `events.amazonaws.com` use it (`kms:Decrypt`,
    `kms:GenerateDataKey`). The controller is allowed to. Default: SQS's own encryption."""

    kms_data_key_reuse_period_seconds: int | None = Field(default=None, ge=60, le=86_400)
    """Seconds for which SQS uses a data key again before it calls KMS. Default: SQS's, 300."""

    policy_statements: tuple[QueueStatement, ...] = ()
    """Further statements of its policy."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.kms_data_key_reuse_period_seconds is not None and self.kms_master_key_id is None:
            got = self.kms_data_key_reuse_period_seconds
            what = "is for a queue with a KMS key"
            faults.add("kms_data_key_reuse_period_seconds", f"{what}; got {got} without one; add kms_master_key_id")
        faults.raise_if_any()
        return self
