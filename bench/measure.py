"""What a command costs as a process of its own, and how costs grow."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_UNIT = 1024**2 if sys.platform == "darwin" else 1024
"""What `ru_maxrss` counts in, as a part of a megabyte."""
_SCRIPT = """\
import ctypes, os, resource, subprocess, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: what the command leaves running counts too
subprocess.run(sys.argv[1:], check=True)
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""


@dataclass(frozen=True)
class Used:
    """What one run took. Seconds are the processor's, those of child processes included."""

    seconds: float
    megabytes: float
    """The most that one of its processes held."""

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s {self.megabytes:.0f} MB"


def measured(command: Sequence[str | Path], folder: Path, out: Path | None = None) -> Used:
    """Run Python with these arguments in a folder; what it prints goes to `out`, or nowhere.

    Processor time, because it depends less on what else runs on the machine. Compiled modules are kept, as an installed
    package has them.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with (out or Path(os.devnull)).open("w") as stdout:
        call = [sys.executable, "-c", _SCRIPT, sys.executable, *map(str, command)]
        done = subprocess.run(
            call, cwd=folder, env=environment, check=True, stdout=stdout, stderr=subprocess.PIPE, text=True
        )
    seconds, most = done.stderr.split()[-2:]
    return Used(float(seconds), int(most) / _UNIT)


def least(commands: Mapping[str, tuple[Path, Sequence[str | Path]]], rounds: int) -> dict[str, Used]:
    """The least of each command, by name. They run in turn, so that a busy minute falls on all of them."""
    found: dict[str, list[Used]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (folder, command) in commands.items():
            found[name].append(measured(command, folder))
            progress(name, found[name][-1])
    return {name: min(each, key=lambda used: used.seconds) for name, each in found.items()}


@dataclass(frozen=True)
class Fit:
    """The straight line through measures: seconds at nothing, and seconds for each further one."""

    base: float
    each: float
    strays: float
    """How far the worst measure is from the line, as a share of it: a straight growth strays little."""

    @classmethod
    def of(cls, sizes: Sequence[float], seconds: Sequence[float]) -> Fit:
        """Least squares."""
        count, x, y = len(sizes), sum(sizes) / len(sizes), sum(seconds) / len(seconds)
        spread = sum((size - x) ** 2 for size in sizes)
        each = sum((sizes[n] - x) * (seconds[n] - y) for n in range(count)) / spread
        base = y - each * x
        far = (abs(took - base - each * size) / took for size, took in zip(sizes, seconds, strict=True))
        return cls(base, each, max(far))

    def __str__(self) -> str:
        slope = f"{self.each:.2f} s" if self.each >= 0.1 else f"{self.each * 1000:.1f} ms"
        return f"{self.base:.2f} s + {slope} each, within {self.strays:.0%}"


def progress(name: str, used: Used) -> None:
    """Show a measure as it comes."""
    print(f"  {name}: {used}", file=sys.stderr, flush=True)
