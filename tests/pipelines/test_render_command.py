"""`eks-blueprints pipeline render`: it writes what is not current, and nothing that belongs to others."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from eks_blueprints.cli.pipeline import command
from tests.pipelines.rendered import fields, rendered

WORKFLOW = ".github/workflows/web.yml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    stack = {"blueprint": "eks_blueprints.Pipelines", **fields("github_actions")}
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "shop.yaml").write_text(json.dumps(stack))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(command, ["render", *words], standalone_mode=True)


def test_it_writes_each_file_once(project: Path) -> None:
    first = run("shop")

    assert first.exit_code == 0, first.output
    for path, text in rendered("github_actions").items():
        assert (project / path).read_text() == text
        assert f"wrote {path}" in first.output
    before = (project / WORKFLOW).stat().st_mtime_ns
    assert "wrote" not in run().output
    assert (project / WORKFLOW).stat().st_mtime_ns == before


def test_the_script_of_the_settings_can_be_run(project: Path) -> None:
    run()

    assert (project / ".github/eks-blueprints/web.sh").stat().st_mode & 0o100


def test_check_says_what_differs_and_writes_nothing(project: Path) -> None:
    assert run("--check").exit_code == 4
    assert not (project / WORKFLOW).exists()
    run()
    assert run("--check").exit_code == 0
    (project / WORKFLOW).write_text((project / WORKFLOW).read_text().replace("make lint", "make nothing"))

    result = run("shop", "web", "--check")

    assert result.exit_code == 4
    assert "-          make nothing\n+          make lint\n" in result.output


def test_a_file_of_others_is_kept_and_named(project: Path) -> None:
    file = project / WORKFLOW
    file.parent.mkdir(parents=True)
    file.write_text("name: mine\n")

    result = run()

    assert isinstance(result.exception, Exception)
    assert "was not written by eks-blueprints pipeline render" in str(result.exception)
    assert file.read_text() == "name: mine\n"
    assert not (project / ".github/eks-blueprints").exists()


def test_a_link_is_not_followed(project: Path) -> None:
    (project / "elsewhere").write_text("# eks-blueprints pipeline render\n")
    (project / ".github/workflows").mkdir(parents=True)
    (project / WORKFLOW).symlink_to(project / "elsewhere")

    assert "is no plain file" in str(run().exception)


def test_owners_of_others_are_kept(project: Path) -> None:
    file = project / ".github/CODEOWNERS"
    file.parent.mkdir()
    file.write_text("* @acme/all\n")
    run()
    first = file.read_text()
    file.write_text(first.replace("@acme/developers", "@acme/nobody") + "/docs/ @acme/writers\n")
    run()

    assert first.startswith("* @acme/all\n\n# begin of eks-blueprints")
    assert file.read_text() == first + "/docs/ @acme/writers\n"


def test_it_writes_into_another_checkout(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("web")

    assert run("shop", "web", "--to", str(other)).exit_code == 0
    assert (other / WORKFLOW).exists()
    assert not (project / WORKFLOW).exists()


def test_a_pipeline_that_is_not_there_names_the_nearest(project: Path) -> None:
    result = run("shop", "wbe")

    assert result.exit_code == 2
    assert "did you mean web?" in result.output


def test_a_platform_has_no_pipelines(project: Path) -> None:
    (project / "stacks" / "dev.yaml").write_text("region: eu-west-1\nnetwork: {cidr: 10.0.0.0/16}\n")

    assert run("dev").exit_code != 0
    assert "needs" not in run("dev").output


def test_a_pipeline_of_codepipeline_has_what_protects_its_repository(project: Path) -> None:
    source = {"provider": "github", "repository": "acme/web", "connection": "host"}
    role = "arn:aws:iam::111122223333:role/release"
    stack = {
        "blueprint": "eks_blueprints.Pipelines",
        "region": "eu-west-1",
        "connections": {"host": {"provider_type": "GitHub"}},
        "environments": {"live": {"cluster": "shop", "namespaces": ["shop"], "production": True, "approvers": [role]}},
        "pipelines": {
            "web": {
                "kind": "app_pipeline",
                "source": source,
                "pushers": ["acme/developers"],
                "pre_commit": True,
                "tests": ["make lint", "make test"],
                "image": {"repository": "shop/web"},
                "deploy": {"live": {"kubectl": {"workloads": ["deployment/web"]}}},
            }
        },
    }
    (project / "stacks" / "shop.yaml").write_text(json.dumps(stack))

    assert "CodePipeline" in run("shop").output
    result = run("shop", "web")

    assert result.exit_code == 0, result.output
    rules = json.loads((project / ".github/eks-blueprints/web.ruleset.json").read_text())["rules"]
    assert "pull_request" in [rule["type"] for rule in rules]
    owners = (project / ".github/CODEOWNERS").read_text()
    assert "* @acme/developers\n" in owners
    # Those who approve are roles of AWS, which GitHub does not know.
    assert "arn:" not in owners
    [hook] = yaml.safe_load((project / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert shlex.split(hook["entry"])[-1] == "make lint\nmake test"
    (project / ".pre-commit-config.yaml").write_text("repos: []\n")
    assert "would be lost" in str(run("shop", "web").exception)
