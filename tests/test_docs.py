"""Every code block of the README and the docs is run: Python recorded, YAML built as a stack file, commands called.

What stands behind the language on the fence says how: ```yaml refused``` must be refused with the very text of the
block that follows, ```yaml examples/team_repo``` is read with that folder on the import path, ```yaml pulumi``` is a
settings file of Pulumi's own, and ```yaml stacks/prod.yaml``` is a file of a project that the page's blocks make up;
```console project``` are commands that are called there alone.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from eks_blueprints.core.document import parse
from tests import PROJECT, ROOT
from tests.commands import called
from tests.test_layers import FLOORS

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKED = (
    *("pulumi ", "make test", "git ", "aws ", "pip ", "uv ", "kubectl ", "cd ", "pre-commit ", "python -m pytest"),
    "eks-blueprints kubeconfig",
)
"""What a test does not call: the engine (which `kubeconfig` asks), the network, or this very suite."""

TUTORIAL = "docs/tutorial.md"

LEAST: dict[str, Any] = {
    "region": "eu-west-1",
    "cluster": {"version": "1.35"},
    "compute": {"nodes": {"kind": "managed_nodes"}},
}
"""What is filled in where a block shows a part of a stack file."""


def blocks(language: str) -> list[Any]:
    """The blocks of a language, with what stands behind it on the fence."""
    return [
        pytest.param(match[3], match[2].strip(), id=f"{page.relative_to(ROOT)}:{number}")
        for page in PAGES
        for number, match in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")), 1)
        if match[1] == language
    ]


def test_every_block_is_of_a_kind_that_is_run() -> None:
    known = {"python", "yaml", "console", "text", "mermaid", "json", "toml", "diff"}
    for page in PAGES:
        for match in FENCE.finditer(page.read_text(encoding="utf-8")):
            assert match[1] in known, f"{page.name}: a block of {match[1] or 'no language'} would not be run"


@pytest.mark.parametrize(("code", "info"), blocks("python"))
def test_python(code: str, info: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program is recorded; a test module is run as one."""
    from eks_blueprints.recording import record

    monkeypatch.chdir(PROJECT)
    if "def test_" in code:
        (tmp_path / "test_block.py").write_text(code)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ROOT, tmp_path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        return
    record(lambda: exec(compile(code, "<block>", "exec"), {"__name__": "__main__"}), stack="prod")  # noqa: S102


