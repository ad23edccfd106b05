"""Charts rendered by Helm itself, where it is on the PATH and the chart is within reach.

A chart is within reach if it lies in a folder or an archive, or in Helm's cache. Repositories are asked only where
`--render` says so. Helm gets placeholders for what is secret or not known, so that no secret leaves the plan.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

from eks_blueprints.core.charts.model import Rendered
from eks_blueprints.core.charts.objects import read
from eks_blueprints.core.plain_secrets import hidden
from eks_blueprints.core.versions import latest
from eks_blueprints.policies.inside.fetched import fetched, is_within_reach
from eks_blueprints.policies.installed import Installed
from eks_blueprints.policies.stack import Stack

VARIABLE = "EKS_BLUEPRINTS_RENDER"
"""Set to 1 by `--render`: repositories of charts are asked."""
PLACEHOLDER = "placeholder"
_SECONDS = 120
_NOISE = re.compile(r"$|Use --debug|WARNING|level=|\w+\.go:\d+: ")
"""Lines of Helm's beside the one that says why."""
_VERSIONS = ("apiregistration.k8s.io/v1",)
"""What every cluster serves, and Helm leaves out of what it says to charts where it sees no cluster."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chart lies."""

    chart: str
    """A folder, an archive, or a name in a repository."""
    repository: str = ""
    version: str = ""
    own: bool = False
    """Whether it lies in a folder or an archive of the program, so that whoever wrote that answers for it."""


def asked() -> bool:
    """Whether repositories are asked."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def helm() -> str | None:
    """Helm's own path, if it is there."""
    return _on(os.environ.get("PATH"))


@cache
def _on(path: str | None) -> str | None:
    # Asked for every chart, and a PATH may have many folders.
    return shutil.which("helm", path=path)


@cache
def version(program: str) -> str:
    """`Helm v3.19.0`."""
    done = subprocess.run([program, "version", "--short"], capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    match = re.search(r"v\d+\.\d+(\.\d+)?", done.stdout)
    return f"Helm {match[0] if match else 'of an unknown version'}"


def places(installed: Installed, stack: Stack) -> list[Place]:
    """Where a chart lies within reach, the best place first; nothing where it does not."""
    inputs = installed.resource.inputs
    given = inputs.get("chart")
    if isinstance(given, str) and (given.startswith((".", "/")) or given.endswith((".tgz", ".tar.gz"))):
        file = (stack.folder or File.cwd()) / given
        return [Place(str(file), own=True)] if file.exists() else []
    if installed.version is None or "${" in installed.version:
        return []
    found = []
    options = inputs.get("repositoryOpts")
    login = isinstance(options, Mapping) and "password" in options
    # The name of a file in the cache does not tell which repository the chart is from.
    if asked() and not login and "${" not in installed.repository and is_within_reach(installed.repository):
        found.append(Place(installed.chart, installed.repository, installed.version))
    cached = _cache_folder() / f"{installed.chart}-{installed.version}.tgz"
    return [*found, Place(str(cached))] if cached.is_file() else found


def _cache_folder() -> File:
    named = os.environ.get("HELM_REPOSITORY_CACHE")
    home = os.environ.get("HELM_CACHE_HOME") or f"{os.environ.get('XDG_CACHE_HOME') or File.home() / '.cache'}/helm"
    return File(named) if named else File(home) / "repository"


def safe(values: Any) -> Any:
    """Values with placeholders for what is secret or not known, and for what looks like a secret in plain text."""
    return hidden(_marked(values), "", PLACEHOLDER)


def _marked(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "$secret" in value or "$unknown" in value:
            return PLACEHOLDER
        return {key: _marked(each) for key, each in value.items()}
    return [_marked(each) for each in value] if isinstance(value, list) else value


def rendered(installed: Installed, where: Place, values: Mapping[str, Any], kubernetes: str | None) -> Rendered | str:
    """What a chart renders with values; a text where Helm does not render it: the reason."""
    found = _at_hand(where)
    if isinstance(found, str):
        return found
    text = json.dumps(safe(values), sort_keys=True)
    return _rendered(*found, installed.release, installed.namespace, text, kubernetes or latest())


def manifests(
    where: Place, release: str, namespace: str, values: Mapping[str, Any], kubernetes: str | None
) -> list[Any] | str:
    """The objects that a chart renders with values, just as they are; a text where Helm does not: the reason."""
    found = _at_hand(where)
    if isinstance(found, str):
        return found
    text = json.dumps(values, sort_keys=True)
    try:
        return _documents(_template(*found, release, namespace, text, kubernetes or latest()))
    except _NotRenderedError as error:
        return str(error)
    except ValueError:
        return "what Helm renders is no YAML"


def _at_hand(where: Place) -> tuple[str, str] | str:
    """Helm, and a chart's folder or archive; a text where they are not at hand."""
    program = helm()
    if program is None:
        return "there is no Helm on the PATH"
    chart = fetched(program, where.repository, where.chart, where.version) if where.repository else File(where.chart)
    return chart if isinstance(chart, str) else (program, str(chart))


class _NotRenderedError(Exception):
    """Why Helm did not render a chart."""


@cache
def _rendered(  # noqa: PLR0917 - in Helm's own order
    program: str, chart: str, release: str, namespace: str, values: str, kubernetes: str
) -> Rendered | str:
    try:
        text = _template(program, chart, release, namespace, values, kubernetes)
    except _NotRenderedError as error:
        return str(error)
    try:
        return read(_documents(text), namespace)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return f"what Helm renders cannot be read: {type(error).__name__}"


def _template(  # noqa: PLR0917 - in Helm's own order
    program: str, chart: str, release: str, namespace: str, values: str, kubernetes: str
) -> str:
    call = [program, "template", f"--namespace={namespace}", "--include-crds", "--skip-tests", "--values=-"]
    call += [f"--kube-version={kubernetes}", *(f"--api-versions={each}" for each in _VERSIONS)]
    # Names that a program gives are none of Helm's options.
    call += ["--", release, chart]
    try:
        done = subprocess.run(  # noqa: S603 - Helm, as the PATH has it
            call, input=values, capture_output=True, encoding="utf-8", check=False, timeout=_SECONDS
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise _NotRenderedError(f"Helm did not end: {type(error).__name__}") from error
    if done.returncode:
        raise _NotRenderedError(f"Helm does not render it: {_reason(done.stderr)}")
    return done.stdout


def _documents(text: str) -> list[Any]:
    # Of pulumi, and many times as fast as a loader that keeps places.
    yaml: Any = importlib.import_module("yaml")
    found: Any = type("Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})
    found.add_constructor("tag:yaml.org,2002:value", lambda each, node: each.construct_scalar(node))
    try:
        return list(yaml.load_all(text, Loader=found))
    except yaml.YAMLError as error:
        raise ValueError("no YAML") from error


def _reason(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if not _NOISE.match(line)]
    return " ".join(" ".join(lines).split()).removeprefix("Error: ")[:200]
