"""Variables of a run, which whoever starts it can set."""

from __future__ import annotations

from pydantic import Field

from eks_blueprints.core.spec import Spec


class RunVariable(Spec):
    """A variable of a run: every job has it in its environment, and who starts the run by hand can set it."""

    default_value: str = Field(min_length=1, max_length=1000)
    """Its value in runs that start by themselves. Not for secrets: many can read it."""

    description: str = Field(default="", max_length=200)
    """What it is for, up to 200 characters."""
