"""Elements: specs that are put on a cluster, named by the key they stand under.

In a stack file a group of elements is a mapping of name to fields, and `kind` (which defaults to the name) says which
class reads them: a kind of this package (`managed_nodes`), or a dotted path to a class of one's own
(`acme.nodes.GpuNodes`). In Python a group is a list of specs.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema

from eks_blueprints.core.errors import Faults, InputError, Path, Problem, raised, shown, unforeseen
from eks_blueprints.core.late_specs import loaded
from eks_blueprints.core.leaves import element_name, too_many_tags
from eks_blueprints.core.peers import unknown_kind
from eks_blueprints.core.printed import one_line
from eks_blueprints.core.spec import Spec, kind_of

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground


F = TypeVar("F", bound=Callable[..., Any])

GROUPS = ("compute", "addons", "workloads", "teams")
"""The groups of elements of a platform."""


def left_open(function: F) -> F:
    """Mark what each class of one's own has to define; `element_class` refuses one that does not."""
    vars(function)["left_open"] = True
    return function


class Element(Spec):
    """A spec with one verb that is given a `ClusterRef`."""

    group: ClassVar[str]
    """Key of the blueprint under which elements of this sort stand, and the package that holds their kinds."""
    usual_kind: ClassVar[str | None] = None
    """The kind of an element that says none; None where it is the name of the element."""

    name: str = ""
    """Name of this element, unique in its group; in a stack file it is the key. Default: the kind."""

    def model_post_init(self, _context: Any) -> None:
        if not self.name:
            object.__setattr__(self, "name", type(self).kind())

    @classmethod
    def kind(cls) -> str:
        """What a stack file calls this class."""
        return kind_of(cls)

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """What is wrong about it on a cluster, in a network, that it is put on; paths count from the element.

        Told when a platform is checked, and again when it is put on a cluster that no platform declares.
        """
        for own in self.further_tags(ground):
            if fault := too_many_tags(ground.tags, getattr(self, "tags", ()), own):
                yield Problem(("tags",), fault)
                return

    def refuse_wrong(self, ground: Ground, place: Path) -> None:
        """Refuse what is wrong about it on a cluster; what is doubtful was told when it was checked.

        Raises:
            InputError: with all that is wrong, below `place`.
        """
        wrong = [problem.below(*place) for problem in self.problems_on(ground) if problem.severity == "error"]
        if wrong:
            raise InputError(wrong)

    def further_tags(self, _ground: Ground) -> Iterator[Iterable[str]]:
        """The keys of tags that its resources have besides its own and the platform's, for each sort of resource."""
        yield ()

    def component(self, cluster: ClusterRef) -> Component:
        """The component that holds this element's resources on a cluster; its name starts all of theirs.

        Raises:
            InputError: if it cannot be put on that cluster; see `problems_on`.
        """
        place = (*cluster.place, self.group, self.name)
        self.refuse_wrong(cluster.ground, place)
        from eks_blueprints.core.component import Component

        name = f"{cluster.prefix}-{self.name.replace('_', '-')}"
        return Component(name, self, cluster.options(), spec_path=place, after=cluster.ready, iam=cluster.iam)


E_co = TypeVar("E_co", bound=Element, covariant=True)


class _Group:
    """Reads a mapping of name to fields, or a list of specs, into a tuple of elements of one base class."""

    def __init__(self, base: type[Element] | str) -> None:
        self._given = base

    @property
    def _base(self) -> type[Element]:
        return base_of(self._given) if isinstance(self._given, str) else self._given

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._read, serialization=core_schema.plain_serializer_function_ser_schema(_dump)
        )

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return {"type": "object", "x-elements": loaded(self._base).group}

    def _read(self, value: Any) -> tuple[Element, ...]:
        base = loaded(self._base)
        faults = Faults()
        if isinstance(value, Mapping):
            entries = [_from_entry(base, str(name), fields, faults) for name, fields in value.items()]
        elif isinstance(value, list | tuple):
            entries = [_from_item(base, index, item, faults) for index, item in enumerate(value)]
        else:
            raise ValueError(f"needs a mapping of name to fields; got {shown(value)}; write name: {{}} lines below it")
        found = [entry for entry in entries if entry is not None]
        _check_names(found, faults)
        faults.raise_if_any()
        return tuple(found)


if TYPE_CHECKING:
    Group = Sequence[E_co]
else:

    class Group(Generic[E_co]):
        """`Group[Compute]`: elements of one base class."""

        def __class_getitem__(cls, base: Any) -> Any:
            return Annotated[tuple, _Group(base)]


if TYPE_CHECKING:
    Workloads = Sequence[Any]
else:
    Workloads = Annotated[tuple, _Group("workloads")]
"""Workloads, for rooms that hold some and know no more of them than their verb."""


@cache
def base_of(group: str) -> type[Element]:
    """The base class of a group of elements of this package."""
    module = importlib.import_module(f"{__name__.partition('.')[0]}.{group}.base")
    found = (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Element))
    return next(each for each in found if vars(each).get("group") == group)


def kinds(base: type[Element]) -> dict[str, str]:
    """The kinds of a group: name to the module that holds its class.

    This package brings one module a kind. Other packages add theirs by entry points of the group
    `eks_blueprints.<group>`, whose names are the kinds; they cannot take the place of one of this package.
    """
    package = base.__module__.rpartition(".")[0]
    return dict(sorted({**_offered(base.group), **_own_kinds(package)}.items()))


@cache
def _own_kinds(package: str) -> dict[str, str]:
    path = importlib.import_module(package).__path__
    modules = (m.name for m in pkgutil.iter_modules(path) if not m.ispkg)
    names = [name for name in modules if name != "base" and not name.startswith("_")]
    return {name: f"{package}.{name}" for name in names}


