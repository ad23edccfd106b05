"""Running a program against the recording monitor."""

import asyncio
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from inspect import isawaitable
from typing import Any

import pulumi
from pulumi.runtime import register_stack_transformation, set_all_config
from pulumi.runtime.mocks import set_mocks
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.settings import ROOT, SETTINGS, Settings
from pulumi.runtime.stack import run_in_stack

from eks_blueprints.recording import fast, hooks, service_packages, type_modules
from eks_blueprints.recording.apart import apart
from eks_blueprints.recording.deployed import Deployed
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.explain import explain
from eks_blueprints.recording.invokes import Answer, Answers
from eks_blueprints.recording.loop import InlineLoop, PlainLoop, drive, steps_taken
from eks_blueprints.recording.monitor import RecordingMonitor
from eks_blueprints.recording.positions import Locator
from eks_blueprints.recording.recording import LogMessage, Recording
from eks_blueprints.recording.transforms import Callbacks

service_packages.install()
type_modules.install()

Program = Callable[[], Any]

_ONE_AT_A_TIME = threading.Lock()  # what a recording changes in the SDK is changed for the whole process
_RECORDING: ContextVar[bool] = ContextVar("recording", default=False)


def record(
    program: Program,
    *,
    project: str = "project",
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    secret_config_keys: Iterable[str] = (),
    organization: str = "organization",
    calls: Mapping[str, Answer] | None = None,
    stack_references: Mapping[str, Mapping[str, Any]] | None = None,
    deployed: Mapping[str, Deployed] | None = None,
    root: str = ".",
    quick: bool = True,
) -> Recording:
    """Run a Pulumi program in this process, without engine, network or credentials, and keep what it asks for.

    `config` holds strings, as the engine hands them over; a key without a namespace is the project's.
    `calls` answers provider functions by token, with a result or a function from arguments to result.
    `stack_references` gives other stacks' outputs by the stack's full name; others are symbolic.
    `deployed` is what stands, by URN: its outputs are then real instead of symbolic.
    `root` is the directory that positions are relative to. `quick=False` keeps to the SDK's own, slower code, which
    the recorder also does by itself where the SDK's internals are not the ones it knows; the plan is the same.

    Raises `ProgramError` when the program fails. Nothing of the run stays behind in the SDK or in the event loop of
    the caller; where one is running already (notebooks, async tests) the program runs in a thread of its own.
    """
    known = {_namespaced(key, project): value for key, value in (config or {}).items()}
    session = _Session(
        project=project,
        stack=stack,
        organization=organization,
        config=known,
        secrets=[_namespaced(key, project) for key in secret_config_keys],
        locator=Locator(root),
        answers=Answers(calls or {}, known),
        stack_references=stack_references or {},
        deployed=deployed or {},
    )
    if _RECORDING.get():
        raise RuntimeError("a program that is being recorded cannot record another")
    context = copy_context()  # the SDK keeps its settings in context variables: the caller's stay as they are

    def run() -> Recording:
        _RECORDING.set(True)
        with _ONE_AT_A_TIME:
            return session.run(program, quick)

    if not _loop_running():
        return context.run(run)
    results: list[Recording | BaseException] = []

    def work() -> None:
        try:
            results.append(context.run(run))
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=work, name="recording")
    thread.start()
    thread.join()
    if isinstance(results[0], BaseException):
        raise results[0]
    return results[0]


def _loop_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class _Engine:
    """The engine's log, kept."""

    _SEVERITIES = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}

    def __init__(self) -> None:
        self.logs: list[LogMessage] = []

    def Log(self, request: engine_pb2.LogRequest) -> None:  # noqa: N802
        severity = self._SEVERITIES.get(request.severity)
        if severity is not None:
            self.logs.append(LogMessage(severity, request.message, request.urn or None))

    def RequirePulumiVersion(self, _request: Any) -> None:  # noqa: N802
        """Any version will do: there is no engine."""


