"""An adoption as data: which resource of a plan stands for what in AWS."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.spec import Many, Spec

_TYPE = re.compile(r"[a-z0-9-]+:[A-Za-z0-9./_-]+:[A-Za-z0-9]+")
_URN = re.compile(r"urn:pulumi:[^:]+::[^:]+::[^ ]+::.+")


def _type(value: str) -> str:
    if not _TYPE.fullmatch(value):
        do = "write a type as previews print it, such as aws:eks/cluster:Cluster"
        raise ValueError(f"is not a type of Pulumi; got {shown(value)}; {do}")
    return value


class Adopted(Spec):
    """What one resource of the stack stands for."""

    id: str | None = Field(default=None, min_length=1)
    """Id by which the provider imports it, as the page of its type in the Pulumi registry says ("Import"). With it,
    the next `pulumi up` takes the resource over as it is; afterwards it has no effect."""

    alias: str | None = None
    """URN that it has in the state of this stack, `urn:pulumi:...`, instead of `id`: it is renamed, not imported."""

    keep: Many[str] = ()
    """Properties whose value in AWS stays although the program says another, such as a name whose change would replace
    the resource. They stay after the adoption, as `ignore_changes` of the resource."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        faults = Faults()
        if self.id is not None and self.alias is not None:
            faults.add("alias", "cannot be combined with id; got both; an alias for what is in this stack's state")
        if self.id is None and self.alias is None and not self.keep:
            faults.add((), "needs id, alias or keep; got {}; take the entry out")
        if self.alias is not None and not _URN.fullmatch(self.alias):
            got = shown(self.alias)
            faults.add("alias", f"is not a URN; got {got}; copy it from pulumi stack --show-urns")
        for index, each in enumerate(self.keep):
            if each == "*":
                faults.add(("keep", index), "would keep everything for ever; got *; name the properties")
        faults.raise_if_any()
        return self


class AdoptionArgs(Spec):
    """Which resources of a stack exist already: `stacks/<stack>.adopt.yaml`, beside the stack file.

    It is written by `eks-blueprints import` and reviewed by people. The first `pulumi up` takes the resources over and
    changes nothing about them; after it, the file is deleted, or, where it keeps properties, `adopted` set to true.
    """

    adopted: bool = False
    """Whether the resources have been taken over. From then on `id` has no effect, what the stack file says about them
    is carried out, and only `keep` holds."""

    resources: dict[Annotated[str, AfterValidator(_type)], dict[str, Adopted]]
    """What resources stand for, by their type (`aws:eks/cluster:Cluster`) and logical name, as previews print them."""

    @model_validator(mode="after")
    def _each_id_once(self) -> Self:
        faults = Faults()
        for type_, named in self.resources.items():
            seen: dict[str, str] = {}
            for name, each in named.items():
                if each.id is not None and (other := seen.setdefault(each.id, name)) is not name:
                    got, do = shown(each.id), "one thing in AWS is one resource of the stack"
                    faults.add(("resources", type_, name, "id"), f"is also the id of {other}; got {got}; {do}")
        faults.raise_if_any()
        return self
