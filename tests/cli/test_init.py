"""`eks-blueprints init`: its questions, its options and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli import init as module
from eks_blueprints.cli import schema
from eks_blueprints.core.document import parse
from eks_blueprints.starter import answers as known

from .test_commands import call


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the JSON Schema, which takes seconds and has a test of its own."""
    monkeypatch.setattr(schema, "schema_text", lambda *_: "{}\n")


class Terminal:
    """What a person types, on a stream that says it is a terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_on_a_terminal", lambda: True)

    def run(self, *words: str, typed: str) -> Result:
        return CliRunner().invoke(module.command, list(words), input=typed)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch)


def test_it_asks_on_a_terminal_and_offers_defaults(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.run("shop", typed="karpenter\n\neu-central-1\ngitlab\n")
    assert done.exit_code == 0, done.output
    for asked in ("karpenter ", "[managed]", "Name of the project [shop]", "AWS region [eu-west-1]", "[github]"):
        assert asked in done.output
    assert "region: eu-central-1" in (tmp_path / "shop/stacks/prod.yaml").read_text()
    assert (tmp_path / "shop/.gitlab-ci.yml").is_file()


def test_the_presets_fit_80_columns(terminal: Terminal) -> None:
    done = terminal.run("shop", typed="\n\n\n\n")
    listed = [line for line in done.stderr.splitlines() if line.startswith("  ")]
    assert len(listed) >= len(known.PRESETS)
    assert max(map(len, listed)) <= 80
    assert "a few managed nodes" in " ".join(" ".join(listed).split())


def test_a_bad_answer_is_asked_for_again(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.run("shop", "--preset", "fargate", "--ci", "none", typed="my shop\nshop2\neu-wst-1\neu-west-1\n")
    assert done.exit_code == 0, done.output
    assert 'cannot name a project; got "my shop"' in done.output
    assert "did you mean eu-west-1?" in done.output
    assert "name: shop2" in (tmp_path / "shop/Pulumi.yaml").read_text()


def test_it_asks_for_the_cluster_where_one_exists(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.run("shop", "--ci", "none", typed="existing-cluster\n\nus-east-1\nour cluster\n1st_Cluster\n")
    assert done.exit_code == 0, done.output
    assert 'cannot name a cluster; got "our cluster"' in done.output
    settings = parse((tmp_path / "shop/stacks/Pulumi.dev.yaml").read_text()).data["config"]
    assert (settings["aws:region"], settings["team:platform"]["cluster"]) == ("us-east-1", "1st_Cluster")


def test_the_cluster_is_an_option(tmp_path: Path) -> None:
    done = call("init", "shop", "--preset", "existing-cluster", "--cluster", "123", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    settings = parse((tmp_path / "shop/stacks/Pulumi.dev.yaml").read_text()).data["config"]
    assert settings["team:platform"]["cluster"] == "123"


@pytest.mark.parametrize("option", ["-y", "--yes"])
def test_yes_asks_nothing(terminal: Terminal, tmp_path: Path, option: str) -> None:
    done = terminal.run("shop", option, typed="")
    assert done.exit_code == 0, done.output
    assert "[managed]" not in done.output
    assert (tmp_path / "shop/.github/workflows/platform-diff.yml").is_file()


def test_nothing_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my shop").mkdir()
    monkeypatch.chdir(tmp_path / "my shop")
    done = CliRunner().invoke(module.command, [])
    assert done.exit_code == 0, done.output
    assert "name: my-shop" in Path("Pulumi.yaml").read_text()
    commands = [line.strip() for line in done.output.splitlines()[-3:]]
    assert commands == ["eks-blueprints preview dev", "python -m pytest", "eks-blueprints check --policies"]


def test_files_in_the_way_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: ours\n")
    done = call("init", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == ".: a file is in the way; got Pulumi.yaml; name another folder, or move it away\n"
    assert [path.name for path in tmp_path.iterdir()] == ["Pulumi.yaml"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "my shop"], '--name: cannot name a project; got "my shop"'),
        (["--region", "eu-wst-1"], "--region: is not a region of EKS that this version knows"),
        (["--preset", "karpentr"], '--preset: no such preset; got "karpentr"; did you mean karpenter?'),
        (
            ["--preset", "existing_cluster"],
            '--preset: no such preset; got "existing_cluster"; did you mean existing-cluster',
        ),
        (
            ["--cluster", "old"],
            '--cluster: names a cluster that exists; got the preset "managed", which creates its own',
        ),
        (["--preset", "existing-cluster", "--cluster", "-a"], '--cluster: cannot name a cluster; got "-a"'),
        (["--ci", "jenkins"], '--ci: no such host; got "jenkins"; known are bitbucket, codebuild'),
        (["--package", "a\nb"], "--package: is not a line of requirements.txt"),
        (["--name", ""], '--name: cannot name a project; got ""'),
    ],
)
def test_bad_options_are_refused(words: list[str], said: str, tmp_path: Path) -> None:
    done = call("init", "shop", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        (None, "eks-blueprints==0.1.0"),
        ("not json", None),
        ('{"url": "file:///home/me/eks.whl", "archive_info": {}}', None),
        ('{"url": "https://x.example/eks.whl", "archive_info": {}}', "eks-blueprints @ https://x.example/eks.whl"),
        (
            '{"url": "https://git.example/eks", "vcs_info": {"vcs": "git", "commit_id": "0a1b2c"}}',
            "eks-blueprints @ git+https://git.example/eks@0a1b2c",
        ),
    ],
)
def test_it_is_pinned_to_where_it_was_installed_from(
    origin: str | None, wanted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Installed:
        version = "0.1.0"

        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return origin

    monkeypatch.setattr(known.importlib.metadata, "distribution", lambda _: Installed())
    assert known.installed_requirement() == wanted
