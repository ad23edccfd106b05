"""Patterns as AWS has them: `*` stands for any text, and `?` for one character; nothing else is special.

IAM compares actions and ARNs so, EKS the namespaces and labels of Fargate profiles, and the namespaces of access
policies, which may hold `*` alone.
"""

from __future__ import annotations

import re
from functools import cache

_SIGNS = {"*": ".*", "?": "."}


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a pattern is the whole of a text, or stands for it."""
    return compiled(pattern, ignore_case=ignore_case).fullmatch(text) is not None


@cache
def compiled(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """A pattern as a regular expression for the whole of a text."""
    spelled = "".join(_SIGNS.get(each, re.escape(each)) for each in pattern)
    return re.compile(spelled, re.DOTALL | (re.IGNORECASE if ignore_case else re.NOFLAG))
