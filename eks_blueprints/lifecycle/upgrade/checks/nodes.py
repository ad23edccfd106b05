"""Images of nodes: families that end, variants that a version does not have, images of one's own, types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from eks_blueprints.core.facts.ami_types import AL2_LAST_MINOR, ami_types
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.lifecycle.upgrade.declared_nodes import minor_in
from eks_blueprints.lifecycle.upgrade.model import Finding, Nodes, Situation

_GUIDE = "EKS user guide, Amazon EKS optimized AMIs"
_SERVER_2025 = 35  # EKS release notes of 1.35: AMIs of Windows Server 2025


def nodes(situation: Situation, target: int) -> Iterator[Finding]:
    """What of the nodes' images and types stands in the way of 1.`target`."""
    yield from _aliases(situation, target)
    for each in situation.nodes:
        yield from _family(each, target)
        yield from _own(each, target)
        yield from _release(each, target)
        yield from _types(each)
        if each.blocked:
            yield Finding(
                level="warning",
                code="pool-never-drifts",
                what=f"nodes of {each.name} are never replaced after the upgrade: {each.blocked}",
                do="give that budget a schedule and a duration, or leave Drifted out of its reasons",
                place=each.place,
                source="karpenter.sh, disruption budgets",
            )


def _family(each: Nodes, target: int) -> Iterator[Finding]:
    ami = ami_types().get(each.ami_type or "")
    if ami is not None and not ami.runs(target):
        yield Finding(
            level="blocker",
            code="ami-family-ends",
            what=f"{each.name} uses {each.ami_type}, of which EKS has no image for 1.{target}: 1.{AL2_LAST_MINOR} is "
            "its last, and its images ended on 2025-11-26",
            do=f"write ami_type: {_instead(each.ami_type or '')}, which makes a new group before the old one goes",
            place=each.place,
            source="EKS user guide, AL2 AMI deprecation",
        )
    elif (each.ami_type or "").startswith("WINDOWS_") and "2025" in (each.ami_type or "") and target < _SERVER_2025:
        yield Finding(
            level="blocker",
            code="ami-variant-missing",
            what=f"{each.name} uses {each.ami_type}, of which EKS has images from 1.{_SERVER_2025} on",
            do="write an ami_type of Windows Server 2022",
            place=each.place,
            source="EKS release notes of 1.35",
        )
    elif (each.ami_type or "").startswith(("WINDOWS_", "BOTTLEROCKET_")):
        yield Finding(
            level="unknown",
            code="ami-variant",
            what=f"whether EKS has {each.ami_type} for 1.{target} in this region by now is not in any table "
            f"({each.name})",
            do=f"look it up: {parameter(each.ami_type or '', target)}",
            place=each.place,
            source=_GUIDE,
        )


def _aliases(situation: Situation, target: int) -> Iterator[Finding]:
    """Pools by the alias that they are pinned to."""
    pinned: defaultdict[str, list[Nodes]] = defaultdict(list)
    for each in situation.of_kind("karpenter"):
        if each.image.startswith("alias ") and not each.image.endswith("@latest"):
            pinned[each.image].append(each)
    for image, pools in pinned.items():
        family = _BY_ALIAS.get(image.removeprefix("alias ").partition("@")[0], "AL2023_x86_64_STANDARD")
        names = ", ".join(each.name for each in pools)
        yield Finding(
            level="warning",
            code="alias-pinned",
            what=f"Karpenter's pools {names} are pinned to {image}, which must exist for 1.{target}; it is looked "
            "up by the control plane's version, so that their nodes are replaced by themselves",
            do=f"look it up: {parameter(family, target)}; raise the alias where it does not exist",
            place=pools[0].place,
            source="karpenter.sh, EC2NodeClass amiSelectorTerms",
        )


_BY_ALIAS = {"bottlerocket": "BOTTLEROCKET_x86_64", "windows2022": "WINDOWS_CORE_2022_x86_64"}


def _own(each: Nodes, target: int) -> Iterator[Finding]:
    if each.image and each.kind in ("managed", "self-managed", "karpenter") and not each.image.startswith("alias "):
        yield Finding(
            level="unknown",
            code="image-own",
            what=f"{each.name} ({each.kind}) uses {each.image}: which kubelet is in it for 1.{target} is yours to know",
            do=f"build or choose an image with a kubelet of 1.{target}, and change it here after the control plane",
            place=each.place,
            source=_GUIDE,
        )


def _release(each: Nodes, target: int) -> Iterator[Finding]:
    of = minor_in(each.release) if each.release else None
    if each.release and of != target:
        is_fixed = "keeps its nodes on this image" if of is None else f"is of 1.{of}"
        yield Finding(
            level="note",
            code="release-pinned",
            what=f"{each.name} pins release {each.release}, which {is_fixed}: its nodes stay there until it is changed",
            do=f"look the new one up: {parameter(each.ami_type or 'AL2023_x86_64_STANDARD', target)}",
            place=each.place,
            source=_GUIDE,
        )


def _types(each: Nodes) -> Iterator[Finding]:
    for name in each.instance_types:
        if instance_type(name) is None:
            yield Finding(
                level="unknown",
                code="instance-type",
                what=f"instance type {name} of {each.name} is not in the table of types",
                do=f"look it up: aws ec2 describe-instance-type-offerings --filters Name=instance-type,Values={name}",
                place=each.place,
                source="core/facts/instance_types.csv",
            )
        elif name.startswith("p2."):
            yield Finding(
                level="blocker",
                code="instance-type",
                what=f"instance type {name} of {each.name} is not supported by EKS's accelerated images from 1.25 on",
                do="choose another type with GPUs: eks-blueprints instances",
                place=each.place,
                source="EKS release notes of 1.25",
            )


def parameter(ami_type: str, target: int) -> str:
    """The command that tells the newest release of an image for 1.`target`."""
    arch = "arm64" if "ARM_64" in ami_type else "x86_64"
    if ami_type.startswith("BOTTLEROCKET_"):
        variant = "-nvidia" if "NVIDIA" in ami_type else ""
        variant += "-fips" if ami_type.endswith("_FIPS") else ""
        path = f"/aws/service/bottlerocket/aws-k8s-1.{target}{variant}/{arch}/latest/image_version"
    elif ami_type.startswith("WINDOWS_"):
        _, edition, year, *_ = ami_type.split("_")
        name = f"Windows_Server-{year}-English-{edition.capitalize()}-EKS_Optimized-1.{target}"
        path = f"/aws/service/ami-windows-latest/{name}/image_id"
    else:
        kind = "nvidia" if "NVIDIA" in ami_type else "neuron" if "NEURON" in ami_type else "standard"
        path = f"/aws/service/eks/optimized-ami/1.{target}/amazon-linux-2023/{arch}/{kind}/recommended/release_version"
    return f"aws ssm get-parameter --name {path} --query Parameter.Value"


def _instead(ami_type: str) -> str:
    if "ARM" in ami_type:
        return "AL2023_ARM_64_STANDARD"
    return "AL2023_x86_64_NVIDIA" if ami_type.endswith("_GPU") else "AL2023_x86_64_STANDARD"
