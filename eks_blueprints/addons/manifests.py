"""Any Kubernetes objects, as an add-on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, field_validator

from eks_blueprints.addons._manifest_addon import ManifestAddOn
from eks_blueprints.core.errors import Faults, Path, shown
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import object_name
from eks_blueprints.core.object_lists import listed
from eks_blueprints.kubernetes import former, names
from eks_blueprints.kubernetes.config_values import typed

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Manifests(ManifestAddOn):
    """Make Kubernetes objects that are written down here, as one would give them to kubectl.

    Each stands under its own short name, by which a preview tells it and which has to stay. Namespaces and CRDs are
    created first; CRDs stay when they are taken out.

    Each is checked as the API server of the cluster's version would: its kind and API version, the fields and their
    types, names, labels, quantities, schedules, selectors and what pods name. A custom resource is checked by its CRD:
    one among the manifests, or that of the add-on (or Karpenter) which brings its kind; its expressions (CEL) are left
    to the API server. A warning names what would bring a kind that nothing here brings, and kinds of which nothing is
    known.
    """

    category: ClassVar[str] = "any"
    makes_outside: ClassVar[bool] = True  # who knows

    manifests: dict[str, JsonValues] = Field(min_length=1)
    """The objects by short names: `{quota: {apiVersion: v1, kind: ResourceQuota, metadata: {…}, spec: {…}}}`. A single
    value can be `{config: key}`, `{secret: key}` or `{stack: name, output: key}`; a config value is read as what the
    field takes, such as a number. Where a kind has a mapping like one of these, write `{literal: {secret: users}}`.
    `data` and `stringData` of a Secret are secret in any case.
    """

    @field_validator("manifests")
    @classmethod
    def _are_objects(cls, manifests: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        faults = Faults()
        for key, manifest in manifests.items():
            if fault := object_name.fault(key):
                faults.add((key,), fault)
            for field in ("apiVersion", "kind"):
                if not isinstance(manifest.get(field), str) or not manifest[field]:
                    faults.add((key, field), f"needs text; got {shown(manifest.get(field))}; write it as for kubectl")
            if not any(each is manifest for _, each in listed(manifest)):
                do = "write each object under a name of its own"
                faults.add(
                    (key, "kind"), f"is a list, and no object that is created; got {shown(manifest['kind'])}; {do}"
                )
            elif fault := names.missing(manifest.get("metadata")):
                faults.add((key, "metadata"), fault)
        faults.raise_if_any()
        return {key: typed(manifest) for key, manifest in manifests.items()}

    @property
    def homes(self) -> tuple[str, ...]:
        """Kubernetes namespaces that its objects name."""
        metadata = (each.get("metadata") for each in self.manifests.values())
        named = {each.get("namespace") for each in metadata if isinstance(each, Mapping)}
        return tuple(sorted({name for name in named if isinstance(name, str)} | {self.home}))

    def objects(self, cluster: ClusterRef) -> Mapping[str, Mapping[str, Any]]:
        """What is written down."""
        return self.manifests

    def former_types(self, manifest: Mapping[str, Any]) -> list[str]:
        """Those of the other API versions of its kind, which people move to."""
        return former.types(manifest)

    def field_of(self, key: str) -> Callable[[Path], Path]:
        """The same part, where the object is written down."""
        return lambda path: ("manifests", key, *path)
