"""Bad surroundings end in one clear line and the code of a command that failed, never in a good one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eks_blueprints.cli import main
from tests import ROOT

FILE = """\
region: eu-west-1
cluster: {version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}
core_addons: []
"""


def run(shell: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `$CLI` is the command."""
    (folder / "dev.yaml").write_text(FILE)
    cli = f"{sys.executable} -m eks_blueprints"
    given = {key: value for key, value in os.environ.items() if key != "EKS_BLUEPRINTS_DEBUG"}
    return subprocess.run(
        ["/bin/bash", "-c", shell],
        cwd=folder,
        env=given | {"CLI": cli, "PYTHONPATH": str(ROOT)} | env,
        capture_output=True,
        text=True,
        check=False,
    )


RULE = """\
import os, sys
from eks_blueprints.policies import Faults, Props, rule


@rule("shop-ends", "aws:eks/cluster:Cluster", severity="low", enforcement="mandatory", rationale="Ends.", fix="Go.")
def ends(cluster: Props) -> Faults:
    \"\"\"Nothing ends.\"\"\"
    {ending}
    yield cluster.fault("ends")
"""
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@FULL
def test_a_full_disk(tmp_path: Path) -> None:
    done = run("$CLI preview ./dev.yaml --format json > /dev/full", tmp_path)
    assert done.returncode == 1
    assert "the output: cannot be read or written; got No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    done = run(f"$CLI check ./{'a' * 300}.yaml", tmp_path)
    assert done.returncode == 2
    assert "cannot be found; got File name too long; name another file" in done.stderr


@FULL
def test_nobody_to_tell(tmp_path: Path) -> None:
    assert run("$CLI check ./nope.yaml 2> /dev/full", tmp_path).returncode == 2


def test_closed_streams_change_no_verdict(tmp_path: Path) -> None:
    assert run("$CLI check ./dev.yaml <&- >&- 2>&-", tmp_path).returncode == 0
    assert run("$CLI check ./nope.yaml >&- 2>&-", tmp_path).returncode == 2


def test_a_reader_that_goes_is_no_success() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "eks_blueprints", "tables"]
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 141
    assert not done.stderr


@pytest.mark.parametrize("command", ["preview ./dev.yaml", "preview ./dev.yaml --format json", "addons", "policy list"])
def test_a_reader_that_has_seen_enough_hears_no_complaint(tmp_path: Path, command: str) -> None:
    done = run(f"$CLI {command} | head -1; echo ${{PIPESTATUS[0]}} >&2", tmp_path)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.splitlines()[-1] in ("0", "141")
    assert "pipe" not in done.stderr.lower()


PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")


