"""ARNs of whatever AWS service, with `*` for any text, as statements of policies take them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.errors import shown

_ARN = re.compile(r"arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9*-]*:(\d{12}|aws|\*|):[\x21-\x7e]+", re.ASCII)


def arn_pattern(value: str) -> str:
    """An ARN, or a pattern for several.

    Raises:
        ValueError: if it is none.
    """
    if not _ARN.fullmatch(value):
        do = "write it like arn:aws:s3:::shop-* or arn:aws:sqs:eu-west-1:111122223333:orders"
        raise ValueError(f"is no ARN; got {shown(value)}; {do}")
    return value


ArnPattern = Annotated[str, AfterValidator(arn_pattern)]
