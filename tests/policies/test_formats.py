"""Reports as text, JSON, SARIF, annotations and JUnit."""

import json
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest

from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.formats import NAMES, render, sarif_form
from eks_blueprints.policies.report import Report
from eks_blueprints.policies.settings import Judgement, PlacedWaiver, Waiver
from eks_blueprints.policies.stack import Stack
from tests.policies.build import UNKNOWN, chart, workload

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def report() -> Report:
    bad = workload("bad\x01 & <app>", p={"hostNetwork": True, "hostPID": UNKNOWN, "hostIPC": True})
    bad.position = SimpleNamespace(file="stacks/prod.yaml", line=31, column=7)
    waiver = {
        "policy": "k8s-no-host-ipc",
        "resource": {"name": "bad*"},
        "reason": "shares memory with its sidecar",
        "owner": "team",
        "created": "2026-11-01",
        "expires": "2027-01-01",
    }
    only = ("k8s-no-host-network", "k8s-no-host-pid", "k8s-no-host-ipc", "k8s-image-digest", "vpc-dns-enabled")
    judgement = Judgement("baseline", waivers=(PlacedWaiver(Waiver.model_validate(waiver)),))
    return check_stack(Stack([bad, chart("dns", "external-dns")], "shop", "prod"), judgement, today=TODAY, only=only)


def test_text_tells_what_blocks_first(report: Report) -> None:
    lines = render([report], "text").splitlines()
    assert lines[0].startswith(
        "prod: 1 must be fixed, 1 advised, 1 waived, 1 not known before the deployment (5 rules on"
    )
    assert lines[2] == "must be fixed"
    assert "stacks/prod.yaml:31:7" in lines[3]
    assert any(line.startswith("not scanned: objects of dns; nothing is known about version 1.2.3") for line in lines)
    assert lines[0].endswith("profile baseline; 1 not scanned)")


def test_one_finding_of_several_resources_is_told_once() -> None:
    pods = [workload(f"app-{n}", p={"hostNetwork": True}) for n in range(3)]
    lines = render([check_stack(Stack(pods), today=TODAY, only=("k8s-no-host-network",))], "text").splitlines()
    assert "  high  k8s-no-host-network  (3)" in lines
    assert sum("uses the network of its node" in line for line in lines) <= 1
    assert [line.strip() for line in lines if line.startswith("      - ")] == [
        f"- app-{n}.spec.template.spec.hostNetwork" for n in range(3)
    ]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_is_not_seen_is_counted_in_the_first_line(form: str) -> None:
    stack = Stack([chart("dns", "external-dns"), workload("agent", ns="kube-system"), workload("shop", ns="kube-shop")])
    first = render([check_stack(stack, today=TODAY)], form).splitlines()[0]
    assert "1 not scanned, 1 exempt" in first


def test_tools_are_told_what_is_not_seen() -> None:
    found = check_stack(Stack([chart("dns", "external-dns"), workload("agent", ns="kube-system")]), today=TODAY)
    data = json.loads(render([found], "json"))["stacks"][0]
    assert (data["notScanned"], data["exempt"]) == (["dns"], ["agent"])
    assert "1 not scanned, 1 exempt" in data["summary"]
    run = json.loads(render([found], "sarif"))["runs"][0]
    assert run["properties"] == {"notScanned": ["dns"], "scannedInPart": [], "exempt": ["agent"]}
    assert "1 not scanned" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_markdown_is_escaped(report: Report) -> None:
    text = render([report], "markdown")
    assert text.startswith("### prod: 1 must be fixed")
    assert "<app>" not in text.replace("`bad\\x01 & <app>", "")


def test_json_holds_every_finding(report: Report) -> None:
    data = json.loads(render([report], "json"))
    (stack,) = data["stacks"]
    assert stack["blocked"] is True
    assert {(f["policy"], f["verdict"]) for f in stack["findings"]} == {
        ("k8s-no-host-network", "fail"),
        ("k8s-no-host-ipc", "waived"),
        ("k8s-no-host-pid", "undetermined"),
        ("k8s-image-digest", "fail"),
    }


def test_sarif_has_places_rules_and_suppressions(report: Report) -> None:
    run = json.loads(render([report], "sarif"))["runs"][0]
    results = {each["ruleId"]: each for each in run["results"]}
    place = results["k8s-no-host-network"]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "stacks/prod.yaml"}, "region": {"startLine": 31, "startColumn": 7}}
    assert results["k8s-no-host-ipc"]["suppressions"][0]["justification"].startswith("shares memory")
    assert (results["k8s-no-host-pid"]["kind"], results["k8s-no-host-pid"]["level"]) == ("open", "none")
    pages = {each["id"]: each["helpUri"] for each in run["tool"]["driver"]["rules"]}
    page = pages["k8s-no-host-network"]
    assert page.endswith("/pods_host.md#k8s-no-host-network")
    # No address is stated for the project yet: the page is the checkout's own.
    assert Path(unquote(urlsplit(page).path)).is_file()
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize(
    ("urls", "base"),
    [
        (["Homepage, https://example.com", "Source, https://git.example.com/a/b/"], "https://git.example.com/a/b/blob/main/docs/policies"),
        (["Documentation, https://docs.example.com/en"], "https://docs.example.com/en/policies"),
        (["Homepage, https://git.example.com/a/b"], "https://git.example.com/a/b/blob/main/docs/policies"),
    ],
)  # fmt: skip
def test_pages_are_where_the_metadata_says(urls: list[str], base: str) -> None:
    assert sarif_form._pages(urls) == base


def test_annotations_are_escaped(report: Report) -> None:
    first, second = render([report], "github").splitlines()
    assert first.startswith("::error file=stacks/prod.yaml,line=31,col=7,title=k8s-no-host-network::")
    assert second.startswith("::warning ")


def test_junit_is_xml_that_ci_reads(report: Report) -> None:
    suite = ET.fromstring(render([report], "junit"))[0]  # noqa: S314 - the text is our own
    assert suite.attrib["failures"] == "1"
    assert suite.attrib["skipped"] == "3"
    cases = {each.attrib["classname"]: each for each in suite}
    failure = cases["k8s-no-host-network"][0]
    assert failure.tag == "failure"
    assert "stacks/prod.yaml:31:7" in str(failure.text)
    assert int(suite.attrib["tests"]) == len(list(suite))
    assert any(each.attrib["name"] == "vpc-dns-enabled" for each in suite)


@pytest.mark.parametrize("form", NAMES)
def test_nothing_found_is_a_report_too(form: str) -> None:
    text = render([check_stack(Stack([]), today=TODAY)], form)
    assert "<failure" not in text
    assert "::error" not in text
    assert '"verdict"' not in text


def test_other_forms_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean sarif"):
        render([], "sariff")


@pytest.mark.parametrize("form", ["text", "markdown", "github", "junit"])
def test_names_cannot_turn_a_report_around(form: str) -> None:
    odd = workload("\u202e\x1b[31m\n::error::shop", p={"hostNetwork": True})
    found = check_stack(Stack([odd], "shop", "\u2066prod"), today=TODAY, only=("k8s-no-host-network",))
    text = render([found], form)
    assert all(each.isprintable() or each == "\n" for each in text)
    assert "\n::error::shop" not in text
