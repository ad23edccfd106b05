"""Sphinx settings of the docs site; `make docs` runs it over the repository's Markdown as it is.

The pages stay plain Markdown that code hosts show as well: what a site needs besides is added to the text when it is
read, and links to files and folders of the repository are kept where they lead to a page.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent / "_site"))

from navigation import navigation
from sphinx.addnodes import pending_xref

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

project = "eks_blueprints"
author = "The eks_blueprints authors"
root_doc = "README"
include_patterns = ["*.md", "docs/**.md", "examples/**.md"]
exclude_patterns = [".*", "site", "dist", "eks_blueprints", "tests", "templates"]

extensions = ["myst_parser"]
myst_heading_anchors = 6  # as code hosts name them
suppress_warnings = ["myst.header"]  # the stories show reports as code hosts do, with headings of their own

html_theme = "furo"
html_title = "eks_blueprints"
html_static_path = ["_site/static"]
html_css_files = ["site.css"]
html_extra_path = ["_site/index.html"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0f5f8c", "color-brand-content": "#0f5f8c"},
    "dark_css_variables": {"color-brand-primary": "#7cc4ec", "color-brand-content": "#7cc4ec"},
}
pygments_style = "friendly"
pygments_dark_style = "native"

_NAVIGATION = navigation()


def _as_read(app: Sphinx, page: str, source: list[str]) -> None:
    """Add the navigation, and turn `## <a id="x"></a>Title` into MyST's own target of that name."""
    text = re.sub(r'^(#+ )<a id="([^"]+)"></a>', r"(\2)=\n\1", source[0], flags=re.MULTILINE)
    source[0] = text + _NAVIGATION.toctrees(page)


def _parsed(app: Sphinx, document: nodes.document) -> None:
    """A link to a folder of the repository has no page to lead to: its text stays."""
    for link in list(document.findall(pending_xref)):
        folder = Path(app.env.doc2path(app.env.docname)).parent / link["reftarget"]
        if link["reftype"] == "myst" and not link["refdomain"] and folder.is_dir():
            link.replace_self(link.children)


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _as_read)
    app.connect("doctree-read", _parsed)
