"""Commands in a project whose program reads no stack file: its stacks are those with settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.targets import Target, all_targets, named_targets, stack_target
from tests import ROOT
from tests.commands import called

from .test_base import STACK, git

PROGRAM = """import pulumi
import pulumi_aws as aws

config = pulumi.Config("acme")
aws.sqs.Queue("queue", visibility_timeout_seconds=config.require_int("seconds"), tags={"stack": pulumi.get_stack()})
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "app").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: acme\nruntime: python\nmain: app\nstackConfigDir: app\n")
    (folder / "app" / "__main__.py").write_text(PROGRAM)
    for stack in ("dev", "old", "prod"):
        settings(folder, stack, 30)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return folder


def settings(folder: Path, stack: str, seconds: int) -> None:
    (folder / "app" / f"Pulumi.{stack}.yaml").write_text(f'config: {{"acme:seconds": "{seconds}"}}\n')


def test_its_stacks_are_those_with_settings(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [target.stack for target in all_targets()] == ["dev", "old", "prod"]
    assert named_targets(["prod", "dev", "prod"]) == [Target("prod", Path()), Target("dev", Path())]
    assert stack_target("dev").beside == project / "app"
    monkeypatch.chdir(project / "app")
    assert stack_target("dev") == Target("dev", Path(".."))


def test_settings_of_another_project_below_are_not_its_own(project: Path) -> None:
    (project / "other").mkdir()
    (project / "other" / "Pulumi.theirs.yaml").write_text("config: {}\n")
    assert [target.stack for target in all_targets()] == ["dev", "old", "prod"]


def test_a_base_whose_project_cannot_be_read_is_told(project: Path) -> None:
    good = (project / "Pulumi.yaml").read_text()
    (project / "Pulumi.yaml").write_text("name: [\n")
    git(project, "commit", "-qam", "broken")
    (project / "Pulumi.yaml").write_text(good)
    done = called("diff", "--base", "HEAD", cwd=project)
    assert done.returncode == 1
    assert "could not be rendered" in done.stderr


def test_every_name_that_is_no_stack_is_told(project: Path) -> None:
    with pytest.raises(InputError) as told:
        named_targets(["dve", "dev", "nope"])
    assert str(told.value).splitlines() == [
        'no such stack; got "dve"; did you mean dev?',
        'no such stack; got "nope"; known are dev, old, prod',
    ]


def test_a_file_is_a_stack_file_there_too(project: Path, tmp_path: Path) -> None:
    (tmp_path / "alone.yaml").write_text(STACK)
    file = Path("..", "alone.yaml")
    assert stack_target(str(file)) == Target("alone", None, file)


def test_with_a_stack_file_beside_the_program_stacks_are_files(project: Path) -> None:
    (project / "app" / "dev.yaml").write_text(STACK)
    assert [(target.stack, target.file) for target in all_targets()] == [("dev", Path("app", "dev.yaml"))]


def test_without_a_program_there_is_nothing_to_run(project: Path) -> None:
    (project / "app" / "__main__.py").unlink()
    with pytest.raises(InputError, match=r"app: holds no stack file; got none; write one, such as dev\.yaml"):
        all_targets()


def test_all_stacks_are_compared_and_one_that_is_gone_is_told(project: Path) -> None:
    settings(project, "prod", 60)
    settings(project, "new", 30)
    (project / "app" / "Pulumi.old.yaml").unlink()
    done = called("diff", "--base", "main", "--format", "json", "--exit-code", cwd=project)
    assert done.returncode == 4, done.stderr
    text = called("diff", "--base", "main", cwd=project).stdout
    assert "visibilityTimeoutSeconds: 30" in text
    assert "visibilityTimeoutSeconds: 60" in text
    assert "unchanged: dev" in text
    for stack, change in (("new", "+1  ~0  ±0  -0"), ("old", "+0  ~0  ±0  -1"), ("prod", "+0  ~1  ±0  -0")):
        assert f"{stack}  {change}" in text


@pytest.mark.parametrize("program", [(), ("--program", ".")])
def test_several_named_stacks_are_each_compared_with_their_own_base(project: Path, program: tuple[str, ...]) -> None:
    settings(project, "prod", 60)
    text = called("diff", *program, "dev", "prod", "--base", "main", cwd=project).stdout
    assert "prod  +0  ~1  ±0  -0" in text
    assert "unchanged: dev" in text
    assert "old" not in text


def test_policies_are_read_beside_the_program(project: Path) -> None:
    (project / "app" / "policies.yaml").write_text("stacks:\n  dev: {profile: regulated}\n")
    done = called("check", "--policies", cwd=project)
    assert "profile regulated" in next(line for line in done.stdout.splitlines() if line.startswith("dev:"))
    assert "profile" in next(line for line in done.stdout.splitlines() if line.startswith("prod:"))
