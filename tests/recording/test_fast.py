"""The quick path gives the SDK's own results, gets out of the way of an SDK it does not know, and is quick."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime import rpc

from eks_blueprints.recording import ProgramError, fast, record
from tests import ROOT
from tests.work import calls

from .programs import SECRET, rich, rich_settings


def plan(quick: bool = True) -> str:
    """The rich program's plan."""
    return record(rich, **rich_settings(), root=str(ROOT), quick=quick).plan().to_json()


def test_both_paths_give_the_same_bytes() -> None:
    assert fast.available()
    assert plan(quick=True) == plan(quick=False)


def test_both_paths_send_the_same_requests() -> None:
    def requests(quick: bool) -> dict[str, bytes]:
        sent = {}
        for each in record(rich, **rich_settings(), quick=quick).resources:
            request = each.request
            if not each.read:  # the quick path leaves stack traces out, and sets have no order
                request.ClearField("sourcePosition")
                dependencies = sorted(request.dependencies)
                del request.dependencies[:]
                request.dependencies.extend(dependencies)
            request.ClearField("stackTrace")
            request.ClearField("sourcePosition")
            sent[each.urn] = request.SerializeToString(deterministic=True)
        return sent

    assert requests(True) == requests(False)


def test_a_plan_does_not_depend_on_the_hash_seed() -> None:
    script = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:]\n"
        "from programs import rich, rich_settings\n"
        "from eks_blueprints.recording import record\n"
        "for quick in (True, False):\n"
        "    text = record(rich, **rich_settings(), root=sys.argv[1], quick=quick).plan().to_json()\n"
        "    print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    places = [str(ROOT), str(Path(__file__).parent)]
    wanted = hashlib.sha256(plan().encode()).hexdigest()
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"  # another than that of this process
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", script, *places]
    out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert out.stdout.split() == [wanted, wanted]


def test_no_secret_is_in_a_plan() -> None:
    assert SECRET not in plan()


@pytest.mark.parametrize("name", ["transfer_properties", "resolve_outputs", "serialize_property"])
def test_an_sdk_with_other_internals_is_recorded_plainly(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = plan()
    original = getattr(rpc, name)

    def other(*args: Any, **named: Any) -> Any:
        return original(*args, **named)

    monkeypatch.setattr(rpc, name, other)
    assert not fast.available()
    assert plan() == wanted
    assert getattr(rpc, name) is other


def test_an_sdk_without_an_internal_is_recorded_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fast._REPLACED, ("pulumi.runtime.rpc", "gone"), ())
    assert not fast.available()
    recording = record(lambda: pulumi.export("a", 1))
    assert recording.outputs == {"a": 1}


def test_patches_go_with_the_recording() -> None:
    before = {place: getattr(fast._owner(place[0]), place[1]) for place in fast._REPLACED}

    def bad() -> None:
        aws.iam.Role("r", assume_role_policy="{}")
        assert rpc.transfer_properties is not before["pulumi.runtime.rpc", "transfer_properties"]
        raise ValueError

    with pytest.raises(Exception, match="ValueError"):
        record(bad)
    assert {place: getattr(fast._owner(place[0]), place[1]) for place in fast._REPLACED} == before


def test_the_quick_path_does_a_fraction_of_the_work() -> None:
    def program() -> None:
        for index in range(100):
            aws.iam.Role(f"r{index}", assume_role_policy="{}", tags={"a": "b"})

    record(program)
    quick, plain = (calls(partial(record, program, quick=way)) for way in (True, False))
    assert quick < plain / 3


def _waiting(count: int, *, wait: bool = True) -> Callable[[], None]:
    """A program in which as many roles wait for each of as many components with a role in them."""

    def program() -> None:
        groups = [pulumi.ComponentResource("test:index:Group", f"g{index}") for index in range(count)]
        for index, group in enumerate(groups):
            aws.iam.Role(f"in{index}", assume_role_policy="{}", opts=pulumi.ResourceOptions(parent=group))
        for index in range(count):
            aws.iam.Role(
                f"r{index}", assume_role_policy="{}", opts=pulumi.ResourceOptions(depends_on=groups if wait else None)
            )

    return program


def test_what_waits_for_many_costs_little_for_each() -> None:
    record(_waiting(1))
    idle, waiting = (calls(partial(record, _waiting(20, wait=wait))) for wait in (False, True))
    assert waiting - idle < 20 * 20 * 15
    plain = [calls(partial(record, _waiting(20, wait=wait), quick=False)) for wait in (False, True)]
    assert waiting - idle < (plain[1] - plain[0]) / 4


def test_what_waits_for_many_is_told_alike() -> None:
    plans = [record(_waiting(5), quick=quick).plan() for quick in (True, False)]
    assert plans[0] == plans[1]
    (last,) = [each for each in plans[0].resources if each.name == "r4"]
    assert [urn.rpartition("::")[2] for urn in last.dependencies] == ["in0", "in1", "in2", "in3", "in4"]


def test_a_cycle_through_a_component_is_refused_alike(quick: bool) -> None:
    def program() -> None:
        group = pulumi.ComponentResource("test:index:Group", "group")
        first = aws.iam.Role("first", assume_role_policy="{}", opts=pulumi.ResourceOptions(depends_on=[group]))
        options = pulumi.ResourceOptions(parent=group, depends_on=[first])
        aws.iam.Role("inside", assume_role_policy="{}", opts=options)

    with pytest.raises(ProgramError, match="circular dependency"):
        record(program, quick=quick)


def test_the_sdk_finds_little_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []
    original = asyncio.wait

    def wait(outstanding: Any, **named: Any) -> Any:
        waited.append(len(outstanding))
        return original(outstanding, **named)

    monkeypatch.setattr(asyncio, "wait", wait)
    plans = [record(_waiting(20), quick=True).plan(), record(_waiting(20), quick=False).plan()]
    assert plans[0] == plans[1]
    waited.clear()
    record(_waiting(20), quick=True)
    assert sum(waited) < 20


def test_names_of_nested_values_are_sent_as_the_class_has_them(quick: bool) -> None:
    sent = {each.name: each.inputs for each in record(rich, **rich_settings(), quick=quick).resources}
    assert sent["renamed"] == {"outer_keySent": {"inner_keySent": {"aSent": 1}}, "eachSent": [{"bSent": 2}]}
    assert sent["written"]["spec_of"]["snake_key"] == [{"camelKey": None}, [1, 2.5, True]]
