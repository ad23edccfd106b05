"""Whether EKS offers a version at all, and what the calendar says of both ends of the way."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core import versions
from eks_blueprints.core.support import standing
from eks_blueprints.lifecycle.upgrade.model import Finding, Situation
from eks_blueprints.lifecycle.upgrade.notes import notes

_SOON = 90
_SOURCE = "EKS user guide, Kubernetes version lifecycle (core/versions.toml)"


def calendar(situation: Situation, target: int) -> Iterator[Finding]:
    """What has to be known of 1.`target` and of waiting."""
    version = f"1.{target}"
    support = versions.support(version)
    if support == "unknown":
        yield Finding(
            level="unknown",
            code="version-unknown",
            what=f"whether EKS offers {version} is not in the table of {versions.as_of()}, nor what it changes there",
            do="ask EKS: aws eks describe-cluster-versions, and upgrade eks-blueprints",
            place=situation.place,
            source=_SOURCE,
            gate=True,
        )
    elif support == "ended":
        yield Finding(
            level="warning" if target - situation.minor == 1 else "blocker",
            code="version-ended",
            what=f"EKS no longer supports {version}: {standing(version).sentence()}",
            do="pass through it only on the way up, where EKS still takes it",
            place=situation.place,
            source=_SOURCE,
        )
    elif (days := standing(version).days) is not None and support == "standard" and days < _SOON:
        yield Finding(
            level="warning",
            code="version-short-lived",
            what=f"{version} is in {standing(version).sentence()}",
            do="go on to a newer version soon after",
            place=situation.place,
            source=_SOURCE,
        )
    if support == "extended" and situation.support_type == "STANDARD":
        yield Finding(
            level="blocker",
            code="support-type",
            what=f"{version} is in extended support, and the cluster has support type STANDARD",
            do="write support_type: EXTENDED first, with its charge, or plan a way that does not stop there",
            place=situation.place,
            source=_SOURCE,
        )
    if support != "unknown" and notes(version) is None:
        yield Finding(
            level="unknown",
            code="version-notes",
            what=f"what {version} changes on EKS is not in the table of notes",
            do="read its release notes",
            source="lifecycle/upgrade/notes.toml",
        )


def of_today(situation: Situation) -> Iterator[Finding]:
    """What waiting does to the version that the cluster has."""
    found = standing(f"1.{situation.minor}", situation.support_type)
    what = f"Kubernetes 1.{situation.minor}: {found.sentence()}"
    by_itself = found.support == "ended" or (found.support == "extended" and found.upgrades_itself)
    soon = found.days is not None and found.days < _SOON and (found.support == "extended" or found.upgrades_itself)
    if by_itself or soon:
        yield Finding(
            level="warning",
            code="automatic-upgrade",
            what=f"{what}; EKS then takes the control plane to 1.{situation.minor + 1}, and nothing else",
            do=f"upgrade to 1.{situation.minor + 1} before, at a time of your own",
            place=situation.place,
            source=_SOURCE,
        )
