"""A report's JSON from a stranger's job: held against its schema before anything of it is used.

A shard's report is refused here: it is only a part of what a reviewer has to see.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.recording.held import faults
from eks_blueprints.review.preview.shard import KIND as SHARD
from eks_blueprints.review.report.schema import schema

_LARGEST = 20_000_000


def validated(text: str, file: str) -> dict[str, Any]:
    """The report that a text holds.

    Raises:
        InputError: if it is none, with the first things that are wrong with it.
    """
    if len(text) > _LARGEST:
        raise InputError([Problem((), f"is too large; got {len(text)} characters; post a smaller report", file)])
    try:
        data: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"is not a report; got text that is not JSON ({error}); write it with diff -o report.json"
        raise InputError([Problem((), message, file)]) from None
    if isinstance(data, dict) and data.get("kind") == SHARD:
        do = "join them all: eks-blueprints report merge FILE... -o report.json"
        raise InputError([Problem((), f"is the report of one shard; got no report of all stacks; {do}", file)])
    wrong = [
        Problem((), f"{path or 'the report'} {message}; write it with diff -o report.json", file)
        for path, message in islice(faults(data, schema()), 5)
    ]
    if wrong:
        raise InputError(wrong)
    return data
