"""The script of a job does what the model says: it is run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from eks_blueprints.pipelines._job import Job, Output
from eks_blueprints.pipelines.engines._script import script
from eks_blueprints.pipelines.engines._text import secrets

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:npm-AbCdEf"
AWS = """#!/bin/bash
echo "$*" >> "$CALLS"
printf '{"it'"'"'s": "s3cret"}'
"""


def run(
    folder: Path, job: Job, outputs: dict[str, Output] | None = None, *, masked: bool = False
) -> subprocess.CompletedProcess[str]:
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "aws").write_text(AWS)
    (folder / "bin" / "aws").chmod(0o755)
    env = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "CALLS": str(folder / "calls")}
    call = ["bash", "--noprofile", "--norc", "-c", script(job, outputs or {}, before=secrets(job, masked=masked))]
    return subprocess.run(call, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_what_matches_is_kept_with_its_folders_wherever_the_commands_went(tmp_path: Path) -> None:
    made = Job(commands=("mkdir -p 'web/a b/c'", "cd web", "touch 'a b/c/one' two .hidden"))
    done = run(tmp_path, made, {"site": Output(kind="files", paths=("web/**",))})

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "artifacts/site/web/a b/c/one").exists()
    assert (tmp_path / "artifacts/site/web/two").exists()


def test_an_artifact_without_files_ends_the_job(tmp_path: Path) -> None:
    done = run(tmp_path, Job(commands=("true",)), {"site": Output(kind="files", paths=("dist/*",))})

    assert done.returncode == 1
    assert "artifact site: no file matches dist/*" in done.stderr


def test_a_failure_in_a_pipe_rolls_back_and_fails_with_its_own_code(tmp_path: Path) -> None:
    for failing in ("exit 7", "(exit 7) | cat", "bash -c 'exit 7'"):
        job = Job(commands=("cd /", failing, "touch after"), on_failure=("false", "pwd > undone"))
        done = run(tmp_path, job)

        assert done.returncode == 7
        assert (tmp_path / "undone").read_text().strip() == str(tmp_path)
        assert not (tmp_path / "after").exists()
        (tmp_path / "undone").unlink()


def test_success_rolls_nothing_back(tmp_path: Path) -> None:
    done = run(tmp_path, Job(commands=("true",), on_failure=("touch undone",)))

    assert done.returncode == 0
    assert not (tmp_path / "undone").exists()


def test_one_value_of_a_secret_reaches_the_commands_and_is_masked_first(tmp_path: Path) -> None:
    job = Job(commands=('echo "got $TOKEN"',), secrets={"TOKEN": f"{ARN}:it's"})
    done = run(tmp_path, job, masked=True)

    assert done.stdout.splitlines() == ["::add-mask::s3cret", "got s3cret"], done.stderr
    assert f"--secret-id {ARN} --region eu-west-1" in (tmp_path / "calls").read_text()
