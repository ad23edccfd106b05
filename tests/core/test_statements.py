"""Statements of IAM policies: what their conditions take."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.spec import Reference
from eks_blueprints.core.statements import ResourceStatement, StatementArgs

BASE: dict[str, Any] = {"actions": ["s3:GetObject"], "resources": ["*"]}
KEY = "aws:RequestedRegion"


def read(value: Any) -> StatementArgs:
    return StatementArgs.model_validate({**BASE, "conditions": {"StringEquals": {KEY: value}}})


@pytest.mark.parametrize("value", ["eu-west-1", ["eu-west-1"]])
def test_one_value_needs_no_list(value: Any) -> None:
    assert read(value).statement()["Condition"] == {"StringEquals": {KEY: ["eu-west-1"]}}


def test_several_values_are_a_list() -> None:
    assert read(["eu-west-1", "eu-west-2"]).statement()["Condition"] == {
        "StringEquals": {KEY: ["eu-west-1", "eu-west-2"]}
    }


def test_one_value_may_be_a_reference() -> None:
    values: Any = read({"config": "region"}).conditions["StringEquals"][KEY]
    assert [type(value) for value in values] == [Reference]


def test_statements_of_resources_take_one_value_too() -> None:
    said = {"actions": ["sts:AssumeRole"], "principals": {"AWS": ["111122223333"]}}
    read = ResourceStatement.model_validate({**said, "conditions": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}})
    assert read.statement()["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, 'needs text; got true; quote it: "true"'),
        ([], "needs at least one value; got none"),
        ([["a"]], "needs text"),
    ],
)
def test_what_is_no_value_is_told(value: Any, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        read(value)
    [problem] = problems_of(error.value)
    assert problem.path[:3] == ("conditions", "StringEquals", KEY)
    assert said in problem.message
