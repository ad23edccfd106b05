"""The pages of the catalogue: one for each kind, current, and all of them listed."""

from __future__ import annotations

import pytest

from eks_blueprints.reference.addon_pages import addon_pages
from tests import ROOT
from tests.addons.catalogue import KINDS, class_of

FOLDER = ROOT / "docs" / "addons"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return addon_pages()


def test_the_pages_are_current(pages: dict[str, str]) -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert sorted(there) == sorted(pages), "run make generate"
    stale = [name for name, text in pages.items() if there[name] != text]
    assert not stale, "run make generate"


def test_each_kind_has_a_page_of_its_name_and_is_listed(pages: dict[str, str]) -> None:
    for kind in KINDS:
        assert f"# {kind}\n" in pages[f"{kind}.md"]
        assert f"[{kind}]({kind}.md)" in pages["index.md"]


def test_every_category_is_on_the_first_page(pages: dict[str, str]) -> None:
    for category in {class_of(kind).category for kind in KINDS}:
        assert f"\n## {category}\n" in pages["index.md"]


def test_a_page_says_what_it_may_do_and_which_values_it_sets(pages: dict[str, str]) -> None:
    page = pages["external_dns.md"]
    assert '"route53:ChangeResourceRecordSets"' in page
    assert '"policy": "upsert-only"' in page
    assert "| `zone_arns` **required** |" in page
