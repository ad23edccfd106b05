"""Pages that need nothing else: no script, no font, no request; light or dark as one likes."""

from __future__ import annotations

from pathlib import Path

from eks_blueprints.core.printed import markup

BASE = Path(__file__).with_name("page.css")
"""The style that reports share: colours, texts, tables, cards."""


def page(title: str, body: str, *sheets: Path) -> str:
    """A whole page.

    Args:
        title: Its title, as text.
        body: What stands in it, as HTML.
        sheets: Files of style, in their order.
    """
    style = "".join(each.read_text(encoding="utf-8") for each in sheets)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{markup(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
