"""What each chart that a stack installs brings along, and how far that is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from eks_blueprints.core.charts import table
from eks_blueprints.core.charts.model import Rendered
from eks_blueprints.core.spec import kind_name
from eks_blueprints.policies.inside import helm
from eks_blueprints.policies.inside.ours import ANY, Ours, is_ours, ours
from eks_blueprints.policies.inside.paths import Path, leaves, written
from eks_blueprints.policies.inside.steered import is_steering, steered
from eks_blueprints.policies.installed import Installed, charts
from eks_blueprints.policies.platform import cluster_of
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

_COMPONENT = "eks-blueprints:index:"


@dataclass(frozen=True, slots=True)
class Contents:
    """What one chart brings along."""

    installed: Installed
    kind: str
    """The row of the table that knows the chart; empty where none does."""
    rendered: Rendered | None
    """None where nothing is known."""
    plain: Rendered | None
    """The same without the values of users."""
    how: str
    """Where it is known from, or why nothing is known: `from the table of 2026-11-29 in eks-blueprints`, or `as
    rendered by Helm v3.19.0`."""
    unfollowed: tuple[Path, ...] = ()
    """Values of users of which it is not known what they change."""
    lacking: tuple[str, ...] = ()
    """What else is not known, in words."""
    users: tuple[Path, ...] = ()
    """Values of users that Helm followed."""
    followed: Mapping[Path, Rendered] = field(default_factory=dict)
    """What is rendered with one value of a user alone, by the value's path."""

    @property
    def in_part(self) -> bool:
        """Whether something that it may bring is not known."""
        return self.rendered is not None and bool(self.unfollowed or self.lacking)

    def doubtful(self) -> dict[str, Any]:
        """The values of users of which it is not known what they change."""
        values = dict(leaves(self.installed.values.value))
        found: dict[str, Any] = {}
        for *above, last in (path for path in self.unfollowed if path in values):
            place = found
            for key in above:
                place = place.setdefault(key, {})
            place[last] = values[*above, last]
        return found


def contents(stack: Stack) -> list[Contents]:
    """What every chart that a stack installs brings along, in the order of the plan."""
    return stack.once("contents of charts", lambda: [_best(_contents(each, stack), stack) for each in charts(stack)])


def contents_of(resource: Resource, stack: Stack) -> list[Contents]:
    """What the charts that one resource installs bring along."""
    return stack.once("contents by resource", lambda: _by_resource(stack)).get(id(resource), [])


def _by_resource(stack: Stack) -> dict[int, list[Contents]]:
    found: dict[int, list[Contents]] = {}
    for each in contents(stack):
        found.setdefault(id(each.installed.resource), []).append(each)
    return found


def _best(known: Contents, stack: Stack) -> Contents:
    """What the table knows, or what Helm renders where the table does not know it as a whole."""
    installed = known.installed
    if not (known.rendered is None or known.in_part or helm.asked()) or helm.helm() is None:
        return known
    places, values = helm.places(installed, stack), _values(installed)
    if not places or values is None:
        return known
    kubernetes = _version(installed, stack)
    library = ours(known.kind, kubernetes) if known.kind else None
    given = dict(leaves(values))
    expected = library.fitting(given)[1] if library else {}
    users = [path for path, value in given.items() if not is_ours(path, value, expected)]
    where, found = _first(installed, places, values, kubernetes)
    plain = Rendered() if where.own else helm.rendered(installed, where, _without(values, users), kubernetes)
    if isinstance(found, str):
        return replace(known, how=f"{known.how}; {found}")
    return Contents(
        installed=installed,
        kind=known.kind,
        rendered=found,
        # What a chart refuses without the values of users is theirs as a whole.
        plain=Rendered() if isinstance(plain, str) else plain,
        how=f"as rendered by {helm.version(helm.helm() or '')}",
        lacking=tuple(_elsewhere(installed)),
        users=tuple(users),
    )


def _first(
    installed: Installed, places: list[helm.Place], values: Mapping[str, Any], kubernetes: str | None
) -> tuple[helm.Place, Rendered | str]:
    """What is rendered from the first place that has the chart; why not from the best one where none has."""
    why = ""
    for where in places:
        found = helm.rendered(installed, where, values, kubernetes)
        if not isinstance(found, str):
            return where, found
        why = why or found
    return places[0], why


def _without(values: Mapping[str, Any], paths: Collection[Path], below: Path = ()) -> dict[str, Any]:
    """Values without those at some paths."""
    kept = {}
    for key, value in values.items():
        here = (*below, str(key))
        if here in paths:
            continue
        if isinstance(value, Mapping) and "$secret" not in value and "$unknown" not in value and value:
            if inner := _without(value, paths, here):
                kept[key] = inner
        else:
            kept[key] = value
    return kept


