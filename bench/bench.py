"""What a preview costs, as ratios of one run: `make bench`. On a noisy machine a ratio says more than seconds do.

`bare` registers the resources of prod by hand, with the same typed classes, on the SDK's plain mocks, records nothing
and checks nothing: the least that any tool on the SDK can take.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
ROUNDS = 5

Command = tuple[str | Path, ...]


def timed(commands: Mapping[str, Command], folder: Path, rounds: int = ROUNDS) -> dict[str, float]:
    """The least wall seconds of each command as a whole process.

    They run in turn, so that a busy minute falls on all of them, and the least is what the machine's other work adds
    least to. A round that is not counted leaves compiled modules behind, as an installed package has them.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    least = dict.fromkeys(commands, float("inf"))
    for number in range(rounds + 1):
        for name, (cwd, *command) in commands.items():
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, *map(str, command)], cwd=cwd, env=environment, check=True, stdout=subprocess.DEVNULL
            )
            if number:
                least[name] = min(least[name], time.perf_counter() - start)
    return least


def by_hand(folder: Path) -> Path:
    """The resources of prod as data that `bare.py` registers by hand."""
    from bare import dump

    return dump(folder / "prod.json")


def fleet(folder: Path, stacks: int) -> Path:
    """A project with many stacks like prod."""
    project = folder / f"fleet{stacks}"
    (project / "stacks").mkdir(parents=True)
    for name in ("Pulumi.yaml", "stacks/__main__.py"):
        (project / name).write_text((ROOT / name).read_text())
    text = (ROOT / "stacks/prod.yaml").read_text()
    for number in range(stacks):
        (project / "stacks" / f"prod{number:02d}.yaml").write_text(text)
    return project


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        data = by_hand(folder)
        count = len(json.loads(data.read_text()))
        cli = ("-m", "eks_blueprints")
        small = {
            f"bare program, {count} resources": (ROOT, HERE / "bare.py", data),
            "preview prod": (ROOT, *cli, "preview", "prod"),
            "check prod": (ROOT, *cli, "check", "prod"),
        }
        large: dict[str, Command] = {}
        for stacks in (10, 50, 200):
            project = fleet(folder, stacks)
            large[f"{stacks} stacks, {stacks * count:,} resources"] = (
                project,
                *cli,
                "preview",
                "--all",
                "--format",
                "json",
            )
            large[f"{stacks} platforms in one program"] = (ROOT, HERE / "fleet.py", project)
        seconds = timed(small, folder) | timed(large, folder, rounds=2)
    bare, one = list(seconds.values())[:2]
    longest = max(map(len, seconds))
    for name, took in seconds.items():
        against = f"{took / one:.2f} of one preview" if name in large else f"{took / bare:.2f} of bare"
        print(f"{name.ljust(longest)}  {took:6.2f} s  {against}")


if __name__ == "__main__":
    main()
