"""The pytest plugin: fixtures `record`, `record_stack` and `golden`, and the option `--update-golden`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from eks_blueprints.testing.recorded import Recorded


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`."""
    group = parser.getgroup("eks-blueprints")
    group.addoption("--update-golden", action="store_true", help="Write golden recordings again, for review like code.")


@pytest.fixture
def record() -> Callable[..., Recorded]:
    """`eks_blueprints.testing.record`: runs a program in-process and gives what it asked for."""
    from eks_blueprints.testing.recorded import record

    return record


@pytest.fixture
def record_stack() -> Callable[..., Recorded]:
    """`eks_blueprints.testing.record_stack`: the same for a stack file."""
    from eks_blueprints.testing.recorded import record_stack

    return record_stack


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`golden(recorded, "prod")` compares with `golden/prod.txt` beside the test module, one resource a paragraph."""
    from eks_blueprints.testing.golden import compare

    def check(recorded: Recorded, name: str, folder: Path | None = None) -> None:
        base = folder or Path(str(request.node.path)).parent / "golden"
        compare(recorded, base / f"{name}.txt", update=bool(request.config.getoption("--update-golden")))

    return check
