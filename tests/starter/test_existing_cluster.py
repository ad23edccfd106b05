"""The preset that is a program: what a team puts on a cluster that exists."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.check import command as check
from eks_blueprints.cli.diff import command as diff
from eks_blueprints.cli.preview import command as show
from eks_blueprints.cli.report import command as report
from eks_blueprints.core.document import read
from eks_blueprints.network import zones
from eks_blueprints.review.preview.run import Preview, preview
from eks_blueprints.review.preview.targets import all_targets, stack_target
from eks_blueprints.starter.answers import Answers, example_requirement
from eks_blueprints.starter.repository import repository, write
from eks_blueprints.testing import record_program
from tests import ROOT


@pytest.fixture(autouse=True)
def own_modules() -> Iterator[None]:
    """Every repository has a package of the same name; each test loads its own."""
    path = list(sys.path)
    yield
    sys.path[:] = path
    for name in [name for name in sys.modules if name.partition(".")[0] == "team"]:
        del sys.modules[name]


def made(folder: Path, **answers: str) -> Path:
    known = {"name": "shop", "preset": "existing-cluster", "requirement": example_requirement()}
    write(folder, repository(Answers(**{**known, **answers})))
    return folder


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made(tmp_path / "shop"))
    return Path()


def types(found: Preview) -> set[str]:
    return {resource.type for resource in found.plan.resources}


def test_both_stacks_are_previewed_and_no_policy_finds_anything(shop: Path) -> None:
    from eks_blueprints.policies.cli_support import judge_plan

    assert [target.stack for target in all_targets()] == ["dev", "prod"]
    for target, profile in zip(all_targets(), ("baseline", "production"), strict=True):
        found = preview(target)
        assert not found.refused
        assert not found.notes
        assert "aws:eks/cluster:Cluster" not in types(found)
        assert {"aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon", "kubernetes:core/v1:Namespace"} <= types(found)
        report = judge_plan(found.plan, target.beside)
        assert report.profile == profile
        assert not [finding for finding in report.findings if finding.verdict != "undetermined"]


def test_all_of_it_goes_to_the_cluster_of_the_settings(shop: Path) -> None:
    for stack in ("dev", "prod"):
        found = record_program(shop, stack)
        for kind in ("eks.Addon", "eks.NodeGroup", "eks.AccessEntry"):
            for resource in found.all(kind):
                resource.has(clusterName=f"shared-{stack}")
                assert (resource["tags.project"], resource["tags.owner"]) == ("shop", "platform-team")
        assert found.outputs["cluster_name"] == f"shared-{stack}"
        assert found.one("eks.NodeGroup")["subnetIds"][0].startswith("subnet-0")


def test_nodes_are_there_before_the_pods_that_need_them(shop: Path) -> None:
    found = record_program(shop, "dev")
    for addon in found.all("eks.Addon"):
        addon.waits_for("eks.NodeGroup")


def test_its_own_tests_pass_and_can_fail(shop: Path) -> None:
    tests = runpy.run_path("tests/test_platform.py")
    assert tests["STACKS"] == ["dev", "prod"]
    dev, prod = (record_program(shop, stack) for stack in tests["STACKS"])
    found = {name: test for name, test in tests.items() if name.startswith("test_")}
    assert len(found) == 5
    for test in found.values():
        for platform in (dev, prod) if test.__code__.co_varnames[0] == "platform" else (prod,):
            test(platform)
    with pytest.raises(AssertionError, match="capacityType"):
        found["test_the_nodes_of_prod_are_not_taken_away"](dev)


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1", "cn-north-1"])
def test_the_region_and_its_partition_are_those_that_were_chosen(tmp_path: Path, region: str) -> None:
    found = record_program(made(tmp_path / "shop", region=region), "dev")
    assert zones.partition(region) in found.one("eks.AccessPolicyAssociation")["policyArn"]
    assert all(
        each["policyArn"].startswith(f"arn:{zones.partition(region)}:")
        for each in found.all("iam.RolePolicyAttachment")
    )


def test_what_is_wrong_in_the_settings_is_told_at_once_with_its_lines(shop: Path) -> None:
    from eks_blueprints.core.errors import InputError

    file = shop / "stacks" / "Pulumi.prod.yaml"
    file.write_text(file.read_text().replace("max_size: 9", "max_sise: 9").replace("vpc_id", "vpc_ids"))
    with pytest.raises(InputError) as told:
        preview(stack_target("prod"))
    lines = str(told.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("stacks/Pulumi.prod.yaml:9:7: config.team:platform.network.vpc_ids: no such field")
    assert lines[1].endswith("did you mean max_size?")


def test_settings_that_are_missing_or_no_mapping_are_told(shop: Path) -> None:
    from eks_blueprints.core.errors import InputError

    file = shop / "stacks" / "Pulumi.dev.yaml"
    for text, got in (
        ("config: {aws:region: eu-west-1}\n", "nothing"),
        ('config: {"team:platform": x}\n', "no mapping"),
    ):
        file.write_text(text)
        with pytest.raises(InputError, match=f"config.team:platform: needs a mapping; got {got}; write the fields of"):
            preview(stack_target("dev"))


def test_a_value_can_come_from_another_setting(shop: Path) -> None:
    file = shop / "stacks" / "Pulumi.dev.yaml"
    text = file.read_text().replace("vpc_id: vpc-0123456789abcdef0", "vpc_id: {config: vpc}")
    file.write_text(text + "  shop:vpc: vpc-0aaaaaaaaaaaaaaaa\n")
    assert record_program(shop, "dev").one("eks.NodeGroup")


def test_a_subclass_chooses_what_is_put_on_the_cluster(shop: Path) -> None:
    program = shop / "stacks" / "__main__.py"
    own = (
        "class Own(TeamPlatform):\n    def compute(self):\n        return []\n\n"
        "    def extend(self):\n        pulumi_aws.s3.Bucket('own', opts=self.child())\n\n\n"
    )
    text = program.read_text().replace("import pulumi\n", "import pulumi\nimport pulumi_aws\n")
    program.write_text(text.replace("platform = TeamPlatform(", own + "platform = Own("))
    found = preview(stack_target("dev"))
    assert "aws:s3/bucket:Bucket" in types(found)
    assert "aws:eks/nodeGroup:NodeGroup" not in types(found)


def test_it_is_made_and_works_as_a_person_does_it(tmp_path: Path) -> None:
    """The whole of it by commands, in folders that have nothing of this repository."""

    def call(*words: str, cwd: Path, code: int = 0) -> str:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    call("eks_blueprints", "init", "shop", "--preset", "existing-cluster", "--ci", "github", "--yes", cwd=tmp_path)
    folder = tmp_path / "shop"
    assert not (folder / "stacks" / "stack.schema.json").exists()
    written = (folder / "stacks" / "settings.schema.json").read_bytes()
    call("eks_blueprints", "schema", "team.platform.TeamArgs", "--setting", "team:platform", "--write", cwd=folder)
    assert (folder / "stacks" / "settings.schema.json").read_bytes() == written
    assert "name both: eks-blueprints schema CLASS --setting" in call(
        "eks_blueprints", "schema", "--write", cwd=folder, code=2
    )
    assert "shop-dev-nodes-group" in call("eks_blueprints", "preview", "dev", "--full", cwd=folder)
    assert "9 passed" in call("pytest", "-q", "-p", "no:cacheprovider", cwd=folder)
    assert "prod: 1 not known" in call("eks_blueprints", "check", "--policies", cwd=folder)
    assert "valid  stacks/Pulumi.dev.yaml\nvalid  stacks/Pulumi.prod.yaml\n" in call(
        "eks_blueprints", "check", cwd=folder
    )
    assert "use check, preview or diff, which run the program" in call(
        "eks_blueprints", "show", "dev", cwd=folder, code=2
    )


def test_editors_check_the_settings_of_both_stacks(shop: Path) -> None:
    from eks_blueprints.cli.schema import settings_text

    schema = json.loads(settings_text("team.platform.TeamArgs", "team:platform", shop / "stacks"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for stack in ("dev", "prod"):
        settings = read(shop / "stacks" / f"Pulumi.{stack}.yaml").data
        assert not list(validator.iter_errors(settings))
        settings["config"]["team:platform"]["verson"] = "1.36"
        settings["config"]["team:platform"]["nodes"]["max_sise"] = 3
        told = sorted(error.message for error in validator.iter_errors(settings))
        assert len(told) == 2
        assert "max_sise" in told[0]
        assert "verson" in told[1]


@pytest.mark.parametrize(("name", "said"), [("team.platform.Nothing", "cannot be imported"), ("json.loads", "no spec")])
def test_a_schema_of_what_is_no_spec_is_refused(shop: Path, name: str, said: str) -> None:
    from eks_blueprints.cli.schema import settings_text
    from eks_blueprints.core.errors import InputError

    with pytest.raises(InputError, match=said.replace("no spec", "is not a spec")):
        settings_text(name, "team:platform", shop / "stacks")


def test_a_check_tells_what_is_wrong_in_every_stack_at_once(shop: Path) -> None:
    from eks_blueprints.review.preview.verdicts import verdicts

    for stack in ("dev", "prod"):
        file = shop / "stacks" / f"Pulumi.{stack}.yaml"
        file.write_text(file.read_text().replace("version:", "verson:"))
    found = list(verdicts(all_targets(), jobs=1))
    assert [each.stack for each in found] == ["dev", "prod"]
    for each in found:
        assert each.file == f"stacks/Pulumi.{each.stack}.yaml"
        (problem,) = each.problems
        assert str(problem).startswith(f"{each.file}:7:5: config.team:platform.verson: no such field")


def test_a_check_tells_inputs_that_a_provider_refuses(shop: Path) -> None:
    from eks_blueprints.review.preview.verdicts import verdicts

    program = shop / "stacks" / "__main__.py"
    text = program.read_text() + "\nimport pulumi_aws\n\npulumi.log.warn('mind it')\n"
    program.write_text(text + "pulumi_aws.ec2.Vpc('own', enable_dns_support='maybe')\n")
    (found,) = verdicts([stack_target("dev")], jobs=1)
    assert (found.errors, found.warnings) == (1, 1), found.problems
    error, warning = sorted(found.problems, key=lambda each: each.severity)
    assert error.message.startswith("own (aws:ec2/vpc:Vpc): ")
    assert (error.file, error.line) == ("stacks/__main__.py", len(program.read_text().splitlines()))
    assert (warning.message, warning.file) == ("mind it", "stacks/Pulumi.dev.yaml")


def test_a_program_that_an_sdk_refuses_is_told(shop: Path) -> None:
    """Its error is its own cause by ways round: looking for the first one never ended."""
    from eks_blueprints.review.preview.verdicts import verdicts

    program = shop / "stacks" / "__main__.py"
    program.write_text(program.read_text() + "\nimport pulumi_aws\n\npulumi_aws.s3.Bucket('own', bucket=['a'])\n")
    (found,) = verdicts([stack_target("dev")], jobs=1)
    assert (found.errors, found.warnings) == (1, 0)


@pytest.mark.parametrize("words", [["check"], ["check", "--policies"], ["preview"], ["diff", "--base", "base.json"]])
def test_joined_shards_of_a_program_are_what_one_run_gives(shop: Path, words: list[str]) -> None:
    commands = {"check": check, "preview": show, "diff": diff, "report": report}

    def run(name: str, *arguments: str) -> Result:
        return CliRunner().invoke(commands[name], list(arguments), catch_exceptions=False)

    if "diff" in words:
        (shop / "base.json").write_text(run("preview", "--all", "--format", "json").stdout)
        settings = shop / "stacks" / "Pulumi.prod.yaml"
        settings.write_text(settings.read_text().replace("max_size: 9", "max_size: 12"))
    parts = []
    for index in (1, 2):
        part = run(*words, "--all", "--shard", f"{index}/2", "--format", "json")
        parts.append(f"part-{index}.json")
        (shop / parts[-1]).write_text(part.stdout)
    form = ("--format", "json")
    joined, alone = run("report", "merge", *parts, *form), run(*words, *form)
    assert "dev" in alone.stdout
    assert joined.stdout == alone.stdout
    assert joined.exit_code == alone.exit_code
