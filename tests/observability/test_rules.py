"""Rules of Prometheus on sample series, by Prometheus' own promtool.

PATH=…:$PATH pytest --update-golden tests/observability/test_rules.py

Without promtool, the rules have to be those that it judged last.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.observability.alarm_spec import KINDS, Alarms
from eks_blueprints.observability.promql import REPLACED, rules
from tests.observability.series import CASES, Case

VERDICTS = Path(__file__).with_name("verdicts.json")
PROMTOOL = shutil.which("promtool")
IDS = [f"{case.alarm}: {case.name}" for case in CASES]


def judged(case: Case) -> list[dict[str, Any]]:
    """The rules of the alarm of a case."""
    alarms = Alarms.model_validate({case.alarm: case.settings})
    return [rule.manifest for field, rule in rules(alarms) if field == case.alarm]


def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VERDICTS.read_text(encoding="utf-8"))
    return found


def as_samples(firing: list[dict[str, str]]) -> list[dict[str, Any]]:
    labels = [{**each, "alertstate": "firing"} for each in firing]
    texts = [",".join(f'{key}="{value}"' for key, value in sorted(each.items())) for each in labels]
    return [{"labels": f"ALERTS{{{text}}}", "value": 1} for text in texts]


def promtool(folder: Path, found: list[tuple[Case, list[dict[str, Any]]]]) -> str:
    """What promtool says against cases; empty where nothing."""
    files = []
    for number, (case, made) in enumerate(found):
        text = json.dumps({"groups": [{"name": "a", "rules": made}]})
        (folder / f"rules-{number}.yaml").write_text(text, encoding="utf-8")
        test = {
            "interval": "1m",
            "name": f"{case.alarm}: {case.name}",
            "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
            "promql_expr_test": [
                {"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{minute}m", "exp_samples": as_samples(firing)}
                for minute, firing in case.firing.items()
            ],
        }
        path = folder / f"test-{number}.yaml"
        whole = {"rule_files": [f"rules-{number}.yaml"], "evaluation_interval": "1m", "tests": [test]}
        path.write_text(json.dumps(whole), encoding="utf-8")
        files.append(path.name)
    done = subprocess.run(
        [str(PROMTOOL), "test", "rules", *files], cwd=folder, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on the PATH")
def test_promtool_agrees(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = [(case, judged(case)) for case in CASES]
    assert not promtool(tmp_path, found)
    wrong = Case(CASES[0].name, CASES[0].alarm, CASES[0].series, {25: CASES[0].firing[45]})
    assert "FAILED" in promtool(tmp_path, [(wrong, judged(wrong))])
    version = subprocess.run([str(PROMTOOL), "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    verdicts = {
        name: {"rules": {rule["alert"]: [rule["expr"], rule.get("for", "")] for rule in made}, "firing": case.firing}
        for name, (case, made) in zip(IDS, found, strict=True)
    }
    table = {"promtool": version, "verdicts": verdicts}
    if request.config.getoption("--update-golden"):
        VERDICTS.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_rules_are_those_that_promtool_judged(case: Case) -> None:
    verdict = known()["verdicts"][f"{case.alarm}: {case.name}"]
    assert verdict["rules"] == {rule["alert"]: [rule["expr"], rule.get("for", "")] for rule in judged(case)}
    assert verdict["firing"] == {str(minute): firing for minute, firing in case.firing.items()}


def test_every_alarm_is_tried_where_it_fires_and_where_it_does_not() -> None:
    for field in KINDS:
        own = [case for case in CASES if case.alarm == field]
        alerts = {each["alertname"] for case in own for firing in case.firing.values() for each in firing}
        assert alerts == {rule.alert for name, rule in rules(Alarms()) if name == field}
        assert any(not any(case.firing.values()) for case in own)


def test_rules_of_the_stack_that_are_left_out_have_one_in_their_place() -> None:
    assert {*REPLACED} <= {*KINDS}


def test_what_is_disabled_has_no_rule() -> None:
    alarms = Alarms.model_validate({field: {"enabled": False} for field in KINDS if field != "oom_kills"})
    assert {field for field, _ in rules(alarms)} == {"oom_kills"}
