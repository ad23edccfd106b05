"""Classes of generated types that are made when they are taken are those that the modules define."""

import json
import subprocess
import sys
from typing import Any

LATE = "from eks_blueprints.recording import run\n"  # it installs both kinds of late modules

DESCRIBE = """
import importlib, inspect, json
from pulumi import _types

def described(module):
    for name in module.__all__ if hasattr(module, "__all__") else dir(module):
        value = getattr(module, name)
        if not isinstance(value, type):
            continue
        yield name, [str(value.__mro__), getattr(value, "pulumi_type", None), sorted(vars(value))]
        if _types.is_input_type(value) or _types.is_output_type(value):
            yield name + " hints", str(_types._types_from_py_properties(value))
            yield name + " init", str(inspect.signature(value.__init__))
        elif issubclass(value, dict):
            yield name + " hints", str(value.__annotations__)

print(json.dumps({name: dict(described(importlib.import_module(name))) for name in MODULES}))
"""


def run(program: str, *, late: bool) -> Any:
    command = [sys.executable, "-c", (LATE if late else "") + program]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


MODULES = [
    *["pulumi_aws.eks._inputs", "pulumi_aws.eks.outputs", "pulumi_aws.eks.node_group", "pulumi_aws.eks.cluster"],
    *["pulumi_aws.iam._enums", "pulumi_aws.iam.role", "pulumi_aws.iam.role_policy_attachment"],
    *["pulumi_aws.ec2._enums", "pulumi_aws.ec2.instance", "pulumi_aws._inputs"],
    *["pulumi_kubernetes.apps.v1._inputs", "pulumi_kubernetes.apps.v1.Deployment", "pulumi_kubernetes.meta.v1"],
]


def test_every_class_is_as_the_module_defines_it() -> None:
    """All modules in one process of either kind: to import them takes longer than to compare them."""
    program = f"MODULES = {MODULES}\n{DESCRIBE}"
    written, late = run(program, late=False), run(program, late=True)
    assert [name for name in MODULES if late[name] != written[name]] == []
    assert [name for name in MODULES if name.endswith(("_inputs", "_enums")) and len(written[name]) < 3] == []
    assert late == written


def test_one_class_makes_those_that_its_annotations_name_and_no_others() -> None:
    program = """
import json, pulumi_aws
from pulumi_aws.eks import _inputs
total = len(_inputs._unmade)
_inputs.NodeGroupScalingConfigArgs
one = total - len(_inputs._unmade)
_inputs.ClusterComputeConfigArgs, _inputs.ClusterEncryptionConfigArgs
made = sorted(name for name in vars(_inputs) if name.startswith("ClusterEncryption"))
print(json.dumps([total, one, made]))
"""
    total, one, made = run(program, late=True)
    assert total > 100
    assert one == 1
    assert made == ["ClusterEncryptionConfigArgs", "ClusterEncryptionConfigProviderArgs"]


def test_a_resource_makes_the_types_that_it_takes_and_finds_the_others() -> None:
    program = """
import json
from pulumi_aws.ec2 import _inputs, instance
before = len(_inputs._unmade)
late = instance.VpcIpamOperatingRegionArgs is _inputs.VpcIpamOperatingRegionArgs
try:
    instance.Nothing
except AttributeError as error:
    print(json.dumps([before, late, "InstanceEbsBlockDeviceArgs" in vars(instance), str(error)]))
"""
    before, late, own, error = run(program, late=True)
    assert before > 500
    assert late
    assert own
    assert error == "module 'pulumi_aws.ec2.instance' has no attribute 'Nothing'"


def test_a_program_that_imports_all_gets_all() -> None:
    program = """
import json
from pulumi_aws.iam._enums import *
from pulumi_aws.eks._inputs import *
import pulumi_aws.eks._inputs as module
print(json.dumps([len(ManagedPolicy), set(module.__all__) <= set(globals()), ManagedPolicy.__module__]))
"""
    policies, all_there, home = run(program, late=True)
    assert policies > 100
    assert all_there
    assert home == "pulumi_aws.iam._enums"


def test_an_unknown_name_is_no_attribute() -> None:
    program = """
import json
from pulumi_aws.eks import _inputs
print(json.dumps([hasattr(_inputs, "Nothing"), "ClusterVpcConfigArgs" in dir(_inputs), hasattr(_inputs, "pulumi")]))
"""
    assert run(program, late=True) == [False, True, True]


def test_the_decorators_are_the_sdks_own_again() -> None:
    program = """
import json, pulumi
from pulumi import _types, type_token
import pulumi_aws.eks._inputs
print(json.dumps([pulumi.input_type is _types.input_type, pulumi.output_type is _types.output_type,
                  pulumi.type_token is pulumi.get_type_token.__globals__["type_token"]]))
"""
    assert run(program, late=True) == [True, True, True]


def test_a_program_is_recorded_alike_with_modules_as_they_are_written() -> None:
    program = """
from eks_blueprints.recording import record
import pulumi_aws as aws
from pulumi_aws.iam import *
from pulumi_kubernetes.core import v1

def program():
    disk = aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(volume_size=20, kms_key_id=aws.kms.Key("key").arn)
    mapping = aws.ec2.LaunchTemplateBlockDeviceMappingArgs(device_name="/dev/xvda", ebs=disk)
    made = aws.ec2.LaunchTemplate("template", block_device_mappings=[mapping], metadata_options={"http_tokens": "any"})
    key = made.block_device_mappings[0].ebs.kms_key_id
    Role("role", assume_role_policy=made.metadata_options.http_tokens, path=key)
    RolePolicyAttachment("attachment", role="role", policy_arn=ManagedPolicy.READ_ONLY_ACCESS)
    v1.Pod("pod", spec=v1.PodSpecArgs(containers=[v1.ContainerArgs(name="app", image="app:1")], host_pid=True))

print(record(program).plan().to_json())
"""
    written = "from eks_blueprints.recording import service_packages as s, type_modules as t; "
    written += f"s.install = t.install = lambda: None\n{program}"  # lines are recorded: as many as with `LATE`
    late = run(program, late=True)
    assert len(late["resources"]) >= 5
    assert late == run(written, late=False)
