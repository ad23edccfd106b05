"""What the program of a stack does: read the stack file, build the platform, export what others need of it."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

import pulumi

from eks_blueprints.adoption.file import beside
from eks_blueprints.adoption.program import adopt
from eks_blueprints.blueprint.stack import Stack
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.references import of_deployment
from eks_blueprints.stackfile.find import project_of
from eks_blueprints.stackfile.load import open_stack


def deploy(path: str | FilePath, name: str | None = None) -> Stack[Any]:
    """Build what a stack file describes and export its outputs.

    `name` starts every resource's name and is the cluster's default name. Default: the stack's name. What exists
    already and `<stack>.adopt.yaml` beside the file names is taken over.

    Raises:
        pulumi.RunError: with every problem of the file; the engine shows its text without a traceback.
    """
    adoption = beside(FilePath(path))
    try:
        stack = open_stack(path, _name(FilePath(path)), of_deployment)
    except InputError as error:
        raise pulumi.RunError(str(error)) from error
    for warning in stack.warnings():
        pulumi.log.warn(str(warning))
    with adopt(adoption, _name(adoption)):
        built = stack.blueprint_class()(name or pulumi.get_stack(), stack.args)
    for key, value in built.outputs().items():
        pulumi.export(key, value)
    return built


def _name(path: FilePath) -> str:
    # The engine runs a program in its own folder; people stand at the project's.
    project = project_of(path.parent)
    return str(path.resolve().relative_to(project.folder)) if project else str(path)
