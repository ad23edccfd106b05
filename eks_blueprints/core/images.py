"""Images: their parts, mirrors that stand in for their registries, and those that a region cannot reach."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form

_REGISTRY = Form(r"[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(/[a-z0-9._/-]+)?")

_PART = r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
IMAGE_FORM = Form(
    rf"(localhost(:\d+)?/|[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*(:\d+)?/)?{_PART}(/{_PART})*"
    r"(:\w[\w.-]{0,127})?(@[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,})?",
    what="is not a valid image",
    do="write one such as quay.io/team/app:1.2",
)
"""https://github.com/distribution/reference/blob/main/reference.go has the grammar."""

_NOT_IN_CHINA = frozenset(
    {"docker.io", "gcr.io", "ghcr.io", "k8s.gcr.io", "nvcr.io", "public.ecr.aws", "quay.io", "registry.k8s.io"}
)
# Google's registries have a host for each place.
_NOT_IN_CHINA_BELOW = (".gcr.io", ".pkg.dev")


def parts(image: str) -> tuple[str, str, str]:
    """The repository, tag and digest of an image; the latter two empty where they are not given."""
    rest, _, digest = image.partition("@")
    head, _, last = rest.rpartition("/")
    # A symbol holds no colon of a tag: `${repo.url}:1.2`.
    name, _, tag = last.partition(":")
    return (f"{head}/{name}" if head else name), tag, digest


def mirrors(value: dict[str, str]) -> dict[str, str]:
    """Registries of images and what stands in for each.

    Raises:
        ValueError: if one is not a valid registry.
    """
    faults = Faults()
    for registry, mirror in value.items():
        for text in (registry, mirror):
            if not _REGISTRY.fullmatch(text):
                do = "write a host and maybe a path, without https://"
                faults.add((registry,), f"is not a valid registry of images; got {shown(text)}; {do}")
    faults.raise_if_any()
    return value


Image = Annotated[str, AfterValidator(IMAGE_FORM)]
"""An image, as a container names it."""
Mirrors = Annotated[dict[str, str], AfterValidator(mirrors)]


def from_mirror(image: str, registries: Mapping[str, str]) -> str:
    """An image, or a registry, as the mirror that stands in for it has it; itself where there is none."""
    full = _full(image)
    fitting = [registry for registry in registries if f"{full}/".startswith(f"{_full(registry)}/")]
    if not fitting:
        return image
    nearest = max(fitting, key=lambda registry: len(_full(registry)))
    return registries[nearest] + full.removeprefix(_full(nearest))


def unreachable(image: str, partition: str) -> str | None:
    """The registry of an image, or of some, if a partition's regions cannot pull from it.

    Source: AWS's own notes for the China regions (Getting Started with Amazon Web Services in China) list no ECR
    Public there, and the other registries are outside mainland China; 2026-11-29. GovCloud reaches all of them.
    """
    host = _full(image).partition("/")[0]
    if partition != "aws-cn":
        return None
    return host if host in _NOT_IN_CHINA or host.endswith(_NOT_IN_CHINA_BELOW) else None


def _full(image: str) -> str:
    # What names no host is of Docker Hub.
    return image if re.match(r"[^/]*[.:]", image) else f"docker.io/{image}"
