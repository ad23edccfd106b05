"""The values with which this library installs the chart of an add-on, so that those of users can be told from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from eks_blueprints.policies.inside.paths import Path, leaves
from eks_blueprints.policies.platform import RELEASE

ANY: Any = object()
"""Stands for a value that hangs on the platform."""

_ACCOUNT_ROLE = "eks.amazonaws.com/role-arn"


@dataclass(frozen=True, slots=True)
class Form:
    """What an option of an add-on changes in the values of its chart."""

    said: str
    """What the table calls it."""
    sets: Mapping[Path, Any]
    drops: frozenset[Path]
    sample: bool
    """Whether the option takes more than a switch, so that its values are only a sample."""

    def fits(self, values: Mapping[Path, Any]) -> bool:
        """Whether values are such."""
        if not (self.sets or self.drops) or not self.drops.isdisjoint(values):
            return False
        if self.sample:
            return {path[0] for path in self.sets} <= {path[0] for path in values} and any(
                path in values or any(given[:-1] == path[:-1] for given in values) for path in self.sets
            )
        return all(path in values and same(wanted, values[path]) for path, wanted in self.sets.items())


@dataclass(frozen=True, slots=True)
class Ours:
    """What the library says to a chart by itself."""

    values: Mapping[Path, Any]
    forms: tuple[Form, ...]
    images: Mapping[str, str]
    """Images and registries, by the paths at which a mirror stands in for them."""
    places: tuple[str, ...]
    """Paths of node selectors and tolerations."""

    def fitting(self, values: Mapping[Path, Any]) -> tuple[list[str], dict[Path, Any]]:
        """The forms in which values are, by what the table calls them, and what the library says in these."""
        expected = dict(self.values)
        said = []
        for form in self.forms:
            if form.fits(values):
                said.append(form.said)
                expected = {path: value for path, value in expected.items() if path not in form.drops}
                expected.update(form.sets)
        return said, expected


def same(wanted: Any, given: Any) -> bool:
    """Whether a value is the one that the library sets."""
    return wanted is ANY or wanted == given


def is_ours(path: Path, value: Any, expected: Mapping[Path, Any]) -> bool:
    """Whether the library sets a value, or it only names the IAM role of a service account."""
    if path[-1] == _ACCOUNT_ROLE:
        return True
    if path in expected:
        return same(expected[path], value)
    return expected.get((*path[:-1], _ANY_KEY)) is ANY


_ANY_KEY = "\0"
"""Stands for the keys of a mapping that hang on the platform, such as its tags."""


@cache
def ours(row: str, version: str | None = None) -> Ours | None:
    """What is said to the chart of a row of the table on a cluster of a version; None where that is not known."""
    from eks_blueprints.addons._charts import SAMPLES, options
    from eks_blueprints.addons._helm_addon import HelmAddOn
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.core.elements import element_class, kinds
    from eks_blueprints.reference.addon_facts import samples

    kind, _, crds = row.partition(".")
    cls: Any = element_class(AddOn, kind) if kind in kinds(AddOn) else None
    if cls is None or not issubclass(cls, HelmAddOn):
        return None
    if crds:
        return Ours(dict(leaves(cls.crd_values)), (), {}, ())
    least = samples().get(kind, {})
    base = _values(cls, least, version)
    forms = []
    for said, fields in options(cls).items():
        changed = _values(cls, least | fields, version)
        if changed is not None and base is not None:
            sets = {path: value for path, value in changed.items() if path not in base or base[path] != value}
            forms.append(Form(said, sets, frozenset(base.keys() - changed.keys()), said in SAMPLES))
    pods = [*cls.pods, *cls.daemons]
    places = tuple(f"{at}.{word}" if at else word for at in pods for word in ("nodeSelector", "tolerations"))
    return Ours(base or {}, tuple(forms), cls.images, places)


def _values(cls: Any, fields: dict[str, Any], version: str | None) -> dict[Path, Any] | None:
    from pydantic import ValidationError

    try:
        spec = cls.model_validate(fields)
    except ValidationError:
        return None
    first, second = (dict(leaves(_said(spec, cluster))) for cluster in _clusters(version))
    told = {path: value if second[path] == value else ANY for path, value in first.items() if path in second}
    return told | {(*path[:-1], _ANY_KEY): ANY for path in first.keys() ^ second.keys()}


def _said(spec: Any, cluster: Any) -> Mapping[str, Any]:
    """What an add-on says to its chart on a cluster."""
    from eks_blueprints.addons._chart_addon import ChartAddOn

    if type(spec).equipped is ChartAddOn.equipped:
        return spec.release(cluster).values  # type: ignore[no-any-return]
    # What it makes beside the chart, such as a bucket, is named in the values.
    from eks_blueprints.recording import record

    resources = record(lambda: spec.install(cluster)).plan().resources
    values = [each.inputs.get("values") for each in resources if each.type == RELEASE]
    return values[-1] or {} if values else {}


def _clusters(version: str | None) -> Iterator[Any]:
    """Two clusters that have nothing in common but their version."""
    from eks_blueprints.core.refs import NetworkRef
    from eks_blueprints.reference.addon_facts import example_cluster

    one = replace(example_cluster(), version=version, tags={"one": "one"})
    yield one
    yield replace(
        one,
        prefix="other",
        name="other",
        region="us-east-2",
        arn="arn:aws:eks:us-east-2:444455556666:cluster/other",
        endpoint="https://other.example.com",
        network=NetworkRef(vpc_id="vpc-0fedcba9876543210", subnets=()),
        tags={"other": "other"},
    )
