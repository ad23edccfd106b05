"""User data that a class of nodes adds to Karpenter's own, in the form that each family of images takes."""

from __future__ import annotations

import tomllib
from email.parser import Parser

from eks_blueprints.core.errors import shown
from eks_blueprints.karpenter.selectors import Family

LIMIT = 16 * 1024
"""Most bytes of an instance's user data. Source: EC2; Karpenter's own part counts too."""


def check(text: str, family: Family | None) -> None:
    """Refuse what Karpenter cannot merge with its own part.

    Raises:
        ValueError: if the family's bootstrap cannot read it, or it is too long.
    """
    if len(text.encode()) > LIMIT:
        raise ValueError(f"takes at most {LIMIT} bytes; got {len(text.encode())}; fetch what is long from elsewhere")
    if family == "Bottlerocket":
        _check_toml(text)
    elif family in ("AL2", "AL2023"):
        _check_mime(text)
    elif family is not None and family.startswith("Windows") and "<powershell>" in text.lower():
        raise ValueError("is wrapped by Karpenter already; got <powershell>; write the commands alone")


def _check_toml(text: str) -> None:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)[:1].lower() + str(error)[1:]
        raise ValueError(
            f"is no TOML, which Bottlerocket takes; got {reason}; write tables such as [settings]"
        ) from None
    if not isinstance(found.get("settings", {}), dict):
        raise ValueError(f"needs settings to be a table; got {shown(found['settings'])}; write [settings.kubernetes]")


def _check_mime(text: str) -> None:
    if not text.strip().startswith(("MIME-Version:", "Content-Type:")):
        return
    if not Parser().parsestr(text).is_multipart():
        do = "write a Content-Type of multipart/mixed with its boundary, and a part below each boundary"
        raise ValueError(f"is no multipart MIME archive; got {shown(text)}; {do}")
