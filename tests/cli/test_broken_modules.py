"""Kinds and blueprints in modules that cannot be imported: one located line each, whatever the module does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.stackfile import open_stack

BASE = 'region: eu-west-1\ncluster: {version: "1.35"}\n'

MODULES = {
    "syntax": "x = = 1",
    "key": 'raise KeyError("boom")',
    "exit": "raise SystemExit(0)",
    "exit_text": 'raise SystemExit("bye")',
    "deep": "def f(): f()\nf()",
    "base": "class Odd(BaseException): pass\nraise Odd()",
    "ansi": r'raise ValueError("\x1b[31mred\x1b[0m\nsecond line\u2028third\r\x07")',
    "mute": "class Mute(Exception):\n    def __str__(self): raise TypeError\nraise Mute()",
    "long": 'raise ValueError("x" * 10_000)',
    "inner": "import no_such_module_at_all",
    "served": "def __getattr__(name): raise RuntimeError('no ' + name)",
}


@pytest.mark.parametrize("where", ["blueprint", "compute", "addons"])
@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_fails_is_one_located_line(tmp_path: Path, module: str, where: str) -> None:
    name = f"broken_{module}_{where}"
    (tmp_path / f"{name}.py").write_text(MODULES[module] + "\n")
    line = f"blueprint: {name}.X" if where == "blueprint" else f"{where}: {{a: {{kind: {name}.X}}}}"
    file = tmp_path / "prod.yaml"
    file.write_text(f"{BASE}{line}\n")
    with pytest.raises(InputError) as raised:
        open_stack(file)
    (text,) = str(raised.value).split("\n")
    column = 12 if where == "blueprint" else len(f"{where}: {{a: {{kind: ") + 1
    assert text.startswith(f"{file}:3:{column}: ")
    assert "cannot be imported; got" in text
    assert text.isprintable()
    assert len(text) < 500 + len(str(file))


@pytest.mark.parametrize("kind", ["..x.Y", ".x", "a..B", "a.", ".", "x y.Z", "a.b-c.D", "os.path", "1.2", "é.\\x1bZ"])
def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(f'{BASE}compute: {{a: {{kind: "{kind}"}}}}\n')
    with pytest.raises(InputError, match=r"compute.a.kind: (cannot be imported|is not a kind)") as raised:
        open_stack(file)
    assert str(raised.value).isprintable()


def test_a_person_who_stops_it_is_obeyed(tmp_path: Path) -> None:
    (tmp_path / "stopping.py").write_text("raise KeyboardInterrupt\n")
    file = tmp_path / "prod.yaml"
    file.write_text(f"{BASE}compute: {{a: {{kind: stopping.X}}}}\n")
    with pytest.raises(KeyboardInterrupt):
        open_stack(file)


def test_a_kind_whose_rules_fail_is_told(tmp_path: Path) -> None:
    (tmp_path / "hasty.py").write_text(
        "from pydantic import model_validator\n"
        "from eks_blueprints.compute import Fargate\n"
        "class Hasty(Fargate):\n"
        "    @model_validator(mode='before')\n"
        "    @classmethod\n"
        "    def _hasty(cls, fields):\n"
        "        return {}['missing']\n"
    )
    file = tmp_path / "prod.yaml"
    file.write_text(f"{BASE}compute: {{a: {{kind: hasty.Hasty}}}}\n")
    with pytest.raises(InputError, match=r"compute.a.kind: cannot read its fields; got .*KeyError: 'missing'.*; fix"):
        open_stack(file)


@pytest.mark.parametrize("command", ["check", "preview"])
def test_a_module_that_ends_the_interpreter_ends_no_command_well(tmp_path: Path, command: str) -> None:
    (tmp_path / "ending.py").write_text("raise SystemExit(0)\n")
    (tmp_path / "prod.yaml").write_text(f"{BASE}compute: {{a: {{kind: ending.X}}}}\n")
    line = [sys.executable, "-m", "eks_blueprints", command, "./prod.yaml"]
    done = subprocess.run(line, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("prod.yaml:3:21: compute.a.kind: cannot be imported")
    assert "Traceback" not in done.stderr
