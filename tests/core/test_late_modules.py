"""Modules that wait until something is read of them are, from then on, what they would have been."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LATE = "import json, sys\nfrom eks_blueprints.core import late_modules\nlate_modules.install()\n"
WAITING = "[name for name in late_modules.OF_PULUMI if type(sys.modules.get(name)).__name__ == 'LateModule']"


def run(program: str, **environment: str) -> Any:
    command = [sys.executable, "-c", LATE + program]
    environment = {key: value for key, value in os.environ.items() if key != "TRACEPARENT"} | environment
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_preview_runs_none_of_them() -> None:
    program = f"""
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import stack_target
preview(stack_target("examples/private_cluster/prod.yaml"))
brought = {{"dill", "yaml", "grpc._channel", "opentelemetry.sdk"}} & set(sys.modules)
print(json.dumps([{WAITING}, sorted(brought)]))
"""
    waiting, brought = run(program)
    assert waiting == ["grpc", "grpc.aio", "pulumi.automation", "pulumi.dynamic", "pulumi.runtime._instrumentation"]
    assert brought == []


def test_a_check_does_without_openssl() -> None:
    program = """
from pathlib import Path
from eks_blueprints.stackfile.settle import checked
checked(Path("examples/private_cluster/prod.yaml"))
before = "_hashlib" in sys.modules
print(json.dumps([before, sys.modules["secrets"].compare_digest("a", "a"), "_hashlib" in sys.modules]))
"""
    assert run(program) == [False, True, True]


@pytest.mark.parametrize(
    ("use", "left"),
    [
        ("import pulumi; pulumi.automation.LocalWorkspace.create_stack", {"pulumi.automation"}),
        ("import pulumi; from pulumi.automation import LocalWorkspace, errors", {"pulumi.automation"}),
        ("import pulumi; import pulumi.automation.errors as e; e.CommandError", {"pulumi.automation"}),
        ("import pulumi; pulumi.dynamic.ResourceProvider().create", {"pulumi.dynamic"}),
        ("import grpc; grpc.insecure_channel('localhost:1').close()", {"grpc"}),
        ("from grpc import aio; aio.AioRpcError; import grpc.aio; grpc.aio.server", {"grpc", "grpc.aio"}),
        ("import pulumi; import grpc.aio; grpc.RpcError; grpc.aio.Channel", {"grpc", "grpc.aio"}),
        ("import grpc.experimental; grpc.experimental.ChannelOptions", {"grpc"}),
        ("import pulumi; dir(pulumi.automation).index('LocalWorkspace')", {"pulumi.automation"}),
    ],
)
def test_what_is_used_is_there(use: str, left: set[str]) -> None:
    program = f"import pulumi, grpc.aio\nbefore = {WAITING}\n{use}\nprint(json.dumps([before, {WAITING}]))"
    before, after = run(program)
    assert left <= set(before)
    assert not left & set(after)


def test_a_module_of_a_package_that_waited_is_there_once() -> None:
    program = """
import pulumi
import pulumi.automation.errors as errors
from pulumi.automation import StackNotFoundError
spec = errors.__spec__
print(json.dumps([errors.StackNotFoundError is StackNotFoundError, spec.name, spec.origin == errors.__file__]))
"""
    assert run(program) == [True, "pulumi.automation.errors", True]


def test_a_name_that_a_module_does_not_have_is_no_attribute() -> None:
    program = """
import pulumi
try:
    pulumi.automation.Nothing
except AttributeError as error:
    print(json.dumps([str(error), hasattr(pulumi.dynamic, "__path__"), hasattr(pulumi.dynamic, "__nothing__")]))
"""
    assert run(program) == ["module 'pulumi.automation' has no attribute 'Nothing'", True, False]


def test_tracing_begins_with_the_import_where_an_engine_asks_for_it() -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert run(f"import pulumi\nprint(json.dumps({WAITING}))", TRACEPARENT=trace) == []
