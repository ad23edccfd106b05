"""What a preview costs, as ratios of one run: `make bench`. On a noisy machine a ratio says more than seconds do.

`bare` registers the resources of prod by hand, with the same typed classes, on the SDK's plain mocks, records nothing
and checks nothing: the least that any tool on the SDK can take.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
RUNS = 5


def timed(*command: str | Path, cwd: Path = ROOT, runs: int = RUNS) -> float:
    """Median wall seconds of a whole process; one run is not counted, so that all find warm files."""
    seconds = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *map(str, command)], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


def preview(*arguments: str, cwd: Path = ROOT, runs: int = RUNS) -> float:
    """Median wall seconds of `eks-blueprints preview`."""
    return timed("-m", "eks_blueprints", "preview", *arguments, cwd=cwd, runs=runs)


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
    rows: list[tuple[str, float, str]] = []
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        data = by_hand(folder)
        count = len(json.loads(data.read_text()))
        bare = timed(HERE / "bare.py", data)
        one = preview("prod")
        rows.append((f"bare program, {count} resources", bare, "1.00"))
        rows.append(("preview prod", one, f"{one / bare:.2f} of bare"))
        rows.append(("check prod", timed("-m", "eks_blueprints", "check", "prod"), ""))
        for stacks in (10, 50):
            project = fleet(folder, stacks)
            apart = preview("--all", "--format", "json", cwd=project, runs=2)
            together = timed(HERE / "fleet.py", project, runs=2)
            note = f"{apart / one:.1f} of one stack"
            rows.append((f"{stacks} stacks, {stacks * count:,} resources", apart, note))
            rows.append((f"{stacks} platforms in one program", together, f"{together / one:.1f} of one stack"))
    longest = max(len(label) for label, _, _ in rows)
    for label, seconds, note in rows:
        print(f"{label.ljust(longest)}  {seconds:6.2f} s  {note}")


if __name__ == "__main__":
    main()
