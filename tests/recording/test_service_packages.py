"""Packages of the typed SDKs that start empty hold the same names as those that run whole."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

NAMES = """
import importlib, json, sys
if {empty}:
    from eks_blueprints.recording import service_packages
    service_packages.install()
told = {{}}
for home, names in {asked}.items():
    package = importlib.import_module(home)
    if not names:
        hasattr(package, "outputs")  # the SDK runs a package when something is read of it
        names = [*vars(package)]
    found = {{}}
    for name in names:
        value = getattr(package, name, None)
        found[name] = [type(value).__name__, getattr(value, "__module__", ""), getattr(value, "__name__", "")]
    loaded = [each for each in sys.modules if each.startswith(home + ".")]
    told[home] = [found, loaded, type(package).__name__]
print(json.dumps(told))
"""


def taken(asked: Mapping[str, Sequence[str]], *, empty: bool) -> Any:
    """Of each package what its names are, all where none are given; all in one process, as its start takes longest."""
    program = NAMES.format(asked=dict(asked), empty=empty)
    return json.loads(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout)


def test_every_name_is_what_the_whole_package_holds() -> None:
    packages = ("pulumi_aws.eks", "pulumi_aws.sqs", "pulumi_kubernetes.rbac.v1")
    whole = {home: found for home, (found, _, _) in taken(dict.fromkeys(packages, ()), empty=False).items()}
    names = {home: [each for each in found if each[0] != "_" and each != "typing"] for home, found in whole.items()}
    for home, (found, modules, kind) in taken(names, empty=True).items():
        assert len(found) > 20, home
        assert found == {name: whole[home][name] for name in names[home]}, home
        assert kind == "ServicePackage", f"a name made the whole of {home} run"
        assert len(modules) > 5, home


def test_one_name_loads_one_module_and_an_unknown_one_the_package() -> None:
    asked = {
        "pulumi_aws.ec2": ["Vpc", "VpcArgs", "get_vpc", "get_vpc_output"],
        "pulumi_kubernetes.core.v1": ["Namespace", "NamespaceInitArgs", "PodArgs"],
        "pulumi_aws.sqs": ["Vpc", "Queue"],
    }
    told = taken(asked, empty=True)
    found, modules, kind = told["pulumi_aws.ec2"]
    assert all(module.startswith("pulumi_aws.ec2.") for _, module, _ in found.values())
    assert kind == "ServicePackage"
    assert len(modules) < 12, modules
    found, modules, kind = told["pulumi_kubernetes.core.v1"]
    homes = {name: module.rpartition(".")[2] for name, (_, module, _) in found.items()}
    assert homes == {"Namespace": "Namespace", "NamespaceInitArgs": "Namespace", "PodArgs": "_inputs"}
    assert kind == "ServicePackage"
    assert len(modules) < 6, modules
    found, _, kind = told["pulumi_aws.sqs"]
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
