"""Run a Pulumi program through the real engine, with stand-in providers and an account of our own.

Everything a run needs is in one temporary directory: the backend, the plugins' shims, the account, the records. The
engine is told never to fetch a plugin and never to phone home, so a run works with no network and no credentials.

    def test_the_dev_stack(engine: Engine) -> None:
        project = engine.project(REPOSITORY, stack="dev")  # a copy of Pulumi.yaml and stacks/, with their settings
        plan = project.preview()
        assert plan.ops() == {"create": 41}
        cluster = plan.registered["aws:eks/cluster:Cluster", "shop"]  # what the program sent, unknowns marked
        project.up()
        assert project.up().unchanged
        project.edit("stacks/dev.yaml", "version: '1.34'", "version: '1.35'")
        change = project.up()
        assert change.changed() == {"shop": "update"}
        project.destroy()
        assert project.leftovers() == []

A failure half-way and a resume:

        project.fault("create", "aws:eks/nodeGroup:NodeGroup", nth=1, message="no capacity")
        failed = project.up(check=False)
        assert not failed.ok and "no capacity" in failed.errors
        project.up()

A toy program is `engine.program(source, config={"aws:region": "eu-west-1"})`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .registered import Registered, Registrations, read_registrations
from .standins.account import Account, Row

HERE = Path(__file__).parent
PACKAGES = ("aws", "kubernetes", "eks")
NEEDED = ("pulumi", "pulumi-language-python")
QUIET_OPS = {"same", "read", "read-discard", "refresh"}


def missing() -> str | None:
    """Why the engine cannot run here, in one line; None where it can."""
    for tool in NEEDED:
        if shutil.which(tool) is None:
            return f"{tool} is not on the PATH: the engine tests need the Pulumi CLI"
    try:
        done = subprocess.run(
            ["pulumi", "version"], capture_output=True, text=True, timeout=60, env=_base_env(), check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"pulumi does not start: {error}"
    if done.returncode:
        return f"pulumi does not start: {done.stderr.strip() or done.stdout.strip()}"
    return None


def _base_env() -> dict[str, str]:
    """The environment of every command: nothing of the user's Pulumi, AWS or Kubernetes settings gets in."""
    dropped = ("PULUMI_", "AWS_", "STANDIN_", "KUBECONFIG", "KUBERNETES_", "PYTHONPATH", "PYTEST_", "COV_")
    env = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return env | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")]),
        "PULUMI_DEBUG_COMMANDS": "true",  # without it there is no --event-log
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_CONFIG_PASSPHRASE": "engine tests",
        "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@dataclass(frozen=True)
class Step:
    """One thing that the engine did, or in a preview would do."""

    op: str
    urn: str
    type: str
    name: str
    keys: tuple[str, ...] = ()  # the properties that force a replacement
    diffs: tuple[str, ...] = ()
    detailed: dict[str, dict[str, Any]] = field(default_factory=dict, compare=False)
    provider: str = ""
    old: dict[str, Any] | None = field(default=None, compare=False)
    new: dict[str, Any] | None = field(default=None, compare=False)
    failed: bool = False


@dataclass
class Result:
    """One command: its steps in the order they began, what it printed, what the program registered."""

    command: str
    returncode: int
    output: str
    seconds: float
    steps: list[Step]
    events: list[dict[str, Any]] = field(repr=False)
    registered: Registrations = field(repr=False)
    calls: list[dict[str, Any]] = field(repr=False)

    @property
    def ok(self) -> bool:
        return self.returncode == 0

    @property
    def errors(self) -> str:
        """All error messages, in order: of the engine, of the program and of the providers."""
        found = [e["diagnosticEvent"] for e in self.events if "diagnosticEvent" in e]
        return "\n".join(d["message"].strip() for d in found if d.get("severity") == "error" and d.get("message"))

    @property
    def warnings(self) -> str:
        found = [e["diagnosticEvent"] for e in self.events if "diagnosticEvent" in e]
        return "\n".join(d["message"].strip() for d in found if d.get("severity") == "warning" and d.get("message"))

    @property
    def policies(self) -> list[dict[str, Any]]:
        return [e["policyEvent"] for e in self.events if "policyEvent" in e]

    @property
    def unchanged(self) -> bool:
        return self.ok and not self.changed()

    def ops(self) -> dict[str, int]:
        """How many steps of each kind, the stack and default providers left out: `{"create": 3, "same": 12}`."""
        return dict(Counter(step.op for step in self.steps if not _of_engine(step)))

    def changed(self) -> dict[str, str]:
        """Logical name to what happens to it, for all that does change; a replacement shows as `replace`."""
        changes: dict[str, str] = {}
        for step in self.steps:
            if step.op in QUIET_OPS or _of_engine(step):
                continue
            replaced = step.op in ("replace", "create-replacement", "delete-replaced")
            changes[step.name] = "replace" if replaced else step.op
        return changes

    def step(self, name: str, op: str | None = None) -> Step:
        """The step of a logical name; of a replacement the deciding one, which has the reasons."""
        found = [step for step in self.steps if step.name == name and (op is None or step.op == op)]
        if not found:
            raise AssertionError(f"no step of {name} ({op or 'any'}) in {[(s.op, s.name) for s in self.steps]}")
        return next((step for step in found if step.op == "replace"), found[0])

    def order(self, op: str) -> list[str]:
        """The logical names in the order in which the engine began to create, update or delete them."""
        return [step.name for step in self.steps if step.op == op]


