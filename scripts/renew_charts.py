"""Renew eks_blueprints/core/charts/charts.json: what each pinned chart renders with the values of this library.

    python scripts/renew_charts.py CHECKOUTS [--demands|--schemas|--rights] [KIND...]

CHECKOUTS is a folder with a git checkout of each project as `owner/name` (chart_sources.toml says which); charts are
unpacked once, below `.unpacked` in it. With kinds, only their rows are renewed, with `--demands` only what charts ask
of their values, and with `--rights` only who has which roles. What their schemas say of values stands in
eks_blueprints/blueprint/value_schemas.zip, which is written with them, or alone with `--schemas`. Review the diff.
Needs Helm.
"""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import value_schemas
import yaml
from chart_checkouts import Checkouts, NotThereError
from chart_demands import Demands, demands
from chart_forms import Release, forms, pinned, places
from chart_render import Loader, RefusedError, Render, leaves
from chart_steering import steering
from crd_nodes import Nodes

from eks_blueprints.core.charts.model import Rendered, Workload, dump, patch
from eks_blueprints.core.charts.objects import read
from eks_blueprints.core.versions import latest

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "core" / "charts" / "charts.json"
SCHEMAS = Path(__file__).parents[1] / "eks_blueprints" / "blueprint" / "value_schemas.zip"


def main(checkouts: Path, kinds: list[str]) -> None:
    """Write the rows of these kinds; those of all without any."""
    known = json.loads(TABLE.read_text(encoding="utf-8"))["charts"] if TABLE.exists() and kinds else {}
    wanted = kinds or pinned()
    # Helm is waited for most of the time.
    with ThreadPoolExecutor(2) as pool:
        under_way = {pool.submit(rows_of, kind, checkouts): kind for kind in wanted}
        for done in as_completed(under_way):
            kind = under_way[done]
            if error := done.exception():
                print(f"{kind}: failed, its row stays as it was: {error}", file=sys.stderr, flush=True)
                continue
            known = {key: row for key, row in known.items() if key not in (kind, _key(kind, "crds"))} | done.result()
            _write(known)
    renew_schemas(checkouts, kinds)


def renew_demands(checkouts: Path, kinds: list[str]) -> None:
    """Write anew what the charts of these kinds ask of their values, one after the other; of all without any."""
    known = json.loads(TABLE.read_text(encoding="utf-8"))["charts"]
    for kind in kinds or pinned():
        for role, release in next(forms(kind))[1].items():
            try:
                folder, _, _ = unpacked(checkouts, release)
                asks = demands(Render(folder, release.name, release.namespace), release.values)
            except (NotThereError, RefusedError) as error:
                print(f"{_key(kind, role)}: its row stays as it was: {error}", file=sys.stderr, flush=True)
                continue
            row = {key: value for key, value in known[_key(kind, role)].items() if key not in vars(asks)}
            known[_key(kind, role)] = row | {key: found for key, found in vars(asks).items() if found}
            print(_key(kind, role), flush=True)
            _write(known)


def renew_rights(checkouts: Path, kinds: list[str]) -> None:
    """Write anew who has the roles of the charts of these kinds, and which roles gather others; of all without any."""
    known = json.loads(TABLE.read_text(encoding="utf-8"))["charts"]
    for kind in kinds or pinned():
        tried = list(forms(kind))
        for role in tried[0][1]:
            row = known.get(_key(kind, role), {})
            if "default" not in row:
                continue
            try:
                _put_rights(row, checkouts, [(said, releases[role]) for said, releases in tried if role in releases])
            except (NotThereError, RefusedError) as error:
                print(f"{_key(kind, role)}: its row stays as it was: {error}", file=sys.stderr, flush=True)
            print(_key(kind, role), flush=True)
        _write(known)


