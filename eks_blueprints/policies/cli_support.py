"""What the command line does with policies: find the settings of a stack, judge it, and say whether it may go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from eks_blueprints.policies.definition import Profile
from eks_blueprints.policies.own import load
from eks_blueprints.policies.report import Report
from eks_blueprints.policies.settings import FILE, Judgement, read_settings

if TYPE_CHECKING:
    from eks_blueprints.recording.plan import Plan


def settings_of(stack: str, folder: Path, file: Path | None = None) -> Judgement:
    """How a stack is judged, as policies.yaml in the folder of the stack files says.

    Raises:
        InputError: with every problem of that file, or of the folder's own rules; also if `file` is not there.
    """
    if file is not None and not file.is_file():
        from eks_blueprints.core.errors import InputError, Problem

        raise InputError([Problem((), "does not exist; got no such file; name a file of policy settings", str(file))])
    load(folder)
    return read_settings(file or folder / FILE, stack)


def judge_plan(
    plan: Plan,
    folder: Path,
    *,
    file: Path | None = None,
    profile: Profile | None = None,
    today: date | None = None,
) -> Report:
    """Judge a plan by the settings beside its stack file."""
    from eks_blueprints.policies.check import check_plan

    return check_plan(plan, settings_of(plan.stack, folder, file), profile=profile, today=today, folder=folder)


def read_plan(file: Path) -> Plan:
    """The plan that `preview --format json` wrote to a file.

    Raises:
        InputError: if the file holds none.
    """
    from eks_blueprints.core.files import text_of
    from eks_blueprints.recording.saved import data_of, plans_of

    name = str(file)
    plans = plans_of(data_of(text_of(file, errors="replace"), name), name)
    if len(plans) > 1:
        from eks_blueprints.core.errors import InputError, Problem

        names = ", ".join(plan.stack for plan in plans)
        message = f"holds the plans of several stacks; got {names}; write one with preview STACK --format json"
        raise InputError([Problem((), message, name)])
    return plans[0]


def judge_state(
    text: str, stack: str, folder: Path, *, file: Path | None = None, profile: Profile | None = None
) -> Report:
    """Judge an exported state by the settings of its stack."""
    from eks_blueprints.policies.state import check_state

    return check_state(text, settings_of(stack, folder, file), profile=profile)


def refused(reports: Sequence[Report], *, strict: bool = False) -> bool:
    """Whether the command ends with the code that says a policy says no; `strict` counts advice as well."""
    return any(report.blocked or (strict and bool(report.failed())) for report in reports)


def pack_folder() -> Path:
    """The folder of the Pulumi policy pack."""
    return Path(__file__).parent / "pack"
