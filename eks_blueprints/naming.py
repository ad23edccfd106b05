"""Physical names: Pulumi's own naming where it fits AWS's limit, and a prefix that was cut the same way each time."""

from __future__ import annotations

import hashlib

_PULUMI_SUFFIX = 8  # autonaming adds a dash and seven hex digits
_PROVIDER_SUFFIX = 26  # what the AWS provider puts behind a prefix
_HASH = 8


def short_prefix(logical: str, limit: int) -> str | None:
    """What to give as a resource's name prefix, or None where Pulumi's name for `logical` keeps within `limit`.

    The prefix of a long name ends in a hash of all of it, so that two long names that begin alike stay apart.
    """
    if len(logical) + _PULUMI_SUFFIX <= limit:
        return None
    kept = limit - _PROVIDER_SUFFIX - _HASH - 2
    digest = hashlib.sha256(logical.encode()).hexdigest()[:_HASH]
    return f"{logical[:kept].rstrip('-')}-{digest}-"
