"""Two values of one property, compared."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eks_blueprints.review.diff.changes import Change
from eks_blueprints.review.diff.values import bare, compare


def changes(old: Any, new: Any, *, unordered: bool = False) -> list[Change]:
    return list(compare(old, new, "p", lambda path: unordered))


def paths(old: Any, new: Any, *, unordered: bool = False) -> list[str]:
    return [f"{each.kind} {each.path}" for each in changes(old, new, unordered=unordered)]


def test_a_leaf_of_a_nested_object_is_named_by_its_path() -> None:
    assert paths({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}) == ["change p.a.c"]


def test_a_null_is_as_good_as_nothing() -> None:
    assert paths({"a": None}, {}) == []
    assert paths({"a": {"b": None}}, {"a": {}}) == []


def test_a_truth_value_is_no_number() -> None:
    assert paths({"a": True}, {"a": 1}) == ["change p.a"]


def test_a_key_with_dots_is_quoted() -> None:
    assert paths({}, {"eks.amazonaws.com/role": "x"}) == ['add p["eks.amazonaws.com/role"]']


@pytest.mark.parametrize("key", ["name", "key", "Sid", "zone", "deviceName", "principalArn"])
def test_entries_are_matched_by_what_identifies_them(key: str) -> None:
    old = [{key: "a", "size": 1}, {key: "b", "size": 1}]
    assert paths(old, [{key: "b", "size": 1}, {key: "a", "size": 2}], unordered=True) == [f"change p[{key}=a].size"]
    assert paths(old, old[:1]) == [f"remove p[{key}=b]"]


def test_a_key_that_is_not_unique_identifies_nothing() -> None:
    old = [{"key": "a", "value": 1}, {"key": "a", "value": 2}]
    assert paths(old, [{"key": "a", "value": 1}, {"key": "a", "value": 3}]) == ["change p[1].value"]


def test_entries_without_a_key_are_matched_by_likeness() -> None:
    old = [{"from": 1, "to": 2, "cidr": "x"}, {"from": 9, "to": 9, "cidr": "y"}]
    assert paths(old, [{"from": 9, "to": 9, "cidr": "z"}]) == ["change p[0].cidr", "remove p[0]"]


def test_scalars_come_and_go_one_by_one() -> None:
    assert paths(["a", "b"], ["b", "c"]) == ["remove p[]", "add p[]"]


def test_order_counts_only_where_it_means_something() -> None:
    assert paths(["a", "b"], ["b", "a"]) == ["change p (order)"]
    assert paths(["a", "b"], ["b", "a"], unordered=True) == []


def test_a_repeated_scalar_is_not_lost() -> None:
    assert paths(["a", "a"], ["a"]) == ["remove p[]", "remove p[]"]


def test_a_json_document_is_compared_inside() -> None:
    assert paths('{"a": 1, "b": [1]}', '{"b":[1],"a":2}') == ["change p{}.a"]
    assert paths('{"a": 1}', '{ "a" : 1 }') == []


def test_statements_of_a_policy_are_matched_and_single_actions_are_lists() -> None:
    def policy(*statements: dict[str, Any]) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    read = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["a", "b"]}
    same = {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["b", "a"]}
    trust = {"Effect": "Allow", "Principal": {"Service": "a"}, "Condition": {"StringEquals": {"k": "v"}}}
    lists = {**trust, "Principal": {"Service": ["a"]}, "Condition": {"StringEquals": {"k": ["v"]}}}
    assert paths(policy(trust), policy(lists)) == []
    assert paths(policy(trust), policy({**lists, "Principal": {"Service": ["a", "b"]}})) != []
    assert paths(policy({**trust, "Principal": "*"}), policy(trust)) != []
    more = {**same, "Action": ["s3:GetObject", "s3:PutObject"]}
    assert paths(policy(read), policy(same)) == []
    (found,) = changes(policy(read), policy(more))
    assert (found.path, found.new) == ("p{}.Statement[Sid=Read].Action[]", "s3:PutObject")


def test_a_yaml_document_is_compared_inside() -> None:
    assert paths("a: 1\nb: 2\n", "b: 2\na: 3\n") == ["change p{}.a"]


def test_long_text_is_compared_by_lines() -> None:
    (found,) = changes("#!/bin/sh\necho a\n", "#!/bin/sh\necho b\n")
    assert [line for line in found.lines if line[0] in "+-"] == ["-echo a", "+echo b"]


def test_a_secret_says_that_it_changes_and_never_what_it_is() -> None:
    secret = {"$secret": True}
    assert paths(secret, secret) == []
    (found,) = changes("plain", secret)
    assert found.new == secret
    assert paths({"k": secret}, {}) == ["remove p.k"]


def test_paths_lose_positions_for_rules() -> None:
    assert bare("taints[key=gpu].effect") == "taints.effect"
    assert bare("a[b[0]].c") == "a.c"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab{[\n:", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "a", "b"]), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert changes(value, json.loads(json.dumps(value))) == []


@given(values, values)
def test_any_two_values_can_be_compared(old: Any, new: Any) -> None:
    found = changes(old, new)
    backwards = changes(new, old)
    assert bool(found) == bool(backwards)


def test_what_is_called_a_secret_is_hidden() -> None:
    from eks_blueprints.review.diff.changes import Change

    mark = {"$secret": True}
    assert Change("data.password", "hunter2", "hunter3").old == mark
    assert Change("spec.containers[name=app].env[name=DB_PASSWORD].value", "a", "b").new == mark
    assert Change('data["db.password"]', "a", "b").new == mark
    assert Change("data", {"password": "hunter2", "mode": "x"}).old == {"password": mark, "mode": "x"}
    assert Change("data.mode", "fast", "slow").old == "fast"
    assert Change("userData", "a", "b", lines=("+password: hunter2", " x")).lines == ("+password: [secret]", " x")
