"""Which images, subnets, security groups and reservations a class of nodes selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In, Spec

Family = Literal["AL2", "AL2023", "Bottlerocket", "Custom", "Windows2019", "Windows2022", "Windows2025"]

ALIASES: dict[str, Family] = {
    "al2": "AL2",
    "al2023": "AL2023",
    "bottlerocket": "Bottlerocket",
    "windows2019": "Windows2019",
    "windows2022": "Windows2022",
    "windows2025": "Windows2025",
}
"""Families of images by the name that an alias has for them."""

_DATED = Form(r"latest|v[0-9]{8}")
_NUMBERED = Form(r"latest|v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9a-f]{7,9})?")
_OWNER = Form(r"[0-9]{12}|self|amazon|aws-marketplace|aws-backup-vault")
_MOST_TAGS = 20
_MOST_ALIAS = 30


def _id_form(prefix: str, what: str) -> AfterValidator:
    do = f"write {prefix}- and lowercase letters and digits"
    return AfterValidator(Form(rf"{prefix}-[0-9a-z]+", what=f"is not a valid id of {what}", do=do))


def _not_empty(value: str) -> str:
    if not value:
        raise ValueError('is empty; got ""; write something, or leave it out')
    return value


def _selector_tags(tags: dict[str, object]) -> dict[str, object]:
    if not tags:
        raise ValueError("would select everything; got {}; name a tag, with * for any value")
    if len(tags) > _MOST_TAGS:
        raise ValueError(f"can have at most {_MOST_TAGS} tags; got {len(tags)}; remove some")
    for key, value in tags.items():
        if not key or value == "":
            raise ValueError(f"has an empty key or value; got {shown({key: value})}; write * for any value")
    return tags


def alias(text: str) -> str:
    """An image of AWS's own: family and version.

    Raises:
        ValueError: if there can be no such image.
    """
    family, at, version = text.partition("@")
    if not at or not version:
        raise ValueError(f"is not a valid alias; got {shown(text)}; write family@version, such as al2023@v20250920")
    if family not in ALIASES:
        raise ValueError(f"has an unknown family; got {shown(text)}; use one of {', '.join(ALIASES)}")
    if family.startswith("windows") and version != "latest":
        raise ValueError(f"pins a version, which Windows images do not have; got {shown(text)}; write {family}@latest")
    form, example = (_NUMBERED, "v1.47.0") if family == "bottlerocket" else (_DATED, "v20250920")
    if not form.fullmatch(version) or len(text) > _MOST_ALIAS:
        raise ValueError(f"has an invalid version; got {shown(text)}; write {family}@{example} or {family}@latest")
    return text


Alias = Annotated[str, AfterValidator(alias)]
AmiId = Annotated[str, _id_form("ami", "an image")]
SubnetId = Annotated[str, _id_form("subnet", "a subnet")]
SecurityGroupId = Annotated[str, _id_form("sg", "a security group")]
ReservationId = Annotated[str, _id_form("cr", "a capacity reservation")]
PlacementGroupId = Annotated[str, _id_form("pg", "a placement group")]
NonEmpty = Annotated[str, AfterValidator(_not_empty)]
SelectorTags = Annotated[dict[str, In[str]], AfterValidator(_selector_tags)]


class Term(Spec):
    """One way to select; what its fields say holds together, and several terms are alternatives."""

    def check_needs(self, *fields: str) -> None:
        """Refuse a term that selects nothing.

        Raises:
            ValueError: if none of the fields is given.
        """
        if all(getattr(self, field) is None for field in fields):
            known = ", ".join(fields[:-1]) + f" or {fields[-1]}"
            raise ValueError(f"selects nothing; got {{}}; write {known}")

    def check_alone(self, faults: Faults, *fields: str) -> None:
        """Note that one of the fields has others beside it."""
        given = [field for field in type(self).model_fields if getattr(self, field) is not None]
        for field in fields:
            others = [name for name in given if name != field]
            if field in given and others and not any(faulty in given for faulty in fields[: fields.index(field)]):
                do = "write one of them in a term of its own"
                faults.add(field, f"must be alone in a term; got {', '.join(others)} beside it; {do}")


class AmiSelectorTerm(Term):
    """Images by alias, id, SSM parameter, or tags and name; of several that fit the newest is taken."""

    alias: Alias | None = None
    """AWS's own image: family and version, such as `al2023@v20250920`. `@latest` rolls nodes at every release."""
    tags: SelectorTags | None = None
    """Tags of the image; `*` for any value."""
    id: In[AmiId] | None = None
    """Id of the image."""
    name: In[NonEmpty] | None = None
    """Name of the image, with `*` and `?` as wildcards."""
    owner: str | None = None
    """Who owns the image: an account, `self`, `amazon` or `aws-marketplace`. Default: self and amazon with `name`."""
    ssm_parameter: In[NonEmpty] | None = None
    """Name or ARN of an SSM parameter that holds the id of the image."""

    @model_validator(mode="after")
    def _rules_hold(self) -> AmiSelectorTerm:
        self.check_needs("alias", "id", "ssm_parameter", "name", "tags")
        faults = Faults()
        self.check_alone(faults, "alias", "id", "ssm_parameter")
        if self.owner is not None and not _OWNER.fullmatch(self.owner):
            do = "write twelve digits, self, amazon or aws-marketplace"
            faults.add("owner", f"is not an owner; got {shown(self.owner)}; {do}")
        faults.raise_if_any()
        return self


