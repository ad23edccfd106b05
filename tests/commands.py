"""The command line in a process of its own that comes of the one that tests: what it needs is imported already.

A new interpreter takes one to two seconds to begin, and most tests ask what a command does and not how it begins.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import sysconfig
import tempfile
import warnings
from pathlib import Path
from typing import Any, BinaryIO

from tests import ROOT

_END = os._exit  # a command makes an exception of it
_LIBRARIES = (*{sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}, str(ROOT / "eks_blueprints"))


def called(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What `eks-blueprints` with these words gives in a folder.

    Start one for several stacks, which further processes work on, and where the interpreter itself is the point.
    """
    if not hasattr(os, "fork"):
        return _started(words, cwd, environment)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which hold nothing that a command needs
            child = os.fork()
        if not child:
            _run(words, cwd, environment, out, err)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return subprocess.CompletedProcess(words, code, _read(out), _read(err))


def _started(words: tuple[str, ...], cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eks_blueprints", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def _run(words: tuple[str, ...], cwd: Path, environment: dict[str, str], out: BinaryIO, err: BinaryIO) -> None:
    """Be the command, and end."""
    code = 99
    try:
        os.chdir(cwd)
        os.environ.update(environment)
        for number, file in ((1, out), (2, err)):
            os.dup2(file.fileno(), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin, sys.stdout, sys.stderr = _stream(0, "r"), _stream(1, "w"), _stream(2, "w")
        _forget_tests(cwd)
        code = _ended(words)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:
        _END(code)


def _stream(number: int, mode: str) -> io.TextIOWrapper:
    file: Any = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    return file  # type: ignore[no-any-return]


def _forget_tests(cwd: Path) -> None:
    """What a new interpreter does not have: the modules of tests and their projects, and warnings as errors."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is not None and not str(file).startswith(_LIBRARIES) and name != "__main__":
            del sys.modules[name]
    sys.path[:] = [str(cwd), *(entry for entry in sys.path if entry.startswith(_LIBRARIES) or entry == str(ROOT))]
    warnings.resetwarnings()
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.filterwarnings("ignore", category=category)


def _ended(words: tuple[str, ...]) -> int:
    from eks_blueprints.cli import main

    try:
        main(list(words))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)


def _read(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()
