"""`eks-blueprints capacity`: plans, comparisons and explanations of a real stack."""

from __future__ import annotations

import json
from pathlib import Path

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli import capacity
from eks_blueprints.cli.diff import command as diff
from eks_blueprints.cli.preview import command as preview
from eks_blueprints.core.errors import InputError
from tests import ROOT

STACK = """\
region: eu-west-1
cluster: {version: "1.35", endpoint_access: {vpn: {cidr: 10.9.0.0/16}}}
namespaces: {shop: {}}
compute:
  nodes: {kind: managed_nodes, instance_types: [m7g.large], min_size: 2, max_size: 2}
workloads:
  web: {kind: deployment, namespace: shop, image: "example.com/web:1", replicas: 2, requests: {cpu: 500m, memory: 1Gi}}
"""
PIPELINES = str(ROOT / "examples" / "pipelines" / "github.yaml")
MORE = STACK.replace("replicas: 2", "replicas: 9")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stack whose pods have room, one whose pods have not, and the plan of the first."""
    found = tmp_path_factory.mktemp("capacity")
    (found / "fits.yaml").write_text(STACK)
    (found / "prod").mkdir()
    (found / "prod" / "fits.yaml").write_text(MORE)
    (found / "plan.json").write_text(run(preview, str(found / "fits.yaml"), "--format", "json").stdout)
    return found


@pytest.fixture
def folder(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


def run(command: click.Command, *words: str) -> Result:
    done = CliRunner().invoke(command, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def call(*words: str) -> Result:
    return run(capacity.command, *words)


def validated(text: str) -> object:
    data = json.loads(text)
    jsonschema.validate(data, json.loads((ROOT / "docs/reference/capacity.schema.json").read_text()))
    return data


def test_a_plan_is_drawn_written_and_gated(folder: Path) -> None:
    files = ("-o", "capacity.html", "-o", "capacity.json", "-o", "capacity.txt")
    done = call("plan", "fits.yaml", *files, "--fail-on", "cost>100")
    assert done.exit_code == 3
    assert done.stdout == "fits: 2 nodes, for 4 pods; every pod has a node\n"
    assert "blocked  cost: $133 a month, over $100" in done.stderr
    assert "2 × m7g.large" in (folder / "capacity.html").read_text()
    data = validated((folder / "capacity.json").read_text())
    assert isinstance(data, dict)
    assert data["clusters"][0]["totals"]["nodes"] == 2
    text = (folder / "capacity.txt").read_text()
    assert "   2 × m7g.large  managed node group fits-nodes-group  on-demand  eu-west-1a/b" in text
    assert "A web" in text


def test_pods_that_wait_close_a_gate(folder: Path) -> None:
    done = call("plan", "prod/fits.yaml", "--fail-on", "capacity,cost>500")
    assert done.exit_code == 3
    assert "waiting\n" in done.stdout
    assert "NodeResourcesFit" in done.stdout
    assert "blocked  capacity: fits: 3 pods wait: shop/Deployment/web" in done.stderr


def test_a_table_of_requests_and_an_export_bring_more(folder: Path) -> None:
    (folder / "pods.csv").write_text("name,count,cpu,memory\nimport,2,500m,1Gi\n")
    done = call("plan", "fits.yaml", "--pods", "pods.csv")
    assert "2 nodes, for 6 pods; every pod has a node" in done.stdout
    node = {
        "kind": "Node",
        "metadata": {"name": "ip-10-0-0-1", "labels": {"kubernetes.io/os": "linux"}},
        "status": {"allocatable": {"cpu": "2", "memory": "8Gi", "pods": "29"}},
    }
    (folder / "now.json").write_text(json.dumps({"kind": "List", "items": [node]}))
    done = call("plan", "--cluster", "now.json", "--pods", "pods.csv", "--format", "json")
    data = validated(done.stdout)
    assert isinstance(data, dict)
    assert [(each["name"], each["kind"]) for each in data["clusters"][0]["nodes"]] == [("ip-10-0-0-1", "running")]
    assert data["clusters"][0]["totals"]["pods"] == 2


def test_a_scenario_is_played_written_and_checked(folder: Path) -> None:
    scenario = folder / "scenario.yaml"
    events = "events: [{at: 30m, node_loss: {count: 100%}}]\n"
    scenario.write_text(f"start: 2026-03-02T00:00:00Z\nduration: 1h\n{events}")
    done = call("simulate", "fits.yaml", "--scenario", "scenario.yaml")
    assert done.exit_code == 0
    assert "\nlost  00:30:00 node loss: web lost all of its ready pods; back after " in done.stdout
    done = call("simulate", "fits.yaml", "--scenario", "scenario.yaml", "-o", "over.html", "-o", "over.json")
    assert done.stdout == "fits: coredns, web have no ready pod for a time\n"
    assert "<svg" in (folder / "over.html").read_text()
    found = json.loads((folder / "over.json").read_text())
    jsonschema.validate(found, json.loads((ROOT / "docs/reference/simulation.schema.json").read_text()))
    scenario.write_text(f"start: 2026-03-02T00:00:00Z\nduration: 1h\n{events.replace('node_loss', 'node_los')}")
    with pytest.raises(InputError, match=r"scenario\.yaml:3:20: events\[0\]\.node_los: no such field; got"):
        call("simulate", "fits.yaml", "--scenario", "scenario.yaml")


def test_a_change_is_compared_and_gated(folder: Path) -> None:
    done = call("diff", "prod/fits.yaml", "--base", "plan.json", "--fail-on", "capacity,cost>20%")
    assert done.exit_code == 3
    lines = done.stdout.splitlines()
    assert lines[0] == "fits  compared with plan.json"
    assert lines[1].startswith("  2 nodes for pods 4 → ")
    assert "  shop/Deployment/web: pods 2 → 9 of 500m cpu, 1Gi memory" in lines
    assert "blocked  capacity: fits: 3 more pods of shop/Deployment/web waiting (fits)" in done.stderr
    assert "cost:" not in done.stderr


def test_no_change_is_said(folder: Path) -> None:
    done = call("diff", "fits.yaml", "--base", "plan.json", "-o", "diff.json", "-o", "diff.md", "-o", "diff.html")
    assert done.exit_code == 0
    data = validated((folder / "diff.json").read_text())
    assert isinstance(data, dict)
    assert [each["changed"] for each in data["stacks"]["fits"]] == [False]
    for form in ("md", "html"):
        assert "No change; 2 nodes for 4 pods, $133 a month" in (folder / f"diff.{form}").read_text()


def test_the_report_of_diff_has_it_and_its_gate(folder: Path) -> None:
    done = run(diff, "prod/fits.yaml", "--base", "plan.json", "--no-policies", "--fail-on", "capacity")
    assert done.exit_code == 3
    assert "    pods wait shop/Deployment/web\n" in done.stdout
    assert "\ncapacity\n  2 nodes for pods 4 → " in done.stdout
    assert "blocked  capacity: fits: 3 more pods of shop/Deployment/web waiting (fits)" in done.stderr


def test_a_workload_is_explained_by_any_of_its_names(folder: Path) -> None:
    done = call("explain", "web-7d9f8c6b5-x2x1z", "fits.yaml")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("shop/Deployment/web  2 pods of 500m cpu, 1Gi memory\n\nruns on\n  1 pod  m7g.large")
    assert "  managed node group fits-nodes-group (taken): a node that is there\n" in done.stdout
    assert validated(call("explain", "kube-proxy", "fits.yaml", "--format", "json").stdout)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "wbe", "fits.yaml"), 'fits: no such workload; got "wbe"; did you mean web?'),
        (
            ("plan", "fits.yaml", "--fail-on", "capcity"),
            '--fail-on: no such gate; got "capcity"; did you mean capacity?',
        ),
        (
            ("diff", "--fail-on", "cost>lots"),
            "--fail-on: a limit is a number of dollars or a percentage; got cost>lots; ",
        ),
        (("plan", PIPELINES), "github: makes no EKS cluster; got a stack without one; name a stack that makes one"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_is_wrong_is_one_clear_error(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError) as error:
        call(*words)
    assert str(error.value).startswith(said)
