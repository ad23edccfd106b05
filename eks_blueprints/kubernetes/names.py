"""Names, labels and keys of annotations that Kubernetes' API server takes.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and .../labels/ (both pages give the rules in
words; apimachinery pkg/util/validation/validation.go has them as patterns).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown

SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_PATH = re.compile(r"(?!\.{1,2}$)[^/%]+")
PART = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
"""A label's value, and its key after the `/`."""
LONGEST_VALUE = 63
"""Most characters of a label's value."""
_DATA_KEY = re.compile(r"(?!\.{1,2}$)[-._a-zA-Z0-9]{1,253}")
_WORDS = {
    SUBDOMAIN: "lower-case letters, digits, - and .",
    LABEL: "lower-case letters, digits and -",
    _PATH: "anything but / and %",
}
_RBAC = "rbac.authorization.k8s.io"
_LONGEST_OF = {"Namespace": 63, "Service": 63, "Job": 63, "CronJob": 52}
"""Kinds with names shorter than 253: CronJob, as 11 characters are added to make a Job of it
(https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/)."""
UNCHECKED = frozenset({"ClusterTrustBundle", "IPAddress", "PodDisruptionBudget"})
"""Kinds with rules of their own, or with none."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """What names of one kind may be."""

    pattern: re.Pattern[str]
    longest: int

    @property
    def words(self) -> str:
        """What they are made of."""
        return _WORDS[self.pattern]


NAMESPACE = NameRule(LABEL, 63)
DNS_NAME = NameRule(SUBDOMAIN, 253)


def missing(metadata: Any) -> str | None:
    """What is wrong with metadata that names nothing; None where it has a name, of whatever type."""
    found = metadata if isinstance(metadata, Mapping) else {}
    if any(found.get(field) not in (None, "") for field in ("name", "generateName")):
        return None
    do = "write metadata: {name: …}, or generateName where it may get another one each time it is replaced"
    return f"needs a name; got {shown(metadata)}; {do}"


def rule_of(group: str, kind: str) -> NameRule:
    """The rule for the names of a kind."""
    pattern = _PATH if group == _RBAC else LABEL if kind in ("Namespace", "Service") else SUBDOMAIN
    # Those of RBAC may be as long as one likes.
    return NameRule(pattern, 10_000 if group == _RBAC else _LONGEST_OF.get(kind, 253))


def fault(rule: NameRule, name: str) -> str | None:
    """What is wrong with a name; None where nothing is."""
    if len(name) > rule.longest:
        do = f"shorten it by {len(name) - rule.longest}"
        return f"can have at most {rule.longest} characters; got {shown(name)} of {len(name)}; {do}"
    if not rule.pattern.fullmatch(name):
        return f"can contain only {rule.words}; got {shown(name)}; write it with those"
    return None


def key_fault(key: str) -> str | None:
    """What is wrong with the key of a label or an annotation; None where nothing is."""
    prefix, slash, part = key.rpartition("/")
    if slash and (len(prefix) > 253 or not SUBDOMAIN.fullmatch(prefix.lower())):
        return "the part before / must be a domain name of at most 253 characters"
    if len(part) > 63:
        return f"the key{' after /' if slash else ''} can have at most 63 characters"
    return None if PART.fullmatch(part) else "a key can contain only letters, digits and inner -_."


def value_fault(value: str) -> str | None:
    """What is wrong with the value of a label; None where nothing is."""
    if len(value) > LONGEST_VALUE:
        do = f"shorten it by {len(value) - LONGEST_VALUE}"
        return f"a label's value can have at most 63 characters; got {shown(value)} of {len(value)}; {do}"
    if value and not PART.fullmatch(value):
        return (
            f"a label's value can contain only letters, digits and inner -_.; got {shown(value)}; write it with those"
        )
    return None


def data_key_fault(key: str) -> str | None:
    """What is wrong with a key of a ConfigMap or a Secret; None where nothing is."""
    if _DATA_KEY.fullmatch(key):
        return None
    return f"is not a valid key of data; got {shown(key)}; use up to 253 letters, digits and -_."


def entries(found: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts of a field that holds one or a list of them, and where they stand."""
    if isinstance(found, str):
        yield path, found
    elif isinstance(found, list):
        yield from (((*path, index), each) for index, each in enumerate(found) if isinstance(each, str))


def apart(found: Any, path: Path, key: str) -> Iterator[Problem]:
    """Entries of a list that have the same text at a key."""
    seen: set[str] = set()
    for index, each in enumerate(found if isinstance(found, list) else ()):
        text = each.get(key) if isinstance(each, Mapping) else None
        if isinstance(text, str) and text:
            if text in seen:
                yield Problem((*path, index, key), f"is used twice; got {shown(text)}; choose another")
            seen.add(text)