def _put_rights(row: dict[str, Any], checkouts: Path, tried: list[tuple[str, Release]]) -> None:
    base: dict[str, Any] | None = None
    for said, release in tried:
        if said in row.get("refused", {}):
            continue
        folder, _, _ = unpacked(checkouts, release)
        render = Render(folder, release.name, release.namespace)
        rendered = dump(read(render.objects(release.values, crds=True), release.namespace))
        found = {key: value for key, value in rendered.items() if key in _RIGHTS}
        if base is None:
            base = found
            row["default"] = _ordered({key: v for key, v in row["default"].items() if key not in _RIGHTS} | found)
            continue
        kept = {key: v for key, v in row.get("forms", {}).get(said, {}).items() if key not in _RIGHTS}
        if form := _ordered(kept | (patch(base, found) or {})):
            row.setdefault("forms", {})[said] = form
        elif "forms" in row:
            row["forms"].pop(said, None)


_RIGHTS = ("bindings", "gathers", "role_labels")


def _ordered(data: dict[str, Any]) -> dict[str, Any]:
    return {f.name: data[f.name] for f in fields(Rendered) if f.name in data}


def renew_schemas(checkouts: Path, kinds: list[str]) -> None:
    """Write anew what schemas of the charts of these kinds say of values; of all without any."""
    known: dict[str, bytes] = {}
    if kinds and SCHEMAS.exists():
        with zipfile.ZipFile(SCHEMAS) as archive:
            known = {name: archive.read(name) for name in archive.namelist()}
    for kind in kinds or pinned():
        try:
            folder, _, _ = unpacked(checkouts, next(forms(kind))[1][""])
        except NotThereError as error:
            print(f"{kind}: {error}", file=sys.stderr, flush=True)
            continue
        if (schema := value_schemas.of_chart(folder)) is not None:
            nodes = Nodes()
            nodes.add(schema)
            known[f"{kind}.json"] = json.dumps(nodes.all, separators=(",", ":")).encode()
            continue
        file = folder / "values.yaml"
        values = yaml.load(file.read_text(encoding="utf-8"), Loader=Loader) if file.exists() else {}  # noqa: S506
        shape = json.dumps(value_schemas.shape(values or {}), separators=(",", ":"))
        known[f"{kind}.defaults.json"] = shape.encode()
    with zipfile.ZipFile(SCHEMAS, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(known.items()):
            # Without a date, so that what has not changed is written alike.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)


def _write(rows: dict[str, Any]) -> None:
    head = {
        "as_of": str(datetime.now(UTC).date()),
        "source": "the charts' own repositories at github.com, rendered by Helm",
        "renew": "python scripts/renew_charts.py CHECKOUTS",
        "needs": "Helm, and checkouts of the charts' repositories",
        "kubernetes": latest(),
    }
    TABLE.write_text(_text(head | {"charts": dict(sorted(rows.items()))}), encoding="utf-8")


def rows_of(kind: str, checkouts: Path) -> dict[str, Any]:
    """The row of a kind's chart, and that of the chart of its CRDs."""
    tried = list(forms(kind))
    found = {}
    for role, release in tried[0][1].items():
        row: dict[str, Any] = {"chart": release.chart, "pinned": release.version}
        try:
            row |= _row(
                checkouts, [(said, releases[role]) for said, releases in tried if role in releases], places(kind)
            )
        except NotThereError as error:
            row["missing"] = str(error)
        found[_key(kind, role)] = row
        print(_key(kind, role), row.get("missing") or row.get("refused") or "", row.get("unread") or "", flush=True)
    return found


def _key(kind: str, role: str) -> str:
    return f"{kind}.{role}" if role else kind


def _row(checkouts: Path, tried: list[tuple[str, Release]], known: list[str]) -> dict[str, Any]:
    release = tried[0][1]
    row: dict[str, Any] = {}
    folder, version, left_out = unpacked(checkouts, release)
    if version != release.version:
        row["rendered"] = version
    if left_out:
        row["left_out"] = left_out
    refused: dict[str, str] = {}
    base: dict[str, Any] | None = None
    asks = Demands()
    steered: set[tuple[str, str]] = set()
    paths: dict[str, dict[str, tuple[str, ...]]] = {}
    read_paths: set[str] = set()
    set_paths: dict[str, None] = {}
    for said, asked in tried:
        render = Render(folder, asked.name, asked.namespace)
        own = dict(leaves(asked.values))
        try:
            found = read(render.objects(asked.values, crds=True), asked.namespace)
        except RefusedError as error:
            if "cannot load values.yaml" in str(error):
                raise NotThereError("its sources are filled in when it is released") from error
            refused[said] = str(error)
            continue
        if (
            new := {(name, each) for name, workload in found.workloads.items() for each in workload.containers}
            - steered
        ):
            for name, at in steering(render, asked.values, [*own, *known]).items():
                paths[name] = at | paths.get(name, {})
            steered |= new
        data = dump(_steered(found, paths))
        if base is None:
            base = row["default"] = data
            asks = demands(render, asked.values)
        elif difference := patch(base, data):
            row.setdefault("forms", {})[said] = difference
        fresh = [path for path in own if path not in read_paths]
        set_paths |= dict.fromkeys(own)
        read_paths |= render.reads(asked.values, fresh)
    row["read"] = [path for path in set_paths if path in read_paths]
    if unread := [path for path in set_paths if path not in read_paths]:
        row["unread"] = unread
    if refused:
        row["refused"] = refused
    row |= {key: found for key, found in vars(asks).items() if found}
    return row


def _steered(found: Rendered, paths: dict[str, dict[str, tuple[str, ...]]]) -> Rendered:
    workloads = {name: _at(each, paths.get(name, {})) for name, each in found.workloads.items()}
    return replace(found, workloads=workloads)


def _at(workload: Workload, paths: dict[str, tuple[str, ...]]) -> Workload:
    containers = {
        name: replace(each, image_at=paths.get(f"image/{name}", ())) for name, each in workload.containers.items()
    }
    at = {what: found for what, found in paths.items() if not what.startswith("image/")}
    return replace(workload, containers=containers, at=at)


def unpacked(checkouts: Path, release: Release) -> tuple[Path, str, list[str]]:
    """The folder of a release's chart, the version that was found, and what it depends on and could not be had."""
    place = checkouts / ".unpacked" / f"{release.chart}-{release.version}-{release.namespace}"
    notes = place / "notes.json"
    if not notes.exists():
        shutil.rmtree(place, ignore_errors=True)  # half of one
        made = Checkouts(checkouts).unpack(release.chart, release.version, release.repository, place)
        notes.write_text(json.dumps([made.version, made.left_out]), encoding="utf-8")
    version, left_out = json.loads(notes.read_text(encoding="utf-8"))
    return place / release.chart, version, left_out


def _text(table: dict[str, Any]) -> str:
    """JSON with a line for each object, so that a change of one is a change of one line."""
    lines = [f'"{key}": {json.dumps(value)},' for key, value in table.items() if key != "charts"]
    charts = []
    for kind, row in table["charts"].items():
        parts = [f'"{key}": {_part(value)}' for key, value in row.items()]
        charts.append(f'"{kind}": {{\n  ' + ",\n  ".join(parts) + "\n}")
    return "{\n" + "\n".join(lines) + '\n"charts": {\n' + ",\n".join(charts) + "\n}\n}\n"


def _part(value: Any) -> str:
    if not isinstance(value, dict):
        return _compact(value)
    return "{" + ",".join(f"\n    {json.dumps(key)}: {_deeper(each)}" for key, each in value.items()) + "}"


def _deeper(value: Any) -> str:
    if not isinstance(value, dict) or not any(isinstance(each, dict) for each in value.values()):
        return _compact(value)
    return "{" + ",".join(f"\n      {json.dumps(key)}: {_compact(each)}" for key, each in value.items()) + "}"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    modes = {"--demands": renew_demands, "--schemas": renew_schemas, "--rights": renew_rights}
    chosen = [modes[each] for each in sys.argv[2:] if each in modes] or [main]
    chosen[0](Path(sys.argv[1]), [each for each in sys.argv[2:] if each not in modes])
