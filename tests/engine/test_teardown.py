"""`teardown --execute` up to its end: the engine destroys the stack, and the account is asked for leftovers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import click
import pytest

from eks_blueprints.cli.teardown import command
from tests import ROOT
from tests.lifecycle.teardown import account as aws

from .harness import Engine, Project

pytestmark = pytest.mark.engine


@pytest.fixture
def session() -> Iterator[Any]:
    with aws.account() as found:
        yield found


def teardown(project: Project, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.chdir(project.folder)
    for key, value in project.env.items():
        monkeypatch.setenv(key, value)
    try:
        command.main(["prod", "--execute", "--yes", *options], standalone_mode=False)
    except SystemExit as ended:
        return int(ended.code or 0)
    except click.ClickException as error:
        return error.exit_code
    return 0


def test_a_stack_is_destroyed_and_nothing_is_left(
    engine: Engine, session: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not on the PATH")
    project = engine.project(ROOT / "examples" / "auto_mode", stack="prod")
    project.up()
    lost = aws.volume(session, *aws.owned("auto"))
    assert teardown(project, monkeypatch, "--leftovers", "remove") == 0
    assert project.leftovers() == []
    said = capfd.readouterr().out
    assert "stack prod, cluster auto, as arn:aws:" in said
    assert f"removed ec2:volume {lost}" in said
    assert "prod is destroyed; nothing is left" in said


def test_a_destroy_that_fails_can_be_gone_on_with(
    engine: Engine, session: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    project = engine.project(ROOT / "examples" / "auto_mode", stack="prod")
    project.up()
    project.fault("delete", "aws:ec2/vpc:Vpc", nth=1, message="has dependencies")
    assert teardown(project, monkeypatch) == 1
    assert "run the same command again to go on" in capfd.readouterr().err
    assert teardown(project, monkeypatch) == 0
    assert project.leftovers() == []
