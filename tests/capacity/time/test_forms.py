"""Simulations as text, as a page and as JSON."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import click
import jsonschema

from eks_blueprints.capacity.model import Doubt
from eks_blueprints.capacity.time.html import render as page
from eks_blueprints.capacity.time.json_form import schema, to_data
from eks_blueprints.capacity.time.scenario import schema as of_scenario
from eks_blueprints.capacity.time.simulate import Simulation
from eks_blueprints.capacity.time.text import render
from eks_blueprints.core.printed import document
from tests import ROOT
from tests.capacity.time.worlds import LARGE, XLARGE, platform, play, pool, scenario, web


def _found() -> Simulation:
    load = {"workload": "web", "replicas": {"0h": 2, "2h": 4}}
    event = {"at": "1h", "node_loss": {"count": "100%"}}
    return play(platform(web(2), pools=(pool(machines=(LARGE,)),)), scenario(event, load=[load]))


def _text(found: Simulation, width: int = 100) -> str:
    return click.unstyle("\n".join(render(found, width=width)))


def test_the_text_tells_the_worst_first_then_figures_charts_and_what_happened() -> None:
    text = _text(_found())
    lines = text.splitlines()
    assert lines[:2] == ["shop  2026-03-02T00:00:00Z  4h 00m  seed 0", "web has no ready pod for a time"]
    assert "0 to 2 nodes" in text
    assert "   nodes " in text
    assert "  01:00:00      1           0.10  node loss: default-0  (ready pods lost: shop/web 2 of 2)" in lines
    assert "  02:00:00      1     2     0.10  shop/web 2 → 4 pods  (scenario)" in lines
    assert "  web          0 of 2           46s       2  at 01:00:00" in lines
    assert "lost  01:00:00 node loss: web lost all of its ready pods; back after 1m 46s" in lines
    assert "node-hours" in text


def test_no_line_is_wider_than_it_may_be() -> None:
    for width in (80, 100):
        assert max(map(len, _text(_found(), width).splitlines())) <= width


def test_the_span_beside_a_chart_has_lows_that_are_shorter_than_a_column() -> None:
    (nodes,) = (line for line in _text(_found()).splitlines() if line.startswith("   nodes "))
    assert nodes.endswith(" 0 to 2")


def test_times_are_those_of_the_clock_that_the_scenario_is_written_in() -> None:
    found = play(platform(web(2), pools=(pool(machines=(LARGE,)),)), scenario({"at": "1h", "node_loss": {}}))
    there = replace(found, scenario=found.scenario.model_copy(update={"start": "2026-03-02T06:00:00+05:30"}))
    assert "  07:00:00 " in _text(there)
    assert ">06:00</text>" in page(there, title="shop")


def test_a_platform_without_pods_and_what_is_in_doubt_are_told_plainly() -> None:
    known = replace(platform(pools=(pool(),)), unknown=(Doubt("zones of some types"), "the size of web"))
    text = _text(play(known, scenario()))
    assert "\nworkloads" not in text
    assert "node-hours  none" in text
    assert "note  zones of some types\nnote  not known: the size of web" in text


def test_what_launches_nodes_without_a_ready_pod_is_noted() -> None:
    event = {"at": "1h", "node_loss": {"count": "100%"}}
    found = play(platform(web(1), web(1, "karpenter"), pools=(pool(machines=(LARGE,)),)), scenario(event))
    assert "note  karpenter has no ready pod for a time, in which it launches nodes here" in _text(found)
    assert "launches nodes here" not in _text(_found())


def test_the_title_of_a_page_keeps_the_name_of_a_workload() -> None:
    assert "<h1>web has no ready pod for a time</h1>" in page(_found(), title="shop")


def test_good_news_are_told_too() -> None:
    found = play(platform(web(2), pools=(pool(machines=(LARGE, XLARGE)),)), scenario())
    assert "every workload kept ready pods, and none waits at the end" in _text(found)
    assert "  nothing changed" in _text(found).splitlines()


def test_a_long_timeline_is_cut_to_what_matters() -> None:
    load = {"workload": "web", "replicas": {"0h": 2, "5m": 4}, "every": "10m"}
    found = play(platform(web(2), pools=(pool(machines=(LARGE,)),)), scenario(load=[load], duration="1d"))
    text = _text(found)
    assert len(found.record.entries) > 60
    assert "more changes; --format html or json shows each" in text


class _Whole(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "polyline"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_is_whole_needs_nothing_else_and_shows_names_as_they_are() -> None:
    odd = web(2, "<b>web</b>")
    found = play(platform(odd, pools=(pool(machines=(LARGE,)),)), scenario({"at": "1h", "node_loss": {"count": "1"}}))
    html = page(found, title="shop")
    parser = _Whole()
    parser.feed(html)
    assert parser.open == []
    assert "<b>web</b>" not in html
    assert "http" not in html.replace("http-equiv", "")
    assert html.count("<svg") == 4
    assert any("node loss: default-0" in each for each in parser.texts)


def test_schemas_are_current() -> None:
    for name, of in (("simulation", schema()), ("scenario", of_scenario())):
        found = json.loads((ROOT / "docs" / "reference" / f"{name}.schema.json").read_text())
        assert found == json.loads(json.dumps(of)), "run make generate"


def test_json_keeps_to_its_schema_and_comes_out_the_same_byte_for_byte() -> None:
    first, second = (document(to_data(_found(), stack="prod")) for _ in range(2))
    assert first == second
    data = to_data(_found(), stack="prod")
    jsonschema.validate(data, schema())
    assert data["cost"]["low"] == data["cost"]["high"] > 0
    assert data["losses"][0] | {"backAfter": None} == {
        "at": 3600,
        "cause": "node loss",
        "workload": "shop/Deployment/web",
        "ready": 2,
        "lost": 2,
        "kept": None,
        "all": True,
        "tooMany": True,
        "backAfter": None,
    }
    assert [each["seconds"] for each in (workload["longestWait"] for workload in data["workloads"])] == [46]
