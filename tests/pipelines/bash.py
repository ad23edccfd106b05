"""Runs the lines of a job as an engine does, with stand-ins for the programs of clouds and clusters."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eks_blueprints.pipelines._job import Job

GIVEN = {
    "COMMIT": "3f786850e387550fdab836ed7e6dc881de23001b",
    "BRANCH": "main",
    "PIPELINE": "shop",
    "RUN": "17",
    "RUN_URL": "https://ci.example.com/17",
    "AWS_REGION": "eu-west-1",
}


@dataclass
class Machine:
    """A folder with a checkout, and stand-ins on the PATH that record how they are called."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def checkout(self) -> Path:
        return self.root / "checkout"

    def program(self, name: str, script: str) -> None:
        """Add a stand-in: bash that sees its arguments as `$*`; every call is recorded."""
        (self.root / "bin").mkdir(parents=True, exist_ok=True)
        file = self.root / "bin" / name
        record = f'printf "%s %s\\n" {name} "$*" >> "{self.root}/calls"\n'
        file.write_text(f"#!/bin/bash\n{record}{textwrap.dedent(script)}\n")
        file.chmod(0o755)

    def write(self, path: str, data: object) -> None:
        file = self.checkout / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(data if isinstance(data, str) else json.dumps(data))

    def read(self, path: str) -> object:
        return json.loads((self.checkout / path).read_text())

    @property
    def calls(self) -> list[str]:
        file = self.root / "calls"
        return file.read_text().splitlines() if file.exists() else []

    def called(self, start: str) -> list[str]:
        return [call for call in self.calls if call.startswith(start)]

    def lines(self, lines: Sequence[str], on_failure: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run lines in one shell; the first that fails ends them, and then `on_failure` runs."""
        self.checkout.mkdir(parents=True, exist_ok=True)
        done = self._bash(lines)
        if done.returncode and on_failure:
            after = self._bash(on_failure)
            done.stdout += after.stdout
            done.stderr += after.stderr
        return done

    def _bash(self, lines: Sequence[str]) -> subprocess.CompletedProcess[str]:
        given = {**GIVEN, **self.variables, "HOME": str(self.root), "PATH": f"{self.root}/bin:{os.environ['PATH']}"}
        script = "set -eu -o pipefail\n" + "\n".join(lines)
        return subprocess.run(
            ["bash", "-c", script], cwd=self.checkout, env=given, capture_output=True, text=True, check=False
        )

    def run(self, job: Job, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a job. Its tools are what stands on the PATH."""
        self.variables |= {name: str(value) for name, value in job.variables.items()} | dict(variables or {})
        for each in (self.checkout / "artifacts", self.root / "tmp"):
            each.mkdir(parents=True, exist_ok=True)
        return self.lines(job.commands, job.on_failure)


# The environment gives some variables, and other commands of the job give or use others.
_ELSEWHERE = "SC2034,SC2153,SC2154"


def linted(lines: Sequence[str]) -> list[str]:
    """What bash itself finds in lines, and shellcheck where it is installed."""
    script = "#!/bin/bash\nset -eu -o pipefail\n" + "\n".join(lines) + "\n"
    found = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, check=False
    ).stderr.splitlines()
    if (program := shutil.which("shellcheck")) is not None:
        call = [program, "--format", "gcc", "--exclude", _ELSEWHERE, "-"]
        found += subprocess.run(call, input=script, capture_output=True, text=True, check=False).stdout.splitlines()
    return found
