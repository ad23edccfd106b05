"""EKS add-ons, charts and controllers against the next Kubernetes version. What no table knows is told as unknown."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core.facts import addon_compatibility as table
from eks_blueprints.karpenter import releases
from eks_blueprints.lifecycle.upgrade.model import Component, Finding, Situation

_TABLE = "core/facts/addon_compatibility.toml"
BY_CLUSTER = ("kube-proxy",)
"""Add-ons that come after the control plane: their minor may not be newer."""
QUIET = frozenset({"karpenter-crd"})


def addons(situation: Situation, target: int) -> Iterator[Finding]:
    """What has to be changed before 1.`target`, and of what nothing is known."""
    unknown: list[Component] = []
    unasked: list[Component] = []
    for each in situation.components:
        if each.name in QUIET:
            continue
        if each.name == "karpenter":
            yield from _karpenter(each, target)
        elif each.eks:
            yield from _of_eks(each, situation, target, unasked)
        else:
            found = table.fit(each.name, each.app or each.version, target, each.version)
            if found.verdict == "unknown":
                unknown.append(each)
            elif found.verdict != "fits" and not (found.verdict == "too_new" and target >= situation.minor):
                yield _does_not_fit(each, found, target)
    if unasked:
        names = ", ".join(f"{each.name}{f' {each.version}' if each.version else ''}" for each in unasked)
        asked = "add-on versions" in situation.looked_at
        said = "is not in the file" if asked else "is not known offline"
        yield Finding(
            level="unknown",
            code="addon-versions",
            what=f"which versions EKS offers for 1.{target} {said}, of add-ons {names}",
            gate=asked,
            do="plan with --addon-versions FILE, written by: aws eks describe-addon-versions",
            place=unasked[0].place,
            source="EKS API, DescribeAddonVersions",
        )
    if unknown:
        names = ", ".join(f"{each.name} {each.version or '(newest)'}" for each in unknown)
        yield Finding(
            level="unknown",
            code="chart-compatibility",
            what=f"whether these charts run on 1.{target} is in no table: {names}",
            do="read the compatibility page of each; their Chart.yaml may say kubeVersion: helm show chart",
            source=_TABLE,
        )


def fits(each: Component, situation: Situation, target: int) -> bool | None:
    """Whether a component is known to run on 1.`target`; None where that is not known."""
    if each.name == "karpenter":
        needed = releases.oldest_for(f"1.{target}")
        given = table.numbers(each.version or "")
        return None if needed is None or given is None else given >= (table.numbers(needed) or ())
    if each.eks and (offered := situation.offered.get(each.name)) is not None and each.version is not None:
        return each.version in offered.get(f"1.{target}", ())
    verdict = table.fit(each.name, each.app or each.version, target, None if each.eks else each.version).verdict
    return None if verdict == "unknown" else verdict == "fits"


def for_both(each: Component, situation: Situation, target: int) -> str | None:
    """The newest version of an EKS add-on that EKS offers for the current and the next Kubernetes version."""
    offered = situation.offered.get(each.name, {})
    here = set(offered.get(f"1.{target - 1}", ()))
    both = [version for version in offered.get(f"1.{target}", ()) if version in here]
    return newest(both)


def newest(versions: list[str] | tuple[str, ...]) -> str | None:
    """The newest of some versions of an EKS add-on."""
    return max(versions, key=_order, default=None)


def _order(version: str) -> tuple[tuple[int, ...], int]:
    build = version.rpartition(".")[2]
    return table.numbers(version) or (), int(build) if build.isdigit() else 0


def _karpenter(each: Component, target: int) -> Iterator[Finding]:
    needed = releases.oldest_for(f"1.{target}")
    given = table.numbers(each.version or "")
    source = "karpenter.sh, compatibility (karpenter/releases.toml)"
    if needed is None or given is None:
        what = f"whether Karpenter {each.version or 'as it is'} runs on 1.{target} is not known"
        do = "look at karpenter.sh/docs/upgrading/compatibility"
        yield Finding(level="unknown", code="karpenter", what=what, do=do, place=each.place, source=source)
    elif given < (table.numbers(needed) or ()):
        yield Finding(
            level="blocker",
            code="karpenter",
            what=f"Karpenter {each.version} does not run on 1.{target}, which needs {needed} or newer",
            do=f'write version: "{releases.default_release()}" for it and deploy that before the control plane',
            place=each.place,
            source=source,
        )


def _of_eks(each: Component, situation: Situation, target: int, unasked: list[Component]) -> Iterator[Finding]:
    found = table.fit(each.name, each.version, target)
    if found.verdict not in ("unknown", "fits"):
        yield _does_not_fit(each, found, target)
        return
    offered = situation.offered.get(each.name)
    if offered is None:
        unasked.append(each)
    elif not offered.get(f"1.{target}"):
        yield Finding(
            level="blocker",
            code="addon-versions",
            what=f"EKS offers no version of add-on {each.name} for 1.{target}",
            do="remove it, or install it by a chart",
            place=each.place,
            source="EKS API, DescribeAddonVersions",
        )
    elif each.version is not None and each.version not in offered[f"1.{target}"] and each.name not in BY_CLUSTER:
        both = for_both(each, situation, target)
        yield Finding(
            level="warning",
            code="addon-versions",
            what=f"add-on {each.name} {each.version} is not offered for 1.{target}",
            do=f"write version: {both} before the control plane: EKS offers it for both"
            if both
            else "no version is offered for both: write one of the new ones right after the control plane",
            place=each.place,
            source="EKS API, DescribeAddonVersions",
        )


def _does_not_fit(each: Component, found: table.Fit, target: int) -> Finding:
    untested = found.verdict == "untested"
    wanted = f"write version: {found.wanted} or newer for it" if found.wanted else "choose a version for both"
    return Finding(
        level="warning" if untested else "blocker",
        code="addon-compatibility",
        what=f"{each.name} {each.app or each.version} on 1.{target}: {found.why}",
        do="upgrade it first, or wait for a series that is tested there"
        if untested
        else f"{wanted}, and deploy it first",
        place=each.place,
        source=_TABLE,
    )
