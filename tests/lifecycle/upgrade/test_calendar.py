"""The calendar of support: days, money, and its forms."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from eks_blueprints.core.clock import VARIABLE
from eks_blueprints.core.support import EXTRA_HOUR, standing
from eks_blueprints.lifecycle.upgrade.calendar import Calendar, entries
from eks_blueprints.lifecycle.upgrade.shown.calendar_forms import FORMS, ics
from eks_blueprints.recording import Plan
from eks_blueprints.recording.plan import KIND, VERSION
from eks_blueprints.recording.schema import schema
from eks_blueprints.review.cost.prices import list_prices
from eks_blueprints.review.preview.support import calendar as days_of
from eks_blueprints.review.preview.targets import Target
from tests.commands import called


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2026-11-30")


@pytest.fixture
def calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calendar:
    monkeypatch.chdir(tmp_path)
    for minor in (31, 32, 34, 36):
        lines = ["region: eu-west-1", "cluster:", f'  version: "1.{minor}"', f'  name: "shop, {minor}"']
        Path(f"s{minor}.yaml").write_text("\n".join(lines) + "\ncompute: {nodes: {kind: managed_nodes}}\n")
    Path("base.yaml").write_text(Path("s36.yaml").read_text())
    Path("upper.yaml").write_text("extends: base.yaml\n")
    return entries([Target(f"{name}", None, Path(f"{name}.yaml")) for name in ("s31", "s32", "s34", "s36", "upper")])


def test_the_most_urgent_comes_first_with_days_and_money(calendar: Calendar) -> None:
    rows = [(e["stack"], e["days_left"], e["dollars_a_month"]) for e in calendar.to_data()["entries"]]
    assert rows == [("s31", -4, 0.0), ("s34", 2, 0.0), ("s32", 113, 365.0), ("s36", 245, 0.0), ("upper", 245, 0.0)]
    assert calendar.months == 365.0
    assert calendar.entries[0].place == "s31.yaml:3"
    assert calendar.entries[-1].place == "base.yaml:3"


@pytest.mark.parametrize(
    ("day", "version", "kind", "sentence"),
    [
        ("2026-12-01", "1.34", None, "standard support for 1 more day (until 2026-12-02), then $365 a month more"),
        ("2026-12-01", "1.34", "STANDARD", "standard support for 1 more day (until 2026-12-02), EKS upgrades it then"),
        (
            "2026-12-02",
            "1.34",
            None,
            (
                "extended support for 365 more days (until 2027-12-02), at $365 a month more since 2026-12-02; "
                "then EKS upgrades it"
            ),
        ),
        (
            "2026-12-02",
            "1.34",
            "STANDARD",
            "standard support ended on 2026-12-02: EKS may upgrade it any day (support type STANDARD)",
        ),
        ("2027-12-02", "1.34", None, "support ended on 2027-12-02: EKS upgrades its control plane by itself, any day"),
        (
            "2026-12-02",
            "1.99",
            None,
            "newer than the table of versions of 2026-11-21: when its support ends is not known",
        ),
    ],
)  # fmt: skip
def test_a_version_on_a_day(
    monkeypatch: pytest.MonkeyPatch, day: str, version: str, kind: str | None, sentence: str
) -> None:
    monkeypatch.setenv(VARIABLE, day)
    assert standing(version, kind).sentence() == sentence


def test_the_price_is_that_of_the_table() -> None:
    assert list_prices().of("eks", "extended_support_hour") == EXTRA_HOUR


def test_icalendar_is_what_rfc_5545_asks_for(calendar: Calendar) -> None:
    text = ics(calendar)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    whole = text.replace("\r\n ", "")
    assert whole.count("BEGIN:VEVENT") == whole.count("END:VEVENT") == 2 * len(calendar.entries)
    assert "DTSTART;VALUE=DATE:20261202\r\nDTEND;VALUE=DATE:20261203\r\n" in whole
    assert "SUMMARY:Kubernetes 1.34 of s34 (shop\\, 34): standard support ends" in whole
    names = re.findall("UID:(.*)\r\n", whole)
    assert len(set(names)) == len(names)
    assert whole == ics(calendar).replace("\r\n ", ""), "a calendar that is subscribed to keeps its events"


class _Checked(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not {"src", "href", "onclick"} & {name for name, _ in attrs}, "the page needs nothing else"
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_by_itself(calendar: Calendar) -> None:
    page = _Checked()
    page.feed(FORMS["html"](calendar))
    assert page.open == []
    assert "4 days over" in page.text
    assert "$365 a month for extended support now" in page.text
    assert "<script" not in FORMS["html"](calendar)


def test_names_are_text_in_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text('region: eu-west-1\ncluster: {version: "1.36", name: "<b>\\nX:Y;"}\n')
    found = entries([Target("s", None, Path("s.yaml"))])
    assert "<b>" not in FORMS["html"](found)
    assert "\r\nX:Y" not in FORMS["ics"](found)
    assert json.loads(FORMS["json"](found))["entries"][0]["cluster"] == "<b>\nX:Y;"


def test_it_is_of_all_stacks_of_the_project() -> None:
    from tests import ROOT

    done = called("upgrade", "calendar", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[:2]] == ["dev", "prod"]
    told = called("preview", "dev", cwd=ROOT)
    assert "\nKubernetes 1.35 (dev): standard support for 117 more days (until 2027-03-27)" in told.stdout


def test_a_plan_as_json_has_the_days_of_each_cluster() -> None:
    urn = "urn:pulumi:dev::shop::aws:eks/cluster:Cluster::dev"
    inputs = {"version": "1.35", "upgradePolicy": {"supportType": "STANDARD"}}
    cluster = {"urn": urn, "type": "aws:eks/cluster:Cluster", "name": "dev", "custom": True, "inputs": inputs}
    newer = {**cluster, "urn": f"{urn}-2", "name": "dev-2", "inputs": {"version": "1.44"}}
    unnamed = {**cluster, "urn": f"{urn}-3", "name": "dev-3", "inputs": {}}
    data: dict[str, Any] = {
        "kind": KIND, "version": VERSION, "project": "shop", "stack": "dev", "outputs": {},
        "resources": [cluster, newer, unnamed],
    }  # fmt: skip
    found = days_of(Plan.from_data(data))
    assert found == [
        {
            "urn": urn,
            "version": "1.35",
            "supportType": "STANDARD",
            "endOfStandardSupport": "2027-03-27",
            "endOfExtendedSupport": "2028-03-27",
            "extendedSupportPerHour": 0.5,
        },
        {
            "urn": f"{urn}-2",
            "version": "1.44",
            "supportType": "EXTENDED",
            "endOfStandardSupport": None,
            "endOfExtendedSupport": None,
            "extendedSupportPerHour": 0.5,
        },
    ]
    jsonschema.validate({**data, "calendar": found}, schema())
