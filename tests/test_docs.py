"""Every code block of the README and the docs is run: Python recorded, YAML read as a stack file, commands called."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from eks_blueprints.document import parse

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKED = ("pulumi ", "make test", "git ", "aws ", "pip ", "uv ", "kubectl ", "cd ", "pre-commit ")
"""What a test does not call: the engine, the network, or this very suite."""


def blocks(language: str) -> list[object]:
    """The blocks of a language, with what stands behind it on the fence."""
    return [
        pytest.param(match[3], match[2].strip(), id=f"{page.relative_to(ROOT)}:{number}")
        for page in PAGES
        for number, match in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")), 1)
        if match[1] == language
    ]


def test_every_block_is_of_a_kind_that_is_run() -> None:
    known = {"python", "yaml", "console", "text", "mermaid", "json", "toml"}
    for page in PAGES:
        for match in FENCE.finditer(page.read_text(encoding="utf-8")):
            assert match[1] in known, f"{page.name}: a block of {match[1] or 'no language'} would not be run"


@pytest.mark.parametrize(("code", "info"), blocks("python"))
def test_python(code: str, info: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program is recorded; a test module is run as one."""
    from eks_blueprints.recording import record

    monkeypatch.chdir(ROOT)
    if "def test_" in code:
        (tmp_path / "test_block.py").write_text(code)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ROOT, tmp_path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        return
    record(lambda: exec(compile(code, "<block>", "exec"), {"__name__": "__main__"}), stack="prod")  # noqa: S102


@pytest.mark.parametrize(("text", "info"), blocks("yaml"))
def test_yaml(text: str, info: str, tmp_path: Path) -> None:
    """A stack file, or a part of one: what it leaves out is filled in with the least there can be."""
    from eks_blueprints.blueprint.spec import BlueprintArgs

    data = parse(text).data
    if info == "pulumi":
        return
    assert set(data) <= {*BlueprintArgs.model_fields, "blueprint"}, f"no stack file: {sorted(data)}"
    data.pop("blueprint", None)
    args = BlueprintArgs.model_validate({"region": "eu-west-1", "cluster": {"version": "1.35"}} | data)
    assert isinstance(args, BaseModel)


@pytest.mark.parametrize(("text", "info"), blocks("console"))
def test_commands(text: str, info: str) -> None:
    for line in text.splitlines():
        if not line.startswith("$ "):
            continue
        command = line[2:].split("  #")[0].strip()
        if command.startswith("make "):
            assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), command
        elif not command.startswith(BLOCKED):
            words = shlex.split(command)
            assert words[0] == "eks-blueprints", f"unknown command: {command}"
            call = [sys.executable, "-m", "eks_blueprints", *words[1:]]
            done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"
