"""What one job runs, as a script of bash that every engine which is text can run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from eks_blueprints.pipelines._job import Job
from eks_blueprints.pipelines._tools import install_lines
from eks_blueprints.pipelines.engines._steps import Step

_IMAGES = {
    "x86_64": "public.ecr.aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "arm64": "public.ecr.aws/codebuild/amazonlinux-aarch64-standard:3.0",
}
# Source: AWS CodeBuild User Guide, "Docker images provided by CodeBuild", read 2026-11-30; the same in ECR Public.


def default_image(job: Job, of_engine: str | None) -> str:
    """Image of a job where a job must have one: its own, the engine's, or that of AWS CodeBuild."""
    return job.runner.image or of_engine or _IMAGES[job.runner.architecture]


def script(step: Step, job: Job, *, before: Iterable[str] = (), masked: bool = False) -> str:
    """The lines of a job.

    Args:
        step: The stage.
        job: What it runs.
        before: Lines of the engine that go first.
        masked: Whether the engine hides values in its log that are told to it as GitHub is.
    """
    kept = {name: output.paths for name, output in step.outputs.items() if output.paths}
    lines = [
        "set -eo pipefail",
        *(['ROOT="$PWD"'] if kept or job.on_failure else []),
        *before,
        *install_lines(job.tools, job.runner.architecture, job.pinned),
    ]
    for name, arn in job.secrets.items():
        lines += _secret(name, str(arn), masked=masked)
    if job.on_failure:
        lines += ["roll_back() {", "set +e", 'cd "$ROOT" || return', *job.on_failure, "}"]
        lines.append('trap \'CODE=$?; if [ "$CODE" -ne 0 ]; then roll_back; fi; exit "$CODE"\' EXIT')
    lines += job.commands
    if job.on_failure:
        lines.append("trap - EXIT")
    if kept:
        lines += ['cd "$ROOT"', "shopt -s globstar nullglob"]
    for name, paths in kept.items():
        lines += _kept(name, paths)
    return "\n".join(lines) + "\n"


def _secret(name: str, arn: str, *, masked: bool) -> Iterator[str]:
    # `arn:...:secret:name-AbCdEf:key` names one value of a secret that is a JSON object.
    parts = arn.split(":")
    whole, key = ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""
    read = f"aws secretsmanager get-secret-value --secret-id {shlex.quote(whole)} --region {parts[3]}"
    code = f"import json, sys; print(json.load(sys.stdin)[{key!r}])"
    one = f" | python3 -c {shlex.quote(code)}" if key else ""
    yield f'{name}="$({read} --query SecretString --output text{one})"'
    if masked:
        yield masking(name)
    yield f"export {name}"


def masking(name: str) -> str:
    """The command that has GitHub hide the value of a variable, line by line."""
    return f'while IFS= read -r LINE; do if [ -n "$LINE" ]; then echo "::add-mask::$LINE"; fi; done <<< "${name}"'


def _kept(name: str, paths: Iterable[str]) -> Iterator[str]:
    patterns = " ".join(pattern(path) for path in paths)
    missing = f"artifact {name}: no file matches {' '.join(paths)}"
    yield f"FILES=({patterns})"
    yield f'if [ "${{#FILES[@]}}" -eq 0 ]; then echo {shlex.quote(missing)} >&2; exit 1; fi'
    yield f"mkdir -p artifacts/{name}"
    yield f'tar -cf - -- "${{FILES[@]}}" | tar -xf - -C artifacts/{name}'


def pattern(path: str) -> str:
    """A pattern of files as bash expands it: only its `*` are no plain text."""
    return "".join(part if part.startswith("*") else shlex.quote(part) for part in re.split(r"(\*+)", path) if part)
