"""`eks-blueprints preview --engine`, as a person runs it: the real engine, stand-in providers, another process."""

from __future__ import annotations

import importlib.util
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import eks_blueprints.policies
from tests.review.engine_preview.capture import pack, seeded

from .harness import Engine, Project

pytestmark = pytest.mark.engine

Done = subprocess.CompletedProcess[str]

LOGIN = """
import pulumi
import pulumi_aws as aws

password = pulumi.Config().require_secret("password")
aws.ssm.Parameter("login", type="SecureString", value=password)
"""


def preview(project: Project, *args: str, env: dict[str, str] | None = None) -> Done:
    """Call the command in the project's folder."""
    call = [sys.executable, "-m", "eks_blueprints", "preview", *args]
    return subprocess.run(call, cwd=project.folder, env=env or project.env, capture_output=True, text=True, check=False)


def report(project: Project, *args: str) -> dict[str, Any]:
    """The JSON report."""
    done = preview(project, "prod", "--engine", "--format", "json", *args)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def kinds(found: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["kind"] for stack in found["stacks"] for each in stack["resources"]}


def test_a_stack_from_its_first_preview_to_a_replaced_cluster(engine: Engine) -> None:
    project = seeded(engine)
    first = preview(project, "prod", "--engine", "--exit-code")
    assert first.returncode == 4, first.stdout + first.stderr
    assert "compared with what is deployed (engine " in first.stdout
    assert "+ eks.Cluster prod-cluster" in first.stdout
    assert first.stderr == ""

    project.up()
    assert preview(project, "prod", "--engine", "--exit-code").returncode == 0

    project.edit("stacks/prod.yaml", "[t4g.large]", "[m7g.large]")
    project.edit("stacks/prod.yaml", "  kube_proxy: {}\n", "  coredns: {}\n")
    assert kinds(report(project)) == {
        "prod-nodes-group": "replace",
        "prod-kube-proxy-addon": "delete",
        "prod-coredns-addon": "create",
    }

    project.edit("stacks/prod.yaml", 'version: "1.35"', 'version: "1.35"\n  service_ipv4_cidr: 10.96.0.0/16')
    found = kinds(report(project))
    changed = project.preview().changed()
    assert found == {name: changed[name] if name != "prod-kube-proxy-addon" else "delete" for name in found}
    assert set(changed) - set(found) <= {"prod-coredns", "prod-kube-proxy"}, "components are not told"


def test_what_the_report_says_of_secrets(engine: Engine) -> None:
    project = engine.program(LOGIN)
    project.config("password", "hunter2-hunter2", "--secret")
    first = preview(project, "--program", ".", "--engine", "--format", "json")
    assert first.returncode == 0, first.stderr
    project.up()
    project.config("password", "correct-horse", "--secret")
    second = preview(project, "--program", ".", "--engine")
    assert second.returncode == 0, second.stderr
    assert "[secret]" in second.stdout
    for done in (first, second):
        assert "hunter2" not in done.stdout + done.stderr
        assert "correct-horse" not in done.stdout + done.stderr


def test_the_selected_stack_stays_selected(engine: Engine) -> None:
    project = seeded(engine)
    project._pulumi("stack", "init", "other")
    preview(project, "prod", "--engine")
    assert project._pulumi("stack", "--show-name").strip() == "other"


def test_what_is_missing_is_told_in_one_line(engine: Engine) -> None:
    project = seeded(engine)

    def told(*args: str, **changes: str | None) -> str:
        env = {**project.env, **{key: value for key, value in changes.items() if value is not None}}
        env = {key: value for key, value in env.items() if changes.get(key, value) is not None}
        done = preview(project, *(args or ("prod", "--engine")), env=env)
        assert done.returncode == 1, done.stdout + done.stderr
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr

    home = str(project.root / "empty")
    nothing = os.pathsep.join(["/usr/bin", "/bin"])
    phrase = "PULUMI_CONFIG_PASSPHRASE"
    assert "prod: the stack's secrets need a passphrase" in told(**{phrase: None})
    assert "the passphrase does not open" in told(**{phrase: "wrong"})
    assert "run `pulumi login`" in told(PULUMI_BACKEND_URL=None, PULUMI_HOME=home)
    assert "the backend file://" in told(PULUMI_BACKEND_URL=f"file://{home}/none")
    assert "got no pulumi on the PATH" in told(PATH=nothing, HOME=home)
    plugins = os.pathsep.join(part for part in project.env["PATH"].split(os.pathsep) if part != str(engine.bin))
    assert "pulumi plugin install resource aws" in told(PATH=plugins)
    project._pulumi("stack", "rm", "prod", "--yes", "--preserve-config")
    assert "prod: the backend has no stack prod" in told()


