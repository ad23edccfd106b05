"""Parts of an Auto Scaling group: how it buys, renews and holds back its instances."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown, unknown_name
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import IN_THE_REGION, RoleArn
from eks_blueprints.core.spec import In, Many, Spec

Metric = Literal[
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupInServiceCapacity",
    "GroupPendingInstances",
    "GroupPendingCapacity",
    "GroupStandbyInstances",
    "GroupStandbyCapacity",
    "GroupTerminatingInstances",
    "GroupTerminatingCapacity",
    "GroupTotalInstances",
    "GroupTotalCapacity",
    "WarmPoolDesiredCapacity",
    "WarmPoolWarmedCapacity",
    "WarmPoolPendingCapacity",
    "WarmPoolTerminatingCapacity",
    "WarmPoolTotalCapacity",
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
]
"""Metrics of a group, as pulumi_aws.autoscaling.Metric has them; a test holds the two together."""

Process = Literal[
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
]
"""Processes of a group that can be suspended (Amazon EC2 Auto Scaling user guide, "Types of processes")."""

# Amazon EC2 Auto Scaling user guide, "Configure termination policies".
_TERMINATION_POLICIES = (
    "AllocationStrategy",
    "ClosestToNextInstanceHour",
    "Default",
    "NewestInstance",
    "OldestInstance",
    "OldestLaunchConfiguration",
    "OldestLaunchTemplate",
)

_FUNCTION = Form(r"arn:aws(-[a-z]+)*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:[\w$-]+)?")
_timeout = Form(r"(\d+[smh])+", what="is not a valid duration", do="write it like 10m, or 0s not to wait")
_PRICE = Form(r"\d{1,4}(\.\d{1,5})?")
_target_group_arn = Form(
    r"arn:aws(-[a-z]+)*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup/[\w-]{1,32}/[0-9a-f]+",
    what="is not a valid ARN of a target group",
    do="write arn:aws:elasticloadbalancing:region:111122223333:targetgroup/name/id",
)
_load_balancer = Form(
    r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?",
    what="is not a valid name of a Classic Load Balancer",
    do="write its name; load balancers with target groups go to target_group_arns",
)
_profile = Form(
    r"arn:aws(-[a-z]+)*:iam::\d{12}:instance-profile/([\x21-\x7e]+/)?[\w+=,.@-]{1,128}",
    what="is not a valid ARN of an instance profile",
    do="write arn:aws:iam::111122223333:instance-profile/name",
)
_notification_target = Form(
    r"arn:aws(-[a-z]+)*:(sns|sqs):[a-z0-9-]+:\d{12}:[\w.-]+",
    what="is not a valid ARN of an SNS topic or SQS queue",
    do="write its ARN",
)


def _termination_policy(value: str) -> str:
    if value not in _TERMINATION_POLICIES and not _FUNCTION.fullmatch(value):
        raise ValueError(unknown_name(value, _TERMINATION_POLICIES, "termination policy"))
    return value


TerminationPolicy = Annotated[str, AfterValidator(_termination_policy), IN_THE_REGION]
"""Which nodes go first: a policy of AWS, or the ARN of a Lambda function that says."""

Timeout = Annotated[str, AfterValidator(_timeout)]
"""How long to wait, such as `10m`."""

LoadBalancerName = Annotated[str, AfterValidator(_load_balancer)]
"""Name of a Classic Load Balancer."""

InstanceProfileArn = Annotated[str, AfterValidator(_profile)]
"""ARN of an IAM instance profile."""

TargetGroupArn = Annotated[str, AfterValidator(_target_group_arn), IN_THE_REGION]
"""ARN of a target group of a load balancer."""


class InstancesDistribution(Spec):
    """How a group divides its instances between on-demand and spot."""

    on_demand_base_capacity: int = Field(default=0, ge=0, le=100_000)
    """Nodes that are on-demand before any other is bought."""
    on_demand_percentage_above_base_capacity: int = Field(default=100, ge=0, le=100)
    """Percentage of the nodes beyond those that is on-demand. 100, AWS's own default, buys no spot at all."""
    on_demand_allocation_strategy: Literal["prioritized", "lowest-price"] | None = None
    """Which of the instance types is bought on demand. Default: AWS's, the first that is available."""
    spot_allocation_strategy: (
        Literal["price-capacity-optimized", "capacity-optimized", "capacity-optimized-prioritized", "lowest-price"]
        | None
    ) = None
    """Which of the instance types is bought as spot. Default: price-capacity-optimized, where there is spot."""
    spot_instance_pools: int | None = Field(default=None, ge=1, le=20)
    """Number of types that spot is spread over, for lowest-price. Default: AWS's, 2."""
    spot_max_price: str | None = None
    """Most to pay for an hour of spot, in dollars, such as "0.05". Default: the on-demand price."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if not self.has_spot:
            for field in ("spot_allocation_strategy", "spot_instance_pools", "spot_max_price"):
                if getattr(self, field) is not None:
                    do = "lower on_demand_percentage_above_base_capacity or remove it"
                    faults.add(field, f"has no effect without spot; got 100 percent on-demand; {do}")
        elif self.spot_instance_pools is not None and self.spot_allocation_strategy != "lowest-price":
            got: str = self.spot_allocation_strategy or "price-capacity-optimized (the default)"
            faults.add("spot_instance_pools", f"is for lowest-price; got {got}; remove it")
        if self.spot_max_price is not None and not _PRICE.fullmatch(self.spot_max_price):
            got = shown(self.spot_max_price)
            faults.add("spot_max_price", f'is not a valid price; got {got}; write dollars and cents like "0.05"')
        faults.raise_if_any()
        return self

    @property
    def has_spot(self) -> bool:
        """Whether some of the nodes may be spot."""
        return self.on_demand_percentage_above_base_capacity < 100


class InstanceMaintenancePolicy(Spec):
    """How far the group may fall below, or rise above, its size while EC2 Auto Scaling replaces instances by itself:
    failed ones, at their longest life, in another zone, by a refresh that says nothing else."""

    min_healthy_percentage: int = Field(ge=0, le=100)
    """Percentage of the nodes that stay in service."""
    max_healthy_percentage: int = Field(ge=100, le=200)
    """Largest percentage of nodes. Above 100, new nodes start before old ones are terminated."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        most, fewest = self.max_healthy_percentage, self.min_healthy_percentage
        if most - fewest > 100:
            what = "is more than 100 above min_healthy_percentage"
            faults.add("max_healthy_percentage", f"{what}; got {most} and {fewest}; lower it")
        faults.raise_if_any()
        return self


