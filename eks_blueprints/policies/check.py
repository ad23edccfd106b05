"""Asking every rule about every resource it judges."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from eks_blueprints.core import clock
from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.catalogue import rules as all_rules
from eks_blueprints.policies.definition import Context, Enforcement, Profile, Rule
from eks_blueprints.policies.embedded import is_read, reason
from eks_blueprints.policies.objects import SYSTEM_NAMESPACES, WORKLOADS, namespace_of
from eks_blueprints.policies.platform import CHARTS
from eks_blueprints.policies.props import Fault, Undetermined
from eks_blueprints.policies.report import Finding, Opened, Report, in_order
from eks_blueprints.policies.settings import Judgement, RuleSetting
from eks_blueprints.policies.stack import Resource, Stack

if TYPE_CHECKING:
    from eks_blueprints.policies.inside.contents import Contents
    from eks_blueprints.recording.plan import Plan

BLUEPRINT = "eks-blueprints:index:Blueprint"

OPAQUE = (
    "kubernetes:helm.sh/v3:Chart",
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:helm.sh/v4:Chart",
    "kubernetes:kustomize:Directory",
    "kubernetes:kustomize/v2:Directory",
    "kubernetes:yaml:ConfigFile",
    "kubernetes:yaml:ConfigGroup",
    "kubernetes:yaml/v2:ConfigFile",
    "kubernetes:yaml/v2:ConfigGroup",
    "kubernetes:argoproj.io/v1alpha1:Application",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
    "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization",
)
"""Resources whose objects a provider or a controller renders, out of reach of the rules about objects."""


def check_plan(
    plan: Plan,
    judgement: Judgement | None = None,
    *,
    profile: Profile | None = None,
    today: date | None = None,
    folder: Path | None = None,
) -> Report:
    """Judge what a program asks for; `folder` is where it runs, and where the YAML files stand that it names."""
    return check_stack(Stack.of_plan(plan, folder), judgement, profile=profile, today=today)


def check_stack(
    stack: Stack,
    judgement: Judgement | None = None,
    *,
    profile: Profile | None = None,
    today: date | None = None,
    deployed: bool = False,
    only: Iterable[str] = (),
) -> Report:
    """Judge a stack; `only` names the rules to ask, all by default.

    `profile` overrides that of the settings. `today` decides what has expired; tests and reproducible reports give it.
    """
    from eks_blueprints.policies.waivers import apply

    began = time.perf_counter()
    judgement = judgement or Judgement()
    day = today or clock.today()
    run = _Run(stack, judgement, profile or judgement.profile, day, deployed)
    wanted = set(only)
    for rule in all_rules().values():
        if not wanted or rule.id in wanted:
            run.ask(rule)
    seen = run.look_into(only=wanted)
    findings = apply(
        run.findings, judgement.waivers, stack, day, enforcement_of=run.enforcement_of, params_of=run.params_of
    )
    inside = {each.installed.resource.name: each for each in seen}
    opened = [each for each in seen if each.rendered is not None]
    read = {each.installed.resource.urn for each in opened}
    opaque = [each for each in stack.of(*OPAQUE) if each.urn not in read and not is_read(each, stack)]
    exempt = [each for each in stack.of(*WORKLOADS) if namespace_of(each, stack) in SYSTEM_NAMESPACES]
    return Report(
        project=stack.project,
        stack=stack.name,
        profile=run.profile,
        findings=in_order(findings),
        resources=len(stack.resources),
        verdicts=dict(run.verdicts),
        rules=tuple(run.rules),
        not_scanned=tuple(each.name for each in opaque),
        reasons={each.name: why for each in opaque if (why := _why(each, stack, inside))},
        opened=tuple(_opened(each) for each in opened),
        exempt=tuple(each.name for each in exempt),
        seconds=time.perf_counter() - began,
    )


def _why(resource: Resource, stack: Stack, inside: Mapping[str, Contents]) -> str:
    """Why no rule sees into something, where more is to be said than that a provider renders it."""
    return inside[resource.name].how if resource.name in inside else reason(resource, stack)


class _Run:
    """One stack being judged."""

    def __init__(self, stack: Stack, judgement: Judgement, profile: Profile, today: date, deployed: bool) -> None:
        self.stack = stack
        self.judgement = judgement
        self.profile = profile
        self.today = today
        self.deployed = deployed
        self.findings: list[Finding] = []
        self.rules: list[Rule] = []
        self.verdicts: Counter[str] = Counter()

    def ask(self, rule: Rule) -> None:
        """Judge every resource that a rule is about."""
        enforcement = self.enforcement_of(rule)
        if enforcement == "disabled":
            return
        self.rules.append(rule)
        params = MappingProxyType(self.params_of(rule))
        for resource in self.stack.of(*rule.types):
            if resource.patch and not rule.patches:
                continue
            context = Context(self.stack, resource, params, self.profile, self.today, self.deployed)
            outcome, faults, unknown = judge(rule, context)
            self.verdicts[outcome] += 1
            found = (finding(rule, resource, fault, enforcement, self.stack) for fault in _distinct(faults))
            self.findings.extend(found)
            if outcome == "undetermined":
                self.findings.append(undetermined(rule, resource, unknown[0], enforcement))

    def look_into(self, only: Collection[str] = ()) -> list[Contents]:
        """Judge what charts bring along, as far as it is known."""
        if not self.stack.of(*CHARTS):
            return []  # The table of charts is loaded with the first of them.
        from eks_blueprints.policies.inside import ASKED
        from eks_blueprints.policies.inside.asked import ask
        from eks_blueprints.policies.inside.contents import contents
        from eks_blueprints.policies.inside.told import findings

        seen = [each for each in contents(self.stack) if not is_read(each.installed.resource, self.stack)]
        for rule in self.rules:
            if rule.id not in ASKED or (only and rule.id not in only):
                continue
            params = MappingProxyType(self.params_of(rule))
            enforcement = self.enforcement_of(rule)
            known = {"params": params, "profile": self.profile, "today": self.today, "deployed": self.deployed}
            for each in seen:
                answers = ask(rule, each, self.stack, known)
                self.findings += findings(rule, each, answers, enforcement, self.stack)
        return seen

    def enforcement_of(self, rule: Rule) -> Enforcement:
        """How hard a rule is enforced here."""
        return self._setting(rule).enforcement or rule.enforcement_in(self.profile)

    def params_of(self, rule: Rule) -> dict[str, Any]:
        """A rule's parameters here."""
        return {**rule.params, **self._setting(rule).parameters}

    def _setting(self, rule: Rule) -> RuleSetting:
        return self.judgement.rules.get(rule.id) or _NO_SETTING


