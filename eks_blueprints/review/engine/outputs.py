"""What a deployed stack exports, as the Pulumi CLI knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.review.engine.command import EngineError, complaint, explain

if TYPE_CHECKING:
    from pulumi.automation import PulumiCommand

    from eks_blueprints.review.preview.targets import Target

_LACKS = "does not have output property"


def stack_output(target: Target, name: str, command: PulumiCommand) -> str | None:
    """An output of a deployed stack as text, decrypted if it is a secret; None where the stack exports none so called.

    Raises:
        InputError: if the target is in no project.
        EngineError: if the CLI cannot tell: no login, no such stack, no passphrase.
    """
    from pulumi.automation.errors import CommandError

    if target.project is None:
        message = "is in no Pulumi project; got a stack file alone; name a stack of a project"
        raise InputError([Problem((), message, str(target.file))])
    arguments = ["stack", "output", name, "--show-secrets", "--stack", target.stack]
    try:
        return str(command.run(arguments, str(target.project), {}).stdout)
    except CommandError as error:
        said = str(error).rpartition("\n stderr: ")[2].strip()
        if _LACKS in said:
            return None
        raise EngineError(f"{target.stack}: {explain(said) or complaint(said)}") from None
