"""Both paths of the recorder."""

import pytest


@pytest.fixture(params=[True, False], ids=["quick", "plain"])
def quick(request: pytest.FixtureRequest) -> bool:
    """Whether the recording takes the quick path."""
    return bool(request.param)
