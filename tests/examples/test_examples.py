"""Every example is recorded whole, and a provider would accept every input of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from eks_blueprints.core.document import parse
from eks_blueprints.recording import record_directory
from eks_blueprints.stackfile import open_stack
from eks_blueprints.testing.recorded import Recorded
from tests import ROOT
from tests.commands import called

EXAMPLES = ROOT / "examples"
SETTINGS = sorted(path for path in EXAMPLES.rglob("Pulumi.*.yaml"))
"""Every stack of every example has its settings file."""

GOLDEN = Path(__file__).parent.parent / "golden"


def stack_of(settings: Path) -> str:
    return settings.name.split(".")[1]


def project_of(settings: Path) -> Path:
    return EXAMPLES / settings.relative_to(EXAMPLES).parts[0]


def label(settings: Path) -> str:
    return f"{project_of(settings).name}-{stack_of(settings)}"


@pytest.mark.parametrize("settings", SETTINGS, ids=label)
def test_it_is_recorded_and_valid(settings: Path, golden: Callable[..., None]) -> None:
    if "pulumi_eks" in label(settings):
        pytest.importorskip("pulumi_eks")
    recorded = Recorded(record_directory(project_of(settings), stack_of(settings))).is_valid()
    golden(recorded, label(settings), GOLDEN)
    if stack_of(settings) not in ("dev",):  # programs of one's own leave their resources to the default provider
        made = [each for each in recorded.plan.resources if each.type.partition(":")[0] in ("aws", "kubernetes")]
        assert [each.name for each in made if each.custom and each.provider is None] == []


@pytest.mark.parametrize("settings", SETTINGS, ids=label)
def test_it_says_when_to_choose_it(settings: Path) -> None:
    folder = project_of(settings)
    opening = [folder / "README.md", settings.parent / f"{stack_of(settings)}.yaml", folder / "__main__.py"]
    text = next(path.read_text(encoding="utf-8") for path in opening if path.is_file())
    assert "Choose this" in text[:400]


@pytest.mark.parametrize(
    "path",
    [p for p in EXAMPLES.rglob("*.yaml") if not p.name.startswith(("Pulumi", "policies"))],
    ids=lambda p: str(p)[-28:],
)
def test_its_stack_files_are_valid_without_a_doubt(path: Path) -> None:
    assert not open_stack(path).warnings()


@pytest.mark.parametrize("folder", [p for p in EXAMPLES.iterdir() if p.is_dir()], ids=lambda p: p.name)
def test_the_list_of_examples_has_it(folder: Path) -> None:
    assert f"[{folder.name}]" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


def test_the_team_repository_keeps_its_own_promises() -> None:
    """Run as the team runs it: from its folder, by its own settings."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=EXAMPLES / "team_repo", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_team_repository_has_a_schema_of_its_own() -> None:
    done = called("schema", "acme.platform.AcmeBlueprint", cwd=EXAMPLES / "team_repo")
    schema = json.loads(done.stdout)
    data = parse((EXAMPLES / "team_repo" / "stacks" / "prod.yaml").read_text(encoding="utf-8")).data
    jsonschema.validate(data, schema)
    assert schema["properties"]["cost_center"]["description"].startswith("Cost centre that pays")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data | {"cost_centre": "CC-4711"}, schema)


def test_the_schema_of_a_class_that_is_none_is_refused() -> None:
    done = called("schema", "acme.platform.AcmeArgs", cwd=EXAMPLES / "team_repo")
    assert done.returncode == 2
    assert done.stderr == (
        "blueprint: is not a blueprint; got acme.platform.AcmeArgs; extend eks_blueprints.Blueprint\n"
    )


@pytest.mark.parametrize("command", ["check", "preview"])
def test_the_team_repository_is_served_by_the_command_line(command: str) -> None:
    done = called(command, "prod", cwd=EXAMPLES / "team_repo")
    assert done.returncode == 0, done.stderr
    assert "prod" in done.stdout
