"""`eks-blueprints diff --base STATE`: the program is run with what the state holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.diff import command

PROGRAM = """
import pulumi_aws as aws
vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
block = vpc.ipv6_cidr_block.apply(lambda found: found.replace("00::/56", "03::/64"))
aws.ec2.Subnet("s", vpc_id=vpc.id, cidr_block="10.0.0.0/24", ipv6_cidr_block=block)
"""


def row(kind: str, name: str, inputs: dict[str, Any], **outputs: Any) -> dict[str, Any]:
    type_ = f"aws:ec2/{kind}"
    urn = f"urn:pulumi:dev::net::{type_}::{name}"
    return {"urn": urn, "type": type_, "custom": True, "id": f"{name}-1", "inputs": inputs, "outputs": outputs}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: net\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {aws:region: eu-west-1}\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    subnet = {"vpcId": "v-1", "cidrBlock": "10.0.0.0/24", "ipv6CidrBlock": "2600:1f14:1:1203::/64"}
    rows = [
        row("vpc:Vpc", "v", {"cidrBlock": "10.0.0.0/16"}, ipv6CidrBlock="2600:1f14:1:1200::/56"),
        row("subnet:Subnet", "s", subnet),
    ]
    (tmp_path / "state.json").write_text(json.dumps({"version": 3, "deployment": {"resources": rows}}))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run() -> Result:
    arguments = ["dev", "--program", ".", "--base", "state.json", "--no-policies", "--format", "json", "--jobs", "1"]
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def kinds(result: Result) -> dict[str, str]:
    (stack,) = json.loads(result.stdout)["stacks"]
    return {each["name"]: each["kind"] for each in stack["resources"]}


def test_what_the_program_works_out_from_an_output_is_no_change(project: Path) -> None:
    assert kinds(run()) == {}


def test_what_it_works_out_otherwise_is_one(project: Path) -> None:
    file = project / "__main__.py"
    file.write_text(PROGRAM.replace("03::/64", "09::/64"))
    assert [*kinds(run())] == ["s"]


def test_a_program_that_fails_on_it_is_compared_as_far_as_symbols_go(project: Path) -> None:
    more = 'vpc.ipv6_cidr_block.apply(lambda found: 1 / ("2600" not in found))\n'
    (project / "__main__.py").write_text(PROGRAM + more)
    result = run()
    assert "does not run with what is deployed" in result.output
    assert kinds(result) == {}
    # Of another length: Python takes a file of the same length and second for the one that it has compiled.
    (project / "__main__.py").write_text(f"{PROGRAM.replace('03::/64', '09::/64')}{more}\n")
    assert [*kinds(run())] == ["s"]
