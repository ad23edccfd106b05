"""A whole preview, with recorded events in the engine's place."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.review.engine import EngineError, EnginePreview, Progress, engine_preview, run
from eks_blueprints.review.engine.report import report_of
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.review.report.markdown import render as markdown
from eks_blueprints.review.report.text import render as text
from tests import ROOT

from .conftest import STREAMS, events, previewed

Ask = Callable[..., EnginePreview]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Preview with the events of a stream, and what the CLI printed if it failed."""

    def asked(name: str, *, said: str = "", plan: str | Exception = "", **options: Any) -> EnginePreview:
        (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        target = Target("prod", tmp_path)

        def answer(self: Any) -> str:
            for event in events(name) if (STREAMS / f"{name}.jsonl").exists() else ():
                self.stream.add(event)
            return said

        def record(found: Target) -> Any:
            if isinstance(plan, Exception):
                raise plan
            return previewed(plan or name, found)

        monkeypatch.setattr(run, "find_engine", lambda install: SimpleNamespace(version="3.260.0"))
        monkeypatch.setattr(run._Run, "ask", answer)
        monkeypatch.setattr(run, "preview", record)
        return engine_preview(target, **options)

    return asked


def test_the_report_reads_as_that_of_diff(ask: Ask) -> None:
    report = report_of([ask("changed")], command="eks-blueprints preview prod --engine")
    assert report.verdict == "1 replacement; 1 deletion"
    assert report.base == "what is deployed (engine 3.260.0)"
    lines = click.unstyle("\n".join(text(report)))
    assert "replace eks.NodeGroup prod-nodes-group" in lines
    assert "instanceTypes t4g.large → m7g.large, stacks/prod.yaml:" in lines
    assert "eks-blueprints preview prod --engine" in markdown(report)


def test_the_guide_shows_what_is_printed(ask: Ask) -> None:
    page = ROOT / "docs/guides/engine_preview.md"
    shown = page.read_text().partition("```text\n")[2].partition("```")[0]
    assert shown in click.unstyle("\n".join(text(report_of([ask("changed")])))) + "\n"


def test_mandatory_policies_block_and_advisory_ones_do_not(ask: Ask) -> None:
    found = ask("policies", said="error: preview failed")
    assert found.blocked
    assert found.complete
    assert found.errors == ()
    assert found.packs == ("small 1.2.3",)
    policies = report_of([found]).stacks[0].policies
    assert policies is not None
    told = {each.policy: (each.enforcement, each.place, each.message) for each in policies.new}
    enforcement, place, message = told["few-nodes"]
    assert enforcement == "mandatory"
    assert place.startswith("stacks/prod.yaml:")
    assert message == "scalingConfig.maxSize is over 3; got 4; lower it"
    assert told["owned"] == ("advisory", "", "the stack has no owner")


def test_an_input_that_a_provider_refuses_is_told_at_its_resource(ask: Ask) -> None:
    found = ask("refused", said="error: preview failed")
    assert found.refused
    assert not found.complete
    assert [(each.name, each.severity) for each in found.findings] == [("net", "error")]
    assert found.findings[0].message.startswith("property cidrBlock value {10.0.0.0/33} has a problem")
    assert found.notes == ("the preview ended early: the engine looked at 1 of 3 resources",)


def test_advice_of_this_packages_pack_is_told_by_its_rule(ask: Ask) -> None:
    found = ask("policies", said="error: preview failed")
    advice = replace(
        found.violations[0],
        policy="eks-blueprints-advice",
        mandatory=False,
        message="What never blocks.\naddon-version-pinned: addonVersion: uses whatever version is the default",
    )
    policies = report_of([replace(found, violations=(advice,))]).stacks[0].policies
    assert policies is not None
    assert [(each.policy, each.what, each.severity) for each in policies.new] == [
        ("addon-version-pinned", "addonVersion: uses whatever version is the default", "medium")
    ]


def test_what_is_said_of_a_stack_in_which_nothing_changes_is_shown(ask: Ask) -> None:
    found = ask("policies", said="error: preview failed")
    still = replace(found, diff=replace(found.diff, resources=(), outputs=(), old=found.diff.new))
    shown = click.unstyle("\n".join(text(report_of([still]))))
    assert shown.startswith("1 mandatory policy not met")
    assert "few-nodes prod-nodes-group" in shown
    advised = replace(still, violations=tuple(each for each in found.violations if not each.mandatory))
    shown = click.unstyle("\n".join(text(report_of([advised]))))
    assert shown.startswith("no changes")
    assert "owned shop-prod" in shown
    refused = click.unstyle("\n".join(text(report_of([ask("refused", said="error: preview failed")]))))
    assert "property cidrBlock value {10.0.0.0/33} has a problem" in refused


def test_a_program_that_fails_in_both_is_told_by_the_recording_which_knows_the_line(ask: Ask) -> None:
    broken = InputError([Problem((), "cannot be recorded here")])
    with pytest.raises(InputError, match="cannot be recorded here"):
        ask("failing", said="error: preview failed", plan=broken)


def test_a_program_that_fails_only_under_the_engine_leaves_an_error(ask: Ask) -> None:
    found = ask("failing", said="error: preview failed", plan="refused")
    assert found.errors == ("RuntimeError: the license server is down",)
    report = report_of([found])
    assert report.errors == {"prod": "RuntimeError: the license server is down"}
    assert report.stacks[0].cost is None, "half a plan has no cost"


def test_a_program_that_cannot_be_recorded_is_previewed_without_lines(ask: Ask) -> None:
    found = ask("changed", plan=InputError([Problem((), "asks a service")]))
    assert found.diff.counts["replace"] == 1
    assert found.notes[0] == "the program cannot be recorded, so that lines are missing: asks a service"


def test_progress_counts_what_the_engine_has_looked_at(ask: Ask) -> None:
    seen: list[Progress] = []
    ask("changed", on_progress=seen.append)
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert 20 < seen[-1].done < 40
    assert seen[-1].stack == "prod"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("error: no stack named 'prod' found", "prod: the backend has no stack prod; create it with"),
        ("error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions", "run `pulumi login`"),
        (
            "error: getting stack configuration: get stack secrets manager: passphrase must be set with X",
            "set PULUMI_CONFIG_PASSPHRASE",
        ),
        ("error: get stack secrets manager: incorrect passphrase", "the passphrase does not open"),
        (
            "no resource plugin 'pulumi-resource-aws' found in the workspace at version v7.51.1 or on your $PATH",
            "run `pulumi plugin install resource aws 7.51.1`",
        ),
        ("error: the stack is currently locked by 1 lock(s)", "another update of this stack is running"),
        ('error: unable to open state directory "file:///x": stat', "correct PULUMI_BACKEND_URL"),
        ("error: something new\nand more", "prod: something new"),
    ],
)
def test_what_keeps_the_engine_from_its_work_is_told_in_one_line(ask: Ask, said: str, told: str) -> None:
    with pytest.raises(EngineError) as error:
        ask("nothing", said=said, plan="changed")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_stack_file_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is in no Pulumi project"):
        engine_preview(Target("prod", None, tmp_path / "prod.yaml"))


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no policy pack; got no PulumiPolicy\.yaml"):
        engine_preview(Target("prod", tmp_path), policy_packs=[tmp_path])


