"""What the platform tells a node and what its user adds, put together so that neither is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LABELS, TAINTS = "--node-labels", "--register-with-taints"
_WHOLE = ("clusterDNS", "cluster-dns-ip")
"""Lists that are one answer to one question: a user's stands for the platform's."""


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, mapping by mapping: lists one after the other, and where both say one value, that of `above`."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = merged(old, value)
        elif isinstance(old, list | tuple) and isinstance(value, list | tuple) and key not in _WHOLE:
            result[key] = [*old, *(entry for entry in value if entry not in old)]
        else:
            result[key] = value
    return result


def joined_flags(flags: Sequence[str]) -> list[str]:
    """The kubelet's flags with its labels, and its taints, in one flag each: of two with taints it takes the last."""
    result: list[str] = []
    for name, text in split_flags(flags):
        whole = f"{name}={','.join(dict.fromkeys(values_of(flags, name)))}" if name in (LABELS, TAINTS) else text
        # A value in an entry of its own may be the same as another flag's.
        if whole not in result or "=" not in whole:
            result.append(whole)
    return result


def values_of(flags: Sequence[str], name: str) -> list[str]:
    """The comma-separated values of every flag of a name."""
    texts = [text.partition("=")[2] for found, text in split_flags(flags) if found == name]
    return [value for text in texts for value in text.split(",") if value]


def split_flags(flags: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each flag as its name and its text; those with labels and taints as `--name=value`, however they were written.

    nodeadm joins the entries with spaces, so that one entry may hold several flags, and two of them one flag.
    """
    waiting = ""
    for entry in flags:
        words = entry.split() if waiting or any(name in entry for name in (LABELS, TAINTS)) else [entry]
        for word in words:
            if waiting:
                yield waiting, f"{waiting}={word}"
                waiting = ""
            elif word in (LABELS, TAINTS):
                waiting = word
            else:
                yield word.partition("=")[0], word
