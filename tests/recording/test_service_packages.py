"""Service packages of the typed SDK that start empty hold the same names as those that run whole."""

import json
import subprocess
import sys
from typing import Any

import pytest

NAMES = """
import importlib, json, sys
if {empty}:
    from eks_blueprints.recording import service_packages
    service_packages.install()
package = importlib.import_module("pulumi_aws.{service}")
names = {names}
if not names:
    hasattr(package, "outputs")  # the SDK runs a package when something is read of it
    names = [*vars(package)]
found = {{}}
for name in names:
    value = getattr(package, name, None)
    found[name] = [type(value).__name__, getattr(value, "__module__", ""), getattr(value, "__name__", "")]
loaded = [each for each in sys.modules if each.startswith("pulumi_aws.{service}.")]
print(json.dumps([found, loaded, type(package).__name__]))
"""


def taken(service: str, names: list[str], empty: bool) -> Any:
    program = NAMES.format(service=service, names=names, empty=empty)
    return json.loads(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout)


@pytest.mark.parametrize("service", ["eks", "sqs"])
def test_every_name_is_what_the_whole_package_holds(service: str) -> None:
    whole, modules, _ = taken(service, [], empty=False)
    names = [name for name in whole if not name.startswith("_") and name != "typing"]
    assert len(names) > 20
    found, _, kind = taken(service, names, empty=True)
    assert found == {name: whole[name] for name in names}
    assert kind == "ServicePackage", "a name made the whole package run"
    assert len(modules) > 5


def test_one_name_loads_one_module() -> None:
    found, modules, kind = taken("ec2", ["Vpc", "VpcArgs", "get_vpc", "get_vpc_output"], empty=True)
    assert all(module.startswith("pulumi_aws.ec2.") for _, module, _ in found.values())
    assert kind == "ServicePackage"
    assert len(modules) < 12, modules


def test_a_name_that_is_nowhere_is_none_of_the_package() -> None:
    found, _, kind = taken("sqs", ["Vpc", "Queue"], empty=True)
    assert found["Vpc"] == ["NoneType", "", ""]
    assert found["Queue"] == ["type", "pulumi_aws.sqs.queue", "Queue"]
    assert kind == "module", "an unknown name is looked for in the package as it is written"
