"""Releases of Go modules and their files, from the Go module proxy."""

from __future__ import annotations

import io
import re
import urllib.request
import zipfile

PROXY = "https://proxy.golang.org"


def releases(module: str) -> list[str]:
    """Its releases, such as `1.15.2`, oldest first; no release candidates."""
    with urllib.request.urlopen(f"{PROXY}/{_escaped(module)}/@v/list", timeout=60) as answer:  # noqa: S310 - the proxy above
        found = re.findall(r"^v(\d+\.\d+\.\d+)$", answer.read().decode(), re.MULTILINE)
    return sorted(found, key=lambda version: tuple(int(part) for part in version.split(".")))


class Archive:
    """The files of one release."""

    def __init__(self, module: str, version: str) -> None:
        with urllib.request.urlopen(f"{PROXY}/{_escaped(module)}/@v/v{version}.zip", timeout=300) as answer:  # noqa: S310
            self._zip = zipfile.ZipFile(io.BytesIO(answer.read()))
        self._root = f"{module}@v{version}/"

    def files(self) -> list[str]:
        """The paths of all files."""
        return [name.removeprefix(self._root) for name in self._zip.namelist()]

    def text(self, path: str) -> str | None:
        """What a file holds; None where there is none."""
        try:
            return self._zip.read(self._root + path).decode()
        except KeyError:
            return None

    def below(self, folder: str) -> dict[str, bytes]:
        """The files of a folder, by their paths in it."""
        start = f"{self._root}{folder}/"
        names = [name for name in self._zip.namelist() if name.startswith(start) and not name.endswith("/")]
        return {name.removeprefix(start): self._zip.read(name) for name in names}


def _escaped(module: str) -> str:
    """As the proxy has it: a capital letter is written small, behind a `!`."""
    return re.sub(r"[A-Z]", lambda found: f"!{found[0].lower()}", module)