class SubnetSelectorTerm(Term):
    """Subnets by id or by tags."""

    tags: SelectorTags | None = None
    """Tags of the subnets; `*` for any value."""
    id: In[SubnetId] | None = None
    """Id of a subnet."""

    @model_validator(mode="after")
    def _rules_hold(self) -> SubnetSelectorTerm:
        self.check_needs("tags", "id")
        faults = Faults()
        self.check_alone(faults, "id")
        faults.raise_if_any()
        return self


class SecurityGroupSelectorTerm(Term):
    """Security groups by id, by name or by tags."""

    tags: SelectorTags | None = None
    """Tags of the security groups; `*` for any value."""
    id: In[SecurityGroupId] | None = None
    """Id of a security group."""
    name: In[NonEmpty] | None = None
    """Name of a security group, which is not its Name tag."""

    @model_validator(mode="after")
    def _rules_hold(self) -> SecurityGroupSelectorTerm:
        self.check_needs("tags", "id", "name")
        faults = Faults()
        self.check_alone(faults, "id", "name")
        faults.raise_if_any()
        return self


class CapacityReservationSelectorTerm(Term):
    """Capacity reservations by id, by tags or by how instances are matched to them."""

    tags: SelectorTags | None = None
    """Tags of the reservations; `*` for any value."""
    id: In[ReservationId] | None = None
    """Id of a reservation."""
    owner_id: str | None = Field(default=None, pattern=r"^[0-9]{12}$")
    """Account that owns the reservations, twelve digits."""
    instance_match_criteria: Literal["open", "targeted"] | None = None
    """How instances are matched to the reservations."""

    @model_validator(mode="after")
    def _rules_hold(self) -> CapacityReservationSelectorTerm:
        self.check_needs("tags", "id", "instance_match_criteria")
        faults = Faults()
        self.check_alone(faults, "id")
        faults.raise_if_any()
        return self


class PlacementGroupSelector(Spec):
    """The placement group that nodes are launched into."""

    name: In[NonEmpty] | None = None
    """Name of the group."""
    id: In[PlacementGroupId] | None = None
    """Id of the group."""

    @model_validator(mode="after")
    def _one_is_given(self) -> PlacementGroupSelector:
        if (self.name is None) == (self.id is None):
            got = "neither" if self.name is None else "both"
            raise ValueError(f"needs a name or an id; got {got}; write one of them")
        return self


def check_aliases(terms: Sequence[AmiSelectorTerm], faults: Faults) -> None:
    """Note an alias that does not stand alone among the terms."""
    with_alias = [index for index, term in enumerate(terms) if term.alias is not None]
    if with_alias and len(terms) > 1:
        got = f"{len(terms)} terms"
        faults.add(
            ("ami_selector_terms", with_alias[0], "alias"), f"must be the only term; got {got}; remove the others"
        )
