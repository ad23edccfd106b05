"""The default provider of AWS moves to another region as any other one does: all that it manages is created again."""

from __future__ import annotations

import json
from dataclasses import replace

import pulumi_aws as aws
import pytest

from eks_blueprints.recording import record
from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.diff import diff_plans


def planned(region: str | None, *, explicit: bool = False) -> Plan:
    def program() -> None:
        provider = aws.Provider("own", region="eu-west-1") if explicit else None
        queue = aws.sqs.Queue("q", name="jobs", opts=_options(provider))
        aws.sqs.QueuePolicy("p", queue_url=queue.url, policy="{}", opts=_options(provider))

    return record(program, config={"aws:region": region} if region else {}).plan()


def _options(provider: aws.Provider | None) -> object:
    from pulumi import ResourceOptions

    return ResourceOptions(provider=provider)


def test_all_of_it_is_replaced_for_this_reason() -> None:
    diff = diff_plans(planned("eu-west-1"), planned("us-east-1"))
    assert [each.kind for each in diff.resources] == ["replace", "replace"]
    assert all("`aws:region` eu-west-1 → us-east-1" in each.causes for each in diff.resources)


@pytest.mark.parametrize("regions", [("eu-west-1", "eu-west-1"), (None, "us-east-1"), ("eu-west-1", None)])
def test_what_does_not_move_stays(regions: tuple[str | None, str | None]) -> None:
    assert not diff_plans(planned(regions[0]), planned(regions[1])).changed


def test_a_provider_of_its_own_has_its_own_region() -> None:
    plans = [planned(region, explicit=True) for region in ("eu-west-1", "us-east-1")]
    assert [each.region for each in plans] == [None, None]
    assert not diff_plans(*plans).changed


def test_a_plan_file_keeps_it() -> None:
    plan = planned("eu-west-1")
    assert Plan.from_json(plan.to_json()).region == "eu-west-1"
    assert "region" not in json.loads(replace(plan, region=None).to_json())
