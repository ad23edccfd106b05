"""A preview in a narrow terminal leaves room for the properties of resources."""

from __future__ import annotations

import re

import pytest

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.preview.run import Preview
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.review.preview.text import render

VPC = PlannedResource("urn:vpc", "aws:ec2/vpc:Vpc", "a-vpc", None, True, {"cidrBlock": "10.0.0.0/16"})
LONG = PlannedResource("urn:role", "aws:iam/role:Role", "a-role-with-a-name-of-33-characters", None, True, {})


@pytest.mark.parametrize("width", [60, None])
def test_the_address_block_is_whole(width: int | None) -> None:
    preview = Preview(Target("prod", None), Plan("shop", "prod", (VPC, LONG)), (), (), (), 0.0)
    lines = [re.sub(r"\x1b\[\d*m", "", line) for line in render(preview, width=width)]
    (vpc,) = (line for line in lines if "ec2.Vpc" in line)
    assert vpc.endswith("10.0.0.0/16")
    assert width is None or len(vpc) <= width
