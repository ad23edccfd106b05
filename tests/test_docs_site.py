"""The docs as a site: every page is in the navigation once, every link leads somewhere, and it is built strictly."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest

from tests import ROOT

SITE = ROOT / ".venv-docs" / "bin" / "python"
"""The Python of `make docs`, whose environment holds the generator."""

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def site() -> ModuleType:
    """docs/_site/navigation.py, which is not a part of the package."""
    spec = importlib.util.spec_from_file_location("docs_site_navigation", ROOT / "docs" / "_site" / "navigation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_page_stands_in_the_navigation_once(site: ModuleType) -> None:
    assert sorted(site.navigation().listed()) == site.pages()


def test_the_side_bar_lists_what_hangs_below_a_page_there_alone(site: ModuleType) -> None:
    """Add-ons are listed among add-ons; the page that is read is marked, with the one that it hangs below."""
    shown = {
        page: site.navigation().side_bar(page, lambda to: f"<a>{to}</a>")
        for page in ("docs/tutorial", "docs/addons/index", "docs/addons/velero")
    }
    assert "docs/addons/velero" not in shown["docs/tutorial"]
    assert "docs/addons/velero" in shown["docs/addons/index"]
    assert '<li class="toctree-l1 current"><a>docs/addons/index</a>' in shown["docs/addons/velero"]
    assert '<li class="toctree-l2 current"><a>docs/addons/velero</a>' in shown["docs/addons/velero"]
    assert shown["docs/addons/velero"].count(" current") == 2


def test_names_in_the_side_bar_are_of_pages(site: ModuleType) -> None:
    assert set(site.navigation().titles) <= set(site.pages())


def test_a_new_page_of_a_folder_appears_by_itself(site: ModuleType, tmp_path: Path) -> None:
    """The longest pattern that fits takes it; a page that a line names is taken by no pattern, folders apart."""
    (tmp_path / "docs" / "guides" / "deep").mkdir(parents=True)
    (tmp_path / "docs" / "navigation.toml").write_text(
        '[[part]]\ntitle = "All"\npages = ["README", "docs/guides/*", "docs/guides/from_*", "docs/guides/named"]\n'
        '[under]\n"docs/guides/named" = ["docs/guides/deep/*"]\n[titles]\nREADME = "Overview"\n'
    )
    for page in ("README", "docs/guides/b", "docs/guides/a", "docs/guides/from_a", "docs/guides/named"):
        (tmp_path / f"{page}.md").touch()
    (tmp_path / "docs" / "guides" / "deep" / "c.md").touch()
    found = site.navigation(tmp_path)
    assert found.parts[0].pages == (
        "README",
        "docs/guides/a",
        "docs/guides/b",
        "docs/guides/from_a",
        "docs/guides/named",
    )
    assert found.under == {"docs/guides/named": ("docs/guides/deep/c",)}
    assert "/docs/guides/deep/c" in found.toctrees("docs/guides/named")
    assert found.toctrees("docs/guides/a") == ""


def test_links_between_pages_lead_to_a_heading(site: ModuleType) -> None:
    """Code hosts and the site name headings alike, so one anchor is right in both."""
    anchors = {
        ROOT / f"{page}.md": _anchors((ROOT / f"{page}.md").read_text(encoding="utf-8")) for page in site.pages()
    }
    wrong = []
    for page in anchors:
        for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            if re.match(r"\w+:", target):
                continue
            path, _, anchor = unquote(target).partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists() or (anchor and anchor not in anchors.get(file, ())):
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
    assert not wrong, "\n".join(wrong)


def _anchors(text: str) -> set[str]:
    """The anchors of a page: those that it names, and one a heading, numbered where headings are alike."""
    anchors = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE):
        shown = re.sub(r"\[([^]]*)\]\([^)]*\)|<[^>]+>", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")
        number = 0
        while (name := f"{slug}-{number}" if number else slug) in anchors and f'id="{name}"' not in text:
            number += 1
        anchors.add(name)
    return anchors


@pytest.mark.skipif(not SITE.is_file(), reason="the generator is not installed; `make docs` sets it up")
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [
        SITE,
        "-m",
        "sphinx",
        "-c",
        "docs",
        "-d",
        tmp_path / "read",
        "--fail-on-warning",
        "--quiet",
        ".",
        tmp_path,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "README.html" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'id="shared"' in (tmp_path / "docs" / "reference" / "stack.html").read_text(encoding="utf-8")
