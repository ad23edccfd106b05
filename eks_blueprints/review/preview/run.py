"""Runs one target and looks at what it registers."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.refs import WITH_GIT
from eks_blueprints.recording import Plan, Position, ProgramError, Recording, record, record_directory
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.stackfile.find import project_of

if TYPE_CHECKING:
    from eks_blueprints.recording.deployed import Deployed


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, or doubtful, about one resource's inputs."""

    urn: str
    name: str
    type: str
    message: str
    severity: Literal["error", "warning"]
    position: Position | None
    """The stack file's line where there is one, else the program's."""

    def to_data(self) -> dict[str, str]:
        """The finding as JSON data."""
        data = {"severity": self.severity, "urn": self.urn, "message": self.message}
        if self.position is not None:
            data["position"] = f"{self.position.file}:{self.position.line}"
        return data


@dataclass(frozen=True, slots=True)
class Preview:
    """What one stack would create."""

    target: Target
    plan: Plan
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    """What the program itself warned of."""
    gaps: tuple[str, ...]
    """What of the program could not be followed, so that resources may be missing or differ."""
    seconds: float

    @property
    def created(self) -> bool:
        """Whether anything would be created."""
        return any(resource.custom and "read_id" not in resource.options for resource in self.plan.resources)

    @property
    def refused(self) -> bool:
        """Whether a provider would refuse an input."""
        return any(finding.severity == "error" for finding in self.findings)


def preview(target: Target, *, with_git: bool = False) -> Preview:
    """Run a target's program and check every input; `with_git` says whether what a Git repository brings is declared.

    Raises:
        InputError: if its stack file is invalid, or its program fails.
    """
    start = time.perf_counter()
    token = WITH_GIT.set(with_git)
    try:
        recording = recorded(target)
    except ProgramError as error:
        raise told(error, target) from error
    finally:
        WITH_GIT.reset(token)
    found = tuple(findings(recording))
    notes = tuple(log.text for log in recording.logs if log.severity in ("warning", "error"))
    return Preview(target, recording.plan(), found, notes, recording.gaps, time.perf_counter() - start)


def recorded(
    target: Target,
    *,
    deployed: Mapping[str, Deployed] | None = None,
    stack_references: Mapping[str, Mapping[str, Any]] | None = None,
) -> Recording:
    """Run a target's program; `deployed` and `stack_references` are those of `record`.

    Raises:
        ProgramError: if it fails.
    """
    known: dict[str, Any] = {"deployed": deployed, "stack_references": stack_references}
    if target.project is not None:
        return record_directory(target.project, target.stack, **known)
    if (file := target.file) is None:
        raise ValueError("a target needs a project or a stack file")
    from eks_blueprints.stackfile.program import deploy

    project = project_of(file.parent)
    name = project.name if project else "eks-blueprints"
    return record(lambda: deploy(file, target.stack), project=name, stack=target.stack, **known)


def told(error: ProgramError, target: Target) -> InputError:
    """What a program that fails says of its stack file, or of itself."""
    from eks_blueprints.recording.explain import causes

    for cause in causes(error):
        if isinstance(cause, InputError):
            return cause
    if error.file is None:
        return InputError([Problem((), error.message, str(target.file or target.project))])
    file = error.file if target.project is None else os.path.relpath(target.project / error.file)
    return InputError([Problem((), error.message, file, error.line)])


def findings(recording: Recording) -> Iterator[Finding]:
    """What a provider would say of the inputs of every resource that a program manages."""
    from eks_blueprints.recording.inputs import check

    for resource in recording.resources:
        if resource.read or not (resource.request.custom or resource.request.remote):
            continue
        for problem in check(resource.type, resource.resource_class, resource.wire_inputs, name=resource.name):
            position = resource.source or resource.position
            yield Finding(resource.urn, resource.name, resource.type, problem.message, problem.severity, position)
