"""The command: which options go together, which code it ends with, and what it writes where."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.engine import Line
from eks_blueprints.cli.preview import command
from eks_blueprints.review import engine as package
from eks_blueprints.review.engine import EngineError, EnginePreview, Progress, run
from eks_blueprints.review.preview.targets import Target

from .conftest import events, previewed

Call = Callable[..., Result]


def made(name: str, target: Target, **changes: Any) -> EnginePreview:
    """The preview of a stream."""
    assert target.project is not None
    found = run._Run(target, target.project, SimpleNamespace(version="3.260.0"), [], None)  # type: ignore[arg-type]
    for event in events(name):
        found.stream.add(event)
    found._recorded = previewed(name, target)
    return replace(found.told("error: preview failed" if name in ("policies", "refused") else "", 1.0), **changes)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command in a project of two stacks; `answer` stands in the engine's place."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    (tmp_path / "stacks").mkdir()
    for stack in ("dev", "prod"):
        (tmp_path / "stacks" / f"{stack}.yaml").write_text("region: eu-west-1\ncluster: {version: '1.35'}\n")
    monkeypatch.chdir(tmp_path)

    def called(*args: str, answer: Callable[[Target], EnginePreview] | None = None) -> Result:
        def asked(target: Target, **options: Any) -> EnginePreview:
            assert answer is not None, "asks the engine"
            return answer(target)

        monkeypatch.setattr(package, "engine_preview", asked)
        return CliRunner().invoke(command, args)

    return called


@pytest.mark.parametrize(
    "args",
    [
        ("prod", "--policy-pack", "."),
        ("prod", "--install-engine"),
        ("prod", "--format", "markdown"),
        ("prod", "--format", "html"),
        ("prod", "--engine", "--full"),
        ("prod", "--engine", "--jobs", "2"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(call: Call, args: tuple[str, ...]) -> None:
    done = call(*args)
    assert done.exit_code == 2
    assert "; got " in done.output


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("changed", (), 0),
        ("changed", ("--exit-code",), 4),
        ("policies", ("--exit-code",), 3),
        ("refused", ("--exit-code",), 2),
    ],
)
def test_the_code_says_what_came_of_it(call: Call, name: str, args: tuple[str, ...], code: int) -> None:
    assert call("prod", "--engine", *args, answer=lambda target: made(name, target)).exit_code == code


def test_a_failing_program_is_the_tools_failure(call: Call) -> None:
    done = call("prod", "--engine", answer=lambda target: made("changed", target, errors=("it fails",)))
    assert done.exit_code == 1
    assert "it fails" in done.output


def test_every_stack_is_asked_and_one_failure_hides_no_other_stack(call: Call) -> None:
    def answer(target: Target) -> EnginePreview:
        if target.stack == "dev":
            raise EngineError("dev: the backend has no stack dev")
        return made("changed", target)

    done = call("--engine", "--format", "json", answer=answer)
    assert done.exit_code == 1
    data = json.loads(done.stdout)
    assert data["errors"] == {"dev": "dev: the backend has no stack dev"}
    assert [stack["stack"] for stack in data["stacks"]] == ["prod"]


def test_what_is_missing_for_all_is_told_once(call: Call) -> None:
    def answer(target: Target) -> EnginePreview:
        raise EngineError("needs the Pulumi CLI")

    done = call("--engine", answer=answer)
    assert done.exit_code == 1
    assert done.output == "needs the Pulumi CLI\n"


@pytest.mark.parametrize(("form", "begin"), [("markdown", "### "), ("json", "{"), ("text", "1 replacement")])
def test_each_form_is_that_of_diff(call: Call, form: str, begin: str) -> None:
    done = call("prod", "--engine", "--format", form, answer=lambda target: made("changed", target))
    assert click.unstyle(done.stdout).startswith(begin)


def test_how_to_get_it_again_names_the_packs(call: Call) -> None:
    args = ("prod", "--engine", "--policy-pack", "stacks", "--format", "markdown")
    done = call(*args, answer=lambda target: made("changed", target))
    assert "`eks-blueprints preview prod --engine --policy-pack stacks`" in done.stdout


class Terminal(io.StringIO):
    """Somewhere that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_leaves_nothing_behind() -> None:
    terminal = Terminal()
    line = Line(terminal)
    line.show(Progress("prod", 0, None, "the engine starts"))
    line.show(Progress("prod", 7, 31, "prod-cluster"))
    line.clear()
    shown = terminal.getvalue()
    assert "prod  the engine starts" in shown
    assert "prod  7/31  prod-cluster" in shown
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert shown.endswith(" \r")


def test_progress_is_nothing_in_a_log() -> None:
    log = io.StringIO()
    line = Line(log)
    line.show(Progress("prod", 7, 31, "prod-cluster"))
    line.clear()
    assert log.getvalue() == ""


class TestThreshold:
    def test_it_decides_what_costs_too_much(self, call: Call) -> None:
        def attention(*args: str) -> list[str]:
            done = call("prod", "--engine", "--format", "json", *args, answer=lambda target: made("changed", target))
            return [each["title"] for each in json.loads(done.stdout)["stacks"][0]["attention"]]

        assert "costs more" not in attention()
        assert "costs more" in attention("--cost-threshold", "1%,1")

    def test_it_must_have_its_form(self, call: Call) -> None:
        assert "write 30%,100" in str(call("prod", "--engine", "--cost-threshold", "a lot").exception)

    def test_a_recording_has_none(self, call: Call) -> None:
        done = call("prod", "--cost-threshold", "1%,1")
        assert "--cost-threshold requires --engine; got no --engine; add it" in done.output
