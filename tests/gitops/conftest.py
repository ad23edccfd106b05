"""Git without the machine's own settings."""

from __future__ import annotations

import pytest

from .platform import identity


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in identity().items():
        monkeypatch.setenv(key, value)
    for key in ("GITHUB_RUN_ID", "CI_JOB_URL", "BUILD_URL", "CODEBUILD_BUILD_URL"):
        monkeypatch.delenv(key, raising=False)
