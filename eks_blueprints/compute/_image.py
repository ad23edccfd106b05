"""The image of nodes, where it is not EKS that chooses it: which one, and where its id is found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.facts.ami_types import CUSTOM, AmiType
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In, Many, Spec, is_known

if TYPE_CHECKING:
    from eks_blueprints.compute._hardware import Hardware
    from eks_blueprints.compute.managed_nodes import ManagedNodes

_image_id = Form(r"ami-[0-9a-f]{8,17}", what="is not a valid id of an image", do="write ami- and 8 to 17 hex digits")
_OWNER = Form(r"\d{12}|self|amazon|aws-marketplace|aws-backup-vault")
_AL2023_RELEASE = Form(r"(1\.\d+)\.\d+-(\d{8})")
_ANY_RELEASE = r"1\.(\d+)(\.\d+)?-"
_BOTTLEROCKET_RELEASE = Form(r"\d+\.\d+\.\d+-[0-9a-f]{8}")
_WAYS = ("id", "release", "ssm_parameter", "name")


class Image(Spec):
    """Which image nodes start from: one of `id`, `release`, `ssm_parameter`, or `name` and `owners`.

    The first two are pinned: nodes are replaced only when they are changed here. The others are looked up on every
    deployment, so that a new image replaces the nodes whenever someone deploys.
    """

    id: In[Annotated[str, AfterValidator(_image_id)]] | None = None
    """Id of the image, such as `ami-0123456789abcdef0`. Images are different in each region."""

    release: str | None = None
    """Release of EKS's own image: like `1.33.4-20250904` for Amazon Linux 2023 (Kubernetes version and day), like
    `1.44.0-3b7b9c0a` for Bottlerocket. Windows has none."""

    ssm_parameter: In[Annotated[str, Field(min_length=1)]] | None = None
    """Name of an SSM parameter that holds the id."""

    name: str | None = Field(default=None, min_length=1, max_length=128)
    """Name of the image, or a pattern with `*` and `?`; of several the newest."""

    owners: Many[str] = ()
    """Accounts whose images are looked at: their numbers, `self` or `amazon`. Default: `self`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        faults = Faults()
        ways = [way for way in _WAYS if getattr(self, way) is not None]
        if self.owners and "name" not in ways:
            ways.append("owners")
        if len(ways) != 1:
            faults.add((), f"needs one way to find the image; got {' and '.join(ways) or 'none'}; give one")
        for index, owner in enumerate(self.owners):
            if not _OWNER.fullmatch(owner):
                do = "write the 12 digits of an account, self or amazon"
                faults.add(("owners", index), f"is not an owner of images; got {shown(owner)}; {do}")
        faults.raise_if_any()
        return self

    @property
    def pinned(self) -> bool:
        """Whether it stays the same until it is changed here."""
        return self.id is not None or self.release is not None

    @property
    def own(self) -> bool:
        """Whether it may be another one than EKS's."""
        return self.release is None


def check_image(image: Image | None, ami: AmiType, version: str | None, faults: Faults) -> None:
    """Note what is wrong between an image and what it is said to be."""
    if ami.family == "AL2":
        faults.add("ami_type", f"has no nodeadm; got {ami.name}; use AL2023 or Bottlerocket")
    if image is None or image.release is None:
        return
    at, got = ("image", "release"), shown(image.release)
    if ami.family == "AL2023":
        match = _AL2023_RELEASE.fullmatch(image.release)
        if match is None:
            faults.add(at, f"is not a valid release of Amazon Linux 2023; got {got}; write it like 1.33.4-20250904")
        elif version is not None and match.group(1) != version:
            what = "is of another Kubernetes version"
            faults.add(at, f"{what}; got {image.release} with version {version}; use a matching release")
    elif ami.family == "BOTTLEROCKET" and not _BOTTLEROCKET_RELEASE.fullmatch(image.release):
        faults.add(at, f"is not a valid release of Bottlerocket; got {got}; write it like 1.44.0-3b7b9c0a")
    elif ami.windows:
        faults.add(at, f"cannot be set for Windows, whose releases have no names; got {got}; give the image's id")