def test_an_input_that_a_provider_refuses(engine: Engine) -> None:
    project = engine.program('import pulumi_aws as aws\n\naws.ec2.Vpc("net", cidr_block="10.0.0.0/33")\n')
    done = preview(project, "--program", ".", "--engine")
    assert done.returncode == 2
    assert "provider refuses ec2.Vpc net\n" in done.stdout
    assert 'property cidrBlock value {10.0.0.0/33} has a problem: "10.0.0.0/33" is not' in done.stdout


def test_a_mistake_in_a_stack_file(engine: Engine) -> None:
    project = seeded(engine)
    project.edit("stacks/prod.yaml", "max_size: 4", "max_sise: 4")
    done = preview(project, "prod", "--engine")
    assert done.returncode == 2
    assert "compute.nodes.max_sise: no such field" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_program_that_fails_only_under_the_engine(engine: Engine) -> None:
    project = engine.program('import os\n\nassert "PULUMI_ENGINE" not in os.environ, "no service today"\n')
    project.env["PULUMI_ENGINE"] = ""
    done = preview(project, "--program", ".", "--engine")
    # Recorded or not, the program is what fails, and its own words say why.
    assert done.returncode in (1, 2)
    assert "no service today" in done.stdout + done.stderr


def test_a_policy_pack(engine: Engine) -> None:
    if importlib.util.find_spec("pulumi_policy") is None and not os.environ.get("POLICY_PYTHON"):
        pytest.skip("needs pulumi-policy here, or in the Python that POLICY_PYTHON names")
    project = seeded(engine)
    folder = pack(project.root, Path(os.environ.get("POLICY_PYTHON", sys.executable)))
    done = preview(project, "prod", "--engine", "--policy-pack", str(folder))
    assert done.returncode == 3, done.stdout + done.stderr
    told = "    mandatory few-nodes prod-nodes-group\n"
    told += "      scalingConfig.maxSize is over 3; got 4; lower it, stacks/prod.yaml:"
    assert told in done.stdout
    assert "medium owned" in done.stdout
    project.edit("stacks/prod.yaml", "max_size: 4", "max_size: 3")
    assert preview(project, "prod", "--engine", "--policy-pack", str(folder)).returncode == 0


def test_the_pack_of_this_package(engine: Engine) -> None:
    """It runs in the Python on the PATH, with what the extra `policy` brings."""
    python = os.environ.get("POLICY_PYTHON")
    if importlib.util.find_spec("pulumi_policy") is None and not python:
        pytest.skip("needs the extra policy here, or in the Python that POLICY_PYTHON names")
    project = seeded(engine)
    if python:
        project.env["PATH"] = f"{Path(python).parent}{os.pathsep}{project.env['PATH']}"
    folder = Path(eks_blueprints.policies.__file__).parent / "pack"
    done = preview(project, "prod", "--engine", "--policy-pack", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "medium addon-version-pinned 3 resources: " in done.stdout
    assert "prod-vpc-cni-addon: addonVersion: uses whatever version is the default" in done.stdout


def test_progress_is_for_whoever_watches(engine: Engine) -> None:
    project = seeded(engine)
    seen, shown = pty.openpty()
    call = [sys.executable, "-m", "eks_blueprints", "preview", "prod", "--engine"]
    process = subprocess.Popen(call, cwd=project.folder, env=project.env, stdout=subprocess.DEVNULL, stderr=shown)
    os.close(shown)
    text = "".join(_read(seen))
    assert process.wait() == 0, text
    assert "prod-cluster" in text
    assert text.endswith("\r")
    assert "\x1b" not in text


def _read(terminal: int) -> Iterator[str]:
    """What is written to a terminal, until nobody has it open for writing."""
    try:
        while found := os.read(terminal, 4096):
            yield found.decode()
    except OSError:  # Linux says so at the end
        pass
    finally:
        os.close(terminal)
