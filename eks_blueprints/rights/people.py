"""The subjects that somebody means by a name: principals of AWS, and subjects of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eks_blueprints.core.errors import InputError, Problem, nearest, shown
from eks_blueprints.core.wildcards import matches
from eks_blueprints.rights.cluster import Rights
from eks_blueprints.rights.entries import CREATOR
from eks_blueprints.rights.model import KUBERNETES, Subject, short_arn

_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)(?:/.*)?")
_ACCOUNT = "system:serviceaccount:"
_WORDS = ("group", "user", "serviceaccount")
_MOST = 8


def meant(text: str, rights: Rights) -> list[Subject]:
    """The subjects that a text means; `*` in it stands for anything.

    Principals go by their ARN, that of a session of theirs, their name with or without its path, the name of a
    permission set, or the name of their access entry; service accounts by `namespace/name` or their user name; groups
    and users by their name. `group:`, `user:` and `serviceaccount:` in front leave no doubt.

    Raises:
        InputError: if nobody is meant that the stack knows.
    """
    word, colon, rest = text.partition(":")
    kind = word.lower() if colon and word.lower() in _WORDS else ""
    wanted = _plain(rest if kind else text)
    found = sorted({each for each in known(rights) if _is_meant(each, wanted, kind, rights)})
    if not found:
        names = sorted({name for each in known(rights) for name in _names(each, rights)[:1]})
        near = nearest(text, names)
        listed = ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
        do = f"did you mean {near}?" if near else f"known are {listed}" if names else "this stack knows nobody"
        raise InputError([Problem((), f"nobody by this name has rights in this stack; got {shown(text)}; {do}")])
    return found


def known(rights: Rights) -> set[Subject]:
    """All subjects that have rights by the stack, or could have: principals, service accounts, groups and users."""
    found = {each.principal for each in rights.entries} | {*rights.accounts}
    found |= {Subject("group", group) for each in rights.entries for group in each.groups}
    return found | {each.subject for each in rights.grants}


def _plain(text: str) -> str:
    """A session's ARN as that of its role, and a service account's user name as `namespace/name`."""
    if session := _SESSION.fullmatch(text):
        partition, account, role = session.groups()
        return f"arn:{partition}:iam::{account}:role/*{role}" if "*" not in role else role
    return text.removeprefix(_ACCOUNT).replace(":", "/") if text.startswith(_ACCOUNT) else text


def _is_meant(subject: Subject, wanted: str, kind: str, rights: Rights) -> bool:
    if kind and subject.kind.replace(" ", "") != kind:
        return False
    names = _names(subject, rights)
    if wanted.startswith("arn:") and ":role/*" in wanted and subject.kind == "principal":
        # The ARN of a session has no path, and the role may have one.
        before, _, last = wanted.partition(":role/*")
        return subject.name.startswith(f"{before}:role/") and subject.name.rpartition("/")[2] == last.lstrip("*/")
    return any(matches(wanted, each) for each in names)


def _names(subject: Subject, rights: Rights) -> list[str]:
    """What a subject goes by."""
    if subject.kind == "service account":
        return [f"{subject.namespace}/{subject.name}", subject.name]
    if subject.kind != "principal":
        return [subject.name]
    arn = subject.name
    short = short_arn(arn)
    path = arn.split(":", 5)[-1]
    names = [arn, path, path.partition("/")[2], arn.rpartition("/")[2], short, short.removeprefix("permission set ")]
    names += [part for each in rights.entries if each.principal == subject and each.name for part in _tails(each.name)]
    return [each for each in names if each] + (["creator"] if arn == CREATOR else [])


def _tails(name: str) -> Iterable[str]:
    """`prod-access-admins`, and `admins`, which is what a stack file calls it."""
    yield name
    _, found, tail = name.rpartition("-access-")
    if found:
        yield tail


def is_of_kubernetes(subject: Subject, rights: Rights) -> bool:
    """Whether only what Kubernetes makes itself gives a subject rights."""
    own = [each for each in rights.grants if each.subject == subject]
    return bool(own) and all(each.origin == KUBERNETES for each in own) and subject not in rights.accounts