class EngineError(AssertionError):
    """A command that should have worked did not."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"pulumi {result.command} failed ({result.returncode}):\n{result.errors}\n{result.output}")
        self.result = result


class Engine:
    """Makes projects, each with a backend, an account and records of its own below one directory."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self.bin = where / "bin"
        self.bin.mkdir(parents=True)
        for package in PACKAGES:
            shim = self.bin / f"pulumi-resource-{package}"
            shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "standins"}" {package} "$@"\n')
            shim.chmod(0o755)
        self._projects: list[Project] = []

    def project(self, folder: Path, stack: str = "dev", config: Mapping[str, str] | None = None) -> Project:
        """A copy of a project, with its settings files; `config` adds to those of the stack.

        Where `Pulumi.yaml` names a `main` folder, only that and the folder of the settings are copied: such a project
        is the root of a repository, which has much more in it.
        """
        root = self.where / f"project{len(self._projects) + 1}"
        leave = shutil.ignore_patterns("__pycache__", ".venv", "venv", ".git")
        settings = yaml.safe_load((folder / "Pulumi.yaml").read_text())
        parts = {settings.get("main"), settings.get("stackConfigDir")} - {None}
        if parts and all((folder / part).is_dir() for part in parts):
            (root / "program").mkdir(parents=True)
            shutil.copy(folder / "Pulumi.yaml", root / "program")
            for part in parts:
                shutil.copytree(folder / part, root / "program" / part, ignore=leave, dirs_exist_ok=True)
        else:
            shutil.copytree(folder, root / "program", ignore=leave)
        return self._add(Project(self, root, stack, config or {}))

    def program(
        self, source: str, config: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None
    ) -> Project:
        """A project of one inline program, by default in eu-west-1."""
        root = self.where / f"project{len(self._projects) + 1}"
        program = root / "program"
        program.mkdir(parents=True)
        (program / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
        (program / "__main__.py").write_text(textwrap.dedent(source))
        for name, text in (files or {}).items():
            (program / name).write_text(textwrap.dedent(text))
        return self._add(Project(self, root, "dev", {"aws:region": "eu-west-1", **(config or {})}))

    def _add(self, project: Project) -> Project:
        self._projects.append(project)
        return project

    def close(self) -> None:
        for project in self._projects:
            project.account.close()


class Project:
    def __init__(self, engine: Engine, root: Path, stack: str, config: Mapping[str, str]) -> None:
        self.root = root
        self.folder = root / "program"
        self.stack = stack
        self.policy_pack: Path | None = None
        self._faults: list[dict[str, Any]] = []
        self._runs = 0
        for name in ("home", "state", "runs"):
            (root / name).mkdir(parents=True, exist_ok=True)
        self.account = Account(root / "account.db")
        self.env = _base_env()
        self.env |= {
            "PATH": os.pathsep.join([str(engine.bin), self.env["PATH"]]),
            "PULUMI_HOME": str(root / "home"),
            "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
            "STANDIN_ACCOUNT": str(root / "account.db"),
            "STANDIN_FAULTS": str(root / "faults.json"),
        }
        self._plain_runtime()
        if package := importlib.util.find_spec("eks_blueprints"):  # installed, or just beside the tests
            self.env["PYTHONPATH"] = str(Path(package.origin or "").parent.parent)
        self._pulumi("stack", "init", stack)
        for key, value in config.items():
            self._pulumi("config", "set", "--stack", stack, key, value)

    def _plain_runtime(self) -> None:
        """Let the program run with the Python that runs the tests, whatever toolchain its settings name."""
        path = next(p for p in (self.folder / "Pulumi.yaml", self.folder / "Pulumi.yml") if p.exists())
        settings = yaml.safe_load(path.read_text())
        settings["runtime"] = {"name": "python", "options": {"toolchain": "pip"}}
        settings.pop("backend", None)
        settings.pop("plugins", None)
        path.write_text(yaml.safe_dump(settings))

    # The engine's commands --------------------------------------------------------------------------------------

    def preview(self, *options: str, check: bool = True) -> Result:
        return self._run("preview", *options, check=check)

    def up(self, *options: str, check: bool = True) -> Result:
        return self._run("up", "--yes", "--skip-preview", *options, check=check)

    def refresh(self, *options: str, check: bool = True) -> Result:
        return self._run("refresh", "--yes", "--skip-preview", *options, check=check)

    def destroy(self, *options: str, check: bool = True) -> Result:
        """With the preview that a user sees first: it is what refuses before anything protected is touched."""
        return self._run("destroy", "--yes", *options, check=check)

    def preview_destroy(self) -> Result:
        """What destroying would do, and what forbids it; nothing is destroyed."""
        return self._run("destroy", "--preview-only", check=False)

    def export(self) -> list[dict[str, Any]]:
        """The resources of the stack's state, in the engine's order."""
        deployment = json.loads(self._pulumi("stack", "export", "--stack", self.stack))["deployment"]
        return list(deployment.get("resources") or [])

    def outputs(self) -> dict[str, Any]:
        return dict(json.loads(self._pulumi("stack", "output", "--json", "--show-secrets", "--stack", self.stack)))

    def config(self, key: str, value: str, *options: str) -> None:
        """Set a setting of the stack; `--secret` or `--path` as the command line takes them."""
        self._pulumi("config", "set", "--stack", self.stack, key, value, *options)

    # The program ------------------------------------------------------------------------------------------------

    def write(self, source: str, name: str = "__main__.py") -> None:
        (self.folder / name).write_text(textwrap.dedent(source))

    def edit(self, name: str, old: str, new: str) -> None:
        """Change one place of a file of the project."""
        path = self.folder / name
        text = path.read_text()
        if text.count(old) != 1:
            raise AssertionError(f"{name} has {text.count(old)} places with {old!r}, not one")
        path.write_text(text.replace(old, new))

    # The account ------------------------------------------------------------------------------------------------

    def fault(
        self, op: str, type: str, nth: int = 1, message: str = "the stand-in was told to fail", partial: bool = False
    ) -> None:
        """Let the nth create, update, delete or read of a type fail, counted from this call on."""
        self.account.reset(f"{op} {type}")
        self._faults = [f for f in self._faults if (f["op"], f["type"]) != (op, type)]
        self._faults.append({"op": op, "type": type, "nth": nth, "message": message, "partial": partial})
        (self.root / "faults.json").write_text(json.dumps(self._faults))

    def seed(self, type: str, id: str, scope: str = "eu-west-1", **outputs: Any) -> Row:
        """Something that was there before: a VPC to look up, a role to use."""
        return self.account.add(Row(id, type, scope, outputs, {**outputs, "id": id}, origin="seed"))

    def leftovers(self) -> list[str]:
        """What the program made, or made a service make, and is still there: `type id`, seeds left out."""
        return [f"{row.type} {row.id}" for row in self.account.rows() if row.origin != "seed"]

    # Running ----------------------------------------------------------------------------------------------------

    def _pulumi(self, *args: str) -> str:
        done = subprocess.run(
            ["pulumi", *args, "--non-interactive"],
            cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"pulumi {' '.join(args)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _run(self, command: str, *options: str, check: bool) -> Result:
        self._runs += 1
        where = self.root / "runs" / f"{self._runs:02d}-{command}"
        where.mkdir()
        args = ["pulumi", command, "--non-interactive", "--stack", self.stack, "--event-log", str(where / "events")]
        if self.policy_pack and command in ("preview", "up"):
            args += ["--policy-pack", str(self.policy_pack)]
        env = self.env | {"PULUMI_DEBUG_GRPC": str(where / "grpc"), "STANDIN_CALLS": str(where / "calls")}
        began = time.monotonic()
        done = subprocess.run(
            [*args, *options], cwd=self.folder, env=env, capture_output=True, text=True, timeout=600, check=False
        )
        events = list(_lines(where / "events"))
        result = Result(
            command=command,
            returncode=done.returncode,
            output=done.stdout + done.stderr,
            seconds=time.monotonic() - began,
            steps=_steps(events, planned=command == "preview"),
            events=events,
            registered=read_registrations(_lines(where / "grpc")),
            calls=list(_lines(where / "calls")),
        )
        if check and not result.ok:
            raise EngineError(result)
        return result


def _of_engine(step: Step) -> bool:
    """The stack's own resource and the default providers, which no program makes."""
    default = step.type.startswith("pulumi:providers:") and step.name.startswith("default")
    return default or step.type == "pulumi:pulumi:Stack"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open() as source:
            yield from (json.loads(line) for line in source if line.strip())


def _steps(events: list[dict[str, Any]], planned: bool) -> list[Step]:
    """The steps of a preview, or those of the command after its own preview."""
    failed = {e["resOpFailedEvent"]["metadata"]["urn"] for e in events if "resOpFailedEvent" in e}
    steps = []
    for event in events:
        if "resourcePreEvent" not in event or bool(event["resourcePreEvent"].get("planning")) != planned:
            continue
        meta = event["resourcePreEvent"]["metadata"]
        steps.append(
            Step(
                op=meta["op"],
                urn=meta["urn"],
                type=meta["type"],
                name=meta["urn"].split("::", 3)[-1],
                keys=tuple(meta.get("keys") or ()),
                diffs=tuple(meta.get("diffs") or ()),
                detailed=meta.get("detailedDiff") or {},
                provider=meta.get("provider") or "",
                old=meta.get("old"),
                new=meta.get("new"),
                failed=meta["urn"] in failed,
            )
        )
    return steps


__all__ = ["Engine", "EngineError", "Project", "Registered", "Registrations", "Result", "Step", "missing"]
