"""Renew tests/addons/published_permissions.json: the AWS actions that the projects of add-ons publish for them.

    python scripts/renew_chart_iam.py CHECKOUTS

CHECKOUTS is the folder that renew_charts.py reads, with a checkout of github.com/iann0036/iam-dataset for the documents
of AWS's own policies. chart_iam_sources.toml says which files of which repositories are read.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chart_checkouts import Checkouts, NotThereError

from eks_blueprints.addons._ack import AckController, controllers
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.core.facts.managed_policies import is_known
from eks_blueprints.core.iam import managed_policy
from eks_blueprints.reference.addon_facts import classes, example_cluster, samples

SOURCES = Path(__file__).with_name("chart_iam_sources.toml")
TABLE = Path(__file__).parents[1] / "tests" / "addons" / "published_permissions.json"
_ACTION = re.compile(r"""["'\s]([a-z0-9-]+:(?:\*|[A-Z][A-Za-z0-9*]*))["'\s,]?(?!["']?\s*:)(?=["'\s,\]])""")
_BLOCK = re.compile(r"```[^\n]*\n(.*?)```", re.DOTALL)
_NO_SERVICES = ("aws", "tag-key", "http", "https")


def main(checkouts: Path) -> None:
    """Write the table."""
    rows: dict[str, Any] = {}
    for kind, source in sorted((_acks() | tomllib.loads(SOURCES.read_text(encoding="utf-8"))).items()):
        try:
            rows[kind] = row(checkouts, kind, source)
        except (subprocess.CalledProcessError, NotThereError) as error:
            print(f"{kind}: {error}", file=sys.stderr)
    names = {name for kind in classes() for name in attached(kind)} | {n for r in rows.values() for n in r["managed"]}
    documents = {name: actions_of(checkouts, name) for name in sorted(names)}
    head = {
        "as_of": str(datetime.now(UTC).date()),
        "source": "the projects' own repositories; github.com/iann0036/iam-dataset for policies of AWS",
        "renew": "python scripts/renew_chart_iam.py CHECKOUTS",
        "needs": "checkouts of the projects' repositories",
    }
    lines = [f'"{key}": {json.dumps(value)}' for key, value in head.items()]
    for key, found in (("published", rows), ("managed", documents)):
        below = ",\n".join(f'  "{name}": {json.dumps(each)}' for name, each in found.items())
        lines.append(f'"{key}": {{\n{below}\n}}')
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def row(checkouts: Path, kind: str, source: dict[str, Any]) -> dict[str, Any]:
    """What a project publishes: actions, names of AWS's own policies, and where that stands."""
    repo = checkouts / source["git"]
    version = _version(checkouts, kind)
    commit = _commit(repo, source.get("tag"), version)
    actions: set[str] = set()
    managed: set[str] = set()
    for form in source["files"]:
        file = form.format(version=version, minor=version.rpartition(".")[0])
        try:
            text = git(repo, "show", f"{commit}:{file}")
        except subprocess.CalledProcessError:
            if not source.get("optional"):
                raise
            continue
        if part := source.get("part"):
            text = text.partition(f"[[{part},")[2].partition("\n[[")[0]
            if not text:
                raise NotThereError(f"no part {part} in {file}")
        managed |= set(re.findall(r"iam::aws:policy/([\w/+=,.@-]+)", text))
        if file.endswith(".md"):
            text = "\n".join(_BLOCK.findall(text))
        actions |= actions_in(text)
    if keep := source.get("services"):
        actions = {action for action in actions if action.partition(":")[0] in keep}
    managed = {name for name in managed if is_known(name)}  # others are names that a page makes up
    where = f"github.com/{source['git']} at {commit[:12] if len(commit) == 40 else commit}"
    return {"from": where, "actions": sorted(actions), "managed": sorted(managed)}


def actions_in(text: str) -> set[str]:
    """Actions that stand in a policy, however it is written; keys of conditions are none."""
    found = {match[1] for match in _ACTION.finditer(text)}
    return {action for action in found if action.partition(":")[0] not in _NO_SERVICES}


def actions_of(checkouts: Path, name: str) -> list[str]:
    """The actions that a policy of AWS's own allows."""
    file = f"HEAD:aws/managedpolicies/{name.rpartition('/')[2]}.json"
    try:
        statements = json.loads(git(checkouts / "iann0036/iam-dataset", "show", file))["document"]["Statement"]
    except subprocess.CalledProcessError:
        return []
    found: set[str] = set()
    for each in statements if isinstance(statements, list) else [statements]:
        said = each.get("Action", []) if each["Effect"] == "Allow" else []
        found |= {said} if isinstance(said, str) else set(said)
    return sorted(found)


def attached(kind: str) -> list[str]:
    """Names of AWS's own policies that an add-on attaches."""
    spec = classes()[kind].model_validate(samples().get(kind, {}))
    return [name for name in spec.managed_policies(example_cluster().ground).values() if managed_policy("aws", name)]


def _acks() -> dict[str, dict[str, Any]]:
    files = ["config/iam/recommended-inline-policy", "config/iam/recommended-policy-arn"]
    return {
        kind: {"git": f"aws-controllers-k8s/{cls.service}-controller", "tag": "v{version}", "files": files}
        | {"optional": True}
        for kind, cls in classes().items()
        if issubclass(cls, AckController) and cls.service in controllers()
    }


def _version(checkouts: Path, kind: str) -> str:
    """The version of what an add-on's pinned chart runs; empty where it is not a chart."""
    cls: Any = classes().get(kind)
    if cls is None or not issubclass(cls, HelmAddOn):
        return ""
    chart = cls.chart
    folders = list((checkouts / ".unpacked").glob(f"{chart.name}-{chart.version}-*"))
    if not folders:
        folder = checkouts / ".unpacked" / f"{chart.name}-{chart.version}-iam"
        Checkouts(checkouts).unpack(chart.name, chart.version, chart.repository, folder)
        folders = [folder]
    text = (folders[0] / chart.name / "Chart.yaml").read_text(encoding="utf-8")
    match = re.search(r"^appVersion:\s*[\"']?v?([^\s\"']+)", text, re.MULTILINE)
    return match[1] if match else str(chart.version).removeprefix("v")


def _commit(repo: Path, form: str | None, version: str) -> str:
    """The tag of a version, or the newest commit where there is none."""
    if form is not None and version:
        tag = form.format(version=version)
        if git(repo, "tag", "--list", tag).strip():
            return tag
    return git(repo, "rev-parse", "HEAD").strip()


def git(repo: Path, *command: str) -> str:
    """What git says."""
    call = ["git", "-C", str(repo), *command]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout  # noqa: S603 - git on a checkout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