@cache
def _offered(group: str) -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.module for point in entry_points(group=f"eks_blueprints.{group}")}


def element_class(base: type[Element], kind: str) -> type[Element]:
    """The class that reads elements of a kind.

    Raises:
        ValueError: if there is no such kind, or a dotted path does not lead to one.
    """
    if "." in kind:
        try:
            found = load_class(kind)
        except ImportError as error:
            raise ValueError(
                f"cannot be imported; got {shown(kind)} ({error}); name a class on the Python path"
            ) from None
        if not (isinstance(found, type) and issubclass(found, base)):
            raise ValueError(f"is not a kind of {base.group}; got {shown(kind)}; extend {base.__name__}")
        if lacking := _lacking(found):
            raise ValueError(
                f"is not complete; got {shown(kind)} without {' and '.join(lacking)}; define it in the class"
            )
        return found
    known = _own_kinds(base.__module__.rpartition(".")[0])
    if kind not in known:
        # Looking for what other packages offer reads what every installed one says of itself.
        known = kinds(base)
    if kind not in known:
        if other := _group_of(kind, base):
            raise ValueError(
                f"is not a kind of {base.group}; got {shown(kind)}, which is {other}; write it below {other}"
            )
        raise ValueError(unknown_kind(kind, known, f"kind of {base.group}"))
    try:
        module = _imported(known[kind])
    except ImportError as error:
        raise ValueError(f"cannot be imported; got {shown(kind)} of {known[kind]} ({error}); fix the package") from None
    for candidate in vars(module).values():
        if isinstance(candidate, type) and issubclass(candidate, base) and candidate.kind() == kind:
            return candidate
    raise ValueError(f"has no class; got {shown(kind)} of {known[kind]}; name the class so that its kind is {kind}")


def _lacking(cls: type[Element]) -> list[str]:
    """What a class leaves open that it has to define."""
    members: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        members |= vars(base)
    return sorted(name for name, each in members.items() if "left_open" in getattr(_function(each), "__dict__", ()))


def _function(member: Any) -> Any:
    return member.fget if isinstance(member, property) else member


def _group_of(kind: str, base: type[Element]) -> str | None:
    """The other group that has such a kind, if one has."""
    package = __name__.partition(".")[0]
    others = {*GROUPS} - {base.group}
    return next((group for group in others if kind.replace("-", "_") in _own_kinds(f"{package}.{group}")), None)


def load_class(path: str) -> Any:
    """The object at a dotted path.

    Raises:
        ImportError: if there is none, or the module fails, in whatever way, when it is imported.
    """
    parts = path.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        raise ImportError("no dotted path of names")
    module, _, name = path.rpartition(".")
    found = _imported(module)
    try:
        return getattr(found, name)
    except Exception as error:  # a module may serve its names itself
        raise ImportError(raised(error)) from None


def _imported(module: str) -> ModuleType:
    try:
        with redirect_stdout(sys.stderr):  # what it prints is no part of our results
            return importlib.import_module(module)
    except KeyboardInterrupt:
        raise
    except ImportError as error:
        raise ImportError(one_line(str(error))) from None
    except BaseException as error:  # somebody else's code: it may even ask the interpreter to end
        raise ImportError(raised(error)) from None


def _from_entry(base: type[Element], name: str, fields: Any, faults: Faults) -> Element | None:
    fields = {} if fields is None else fields
    if isinstance(fields, base):
        return fields.but(name=name)
    if not isinstance(fields, Mapping):
        faults.add((name,), f"needs a mapping; got {shown(fields)}; write {name}: {{}} for the defaults")
        return None
    kind = fields.get("kind", base.usual_kind or name)
    at_kind = (name, "kind") if "kind" in fields else (name,)
    if not isinstance(kind, str):
        faults.add(at_kind, f"needs text; got {shown(kind)}; name one of {', '.join(kinds(base))}")
        return None
    if "name" in fields:
        faults.add((name, "name"), f"no such field; got {shown(fields['name'])}; the key {name} is the name")
        return None
    try:
        cls = element_class(base, kind)
    except ValueError as error:
        named = "kind" in fields or _group_of(kind, base) is not None
        end = "" if str(error).endswith("?") else ";"
        faults.add(at_kind, str(error) + ("" if named else f"{end} or add kind: and use any name"))
        return None
    try:
        return cls.model_validate({key: item for key, item in fields.items() if key != "kind"} | {"name": name})
    except ValidationError as error:
        faults.nest((name,), error)
        return None
    except Exception as error:
        own = cls.__module__.startswith(f"{__name__.partition('.')[0]}.")
        foreign = f"cannot read its fields; got {shown(kind)} ({raised(error)}); fix the class"
        faults.add(at_kind, unforeseen(error) if own else foreign)
        return None


def _from_item(base: type[Element], index: int, item: Any, faults: Faults) -> Element | None:
    if isinstance(item, base):
        return item
    faults.add((index,), f"needs a spec of {base.group}; got {shown(item)}; in a stack file write name: {{...}} lines")
    return None


def _check_names(found: list[Element], faults: Faults) -> None:
    seen: dict[str, str] = {}
    for element in found:
        if fault := element_name.fault(element.name):
            faults.add((element.name,), fault)
        folded = element.name.replace("_", "-").lower()
        if folded in seen:
            other = seen[folded]
            faults.add((element.name,), f"clashes with {other}; got {shown(element.name)}; rename one of them")
        seen[folded] = element.name


def _dump(elements: tuple[Element, ...]) -> dict[str, Any]:
    return {e.name: {"kind": type(e).kind()} | e.model_dump(mode="json", exclude={"name"}) for e in elements}
