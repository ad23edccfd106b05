"""How a stack is judged: its profile, changes to single rules, and waivers. `policies.yaml` beside the stack files.

profile: production
rules:
  required-tags: {parameters: {required: [Environment, Owner]}}
  k8s-cpu-limit-policy: {enforcement: disabled}
stacks:
  dev: {profile: baseline}
waivers:
  - policy: k8s-no-host-path-volumes
    resource: {name: log-agent}
    reason: the agent reads the node's journal, and has no other way to it
    owner: platform@example.com
    created: 2026-11-01
    expires: 2027-02-01
"""

from __future__ import annotations

from datetime import date
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from eks_blueprints.core.document import Document, Place, located, read
from eks_blueprints.core.errors import Faults, InputError, Problem, problems_of, shown, unknown_name
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.policies.definition import Enforcement, Profile

FILE = "policies.yaml"
"""The name of the file, beside the stack files."""


def _date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"is not a valid date; got {shown(value)}; write it like 2027-01-31") from None
    return value


Day = Annotated[str, AfterValidator(_date)]


class RuleSetting(Spec):
    """What is different about one rule."""

    enforcement: Enforcement | None = None
    """Whether it blocks. Default: what the profile says."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Values for the rule's parameters, which its page names."""
    reason: str | None = None
    """Why it is different here."""


class WaivedResource(Spec):
    """The resources that a waiver covers: those that everything given here fits. `*` stands for any text."""

    type: str | None = None
    """Pulumi type, such as `aws:ec2/securityGroup:SecurityGroup`."""
    name: str | None = None
    """Logical name."""
    urn: str | None = None
    """URN; for a resource whose name another one has as well."""
    object: str | None = None
    """A Kubernetes object as `namespace/kind/name`."""

    @model_validator(mode="after")
    def _says_something(self) -> WaivedResource:
        if not any((self.type, self.name, self.urn, self.object)):
            raise ValueError("covers every resource; got {}; give a name, urn, object or type")
        return self


class Waiver(Spec):
    """Leave to break one rule, for some resources and until a day."""

    policy: str
    """Id of the rule; a waiver covers one rule and never all."""
    resource: WaivedResource
    """What it covers."""
    reason: str = Field(min_length=15)
    """Why this is accepted, in at least 15 characters."""
    owner: str = Field(min_length=1)
    """Who answers for it."""
    created: Day
    """The day it was given."""
    expires: Day
    """The first day on which it no longer holds: at most `max_days` of the rule waiver-valid later."""
    ticket: str | None = None
    """Where it is tracked; needed for critical rules."""
    approved_by: str | None = None
    """Who agreed, other than the owner; needed for critical rules."""


class StackSettings(Spec):
    """How one stack, or every stack, is judged."""

    profile: Profile | None = None
    """How strict: baseline, production, or regulated for what auditors look at."""
    rules: dict[str, RuleSetting] = Field(default_factory=dict)
    """Changes to single rules, by id."""
    waivers: Many[Waiver] = ()
    """Leave to break rules."""


class PolicySettings(StackSettings):
    """How the stacks of a project are judged."""

    stacks: dict[str, StackSettings] = Field(default_factory=dict)
    """What is different for single stacks, by name. Their waivers hold for that stack alone."""

    @model_validator(mode="after")
    def _names_known_rules(self) -> PolicySettings:
        from eks_blueprints.policies.catalogue import rules

        known = rules()
        faults = Faults()
        for path, part in [((), self), *((("stacks", name), each) for name, each in self.stacks.items())]:
            _check_rules((*path, "rules"), part.rules, known, faults)
            for index, waiver in enumerate(part.waivers):
                if waiver.policy not in known:
                    faults.add((*path, "waivers", index, "policy"), unknown_name(waiver.policy, known, "policy"))
        faults.raise_if_any()
        return self

    def of(self, stack: str) -> Judgement:
        """What holds for one stack."""
        own = self.stacks.get(stack, StackSettings())
        rules = {name: setting for part in (self.rules, own.rules) for name, setting in part.items()}
        for name in self.rules.keys() & own.rules.keys():
            both = self.rules[name].parameters | own.rules[name].parameters
            rules[name] = RuleSetting(
                enforcement=own.rules[name].enforcement or self.rules[name].enforcement, parameters=both
            )
        profile = own.profile or self.profile or "baseline"
        waivers = [PlacedWaiver(waiver) for waiver in (*self.waivers, *own.waivers)]
        return Judgement(profile, rules, tuple(waivers))


class PlacedWaiver:
    """A waiver and where it is written."""

    __slots__ = ("file", "place", "waiver")

    def __init__(self, waiver: Waiver, file: str | None = None, place: Place | None = None) -> None:
        self.waiver = waiver
        self.file = file
        self.place = place


class Judgement:
    """How one stack is judged."""

    __slots__ = ("profile", "rules", "waivers")

    def __init__(
        self,
        profile: Profile = "baseline",
        rules: dict[str, RuleSetting] | None = None,
        waivers: tuple[PlacedWaiver, ...] = (),
    ) -> None:
        self.profile = profile
        self.rules = rules or {}
        self.waivers = waivers


def read_settings(path: FilePath, stack: str) -> Judgement:
    """What a settings file says about a stack; the defaults if there is no such file.

    Raises:
        InputError: with every problem of the file, each with its line and column.
    """
    if not path.is_file():
        return Judgement()
    document = read(path)
    try:
        settings = PolicySettings.model_validate(document.data)
    except ValidationError as error:
        raise InputError(located(problems_of(error), document)) from None
    found = settings.of(stack)
    paths: list[tuple[str | int, ...]] = [("waivers", index) for index in range(len(settings.waivers))]
    own = settings.stacks.get(stack)
    paths += [("stacks", stack, "waivers", index) for index in range(len(own.waivers) if own else 0)]
    waivers = [_placed(each.waiver, document, at) for each, at in zip(found.waivers, paths, strict=True)]
    return Judgement(found.profile, found.rules, tuple(waivers))


def _placed(waiver: Waiver, document: Document, path: tuple[str | int, ...]) -> PlacedWaiver:
    return PlacedWaiver(waiver, document.file, document.place(path))


def _check_rules(path: tuple[str | int, ...], found: dict[str, RuleSetting], known: Any, faults: Faults) -> None:
    for name, setting in found.items():
        if name not in known:
            faults.add((*path, name), unknown_name(name, known, "policy"))
            continue
        for key, value in setting.parameters.items():
            default = known[name].params.get(key)
            if key not in known[name].params:
                do = unknown_name(key, known[name].params, "parameter") if known[name].params else _NO_PARAMETERS
                faults.add((*path, name, "parameters", key), do)
            elif default is not None and not _like(value, default):
                faults.add(
                    (*path, name, "parameters", key), f"needs {_kind(default)}; got {shown(value)}; see its page"
                )


_NO_PARAMETERS = "no such parameter; the policy has none; remove it"


def _like(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, int | float):
        return isinstance(value, int | float)
    if isinstance(default, list | tuple):
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    return isinstance(value, type(default))


def _kind(default: Any) -> str:
    kinds: list[tuple[Any, Literal["true or false", "a number", "a list of texts", "text"]]] = [
        (bool, "true or false"),
        (int | float, "a number"),
        (list | tuple, "a list of texts"),
    ]
    return next((word for kind, word in kinds if isinstance(default, kind)), "text")


def problem(waiver: PlacedWaiver, message: str) -> Problem:
    """A problem of a waiver, with its place."""
    path = ("waivers", waiver.waiver.policy)
    place = waiver.place
    return Problem(path, message, waiver.file, place.line if place else None, place.column if place else None)
