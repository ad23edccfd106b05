"""Charts that Helm fetches from their repositories, once for all that is asked of them, and why it could not."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path as File
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

_SECONDS = 120
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_WHY = (
    (r"x509|tls: |certificate", "cannot be trusted: {detail}"),
    (
        r"dial tcp|no such host|i/o timeout|connection re|network is unreachable|EOF$.*Get",
        "cannot be reached: {detail}",
    ),
    (r"\b(401|403)\b|[Uu]nauthorized|denied|basic credential", "asks for a login, which none is given here"),
    (r"not found in .* repository|FetchReference.*not found|Unable to locate", "has no {chart} {version}"),
    (r"failed to fetch \S*index\.yaml : (\d+)", "is no repository of charts: it answers {detail} for its index.yaml"),
    (r"not a valid chart repository", "is no repository of charts: its index.yaml cannot be read"),
    (r"failed to fetch \S+ : (\d+)", "names {chart} {version}, and answers {detail} for it"),
    (r"digest", "sends something else than the digest of {chart} {version} tells"),
)
"""What Helm says, and what that means of a repository; the first that fits."""
_DETAILS = re.compile(
    r"(?:no such host|connection \w+|i/o timeout|network is unreachable|(?:x509|tls): [^\"]+|(?<= : )\d{3}\b)"
)


def is_within_reach(repository: str) -> bool:
    """Whether a repository is one that is asked: over TLS, or on this machine."""
    try:
        scheme, host = urlsplit(repository).scheme, urlsplit(repository).hostname
    except ValueError:
        return False
    return scheme in ("https", "oci") or (scheme == "http" and host in _LOOPBACK)


def fetched(program: str, repository: str, chart: str, version: str) -> File | str:
    """The archive of a chart; a text where it cannot be had: the reason, in one line."""
    found = _fetched(program, repository.rstrip("/"), chart, version)
    return found if isinstance(found, File) else f"its repository {urlsplit(repository).hostname} {found}"


@cache
def _fetched(program: str, repository: str, chart: str, version: str) -> File | str:
    # A folder of its own: Helm takes one that is called like the chart, where it runs, for the chart.
    folder = File(tempfile.mkdtemp(dir=_folder()))
    call = [program, "pull", f"--version={version}", f"--destination={folder}"]
    if repository.startswith("oci://"):
        call += ["--plain-http"] if urlsplit(repository).hostname in _LOOPBACK else []
        call += ["--", f"{repository}/{chart}"]
    else:
        call += [f"--repo={repository}", "--", chart]
    surroundings = os.environ | {"HELM_REPOSITORY_CACHE": str(folder / "cache")}
    try:
        done = subprocess.run(  # noqa: S603 - Helm, as the PATH has it
            call, capture_output=True, text=True, check=False, timeout=_SECONDS, cwd=folder, env=surroundings
        )
    except subprocess.TimeoutExpired:
        return f"did not answer within {_SECONDS} seconds"
    except OSError as error:
        return f"was not asked, for Helm does not start: {type(error).__name__}"
    if done.returncode:
        return _why(done.stderr, chart, version)
    files = [*folder.glob("*.tgz")]
    if len(files) != 1:
        return f"sends no archive of {chart} {version}"
    if not repository.startswith("oci://") and not _is_as_told(files[0], repository, chart, version):
        return f"sends something else than the digest of {chart} {version} in its index.yaml tells"
    return files[0]


@cache
def _folder() -> str:
    _KEPT.append(tempfile.TemporaryDirectory(prefix="charts-"))
    return _KEPT[0].name


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that go when the program ends."""


def _why(stderr: str, chart: str, version: str) -> str:
    lines = [line for line in stderr.strip().splitlines() if line]
    said = " ".join((lines or [""])[-1].split())
    for sign, meaning in _WHY:
        if re.search(sign, said):
            detail = _DETAILS.search(re.sub(r"\S+://\S+", "", said))
            return meaning.format(chart=chart, version=version, detail=detail[0] if detail else "no answer")
    return f"sends no chart that Helm can read: {re.sub(r'//[^/@ ]*@', '//', said.removeprefix('Error: '))[:120]}"


def _is_as_told(file: File, repository: str, chart: str, version: str) -> bool:
    """Whether an archive has the digest that the index of its repository has for it, which Helm does not look at."""
    from urllib.request import urlopen  # loads more modules than all that looks into charts

    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    try:
        with urlopen(f"{repository}/index.yaml", timeout=_SECONDS) as answer:  # noqa: S310 - is_within_reach
            text = answer.read().decode("utf-8", errors="replace")
    except (URLError, OSError, ValueError):
        return True  # Helm has ways to it that are not known here
    return digest in text or _digest(text, chart, version) in ("", digest)


def _digest(index: str, chart: str, version: str) -> str:
    yaml: Any = importlib.import_module("yaml")
    try:
        entries = yaml.load(index, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["entries"][chart]
        found = [each for each in entries if str(each.get("version")).lstrip("v") == version.lstrip("v")]
        return str(found[0].get("digest") or "").removeprefix("sha256:") if found else ""
    except (yaml.YAMLError, LookupError, TypeError, AttributeError):
        return ""
