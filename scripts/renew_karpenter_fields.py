"""Renew eks_blueprints/karpenter/fields.toml: which release of Karpenter brought which field; review the diff.

    python scripts/renew_karpenter_fields.py

Compares the kinds (CRDs) and the chart's settings of every minor release since the table's newest with the one before.
A checkout of karpenter-provider-aws as argument writes the whole table again from its tags, since 1.0.0. Needs the
network (the Go module proxy).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from go_modules import Archive, releases
from ruamel.yaml import YAML

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "karpenter" / "fields.toml"
MODULE = "github.com/aws/karpenter-provider-aws"
FOLDER = "pkg/apis/crds"
KINDS = {
    "NodePool": "karpenter.sh_nodepools.yaml",
    "EC2NodeClass": "karpenter.k8s.aws_ec2nodeclasses.yaml",
    "NodeOverlay": "karpenter.sh_nodeoverlays.yaml",
    "CapacityBuffer": "autoscaling.x-k8s.io_capacitybuffers.yaml",
}
CHART = "charts/karpenter/values.yaml"
LABEL = re.compile(r'"(karpenter\.k8s\.aws/[a-z0-9-]+)"')
Read = Callable[[str], str | None]


@dataclass
class Known:
    """What a release knows, or since when each of it is known."""

    kinds: dict[str, str] = field(default_factory=dict)
    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    values: dict[tuple[str, str, str], str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def parts(self) -> tuple[dict[Any, str], ...]:
        """All of its tables."""
        return (self.kinds, self.fields, self.values, self.labels)


def main() -> None:
    """Write the table again, or add what releases since its newest have brought."""
    if len(sys.argv) > 1:
        checkout = Path(sys.argv[1])
        tags = _git(checkout, "tag", "--list", "v1.*.0").split()
        versions = sorted((tag[1:] for tag in tags if re.fullmatch(r"v1\.\d+\.0", tag)), key=_parts)
        since = history(Known(), versions, {v: _tag(checkout, v) for v in versions})
        newest = versions[-1]
    else:
        since, newest = _table()
    known = releases(MODULE)
    later = [v for v in known if _parts(v) > _parts(newest)]
    steps = [newest, *(v for v in later if v.endswith(".0") or v == later[-1])]
    archives = {v: Archive(MODULE, v).text for v in steps}
    since = history(since, steps, archives, first=False)
    TABLE.write_text(text(since, steps[-1]), encoding="utf-8")


def history(since: Known, versions: list[str], reads: dict[str, Read], *, first: bool = True) -> Known:
    """The same with what each release brings that those before it had not; `first`: all of the first is its own."""
    before = Known() if first else known_by(versions[0], reads[versions[0]])
    for version in versions[0 if first else 1 :]:
        now = known_by(version, reads[version])
        for all_time, old, new in zip(since.parts(), before.parts(), now.parts(), strict=True):
            all_time.update({key: version for key in new if key not in old and key not in all_time})
        before = now
    return since


def known_by(version: str, read: Read) -> Known:
    """What a release knows."""
    known = Known()
    for kind, file in KINDS.items():
        crd = read(f"{FOLDER}/{file}")
        if crd is None:
            continue
        known.kinds[kind] = version
        (served,) = [v for v in YAML(typ="safe", pure=True).load(crd)["spec"]["versions"] if v["storage"]]
        for path, value in _paths("spec", served["schema"]["openAPIV3Schema"]["properties"]["spec"]):
            if value is None:
                known.fields[kind, path] = version
            else:
                known.values[kind, path, value] = version
        if kind == "NodePool":
            known.labels |= dict.fromkeys(LABEL.findall(crd), version)
    settings = YAML(typ="safe", pure=True).load(read(CHART) or "{}").get("settings", {})
    known.fields |= {("chart", path): version for path in _settings("settings", settings)}
    return known


def text(since: Known, newest: str) -> str:
    """The table's text, without what 1.0.0 had: all that is older than any release in use."""
    lines = [
        "# What each release of Karpenter brought to its kinds and its chart's settings, since 1.0.0.",
        f"# source: {MODULE} 1.0.0 to {newest}, {FOLDER} and {CHART}",
        "# renew:  python scripts/renew_karpenter_fields.py",
        "# needs:  package registries",
        "",
        f"as_of = {datetime.now(UTC).date()}",
        f'newest = "{newest}"',
        "",
        "[kinds]",
        *(f'{kind} = "{release}"' for kind, release in since.kinds.items()),
        "",
        "# Labels that requirements of a pool may name.",
        "[labels]",
        *(f'"{label}" = "{r}"' for label, r in sorted(since.labels.items()) if r != "1.0.0"),
    ]
    for kind in (*KINDS, "chart"):
        begun = since.kinds.get(kind, "1.0.0")
        new = {path: release for (k, path), release in since.fields.items() if k == kind and release != begun}
        rows = [f'"{path}" = "{new[path]}"' for path in sorted(new) if not _below(path, new)]
        lines += ["", f"[fields.{kind}]", *rows] if rows else []
    for kind in KINDS:
        begun = since.kinds.get(kind, "1.0.0")
        new_values = {
            (path, value): release
            for (k, path, value), release in since.values.items()
            if k == kind and release not in (begun, since.fields.get((kind, path)))
        }
        rows = [f'"{path}={value}" = "{release}"' for (path, value), release in sorted(new_values.items())]
        lines += ["", f"[values.{kind}]", *rows] if rows else []
    return "\n".join(lines) + "\n"


def _paths(at: str, schema: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Every field below a schema, and the values of those that are chosen from a list."""
    yield at, None
    for value in schema.get("enum", ()):
        yield at, str(value)
    for name, part in schema.get("properties", {}).items():
        yield from _paths(f"{at}.{name}", part)
    if "items" in schema:
        yield from _paths(f"{at}[]", schema["items"])
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        yield f"{at}.*", None


def _settings(at: str, values: dict[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        yield f"{at}.{name}"
        if isinstance(value, dict):
            yield from _settings(f"{at}.{name}", value)


def _below(path: str, others: dict[str, str]) -> bool:
    # A field that came with its parent is told by it; one that came later is told for itself.
    return any(path != other and path.startswith((f"{other}.", f"{other}[")) for other in others)


def _table() -> tuple[Known, str]:
    found = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    since = Known(kinds=found["kinds"], labels=found["labels"])
    for kind, rows in found["fields"].items():
        since.fields |= {(kind, path): release for path, release in rows.items()}
    for kind, rows in found["values"].items():
        since.values |= {(kind, *row.rsplit("=", 1)): release for row, release in rows.items()}
    return since, found["newest"]


def _tag(checkout: Path, version: str) -> Read:
    def read(path: str) -> str | None:
        try:
            return _git(checkout, "show", f"v{version}:{path}")
        except subprocess.CalledProcessError:
            return None

    return read


def _git(checkout: Path, *command: str) -> str:
    call = ["git", "-C", str(checkout), *command]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout  # noqa: S603 - git on a checkout


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    main()
