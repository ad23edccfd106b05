"""What one job runs, as a script of bash that every engine can run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

from eks_blueprints.pipelines._job import Job, Output
from eks_blueprints.pipelines._tools import install_lines


def script(job: Job, outputs: Mapping[str, Output], *, before: Iterable[str] = ()) -> str:
    """What a job runs: `before` puts its inputs into place, then its programs are installed, then come its commands,
    and last its outputs are put into `artifacts/<name>`. If a command fails, `on_failure` runs, and then it fails."""
    installed = install_lines(job.tools, job.runner.architecture, job.pinned)
    # Commands may go to another folder.
    root = ['ROOT="$PWD"'] if outputs or job.on_failure else []
    lines = ["set -eo pipefail", *root, *before, *installed]
    lines += [f"mkdir -p artifacts/{name}" for name in outputs]
    if job.on_failure:
        # As they are: what follows `<<` must not be moved.
        lines += ["roll_back() {", "set +e", 'cd "$ROOT" || return', *job.on_failure, "}"]
        lines.append('trap \'CODE=$?; if [ "$CODE" -ne 0 ]; then roll_back; fi; exit "$CODE"\' EXIT')
    lines += job.commands
    if job.on_failure:
        lines.append("trap - EXIT")
    if outputs:
        lines += ['cd "$ROOT"', "shopt -s globstar nullglob"]
    for name, output in outputs.items():
        lines += _kept(name, output)
    return "\n".join(lines) + "\n"


def as_file(body: str) -> str:
    """A script that one bash runs from a file, for engines that run lines where a failure within one goes unnoticed."""
    end = "END_OF_STAGE"
    while end in body:
        end += "_"
    return f"cat > /tmp/stage.sh <<'{end}'\n{body}{end}\nbash /tmp/stage.sh\n"


def _kept(name: str, output: Output) -> Iterator[str]:
    folder = f"artifacts/{name}"
    if output.paths:
        yield f"FILES=({' '.join(pattern(path) for path in output.paths)})"
        yield f'if [ "${{#FILES[@]}}" -gt 0 ]; then tar -cf - -- "${{FILES[@]}}" | tar -xf - -C {folder}; fi'
    missing = f"artifact {name}: no file" + (f" matches {' '.join(output.paths)}" if output.paths else "")
    yield f'if [ -z "$(ls -A {folder})" ]; then echo {shlex.quote(missing)} >&2; exit 1; fi'


def pattern(path: str) -> str:
    """A pattern of files as bash expands it: only its `*` are no plain text."""
    return "".join(part if part.startswith("*") else shlex.quote(part) for part in re.split(r"(\*+)", path) if part)
