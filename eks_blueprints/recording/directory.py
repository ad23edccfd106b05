"""Recording the program of a Pulumi project directory, as the Python language host would run it.

The host (sdk/python/cmd/pulumi-language-python-exec) changes to the program's directory, puts it first on the import
path and runs it as `__main__`. Everything that leaves in this process is put back, so that many stacks, and many
projects with modules of the same names, can be recorded one after another.
"""

import os
import runpy
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from eks_blueprints.core.errors import BEGIN
from eks_blueprints.core.references import environment
from eks_blueprints.recording.deployed import Deployed
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.invokes import Answer
from eks_blueprints.recording.project import Project, imports_environment, load_project, stack_config
from eks_blueprints.recording.recording import Recording
from eks_blueprints.recording.run import record

_NO_PROGRAM = f"there is no __main__.py here; write the program, or create a repository: {BEGIN}"


def record_directory(
    path: str | Path,
    stack: str,
    *,
    config: Mapping[str, str] | None = None,
    secret_config_keys: Iterable[str] = (),
    organization: str = "organization",
    calls: Mapping[str, Answer] | None = None,
    stack_references: Mapping[str, Mapping[str, Any]] | None = None,
    deployed: Mapping[str, Deployed] | None = None,
    quick: bool = True,
) -> Recording:
    """Run one stack of the project in `path`; the settings are those of its files, `config` on top of them.

    Give the keys whose encrypted values the program computes with in `config`: a symbol is not a number.
    The other parameters are those of `record`.
    """
    project = load_project(path)
    values, secret = stack_config(project, stack)
    for key, value in (config or {}).items():
        values[key if ":" in key else f"{project.name}:{key}"] = value

    def program() -> None:
        if project.entry.is_dir() and not (project.entry / "__main__.py").is_file():
            raise ProgramError(_NO_PROGRAM, project.entry.name)
        token = environment.set(imports_environment(project, stack))
        try:
            runpy.run_path(str(project.entry), run_name="__main__")
        finally:
            environment.reset(token)

    with _at_home(project):
        return record(
            program,
            project=project.name,
            stack=stack.rpartition("/")[2],
            config=values,
            secret_config_keys=[*secret, *secret_config_keys],
            organization=organization,
            calls=calls,
            stack_references=stack_references,
            deployed=deployed,
            root=str(project.root),
            quick=quick,
        )


@contextmanager
def _at_home(project: Project) -> Iterator[None]:
    """The process as the language host would have set it up for this program; put back afterwards."""
    directory = str(project.directory)
    before = (os.getcwd(), list(sys.path), list(sys.argv), dict(os.environ))
    own = _importable(directory)
    set_aside = {
        name: module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in own and not _lies_in(module, directory)
    }
    for name in set_aside:
        del sys.modules[name]
    loaded = {name.partition(".")[0] for name in sys.modules}
    os.chdir(directory)
    sys.path.insert(0, directory)
    sys.argv = [str(project.entry)]
    try:
        yield
    finally:
        for name, module in list(sys.modules.items()):
            # Library modules stay: importing pulumi_aws again would cost half a second a stack.
            if name.partition(".")[0] not in loaded and _lies_in(module, directory):
                del sys.modules[name]
        sys.modules.update(set_aside)
        cwd, sys.path[:], sys.argv, environment = before
        os.chdir(cwd)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)


def _importable(directory: str) -> set[str]:
    """The names of the program's own modules: a loaded one of such a name would be taken for them."""
    with os.scandir(directory) as entries:
        names = {_module(entry) for entry in entries}
    return names - sys.stdlib_module_names - {"", "__main__"}


def _module(entry: os.DirEntry[str]) -> str:
    if entry.is_file():
        return entry.name[:-3] if entry.name.endswith(".py") else ""
    return entry.name if os.path.isfile(os.path.join(entry.path, "__init__.py")) else ""


def _lies_in(module: ModuleType, directory: str) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and file.startswith(directory + os.sep) and "site-packages" not in file
