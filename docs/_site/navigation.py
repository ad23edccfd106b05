"""The navigation of the docs site: docs/navigation.toml, with its patterns replaced by the pages that they take."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Part:
    """A heading of the side bar and the pages under it."""

    title: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Navigation:
    """Pages are named by their path from the root of the repository, without `.md`."""

    parts: tuple[Part, ...]
    under: dict[str, tuple[str, ...]]
    """The pages that hang below a page."""
    titles: dict[str, str]
    """What the side bar calls pages whose own title does not tell them apart there."""

    def listed(self) -> list[str]:
        """Every page of the navigation, as often as it stands there."""
        groups = [*(part.pages for part in self.parts), *self.under.values()]
        return [page for group in groups for page in group]

    def toctrees(self, page: str) -> str:
        """The Markdown that hangs on a page what stands below it; on the home page that is all parts."""
        parts = self.parts if page == "README" else ()
        below = [(part.title, part.pages) for part in parts] + [("", self.under.get(page, ()))]
        return "".join(_toctree(title, pages) for title, pages in below if pages)

    def side_bar(self, current: str, link: Callable[[str], str]) -> str:
        """The side bar of a page as HTML, in the classes that Sphinx gives its own; `link` makes a page's `<a>`.

        What hangs below a page is listed on that page and those below it alone, so add-ons do not crowd the guides.
        """
        return "".join(
            f'<p class="caption" role="heading"><span class="caption-text">{escape(part.title)}</span></p>\n'
            + self._list(part.pages, current, link, 1)
            for part in self.parts
        )

    def _list(self, pages: Iterable[str], current: str, link: Callable[[str], str], level: int) -> str:
        lines = []
        for page in pages:
            below = self.under.get(page, ())
            here = page == current or current in below
            inner = self._list(below, current, link, level + 1) if here and below else ""
            lines.append(f'<li class="toctree-l{level}{" current" if here else ""}">{link(page)}{inner}</li>\n')
        return f"<ul>\n{''.join(lines)}</ul>\n"


def navigation(root: Path = ROOT) -> Navigation:
    """Read the navigation; a pattern takes, in the order of their files, the pages that no other line names.

    A page is taken by the longest pattern that fits it, so `coming_from_*` comes before `*`.
    """
    data = tomllib.loads((root / "docs" / "navigation.toml").read_text(encoding="utf-8"))
    lines = [line for part in data["part"] for line in part["pages"]]
    lines += [line for below in data["under"].values() for line in below]
    taken: dict[str, list[str]] = {}
    for page in pages(root):
        fitting = [line for line in lines if "*" in line and _fits(page, line)]
        if page not in lines and fitting:
            taken.setdefault(max(fitting, key=len), []).append(page)

    def filled(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(page for name in names for page in (taken.get(name, []) if "*" in name else [name]))

    parts = tuple(Part(part["title"], filled(part["pages"])) for part in data["part"])
    under = {page: filled(below) for page, below in data["under"].items()}
    return Navigation(parts, under, data["titles"])


def pages(root: Path = ROOT) -> list[str]:
    """Every page of the site: those of the root, of docs and of the examples."""
    found = [*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "examples").rglob("*.md")]
    return sorted(file.relative_to(root).with_suffix("").as_posix() for file in found)


def _fits(page: str, pattern: str) -> bool:
    """Whether a pattern takes a page; `*` does not cross folders."""
    return page.count("/") == pattern.count("/") and fnmatchcase(page, pattern)


def _toctree(title: str, pages: Iterable[str]) -> str:
    caption = f":caption: {title}\n" if title else ""
    # README leads itself: a page that lists itself is shown by Sphinx under the word `self`.
    names = "\n".join("Overview <self>" if page == "README" else f"/{page}" for page in pages)
    return f"\n\n```{{toctree}}\n:hidden:\n{caption}\n{names}\n```\n"
