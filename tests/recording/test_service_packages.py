"""Packages of the typed SDKs that start empty hold the same names as those that run whole."""

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
package = importlib.import_module("{package}")
names = {names}
if not names:
    hasattr(package, "outputs")  # the SDK runs a package when something is read of it
    names = [*vars(package)]
found = {{}}
for name in names:
    value = getattr(package, name, None)
    found[name] = [type(value).__name__, getattr(value, "__module__", ""), getattr(value, "__name__", "")]
loaded = [each for each in sys.modules if each.startswith("{package}.")]
print(json.dumps([found, loaded, type(package).__name__]))
"""


def taken(package: str, names: list[str], empty: bool) -> Any:
    program = NAMES.format(package=package, names=names, empty=empty)
    return json.loads(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout)


@pytest.mark.parametrize("package", ["pulumi_aws.eks", "pulumi_aws.sqs", "pulumi_kubernetes.rbac.v1"])
def test_every_name_is_what_the_whole_package_holds(package: str) -> None:
    whole, modules, _ = taken(package, [], empty=False)
    names = [name for name in whole if not name.startswith("_") and name != "typing"]
    assert len(names) > 20
    found, _, kind = taken(package, names, empty=True)
    assert found == {name: whole[name] for name in names}
    assert kind == "ServicePackage", "a name made the whole package run"
    assert len(modules) > 5


def test_one_name_loads_one_module() -> None:
    found, modules, kind = taken("pulumi_aws.ec2", ["Vpc", "VpcArgs", "get_vpc", "get_vpc_output"], empty=True)
    assert all(module.startswith("pulumi_aws.ec2.") for _, module, _ in found.values())
    assert kind == "ServicePackage"
    assert len(modules) < 12, modules


def test_one_kind_of_kubernetes_loads_one_module() -> None:
    found, modules, kind = taken("pulumi_kubernetes.core.v1", ["Namespace", "NamespaceInitArgs", "PodArgs"], empty=True)
    homes = {name: module.rpartition(".")[2] for name, (_, module, _) in found.items()}
    assert homes == {"Namespace": "Namespace", "NamespaceInitArgs": "Namespace", "PodArgs": "_inputs"}
    assert kind == "ServicePackage"
    assert len(modules) < 6, modules


def test_a_name_that_is_nowhere_is_none_of_the_package() -> None:
    found, _, kind = taken("pulumi_aws.sqs", ["Vpc", "Queue"], empty=True)
    assert found["Vpc"] == ["NoneType", "", ""]
    assert found["Queue"] == ["type", "pulumi_aws.sqs.queue", "Queue"]
    assert kind == "module", "an unknown name is looked for in the package as it is written"


def test_a_program_that_imports_all_of_a_package_gets_all() -> None:
    program = """
from eks_blueprints.recording import service_packages
service_packages.install()
from pulumi_aws.sqs import *
print(Queue.__module__, QueueArgs.__module__, get_queue.__module__)
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["pulumi_aws.sqs.queue", "pulumi_aws.sqs.queue", "pulumi_aws.sqs.get_queue"]
