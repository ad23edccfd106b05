"""Recording project directories."""

import os
import sys
from pathlib import Path

import pytest

from eks_blueprints.recording import ProgramError, Secret, record_directory

PROGRAM = """
import os, sys, json
import pulumi
import settings
os.environ["LEFT"] = "behind"
config = pulumi.Config()
pulumi.export("who", settings.WHO)
pulumi.export("cwd", os.path.basename(os.getcwd()))
pulumi.export("size", config.get_int("size"))
pulumi.export("flag", config.get_bool("flag"))
pulumi.export("team", config.get_object("team"))
pulumi.export("raw", config.get("team"))
pulumi.export("token", config.get_secret("token"))
pulumi.export("region", pulumi.Config("aws").get("region"))
pulumi.export("nested", config.get_secret_object("nested"))
"""


def project(root: Path, who: str = "first", **files: str) -> Path:
    """Write a project directory."""
    contents = {
        "Pulumi.yaml": (
            "name: shop\nruntime: {name: python}\nmain: stacks\nstackConfigDir: stacks\n"
            "config:\n  size: {type: integer, default: 3}\n  aws:region: {value: eu-west-1}\n"
        ),
        "stacks/__main__.py": PROGRAM,
        "stacks/settings.py": f"WHO = {who!r}\n",
        "stacks/Pulumi.dev.yaml": (
            "config:\n  shop:flag: true\n  shop:team: {name: vision, gpus: 8}\n"
            "  shop:token: {secure: AAABAJv}\n  shop:nested: {user: a, key: {secure: AAAB}}\n"
        ),
        **files,
    }
    for name, text in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_project_runs_as_under_the_language_host(tmp_path: Path, quick: bool) -> None:
    before = (os.getcwd(), list(sys.path), list(sys.argv), dict(os.environ))
    recording = record_directory(project(tmp_path), "dev", quick=quick)
    assert recording.project == "shop"
    assert recording.outputs == {
        "who": "first",
        "cwd": "stacks",
        "size": 3,
        "flag": True,
        "team": {"name": "vision", "gpus": 8},
        "raw": '{"gpus":8,"name":"vision"}',
        "token": Secret("${config.shop:token}"),
        "region": "eu-west-1",
        "nested": Secret({"user": "a", "key": "${config.shop:nested.key}"}),
    }
    assert (os.getcwd(), list(sys.path), list(sys.argv), dict(os.environ)) == before
    assert "settings" not in sys.modules


def test_projects_with_the_same_module_names_do_not_mix(tmp_path: Path) -> None:
    one, two = project(tmp_path / "one", "one"), project(tmp_path / "two", "two")
    assert [record_directory(each, "dev").outputs["who"] for each in (one, two, one)] == ["one", "two", "one"]


def test_config_of_the_caller_wins(tmp_path: Path) -> None:
    outputs = record_directory(project(tmp_path), "dev", config={"size": "5", "aws:region": "us-east-1"}).outputs
    assert (outputs["size"], outputs["region"]) == (5, "us-east-1")


def test_a_stack_without_settings_has_the_defaults(tmp_path: Path) -> None:
    outputs = record_directory(project(tmp_path), "acme/shop/other").outputs
    assert (outputs["size"], "team" in outputs) == (3, False)


def test_a_main_that_is_a_file(tmp_path: Path) -> None:
    files = {"Pulumi.yaml": "name: shop\nruntime: python\nmain: stacks/run.py\n", "stacks/run.py": PROGRAM}
    assert record_directory(project(tmp_path, **files), "dev").outputs["who"] == "first"


def test_errors_name_the_file(tmp_path: Path) -> None:
    files = {
        "stacks/__main__.py": "import settings\nsettings.fail()\n",
        "stacks/settings.py": "def fail():\n    1 / 0\n",
    }
    with pytest.raises(ProgramError) as caught:
        record_directory(project(tmp_path, **files), "dev")
    assert str(caught.value) == "stacks/settings.py:2: ZeroDivisionError: division by zero"


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as caught:
        record_directory(project(tmp_path, **{"stacks/__main__.py": "x = 1\nif x\n"}), "dev")
    assert str(caught.value).startswith("stacks/__main__.py:2: SyntaxError: expected ':'")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"Pulumi.yaml": "name: shop\nruntime: nodejs\n"}, "Pulumi.yaml: runtime is 'nodejs'"),
        ({"Pulumi.yaml": "runtime: python\n"}, "Pulumi.yaml: the project has no name"),
        ({"Pulumi.yaml": "name: shop\nruntime: python\nmain: gone\n"}, "Pulumi.yaml: main is 'gone'"),
        ({"Pulumi.yaml": "name: shop\nruntime: python\nmain: ../x\n"}, "must lie in the project's directory"),
        ({"Pulumi.yaml": "name: [\n"}, "Pulumi.yaml:2"),
    ],
)
def test_a_broken_project_is_said_to_be_one(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(ProgramError) as caught:
        record_directory(project(tmp_path, **files), "dev")
    assert message in str(caught.value)


def test_no_project_at_all(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"no Pulumi\.yaml"):
        record_directory(tmp_path, "dev")