class _Session:
    """One run."""

    def __init__(
        self,
        *,
        project: str,
        stack: str,
        organization: str,
        config: Mapping[str, str],
        secrets: list[str],
        locator: Locator,
        answers: Answers,
        stack_references: Mapping[str, Mapping[str, Any]],
        deployed: Mapping[str, Deployed],
    ) -> None:
        self._project, self._stack, self._organization = project, stack, organization
        self._config, self._secrets, self._locator, self._answers = config, secrets, locator, answers
        self._engine = _Engine()
        # Two frames up from the caller: the transformation itself and the monitor's method are no user code.
        self.monitor = RecordingMonitor(locator, answers, stack_references, lambda: sys._getframe(2), deployed)

    def run(self, program: Program, quick: bool) -> Recording:
        monitor = self.monitor
        with (
            _settings_restored(),
            warnings.catch_warnings(),
            hooks.installed(monitor, self._answers.result_types),
            fast.activated(monitor) if quick else nullcontext(False) as inline,
        ):
            # Importing one class of a provider package defines all, and each deprecated one warns as it is defined.
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pulumi_\w+\.")
            loop = InlineLoop() if inline else PlainLoop()
            try:
                with apart():
                    drive(loop, self._main(program))
            except (KeyboardInterrupt, MemoryError):
                raise
            except BaseException as error:  # a callback may ask the interpreter to end, which would end this tool
                explained = explain(error, monitor, self._locator)
                if explained is error:
                    raise
                raise explained from (explained.__cause__ or error)
        return Recording(
            self._project,
            self._stack,
            list(monitor.entries.values()),
            tuple(monitor.calls),
            tuple(self._engine.logs),
            tuple(monitor.gaps),
            self._config.get("aws:region"),
        )

    async def _main(self, program: Program) -> None:
        # `set_mocks` makes a stack of its own, without the program's outputs, unless one is there.
        ROOT.set(pulumi.Resource.__new__(pulumi.Resource))
        set_mocks(
            self.monitor.mocks,
            self._project,
            self._stack,
            preview=True,
            monitor=self.monitor,
            organization=self._organization,
        )
        ROOT.set(None)
        self.monitor.callbacks = Callbacks(self.monitor)
        fresh: dict[str, Any] = {
            "engine": self._engine,
            "callbacks": self.monitor.callbacks,
            "outputs": set(),
            "lock": threading.Lock(),
            "package_refs": {},
            "base_providers_by_ref": {},
            "legacy_apply_enabled": False,
        }
        for name, value in fresh.items():
            setattr(SETTINGS, name, value)
        set_all_config(dict(self._config), self._secrets)

        async def body() -> None:
            register_stack_transformation(self.monitor.expect)
            result = self._program(program)
            if isawaitable(result):
                await result
            await steps_taken(lambda: len(self.monitor.entries))

        await run_in_stack(body)

    def _program(self, program: Program) -> Any:
        try:
            return program()
        except SystemExit as error:  # asyncio would let it through all the clean-up
            place = self._locator.blame(error.__traceback__)
            where = (place.file, place.line) if place else (None, None)
            if error.code not in (None, 0):
                raise ProgramError(f"the program exited with {error.code!r}", *where) from error
            # The engine takes this for success, and what would have come afterwards for deleted.
            said = f"{place.file}:{place.line}: " if place else ""
            self._engine.logs.append(
                LogMessage("warning", f"{said}the program ended itself; what comes after is missing")
            )
            return None


def _namespaced(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


@contextmanager
def _settings_restored() -> Iterator[None]:
    """Undo what leaks past context variables: a setting written where none was set becomes the process's default."""
    holders = [value for value in vars(Settings).values() if hasattr(value, "_ContextProperty__default")]
    before = [(holder, holder._ContextProperty__default) for holder in holders]
    try:
        yield
    finally:
        for holder, value in before:
            holder._ContextProperty__default = value