class InstanceRefresh(Spec):
    """Nodes are replaced, some at a time, whenever the launch template changes: a new image, type or setting.

    EC2 does not drain nodes by itself: use a node termination handler with a lifecycle hook.
    """

    min_healthy_percentage: int = Field(default=90, ge=0, le=100)
    """Percentage of the nodes that stay in service meanwhile."""
    max_healthy_percentage: int | None = Field(default=None, ge=100, le=200)
    """Largest percentage of nodes. Above 100, new nodes start before old ones are terminated. Default: AWS's, 100."""
    instance_warmup_seconds: int | None = Field(default=None, ge=0, le=21600)
    """Warm-up time of a new node, in seconds. Default: the group's health check grace period."""
    checkpoint_percentages: Many[Annotated[int, Field(ge=1, le=100)]] = Field(default=(), max_length=50)
    """Percentages at which the refresh waits for someone to look."""
    checkpoint_delay_seconds: int | None = Field(default=None, ge=0, le=172800)
    """How long it waits there, in seconds. Default: AWS's, an hour."""
    auto_rollback: bool | None = None
    """Whether a failed refresh is rolled back. Default: no."""
    skip_matching: bool | None = None
    """Whether nodes that fit already are left alone. Default: they are replaced too."""
    scale_in_protected_instances: Literal["Refresh", "Ignore", "Wait"] | None = None
    """What is done about nodes that are protected from scale-in. Default: AWS's, Wait."""
    standby_instances: Literal["Terminate", "Ignore", "Wait"] | None = None
    """What is done about nodes in standby. Default: AWS's, Wait."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        most, fewest = self.max_healthy_percentage, self.min_healthy_percentage
        if most is not None and most - fewest > 100:
            what = "is more than 100 above min_healthy_percentage"
            faults.add("max_healthy_percentage", f"{what}; got {most} and {fewest}; lower it")
        steps = self.checkpoint_percentages
        if list(steps) != sorted(set(steps)):
            got = ", ".join(map(str, steps))
            faults.add("checkpoint_percentages", f"must rise from one to the next; got {got}; put them in order")
        if self.checkpoint_delay_seconds is not None and not steps:
            faults.add("checkpoint_delay_seconds", "needs checkpoint_percentages; got none; add some or remove it")
        faults.raise_if_any()
        return self


class LifecycleHook(Spec):
    """Pauses the start or termination of a node until someone continues it or the time is over."""

    lifecycle_transition: Literal["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"]
    """Whether it applies to the start or the termination of nodes."""
    heartbeat_timeout: int = Field(default=300, ge=30, le=7200)
    """How long it waits, in seconds."""
    default_result: Literal["CONTINUE", "ABANDON"] = "CONTINUE"
    """What happens after that: continue, or abandon the node."""
    notification_metadata: str | None = Field(default=None, min_length=1, max_length=1023)
    """Text that goes along with the notification."""
    notification_target_arn: In[Annotated[str, AfterValidator(_notification_target), IN_THE_REGION]] | None = None
    """ARN of the SNS topic or SQS queue that is notified. Default: EventBridge alone is."""
    role_arn: In[RoleArn] | None = None
    """ARN of the role with which the notification is sent."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.role_arn is None and self.notification_target_arn is not None:
            faults.add("role_arn", "is needed to send the notification; got none; add it")
        elif self.role_arn is not None and self.notification_target_arn is None:
            faults.add("role_arn", "has no effect without notification_target_arn; got it alone; remove it")
        faults.raise_if_any()
        return self
