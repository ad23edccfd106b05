"""What one rule says about one resource."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from typing import Literal

from eks_blueprints.core.errors import InputError, Problem, raised, shown
from eks_blueprints.policies.definition import Context, Rule
from eks_blueprints.policies.props import Fault, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import Resource

Outcome = Literal["pass", "fail", "undetermined", "not_applicable"]

_PACKAGE = f"{__name__.partition('.')[0]}."
_MALFORMED = (TypeError, AttributeError, ValueError, LookupError)
"""What a rule raises that meets a list where it counts on a text: the input is wrong, and the run goes on."""


class BrokenRuleError(InputError):
    """A team's own rule that fails."""


def judge(rule: Rule, context: Context) -> tuple[Outcome, list[Fault], list[Undetermined]]:
    """What one rule says about one resource."""
    faults: list[Fault] = []
    unknown: list[Undetermined] = []
    asked = False
    noted = _Noted(unknown)
    with noted:
        parts = (context.resource.props,) if rule.each is None else rule.each(context)
        for part in parts:
            with noted:
                # One by one: what was found before an unknown value is met stands.
                for fault in _faults(rule, part, context):
                    faults.append(fault)
                asked = True
    if faults:
        return "fail", faults, unknown
    if unknown:
        return "undetermined", faults, unknown
    return ("pass" if asked else "not_applicable"), faults, unknown


class _Noted:
    """Notes why a rule says nothing, and lets the run go on. Every rule passes through it for every resource, so that
    it is no generator."""

    __slots__ = ("_unknown",)

    def __init__(self, unknown: list[Undetermined]) -> None:
        self._unknown = unknown

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, Undetermined):
            self._unknown.append(error)
        elif isinstance(error, _MALFORMED) and not isinstance(error, BrokenRuleError):
            self._unknown.append(_malformed(error))
        else:
            return isinstance(error, NotApplicable)
        return True


def _faults(rule: Rule, part: Props, context: Context) -> Iterator[Fault]:
    """The faults that a rule finds; one of a team's own that fails ends the run, since nobody knows what it would say.

    Raises:
        BrokenRuleError: if that rule fails.
    """
    if rule.check.__module__.startswith(_PACKAGE):
        yield from _asked(rule, part, context)
        return
    try:
        with redirect_stdout(sys.stderr):  # what it prints is no part of our results
            found = _asked(rule, part, context)
            if not isinstance(found, Iterable):
                raise TypeError(f"it returns {shown(found)}, and has to yield its faults")
            for fault in found:
                if not isinstance(fault, Fault):
                    raise TypeError(f"it yields {shown(fault)}, which is no fault")
                yield fault
    except (NotApplicable, Undetermined, GeneratorExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # somebody else's code: it may even ask the interpreter to end
        raise BrokenRuleError([_broken(rule, context.resource, error)]) from None


def _asked(rule: Rule, part: Props, context: Context) -> Iterator[Fault]:
    return rule.check(part, context) if rule.with_context else rule.check(part)


def _broken(rule: Rule, resource: Resource, error: BaseException) -> Problem:
    file, line, trace = rule.check.__code__.co_filename, rule.check.__code__.co_firstlineno, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return Problem((), f"rule {rule.id} fails on {resource.name}; got {raised(error)}; fix the rule", file, line)


def _malformed(error: Exception) -> Undetermined:
    return Undetermined((), f"has inputs of a form that the rule cannot read: {error}")
