"""Secrets in plain text are found, and what only speaks of secrets is left alone."""

from typing import Any

import pytest

from eks_blueprints.core.secret_text import looks, speaks
from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import Context
from eks_blueprints.policies.stack import Resource, Stack
from tests import ROOT
from tests.policies.build import object_, workload
from tests.policies.test_cases import TODAY

LINES = [
    line
    for line in (ROOT / "tests/policies/data/secrets.txt").read_text(encoding="utf-8").splitlines()
    if line[:2] in ("+ ", "- ")
]


def _resource(place: str, text: str) -> Resource:
    name, _, value = text.partition("=")
    if place == "env":
        return workload("app", c={"env": [{"name": name, "value": value}]})
    if place == "arg":
        flag, _, rest = text.partition(" ")
        pair = text.startswith("--") and "=" not in flag and rest and not rest.startswith("--")
        return workload("app", c={"args": [flag, rest] if pair else [text]})
    data: Any = {name: value} if place == "key" else {"config": f"first: 1\n{text}\nlast: 2\n"}
    return object_("v1:ConfigMap", "app", data=data)


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_corpus(line: str) -> None:
    sign, place, text = line.split(" ", 2)
    resource = _resource(place, text)
    stack = Stack([resource])
    rule = rules()["k8s-no-plaintext-secrets"]
    verdict, faults, _ = judge(rule, Context(stack, resource, {}, "production", TODAY))
    assert verdict == ("fail" if sign == "+" else "pass")
    told = " ".join(f"{fault.what} {fault.got}" for fault in faults)
    assert "hunter2" not in told


def test_the_corpus_is_large() -> None:
    assert len(LINES) >= 200


def test_names_that_are_secrets_themselves() -> None:
    assert speaks("dbPassword")
    assert not speaks("dbPasswordFile")


@pytest.mark.parametrize("value", [None, True, {}, [], ["hunter2"], {"$secret": True}])
def test_what_is_no_text_is_no_secret(value: Any) -> None:
    assert not looks("password", value)


def test_a_number_may_be_a_password() -> None:
    assert looks("password", 123456)
    assert not looks("maxTokens", 123456)


def test_a_qualified_name_under_key_is_a_label_and_no_key() -> None:
    assert not looks("key", "feature.node.kubernetes.io/pci-10de.present")
    assert not looks("key", "k8s.amazonaws.com/accelerator-2x")
    assert looks("key", "Zk93hD0x/Lq81vB2p4Tt")