def _contents(installed: Installed, stack: Stack) -> Contents:
    kind = _kind(installed, stack)
    row = table.row(kind) if kind else None
    if row is None:
        return Contents(installed, "", None, None, f"nothing is known about the chart {installed.chart}")
    if not row.known:
        return Contents(installed, kind, None, None, f"nothing is known about the chart {row.chart}: {row.missing}")
    if installed.version != row.pinned:
        version = installed.version or "whatever is newest"
        why = f"nothing is known about version {version} of {row.chart}, but of {row.pinned}"
        return Contents(installed, kind, None, None, why)
    given = _values(installed)
    if given is None:
        return Contents(installed, kind, None, None, f"the values of {row.chart} are not known before the deployment")
    values = dict(leaves(given))
    library = ours(kind, _version(installed, stack))
    said, expected = library.fitting(values) if library else ([], {})
    plain = row.form(said)
    users = _users(values, expected, row, library)
    images = library.images if library else {}
    # Some add-ons choose the tag of an image by the version of the cluster, and the table knows one version.
    tags = {path: value for path, value in values.items() if path not in users and path[-1] == "tag"}
    plain = steered(plain, tags, images)
    followed = {path: value for path, value in users.items() if _is_known(value) and is_steering(path, plain)}
    placing = library.places if library else ()
    unfollowed = [p for p in users if p not in followed and not written(p).startswith(placing or ("\0",))]
    missed = [path for path, value in expected.items() if value is not ANY and path not in values]
    return Contents(
        installed=installed,
        kind=kind,
        rendered=steered(plain, followed, images),
        plain=plain,
        how=f"from the table of {table.as_of()} in eks-blueprints",
        unfollowed=(*unfollowed, *missed),
        lacking=(*_lacking(row), *_elsewhere(installed)),
        followed={path: steered(plain, {path: value}, images) for path, value in followed.items()},
    )


def _values(installed: Installed) -> dict[str, Any] | None:
    """The values of a chart; None where they are not known as a whole."""
    try:
        given = installed.values.get()
    except Undetermined:
        return None
    return dict(given) if isinstance(given, Mapping) else {}


def _users(
    values: Mapping[Path, Any], expected: Mapping[Path, Any], row: table.Row, library: Ours | None
) -> dict[Path, Any]:
    """The values that are not those of the library."""
    # Where it cannot be asked what the library says, the table tells at least at which paths it says something.
    free = {*row.read, *row.unread} if library is None else set()
    return {
        path: value
        for path, value in values.items()
        if not is_ours(path, value, expected) and written(path) not in free
    }


def _is_known(value: Any) -> bool:
    """Whether a leaf is neither secret nor one that only the deployment tells."""
    if isinstance(value, Mapping):
        return "$secret" not in value and "$unknown" not in value
    return not (isinstance(value, str) and "${" in value)


def _lacking(row: table.Row) -> list[str]:
    found = [f"the charts {', '.join(row.left_out)}, on which it depends"] if row.left_out else []
    if row.rendered:
        found.append(f"what version {row.pinned} changes since {row.rendered}")
    return found


def _version(installed: Installed, stack: Stack) -> str | None:
    """The Kubernetes version of the cluster of a chart, by which some add-ons choose an image."""
    cluster = cluster_of(installed.resource, stack)
    version = cluster.inputs.get("version") if cluster else None
    return version if isinstance(version, str) and re.fullmatch(r"1\.\d+", version) else None


def _elsewhere(installed: Installed) -> list[str]:
    """Values that stand where they are not read, and whatever changes objects after Helm has rendered them."""
    props = installed.resource.props
    found = {
        "the values in files": [("valueYamlFiles",), ("spec", "valuesFrom")],
        "what its post-renderer changes": [("postrender",), ("postRenderer",), ("spec", "postRenderers")],
    }
    said = [what for what, places in found.items() if any(_has(props, *place) for place in places)]
    sources = [*_parts(props, "spec", "source"), *_parts(props, "spec", "sources")]
    if any(_has(each, "helm", key) for each in sources for key in ("values", "valueFiles", "parameters")):
        said.append("the values that stand as text, parameters or in files")
    return said


def _parts(props: Props, *keys: str) -> list[Props]:
    try:
        return props.items(*keys)
    except Undetermined:
        return []


def _has(props: Props, *keys: str) -> bool:
    try:
        return bool(props.raw(*keys))
    except Undetermined:
        return True


def _kind(installed: Installed, stack: Stack) -> str:
    """The row of the table for a chart: that of the add-on which installs it, or of its name and repository."""
    resource = installed.resource
    named = [_own(each) for each in stack.ancestors(resource)]
    for kind in filter(None, named):
        for row in (f"{kind}.crds", kind):
            if (found := table.row(row)) is not None and found.chart == installed.chart:
                return row
    found_rows = _by_chart().get(installed.chart, ())
    fitting = [each for each in found_rows if installed.repository in ("", _repository(each))]
    return fitting[0] if len(fitting) == 1 else ""


def _own(resource: Resource) -> str:
    return kind_name(resource.type.removeprefix(_COMPONENT)) if resource.type.startswith(_COMPONENT) else ""


@cache
def _by_chart() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind in table.kinds():
        row = table.row(kind)
        found.setdefault(row.chart if row else "", []).append(kind)
    return found


def _repository(row: str) -> str:
    """Where the chart of a row comes from."""
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.core.elements import element_class, kinds

    kind, _, crds = row.partition(".")
    if kind == "karpenter":
        return _KARPENTER
    if kind not in kinds(AddOn):
        return "\0"
    cls: Any = element_class(AddOn, kind)
    return str((cls.crds if crds else cls.chart).repository)


_KARPENTER = "oci://public.ecr.aws/karpenter"
