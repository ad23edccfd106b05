"""The `server` fixture: a real API server, or a skip with the reason.

It runs where `etcd`, `kube-apiserver` and `openssl` are on the PATH, and knows the kinds of the table of CRDs. Objects
are sent with `dryRun=All` and `fieldValidation=Strict`, which runs all of admission and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .started import ApiServer, started, why_not


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """A server for all tests of a run."""
    if reason := why_not():
        pytest.skip(reason)
    with started(tmp_path_factory.mktemp("server")) as found:
        yield found
