"""`eks-blueprints instances`."""

from __future__ import annotations

import json

import pytest
from ruamel.yaml import YAML

from eks_blueprints.compute.managed_nodes import ManagedNodes

from .test_commands import call


def pasted(*words: str) -> list[str]:
    done = call("instances", *words, "--format", "yaml")
    assert done.returncode == 0, done.stderr
    found: list[str] = YAML(typ="safe").load(done.stdout)["instance_types"]
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("--vcpus", "4..16", "--memory", "16GiB..", "--architecture", "arm64"),
        ("{vcpus: 4..16, memory: 16GiB.., architecture: arm64}",),
        ("{vCPUs: 8, memory: 32, cpuArchitecture: x86_64}",),
        ("--vCPUs", "8", "--gpus", "1"),
        ("--neuron", "1..", "--most", "20"),
        ("--vcpus", "2", "--memory", "4", "--burstable", "required"),
        ("{vCPUs: 2, memory: 2GiB, cpuArchitecture: x86_64, burstable: included}",),
        ("{vCPUs: 2, memory: '4', gpus: 0}",),
    ],
)
def test_the_list_can_be_pasted_into_a_managed_group(words: tuple[str, ...]) -> None:
    found = pasted(*words, "--most", "20")
    assert 1 <= len(found) <= 20
    nodes = ManagedNodes.model_validate({"instance_types": found})
    assert nodes.ami.architecture == ("arm64" if "arm64" in " ".join(words) else "x86_64")


def test_the_cheapest_come_first_unless_told_otherwise() -> None:
    done = call("instances", "--vcpus", "4", "--memory", "16", "--format", "json")
    prices = [each["price_hour"] for each in json.loads(done.stdout)["instance_types"]]
    known = [price for price in prices if price is not None]
    assert known == sorted(known)
    assert prices[: len(known)] == known
    named = pasted("--vcpus", "4", "--memory", "16", "--sort-by", "name")
    assert named == sorted(named)


def test_what_people_see_ends_in_a_list_and_says_how_old_the_facts_are() -> None:
    done = call("instances", "--vcpus", "4", "--memory", "16", "--most", "3", NO_COLOR="1")
    lines = done.stdout.splitlines()
    assert lines[4:6] == ["for a stack file:", "instance_types:"]
    assert [line.strip("- ") for line in lines[6:]] == [line.split()[0] for line in lines[:3]]
    assert "3 types, of " in done.stderr
    assert "from the table of 20" in done.stderr


def test_a_list_that_is_too_long_for_a_group_says_so() -> None:
    assert "a managed group accepts 20 types" in call("instances", "--vcpus", "4..16").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--vcpus", "four"), 'vcpus: is neither a number nor a range; got "four"'),
        (("--memory", "16XB"), "memory: is neither a number nor a range"),
        (("{cpus: 4}",), "no such word of a selector"),
        (("{vcpus: [4]}",), "vcpus: is neither a number nor a range"),
        (("{burstable: maybe}",), "burstable: is yes or no"),
        (("{architecture: sparc}",), "architecture: is none that is known; got sparc"),
        (("{allow: 4}",), "allow: needs texts"),
        (("{",), "the selector is not a mapping"),
        (("--allow", "^m["), "allow: is not a valid regular expression"),
        (("--vcpus", "10000"), "no instance type of 20"),
    ],
)
def test_mistakes_are_told(words: tuple[str, ...], said: str) -> None:
    done = call("instances", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
