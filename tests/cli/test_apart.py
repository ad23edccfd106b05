"""Programs that print, hang or are stopped: results stay clean, and nothing is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eks_blueprints.recording import ProgramError
from eks_blueprints.testing import record
from tests import ROOT
from tests.review.diff.test_base import STACK, git

PRINTS = """\
import os, subprocess, pulumi
from pathlib import Path
from eks_blueprints.stackfile import deploy
print("PYTHON")
os.write(1, b"DESCRIPTOR\\n")
subprocess.run(["echo", "CHILD"])
deploy(Path(__file__).parent / f"{pulumi.get_stack()}.yaml")
"""
# Python ends by the signal itself, whatever is caught, where it interrupts the `exec` of a text.
HANGS = """\
import time
exec("while True:\\n try: time.sleep(60)\\n except Exception: pass")
"""
TURNS = """\
import time
from pathlib import Path
try:
    Path("begun").touch()
    time.sleep(60)
except BaseException as error:
    raise RuntimeError("no") from error
"""
SWALLOWS = """\
import time
from pathlib import Path
try:
    Path("begun").touch()
    time.sleep(60)
except:
    pass
while True:
    time.sleep(60)
"""


def project(folder: Path, program: str) -> Path:
    (folder / "stacks").mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    (folder / "stacks" / "__main__.py").write_text(program)
    (folder / "stacks" / "prod.yaml").write_text(STACK)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def command(folder: Path, *arguments: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "eks_blueprints", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_what_a_program_prints_is_no_result(tmp_path: Path) -> None:
    """On both sides of a comparison, from Python, past Python, and from what the program starts."""
    folder = project(tmp_path, PRINTS)
    out, err = command(folder, "diff", "prod", "--base", "main", "--format", "json", "--jobs", "1").communicate()
    assert json.loads(out)["verdict"] == "no changes"
    for text in ("PYTHON", "DESCRIPTOR", "CHILD"):
        assert text in err


def test_a_program_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKS_BLUEPRINTS_TIMEOUT", "0.2")

    def program() -> None:
        while True:
            with contextlib.suppress(Exception):  # it is no fault of the program
                time.sleep(60)

    with pytest.raises(ProgramError, match=r"the program did not end within 0\.2 seconds; set EKS_BLUEPRINTS_TIMEOUT"):
        record(program)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_leaves_nothing_behind(tmp_path: Path, stop: signal.Signals) -> None:
    # Tests that a shell runs in the background ignore SIGINT, and so would what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = project(tmp_path, HANGS)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    running = command(folder, "diff", "prod", "--base", "main", "--jobs", "1", TMPDIR=str(temporary))
    while not list(temporary.glob("*/tree/stacks/__main__.py")):
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.send_signal(stop)
    _, err = running.communicate()
    assert running.returncode == 1
    assert err.strip().endswith("stopped")
    assert not list(temporary.iterdir())
    assert len(git(folder, "worktree", "list").splitlines()) == 1
    # What has been killed is gone once the kernel gets to it.
    for _ in range(600):
        if not (left := [each for each in Path("/proc").glob("[0-9]*/cwd") if _within(each, temporary)]):
            break
        time.sleep(0.05)
    assert not left


@pytest.mark.parametrize("program", [SWALLOWS, TURNS], ids=["swallows", "turns"])
def test_a_program_that_swallows_the_stop_is_stopped_too(tmp_path: Path, program: str) -> None:
    """As a bare `except:` does, in the program or in a module that it imports."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = project(tmp_path, program)
    running = command(folder, "preview", "prod")
    while not list(folder.rglob("begun")):
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert err.strip().endswith("stopped")


def _within(link: Path, folder: Path) -> bool:
    try:
        return str(folder) in os.readlink(link)
    except OSError:
        return False