_NO_SETTING = RuleSetting()


def _opened(found: Contents) -> Opened:
    paths = tuple(".".join(path) for path in found.unfollowed)
    installed = found.installed
    return Opened(installed.resource.name, installed.version or "", found.how, paths, found.lacking)


def finding(rule: Rule, resource: Resource, fault: Fault, enforcement: Enforcement, stack: Stack) -> Finding:
    """A fault with all that a reader of a report wants to know."""
    return Finding(
        policy=rule.id,
        verdict="fail",
        severity=rule.severity,
        enforcement="advisory" if fault.advisory else enforcement,
        resource=resource.name,
        type=resource.type,
        urn=resource.urn,
        path=fault.path,
        what=fault.what,
        got=fault.got,
        do=_what_to_do(rule, resource, fault, stack),
        **_place(resource, fault.path),
    )


def _what_to_do(rule: Rule, resource: Resource, fault: Fault, stack: Stack) -> str:
    """The fix, in the words of a stack file where one says what the resource is."""
    if resource.from_stack_file and rule.prose.stack and not fault.do:
        words = rule.prose.stack.replace("NAME", _element(resource, stack))
        return f"write {words.replace(*fault.fit) if fault.fit[0] else words}"
    return fault.do or _sentence(rule.prose.fix)


def _element(resource: Resource, stack: Stack) -> str:
    """The name in a stack file of the element that a resource belongs to: `general` of `prod-general-group`."""
    line = [resource, *stack.ancestors(resource)]
    for inner, outer in pairwise(line):
        if outer.type == BLUEPRINT and inner.name.startswith(f"{outer.name}-") and inner is not resource:
            name = inner.name.removeprefix(f"{outer.name}-")
            return name.replace("-", "_") if resource.type.startswith("aws:eks/addon:") else name
    return "NAME"


def undetermined(rule: Rule, resource: Resource, unknown: Undetermined, enforcement: Enforcement) -> Finding:
    """The finding that a rule cannot say."""
    return Finding(
        policy=rule.id,
        verdict="undetermined",
        severity=rule.severity,
        enforcement=enforcement,
        resource=resource.name,
        type=resource.type,
        urn=resource.urn,
        path=unknown.path,
        what=str(unknown),
        got="",
        do="",
        **_place(resource, unknown.path),
    )


def _place(resource: Resource, path: tuple[str | int, ...]) -> dict[str, Any]:
    """The line of the field that is at fault, or of the resource."""
    position = (resource.where(path) if resource.where is not None else None) or resource.position
    return {
        "file": getattr(position, "file", None),
        "line": getattr(position, "line", None),
        "column": getattr(position, "column", None),
    }


def _sentence(text: str) -> str:
    # Messages of this project are lowercase and end without a stop; names such as EKS keep their capitals.
    text = text.rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _distinct(faults: list[Fault]) -> list[Fault]:
    return list(dict.fromkeys(faults))
