"""The command line as a person uses it: what it prints, where, and the code it ends with."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT, ROOT
from tests.commands import called


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of its own with the stacks of this repository."""
    shutil.copy(PROJECT / "Pulumi.yaml", tmp_path)
    shutil.copytree(PROJECT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def call(*words: str, cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    return called(*words, cwd=cwd, **environment)


def start(*words: str, cwd: Path = PROJECT, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eks_blueprints", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_check_says_what_is_valid() -> None:
    done = call("check")
    assert done.returncode == 0
    assert done.stdout == "valid  stacks/dev.yaml\nvalid  stacks/prod.yaml\n"


def test_check_says_what_only_a_preview_tells() -> None:
    done = call("check", cwd=ROOT / "examples/team_repo")
    assert done.returncode == 0
    told = "not checked: what prepare() and extend() of acme.platform.AcmeBlueprint change in stacks/prod.yaml"
    assert done.stdout.splitlines()[1] == f"{told}; run: eks-blueprints preview prod"


def test_check_tells_every_problem_with_its_place(project: Path) -> None:
    edit(project / "stacks/dev.yaml", "max_size: 4", "max_size: four")
    edit(project / "stacks/dev.yaml", 'version: "1.35"', "version: 1.30")
    done = call("check", cwd=project)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        'stacks/dev.yaml:11:12: cluster.version: needs text; got 1.30, which YAML reads as a number; quote it: "1.30"',
        'stacks/dev.yaml:23:15: compute.nodes.max_size: needs a whole number; got "four"; write digits without quotes',
        "2 problems in 2 stack files",
    ]


def test_check_and_help_and_schema_import_no_pulumi() -> None:
    for words in (["check", "prod"], ["--help"], ["schema"]):
        code = f"import sys; sys.argv[1:] = {words}\nfrom eks_blueprints.cli import main\n"
        code += "try: main()\nexcept SystemExit: pass\nassert 'pulumi' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True)


def test_help_needs_neither_pydantic_nor_yaml() -> None:
    code = "import sys; sys.argv[1:] = ['--help']\nfrom eks_blueprints.cli import main\ntry: main()\n"
    code += "except SystemExit: assert not {'pydantic', 'pydantic_core', 'ruamel.yaml'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True)


@pytest.mark.parametrize("words", [["check", "prod"], ["preview", "prod"]])
def test_one_stack_does_not_wait_for_what_many_need_or_slips(words: list[str]) -> None:
    code = f"import sys; sys.argv[1:] = {words}\nfrom eks_blueprints.cli import main\n"
    code += "try: main()\nexcept SystemExit as end: assert not end.code\n"
    code += "print(*{'difflib', 'multiprocessing', 'concurrent.futures.process'} & set(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True, text=True)
    assert done.stderr.split() == []


@pytest.mark.parametrize(("setting", "looks"), [(None, False), ("__all__", False), ("one-of-them", True)])
def test_plugins_of_pydantic_are_looked_for_only_where_somebody_says_which(setting: str | None, looks: bool) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYDANTIC_DISABLE_PLUGINS"}
    environment |= {"PYDANTIC_DISABLE_PLUGINS": setting} if setting else {}
    code = "import sys; sys.argv[1:] = ['check', 'prod']\nfrom eks_blueprints.cli import main\n"
    code += f"try: main()\nexcept SystemExit as end: assert not end.code\nassert ('email' in sys.modules) is {looks}"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, check=True, capture_output=True)


def test_strict_counts_warnings(project: Path) -> None:
    edit(project / "stacks/dev.yaml", "addons:\n", "addons:\n  kube_proxy: null\n")
    assert call("check", "dev", cwd=project).returncode == 0
    done = call("check", "dev", "--strict", cwd=project)
    assert done.returncode == 2
    assert "warning: addons: do not include kube_proxy" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["preview", "prd"], 'no such stack; got "prd"; did you mean prod?'),
        (["preview", "none.yaml"], "none.yaml: does not exist"),
        (["prevew"], 'no such command; got "prevew"; did you mean preview?'),
        (["preview", "--program", "stacks"], "stacks: holds no Pulumi project"),
        (["preview", "--program", "."], ".: has several stacks; got no name; add one of dev, prod"),
        (["preview", "--all", "prod"], "--all selects every stack"),
    ],
)
def test_what_a_person_gets_wrong_ends_in_one_line_and_code_2(words: list[str], says: str) -> None:
    done = call(*words)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_project_a_stack_file_is_asked_for(tmp_path: Path) -> None:
    for words in (["check"], ["preview", "prod"], ["schema", "--write"]):
        done = call(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert "belongs to no project" in done.stderr
        assert "or create a repository: eks-blueprints init DIR" in done.stderr


def test_a_project_without_stack_files_or_program_is_told_how_to_begin(tmp_path: Path, project: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "Pulumi.yaml").write_text("name: bare\nruntime: python\n")
    done = call("check", cwd=tmp_path / "bare")
    assert "holds no stack file; got none; write one, such as dev.yaml, or create a repository" in done.stderr
    done = call("preview", "--program", "bare", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no __main__.py here; write the program, or create a repository: eks-blueprints init" in done.stderr
    done = call("preview", "--program", ".", cwd=tmp_path / "stacks")
    assert "holds no Pulumi project" in done.stderr
    assert "or create one: eks-blueprints init DIR" in done.stderr


def test_the_schema_is_written_where_the_stack_files_name_it(project: Path) -> None:
    for stack in ("dev", "prod"):
        edit(project / f"stacks/{stack}.yaml", "../docs/reference/stack.schema.json", "schemas/ours.json")
    done = call("schema", "--write", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "wrote stacks/schemas/ours.json\n"
    assert json.loads((project / "stacks/schemas/ours.json").read_text())["title"] == "EKS blueprint"
    assert not (project / "docs").exists()


def test_a_stack_file_without_a_schema_is_told_which_line_to_add(project: Path) -> None:
    edit(project / "stacks/prod.yaml", "# yaml-language-server: $schema=../docs/reference/stack.schema.json\n", "")
    edit(project / "stacks/dev.yaml", "../docs/reference/stack.schema.json", "https://example.com/stack.schema.json")
    done = call("schema", "--write", cwd=project / "stacks")
    line = "# yaml-language-server: $schema=stack.schema.json"
    assert done.stderr == (
        f"{project}/stacks/prod.yaml: names no schema; make this its first line: {line}\n"
        f"wrote {project}/stacks/stack.schema.json\n"
    ).replace(f"{project}/stacks/", "")


def test_a_file_that_extends_another_is_told_to_name_the_schema_of_overlays(project: Path) -> None:
    folder = project / "stacks"
    (folder / "prod.yaml").rename(folder / "base.yaml")
    edit(folder / "base.yaml", "# yaml-language-server: $schema=../docs/reference/stack.schema.json\n", "")
    (folder / "prod.yaml").write_text("extends: base.yaml\n")
    edit(folder / "dev.yaml", "../docs/reference/stack.schema.json", "stack.schema.json")
    done = call("schema", "--write", cwd=folder)
    line = "names no schema; make this its first line: # yaml-language-server: $schema=overlay.schema.json"
    assert sorted(done.stderr.splitlines()) == [
        f"base.yaml: {line}",
        f"prod.yaml: {line}",
        "wrote overlay.schema.json",
        "wrote stack.schema.json",
    ]


def test_two_classes_cannot_share_a_schema(project: Path) -> None:
    edit(project / "stacks/prod.yaml", "region: eu-west-1", "blueprint: acme.Platform\nregion: eu-west-1")
    done = call("schema", "--write", cwd=project)
    assert done.returncode == 2
    assert "is the schema of two blueprint classes; got stacks/dev.yaml and stacks/prod.yaml" in done.stderr


def test_preview_shows_the_platform_as_a_tree() -> None:
    done = call("preview", "prod")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "prod  project eks-blueprints, account unknown"
    assert any(re.fullmatch(r"├─ Network +network +stacks/prod\.yaml:6", line) for line in lines)
    assert any(re.search(r"eks\.NodeGroup +group +m7g\.large, 3-6 nodes", line) for line in lines)
    assert "  kubeconfig         [secret]" in lines
    assert re.fullmatch(r"\+ \d+ resources to create  .*", lines[-1])
    assert "\x1b" not in done.stdout


def test_preview_as_json_is_the_same_twice() -> None:
    one, two = (start("preview", "dev", "--format", "json", PYTHONHASHSEED=seed).stdout for seed in ("1", "2"))
    assert one == two
    plan = json.loads(one)
    assert plan["kind"] == "eks-blueprints/plan"
    assert plan["findings"] == []
    assert {r["type"] for r in plan["resources"]} > {"aws:eks/cluster:Cluster", "eks-blueprints:index:Network"}


def test_preview_of_all_stacks_goes_on_past_a_broken_one(project: Path) -> None:
    edit(project / "stacks/dev.yaml", "zone_count: 2", "zone_count: 9")
    done = start("preview", "--all", "--format", "json", cwd=project)
    assert done.returncode == 2
    assert [plan["stack"] for plan in json.loads(done.stdout)] == ["prod"]
    assert done.stderr.splitlines() == ["stacks/dev.yaml:7:15: network.zone_count: is too large; got 9; use at most 6"]


def test_preview_of_a_stack_file_without_a_project(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "stacks/dev.yaml", tmp_path / "eu.yaml")
    done = call("preview", "eu.yaml", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("eu  project eks-blueprints")


def test_exit_code_tells_changes() -> None:
    assert call("preview", "dev", "--exit-code").returncode == 4


PROGRAM = """
import pulumi, pulumi_aws as aws
bucket = aws.s3.Bucket("data", lifecycle_rules=[{"enabeld": True, "enabled": True}])
pulumi.export("arn", bucket.arn)
"""


def program(folder: Path, text: str) -> Path:
    (folder / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
    (folder / "__main__.py").write_text(text)
    return folder


def test_any_program_is_previewed_and_its_inputs_checked(tmp_path: Path) -> None:
    done = call("preview", "--program", str(program(tmp_path, PROGRAM)))
    assert done.returncode == 2
    assert "lifecycleRules[0].enabeld: no such property; got true; did you mean enabled" in done.stdout
    assert "__main__.py:3" in done.stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 / 0", "__main__.py:1: ZeroDivisionError"),
        ("import (", "__main__.py:1: SyntaxError"),
        ("import nosuch", "__main__.py:1: ModuleNotFoundError"),
        ("import pulumi\nraise pulumi.RunError('not like this')", "not like this"),
        ("import pulumi\npulumi.Config().require('size')", "size"),
    ],
)
def test_a_program_that_fails_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    done = call("preview", "--program", str(program(tmp_path, text)))
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m eks_blueprints preview prod | head -1"
    done = subprocess.run(command, shell=True, cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S602
    assert done.stderr == ""


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals_without_no_color(no_color: str, coloured: bool) -> None:
    pty = pytest.importorskip("pty", reason="a terminal to print to is made with pty, which Windows lacks")
    ours, theirs = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": no_color}
    command = [sys.executable, "-m", "eks_blueprints", "check", "dev"]
    subprocess.run(command, cwd=PROJECT, env=env, stdout=theirs, stderr=theirs, check=True)
    os.close(theirs)
    assert ("\x1b[" in os.read(ours, 1000).decode()) == coloured
    os.close(ours)


def test_check_judges_by_the_policies_when_asked(project: Path) -> None:
    done = call("check", "prod", "--policies", cwd=project)
    assert done.returncode == 0
    assert re.match(r"prod: \d+ advised \(\d+ rules on \d+ resources, profile baseline\)", done.stdout)
    edit(
        project / "stacks/prod.yaml",
        "[m7i.xlarge, m7a.xlarge, m6i.xlarge, m6a.xlarge, m5.xlarge, m5a.xlarge]",
        "[m7i.xlarge]",
    )
    refused = call("check", "prod", "--policies", cwd=project)
    assert refused.returncode == 3
    assert "eks-nodegroup-spot-diversified" in refused.stdout
    assert "stacks/prod.yaml:47" in refused.stdout


def test_check_gives_findings_in_the_forms_of_tools(project: Path) -> None:
    done = call("check", "dev", "--format", "sarif", cwd=project)
    assert json.loads(done.stdout)["version"] == "2.1.0"


def test_settings_of_policies_are_no_stack(project: Path) -> None:
    (project / "stacks/policies.yaml").write_text("profile: production\n")
    done = call("check", cwd=project)
    assert done.stdout == "valid  stacks/dev.yaml\nvalid  stacks/prod.yaml\n"
    assert "profile production" in call("check", "prod", "--policies", cwd=project).stdout


def test_an_exported_state_is_judged(tmp_path: Path) -> None:
    def told(*resources: dict[str, object]) -> tuple[int, str]:
        state = {"version": 3, "deployment": {"manifest": {}, "resources": resources}}
        (tmp_path / "dev.json").write_text(json.dumps(state))
        done = call("check", "--state", "dev.json", cwd=tmp_path)
        return done.returncode, done.stdout + done.stderr

    code, text = told({"urn": "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", "type": "pulumi:pulumi:Stack"})
    assert code == 0
    assert "nothing found" in text
    code, text = told()
    assert code == 2
    assert "dev.json: holds no resources" in text
