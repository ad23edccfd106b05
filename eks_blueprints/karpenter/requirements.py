"""What instances a pool may use: conditions on the labels of its nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import repeated
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.labels import label_key, label_value, normal, unknown_values

Operator = Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"]

_COMPARING = ("Gt", "Lt", "Gte", "Lte")
_WITHOUT_VALUES = ("Exists", "DoesNotExist")
_NUMBER = Form(r"[0-9]+")
_LARGEST = 2**63 - 1


class Condition(Spec):
    """One condition on a label."""

    key: str
    """Label, such as `karpenter.k8s.aws/instance-cpu`, `topology.kubernetes.io/zone` or your own one."""
    operator: Operator
    """How label and values relate; Gt, Lt, Gte and Lte compare whole numbers."""
    values: Many[str] = ()
    """Values, as text: one or more for In and NotIn, one whole number for Gt, Lt, Gte and Lte, otherwise none."""

    @field_validator("values")
    @classmethod
    def _values_have_the_form(cls, values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        operator, key = info.data.get("operator"), info.data.get("key")
        for value in values:
            label_value(value)
        # One value that there is will do: Karpenter passes over the others, which are warned of.
        if key and operator == "In" and (unknown := unknown_values(key, values)) and len(unknown) == len(values):
            raise ValueError(unknown[0])
        return values

    @model_validator(mode="after")
    def _values_fit_the_operator(self) -> Self:
        faults = Faults()
        self._check_values(faults)
        faults.raise_if_any()
        return self

    def _check_values(self, faults: Faults) -> None:
        if self.operator in _COMPARING:
            number = self.values[0] if len(self.values) == 1 else ""
            if not _NUMBER.fullmatch(number) or int(number[:20]) > _LARGEST:
                do = 'write one whole number from 0, quoted: ["4"]'
                faults.add("values", f"needs a number with {self.operator}; got {shown(self.values)}; {do}")
        elif self.operator == "In" and not self.values:
            faults.add("values", "is required with In; got []; name the values")

    @property
    def doubts(self) -> Iterator[str]:
        """What Karpenter takes about its values and hardly anybody means."""
        if self.operator in _WITHOUT_VALUES and self.values:
            yield f"has no effect with {self.operator}; got {shown(self.values)}; use In, or remove them"
        if self.operator == "NotIn" and not self.values:
            yield "leaves nothing out with NotIn; got []; name the values, or remove the requirement"
        if twice := repeated(self.values):
            yield f"has a value twice, which counts once; got {shown(twice)} again; remove one"
        if self.operator in ("In", "NotIn"):
            yield from unknown_values(self.key, self.values)


class Requirement(Condition):
    """One condition on a label of the nodes; a pool's nodes fulfil all of its conditions."""

    min_values: int | None = Field(default=None, ge=1, le=50)
    """How many different values of the label the instance types to choose from must have, for a choice wide enough."""

    @field_validator("key")
    @classmethod
    def _key_may_be_asked_for(cls, key: str) -> str:
        return label_key(key)

    def _check_values(self, faults: Faults) -> None:
        super()._check_values(faults)
        # Karpenter counts those values that there are.
        known = len(self.values) - len(unknown_values(self.key, self.values))
        if self.operator == "In" and self.min_values is not None and self.min_values > known > 0:
            do = "name more values or require fewer"
            faults.add("min_values", f"is more than there are values; got {self.min_values}; {do}")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What values of one label several conditions leave."""

    values: frozenset[str] | None = None
    """The values that are left; None where all are but those in `excluded`."""
    excluded: frozenset[str] = frozenset()
    least: int | None = None
    most: int | None = None
    required: bool = False
    """Whether a condition asks that the label be there."""

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, str) or value in self.excluded:
            return False
        return self._in_bounds(value) and (self.values is None or value in self.values)

    @property
    def nothing(self) -> bool:
        """Whether no value is left though the label must be there."""
        return self.required and self._none_left

    @property
    def _none_left(self) -> bool:
        if self.values is not None:
            return not any(value in self for value in self.values)
        return self.least is not None and self.most is not None and self.least > self.most

    def _in_bounds(self, value: str) -> bool:
        if self.least is None and self.most is None:
            return True
        if not _NUMBER.fullmatch(value):
            return False
        number = int(value)
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)

    def narrowed(self, other: Allowed) -> Allowed:
        """What both leave."""
        values = other.values if self.values is None else self.values
        if self.values is not None and other.values is not None:
            values = self.values & other.values
        least = [bound for bound in (self.least, other.least) if bound is not None]
        most = [bound for bound in (self.most, other.most) if bound is not None]
        return Allowed(
            values,
            self.excluded | other.excluded,
            max(least, default=None),
            min(most, default=None),
            self.required or other.required,
        )


def allowed_by(requirement: Requirement) -> Allowed:
    """What one condition leaves."""
    number = int(requirement.values[0]) if requirement.operator in _COMPARING else 0
    match requirement.operator:
        case "In":
            return Allowed(values=frozenset(requirement.values), required=True)
        case "NotIn":
            return Allowed(excluded=frozenset(requirement.values))
        case "Exists":
            return Allowed(required=True)
        case "DoesNotExist":
            return Allowed(values=frozenset())
        case "Gt":
            return Allowed(least=number + 1, required=True)
        case "Gte":
            return Allowed(least=number, required=True)
        case "Lt":
            return Allowed(most=number - 1, least=0, required=True)
        case "Lte":
            return Allowed(most=number, least=0, required=True)


def allowed(requirements: Iterable[Requirement]) -> dict[str, Allowed]:
    """What all conditions together leave of each label they speak of, by the label's newer name."""
    left: dict[str, Allowed] = {}
    for requirement in requirements:
        key = normal(requirement.key)
        left[key] = left.get(key, Allowed()).narrowed(allowed_by(requirement))
    return left
