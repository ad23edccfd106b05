"""Kinds of other packages: found by their entry points where the package is installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.velero import Velero
from eks_blueprints.core import elements
from eks_blueprints.core.elements import element_class, kinds
from tests import ROOT

EXAMPLE = ROOT / "examples" / "acme_addon"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The example's package on the path, with the metadata that pip would write."""
    info = tmp_path / "acme_addon-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-addon\nVersion: 0.1.0\n")
    points = "[eks_blueprints.addons]\ngadget = acme_addon.gadget:Gadget\nvelero = acme_addon.gadget:Gadget\n"
    (info / "entry_points.txt").write_text(
        points + "lost = acme_addon.nowhere:Lost\nwidget = acme_addon.gadget:Gadget\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(EXAMPLE)
    elements._offered.cache_clear()
    yield tmp_path
    elements._offered.cache_clear()


@pytest.mark.usefixtures("installed")
def test_a_kind_of_another_package_is_one_like_ours() -> None:
    assert "gadget" in kinds(AddOn)
    assert element_class(AddOn, "gadget").__module__ == "acme_addon.gadget"


@pytest.mark.usefixtures("installed")
def test_it_cannot_take_the_place_of_one_of_ours() -> None:
    assert element_class(AddOn, "velero") is Velero


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("kind", "told"), [("lost", 'cannot be imported; got "lost"'), ("widget", 'has no class; got "widget"')]
)
def test_one_that_is_broken_is_told(kind: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        element_class(AddOn, kind)


def test_the_example_passes_its_own_tests() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(EXAMPLE), "tests"]
    path = f"{EXAMPLE}:{EXAMPLE.parent.parent}"
    done = subprocess.run(
        command, cwd=EXAMPLE, capture_output=True, text=True, check=False, env={"PYTHONPATH": path, "PATH": "/usr/bin"}
    )
    assert done.returncode == 0, done.stdout
