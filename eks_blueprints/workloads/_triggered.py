"""What follows events, and as whom KEDA asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, unknown_name
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import RoleArn, short_names
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.workloads import _aws_scalers
from eks_blueprints.workloads._aws_triggers import CloudWatchTrigger, SqsTrigger
from eks_blueprints.workloads._scalers import RESOURCES, checked_triggers
from eks_blueprints.workloads._trigger import Right, Trigger
from eks_blueprints.workloads._triggers import CronTrigger, KafkaTrigger, PrometheusTrigger
from eks_blueprints.workloads._words import by_name


class AwsIdentity(Spec):
    """As whom KEDA asks AWS."""

    role_arn: In[RoleArn] | None = None
    """ARN of a role that KEDA's operator assumes, which trusts the operator's role. Default: the operator's own role,
    which gets the rights that the triggers need."""

    owner: Literal["keda", "workload"] = "keda"
    """`workload` lets the operator assume the role of the workload's service account, which needs `identity: irsa` and
    has to trust the operator."""

    external_id: str | None = Field(default=None, min_length=2, max_length=1224)
    """External ID for assuming the role."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.role_arn is not None and self.owner == "workload":
            faults.add("role_arn", "is another than the workload's; got owner: workload too; keep one of them")
        if self.external_id is not None and self.role_arn is None:
            faults.add("external_id", "is for assuming a role; got no role_arn; add it")
        faults.raise_if_any()
        return self

    @property
    def manifest(self) -> dict[str, Any]:
        """It as a podIdentity of a TriggerAuthentication."""
        found: dict[str, Any] = {"provider": "aws"}
        if self.role_arn is not None:
            found["roleArn"] = self.role_arn
        if self.owner == "workload":
            found["identityOwner"] = "workload"
        return found | ({"externalID": self.external_id} if self.external_id else {})

    @property
    def is_operator(self) -> bool:
        """Whether KEDA's operator asks in its own name."""
        return self.role_arn is None and self.owner == "keda"


Sqs = Annotated[dict[str, SqsTrigger], by_name("{orders: {queue_url: …}}"), AfterValidator(short_names)]
CloudWatch = Annotated[dict[str, CloudWatchTrigger], by_name("{load: {metric: …}}"), AfterValidator(short_names)]
Cron = Annotated[dict[str, CronTrigger], by_name("{office: {start: …, end: …}}"), AfterValidator(short_names)]
Kafka = Annotated[dict[str, KafkaTrigger], by_name("{orders: {topic: …}}"), AfterValidator(short_names)]
Prometheus = Annotated[dict[str, PrometheusTrigger], by_name("{load: {query: …}}"), AfterValidator(short_names)]
GROUPS = ("sqs", "cloudwatch", "cron", "kafka", "prometheus")
AWS = "aws"
"""What the authentication is called by which AWS is asked."""


