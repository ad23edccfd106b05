"""Renew eks_blueprints/kubernetes/crds.json and crds.zip: what CRDs say of the kinds that charts and EKS bring.

    python scripts/renew_crds.py CHECKOUTS [SOURCE...]

CHECKOUTS is the folder of renew_charts.py; CRDs that no chart renders are named by crd_sources.toml. With sources, only
what these bring is renewed. Needs Helm and the network (the Go module proxy); review the diff of the JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from chart_checkouts import NotThereError, git
from chart_forms import forms, pinned
from chart_render import Loader, RefusedError, Render
from crd_nodes import Nodes
from go_modules import Archive, releases
from renew_charts import unpacked

from eks_blueprints.core.charts import table

FOLDER = Path(__file__).parents[1] / "eks_blueprints" / "kubernetes"
SOURCES = Path(__file__).with_name("crd_sources.toml")
Crds = list[dict[str, Any]]


def main(checkouts: Path, wanted: list[str]) -> None:
    """Write both files."""
    named = tomllib.loads(SOURCES.read_text(encoding="utf-8"))
    found = Found() if not wanted else Found.read()
    charts = [kind for kind in pinned() if kind not in named and (not wanted or kind in wanted)]
    with ThreadPoolExecutor(3) as pool:
        for kind, (version, crds) in zip(charts, pool.map(lambda kind: of_chart(kind, checkouts), charts), strict=True):
            found.put(kind, version, crds)
    found.write()
    for name, source in named.items():
        if wanted and name not in wanted:
            continue
        try:
            read = list(of_source(name, source, checkouts))
        except (subprocess.CalledProcessError, NotThereError, OSError) as error:
            print(f"{name}: failed, it stays as it was: {error}", file=sys.stderr, flush=True)
            continue
        found.drop(name)
        for key, version, crds in read:
            found.put(key, version, crds)
        found.write()


def of_chart(kind: str, checkouts: Path) -> tuple[str, Crds]:
    """The version of a kind's chart, and the CRDs that it renders, whatever is set."""
    row, crds, version = table.row(kind), {}, ""
    for said, asked in forms(kind):
        for role, release in asked.items():
            changed = row is not None and "crds" in row.forms.get(said, {})
            if said and not changed:
                continue
            try:
                folder, rendered, _ = unpacked(checkouts, release)
                made = Render(folder, release.name, release.namespace).objects(release.values, crds=True)
            except (NotThereError, RefusedError) as error:
                print(f"{kind}: {error}", file=sys.stderr, flush=True)
                continue
            version = version or rendered if role else rendered
            crds = {each["metadata"]["name"]: each for each in made if _is_crd(each)} | crds
    return version, list(crds.values())


def of_source(name: str, source: Mapping[str, Any], checkouts: Path) -> Iterator[tuple[str, str, Crds]]:
    """What crd_sources.toml names: the key of each version, the version and its CRDs."""
    if "file" in source:
        yield name, source["as_of"], _crds(SOURCES.with_name(source["file"]).read_text(encoding="utf-8"))
        return
    if "git" in source:
        release = next(iter(forms(name)))[1][""]
        try:
            folder, _, _ = unpacked(checkouts, release)
            app = str(yaml.safe_load((folder / "Chart.yaml").read_text(encoding="utf-8")).get("appVersion", ""))
        except NotThereError:
            app = ""
        version = release.version.removeprefix("v")
        tag = source["tag"].format(version=version, app=app.removeprefix("v"))
        repo = checkouts / source["git"]
        files = git(repo, "ls-tree", "-r", "--name-only", tag).split("\n")
        texts = [git(repo, "show", f"{tag}:{file}") for file in files if _wanted(file, source["paths"])]
        yield name, release.version, [crd for text in texts for crd in _crds(text)]
        return
    crds: Crds = []
    for module in source["module"]:
        known = releases(module)
        if source["versions"] == "newest":
            crds += _of_module(module, known[-1], source["paths"])
            continue
        newest = {version.rpartition(".")[0]: version for version in known if not version.startswith("0.")}
        for minor, version in newest.items():
            key = name if version == known[-1] else f"{name}@{minor}"
            yield key, version, _of_module(module, version, source["paths"])
        return
    # Compared with the version of the add-on, which is that of its chart where it has one.
    release = next(iter(forms(name)))[1].get("") if name in pinned() else None
    yield name, release.version if release else releases(source["module"][0])[-1], crds


