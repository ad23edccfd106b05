"""Charts rendered by Helm, and which of their values steer what."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from eks_blueprints.core.versions import latest


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Takes a lone `=` for the text that Helm takes it for."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))
_CRDS = Path(__file__).parents[1] / "eks_blueprints" / "kubernetes" / "crds.json"
_NOISE = re.compile(r"$|Use --debug|WARNING|level=|\w+\.go:\d+: ")
"""Lines beside the one that says why."""
_SECRET = re.compile(r"[A-Za-z0-9+/=]{40,}")
_RANDOM = re.compile(r"^\s*(checksum/|caBundle:|tls\.|ca\.).*$", re.MULTILINE)


class RefusedError(Exception):
    """What Helm said to values that a chart does not take."""


_SERVED = ("apiregistration.k8s.io/v1",)
"""What every cluster serves, and Helm leaves out of what it says to charts where it sees no cluster."""


@dataclass(frozen=True)
class Render:
    """A chart in a folder, to be rendered as a release."""

    folder: Path
    name: str
    namespace: str

    def text(self, values: Mapping[str, Any], *, crds: bool = False, with_apis: bool = False) -> str:
        """The manifests; `with_apis` for a cluster that serves what add-ons bring.

        Raises:
            RefusedError: if the chart does not take the values.
        """
        call = ["helm", "template", self.name, str(self.folder), "--namespace", self.namespace, "--skip-tests"]
        call += ["--kube-version", latest(), "--values", "-", *(["--include-crds"] if crds else [])]
        call += [f"--api-versions={each}" for each in (*_SERVED, *(_apis() if with_apis else ()))]
        given = yaml.safe_dump(dict(values))
        done = subprocess.run(call, input=given, capture_output=True, text=True, check=False)  # noqa: S603 - Helm
        if "failing loading" in done.stderr:  # a schema that stands elsewhere
            call.append("--skip-schema-validation")
            done = subprocess.run(call, input=given, capture_output=True, text=True, check=False)  # noqa: S603 - Helm
        if done.returncode:
            raise RefusedError(_reason(done.stderr))
        return done.stdout

    def objects(self, values: Mapping[str, Any], *, crds: bool = False) -> list[Any]:
        """The objects."""
        return list(yaml.load_all(self.text(values, crds=crds), Loader=Loader))

    def reads(self, values: Mapping[str, Any], wanted: Sequence[str]) -> set[str]:
        """Those paths among values whose change changes what is rendered, or is refused."""
        base = _stable(self.text(values))
        steady = base == _stable(self.text(values))
        base = base if steady else _without_secrets(base)
        found = set()
        for path in wanted:
            for changed in _changes(_at(values, path)):
                try:
                    text = _stable(self.text(_with(values, {path: changed})))
                except RefusedError:
                    found.add(path)
                    break
                if (text if steady else _without_secrets(text)) != base:
                    found.add(path)
                    break
        return found


@cache
def _apis() -> list[str]:
    """Versions of groups, and the kinds in them, of CRDs that add-ons bring."""
    found = set()
    for named, said in json.loads(_CRDS.read_text(encoding="utf-8"))["kinds"].items():
        group, kind = named.split(" ")
        for version in re.findall(r"\bv\d\w*", said.partition(":")[2]):
            found |= {f"{group}/{version}", f"{group}/{version}/{kind}"}
    return sorted(found)


def _reason(stderr: str) -> str:
    lines = [line for line in stderr.strip().splitlines() if not _NOISE.match(line)]
    text = " ".join(" ".join(lines).split())
    text = re.sub(r"^Error: (execution error at|INSTALLATION FAILED:)?\s*", "", text)
    return re.sub(r"\S*/(?=[\w-]+/templates/)", "", text)[:300]


def _stable(text: str) -> str:
    return _RANDOM.sub("", _SECRET.sub("", text))


def _without_secrets(text: str) -> str:
    return "\n---".join(part for part in text.split("\n---") if "\nkind: Secret" not in part)


def _changes(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield f"{value}-x"
    elif isinstance(value, list):
        yield [] if value else ["x"]
    yield None


def leaves(values: Mapping[str, Any], below: str = "") -> Iterator[tuple[str, Any]]:
    """Values by their paths; a list is one, and so is a mapping that is empty."""
    for key, value in values.items():
        path = f"{below}{str(key).replace('.', chr(92) + '.')}"
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path, value


def keys_of(path: str) -> list[str]:
    """The keys of a path in values."""
    return [key.replace("\\.", ".") for key in re.split(r"(?<!\\)\.", path)]


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for key in keys_of(path):
        found = found[key]
    return found


def _with(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(dict(values))
    for path, value in changes.items():
        *above, last = keys_of(path)
        place = changed
        for key in above:
            if not isinstance(place.get(key), dict):
                place[key] = {}
            place = place[key]
        place[last] = value
    return changed


with_values = _with
