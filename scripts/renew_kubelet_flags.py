"""Writes `eks_blueprints/core/node_settings/kubelet_flags.toml` from the sources of Kubernetes; review the diff.

    python scripts/renew_kubelet_flags.py

Needs the network (the Go module proxy): the newest patch of every minor from `OLDEST` on, some 45 MB each.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from go_modules import Archive, releases

OUT = Path(__file__).parent.parent / "eks_blueprints" / "core" / "node_settings" / "kubelet_flags.toml"
MODULE = "k8s.io/kubernetes"
FOLDER = "cmd/kubelet/app/options"
FILES = (
    *(f"{FOLDER}/{name}.go" for name in ("options", "globalflags", "globalflags_linux", "osflags_others")),
    "pkg/kubelet/config/flags.go",  # until 1.34
)
OLDEST = 32  # the oldest minor of Kubernetes that EKS ran when this was written

# What libraries of component-base and pflag add: cli/globalflag, version/verflag and logs/api/v1.
OF_LIBRARIES = (
    "help",
    "log-flush-frequency",
    "log-json-info-buffer-size",
    "log-json-split-stream",
    "log-text-info-buffer-size",
    "log-text-split-stream",
    "logging-format",
    "v",
    "version",
    "vmodule",
)


def main() -> None:
    """Download the releases and write the table."""
    newest_patches: dict[int, str] = {}
    for version in releases(MODULE):
        major, minor, _ = (int(part) for part in version.split("."))
        if major == 1 and minor >= OLDEST:
            newest_patches[minor] = version
    OUT.write_text(table({minor: _flags(version) for minor, version in newest_patches.items()}), encoding="utf-8")


def _flags(version: str) -> set[str]:
    archive = Archive(MODULE, version)
    return flags("\n".join(archive.text(path) or "" for path in FILES))


def flags(source: str) -> set[str]:
    """The flags that Go source defines: the first text of each call on a set of flags."""
    calls = re.findall(r"\bfs\.(?!Mark|Lookup|Set)\w+\([^\n]*?\"([a-z][a-z0-9-]*)\"", source)
    # Flags of libraries, which the kubelet takes over by their names.
    taken_over = re.findall(r"\bregister(?:Deprecated)?\(global, local, \"([a-z][a-z0-9_-]*)\"", source)
    return {*calls, *(name.replace("_", "-") for name in taken_over), *OF_LIBRARIES}


def table(by_minor: dict[int, set[str]]) -> str:
    """The table's text."""
    lines = [
        "# Flags of the kubelet; `since` and `until` name minors of Kubernetes 1.",
        "",
        f'source = "{MODULE} {FOLDER}"',
        f"as_of = {datetime.now(UTC).date()}",
        'renew = "python scripts/renew_kubelet_flags.py"',
        'needs = "package registries"',
        f'release = "Kubernetes 1.{max(by_minor)}"',
        f"newest = {max(by_minor)}",
        "",
        "[enums]",
        "",
        "[types.Flags]",
    ]
    for name in sorted(set().union(*by_minor.values())):
        known = [minor for minor in by_minor if name in by_minor[minor]]
        since = f" since {min(known)}" if min(known) > min(by_minor) else ""
        until = f" until {max(known)}" if max(known) < max(by_minor) else ""
        lines.append(f'{name} = "any{since}{until}"')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
