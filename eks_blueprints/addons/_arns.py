"""ARNs of whatever AWS service, with `*` for any text, as statements of policies take them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.errors import shown

_ARN = re.compile(r"arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9*-]*:(\d{12}|aws|\*|):[\x21-\x7e]+", re.ASCII)
_BUCKET = re.compile(r"arn:aws(-[a-z]+)*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def arn(value: str) -> str:
    """An ARN, or a pattern for several.

    Raises:
        ValueError: if it is none.
    """
    if not _ARN.fullmatch(value):
        do = "write it like arn:aws:s3:::shop-* or arn:aws:sqs:eu-west-1:111122223333:orders"
        raise ValueError(f"is no ARN; got {shown(value)}; {do}")
    return value


def bucket_arn(value: str) -> str:
    """The ARN of an S3 bucket.

    Raises:
        ValueError: if it is none.
    """
    if not _BUCKET.fullmatch(value):
        raise ValueError(f"is no ARN of a bucket; got {shown(value)}; write it like arn:aws:s3:::shop-logs")
    return value


Arn = Annotated[str, AfterValidator(arn)]
BucketArn = Annotated[str, AfterValidator(bucket_arn)]
