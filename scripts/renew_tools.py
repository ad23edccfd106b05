"""Renew the checksums of eks_blueprints/pipelines/tools.toml from the releases of each project.

python scripts/renew_tools.py                       # checks the versions that are there
python scripts/renew_tools.py kubectl=1.36.4 jq=1.8.2
"""

from __future__ import annotations

import re
import sys
import tomllib
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from eks_blueprints.pipelines import _tools

TABLE = Path(_tools.__file__).with_name("tools.toml")
_SUM = re.compile(r"\b[0-9a-f]{64}\b")


def main(versions: dict[str, str]) -> None:
    """Write the table."""
    text = TABLE.read_text(encoding="utf-8")
    for name, version in versions.items():
        text = with_version(text, name, version)
    for row in tomllib.loads(text).values():
        if not isinstance(row, dict) or "x86_64" not in row:
            continue
        for architecture, words in _tools.CALLED.items():
            filled = {key: _tools.filled(row[key], {"version": row["version"], **words}) for key in ("url", "sums")}
            with urllib.request.urlopen(filled["sums"], timeout=30) as answer:  # noqa: S310 - https, of our own table
                found = checksum(answer.read().decode(), filled["url"].rpartition("/")[2])
            text = text.replace(row[architecture], found)
    text = re.sub(r"(?m)^as_of = .*$", f"as_of = {datetime.now(UTC).date().isoformat()}", text)
    TABLE.write_text(text, encoding="utf-8")


def with_version(text: str, name: str, version: str) -> str:
    """The table with another version of one program."""
    changed, count = re.subn(rf'(?m)^(\[{re.escape(name)}\]\nversion = ")[^"]*', rf"\g<1>{version}", text)
    if not count:
        sys.exit(f"{name}: no such program in the table; got {version}; add its section first")
    return changed


def checksum(text: str, file: str) -> str:
    """The SHA-256 checksum of a file in a project's list of them, or the only one that is there."""
    of_file = [line for line in text.splitlines() if re.search(rf"(^|[\s*(/]){re.escape(file)}($|[\s)])", line)]
    found = {sum_ for line in of_file or text.splitlines() for sum_ in _SUM.findall(line)}
    if len(found) != 1:
        sys.exit(f"{file}: needs one checksum; got {len(found)}; look at the release")
    return found.pop()


if __name__ == "__main__":
    main(dict(word.split("=", 1) for word in sys.argv[1:]))
