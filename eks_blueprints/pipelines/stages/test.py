"""Tests."""

from __future__ import annotations

import shlex

from eks_blueprints.pipelines.stages._commands import CommandStage


class Test(CommandStage):
    """Run tests; nothing that follows starts if one fails."""

    @property
    def before_commit(self) -> tuple[str, ...]:
        """Its commands, unless they need more than a checkout."""
        plain = {name: value for name, value in self.variables.items() if isinstance(value, str)}
        if (
            self.inputs
            or self.environment is not None
            or self.secrets
            or self.matrix
            or len(plain) < len(self.variables)
        ):
            return ()
        return (*(f"export {name}={shlex.quote(value)}" for name, value in plain.items()), *self.commands)
