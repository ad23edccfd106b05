"""Managed node groups: EC2 nodes that EKS starts, updates and repairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.compute._autoscaler_hints import resource_hints
from eks_blueprints.compute._bootstrap_rules import BESIDES_EKS, IN_FULL, check_bootstrap
from eks_blueprints.compute._ec2_nodes import Ec2Nodes, known_ami_type, offer_ami_types
from eks_blueprints.compute._image import Image, check_own_image, drifts, own_ami, release_minor
from eks_blueprints.compute._instance_rules import check_existing_template, check_instances
from eks_blueprints.compute._parts import UpdateConfig
from eks_blueprints.compute._rules import (
    check_capacity,
    check_efa,
    check_efa_image,
    check_role,
    check_sizes,
    check_subnets,
    check_update,
    check_warm_pool,
)
from eks_blueprints.compute._scheduling import check_labels, check_taints
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.facts.ami_types import AL2_LAST_MINOR, CUSTOM, AmiType
from eks_blueprints.core.form import Form
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.versions import minor

if TYPE_CHECKING:
    from eks_blueprints.compute._node_repair import NodeRepairConfig
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground
else:
    NodeRepairConfig = late("eks_blueprints.compute._node_repair", "NodeRepairConfig")

_RELEASE = Form(r"(1\.\d+)(\.\d+)?-[0-9A-Za-z.-]+")
_MOST_TYPES = 20  # EKS API reference, "CreateNodegroup", with a launch template


class ManagedNodes(Ec2Nodes):
    """A group of EC2 nodes that EKS starts, updates and repairs.

    A change that EKS cannot make to a group (instance types, image type, capacity type, subnets, role) creates a new
    group before the old one is deleted.
    """

    ami_type: str | None = Field(default=None, json_schema_extra=offer_ami_types(CUSTOM))
    """Image, in EKS's terms; `CUSTOM` for the one that `image` says. Default: Amazon Linux 2023 for the types'
    architecture and accelerators.
    """

    image: Image | None = None
    """Your own image, by `id`, `ssm_parameter`, or `name` and `owners`; with ami_type `CUSTOM`, which without `image`
    is for a `launch_template` that names one.
    """

    family: Literal["AL2023", "BOTTLEROCKET", "WINDOWS"] | None = None
    """What your own image is built like, which decides how its nodes are told about the cluster. Default: AL2023. With
    WINDOWS and a `node_role_arn`, that role needs an access entry of type EC2_WINDOWS beforehand.
    """

    release_version: str | None = None
    """Release of the image, such as `1.33.4-20250904`; pinned, nodes are replaced only when it is changed here.
    Default: the newest when the group is created or its version changes.
    """

    force_update_version: bool | None = None
    """Whether an update goes on where a pod disruption budget keeps pods from leaving. Default: it fails."""

    update_config: UpdateConfig = UpdateConfig()
    """How many nodes an update may take away at once."""

    node_repair_config: NodeRepairConfig | None = None
    """Have EKS replace unhealthy nodes. Default: it does not."""

    @field_validator("ami_type")
    @classmethod
    def _image_is_known(cls, ami_type: str | None) -> str | None:
        return ami_type if ami_type == CUSTOM else known_ami_type(ami_type)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        self._check_image(faults)
        self._check_release(faults)
        check_own_image(self, faults)
        if len(self.named_types) > _MOST_TYPES:
            got, do = len(self.named_types), "make several groups"
            faults.add("instance_types", f"are too many for a managed group; got {got}, {_MOST_TYPES} fit; {do}")
        check_existing_template(self, faults)
        check_instances(self, faults)
        check_sizes(self, faults)
        check_update(self, faults)
        check_capacity(self, faults)
        check_efa(self, faults)
        check_subnets(self, faults)
        check_role(self, faults)
        check_labels(self.labels, faults)
        check_taints(self.taints, faults)
        faults.raise_if_any()
        return self

    @property
    def release(self) -> str | None:
        """Release of EKS's own image that nodes are pinned to."""
        return self.release_version

    @property
    def image_drifts(self) -> bool:
        """Whether an image of one's own is looked up anew on every deployment."""
        return self.image is not None and drifts(self.image)

    @property
    def needs_entry(self) -> bool:
        """Whether EKS does not make the access entry of its nodes' role: it takes images it does not know for Linux."""
        return self.ami_type == CUSTOM and self.ami.windows

    @property
    def on_bottlerocket(self) -> bool:
        """Whether it is said that nodes run Bottlerocket."""
        return super().on_bottlerocket or self.family == "BOTTLEROCKET"

    @property
    def taints_by_eks(self) -> bool:
        """Whether EKS passes labels and taints to the kubelet, and not our user data: for images of its own."""
        return self.ami_type != CUSTOM

    def image_of(self, faults: Faults) -> AmiType | None:
        """The image for the instance types, with what is wrong about it noted."""
        if self.ami_type != CUSTOM:
            return super().image_of(faults)
        found = self.hardware_of(faults)
        return None if found is None else own_ami(self, found, faults)

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Subnets that are not there, and an image that EKS does not have for the version."""
        yield from super().problems_on(ground)
        if self.version is None and (fault := _no_image(self.ami, ground.version)):
            yield Problem(("ami_type",), fault)

    def further_tags(self, ground: Ground) -> Iterator[Iterable[str]]:
        """What Cluster Autoscaler reads off an empty group, besides a name."""
        yield from super().further_tags(ground)
        if ground.autoscaled and self.scaling[0] == 0:
            yield resource_hints(self)

    def attach(self, cluster: ClusterRef) -> Component:
        """Make the group, with its role and launch template."""
        from eks_blueprints.compute._node_group import make

        return make(self, cluster)

    def _check_image(self, faults: Faults) -> None:
        ami = self.image_of(faults)
        if ami is None:
            return
        if fault := _no_image(ami, self.version):
            faults.add("ami_type", fault)
        # A volume cannot be smaller than the snapshot it is made from.
        smallest = 50 if ami.windows else 20
        if self.disk.volume_size < smallest:
            message = f"is too small for {ami.name}; got {self.disk.volume_size}; use at least {smallest}"
            faults.add(("disk", "volume_size"), message)
        check_warm_pool(self, ami, faults)
        check_efa_image(self, ami, faults)
        check_bootstrap(self, ami, faults, IN_FULL if self.ami_type == CUSTOM else BESIDES_EKS)

    def _check_release(self, faults: Faults) -> None:
        if self.release_version is None:
            return
        match = _RELEASE.fullmatch(self.release_version)
        if match is None:
            got = shown(self.release_version)
            faults.add(
                "release_version", f"is not a valid release of an image; got {got}; write it like 1.33.4-20250904"
            )
            return
        ami = self.image_of(Faults())
        of = None if ami is None else release_minor(self.release_version, ami)
        if self.version is not None and of not in (None, minor(self.version)):
            got = f"{self.release_version} with version {self.version}"
            faults.add("release_version", f"is of another Kubernetes version; got {got}; use a matching release")


def _no_image(ami: AmiType, version: str | None) -> str | None:
    if version is None or ami.runs(minor(version)):
        return None
    what = f"has no image for Kubernetes {version}, 1.{AL2_LAST_MINOR} is its last"
    return f"{what}; got {ami.name}; use AL2023 or Bottlerocket"
