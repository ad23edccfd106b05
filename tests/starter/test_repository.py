"""A new repository passes its own checks and tests at once, whatever it was made from."""

from __future__ import annotations

import errno
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eks_blueprints.core import versions
from eks_blueprints.core.document import parse, read
from eks_blueprints.core.errors import InputError
from eks_blueprints.network import zones
from eks_blueprints.starter.answers import BOTTLEROCKET, HOSTS, PRESETS, Answers, example_requirement, name_fault
from eks_blueprints.starter.pulumi_templates import all_files
from eks_blueprints.starter.repository import repository, write
from tests import ROOT


@pytest.fixture(autouse=True)
def own_modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every repository has a package of the same name; each test loads its own."""
    path = list(sys.path)
    yield
    sys.path[:] = path
    for name in [name for name in sys.modules if name.partition(".")[0] == "team"]:
        del sys.modules[name]


def made(folder: Path, **answers: str) -> Path:
    write(folder, repository(Answers(**{"name": "shop", "requirement": example_requirement(), **answers})))
    return folder


def test_the_pinned_release_of_nodes_has_images_for_the_version_of_the_cluster() -> None:
    assert BOTTLEROCKET[0] == versions.latest(), "pin a release of Bottlerocket that has images for it"


PROGRAM = "existing-cluster"
"""The preset without stack files: those create their cluster."""
PLATFORMS = [preset for preset in PRESETS if preset != PROGRAM]


@pytest.mark.parametrize("preset", PLATFORMS)
def test_every_preset_is_valid_and_no_policy_finds_anything(
    preset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eks_blueprints.policies.cli_support import judge_plan
    from eks_blueprints.review.preview.run import preview
    from eks_blueprints.review.preview.targets import stack_target
    from eks_blueprints.stackfile.settle import checked

    monkeypatch.chdir(made(tmp_path / "shop", preset=preset))
    for stack, profile in (("dev", "baseline"), ("prod", "production")):
        file = Path("stacks", f"{stack}.yaml")
        assert not list(checked(file).warnings())
        result = preview(stack_target(stack))
        assert not result.refused
        (cluster,) = [each for each in result.plan.resources if each.type == "aws:eks/cluster:Cluster"]
        assert cluster.inputs["name"] == f"shop-{stack}"
        assert (cluster.inputs["tags"]["project"], cluster.inputs["tags"]["owner"]) == ("shop", "platform-team")
        report = judge_plan(result.plan, file.parent)
        assert report.profile == profile
        assert not [finding for finding in report.findings if finding.verdict != "undetermined"]


def test_the_preset_eksctl_is_what_eksctl_creates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eks_blueprints.testing import record_stack

    monkeypatch.chdir(made(tmp_path / "shop", preset="eksctl"))
    platform = record_stack(Path("stacks/dev.yaml"))
    assert platform.one("aws:ec2/vpc:Vpc").inputs["cidrBlock"] == "192.168.0.0/16"
    assert len(platform.all("aws:ec2/natGateway:NatGateway")) == 1
    group = platform.one("aws:eks/nodeGroup:NodeGroup").inputs
    assert (group["instanceTypes"], group["amiType"]) == (["m5.large"], "AL2023_x86_64_STANDARD")
    assert group["scalingConfig"] == {"desiredSize": 2, "maxSize": 2, "minSize": 2}
    policies = {
        each.inputs["policyArn"].rpartition("/")[2]
        for each in platform.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    assert {"AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy"} <= policies


@pytest.mark.parametrize("preset", PLATFORMS)
def test_its_own_tests_pass(preset: str, tmp_path: Path) -> None:
    from eks_blueprints.testing import record_stack

    folder = made(tmp_path / "shop", preset=preset)
    tests = runpy.run_path(str(folder / "tests" / "test_platform.py"))
    assert [file.stem for file in tests["FILES"]] == ["dev", "prod"]
    recorded = {file: record_stack(file) for file in tests["FILES"]}
    found = {name: test for name, test in tests.items() if name.startswith("test_")}
    assert len(found) == 5
    dev, prod = recorded.values()
    for test in found.values():
        for platform in (dev, prod) if test.__code__.co_varnames[0] == "platform" else (prod,):
            test(platform)
    with pytest.raises(AssertionError, match="deletionProtection"):
        found["test_prod_is_not_deleted_by_mistake"](dev)


@pytest.mark.parametrize("region", [each for each in zones.regions() if zones.region(each).zones])
def test_every_region_gives_valid_stack_files(region: str) -> None:
    from eks_blueprints.blueprint.spec import BlueprintArgs

    for preset in PLATFORMS:
        texts = repository(Answers(name="shop", preset=preset, region=region, requirement=example_requirement()))
        for stack in ("dev", "prod"):
            data = {key: part for key, part in parse(texts[f"stacks/{stack}.yaml"]).data.items() if key != "blueprint"}
            assert BlueprintArgs.model_validate(data).region == region


@pytest.mark.parametrize("host", HOSTS)
def test_every_host_has_its_check(host: str, tmp_path: Path) -> None:
    with_it = repository(Answers(name="shop", ci=host, requirement="eks-blueprints==1.2.3"))
    paths = set(with_it) - set(repository(Answers(name="shop", requirement="eks-blueprints==1.2.3")))
    for path in paths:
        parse(with_it[path])
    text = "".join(with_it[path] for path in paths)
    for command in ("requirements.txt", "eks-blueprints check --policies", "python -m pytest", "eks-blueprints diff"):
        assert command in text
    assert "eks-blueprints==1.2.3" in with_it["requirements.txt"]
    assert ("eks-blueprints==1.2.3" in text) == (host != "codebuild")
    assert "acme" not in text
    # What only the rendering of a whole pipeline brings is not named.
    assert "/eks-blueprints/" not in text


def test_pulumi_installs_what_the_repository_needs(tmp_path: Path) -> None:
    """Pulumi looks for requirements beside the program alone, and leaves the environment empty where there are none."""
    for preset in PRESETS:
        folder = made(tmp_path / preset, preset=preset)
        program = folder / parse((folder / "Pulumi.yaml").read_text()).data["main"]
        lines = (program / "requirements.txt").read_text().splitlines()
        [other] = [line.removeprefix("-r ") for line in lines if not line.startswith("#")]
        assert (program / other).resolve() == folder / "requirements.txt"


def test_nothing_is_left_to_fill_in() -> None:
    for preset in PRESETS:
        for host in HOSTS:
            for path, text in repository(Answers(name="shop", preset=preset, ci=host, requirement="x")).items():
                assert not re.search(r"\$\{[A-Z_]+\}", text), path


def test_a_file_in_the_way_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours")
    (tmp_path / "tests").write_text("a file where a folder has to be")
    (tmp_path / "requirements.txt").symlink_to("nowhere")
    with pytest.raises(InputError) as told:
        made(tmp_path)
    assert "3 files are in the way; got README.md, requirements.txt, tests; name another folder" in str(told.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "requirements.txt", "tests"]
    assert (tmp_path / "README.md").read_text() == "ours"


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("")
    with pytest.raises(InputError, match="a file is in the way"):
        made(tmp_path / "shop")


def test_what_was_written_before_a_failure_is_removed(tmp_path: Path) -> None:
    def fails() -> str:
        assert (tmp_path / "new" / "a" / "first").is_file()
        raise OSError(errno.ENOSPC, "no room")

    with pytest.raises(OSError, match="no room") as error:
        write(tmp_path / "new", {"a/first": "text", "a/second": fails})
    assert error.value.filename == str(tmp_path / "new" / "a" / "second")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["shop", "Shop-2_x", "a", "s" * 50])
def test_names_of_projects(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize("name", ["", "2shop", "shop platform", "shop.eu", "-shop", "schön", "s" * 51, "shop\n", "Yes"])
def test_names_that_cannot_be(name: str) -> None:
    told = name_fault(name)
    assert told is not None
    assert told.startswith("cannot name a project")


def test_the_longest_name_is_valid(tmp_path: Path) -> None:
    from eks_blueprints.testing import record_stack

    for preset in ("karpenter", "fargate"):
        record_stack(made(tmp_path / preset, preset=preset, name="s" * 50) / "stacks" / "prod.yaml").is_valid()
        sys.modules.pop("team.platform", None)


def test_everything_wrong_is_told_at_once() -> None:
    answers = Answers(name="1", region="eu-wst-1", preset="karpnter", ci="jenkins", requirement="a\nb")
    with pytest.raises(InputError) as told:
        repository(answers)
    assert [problem.path[0] for problem in told.value.problems] == [
        "--name",
        "--region",
        "--preset",
        "--ci",
        "--package",
    ]
    assert "did you mean eu-west-1?" in str(told.value)
    assert "did you mean karpenter?" in str(told.value)


def test_the_templates_are_current() -> None:
    """`pulumi new` gets what `init` writes; the check of pull requests for other repositories comes from it too."""
    folder = ROOT / "templates"
    wanted = all_files()
    assert {path: (folder / path).read_text(encoding="utf-8") for path in wanted} == wanted, "run make generate"
    listed = subprocess.run(["git", "ls-files", "."], cwd=folder, capture_output=True, text=True, check=False).stdout
    assert set(listed.split()) <= {*wanted}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_template_is_one_of_pulumi(preset: str) -> None:
    """Pulumi fills in two placeholders, in YAML only as whole values of Pulumi.yaml, and takes the rest as it is."""
    settings = read(ROOT / "templates" / preset / "Pulumi.yaml").data
    assert (settings["name"], settings["description"]) == ("${PROJECT}", "${DESCRIPTION}")
    assert settings["template"]["description"]
    answers = Answers(name="shop", preset=preset, ci="github", requirement=example_requirement())
    for path, text in repository(answers).items():
        template = (ROOT / "templates" / preset / path).read_text(encoding="utf-8")
        if path == "Pulumi.yaml":
            template = template.partition("template:")[0]
            template = template.replace("${DESCRIPTION}", answers.values()["DESCRIPTION"])
        elif path.endswith((".yaml", ".yml")):
            assert "${PROJECT}" not in template, path
        assert template.replace("${PROJECT}", "shop") == text, path


def test_it_is_made_and_works_as_a_person_does_it(tmp_path: Path) -> None:
    """The whole of it by commands, in folders that have nothing of this repository."""

    def call(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    said = call("eks_blueprints", "init", "shop", "--preset", "auto-mode", "--ci", "gitlab", cwd=tmp_path).stdout
    assert said.splitlines()[0].startswith("created shop in shop: EKS Auto Mode")
    assert [line.strip() for line in said.splitlines()[-3:]] == [
        "cd shop",
        "eks-blueprints preview dev",
        "python -m pytest",
    ]
    folder = tmp_path / "shop"
    assert (folder / ".gitlab-ci.yml").is_file()
    assert '"owner"' in (folder / "stacks" / "stack.schema.json").read_text()
    before = (folder / "stacks" / "stack.schema.json").read_bytes()
    assert "shop-dev" in call("eks_blueprints", "preview", "dev", "--full", cwd=folder).stdout
    assert "8 passed" in call("pytest", "-q", "-p", "no:cacheprovider", cwd=folder).stdout
    call("eks_blueprints", "schema", "--write", cwd=folder)
    assert (folder / "stacks" / "stack.schema.json").read_bytes() == before
