"""Names that fit the limits of AWS, keys and values of Kubernetes labels, effects of taints, marks of classes."""

from __future__ import annotations

from eks_blueprints.core.form import Form

_PULUMI_SUFFIX = 8  # autonaming adds a dash and seven hex digits
_PROVIDER_SUFFIX = 26  # what the AWS provider puts behind a prefix
_HASH = 8

_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_DOMAIN = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"

LABEL_KEY = Form(rf"(?:(?P<domain>(?=[^/]{{1,253}}/){_DOMAIN})/)?{_PART}")
"""Key of a Kubernetes label or taint: a name, or `domain/name`."""
LABEL_VALUE = Form(rf"(?:{_PART})?")
"""Value of a Kubernetes label or taint; it may be empty."""
TAINT_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
"""Effects of taints as Kubernetes spells them, by EKS's spelling."""
DEFAULT_STORAGE_CLASS = "storageclass.kubernetes.io/is-default-class"
DEFAULT_SNAPSHOT_CLASS = "snapshot.storage.kubernetes.io/is-default-class"
"""Annotations of the class that is used where none is named."""


def short_prefix(logical: str, limit: int, *, dots: bool = True) -> str | None:
    """What to give as a resource's name prefix, or None where Pulumi's name for `logical` will do.

    It will not where it is longer than `limit`, or has `dots` that AWS does not take. The prefix ends in a hash of all
    of the name, so that two names that begin alike stay apart.
    """
    if len(logical) + _PULUMI_SUFFIX <= limit and (dots or "." not in logical):
        return None
    return name_prefix(logical, limit, dots=dots)


def name_prefix(logical: str, limit: int, *, dots: bool = True) -> str:
    """The prefix of a resource's name that begins with `logical`, which is shortened where it is too long."""
    if len(logical) + 1 + _PROVIDER_SUFFIX <= limit and (dots or "." not in logical):
        return f"{logical}-"
    kept = limit - _PROVIDER_SUFFIX - _HASH - 2
    import hashlib  # brings OpenSSL, and a check names nothing

    digest = hashlib.sha256(logical.encode()).hexdigest()[:_HASH]
    begin = logical if dots else logical.replace(".", "-")
    return f"{begin[:kept].rstrip('-')}-{digest}-"


def fitted(name: str, limit: int, *, dots: bool = True) -> str:
    """A name that is no longer than `limit`, and has no dots where AWS takes none: where it has to be changed it ends
    in a hash of all of it, so that two names that begin alike stay apart."""
    if len(name) <= limit and (dots or "." not in name):
        return name
    import hashlib  # brings OpenSSL, and a check names nothing

    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
    begin = name if dots else name.replace(".", "-")
    return f"{begin[: limit - _HASH - 1].rstrip('-')}-{digest}"