def check_own_image(nodes: ManagedNodes, faults: Faults) -> None:
    """An image of one's own goes with `CUSTOM`, and leaves nothing to EKS that is about images."""
    if nodes.ami_type != CUSTOM:
        for field in ("image", "family"):
            if getattr(nodes, field) is not None:
                got = nodes.ami_type or "no ami_type"
                faults.add(field, f"is for ami_type CUSTOM; got {got}; set it, or remove {field}")
        return
    if nodes.image is None:
        if nodes.launch_template is None:
            do = "name an image, or name a launch_template that does"
            faults.add("image", f"is required with ami_type CUSTOM; got none; {do}")
    elif nodes.image.release is not None:
        do = "give its id, or leave ami_type out and set release_version"
        faults.add(("image", "release"), f"is of EKS's own images; got {shown(nodes.image.release)}; {do}")
    for field in ("version", "release_version"):
        if (value := getattr(nodes, field)) is not None:
            what = "cannot be set with an image of your own, which contains it"
            faults.add(field, f"{what}; got {shown(value)}; remove it")


def own_ami(nodes: ManagedNodes, hardware: Hardware, faults: Faults) -> AmiType:
    """An image of one's own, as far as it is known."""
    family = nodes.family or "AL2023"
    if family == "WINDOWS" and hardware.architecture != "x86_64":
        got = f"{nodes.named_types[0] if nodes.named_types else 'architecture'} ({hardware.architecture})"
        faults.add("family", f"is for x86_64; got WINDOWS with {got}; name another family or other types")
    return AmiType(CUSTOM, family, hardware.architecture, hardware.accelerator)


def ssm_parameter(ami: AmiType, version: str, release: str | None = None) -> str:
    """The public SSM parameter that holds the id of one of EKS's images.

    Source: EKS user guide, "Retrieve recommended Amazon Linux / Bottlerocket / Microsoft Windows AMI IDs".
    """
    if ami.family == "AL2023":
        variant: str = ami.accelerator or "standard"
        which = "recommended"
        if release is not None:
            day = release.rpartition("-")[2]
            which = f"amazon-eks-node-al2023-{ami.architecture}-{variant}-{version}-v{day}"
        path = f"amazon-linux-2023/{ami.architecture}/{variant}/{which}"
        return f"/aws/service/eks/optimized-ami/{version}/{path}/image_id"
    if ami.family == "BOTTLEROCKET":
        features = [ami.accelerator, "fips" if "FIPS" in ami.name else None]
        variant = "-".join([f"aws-k8s-{version}", *(feature for feature in features if feature)])
        return f"/aws/service/bottlerocket/{variant}/{ami.architecture}/{release or 'latest'}/image_id"
    _, edition, year, *_ = ami.name.split("_")
    server = f"Windows_Server-{year}-English-{edition.title()}-EKS_Optimized-{version}"
    return f"/aws/service/ami-windows-latest/{server}/image_id"


def version_of(image: Image | None, ami: AmiType, version: str) -> str:
    """The Kubernetes version of an image: that of its release, where it says one."""
    match = _AL2023_RELEASE.fullmatch(image.release or "") if image is not None and ami.family == "AL2023" else None
    return version if match is None else match.group(1)


def release_minor(release: str, ami: AmiType) -> int | None:
    """The minor Kubernetes version that a release of an image says; None for Bottlerocket's, which says none."""
    match = re.match(_ANY_RELEASE, release)
    return None if match is None or ami.family == "BOTTLEROCKET" else int(match[1])


def filters(image: Image, ami: AmiType) -> list[dict[str, Any]]:
    """What a search for an image by name or owner asks for."""
    architecture = {"name": "architecture", "values": [ami.architecture]}
    named = [] if image.name is None else [{"name": "name", "values": [image.name]}]
    return [architecture, *named, {"name": "state", "values": ["available"]}]


def drifts(image: Image | None) -> bool:
    """Whether the id is looked up anew on every deployment."""
    return image is None or not (image.pinned or not is_known(image.id))
