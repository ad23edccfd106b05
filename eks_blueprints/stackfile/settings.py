"""The settings `aws:...` in `Pulumi.<stack>.yaml` that a stack file is deployed with."""

from __future__ import annotations

from pathlib import Path as FilePath

from eks_blueprints.blueprint import aws_settings
from eks_blueprints.core.aws_config import settings
from eks_blueprints.core.document import located, read
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.project import load_project, stack_config
from eks_blueprints.stackfile.find import project_of, relative
from eks_blueprints.stackfile.load import StackFile


def problems(stack: StackFile, path: FilePath) -> list[Problem]:
    """What is wrong or doubtful about the settings of a stack, by themselves and against its stack file.

    Settings that come from elsewhere, such as a Pulumi ESC environment, are seen only when the program runs.
    """
    folder = project_of(path.parent)
    if folder is None:
        return []
    try:
        project = load_project(folder.folder)
        texts, secret = stack_config(project, path.stem)
    except ProgramError as error:
        return [Problem((), str(error))]
    file = project.config_directory / f"Pulumi.{path.stem}.yaml"
    found, wrong = settings(texts, secret)
    wrong += aws_settings.check(stack.args, found, file.name)
    of_settings = [problem for problem in wrong if problem.path[:1] == ("config",)]
    of_stack = [problem for problem in wrong if problem.path[:1] != ("config",)]
    return [*_placed(of_settings, file), *located(of_stack, stack.document)]


def _placed(wrong: list[Problem], file: FilePath) -> list[Problem]:
    name = str(relative(file))
    try:
        return located(wrong, read(file, name)) if wrong else []
    except InputError:  # said by Pulumi.yaml, or not readable as one mapping
        return [problem.at(name) for problem in wrong]
