"""What charts render against what a platform has: nodes for DaemonSets, and volumes for those who ask for some.

The facts are those of the table of pinned charts. Values of the user's own may turn off what is told here, so that
nothing is refused for a chart that has some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.addons._fit import DAEMON
from eks_blueprints.addons.base import AddOn
from eks_blueprints.blueprint.addon_defaults import only_fargate, settled
from eks_blueprints.blueprint.kinds import ChartAddOn
from eks_blueprints.core.errors import Problem

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.core.charts.model import Claim, Rendered, Workload


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Add-ons whose pods could not run, or would wait for volumes for ever."""
    nothing_but_fargate = only_fargate(args)
    for addon in settled(args):
        found = _rendered(addon) if isinstance(addon, ChartAddOn) else None
        if found is None or (addon.fits.not_on_fargate and nothing_but_fargate):  # the latter is told anyway
            continue
        if nothing_but_fargate:
            yield from _on_fargate(addon, found)
        else:
            yield from _volumes(addon, found, args)
    if naming := [each for each in args.addons if hasattr(each, "storage_class") or getattr(each, "values", None)]:
        from eks_blueprints.blueprint import storage_checks

        yield from storage_checks.check_addons(args, naming)


def _rendered(addon: ChartAddOn) -> Rendered | None:
    # The frame of charts is loaded with the first of them.
    from eks_blueprints.addons._charts import rendered

    return rendered(addon)


def _on_fargate(addon: AddOn, found: Rendered) -> Iterator[Problem]:
    reason = next(filter(None, (_not_on_fargate(name, each) for name, each in found.workloads.items())), "")
    if not reason and (claims := _of_blocks(found)):
        reason = f"it requests volumes on EBS ({', '.join(claims)}), which Fargate cannot mount"
    if not reason:
        return
    message = f"cannot run on Fargate: {reason}; got nothing but Fargate; add nodes, or remove it"
    if getattr(addon, "values", None):
        yield _at(addon, f"{message}, unless its values turn that off", severity="warning")
    else:
        yield _at(addon, message)


def _not_on_fargate(name: str, workload: Workload) -> str:
    kind, _, short = name.partition("/")
    if kind == "DaemonSet":
        return f"{DAEMON} ({short})"
    if workload.host_network or workload.host_paths:
        return f"{short} uses the network or folders of its node"
    if any(each.security.get("privileged") for each in workload.containers.values()):
        return f"{short} is privileged"
    return ""


def _volumes(addon: AddOn, found: Rendered, args: BlueprintArgs) -> Iterator[Problem]:
    claims = [name for name, claim in _claims(found) if claim.storage_class is None]
    if not claims or _turns_off_volumes(getattr(addon, "values", {})):
        return
    from eks_blueprints.blueprint.storage_facts import storage

    lacking, do = [], []
    found_here = storage(args)
    if not found_here.drivers:
        lacking.append("a driver that creates volumes")
        do.append("aws_ebs_csi_driver: {}")
    if found_here.default is None:
        lacking.append("a default StorageClass, which EKS does not create since 1.30")
        do.append("storage_classes: {}")
    if lacking:
        asked = f"requests volumes of the cluster's default StorageClass ({', '.join(claims)}), and waits for them"
        message = f"{asked}; got addons without {' and '.join(lacking)}; add {' and '.join(do)}"
        yield _at(addon, message, severity="warning")


def _claims(found: Rendered) -> Iterator[tuple[str, Claim]]:
    for name, workload in found.workloads.items():
        for claim in workload.claims.values():
            yield name.partition("/")[2], claim
    for name, claim in found.claims.items():
        yield name.rpartition("/")[2], claim


def _of_blocks(found: Rendered) -> list[str]:
    """Claims of volumes that one node mounts, of the default class or of one that is on EBS by its name."""
    return [
        name
        for name, claim in _claims(found)
        if "ReadWriteMany" not in claim.modes and (claim.storage_class or "gp3").startswith(("gp", "io", "st", "sc"))
    ]


def _turns_off_volumes(values: Any) -> bool:
    """Whether values say something about volumes, anywhere."""
    if not isinstance(values, Mapping):
        return False
    words = ("persistence", "storage", "volume", "pvc")
    return any(
        any(word in str(key).lower() for word in words) or _turns_off_volumes(below) for key, below in values.items()
    )


def _at(addon: AddOn, message: str, severity: Any = "error") -> Problem:
    return Problem(("addons", addon.name), message, severity=severity)