def _of_module(module: str, version: str, paths: list[str]) -> Crds:
    archive = Archive(module, version)
    return [crd for file in archive.files() if _wanted(file, paths) for crd in _crds(archive.text(file) or "")]


def _wanted(file: str, paths: list[str]) -> bool:
    if not file.endswith(".yaml"):
        return False
    return any(file == path or (path.endswith("/") and file.rpartition("/")[0] == path[:-1]) for path in paths)


def _crds(text: str) -> Crds:
    return [each for each in yaml.load_all(text, Loader=Loader) if _is_crd(each)]


def _is_crd(each: Any) -> bool:
    return isinstance(each, dict) and each.get("kind") == "CustomResourceDefinition"


class Found:
    """What is written: the sources and kinds, and each group's schemas."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        self.kinds: dict[tuple[str, str], dict[str, Any]] = {}

    @classmethod
    def read(cls) -> Found:
        """What is there."""
        from eks_blueprints.kubernetes import crds

        found = cls()
        found.sources = dict(crds.sources())
        for kind in crds.kinds():
            schemas = {
                source: {version: crds.schema(kind, source, version) for version in versions}
                for source, versions in kind.served.items()
            }
            found.kinds[kind.group, kind.kind] = {
                "plural": kind.plural,
                "namespaced": kind.namespaced,
                "schemas": schemas,
            }
        return found

    def drop(self, name: str, *, others: bool = True) -> None:
        """Forget a source, and its other versions."""
        for source in [each for each in self.sources if name in (each, others and each.partition("@")[0])]:
            del self.sources[source]
            for key in list(self.kinds):
                self.kinds[key]["schemas"].pop(source, None)
                if not self.kinds[key]["schemas"]:
                    del self.kinds[key]

    def put(self, source: str, version: str, crds: Crds) -> None:
        """Take in what a source brings."""
        if not crds:
            return
        self.drop(source, others=False)
        self.sources[source] = version
        print(source, version, len(crds), flush=True)
        for crd in crds:
            spec = crd["spec"]
            key = spec["group"], spec["names"]["kind"]
            known = self.kinds.setdefault(key, {"schemas": {}})
            known |= {"plural": spec["names"]["plural"], "namespaced": spec["scope"] == "Namespaced"}
            known["schemas"][source] = {
                each["name"]: each.get("schema", {}).get("openAPIV3Schema", {})
                for each in spec["versions"]
                if each.get("served", True)
            }

    def write(self) -> None:
        """Both files."""
        groups: dict[str, dict[str, Any]] = {}
        rows = []
        for (group, kind), known in sorted(self.kinds.items()):
            here = groups.setdefault(group, {"nodes": Nodes(), "kinds": {}})
            here["kinds"][kind] = {
                source: {version: here["nodes"].add(schema) for version, schema in versions.items()}
                for source, versions in sorted(known["schemas"].items())
            }
            served = [f"{source}:{','.join(versions)}" for source, versions in sorted(known["schemas"].items())]
            words = [known["plural"], "namespaced" if known["namespaced"] else "cluster", *served]
            rows.append(f"{json.dumps(f'{group} {kind}')}: {json.dumps(' '.join(words))}")
        with zipfile.ZipFile(FOLDER / "crds.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for group, here in sorted(groups.items()):
                text = json.dumps({"nodes": here["nodes"].all, "kinds": here["kinds"]}, separators=(",", ":"))
                # Without a date, so that what has not changed is written alike.
                archive.writestr(zipfile.ZipInfo(f"{group}.json"), text, zipfile.ZIP_DEFLATED, 9)
        head = {
            "as_of": str(datetime.now(UTC).date()),
            "source": "the CRDs of the pinned charts, rendered by Helm, and those that scripts/crd_sources.toml names",
            "renew": "python scripts/renew_crds.py CHECKOUTS",
            "needs": "Helm, checkouts of the charts' repositories, and the Go module proxy",
            "sources": dict(sorted(self.sources.items())),
        }
        lines = [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
        text = "{\n" + "\n".join(lines) + '\n"kinds": {\n' + ",\n".join(rows) + "\n}\n}\n"
        (FOLDER / "crds.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
