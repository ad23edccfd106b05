"""A Pulumi project on disk: its `Pulumi.yaml`, and the configuration one of its stacks runs with.

The rules are the engine's (sdk/go/common/workspace/project.go, sdk/go/common/resource/config): the program is handed
strings, nested values as JSON, a key without a namespace belongs to the project, and the stack's file wins over the
project's defaults. Encrypted values cannot be read without the stack's key: a symbol, ``${config.net:token}``, stands
for each, and stays secret.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import BEGIN
from eks_blueprints.core.yaml_text import YAMLError, load
from eks_blueprints.recording.errors import ProgramError


@dataclass(frozen=True, slots=True)
class Project:
    """What `Pulumi.yaml` says about running the program."""

    root: Path
    """The directory of `Pulumi.yaml`."""
    name: str
    directory: Path
    """Where the program runs: the directory of its entry point."""
    entry: Path
    """A file, or a directory with a `__main__.py`."""
    config_directory: Path
    """Where the stacks' settings are."""
    defaults: Mapping[str, Any]


def load_project(path: str | Path) -> Project:
    """Read the project in a directory."""
    root = Path(path).resolve()
    file = next((each for each in (root / "Pulumi.yaml", root / "Pulumi.yml") if each.is_file()), None)
    if file is None:
        raise ProgramError(f"no Pulumi.yaml in {path}; give the directory of a Pulumi project, or create one: {BEGIN}")
    data = _read(file)
    runtime = data.get("runtime")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    if language != "python":
        raise ProgramError(f"runtime is {language!r}; only python programs can be recorded", file.name)
    if not isinstance(data.get("name"), str):
        raise ProgramError("the project has no name", file.name)
    entry = (root / str(data.get("main") or ".")).resolve()
    if not entry.is_relative_to(root):
        raise ProgramError(f"main is {data['main']!r}; it must lie in the project's directory", file.name)
    if not entry.exists():
        raise ProgramError(f"main is {data.get('main')!r}, and there is no such file or directory", file.name)
    config = data.get("config")
    settings = data.get("stackConfigDir") or (config if isinstance(config, str) else None) or "."
    return Project(
        root=root,
        name=data["name"],
        directory=entry if entry.is_dir() else entry.parent,
        entry=entry,
        config_directory=root / str(settings),
        defaults=config if isinstance(config, dict) else {},
    )


def stack_config(project: Project, stack: str) -> tuple[dict[str, str], set[str]]:
    """The configuration of one stack, and which of its keys are secret."""
    values: dict[str, Any] = {}
    secret: set[str] = set()
    for key, declared in project.defaults.items():
        full = _full(key, project)
        value = declared
        if isinstance(declared, dict):
            value = declared.get("value", declared.get("default"))
            if declared.get("secret"):
                secret.add(full)
        if value is not None:
            values[full] = value
    file = settings_file(project, stack)
    given = _read(file).get("config") or {} if file.is_file() else {}
    if not isinstance(given, dict):
        raise ProgramError("config is not a map of keys to values", str(file.relative_to(project.root)))
    values |= {_full(key, project): value for key, value in given.items()}
    texts: dict[str, str] = {}
    for key, value in values.items():
        clear = _opened(value, key)
        if clear != value:
            secret.add(key)
        texts[key] = _text(clear)
    return texts, secret & texts.keys()


def imports_environment(project: Project, stack: str) -> bool:
    """Whether a stack's settings import environments of Pulumi ESC, any of which may set any key of `config`."""
    file = settings_file(project, stack)
    return file.is_file() and bool(_read(file).get("environment"))


def settings_file(project: Project, stack: str) -> Path:
    """Where the settings of a stack stand."""
    return project.config_directory / f"Pulumi.{stack.rpartition('/')[2]}.yaml"


def _full(key: Any, project: Project) -> str:
    text = str(key)
    # Settings files of old releases wrote `project:config:key`.
    text = re.sub(r"^([^:]+):config:", r"\1:", text)
    return text if ":" in text else f"{project.name}:{text}"


def _opened(value: Any, key: str) -> Any:
    """A value with a symbol in the place of every encrypted one."""
    if isinstance(value, dict):
        if value.keys() == {"secure"} and isinstance(value["secure"], str):
            return f"${{config.{key}}}"
        return {name: _opened(each, f"{key}.{name}") for name, each in value.items()}
    if isinstance(value, list):
        return [_opened(each, f"{key}[{index}]") for index, each in enumerate(value)]
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return json.dumps(value, default=str) if isinstance(value, bool | int | float) else str(value)


@lru_cache(maxsize=32)
def _parsed(text: str) -> Any:
    # A command asks for the same settings several times, and YAML is slow to read.
    return load(text)


def _read(file: Path) -> dict[str, Any]:
    try:
        data = _parsed(file.read_text(encoding="utf-8"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise ProgramError(str(problem), file.name, None if mark is None else mark.line + 1) from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ProgramError("is not a map", file.name)
    return data
