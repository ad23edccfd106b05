"""Overlays of nodes: prices and resources of instance types as Karpenter is to see them."""

from __future__ import annotations

from pydantic import Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.labels import label_key, object_name, qualified_name
from eks_blueprints.karpenter.object_metadata import ObjectMetadata
from eks_blueprints.karpenter.quantities import Quantity
from eks_blueprints.karpenter.requirements import Condition

_PRICE = Form(r"\d+(\.\d+)?")
_ADJUSTMENT = Form(r"[+-](\d*\.?\d+)|\+\d*\.?\d+%|-\d{1,2}(\.\d+)?%|-100%")
_OWN_LABELS = ("karpenter.sh/nodepool", "karpenter.k8s.aws/ec2nodeclass")
"""Labels that requirements of an overlay may name and those of a pool may not."""
_NOT_OF_OVERLAYS = tuple(
    f"karpenter.k8s.aws/{label}" for label in ("capacity-reservation-", "instance-tenancy", "placement-group-")
)
"""Beginnings of labels that requirements of a pool may name and those of an overlay may not: CRD of 1.15.2."""
_STANDARD = ("cpu", "memory", "ephemeral-storage", "pods")


class OverlayRequirement(Condition):
    """One condition on the labels of nodes; an overlay holds for the nodes that fulfil all of its conditions."""

    @field_validator("key")
    @classmethod
    def _key_may_be_asked_for(cls, key: str) -> str:
        if key.startswith(_NOT_OF_OVERLAYS):
            raise ValueError(f"is not a label that an overlay may name; got {shown(key)}; pools may, remove it here")
        return key if key in _OWN_LABELS else label_key(key)

    def _check_values(self, faults: Faults) -> None:
        super()._check_values(faults)
        if self.operator == "NotIn" and not self.values:
            faults.add("values", "is required with NotIn in an overlay; got []; name the values")


class NodeOverlay(Spec):
    """Prices and further resources of instance types, for Karpenter's decisions. An alpha of Karpenter: the feature
    gate `node_overlay` is turned on with the first one.
    """

    name: str
    """Name of the NodeOverlay."""
    metadata: ObjectMetadata | None = None
    """Labels and annotations of the NodeOverlay itself."""
    requirements: Many[OverlayRequirement] = Field(max_length=100)
    """Conditions on the labels of the nodes that it holds for; [] for all nodes."""
    price: str | None = None
    """Price of an hour, such as "0.12", instead of the list price."""
    price_adjustment: str | None = None
    """What is added to the price, such as `+10%`, `-15%` or `-0.5`."""
    capacity: dict[str, Quantity] = {}
    """Further resources of the nodes, such as `smarter-devices/fuse: 1`; Kubernetes' own cannot be changed."""
    weight: int | None = Field(default=None, ge=1, le=10000)
    """Which of several overlays counts: the one that weighs most, by name where they weigh alike. Default: 0."""

    @field_validator("name")
    @classmethod
    def _name_has_the_form(cls, name: str) -> str:
        return object_name(name, 253)

    @field_validator("price")
    @classmethod
    def _is_a_price(cls, price: str | None) -> str | None:
        if price is not None and not _PRICE.fullmatch(price):
            raise ValueError(f'is not a valid price of an hour; got {shown(price)}; write it like "0.12"')
        return price

    @field_validator("price_adjustment")
    @classmethod
    def _is_an_adjustment(cls, text: str | None) -> str | None:
        if text is not None and not _ADJUSTMENT.fullmatch(text):
            do = 'write a sign and a share or an amount, such as "+10%", "-15%" or "-0.5"'
            raise ValueError(f"is not a change of a price; got {shown(text)}; {do}")
        return text

    @model_validator(mode="after")
    def _rules_hold(self) -> NodeOverlay:
        faults = Faults()
        if self.price is not None and self.price_adjustment is not None:
            faults.add("price_adjustment", "cannot be combined with price; got both; leave one out")
        for name in self.capacity:
            if name in _STANDARD:
                message = f"cannot be changed, only further resources can be added; got {name}; remove it"
                faults.add(("capacity", name), message)
            else:
                try:
                    qualified_name(name, "resource")
                except ValueError as error:
                    faults.add(("capacity", name), str(error))
        faults.raise_if_any()
        return self
