"""Names of resources fit AWS's limits, however long the platform's name is."""

from __future__ import annotations

import pytest

from tests.addons.catalogue import KINDS, addon
from tests.builders import recorded


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["payments-platform-for-europe", "p" * 90])
def test_an_add_on_can_be_put_on_a_platform_with_a_long_name(kind: str, name: str) -> None:
    plan = recorded(addon(kind).install, prefix=name)
    assert any(resource.name.startswith(name) for resource in plan.plan.resources)
