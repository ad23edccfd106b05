"""The same work from one process and from several: same results, same order, on whatever the system can do."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from eks_blueprints.review.preview import processes

forks = pytest.mark.skipif(not processes._forks(), reason="this process cannot be forked as it is")
_KNOWN: list[int] = []


def process_of(number: int) -> tuple[int, int, list[int]]:
    """The process that it runs in, and what that one knew before."""
    before = list(_KNOWN)
    _KNOWN.append(number)
    return number, os.getpid(), before


def ending(_: int) -> list[bool]:
    """Whether signals that end a process have a handler in the one that it runs in."""
    return [callable(signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGTERM)]


@contextmanager
def other_thread() -> Iterator[None]:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@forks
def test_the_first_is_done_here_and_the_others_know_what_it_brought() -> None:
    _KNOWN.clear()
    found = [result for _, result in processes.in_order(process_of, range(4), 2)]
    assert [number for number, _, _ in found] == [0, 1, 2, 3]
    assert found[0][1] == os.getpid()
    assert os.getpid() not in [process for _, process, _ in found[1:]]
    assert all(before[0] == 0 for _, _, before in found[1:])


@forks
def test_processes_end_at_once_when_they_are_told_to() -> None:
    handler = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        found = [result for _, result in processes.in_order(ending, range(3), 2)]
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert found[1:] == [[False, False]] * 2


def test_a_program_with_threads_is_not_forked() -> None:
    """A lock that another thread holds would be held for ever in the forked process."""
    with other_thread():
        assert not processes._forks()
        found = [result for _, result in processes.in_order(process_of, range(3), 2)]
    assert [number for number, _, _ in found] == [0, 1, 2]
    assert os.getpid() not in [process for _, process, _ in found]


def test_a_system_that_is_not_linux_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not processes._forks()


def test_one_item_starts_no_process() -> None:
    assert [result[1] for _, result in processes.in_order(process_of, [7], 4)] == [os.getpid()]


def test_one_job_starts_no_process() -> None:
    assert {result[1] for _, result in processes.in_order(process_of, range(3), 1)} == {os.getpid()}
