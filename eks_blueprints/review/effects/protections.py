"""Updates that take a protection or a way back away, and those whose outcome is not known.

Sources: EKS user guide, "Change authentication mode to use access entries", "Encrypt Kubernetes secrets with KMS on
existing clusters" (both cannot be taken back), "Send control plane logs to CloudWatch Logs" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.review.diff.changes import ABSENT, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.effects.links import minor_of, section
from eks_blueprints.review.effects.nodes import CLUSTER
from eks_blueprints.review.effects.words import Attention, attention

_SWITCHES = {
    "deletionProtection": "AWS no longer refuses to delete it",
    "deletionProtectionEnabled": "AWS no longer refuses to delete it",
    "enableDeletionProtection": "AWS no longer refuses to delete it",
    "zonalShiftConfig.enabled": "its traffic is no longer moved away from a zone that is impaired",
    "nodeRepairConfig.enabled": "EKS no longer replaces or reboots nodes that are unhealthy",
}
"""What protects where it is on, and what is so without it."""

_RECORDS = {"audit": "what is done in the cluster", "authenticator": "who logs in to the cluster"}


def protections(diff: PlanDiff) -> Iterator[Attention]:
    """Of each update."""
    for each in diff.of("update"):
        if each.old is not None:
            yield from _updated(each)
            yield from _switched_off(each)
            if each.type == CLUSTER:
                yield from _one_way(each)
                yield from _unrecorded(each)


def _updated(each: ResourceDiff) -> Iterator[Attention]:
    changed = {change.top for change in each.changes}
    if each.type == CLUSTER and "version" in changed and _upwards(each):
        effect = "EKS allows a rollback for 7 days only, by one minor version, nodes first"
        yield _ends("upgrade", each, "`version` changes", effect)
    for change in each.changes:
        if change.path == "option protect" and change.old:
            yield _ends("unprotected", each, "`protect` is removed", "nothing keeps it from being deleted then")
        if change.path == "permissionsBoundary" and change.old is not ABSENT:
            gone = change.new is ABSENT
            effect = "it has no permissions boundary any more" if gone else "its permissions boundary is another policy"
            yield _ends("unprotected", each, f"`permissionsBoundary` {transition(change)}", effect)
    if not each.certain:
        kinds = ", ".join(f"`{change.path}`" for change in each.changes[:3])
        effect = "whether that replaces it is not known here"
        yield attention("unclear", "note", "maybe replaced", each, f"{kinds} changes", effect)


def _switched_off(each: ResourceDiff) -> Iterator[Attention]:
    assert each.old is not None  # noqa: S101 - asked before
    for path, effect in _SWITCHES.items():
        *above, key = path.split(".")
        before, after = (section(side.inputs, *above).get(key) for side in (each.old, each.resource))
        if before is True and after in (False, None):
            yield _ends("unprotected", each, f"`{path}` true → {'false' if after is False else 'unset'}", effect)


def _one_way(each: ResourceDiff) -> Iterator[Attention]:
    assert each.old is not None  # noqa: S101 - asked before
    modes = [section(side.inputs, "accessConfig").get("authenticationMode") for side in (each.old, each.resource)]
    if modes[1] == "API" and modes[0] in ("API_AND_CONFIG_MAP", "CONFIG_MAP"):
        effect = (
            "EKS no longer reads the ConfigMap `aws-auth`, and never will: people and nodes that have no access entry "
            "lose access"
        )
        yield _ends("cannot be undone", each, f"`accessConfig.authenticationMode` {modes[0]} → API", effect)
    if not each.old.inputs.get("encryptionConfig") and each.resource.inputs.get("encryptionConfig"):
        effect = (
            "a key cannot be taken away or changed any more, and a cluster whose key is deleted cannot be recovered"
        )
        yield _ends("cannot be undone", each, "`encryptionConfig` is added", effect)


def _unrecorded(each: ResourceDiff) -> Iterator[Attention]:
    assert each.old is not None  # noqa: S101 - asked before
    before, after = (_logs(side.inputs.get("enabledClusterLogTypes")) for side in (each.old, each.resource))
    if before is None or after is None:
        return
    gone = [kind for kind in _RECORDS if kind in before and kind not in after]
    if gone:
        effect = f"{' and '.join(_RECORDS[kind] for kind in gone)} is no longer recorded"
        cause = f"`enabledClusterLogTypes` loses {', '.join(gone)}"
        yield _ends("unprotected", each, cause, effect)


def _logs(value: Any) -> list[Any] | None:
    return [] if value is None else value if isinstance(value, list) else None


def _ends(title: str, each: ResourceDiff, cause: str, effect: str) -> Attention:
    return attention("unprotected", "warning", title, each, cause, effect)


def _upwards(each: ResourceDiff) -> bool:
    before, after = (minor_of(side.inputs.get("version")) for side in (each.old or each.resource, each.resource))
    return before is None or after is None or after > before
