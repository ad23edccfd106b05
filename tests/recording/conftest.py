"""Both paths of the recorder."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(params=[True, False], ids=["quick", "plain"])
def quick(request: pytest.FixtureRequest) -> bool:
    """Whether the recording takes the quick path."""
    return bool(request.param)
