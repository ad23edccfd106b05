"""Charts unpacked from git checkouts of the projects that make them, with the charts that these depend on."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from go_modules import Archive

SOURCES = Path(__file__).with_name("chart_sources.toml")


class NotThereError(Exception):
    """A chart that the checkouts do not have; its text is why."""


@dataclass
class Unpacked:
    """A chart in a folder."""

    folder: Path
    version: str
    """The version that was found: the one asked for, or the nearest one."""
    left_out: list[str] = field(default_factory=list)
    """Charts that it depends on and that could not be had; empty ones stand in for them."""


@dataclass
class Checkouts:
    """A folder that holds checkouts as `owner/name`, as GitHub names them."""

    root: Path

    def unpack(self, name: str, version: str, repository: str, into: Path) -> Unpacked:
        """A chart of a version, or of the nearest older one, in a new folder `into/name`.

        Raises:
            NotThereError: if there is no such chart.
        """
        source = _source(repository, name)
        if "closed" in source:
            raise NotThereError(source["closed"])
        repo = self.root / source["git"]
        folder = into / name
        folder.mkdir(parents=True)
        if "module" in source and (found := _from_module(source, version, folder)):
            unpacked = Unpacked(folder, found)
            self._dependencies(unpacked, repo, source)
            return unpacked
        if not repo.exists():
            raise NotThereError(f"no checkout of github.com/{source['git']}")
        found = _archived(repo, source, name, version, folder) if "archive" in source else None
        found = found or _from_commit(repo, source, version, folder)
        _add_crds(repo, source, folder)
        unpacked = Unpacked(folder, found)
        self._dependencies(unpacked, repo, source)
        return unpacked

    def _dependencies(self, unpacked: Unpacked, repo: Path, source: dict[str, Any]) -> None:
        # Charts of Helm's first API version have their dependencies in a file of their own.
        chart = _yaml(unpacked.folder / "Chart.yaml") | _yaml(unpacked.folder / "requirements.yaml")
        lock = next((f for f in (unpacked.folder / n for n in ("Chart.lock", "requirements.lock")) if f.exists()), None)
        locked = {each["name"]: each["version"] for each in (_yaml(lock) if lock else {}).get("dependencies", [])}
        charts = unpacked.folder / "charts"
        for needed in chart.get("dependencies") or ():
            name, at = needed["name"], str(needed.get("repository") or "")
            if (charts / name / "Chart.yaml").exists() or list(charts.glob(f"{name}-*.tgz")):
                continue
            version = str(locked.get(name, needed["version"]))
            try:
                if at.startswith("file://"):
                    path = Path("/", source["path"], at.removeprefix("file://")).resolve().relative_to("/")
                    _archive(repo, source["commit"], str(path), charts / name)
                    self._dependencies(Unpacked(charts / name, version), repo, source | {"path": str(path)})
                elif at:
                    below = self.unpack(name, version, at.rstrip("/"), charts)
                    unpacked.left_out += below.left_out
                else:
                    continue
            except (NotThereError, subprocess.CalledProcessError):
                unpacked.left_out.append(f"{name} {version}")
                _stub(charts / name, name, needed["version"])


def _source(repository: str, name: str) -> dict[str, Any]:
    known = _sources().get(repository)
    if known is None:
        raise NotThereError(f"nothing known about {repository}")
    source = {key: value for key, value in known.items() if key != "charts"} | known.get("charts", {}).get(name, {})
    stem = name.removesuffix(source.get("strip", ""))
    keep = {"version": "{version}", "edge": "{edge}"}  # filled in later
    return {key: value.format(name=name, stem=stem, **keep) for key, value in source.items()}


@cache
def _sources() -> dict[str, Any]:
    return tomllib.loads(SOURCES.read_text(encoding="utf-8"))


def _from_module(source: dict[str, Any], version: str, folder: Path) -> str:
    """Unpacks from the Go module that the project is, at the version; gives it back, or nothing where there is none."""
    plain = version.removeprefix("v")
    try:
        files = Archive(source["module"], plain).below(source["module_path"])
    except OSError:
        return ""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    _name_version(folder, version, source.get("replace", ""))
    return version


def _from_commit(repo: Path, source: dict[str, Any], version: str, folder: Path) -> str:
    """Unpacks from the tag, or from the newest commit whose Chart.yaml has the version; gives the version back."""
    if "tag" in source:
        plain = version.removeprefix("v")
        if found := _tagged(repo, source["tag"], plain):
            tag, there = found
            source["commit"] = tag
            _archive(repo, tag, source["path"], folder)
            version = version if there == plain else there
            _name_version(folder, version, source.get("replace", ""))
            return version
    file = f"{source['path']}/Chart.yaml"
    best: tuple[tuple[int, ...], str, str] | None = None
    wanted = _fitting(version)
    for commit in git(repo, "log", "--all", "--format=%H", "--", file).split():
        try:
            text = git(repo, "show", f"{commit}:{file}")
        except subprocess.CalledProcessError:
            continue
        match = re.search(r"^version:\s*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
        if match is None:
            continue
        if match[1].lstrip("v") == version.lstrip("v"):
            best = (_numbers(match[1]), commit, version)
            break
        if wanted(match[1]) and (best is None or _numbers(match[1]) > best[0]):
            best = (_numbers(match[1]), commit, match[1])
    if best is None:
        raise NotThereError(f"no version {version} or near it in github.com/{source['git']}")
    source["commit"] = best[1]
    _archive(repo, best[1], source["path"], folder)
    return best[2]


def _tagged(repo: Path, form: str, version: str) -> tuple[str, str] | None:
    """The tag of a version, or of the nearest older one of the same major, and that version."""
    tags = {_of_tag(form, tag): tag for tag in git(repo, "tag").split() if _of_tag(form, tag)}
    fits = _fitting(version)
    if version not in tags and (older := [each for each in tags if fits(each)]):
        version = max(older, key=_numbers)
    return (tags[version], version) if version in tags else None


def _of_tag(form: str, tag: str) -> str:
    """The version that a tag is of; empty where it is of another form."""
    edge = "{edge}" in form
    match = re.fullmatch(re.escape(form).replace(r"\{edge\}" if edge else r"\{version\}", r"(\d+\.\d+\.\d+\S*)"), tag)
    return "" if match is None else f"20{match[1]}" if edge else match[1]


def _fitting(version: str) -> Any:
    """Whether a version is one that a range allows or, of an exact version, an older one of the same major."""
    exact = re.fullmatch(r"v?\d+\.\d+\.\d+\S*", version)
    top, parts = _numbers(version), re.findall(r"\d+", version.split(" ", maxsplit=1)[0])

    def fits(found: str) -> bool:
        numbers = _numbers(found)
        if "-" in found:
            return False
        if exact:
            # A year is no line of its own.
            return (numbers[:1] == top[:1] or min(numbers[0], top[0]) > 2000) and numbers <= top
        if version.startswith("~"):
            return numbers[: min(2, len(parts))] == top[: min(2, len(parts))]
        if version.startswith("^"):
            return numbers[:1] == top[:1]
        if version.startswith(">"):
            return numbers >= top
        return all(str(number) == part for number, part in zip(numbers, parts, strict=False))

    return fits


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(
        int(part) for part in re.findall(r"\d+", version.split("-", maxsplit=1)[0].split("+", maxsplit=1)[0])[:3]
    )


def _archived(repo: Path, source: dict[str, Any], name: str, version: str, folder: Path) -> str:
    """Unpacks a packed chart of the newest fitting version that the repository holds."""
    form = re.escape(source["archive"].format(name=name, version="VERSION")).replace("VERSION", r"(\d+\.\d+\.\d+)")
    files = git(repo, "ls-tree", "-r", "--name-only", "HEAD").split("\n")
    fits = _fitting(version)
    found = {match[1]: file for file in files if (match := re.fullmatch(form, file)) and fits(match[1])}
    if not found:
        raise NotThereError(f"no {name} {version} in github.com/{source['git']}")
    best = version if version in found else max(found, key=_numbers)
    call = ["git", "-C", str(repo), "show", f"HEAD:{found[best]}"]
    packed = subprocess.run(call, capture_output=True, check=True).stdout  # noqa: S603 - git on a checkout
    _extract(packed, folder, strip=f"{name}/")
    return best


def _archive(repo: Path, commit: str, path: str, folder: Path) -> None:
    call = ["git", "-C", str(repo), "archive", "--format=tar", commit, path]
    packed = subprocess.run(call, capture_output=True, check=True).stdout  # noqa: S603 - git on a checkout
    _extract(packed, folder, strip=f"{path}/")


def _extract(packed: bytes, folder: Path, strip: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive.getmembers():
            if member.isfile() and member.name.startswith(strip):
                target = folder / member.name.removeprefix(strip)
                target.parent.mkdir(parents=True, exist_ok=True)
                content = archive.extractfile(member)
                target.write_bytes(content.read() if content else b"")


def _add_crds(repo: Path, source: dict[str, Any], folder: Path) -> None:
    """Puts CRDs into a chart as its release does (`from -> to`), in a chart that it depends on too."""
    for each in filter(None, source.get("crds", "").split(";")):
        at, _, into = (part.strip() for part in each.partition("->"))
        _archive(repo, source["commit"], at, folder / into)
        for file in (folder / into).glob("*"):
            if "kind: CustomResourceDefinition" not in file.read_text(encoding="utf-8", errors="replace"):
                file.unlink()
        top, name, *_ = *Path(into).parts, ""
        if top == "charts":
            needed = {each["name"]: each["version"] for each in _yaml(folder / "Chart.yaml").get("dependencies", ())}
            _stub(folder / top / name, name, needed[name])


def _name_version(folder: Path, version: str, replaced: str) -> None:
    """Writes what is written when a chart is released: its version, and its images' place (`from -> to`)."""
    file = folder / "Chart.yaml"
    template = folder / "Chart.template.yaml"
    text = (template if template.exists() else file).read_text(encoding="utf-8")
    text = re.sub(r"^version:.*$", f"version: {version.removeprefix('v')}", text, flags=re.MULTILINE)
    text = re.sub(
        r"^(appVersion:\s*[\"']?v?)(0\.0\.0(-preview[\w.-]*)?|main-latest)",
        rf"\g<1>{version.removeprefix('v')}",
        text,
        flags=re.MULTILINE,
    )
    file.write_text(text, encoding="utf-8")
    values = folder / "values.yaml"
    for each in filter(None, replaced.split(";")):
        old, _, new = (part.strip() for part in each.partition("->"))
        text = values.read_text(encoding="utf-8").replace(old, new.replace("{version}", version.removeprefix("v")))
        values.write_text(text, encoding="utf-8")


def _stub(folder: Path, name: str, version: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    exact = re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", version)
    number = version if exact else ".".join(map(str, (*_numbers(version), 0, 0, 0)[:3]))
    chart = {"apiVersion": "v2", "name": name, "version": number}
    (folder / "Chart.yaml").write_text(yaml.safe_dump(chart), encoding="utf-8")


def _yaml(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def git(repo: Path, *command: str) -> str:
    """What git says of a checkout."""
    call = ["git", "-C", str(repo), *command]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout  # noqa: S603 - git on a checkout