def test_nothing_is_downloaded_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi.automation import PulumiCommand

    def install(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("downloads")

    monkeypatch.setattr(PulumiCommand, "install", install)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(EngineError, match="got no pulumi on the PATH; install it, or add --install-engine"):
        engine_preview(Target("prod", tmp_path))


def test_it_is_downloaded_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib.error import URLError

    from pulumi.automation import PulumiCommand

    def install(*args: Any, **kwargs: Any) -> None:
        raise URLError("no network")

    monkeypatch.setattr(PulumiCommand, "install", install)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(EngineError, match=r"cannot be installed; <urlopen error no network>; install it by hand"):
        engine_preview(Target("prod", tmp_path), install=True)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_one_that_was_downloaded_before_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi._version import version

    from eks_blueprints.review.engine.command import find_engine

    tool = tmp_path / ".pulumi" / "versions" / str(version) / "bin" / "pulumi"
    tool.parent.mkdir(parents=True)
    tool.write_text(f"#!/bin/sh\necho v{version}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_engine(install=False).command == str(tool)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_an_engine_that_does_not_say_its_version_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eks_blueprints.review.engine.command import find_engine

    tool = tmp_path / "pulumi"
    tool.write_text("#!/bin/sh\necho\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK", "true")
    with pytest.raises(EngineError, match="does not print its version; got none"):
        find_engine(install=False)
