"""Run `pulumi destroy`."""

from __future__ import annotations

from eks_blueprints.lifecycle.teardown.run import Run, UnfinishedError
from eks_blueprints.lifecycle.teardown.steps import Step


def destroy(run: Run, step: Step) -> None:
    """Delete the stack's resources, as Pulumi knows them after a refresh."""
    if code := run.destroy():
        raise UnfinishedError(f"pulumi destroy ended with code {code}; correct what it says above")
