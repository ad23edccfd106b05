"""Messages about secrets: the value never, what to do where it says nothing of the value."""

from __future__ import annotations

import base64

import pytest

from eks_blueprints.core.errors import Problem

DATA = ("workloads", "web", "secrets", "db", "data", "password")


def said(message: str, *path: str) -> str:
    return Problem(path or DATA, message).message


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('needs a mapping; got "hunter2"; write key: value lines below it', "write key: value lines below it"),
        ("needs text; got 5, which YAML reads as a number; quote it", "quote it"),
        ('needs text; got 123456; quote it: "123456"', "quote it"),
        ('is not text; got "a; b hunter2"; write one line', "write one line"),
        ("needs text; got hunter2", ""),
        ('is wrong; got "hunter2"; did you mean Hunter2?', ""),
        ('is wrong; got ["xx", "hunter2"]; take out hunter2', ""),
        ('is long; got "hunter2 and mor…; shorten it: hunter2 and more', ""),
        (f'is base64; got "{base64.b64encode(b"hunter2").decode()}"; write hunter2', ""),
    ],
)
def test_what_to_do_stays_unless_it_says_the_value(message: str, expected: str) -> None:
    what = message.partition(";")[0]
    assert said(message) == f"{what}; got [secret]" + (f"; {expected}" if expected else "")


def test_below_a_secret_its_own_fields_are_no_secret() -> None:
    message = 'is not absolute; got "etc"; begin it with /'
    assert said(message, "workloads", "web", "secrets", "db", "mount_path") == message
    assert "[secret]" in said(message, "workloads", "web", "secrets", "db")
    assert "[secret]" in said(message, "secrets", "db", "data", "a")


@pytest.mark.parametrize("group", ["workloads", "teams", "addons", "namespaces"])
def test_an_element_may_be_called_secrets(group: str) -> None:
    message = 'needs a whole number; got "x"; write digits without quotes'
    assert said(message, group, "secrets", "replicas") == message
    assert "[secret]" in said(message, group, "secrets", "secrets", "db", "data", "a")
    assert "[secret]" in said(message, group, "secrets", "password")
