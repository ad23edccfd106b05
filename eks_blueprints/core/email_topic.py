"""People who hear of a topic of Amazon SNS by email."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eks_blueprints.core.naming import fitted

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component

_NAME_LIMIT = 80


def subscribe(component: Component, topic_arn: pulumi.Input[str], addresses: Iterable[str]) -> None:
    """Subscribe addresses to a topic; each gets an email first in which it has to confirm that."""
    import pulumi_aws as aws

    for address in addresses:
        aws.sns.TopicSubscription(
            f"{component.pulumi_resource_name}-email-{fitted(address, _NAME_LIMIT)}",
            topic=topic_arn,
            protocol="email",
            endpoint=address,
            opts=component.child(),
        )
