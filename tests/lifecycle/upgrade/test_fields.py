"""Fields, annotations and flags that end: each row of the table is found where it stands, and only in its time."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from eks_blueprints.lifecycle.upgrade.checks.fields import fields
from eks_blueprints.lifecycle.upgrade.fields import field_uses
from eks_blueprints.lifecycle.upgrade.notes import Ending, endings
from eks_blueprints.policies.stack import Stack
from tests.plans import ADDON, TEMPLATE, plan, resource

from .situations_of import situation


def using(ending: Ending) -> Any:
    """A resource that has what ends."""
    pod: dict[str, Any] = {"metadata": {"name": "web"}, "spec": {"containers": []}}
    deployment = {"metadata": {"name": "web"}, "spec": {"template": pod}}
    if ending.where == "annotation":
        pod["metadata"]["annotations"] = {f"{ending.match}web": "x"}
    elif ending.where == "volume":
        pod["spec"]["volumes"] = [{"name": "data", ending.match: {}}]
    elif ending.where == "service":
        return resource("kubernetes:core/v1:Service", "web", {"spec": {ending.match: ["192.0.2.1"]}})
    elif ending.where == "flag":
        data = base64.b64encode(f"kubelet-extra-args '{ending.match}=x'".encode()).decode()
        return resource(TEMPLATE, "web", {"userData": data})
    else:
        return resource(ADDON, "web", {"addonName": "kube-proxy", "configurationValues": '{"mode": "ipvs"}'})
    return resource("kubernetes:apps/v1:Deployment", "web", deployment)


@pytest.mark.parametrize("ending", endings(), ids=lambda each: each.match)
def test_what_ends_is_found_in_its_time(ending: Ending) -> None:
    (use,) = field_uses(Stack.of_plan(plan(using(ending))))
    assert (use.where, use.match, use.place) == (ending.where, ending.match, "stacks/prod.yaml:7")
    here = situation(fields=(use,))
    if ending.ends is not None:
        (found,) = fields(here, ending.ends)
        assert found.level == ("blocker" if ending.fails else "warning")
        assert found.do == ending.instead
        assert [each.level for each in fields(here, ending.ends - 1)] == ["warning"]
    if ending.deprecated is not None:
        assert [each.level for each in fields(here, ending.deprecated)] == ["warning"]
        assert list(fields(here, ending.deprecated - 1)) == []


def test_an_ordinary_platform_uses_none() -> None:
    assert list(field_uses(Stack.of_plan(plan(resource(ADDON, "cni", {"addonName": "kube-proxy"}))))) == []
