"""How room and time grow with a stack file: `python size.py`. Each measure is one process of the command."""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

MOST_MEGABYTES = 300
ADDONS = (125, 250, 500, 1000)
MEGABYTES = (1.0, 2.5, 5.0, 10.0)
HEAD = """\
region: eu-west-1
cluster: {version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}
compute: {system: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
"""
CHART = "kind: helm, chart: podinfo, repository: https://stefanprodan.github.io/podinfo, version: 6.9.0"


def many(addons: int, replicas: int) -> str:
    """A stack file with so many charts."""
    rows = (
        f'  app{n}: {{{CHART}, namespace: team-{n % 50}, values: {{replicaCount: {replicas}, tag: "6.{n}"}}}}\n'
        for n in range(addons)
    )
    return HEAD + "".join(rows)


def large(megabytes: float, replicas: int) -> str:
    """A stack file of one chart with values of that size, in texts of 80 lines."""
    text = "        lorem ipsum dolor sit amet, consectetur adipiscing elit\n" * 80
    rows = "".join(f"      text{n}: |\n{text}" for n in range(int(megabytes * 1e6 / len(text))))
    start = f"  app:\n    {CHART.replace(', ', chr(10) + '    ')}\n    namespace: team\n    values:\n"
    return f"{HEAD}{start}      replicaCount: {replicas}\n{rows}"


def measured(command: Sequence[str], folder: Path, out: Path) -> tuple[float, float]:
    """Seconds of processor time, and the most memory in megabytes, of one command in a process of its own."""
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
    script += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call = [sys.executable, "-c", script, sys.executable, "-m", "eks_blueprints", *command]
    with out.open("w") as stdout:
        done = subprocess.run(call, cwd=folder, check=True, stdout=stdout, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(done.stderr.split()[-1]) / (1024 if sys.platform != "darwin" else 1024**2)


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """How time grows with size between the two largest: 1 is linear, 2 is quadratic."""
    return math.log(seconds[-1] / seconds[-2]) / math.log(sizes[-1] / sizes[-2])


def main() -> None:
    """Measure and print."""
    began = time.perf_counter()
    for label, sizes, write in (("add-ons", ADDONS, many), ("MB", MEGABYTES, large)):
        found: dict[str, list[tuple[float, float]]] = {"check": [], "preview": [], "diff": []}
        for size in sizes:
            with tempfile.TemporaryDirectory() as where:
                folder = Path(where)
                file, plan, rest = folder / "prod.yaml", folder / "plan.json", folder / "rest"
                file.write_text(write(size, 1))  # type: ignore[operator]
                found["check"].append(measured(["check", "./prod.yaml"], folder, rest))
                found["preview"].append(measured(["preview", "./prod.yaml", "--format", "json"], folder, plan))
                file.write_text(write(size, 2))  # type: ignore[operator]
                found["diff"].append(measured(["diff", "./prod.yaml", "--base", "plan.json"], folder, rest))
        for command, rows in found.items():
            pairs = zip(sizes, rows, strict=True)
            told = "  ".join(f"{size:g}: {seconds:.1f} s {room:.0f} MB" for size, (seconds, room) in pairs)
            grows = exponent(sizes, [seconds for seconds, _ in rows])
            over = "" if max(room for _, room in rows) < MOST_MEGABYTES else f"  over {MOST_MEGABYTES} MB"
            print(f"{command:8}{label:8}{told}  grows as n^{grows:.2f}{over}")
    print(f"in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
