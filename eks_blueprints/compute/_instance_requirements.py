"""Attributes that an Auto Scaling group chooses instance types by, in EC2's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.facts.instance_types import InstanceType, instance_type, names
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many, Spec

Included = Literal["included", "required", "excluded"]
"""Whether types of a sort are taken too, alone, or not at all."""

_pattern = Form(
    r"[a-zA-Z0-9.*\-]{1,30}",
    what="is neither an instance type nor a pattern for some",
    do="write it like m5.8xlarge, c5*.*, m5a.* or r*",
)
_TypePattern = Annotated[str, AfterValidator(_pattern)]
_Percentage = Annotated[int, Field(ge=1)]


class _Range(Spec):
    def _in_order(self) -> Self:
        faults = Faults()
        least, most = (getattr(self, field) for field in ("min", "max"))
        if least is None and most is None:
            faults.add((), "needs a min or a max; got neither; give one")
        if least is not None and most is not None and most < least:
            faults.add("max", f"is below min; got {most} and {least}; raise it")
        faults.raise_if_any()
        return self


class WholeRange(_Range):
    """Fewest and most of something that is counted."""

    min: int | None = Field(default=None, ge=0)
    """Fewest. Default: no limit."""
    max: int | None = Field(default=None, ge=0)
    """Most. Default: no limit."""

    @model_validator(mode="after")
    def _ends_are_in_order(self) -> Self:
        return self._in_order()


class NumberRange(_Range):
    """Least and most of something that is measured."""

    min: float | None = Field(default=None, ge=0)
    """Least. Default: no limit."""
    max: float | None = Field(default=None, ge=0)
    """Most. Default: no limit."""

    @model_validator(mode="after")
    def _ends_are_in_order(self) -> Self:
        return self._in_order()


class LeastRange(Spec):
    """Fewest and most of something that every group has to limit from below."""

    min: int = Field(ge=0)
    """Fewest; 0 for no limit."""
    max: int | None = Field(default=None, ge=1)
    """Most. Default: no limit."""

    @model_validator(mode="after")
    def _ends_are_in_order(self) -> Self:
        faults = Faults()
        if self.max is not None and self.max < self.min:
            faults.add("max", f"is below min; got {self.max} and {self.min}; raise it")
        faults.raise_if_any()
        return self


class InstanceRequirements(Spec):
    """What instance types must have; EC2 Auto Scaling chooses among all that have it, also types that come later.

    Source: Amazon EC2 Auto Scaling API reference, "InstanceRequirements".
    """

    vcpu_count: LeastRange
    """vCPUs."""
    memory_mib: LeastRange
    """Memory, in MiB."""
    memory_gib_per_vcpu: NumberRange | None = None
    """Memory for each vCPU, in GiB."""
    cpu_manufacturers: Many[Literal["intel", "amd", "amazon-web-services", "apple"]] = ()
    """Manufacturer of the processors. Default: any with the image's architecture."""
    instance_generations: Many[Literal["current", "previous"]] = ()
    """Whether types of the current generation are taken, of previous ones, or both. Default: both."""
    allowed_instance_types: Many[_TypePattern] = Field(default=(), max_length=400)
    """Types that may be taken, others are not, such as `m5.*` or `c7*`. Default: all."""
    excluded_instance_types: Many[_TypePattern] = Field(default=(), max_length=400)
    """Types that are not taken."""
    bare_metal: Included | None = None
    """Types without a hypervisor. AWS's default: excluded."""
    burstable_performance: Included | None = None
    """Types with CPU credits, such as t3. AWS's default: excluded."""
    local_storage: Included | None = None
    """Types with disks of their own. AWS's default: included."""
    local_storage_types: Many[Literal["hdd", "ssd"]] = ()
    """Which disks these are. Default: either."""
    total_local_storage_gb: NumberRange | None = None
    """Size of all these disks together, in GB."""
    accelerator_count: WholeRange | None = None
    """Accelerators: GPUs, FPGAs and chips of AWS. `{max: 0}` takes types without any. Default: no limit."""
    accelerator_types: Many[Literal["gpu", "fpga", "inference", "media"]] = ()
    """Which sort of accelerators. Default: any."""
    accelerator_manufacturers: Many[Literal["amazon-web-services", "amd", "nvidia", "xilinx", "habana"]] = ()
    """Manufacturer of the accelerators. Default: anyone."""
    accelerator_names: Many[Annotated[str, Field(min_length=1)]] = ()
    """Which ones, in EC2's words, such as `a100` or `t4`. Default: any."""
    accelerator_total_memory_mib: WholeRange | None = None
    """Memory of all accelerators together, in MiB."""
    baseline_ebs_bandwidth_mbps: WholeRange | None = None
    """Megabits per second that volumes can count on."""
    network_bandwidth_gbps: NumberRange | None = None
    """Gigabits per second of the network."""
    network_interface_count: WholeRange | None = None
    """Network interfaces, which limit the pods of a node."""
    require_hibernate_support: bool | None = None
    """Whether types must be able to hibernate."""
    on_demand_max_price_percentage_over_lowest_price: int | None = Field(default=None, ge=0)
    """Percentage above the cheapest on-demand type of the current generation that fits, beyond which types are not
    taken. AWS's default: 20."""
    spot_max_price_percentage_over_lowest_price: int | None = Field(default=None, ge=0)
    """The same for spot, above the cheapest spot price. AWS's default: chosen for each group."""
    max_spot_price_as_percentage_of_optimal_on_demand_price: _Percentage | None = None
    """Percentage of the on-demand price beyond which a spot type is not taken."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        for field, other in (
            ("excluded_instance_types", "allowed_instance_types"),
            ("max_spot_price_as_percentage_of_optimal_on_demand_price", "spot_max_price_percentage_over_lowest_price"),
        ):
            if getattr(self, field) not in (None, ()) and getattr(self, other) not in (None, ()):
                faults.add(field, f"cannot be combined with {other}; got both; keep one")
        if self.local_storage == "excluded":
            for field in ("local_storage_types", "total_local_storage_gb"):
                if getattr(self, field) not in (None, ()):
                    got = shown("excluded")
                    faults.add(field, f"is for types with disks; got local_storage: {got}; remove it")
        without = self.accelerator_count is not None and self.accelerator_count.max == 0
        for field in ("types", "manufacturers", "names", "total_memory_mib"):
            if without and getattr(self, f"accelerator_{field}") not in (None, ()):
                got = "accelerator_count {max: 0}"
                faults.add(f"accelerator_{field}", f"is for types with accelerators; got {got}; remove it")
        faults.raise_if_any()
        return self


def some_fits(wanted: InstanceRequirements, architecture: str) -> bool:
    """Whether some type of the table has what is wanted, as far as the table tells."""
    known = (facts for name in names() if (facts := instance_type(name)) is not None)
    return any(architecture in facts.architectures and all(_fits(facts, wanted)) for facts in known)


def _fits(facts: InstanceType, wanted: InstanceRequirements) -> Iterator[bool]:
    yield _within(wanted.vcpu_count, facts.vcpus)
    yield _within(wanted.memory_mib, facts.memory_mib)
    yield _within(wanted.memory_gib_per_vcpu, facts.memory_mib / 1024 / facts.vcpus)
    yield _within(wanted.accelerator_count, facts.accelerator_count)
    yield _within(wanted.network_interface_count, facts.network_interfaces)
    yield _within(wanted.total_local_storage_gb, facts.storage_gb)
    # A sort that is left out is as AWS takes it.
    yield _taken(wanted.bare_metal or "excluded", "bare_metal" in facts.flags)
    yield _taken(wanted.burstable_performance or "excluded", "burstable" in facts.flags)
    yield _taken(wanted.local_storage or "included", facts.storage_gb > 0)
    makers = {_MAKERS.get(maker, maker) for maker in wanted.accelerator_manufacturers}
    yield not makers or facts.accelerator in makers
    processors = {"aws" if maker == "amazon-web-services" else maker for maker in wanted.cpu_manufacturers}
    yield not processors or facts.cpu_manufacturer in processors
    generation = "previous" if "previous" in facts.flags else "current"
    yield not wanted.instance_generations or generation in wanted.instance_generations
    yield not wanted.allowed_instance_types or _any_of(wanted.allowed_instance_types, facts.name)
    yield not _any_of(wanted.excluded_instance_types, facts.name)


_MAKERS = {"amazon-web-services": "neuron"}


def _within(ends: Any, value: float) -> bool:
    if ends is None:
        return True
    return (ends.min is None or value >= ends.min) and (ends.max is None or value <= ends.max)


def _taken(said: Included, has: bool) -> bool:
    return has if said == "required" else not (said == "excluded" and has)


def _any_of(patterns: Sequence[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
