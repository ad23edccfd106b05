"""What a rule is: a plain function over properties, and what there is to know about it.

from eks_blueprints.policies import Faults, Props, rule

@rule(
    "shop-queue-encrypted",
    "aws:sqs/queue:Queue",
    severity="high",
    enforcement="mandatory",
    rationale="Messages hold customer data.",
    fix="Set kmsMasterKeyId.",
)
def queue_encrypted(queue: Props) -> Faults:
    \"\"\"Queues are encrypted with a key of ours.\"\"\"
    if not queue.has("kmsMasterKeyId"):
        yield queue.fault("has no key", "kmsMasterKeyId")
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from eks_blueprints.core.errors import shown
from eks_blueprints.policies.props import Fault, Props

if TYPE_CHECKING:
    from eks_blueprints.policies.stack import Resource, Stack

Severity = Literal["critical", "high", "medium", "low"]
Enforcement = Literal["mandatory", "advisory", "disabled"]
Profile = Literal["baseline", "production", "regulated"]

PROFILES: tuple[Profile, ...] = ("baseline", "production", "regulated")
_REGULATORY = frozenset({"cis_eks_1_8", "pss", "nsa_cisa", "security_hub"})


@dataclass(slots=True)
class Context:
    """What a rule may know besides the part it looks at."""

    stack: Stack
    resource: Resource
    """The resource the part belongs to."""
    params: Mapping[str, Any]
    profile: Profile
    today: date
    deployed: bool = False
    """Whether the resources exist already, as in a stack's exported state."""

    @property
    def production(self) -> bool:
        """Whether the profile is one for production."""
        return self.profile != "baseline"


@dataclass(frozen=True, slots=True)
class Prose:
    """Why a rule is there, and how to follow it."""

    rationale: str = ""
    fix: str = ""
    decides: str = ""
    stack: str = ""
    """What to write into a stack file, NAME standing for an element's own; empty where no field of one follows it."""
    anchors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Where others ask for the same: ids by framework."""


Check = Callable[..., Iterator[Fault]]
Parts = Callable[[Context], Iterable[Props]]


@dataclass(frozen=True, eq=False)
class Rule:
    """One policy."""

    id: str
    types: tuple[str, ...]
    """Types of the resources it judges; `kubernetes:*` stands for every Kubernetes object."""
    check: Check
    severity: Severity
    enforcement: Literal["mandatory", "advisory"]
    production: Literal["mandatory", "advisory"]
    """Enforcement in the profile production."""
    wave: int = 3
    params: Mapping[str, Any] = field(default_factory=dict)
    """Parameters and their defaults."""
    production_only: bool = False
    across: bool = False
    """Whether it looks at other resources of the stack, and not only at the one it judges."""
    patches: bool = False
    """Whether it judges *Patch resources too: only rules that never miss an absent property can."""
    each: Parts | None = None
    """The parts of a resource that it is asked about one by one; None for the resource as a whole."""
    given: Prose | None = None
    """What was said about it where it is defined; None if that stands in the table beside its module."""

    @property
    def title(self) -> str:
        """What it demands, in one sentence."""
        return (self.check.__doc__ or "").strip().partition("\n")[0]

    @cached_property
    def prose(self) -> Prose:
        """What there is to say about it."""
        return self.given or _table(self.check.__module__).get(self.id) or Prose()

    @property
    def decides(self) -> str:
        """How it decides, in detail."""
        lines = (self.check.__doc__ or "").strip().partition("\n")[2].splitlines()
        return " ".join(line.strip() for line in lines).strip() or self.prose.decides

    @property
    def subject(self) -> str:
        """The module of rules it stands in, such as `cluster`."""
        return self.check.__module__.rpartition(".")[2]

    @cached_property
    def with_context(self) -> bool:
        """Whether its function takes the context as well."""
        return self.check.__code__.co_argcount > 1

    @property
    def regulatory(self) -> bool:
        """Whether a framework that auditors use asks for it."""
        return not _REGULATORY.isdisjoint(self.prose.anchors)

    def enforcement_in(self, profile: Profile) -> Enforcement:
        """How hard it is enforced in a profile, unless the settings of a stack say otherwise."""
        if profile == "baseline":
            return "disabled" if self.production_only else self.enforcement
        if profile == "regulated" and self.regulatory and self.severity != "low":
            return "mandatory"
        return self.production


_RULES: dict[str, Rule] = {}


def rule(
    id: str,  # noqa: A002 - the word everyone uses
    *types: str,
    severity: Severity,
    enforcement: Literal["mandatory", "advisory"],
    production: Literal["mandatory", "advisory"] | None = None,
    rationale: str = "",
    fix: str = "",
    anchors: Mapping[str, Sequence[str]] | None = None,
    wave: int = 3,
    params: Mapping[str, Any] | None = None,
    production_only: bool = False,
    across: bool = False,
    patches: bool = False,
    each: Parts | None = None,
) -> Callable[[Check], Rule]:
    """Make a function a rule, and register it.

    Raises:
        ValueError: if another rule has the id, or it says of itself what no rule can be.
    """
    for name, value, allowed in (
        ("severity", severity, get_args(Severity)),
        ("enforcement", enforcement, ("mandatory", "advisory")),
        ("production", production or enforcement, ("mandatory", "advisory")),
    ):
        if value not in allowed:
            raise ValueError(f"{name} of {id} is none of {', '.join(allowed)}; got {shown(value)}")

    def made(check: Check) -> Rule:
        if id in _RULES and _RULES[id].check.__module__ != check.__module__:
            raise ValueError(f"two rules have one id; got {id} again; give one of them another id")
        _RULES[id] = Rule(
            id=id,
            types=types,
            check=check,
            severity=severity,
            enforcement=enforcement,
            production=production or enforcement,
            wave=wave,
            params=params or {},
            production_only=production_only,
            across=across,
            patches=patches,
            each=each,
            given=Prose(rationale, fix, anchors=anchors or {}) if rationale or fix else None,
        )
        return _RULES[id]

    return made


@cache
def _table(module: str) -> dict[str, Prose]:
    file = sys.modules[module].__file__
    path = Path(file).with_suffix(".toml") if file else None
    if path is None or not path.is_file():
        return {}
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Prose(**prose) for name, prose in data.items()}


def forget(modules: str) -> None:
    """Forget the rules of modules whose names start so."""
    for id_ in [id_ for id_, found in _RULES.items() if found.check.__module__.startswith(modules)]:
        del _RULES[id_]


def registered() -> dict[str, Rule]:
    """Every rule that has been imported, by id."""
    return _RULES


def put_in_order(modules: Sequence[str]) -> None:
    """The rules of some modules come first, in the order of these, whichever was imported first."""
    places = {name: at for at, name in enumerate(modules)}
    found = sorted(_RULES.items(), key=lambda each: places.get(each[1].check.__module__, len(places)))
    _RULES.clear()
    _RULES.update(found)