class Triggered(Spec):
    """What follows events, with KEDA."""

    spec: JsonValues = {}
    """Further fields of its spec as in KEDA."""

    sqs: Sqs = {}
    """SQS queues, by a short name each."""

    cloudwatch: CloudWatch = {}
    """Metrics of CloudWatch, by a short name each."""

    cron: Cron = {}
    """Times within which there are more pods, by a short name each."""

    kafka: Kafka = {}
    """Topics of Kafka, by a short name each."""

    prometheus: Prometheus = {}
    """Queries of Prometheus, by a short name each."""

    triggers: Annotated[Many[JsonValues], AfterValidator(checked_triggers)] = ()
    """What else it follows, as in KEDA, such as `{type: rabbitmq, metadata: {…}}`; metadata are texts."""

    authentications: Annotated[
        dict[str, JsonValues], by_name("{kafka: {secretTargetRef: […]}}"), AfterValidator(short_names)
    ] = {}
    """TriggerAuthentications that are made, by a short name each, as in KEDA (TriggerAuthenticationSpec); triggers
    name them in `authentication`."""  # fmt: skip

    aws_identity: AwsIdentity = AwsIdentity()
    """As whom KEDA asks AWS. Default: its operator, with the rights that it needs."""

    polling_interval: int | None = Field(default=None, ge=1)
    """Seconds between two looks at the triggers. Default: 30."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        self._check(faults)
        faults.raise_if_any()
        return self

    def _check(self, faults: Faults) -> None:
        """Note what is wrong about all of it; a kind of it adds its own."""
        if not self.triggers and not any(getattr(self, group) for group in GROUPS):
            faults.add(
                "triggers", "is required; got none; write one, or one of sqs, cron, kafka, prometheus, cloudwatch"
            )
        self._check_names(faults)
        if AWS in self.authentications:
            do = "choose another name, or say it in aws_identity"
            faults.add(("authentications", AWS), f"is the one that aws_identity makes; got {AWS}; {do}")

    def _check_names(self, faults: Faults) -> None:
        seen: dict[str, str] = {}
        for group in GROUPS:
            for name, each in getattr(self, group).items():
                if (other := seen.setdefault(name, group)) != group:
                    faults.add((group, name), f"is the name of one in {other} too; got {name}; choose another")
                wanted = each.authentication
                if wanted is not None and wanted not in self.authentications:
                    known = unknown_name(wanted, self.authentications, "entry of authentications")
                    faults.add((group, name, "authentication"), known)

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides its triggers."""
        raise NotImplementedError

    @property
    def typed(self) -> Iterator[tuple[str, str, Trigger]]:
        """Its triggers that are typed here, with their group and name."""
        for group in GROUPS:
            for name, each in getattr(self, group).items():
                yield group, name, each

    def asking_aws(self) -> bool:
        """Whether an authentication is made by which AWS is asked."""
        return any(_asks_aws(each) for _, _, each in self.typed)

    def rights(self, partition: str) -> list[Right]:
        """What KEDA's operator has to be allowed in AWS, in its own name."""
        if not self.aws_identity.is_operator:
            return []
        asking = [each for _, _, each in self.typed if _asks_aws(each)]
        found = [right for each in asking for right in each.rights(partition)]
        for _, raw in self._raw_asking():
            found += _aws_scalers.rights(raw, partition) or ()
        return list(dict.fromkeys(found))

    def rights_unknown(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Triggers in KEDA's words that ask AWS for what is not known here: their places, and the actions."""
        for number, raw in self._raw_asking():
            if _aws_scalers.rights(raw, "aws") is None:
                yield number, _aws_scalers.actions(raw)

    def _raw_asking(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Triggers in KEDA's words that ask AWS, as KEDA's operator as far as that is known."""
        for number, raw in enumerate(self.triggers if self.aws_identity.is_operator else ()):
            ref = raw.get("authenticationRef")
            name = str(ref.get("name")) if isinstance(ref, Mapping) else ""
            # The object is called by the workload and the entry: worker-kafka.
            by = next((each for key, each in self.authentications.items() if f"-{name}".endswith(f"-{key}")), None)
            identity = by.get("podIdentity") if by is not None else None
            # Credentials of its own, or another role's.
            other = by is not None and not isinstance(identity, Mapping)
            if isinstance(identity, Mapping):
                other = bool(identity.get("roleArn")) or identity.get("identityOwner") == "workload"
            if _aws_scalers.actions(raw) and not other:
                yield number, raw

    def drawn(self, named: Mapping[str, str]) -> Iterator[tuple[dict[str, Any], tuple[str | int, ...], bool]]:
        """Its triggers as KEDA has them, each with the field that it comes from, and whether that is in the same
        words; `named` has the names of its authentications."""
        for group, name, each in self.typed:
            found = each.manifest(name)
            by = each.authentication or (AWS if _asks_aws(each) else None)
            if by is not None:
                found["authenticationRef"] = {"name": named[by]}
            yield found, (group, name), False
        for number, raw in enumerate(self.triggers):
            yield dict(raw), ("triggers", number), True

    @property
    def resources(self) -> frozenset[str]:
        """Resources whose use it follows."""
        return frozenset(each["type"] for each in self.triggers if each.get("type") in RESOURCES)


def _asks_aws(trigger: Trigger) -> bool:
    return trigger.authentication is None and (trigger.of_aws or bool(getattr(trigger, "asks_aws", False)))
