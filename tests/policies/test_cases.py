"""Every rule says what its cases say, by the names of resources and not by their number."""

import importlib
import pkgutil
from datetime import date

import pytest

from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import Context
from eks_blueprints.policies.stack import Resource, Stack
from tests.policies import cases
from tests.policies.build import VERDICTS

TODAY = date(2026, 11, 21)

MODULES = [importlib.import_module(f"tests.policies.cases.{m.name}") for m in pkgutil.iter_modules(cases.__path__)]
CASES = {name: scenes for module in MODULES for name, scenes in module.CASES.items()}
SCENES = [
    pytest.param(name, scene, id=f"{name}-{i}") for name, scenes in CASES.items() for i, scene in enumerate(scenes)
]
NO_CASES = {"waiver-valid"}
"""Judged where waivers are applied; see test_waivers."""


def outcomes(name: str, scene: list[Resource]) -> dict[str, str]:
    """What a rule says about each resource that it judges in a scene; a dict among the resources sets parameters."""
    rule = rules()[name]
    params = {**rule.params}
    given = [each for each in scene if isinstance(each, dict)]
    options = {key: value for each in given for key, value in each.items()}
    deployed, profile = options.pop("deployed", False), options.pop("profile", "production")
    stack = Stack([each for each in scene if not isinstance(each, dict)], "project", "test")
    found = {}
    for resource in stack.of(*rule.types):
        if resource.patch and not rule.patches:
            continue
        context = Context(stack, resource, {**params, **options}, profile, TODAY, deployed)
        found[resource.name] = judge(rule, context)[0]
    return found


@pytest.mark.parametrize(("name", "scene"), SCENES)
def test_case(name: str, scene: list[Resource]) -> None:
    found = outcomes(name, scene)
    names = [each.name for each in scene if not isinstance(each, dict)]
    wanted = {each: VERDICTS[each.partition("-")[0]] for each in names if each.partition("-")[0] in VERDICTS}
    got = {each: found.get(each, "not_applicable") for each in wanted}
    assert got == wanted
    bystanders = {each: verdict for each, verdict in found.items() if each not in wanted and verdict == "fail"}
    assert not bystanders


@pytest.mark.parametrize("name", sorted(set(rules()) - NO_CASES))
def test_a_rule_has_cases(name: str) -> None:
    found = {v for scene in CASES.get(name, ()) for v in outcomes(name, scene).values()}
    assert {"pass", "fail"} <= found
