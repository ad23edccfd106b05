"""Kubernetes namespaces of a platform, as data."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Literal, Self

from pydantic import field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.object_metadata import ObjectMetadata
from eks_blueprints.karpenter.quantities import Quantity, exact
from eks_blueprints.kubernetes.namespace_names import POD_SECURITY
from eks_blueprints.kubernetes.namespace_network import NamespaceNetworkPolicy

Level = Literal["privileged", "baseline", "restricted"]

_NAME_LABEL = "kubernetes.io/metadata.name"
_VERSION = Form(r"latest|v1\.[0-9]{1,3}")


class PodSecurity(Spec):
    """The Pod Security Standards of a namespace, as the API server holds its pods to them."""

    enforce: Level | None = None
    """Pods that do not meet it are refused. Default: none are."""

    audit: Level | None = None
    """Pods that do not meet it are noted in the audit log. Default: none are."""

    warn: Level | None = None
    """Whoever makes a pod that does not meet it is warned. Default: nobody is."""

    version: str | None = None
    """Kubernetes version whose standards these are, `latest` or such as `v1.35`. Default: the cluster's."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.enforce is None and self.audit is None and self.warn is None:
            faults.add((), "is empty; got no level; give enforce, audit or warn")
        if self.version is not None and not _VERSION.fullmatch(self.version):
            faults.add(
                "version", f"is not a valid version; got {shown(self.version)}; write latest, or one such as v1.35"
            )
        faults.raise_if_any()
        return self

    @property
    def labels(self) -> dict[str, str]:
        """The labels by which the API server knows it."""
        found: dict[str, str] = {}
        for mode in ("audit", "enforce", "warn"):
            if (level := getattr(self, mode)) is not None:
                found[f"{POD_SECURITY}{mode}"] = level
                if self.version is not None:
                    found[f"{POD_SECURITY}{mode}-version"] = self.version
        return found


class LimitRange(Spec):
    """What containers of a namespace request and may use where they do not say it, by resource: `{cpu: 500m}`."""

    default: dict[str, Quantity] = {}
    """Limits of containers that have none."""

    default_request: dict[str, Quantity] = {}
    """Requests of containers that have none. Default: the limits."""

    max: dict[str, Quantity] = {}
    """Most that a container may be limited to; one without a limit is refused."""

    min: dict[str, Quantity] = {}
    """Least that a container may request."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        faults = Faults()
        if not self.model_fields_set:
            faults.add((), "is empty; got {}; give default, default_request, max or min")
        order = ("min", "default_request", "default", "max")
        for resource in sorted({key for field in order for key in getattr(self, field)}):
            said = [(field, value) for field in order if (value := getattr(self, field).get(resource)) is not None]
            for (low, less), (high, more) in pairwise(said):
                if exact(str(less)) > exact(str(more)):
                    faults.add((high, resource), f"is below {low}; got {more} and {less}; raise it")
        faults.raise_if_any()
        return self

    @property
    def item(self) -> dict[str, object]:
        """It as Kubernetes writes it."""
        names = {"default": "default", "default_request": "defaultRequest", "max": "max", "min": "min"}
        said = {name: dict(value) for field, name in names.items() if (value := getattr(self, field))}
        return {"type": "Container", **said}


class NamespaceArgs(ObjectMetadata):
    """A Kubernetes namespace: how it is marked, what its pods are held to, and how much they may use together."""

    pod_security: PodSecurity | None = None
    """Pod Security Standards of its pods. Default: what the cluster does, which is nothing."""

    resource_quota: dict[str, Quantity] = {}
    """What all of it may use together, such as `{requests.cpu: "20", pods: "100"}`. Default: no bound."""

    limit_range: LimitRange | None = None
    """Requests and limits of containers that say none. Default: none."""

    network_policy: NamespaceNetworkPolicy | None = None
    """Denies all connections of its pods but those that are allowed. Default: all are allowed."""

    protect: bool = False
    """Whether Pulumi refuses to delete it, and all that is in it, until this is turned off."""

    @field_validator("resource_quota", mode="before")
    @classmethod
    def _holds_amounts(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and isinstance(value.get("hard"), Mapping):
            raise ValueError('holds the amounts themselves; got hard; write {pods: "100"}, without hard around them')
        return value

    @model_validator(mode="after")
    def _says_things_once(self) -> Self:
        faults = Faults()
        for key in self.labels:
            if key.startswith(POD_SECURITY) and self.pod_security is not None:
                faults.add(("labels", key), f"is set by pod_security; got {key} too; keep one of them")
            if key == _NAME_LABEL:
                faults.add(("labels", key), f"is set by Kubernetes itself; got {self.labels[key]}; remove it")
        for key in self.resource_quota:
            if not _QUOTA.fullmatch(key):
                do = "name one such as requests.cpu, limits.memory, pods or count/services"
                faults.add(("resource_quota", key), f"is not a resource that can be counted; got {shown(key)}; {do}")
        faults.raise_if_any()
        return self


_QUOTA = Form(r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,251}[A-Za-z0-9])?")