@PIPES
@pytest.mark.parametrize("command", ["check --state", "check --plan", "diff ./dev.yaml --base", "comment --dry-run"])
def test_a_pipe_that_nobody_writes_to(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dev.yaml").write_text(FILE)
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("eks_blueprints.core.files._PATIENCE", 0.01)
    with pytest.raises(SystemExit) as end:
        main([*command.split(), "pipe"])
    assert end.value.code == 2
    assert "pipe: is a pipe; got no writer within 0.01 s; name a file" in capsys.readouterr().err


@PIPES
def test_a_pipe_may_hold_a_state(tmp_path: Path) -> None:
    done = run("$CLI check --state <(sleep 1; cat empty.json)", tmp_path)
    assert done.returncode == 2
    assert "is not an exported stack; got text that is not JSON" in done.stderr


@PIPES
def test_a_stack_file_is_no_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "odd.yaml")
    done = run("$CLI check ./odd.yaml", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("odd.yaml: is not a stack file; got a pipe or a device, which cannot be read twice")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    assert "odd.yaml: cannot be read; got a pipe or a device" in run("$CLI check", tmp_path).stderr


def test_no_git(tmp_path: Path) -> None:
    done = run("$CLI diff ./dev.yaml --base main", tmp_path, PATH=str(tmp_path))
    assert done.returncode == 2
    assert "--base: needs git to compare with a ref; got none on the PATH" in done.stderr


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("[]")
    run("$CLI preview ./dev.yaml --format json > plan.json", tmp_path)
    done = run("$CLI diff ./dev.yaml --base plan.json -o plan.json/diff.md", tmp_path)
    assert done.returncode == 1
    assert "plan.json: cannot be read or written; got " in done.stderr
    assert "Traceback" not in done.stderr


SMALL = "ulimit -f 0; "
"""A disk that takes no byte; pipes take them."""


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("schema --write out", "out/stack.schema.json"),
        ("schema --write dev.yaml/out", "dev.yaml/out"),
        ("import manifests app.json -o out.yaml", "out.yaml"),
        ("policy new my-rule", "policies/my_rule.py"),
        ("init out --yes", "out/"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, command: str, file: str) -> None:
    data = {f"key-{number}": "word " * 40 for number in range(20)}
    app = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app"}, "data": data}
    (tmp_path / "app.json").write_text(json.dumps(app))
    done = run(f"{SMALL}$CLI {command}", tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert file in line
    assert "cannot be read or written; got " in line
    assert not list(tmp_path.glob(".*partial"))


def test_too_few_open_files(tmp_path: Path) -> None:
    done = run("ulimit -n 8; $CLI diff ./dev.yaml --base main", tmp_path)
    assert done.returncode == 1
    assert "cannot be opened; got Too many open files; raise the limit of open files" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("limit", [12, 40])
def test_many_stacks_with_few_open_files(tmp_path: Path, limit: int) -> None:
    """They are done one after the other; where not even that is possible, one line says so."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "__main__.py").write_text((ROOT / "stacks" / "__main__.py").read_text())
    copies = "for each in a b c; do cp dev.yaml stacks/$each.yaml; done; "
    done = run(f"{copies} ulimit -n {limit}; $CLI preview --all", tmp_path)
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert "raise the limit of open files" in line


def test_too_little_memory(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("raise MemoryError\n")
    done = run("$CLI preview --program . dev", tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "eks-blueprints: needs more memory than it may have; raise the limit (ulimit -v)"
    ]


HISTORY = """\
git init -q -b main .
git() { command git -c user.name=a -c user.email=a@example.com "$@"; }
git add . && git commit -qm one
"""


def test_a_hook_for_check_outs_has_no_say_in_a_diff(tmp_path: Path) -> None:
    hook = "printf '#!/bin/sh\\nexit 1' > .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout"
    done = run(f"{HISTORY}{hook}\n$CLI diff ./dev.yaml --base HEAD", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no changes" in done.stdout


def test_no_repository_and_one_that_git_refuses(tmp_path: Path) -> None:
    done = run("GIT_CEILING_DIRECTORIES=$PWD/.. $CLI diff ./dev.yaml --base main", tmp_path)
    assert done.returncode == 2
    assert "--base: cannot be looked up; git says: not a git repository" in done.stderr
    assert "got main; name a plan or state file, or run this in a repository" in done.stderr


def test_a_git_that_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "git").write_text("no program")
    (tmp_path / "git").chmod(0o755)
    done = run("$CLI diff ./dev.yaml --base main", tmp_path, PATH=str(tmp_path))
    assert done.returncode == 2
    assert "--base: needs git to compare with a ref; got Exec format error" in done.stderr


def test_a_shallow_clone_is_told_what_brings_its_history(tmp_path: Path) -> None:
    clone = "git clone -q --depth 1 file://$PWD copy && cd copy"
    history = f"{HISTORY}echo >> dev.yaml && git commit -qam two"
    done = run(f"{history}\n{clone}\n$CLI diff ./dev.yaml --base HEAD~1", tmp_path)
    assert done.returncode == 2
    assert "that this shallow clone holds; got HEAD~1; run git fetch --unshallow origin" in done.stderr


@pytest.mark.parametrize("command", ["check", "preview", "placement", "teardown --dry-run"])
def test_a_day_that_is_none_is_no_fault_of_the_stack_file(tmp_path: Path, command: str) -> None:
    done = run(f"$CLI {command} ./dev.yaml", tmp_path, EKS_BLUEPRINTS_TODAY="tomorrow")
    assert done.returncode == 2
    assert done.stderr.startswith("EKS_BLUEPRINTS_TODAY: is not a valid date")


def test_what_no_rule_foresaw_is_one_located_line(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(
        "from eks_blueprints import Blueprint\n"
        "from eks_blueprints.blueprint.spec import BlueprintArgs\n"
        "from pydantic import field_validator\n"
        "class Args(BlueprintArgs):\n"
        "    @field_validator('region')\n"
        "    @classmethod\n"
        "    def _odd(cls, value: str) -> str:\n"
        "        raise KeyError('odd\\u202e')\n"
        "class Odd(Blueprint):\n"
        "    Args = Args\n"
    )
    (tmp_path / "odd.yaml").write_text(f"blueprint: odd.Odd\n{FILE}")
    done = run("$CLI check ./odd.yaml", tmp_path)
    assert done.returncode == 2
    (line,) = [each for each in done.stderr.splitlines() if "odd.yaml" in each]
    assert line.startswith("odd.yaml:2:9: region: cannot be processed: ")
    assert "got KeyError: " in line
    assert line.isprintable()


ENCODINGS = [
    ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, "ascii"),
    ({"PYTHONIOENCODING": "ascii"}, "ascii"),
    ({"PYTHONIOENCODING": "cp1252:strict"}, "cp1252"),
    ({"PYTHONIOENCODING": "cp850", "TERM": "dumb"}, "cp850"),
    ({"PYTHONIOENCODING": "utf-8", "COLUMNS": "40"}, "utf-8"),
]
IN_EVERY = pytest.mark.parametrize(("env", "page"), ENCODINGS, ids=str)


@IN_EVERY
def test_documents_are_utf_8_whatever_the_code_page(tmp_path: Path, env: dict[str, str], page: str) -> None:
    (tmp_path / "eu.yaml").write_text(FILE + "tags: {team: Zürich → 東京}\n", encoding="utf-8")
    done = run("$CLI show ./eu.yaml --format json > shown.json && $CLI show ./eu.yaml > shown.yaml", tmp_path, **env)
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads((tmp_path / "shown.json").read_text(encoding="utf-8"))["data"]
    assert data["tags"] == {"team": "Zürich → 東京"}
    assert "Zürich → 東京" in (tmp_path / "shown.yaml").read_text(encoding="utf-8")


@IN_EVERY
def test_text_is_shown_in_every_code_page(tmp_path: Path, env: dict[str, str], page: str) -> None:
    done = run("$CLI preview ./dev.yaml > shown.txt 2>&1", tmp_path, **env)
    assert done.returncode == 0
    text = (tmp_path / "shown.txt").read_bytes().decode(page)
    assert "\\u25" not in text, "a line of the tree is spelled"
    lines = "├─ " if page in ("utf-8", "cp437", "cp850") else "|- "
    assert lines in text


@IN_EVERY
def test_an_error_is_shown_in_every_code_page(tmp_path: Path, env: dict[str, str], page: str) -> None:
    (tmp_path / "odd.yaml").write_text(FILE + "réseau → 東京: 1\n", encoding="utf-8")
    done = run("$CLI check ./odd.yaml 2> shown.txt; $CLI nösuch→ 2>> shown.txt", tmp_path, **env)
    assert done.returncode == 2
    shown = (tmp_path / "shown.txt").read_bytes()
    assert b"odd.yaml:" in shown
    assert b"no such command" in shown
    assert b"Traceback" not in shown
    assert b"UnicodeEncodeError" not in shown
    shown.decode(page)


@pytest.mark.parametrize("ending", ["os._exit(0)", "sys.exit(0)"])
def test_code_that_ends_the_process_passes_no_gate(tmp_path: Path, ending: str) -> None:
    (tmp_path / "ends.py").write_text(f"import os, sys\n{ending}\n")
    (tmp_path / "odd.yaml").write_text(FILE.replace("core_addons: []", "addons: {a: {kind: ends.X}}"))
    done = run("$CLI check ./odd.yaml", tmp_path)
    assert done.returncode == 2
    assert "addons.a.kind: cannot be imported" in done.stderr
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "ends.py").write_text(RULE.format(ending=ending))
    done = run("$CLI check ./dev.yaml --policies", tmp_path)
    assert done.returncode == 2
    assert "policies/ends.py:8: rule shop-ends fails on dev-cluster; got SystemExit: 0" in done.stderr
    assert not done.stdout


def test_forked_processes_end_as_always(tmp_path: Path) -> None:
    (tmp_path / "forks.py").write_text(
        "import os\npid = os.fork()\nif not pid:\n    os._exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7\nraise ValueError('went on')\n"
    )
    (tmp_path / "odd.yaml").write_text(FILE.replace("core_addons: []", "addons: {a: {kind: forks.X}}"))
    assert run("$CLI check ./odd.yaml", tmp_path).stderr.count("ValueError: went on") == 1


def test_nobody_is_at_home(tmp_path: Path) -> None:
    done = run("unset HOME; $CLI preview ./dev.yaml", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