@pytest.mark.parametrize(("text", "info"), blocks("yaml"))
def test_yaml(text: str, info: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack file, or a part of one: what it leaves out is filled in with the least there can be."""
    from eks_blueprints.capacity.time.scenario import Scenario
    from eks_blueprints.core.errors import InputError
    from eks_blueprints.stackfile import open_stack
    from eks_blueprints.testing import record_stack

    if info == "pulumi" or info.startswith("stacks/"):
        return
    if info.startswith("scenarios/"):
        Scenario.model_validate(parse(text).data)
        return
    file = tmp_path / "prod.yaml"
    if info == "refused":
        file.write_text(text)
        with pytest.raises(InputError) as told:
            open_stack(file)
        assert re.sub(re.escape(str(file)), lambda _: shown_file(text), str(told.value)) == answer_to(text)
        return
    if (ROOT / info / "Pulumi.yaml").is_file():
        monkeypatch.syspath_prepend(ROOT / info)
    data = parse(text).data
    if data.get("blueprint") == "eks_blueprints.Pipelines":
        file.write_text(text)
        record_stack(file).is_valid()
        return
    data["cluster"] = LEAST["cluster"] | data.get("cluster", {})
    file.write_text(json.dumps(LEAST | data))
    if re.search(r"\{(config|secret):", text):
        open_stack(file)
    else:
        record_stack(file).is_valid()


def test_pages_whose_blocks_make_up_a_project(tmp_path: Path) -> None:
    """Its stacks are valid, and commands print what the page says, as far as it says it."""
    for page in PAGES:
        found = list(FENCE.finditer(page.read_text(encoding="utf-8")))
        own = ("stacks/", "scenarios/")
        files = {block[2].strip(): block[3] for block in found if block[2].strip().startswith(own)}
        if not files:
            continue
        folder = tmp_path / page.stem
        (folder / "stacks").mkdir(parents=True)
        (folder / "scenarios").mkdir()
        shutil.copy(PROJECT / "Pulumi.yaml", folder)
        shutil.copy(PROJECT / "stacks" / "__main__.py", folder / "stacks")
        for name, text in files.items():
            (folder / name).write_text(text)
        assert called("check", cwd=folder).returncode == 0, called("check", cwd=folder).stderr
        for block, following in pairwise(found):
            for line in block[3].splitlines() if block[1] == "console" and following[1] == "text" else ():
                done = called(*shlex.split(line)[2:], cwd=folder)
                assert done.returncode == 0, done.stderr
                assert following[3] in done.stdout, f"{line}\n{done.stdout}"


def answer_to(text: str) -> str:
    """The text block that follows a block of YAML that is refused."""
    for page in PAGES:
        found = list(FENCE.finditer(page.read_text(encoding="utf-8")))
        for block, following in pairwise(found):
            if block[3] == text:
                return following[3].strip()
    raise AssertionError("no block follows")


def shown_file(text: str) -> str:
    """What the answer to a block calls the file."""
    return answer_to(text).partition(":")[0]


@pytest.mark.parametrize(("text", "info"), blocks("json"))
def test_json(text: str, info: str) -> None:
    """Plans are held to their schema."""
    data = json.loads(text)
    if isinstance(data, dict) and data.get("kind") == "eks-blueprints/plan":
        jsonschema.validate(data, json.loads((ROOT / "docs/reference/plan.schema.json").read_text()))


@pytest.mark.parametrize(("text", "info"), blocks("toml"))
def test_toml(text: str, info: str) -> None:
    assert tomllib.loads(text)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as it is shipped, whatever its users have put into `stacks/`."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
    for part in ("docs", "examples"):
        (folder / part).symlink_to(ROOT / part)
    return folder


def run(command: str, folder: Path) -> None:
    words = shlex.split(command)
    assert words[0] == "eks-blueprints", f"unknown command: {command}"
    done = called(*words[1:], cwd=folder)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(("text", "info"), [each for each in blocks("console") if TUTORIAL not in str(each.id)])
def test_commands(text: str, info: str, checkout: Path) -> None:
    if info == "project":  # `test_pages_whose_blocks_make_up_a_project` calls them
        return
    for line in text.splitlines():
        if not line.startswith("$ "):
            continue
        command = line[2:].split("  #")[0].strip()
        if command.startswith("make "):
            assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), command
        elif not command.startswith(BLOCKED):
            run(command, checkout)


def test_the_tutorial_is_run_as_a_reader_does(tmp_path: Path) -> None:
    """Its commands in their order, in the repository that it begins with; what it shows of a file is written to it."""
    folder, ran = tmp_path, []
    for match in FENCE.finditer((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")):
        if match[1] == "yaml" and not match[2]:
            with (folder / "stacks" / "first.yaml").open("a", encoding="utf-8") as file:
                file.write(match[3])
        for line in match[3].splitlines() if match[1] == "console" else ():
            command = line.removeprefix("$ ")
            if command.startswith("cd "):
                folder /= command[3:]
            elif command.startswith("pulumi ") and "init" not in command:
                assert command.endswith("--stack first")
            elif not command.startswith(BLOCKED):
                run(command, folder)
                ran.append(command)
    assert ran == [
        "eks-blueprints init platform --preset managed --yes",
        "eks-blueprints check first",
        *["eks-blueprints preview first"] * 2,
    ]
    assert "metrics_server" in (folder / "stacks" / "first.yaml").read_text()


def test_links_lead_somewhere() -> None:
    for page in [*PAGES, *(ROOT / "examples").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_the_table_of_layers_is_the_one_that_is_checked() -> None:
    page = (ROOT / "docs/design/layers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(len(FLOORS)))
    assert [set(re.findall(r"`(\w+)`", parts)) for _, parts in rows] == FLOORS
