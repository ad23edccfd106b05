"""Specs: strict scalars, located problems, leaves that may be Outputs or references."""

import pulumi
import pytest
from pydantic import Field, ValidationError

from eks_blueprints.core.errors import Faults, dotted, nearest, problems_of, unknown_name
from eks_blueprints.core.spec import In, Reference, Spec, is_known, kind_of


class Part(Spec):
    """A part."""

    size: int = 1
    label: In[str] = "x"
    tags: dict[str, str] = {}


class Whole(Spec):
    """A whole."""

    parts: tuple[Part, ...] = ()
    ready: bool = False
    version: str = "1"
    count: In[int] | None = Field(default=None)


def messages(data: object) -> list[str]:
    with pytest.raises(ValidationError) as error:
        Whole.model_validate(data)
    return [str(problem) for problem in problems_of(error.value)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"version": 1.3}, 'version: needs text; got 1.3; quote it: "1.3"'),
        ({"version": True}, 'version: needs text; got true; quote it: "true"'),
        ({"ready": 1}, "ready: needs true or false; got 1; write true or false"),
        ({"ready": "yes"}, 'ready: needs true or false; got "yes"; write true or false without quotes'),
        ({"parts": [{"size": True}]}, "parts[0].size: needs a whole number; got true; write digits"),
        ({"parts": [{"size": 1.5}]}, "parts[0].size: needs a whole number; got 1.5; write digits"),
        ({"parts": {"a": 1}}, "parts: needs a list"),
        ({"parts": ["x"]}, 'parts[0]: needs a mapping; got "x"'),
        ({"parts": [{"lable": 1}]}, 'parts[0].lable: no such field; got "lable"; did you mean label?'),
        ({"reddy": 1}, 'reddy: no such field; got "reddy"; did you mean ready?'),
        ({"parts": [{"tags": {"a": 1}}]}, 'parts[0].tags.a: needs text; got 1; quote it: "1"'),
        ({"count": "3"}, 'count: needs a whole number; got "3"'),
        ([], "needs a mapping; got []"),
    ],
)
def test_each_mistake_has_one_clear_message(data: object, message: str) -> None:
    [found] = messages(data)
    assert found.startswith(message)


def test_all_mistakes_are_told_at_once() -> None:
    assert len(messages({"version": 1, "ready": 2, "parts": [{"size": "a"}, {"sise": 1}]})) == 4


def test_a_reference_stands_for_a_leaf_but_not_for_what_decides() -> None:
    whole = Whole.model_validate({"count": {"config": "n"}, "parts": [{"label": {"stack": "s", "output": "o"}}]})
    assert isinstance(whole.count, Reference)
    assert not is_known(whole.count)
    assert "needs a whole number" in messages({"parts": [{"size": {"config": "n"}}]})[0]


def test_a_reference_with_a_value_that_is_no_text_is_refused() -> None:
    assert "a reference names its source" in messages({"count": {"config": 3}})[0]


def test_outputs_pass_untouched() -> None:
    output: pulumi.Output[str] = object.__new__(pulumi.Output)
    assert Part(label=output).label is output


def test_but_validates_what_it_changes() -> None:
    part = Part(size=2)
    assert part.but(label="y") == Part(size=2, label="y")
    with pytest.raises(ValidationError):
        part.but(size="big")


def test_specs_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Part().size = 3


def test_faults_of_several_fields_are_raised_together() -> None:
    faults = Faults()
    faults.add("size", "is odd; got 1; use 2")
    faults.add(("tags", "a/b"), "is reserved; got it; drop it")
    with pytest.raises(ValidationError) as error:
        faults.raise_if_any()
    assert [str(p) for p in problems_of(error.value)] == [
        "size: is odd; got 1; use 2",
        "tags.a/b: is reserved; got it; drop it",
    ]


def test_names() -> None:
    assert kind_of(type("AwsEbsCsiDriver", (), {})) == "aws_ebs_csi_driver"
    assert dotted(("a", 0, "b c")) == 'a[0]["b c"]'
    assert nearest("instanceTypes", ["instance_types", "ami_type"]) == "instance_types"
    assert nearest("zzz", ["instance_types"]) is None


def test_a_name_among_none_is_told_so() -> None:
    assert unknown_name("web", (), "security group") == 'no such security group; got "web"; there is none'
