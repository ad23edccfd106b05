"""Sphinx settings of the docs site; `make docs` runs it over the repository's Markdown as it is.

The pages stay plain Markdown that code hosts show as well; what a site needs besides is added when they are read. A
link to another file of the repository, such as an example, downloads it.
"""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent / "_site"))

from docutils import nodes
from navigation import navigation
from sphinx.addnodes import pending_xref

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "eks_blueprints"
author = "The eks_blueprints authors"
root_doc = "README"
include_patterns = ["*.md", "docs/**.md", "examples/**.md"]
exclude_patterns = [".*", "site", "dist", "eks_blueprints", "tests", "templates"]

extensions = ["myst_parser"]
myst_heading_anchors = 6  # as code hosts name them
smartquotes = False  # what people type is shown as it is
suppress_warnings = ["myst.header"]  # the stories show reports as code hosts do, with headings of their own

html_theme = "furo"
html_title = "eks_blueprints"
html_static_path = ["_site/static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_extra_path = ["_site/index.html"]
html_copy_source = False
html_show_sphinx = False

_LINKS_OF_THE_SIDE_BAR = {
    "color-sidebar-link-text": "var(--color-foreground-secondary)",
    "color-sidebar-link-text--top-level": "var(--color-foreground-primary)",
}
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0f5f8c",
        "color-brand-content": "#0f5f8c",
        **_LINKS_OF_THE_SIDE_BAR,
    },
    "dark_css_variables": {"color-brand-primary": "#7cc4ec", "color-brand-content": "#7cc4ec"},
}

_NAVIGATION = navigation()


def _as_read(app: Sphinx, page: str, source: list[str]) -> None:
    """Add the navigation, and turn `## <a id="x"></a>Title` into MyST's own target of that name."""
    text = re.sub(r'^(#+ )<a id="([^"]+)"></a>', r"(\2)=\n\1", source[0], flags=re.MULTILINE)
    source[0] = text + _NAVIGATION.toctrees(page)


def _parsed(app: Sphinx, document: nodes.document) -> None:
    """Keep the text of a link to a folder, which has no page to lead to; name what the site shows in its own way."""
    for link in list(document.findall(pending_xref)):
        folder = Path(app.env.doc2path(app.env.docname)).parent / link["reftarget"]
        if link["reftype"] == "myst" and not link["refdomain"] and folder.is_dir():
            link.replace_self(link.children)
    for block in list(document.findall(nodes.literal_block)):
        if block.get("language") == "mermaid":  # code hosts draw it; here its text unfolds
            block["language"] = "text"
            head = "<details><summary>The picture, as Mermaid text</summary>"
            block.replace_self([nodes.raw("", head, format="html"), block, nodes.raw("", "</details>", format="html")])
    for table in document.findall(nodes.table):
        if next(table.findall(nodes.entry)).astext() == "field":
            table["classes"].append("fields")


def _side_bar(app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None) -> None:
    """Give furo our side bar for the one of Sphinx, which lists every page on every page and takes most of a build."""

    def link(to: str) -> str:
        title = _NAVIGATION.titles.get(to) or app.env.titles[to].astext()
        shown = "current reference internal" if to == page else "reference internal"
        return f'<a class="{shown}" href="{escape(context["pathto"](to))}">{escape(title)}</a>'

    context["toctree"] = lambda **_: _NAVIGATION.side_bar(page, link)


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _as_read)
    app.connect("doctree-read", _parsed)
    app.connect("html-page-context", _side_bar, priority=100)  # before furo, which reads it
