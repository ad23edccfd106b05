"""What every sort of workload is: pods of one form, and the objects that they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, ValidationError, ValidationInfo, field_validator, model_validator

from eks_blueprints.core.elements import Element
from eks_blueprints.core.errors import Faults, Path, Problem, folded, shown, unknown_name
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import Namespace, object_name, short_names
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.object_metadata import ObjectMetadata, check_annotations
from eks_blueprints.workloads._config import ConfigMaps, Secrets
from eks_blueprints.workloads._container import Container, container_faults
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._service_account import ServiceAccount
from eks_blueprints.workloads._volumes import Volumes, storage_faults, storage_problems
from eks_blueprints.workloads._words import Places, by_name, written_as

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground
    from eks_blueprints.observability.observe_spec import Observe

else:
    Observe = late("eks_blueprints.observability.observe_spec", "Observe")

NAME_LABEL = "app.kubernetes.io/name"
"""By which the pods of a workload are selected."""

Level = Literal["privileged", "baseline", "restricted"]


class NetworkPolicy(Spec):
    """Which connections the pods of a workload accept and may open; it needs a network plugin that enforces it, such as
    the VPC CNI with `network_policies`."""

    ingress: Many[JsonValues] | None = None
    """From where they accept connections, as rules as in Kubernetes (NetworkPolicyIngressRule); `[]` for from nowhere.
    Default: from everywhere.
    """

    egress: Many[JsonValues] | None = None
    """Where they may open connections to (NetworkPolicyEgressRule); `[]` for nowhere. Default: everywhere. The
    cluster's DNS is not allowed by itself."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        faults = Faults()
        if self.ingress is None and self.egress is None:
            faults.add("ingress", "or egress is required; got neither; write [] for no connections at all")
        faults.raise_if_any()
        return self

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides the selector."""
        said = {"Ingress": self.ingress, "Egress": self.egress}
        rules = {word.lower(): [dict(each) for each in found] for word, found in said.items() if found}
        return {"policyTypes": [word for word, found in said.items() if found is not None], **rules}


Containers = Annotated[dict[str, Container], by_name("{log: {image: …}}"), AfterValidator(short_names)]


class Workload(Container, Element):
    """Pods of one form that run on a cluster, and the objects that they need: the fields of a container are those of
    the main one, and every field of Kubernetes is reachable by its own name in `pod` and `spec`."""

    group: ClassVar[str] = "workloads"

    api_version: ClassVar[str] = "apps/v1"
    kubernetes_kind: ClassVar[str]
    """What Kubernetes calls it."""
    longest_name: ClassVar[int] = 63

    object_name: str | None = None
    """Name of the objects in the cluster. Default: the name of this entry, with `-` for `_`. Changing it replaces
    them."""

    container_name: str | None = None
    """Name of the main container. Default: that of the objects."""

    namespace: Namespace
    """Kubernetes namespace; `namespaces` makes it. Changing it replaces all objects."""

    labels: dict[str, str] = {}
    """Labels of all objects and of the pods, besides `app.kubernetes.io/name`."""

    annotations: dict[str, str] = {}
    """Annotations of the workload itself, such as `reloader.stakater.com/auto`."""

    pod_labels: dict[str, str] = {}
    """Further labels of the pods."""

    pod_annotations: dict[str, str] = {}
    """Annotations of the pods, such as `prometheus.io/scrape`."""

    selector: dict[str, str] = {}
    """Labels by which the pods are selected, which they carry too. Changing it replaces the workload. Default:
    `app.kubernetes.io/name` with the name of the objects."""

    sidecars: Containers = {}
    """Containers that run beside the main one, by name: they start before it and end after it (init containers with
    `restartPolicy: Always`)."""

    init_containers: Containers = {}
    """Containers that run before the main one, each to its end, in this order, by name."""

    volumes: Volumes = {}
    """Volumes by name, and where the main container mounts them."""

    config_maps: ConfigMaps = {}
    """Settings by name. The ConfigMap of `web` in a workload `shop` is called `shop-web`."""

    restart_on_change: bool = True
    """Whether the pods are replaced when what `config_maps` hold changes, by an annotation with their checksum."""

    secrets: Secrets = {}
    """Secrets by name, whose objects are named in the same way."""

    service_account: ServiceAccount = ServiceAccount()
    """The service account of the pods, and what it may do in AWS and in the cluster. Default: one without
    permissions.
    """

    pod_security: Level = "restricted"
    """The Pod Security Standard that the pods meet: `restricted` makes them run without root, without privileges and
    with the runtime's seccomp profile. An image whose user is root does not start then: give it a `runAsUser` in
    `pod: {securityContext: {…}}`, or set `baseline`."""

    run_on: str | None = None
    """Name of the compute that the pods run on, or `name/pool` for one pool of it: they select its labels and tolerate
    its taints. Default: where the scheduler puts them."""

    do_not_disrupt: bool = False
    """Whether Karpenter and EKS Auto Mode leave the pods' nodes alone when they consolidate or replace nodes."""

    network_policy: NetworkPolicy | None = None
    """Which connections the pods accept and may open. Default: what other policies of the namespace say."""

    observe: Observe | None = None
    """What its pods send (metrics, traces, logs), which the platform's add-ons collect: `{metrics: /metrics, traces:
    true}`. Default: what the team or `observability: {workloads: …}` says."""

    pod: JsonValues = {}
    """Further fields of the PodSpec as in Kubernetes, such as `affinity`, `tolerations`, `priorityClassName` or
    `topologySpreadConstraints`; entries of `containers` are merged by their names, the main one's being
    `container_name`.
    """

    spec: JsonValues = {}
    """Further fields of the workload's own spec as in Kubernetes, such as `strategy` or `progressDeadlineSeconds`."""

    patches: dict[str, JsonValues | None] = {}
    """Further fields of any of its objects as in Kubernetes, by what its resource's name ends with: `{service:
    {metadata: {labels: {team: shop}}}, pod-disruption-budget: {…}}`; they are merged last. `null` leaves out an object
    that is created without being asked for.
    """

    @property
    def object_name_used(self) -> str:
        """Name of the objects in the cluster."""
        return self.object_name or self.name.replace("_", "-").lower()

    @property
    def container_name_used(self) -> str:
        """Name of the main container."""
        return self.container_name or self.object_name_used

    @property
    def selector_used(self) -> dict[str, str]:
        """Labels by which the pods are selected."""
        return dict(self.selector) or {NAME_LABEL: self.object_name_used}

    @property
    def replicas_least(self) -> int | None:
        """Fewest pods at any time; None where nobody says."""
        return None

    @property
    def claims_by_pod(self) -> frozenset[str]:
        """Volumes of which each pod has one of its own."""
        return frozenset()

    def claim_names(self, volume: str) -> tuple[str, ...]:
        """Names of the claims behind a volume; none for a volume without one."""
        claim = self.volumes[volume].claim
        if claim is None:
            return ()
        return (claim.existing or claim.name or f"{self.object_name_used}-{volume}",)

    @property
    def account_name(self) -> str:
        """Name of the service account of the pods."""
        return self.service_account.name or self.object_name_used

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        faults = Faults()
        self._check_name(faults)
        if self.image is None and not self.pod.get("containers"):
            faults.add("image", "is required; got none; write an image with its tag, or pod: {containers: […]}")
        container_faults(self, faults)
        for group in ("sidecars", "init_containers"):
            for name, each in getattr(self, group).items():
                self._check_further(group, name, each, faults)
        for name in self.volume_mounts:
            if name in self.volumes and self.volumes[name].mount_path is not None:
                faults.add(
                    ("volume_mounts", name), "is mounted by its mount_path already; got both; remove one of them"
                )
        for field in ("labels", "annotations", "pod_labels", "pod_annotations", "selector"):
            self._check_marks(field, faults)
        for key, patch in self.patches.items():
            for field in sorted({"apiVersion", "kind"} & set(patch or ())):
                got, do = shown((patch or {})[field]), "write the object down in the add-on manifests"
                faults.add(("patches", key, field), f"cannot be changed; got {got}; {do}")
        try:
            self.service_account.association(self.namespace, self.account_name)
        except ValidationError as error:
            faults.nest(("service_account",), error)
        storage_faults(self, faults)
        self._check_own(faults)
        faults.raise_if_any()
        return self

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """Where a field that Kubernetes has for the workload, its pods or its container is written."""
        return written_as(name, (*cls.places("spec"), *cls.places("pod")))

    @classmethod
    def places(cls, field: str) -> Places:
        """What can be written below `pod` or `spec`, and how."""
        if field == "spec":
            return ((f"{cls.kubernetes_kind}Spec", "spec: {%s: …}"),)
        return ("PodSpec", "pod: {%s: …}"), ("Container", "pod: {containers: [{name: NAME, %s: …}]}")

    @field_validator("pod", "spec")
    @classmethod
    def _stands_where_it_belongs(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        field = str(info.field_name)
        faults = Faults()
        for key in value:
            if not written_as(key, cls.places(field)[:1]) and (do := cls._belongs(key, field)):
                faults.add((key,), f"is no field of {field}; got {shown(key)}; {do}")
        faults.raise_if_any()
        return value

    @classmethod
    def _belongs(cls, key: str, field: str) -> str | None:
        if key in ("metadata", "spec"):
            return "leave it out, and write its fields beside it" if key == "spec" else "write labels and annotations"
        if own := next((name for name in cls.model_fields if folded(name) == folded(key)), None):
            return f"write it as {own}, beside {field}"
        return written_as(key, cls.places("spec" if field == "pod" else "pod"))

    @field_validator("service_account", mode="before")
    @classmethod
    def _is_no_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            do = "write {name: …}, with existing: true where it is made elsewhere"
            raise ValueError(f"is what it may do, not its name; got {shown(value)}; {do}")
        return value

    @field_validator("pod", "spec")
    @classmethod
    def _config_is_typed(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        from eks_blueprints.kubernetes.config_values import typed_as

        return typed_as(cls.places(str(info.field_name))[0][0], value)

    def _check_own(self, faults: Faults) -> None:
        """Note what is wrong about this sort of workload alone."""

    def _check_name(self, faults: Faults) -> None:
        field = "name" if self.object_name is None else "object_name"
        name = self.object_name_used
        if fault := object_name.fault(name):
            faults.add(field, fault)
        elif len(name) > self.longest_name:
            do = "choose a shorter one, or set object_name" if field == "name" else "choose a shorter one"
            faults.add(field, f"is longer than {self.longest_name} characters; got {shown(name)}; {do}")
        if self.container_name is not None and (fault := object_name.fault(self.container_name)):
            faults.add("container_name", fault)

    def _check_further(self, group: str, name: str, each: Container, faults: Faults) -> None:
        if each.image is None:
            faults.add((group, name, "image"), "is required; got none; write an image with its tag")
        if name == self.container_name_used:
            faults.add((group, name), f"is the name of the main container; got {name}; choose another")
        if name in self.sidecars and group == "init_containers":
            faults.add((group, name), f"is the name of a sidecar too; got {name}; choose another")
        container_faults(each, faults, (group, name))

    def _check_marks(self, field: str, faults: Faults) -> None:
        found = getattr(self, field)
        if "annotations" in field:
            check_annotations(found, faults, (field,))
            return
        try:
            ObjectMetadata(labels=found)
        except ValidationError as error:
            for problem in _below_labels(error):
                faults.add((field, *problem.path), problem.message)

    def objects(self, ground: Ground) -> Iterator[Drawing]:
        """Its Kubernetes objects on a cluster, in the order in which they are made."""
        for each in self._drawn(ground):
            if each.manifest["kind"] == self.kubernetes_kind:
                self._mark(each, ground)
            if each.key not in self.patches:
                yield each
            elif (patch := self.patches[each.key]) is not None:
                each.patch((), patch, ("patches", each.key))
                yield each

    def _drawn(self, ground: Ground) -> Iterator[Drawing]:
        from eks_blueprints.workloads import _objects, _storage

        yield from _objects.config(self)
        yield from _objects.account(self)
        if self.observe is not None or ground.observe is not None:
            from eks_blueprints.workloads import _observed

            yield from _observed.objects(self, ground)
        yield from self.own_objects(ground)
        yield from _storage.snapshots(self)
        yield from _objects.policies(self)

    def _mark(self, found: Drawing, ground: Ground) -> None:
        if self.observe is not None or ground.observe is not None:
            from eks_blueprints.workloads import _observed

            _observed.mark(self, found, ground)

    def own_objects(self, ground: Ground) -> Iterator[Drawing]:
        """The workload itself, and what is made for this sort of it alone."""
        from eks_blueprints.workloads import _objects

        yield _objects.controller(self, self.controller_spec(), ground)

    def controller_spec(self) -> dict[Path, tuple[Any, Path]]:
        """Fields of its spec in Kubernetes: where in it, what, and the field that it comes from."""
        return {}

    def pod_fields(self) -> dict[Path, tuple[Any, Path]]:
        """Fields of its pods that only this sort of workload has, in the same form."""
        return {}

    @property
    def template_at(self) -> Path:
        """Where its spec holds the template of its pods."""
        return ("spec", "template")

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Compute that it is to run on and that is not there, and objects to patch that are not made."""
        yield from self._unpatched(ground)
        yield from storage_problems(self, ground)
        if self.run_on is not None and ground.places is not None:
            from eks_blueprints.workloads._placing import unplaced

            yield from unplaced(self, ground.places)
        if self.observe is not None:
            from eks_blueprints.workloads._observed import problems

            yield from problems(self, ground)

    def _unpatched(self, ground: Ground) -> Iterator[Problem]:
        if not self.patches:
            return
        kinds = {each.key: each.manifest["kind"] for each in self._drawn(ground)}
        for key, patch in self.patches.items():
            if key not in kinds:
                yield Problem(("patches", key), unknown_name(key, kinds, "object of this workload"))
            elif patch is None and kinds[key] == self.kubernetes_kind:
                yield Problem(("patches", key), "is the workload itself; got null; remove the workload instead")

    def deploy(self, cluster: ClusterRef) -> Component:
        """Make its objects on a cluster.

        Raises:
            InputError: if it cannot be put on that cluster; see `problems_on`.
        """
        from eks_blueprints.workloads._deployed import deploy

        return deploy(self, cluster)


def _below_labels(error: ValidationError) -> Iterator[Problem]:
    from eks_blueprints.core.errors import problems_of

    for problem in problems_of(error):
        yield Problem(problem.path[1:] if problem.path[:1] == ("labels",) else problem.path, problem.message)
