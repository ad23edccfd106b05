"""The report in every format."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import click
import jsonschema
import pytest

from eks_blueprints.review.comment.pack import SECTION as COMMENT_SECTION
from eks_blueprints.review.comment.post import CLEAN as COMMENT_CLEAN
from eks_blueprints.review.report import html, json_form, markdown, text
from eks_blueprints.review.report.mermaid import graph
from eks_blueprints.review.report.model import Report
from eks_blueprints.review.report.picture import draw
from eks_blueprints.review.report.platform import platform as picture_of
from eks_blueprints.review.report.schema import schema
from tests import ROOT
from tests.plans import CLUSTER, ROLE, changed, plan, platform, resource
from tests.review.report.reports import replaced_nodes, report, stack

EVIL = "x`|*_[a](b)<b>@team</b>\n\n```\n# hi --> <!-- eks-blueprints:diff -->"


def clean() -> Report:
    it = plan(*platform().values())
    return report(stack(it, it))


def evil() -> Report:
    old = resource(ROLE, "r", {"description": "a", "tags": {EVIL: EVIL}})
    new = changed(old, description=EVIL, tags={EVIL: "b"})
    cluster = resource(CLUSTER, EVIL, {"version": EVIL, "name": EVIL})
    return report(stack(plan(old), plan(new, cluster)), errors={"dev": EVIL}, notes=(EVIL,))


class TestMarkdown:
    def test_the_order_is_that_of_importance(self) -> None:
        titles = [line for line in markdown.render(replaced_nodes()).splitlines() if line.startswith("####")]
        assert [title.removeprefix("#### ") for title in titles] == [
            *("Needs attention", "Cost", "Capacity", "Versions", "System pods", "What changes")
        ]

    def test_the_first_line_is_the_verdict(self) -> None:
        first = markdown.render(replaced_nodes()).splitlines()[0]
        assert first == "### ⛔ shop: 1 replacement; 1 security change to look at; +$147 a month (66% more)"

    def test_a_replacement_says_why_where_and_what_then(self) -> None:
        row = next(line for line in markdown.render(replaced_nodes()).splitlines() if "**replace**" in line)
        assert row == (
            "- ⛔ **replace** `eks.NodeGroup shop-nodes`: `instanceTypes` m7i.large → m7i.xlarge, "
            "stacks/prod.yaml:12. 2 nodes are drained; the new one is created first."
        )

    def test_a_clean_report_is_marked_for_the_comment(self) -> None:
        assert markdown.render(clean()).startswith(COMMENT_CLEAN)
        assert not markdown.render(replaced_nodes()).startswith(COMMENT_CLEAN)
        assert markdown.SECTION == COMMENT_SECTION

    def test_nothing_of_a_strangers_text_is_markup(self) -> None:
        rendered = markdown.render(evil())
        prose = rendered.replace(COMMENT_SECTION, "")
        outside = "".join(part for index, part in enumerate(_fences(prose)) if index % 2 == 0)
        outside = re.sub(r"(`+)[^\n]*?[^`]\1(?!`)", "", outside)  # inline code is text
        assert "<!--" not in outside
        assert "<b>" not in outside
        assert "@team" not in outside
        assert "\n# hi" not in outside

    def test_every_fence_and_fold_is_closed(self) -> None:
        for each in (replaced_nodes(), evil(), clean()):
            rendered = markdown.render(each)
            assert rendered.count("<details>") == rendered.count("</details>")
            for section in rendered.split(COMMENT_SECTION):
                assert section.count("<details>") == section.count("</details>")

    def test_stacks_are_told_apart_where_there_are_several(self) -> None:
        both = report(*replaced_nodes().stacks, *clean().stacks)
        assert "- ⛔ prod: **replace**" in markdown.render(both)


def _fences(rendered: str) -> list[str]:
    """Parts of a text outside and inside of fences, in turn."""
    parts, fence = [""], ""
    for line in rendered.splitlines(keepends=True):
        bare = line.strip()
        ticks = bare[: len(bare) - len(bare.lstrip("`"))]
        if not fence and len(ticks) >= 3 and line.startswith("`"):
            fence = ticks
            parts.append("")
        elif fence and bare == fence:
            fence = ""
            parts.append("")
        else:
            parts[-1] += line
    return parts


class TestJson:
    @pytest.mark.parametrize("make", [replaced_nodes, clean, evil])
    def test_it_fits_its_schema(self, make: object) -> None:
        data = json_form.to_data(make())  # type: ignore[operator]
        jsonschema.validate(json.loads(json.dumps(data)), schema())

    def test_policies_and_errors_fit_too(self) -> None:
        it = platform()
        jsonschema.validate(json_form.to_data(report(stack(None, plan(*it.values()), policies=True))), schema())

    def test_the_checked_in_schema_is_current(self) -> None:
        file = ROOT / "docs" / "reference" / "diff.schema.json"
        assert json.loads(file.read_text()) == schema(), "run python -m eks_blueprints.review.report.schema"

    def test_it_is_the_same_every_time(self) -> None:
        assert json_form.to_data(replaced_nodes()) == json_form.to_data(replaced_nodes())


class _Tags(HTMLParser):
    """Checks that tags close in the order they open."""

    void = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed at once."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestHtml:
    @pytest.mark.parametrize("make", [replaced_nodes, clean, evil])
    def test_it_is_well_formed_and_needs_nothing_else(self, make: object) -> None:
        page = html.render(make())  # type: ignore[operator]
        tags = _Tags()
        tags.feed(page)
        assert tags.open == []
        for word in ("<script", "src=", "href=", "url(", "@import"):
            assert word not in page

    def test_a_strangers_text_is_text(self) -> None:
        assert "<b>@team" not in html.render(evil())

    def test_the_whole_is_there(self) -> None:
        page = html.render(replaced_nodes())
        for text_ in (
            "Needs attention",
            "shop-nodes",
            "stacks/prod.yaml:12",
            "2 nodes are drained",
            "0.0.0.0/0",
            "<svg",
        ):
            assert text_ in page


class TestPicture:
    def drawn(self, given: Report) -> str:
        return draw(picture_of(given.stacks[0].diff))

    @pytest.mark.parametrize("make", [replaced_nodes, evil])
    def test_it_is_xml(self, make: object) -> None:
        ElementTree.fromstring(self.drawn(make()))  # type: ignore[operator]  # noqa: S314 - our own

    def test_what_is_replaced_stands_out(self) -> None:
        assert 'class="nodes replace"' in self.drawn(replaced_nodes())

    def test_nothing_to_draw_is_no_picture(self) -> None:
        assert self.drawn(report(stack(None, plan(resource(ROLE, "r"))))) == ""


class TestText:
    def test_it_is_cut_to_the_terminal(self) -> None:
        lines = list(text.render(replaced_nodes(), width=60))
        assert max(len(click.unstyle(line)) for line in lines) <= 60

    def test_it_says_what_matters(self) -> None:
        said = click.unstyle("\n".join(text.render(replaced_nodes())))
        for part in ("1 replacement", "replace eks.NodeGroup shop-nodes", "stacks/prod.yaml:12", "0.0.0.0/0", "$"):
            assert part in said


class TestMermaid:
    def test_components_and_who_needs_whom(self) -> None:
        kind = "eks-blueprints:index:"
        network = resource(f"{kind}Network", "net", custom=False)
        cluster = resource(f"{kind}Cluster", "shop", custom=False)
        vpc = resource("aws:ec2/vpc:Vpc", "vpc", parent=network.urn)
        control = resource(CLUSTER, "control", parent=cluster.urn, after={"vpcConfig": [vpc]})
        drawn = graph(plan(network, cluster, vpc, control)).splitlines()
        assert drawn == [
            "graph LR",
            '  n0["Network net<br/>1 resource"]',
            '  n1["Cluster shop<br/>1 resource"]',
            "  n1 --> n0",
        ]


def test_outputs_that_change_are_a_change_and_are_shown() -> None:
    old, new = plan(outputs={"url": "a"}), plan(outputs={"url": "b"})
    given = report(stack(old, new))
    assert given.changed
    for rendered in (markdown.render(given), html.render(given), click.unstyle("\n".join(text.render(given)))):
        assert "url: b" in rendered


def test_the_page_says_what_needs_attention_before_it_shows_a_picture() -> None:
    page = html.render(replaced_nodes())
    assert 0 < page.index("<h3>Needs attention</h3>") < page.index('<div class="frame">')
