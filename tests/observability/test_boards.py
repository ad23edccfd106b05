"""Dashboards: what Grafana and CloudWatch accept, and what they show."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.observability import cloudwatch, grafana
from eks_blueprints.observability.alarm_spec import KINDS, Alarms
from eks_blueprints.observability.boards import Board, boards

PROMTOOL = shutil.which("promtool")
BOARDS = boards(Alarms(), insights=True, signals=True)
IDS = [board.key for board in BOARDS]


def model(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(grafana.dashboard(board))
    return found


def body(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cloudwatch.body(board, "prod", "eu-west-1") or "{}")
    return found


@pytest.mark.parametrize("board", BOARDS, ids=IDS)
def test_grafana_gets_whole_panels_beside_one_another(board: Board) -> None:
    found = model(board)
    assert found["uid"] == f"eks-{board.key}"
    assert len(found["uid"]) <= 40
    panels = found["panels"]
    assert [each["id"] for each in panels] == [*range(1, len(panels) + 1)]
    places = [(each["gridPos"]["x"], each["gridPos"]["y"]) for each in panels]
    assert len({*places}) == len(places)
    assert all(each["gridPos"]["x"] + each["gridPos"]["w"] <= 24 for each in panels)
    for each in panels:
        assert each["targets"]
        assert each["title"]
        assert each["fieldConfig"]["defaults"]["unit"]
        assert all(target["datasource"]["uid"] == "${datasource}" for target in each["targets"])
        steps = each["fieldConfig"]["defaults"].get("thresholds", {"steps": [{"value": None}]})["steps"]
        # Grafana's first step has no value, and the others rise.
        assert steps[0]["value"] is None
        assert all(step["value"] is not None for step in steps[1:])
    names = {each["name"] for each in found["templating"]["list"]}
    used = {"datasource"} | ({"namespace", "workload"} if board.key == "workloads" else set())
    assert names == used
    for name in ("namespace", "workload"):
        assert (f"${name}" in json.dumps(panels)) == (name in used)


@pytest.mark.parametrize("board", BOARDS, ids=IDS)
def test_a_config_map_holds_it(board: Board) -> None:
    found = grafana.config_map(board, "monitoring")
    assert found["metadata"]["labels"] == {"grafana_dashboard": "1"}
    (text,) = found["data"].values()
    assert json.loads(text) == model(board)
    assert len(text) < 40_000


@pytest.mark.parametrize("board", BOARDS, ids=IDS)
def test_cloudwatch_gets_a_valid_body(board: Board) -> None:
    """Source: CloudWatch API reference, "Dashboard body structure and syntax": limits and required properties."""
    found = body(board)
    assert 0 < len(found["widgets"]) <= 500
    for each in found["widgets"]:
        assert each["type"] == "metric"
        assert each["x"] + each["width"] <= 24
        assert 1 <= each["height"] <= 1000
        properties = each["properties"]
        assert properties["region"] == "eu-west-1"
        assert properties["view"] == "timeSeries"
        ids = [line[-1]["id"] for line in properties["metrics"] if isinstance(line[-1], dict) and "id" in line[-1]]
        assert len({*ids}) == len(ids)
        assert all(id_[0].islower() and id_.isidentifier() for id_ in ids)
        for line in properties["metrics"]:
            options = line[-1]
            if "expression" in options:
                assert len(line) == 1
            else:
                namespace, name, *dimensions = line[:-1]
                assert namespace
                assert name
                assert dimensions == ["ClusterName", "prod"]
                assert options["stat"]
    for variable in found.get("variables", ()):
        assert variable["pattern"] in json.dumps(found["widgets"])


def test_thresholds_are_those_of_the_alarms() -> None:
    alarms = Alarms.model_validate(
        {"api_server_errors": {"percent": 7}, "volume_nearly_full": {"free_percent": 22}, "pending_pods": {}}
    )
    board = boards(alarms, insights=True, signals=True)[0]
    found = {each["title"]: each["fieldConfig"]["defaults"].get("thresholds") for each in model(board)["panels"]}
    assert found["Errors of the API server"]["steps"][1] == {"color": "red", "value": 7}
    assert found["Free space of volumes"]["steps"] == [{"color": "red", "value": None}, {"color": "green", "value": 22}]
    assert found["Pending pods"]["steps"][1]["value"] == 1
    errors = next(w for w in body(board)["widgets"] if w["properties"]["title"] == "Errors of the API server")
    assert errors["properties"]["annotations"]["horizontal"][0]["value"] == 7


def test_what_has_no_alarm_has_no_panel_of_it() -> None:
    alarms = Alarms.model_validate({field: {"enabled": False} for field in KINDS})
    every = {panel.title for board in BOARDS for panel in board.panels}
    left = {panel.title for board in boards(alarms, insights=True, signals=True) for panel in board.panels}
    assert left < every
    assert "Pending pods" not in left
    assert "CPU in use" in left


def test_cloudwatch_shows_what_is_sent_alone() -> None:
    found = {
        board.key: cloudwatch.body(board, "a", "eu-west-1") for board in boards(Alarms(), insights=False, signals=False)
    }
    assert found["cluster"]
    assert "ContainerInsights" not in found["cluster"]
    assert (found["nodes"], found["workloads"]) == (None, None)


def test_the_same_board_is_the_same_text() -> None:
    again = boards(Alarms(), insights=True, signals=True)
    assert [grafana.dashboard(board) for board in again] == [grafana.dashboard(board) for board in BOARDS]


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on the PATH")
def test_prometheus_reads_every_query(tmp_path: Path) -> None:
    queries = [query.expr for board in BOARDS for panel in board.panels for query in panel.queries]
    chosen = [each.replace("$namespace", "shop").replace("$workload", "web") for each in queries]
    rules = [{"record": f"a:{number}", "expr": each} for number, each in enumerate(chosen)]
    (tmp_path / "a.yaml").write_text(json.dumps({"groups": [{"name": "a", "rules": rules}]}), encoding="utf-8")
    done = subprocess.run(
        [str(PROMTOOL), "check", "rules", "a.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
