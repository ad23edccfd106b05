"""What previews cost, and how the cost grows: `make bench`, or `python bench/bench.py --size large`.

`bare` registers the resources of prod by hand, with the same typed classes, on the SDK's plain mocks, records nothing
and checks nothing: the least that any tool on the SDK can take. A ratio to it says more than seconds do, because both
run on the same machine in the same minute.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

import size  # noqa: E402
from bare import dump  # noqa: E402
from measure import Fit, Used, least, measured, progress  # noqa: E402

CLI = ("-m", "eks_blueprints")
MOST_MEGABYTES = 150
_POOLS = 20
FILES = {"resources": size.resources, "charts": size.charts, "workloads": size.workloads, "KB": size.text}
SIZES: dict[str, dict[str, Sequence[int]]] = {
    "small": {"stacks": (2, 5, 10), "resources": (60, 125, 250), "KB": (250, 500, 1000), "pods": (100, 2500, 10000)},
    "medium": {
        "stacks": (5, 20, 50),
        "resources": (125, 500, 1000),
        "workloads": (50, 100, 200),
        "KB": (500, 1000, 2500),
        "pods": (100, 5000, 10000, 20000),
    },
    "large": {
        "stacks": (10, 50, 200),
        "resources": (250, 1000, 2000),
        "charts": (125, 250, 500, 1000),
        "workloads": (125, 250, 500),
        "KB": (1000, 2500, 5000, 10000),
        "pods": (100, 10000, 20000, 40000),
    },
}
"""Small takes about a minute on two quiet processors, medium about three, large about fifteen."""


def fleet(folder: Path, stacks: int) -> Path:
    """A project with many stacks like prod."""
    project = folder / f"fleet{stacks}"
    (project / "stacks").mkdir(parents=True)
    for name in ("Pulumi.yaml", "stacks/__main__.py"):
        (project / name).write_text((ROOT / name).read_text())
    text = (ROOT / "stacks/prod.yaml").read_text()
    for number in range(stacks):
        changed = text.replace("environment: prod", f"environment: prod{number}")
        (project / "stacks" / f"prod{number:03d}.yaml").write_text(changed)
    return project


def one(folder: Path, rounds: int) -> None:
    """Print what one preview costs against the bare program."""
    data = dump(folder / "prod.json")
    count = len(json.loads(data.read_text()))
    bare = f"bare program, {count} resources"
    commands = {
        bare: (ROOT, (HERE / "bare.py", data)),
        "preview prod": (ROOT, (*CLI, "preview", "prod")),
        "check prod": (ROOT, (*CLI, "check", "prod")),
    }
    measured(commands[bare][1], ROOT)  # compiles what the SDK left to be compiled
    found = least(commands, rounds)
    for name, used in found.items():
        print(f"{name:32}{used.seconds / found[bare].seconds:5.2f} of bare  {used}")


def stacks(folder: Path, counts: Sequence[int]) -> None:
    """Print how a fleet's cost grows with its stacks."""
    found: dict[str, list[Used]] = {}
    for count in counts:
        project = fleet(folder, count)
        commands: dict[str, tuple[Path, Sequence[str | Path]]] = {
            "check --all": (project, (*CLI, "check", "--all")),
            "check --all --policies": (project, (*CLI, "check", "--all", "--policies", "--profile", "baseline")),
            "preview --all": (project, (*CLI, "preview", "--all", "--format", "json")),
            "platforms in one program": (ROOT, (HERE / "fleet.py", project)),
        }
        for name, (where, command) in commands.items():
            found.setdefault(name, []).append(measured(command, where))
            progress(f"{name}, {count}", found[name][-1])
    for name, rows in found.items():
        _grown(name, "stacks", counts, rows)


def files(folder: Path, what: str, counts: Sequence[int]) -> None:
    """Print how the cost of one stack file grows with what is in it."""
    found: dict[str, list[Used]] = {"check": [], "preview": [], "diff": []}
    for count in counts:
        file, plan = folder / "prod.yaml", folder / "plan.json"
        for command, replicas, rest in (
            ("check", 1, ()),
            ("preview", 1, ("--format", "json")),
            ("diff", 2, ("--base", plan)),
        ):
            file.write_text(FILES[what](count, replicas))
            out = plan if command == "preview" else None
            found[command].append(measured((*CLI, command, "./prod.yaml", *rest), folder, out))
            progress(f"{command}, {count} {what}", found[command][-1])
    for command, rows in found.items():
        _grown(command, what, counts, rows)


def pods(folder: Path, counts: Sequence[int]) -> None:
    """Print what the nodes of so many pods cost to work out, over 20 pools, on top of a preview of the same stack."""
    file, table = folder / "prod.yaml", folder / "pods.csv"
    file.write_text(size.pools(_POOLS))
    preview = least({"preview": (folder, (*CLI, "preview", "./prod.yaml"))}, 3)["preview"]
    print(f"preview of {_POOLS} pools  {preview}")
    found = []
    for count in counts:
        table.write_text(size.requests(count))
        found.append(measured((*CLI, "capacity", "plan", "./prod.yaml", "--pods", table), folder))
        progress(f"capacity plan, {count} pods", found[-1])
    _grown("capacity plan", "pods", counts, found)


def _grown(name: str, what: str, counts: Sequence[int], rows: Sequence[Used]) -> None:
    told = "  ".join(f"{count}: {used}" for count, used in zip(counts, rows, strict=True))
    fit = Fit.of(counts, [used.seconds for used in rows])
    over = f"; over {MOST_MEGABYTES} MB" if max(used.megabytes for used in rows) > MOST_MEGABYTES else ""
    print(f"{name}, {what}:  {told}\n    {fit}{over}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", choices=SIZES, default="small", help="how large; default: small, about a minute")
    parser.add_argument(
        "--only",
        choices=("one", "stacks", "pods", *FILES),
        action="append",
        help="measure nothing but this; can be repeated",
    )
    given = parser.parse_args()
    sizes = SIZES[given.size]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        for part in given.only or ("one", *sizes):
            if part == "one":
                one(folder, 3)
            elif part == "stacks":
                stacks(folder, sizes[part])
            elif part == "pods":
                pods(folder, sizes.get(part) or SIZES["large"][part])
            else:
                files(folder, part, sizes.get(part) or SIZES["large"][part])
    print(f"in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
