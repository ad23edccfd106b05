"""What a narrow terminal gets, and that a pipe gets whole lines."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from eks_blueprints.cli import explain, export, imports, policy, show, show_stack, upgrade
from eks_blueprints.cli.teardown import folded


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "width", lambda most: min(most, 80))


def lines(command: object, *args: str) -> list[str]:
    found = CliRunner().invoke(command, args)  # type: ignore[arg-type]
    assert found.exit_code == 0, found.output
    return found.stdout.splitlines()


@pytest.mark.usefixtures("narrow")
def test_every_line_about_policies_fits_in_80_columns() -> None:
    assert [line for line in lines(policy.command, "list") if len(line) > 80] == []


@pytest.mark.parametrize("group", [imports.command, export.command, upgrade.command])
def test_help_on_day_two_fits_in_80_columns(group: click.Group) -> None:
    above = click.Context(group, info_name=f"eks-blueprints {group.name}", terminal_width=80)
    commands = [group.get_command(above, name) for name in group.list_commands(above)]
    below = [click.Context(each, info_name=each.name, parent=above, terminal_width=80) for each in commands if each]
    told = [line for each in (above, *below) for line in each.get_help().splitlines()]
    assert [line for line in told if len(line) > 80] == []


def test_a_pipe_gets_one_line_a_policy() -> None:
    assert all("  " in line and not line.startswith(" ") for line in lines(policy.command, "list"))


@pytest.mark.usefixtures("narrow")
def test_an_explanation_fits_in_80_columns() -> None:
    assert [line for line in lines(explain.command, "network") if len(line) > 80] == []


def test_the_source_of_a_long_value_is_on_the_line_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "wide.yaml"
    text = " ".join(["10.7.0.0/16"] * 8)
    file.write_text(f"region: eu-west-1\nnetwork:\n  secondary_cidrs: {text}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "  secondary_cidrs: " in (piped := "\n".join(lines(show_stack.command, "wide.yaml")))
    assert any("10.7.0.0/16" in line and "wide.yaml:3" in line for line in piped.splitlines())
    monkeypatch.setattr(show, "width", lambda most: min(most, 80))
    found = lines(show_stack.command, "wide.yaml")
    (at,) = [number for number, line in enumerate(found) if "10.7.0.0/16" in line]
    assert found[at - 1] == "  # wide.yaml:3"


@pytest.mark.parametrize(
    "command",
    [
        "kubectl delete service --all-namespaces --field-selector spec.type=LoadBalancer --wait",
        "kubectl get nodeclaims --output jsonpath='{.items[*].metadata.name} and some more text' --now",
        "aws elbv2 describe-load-balancers --query \"LoadBalancers[?VpcId=='vpc-1'].[LoadBalancerArn, Type]\"",
    ],
)
def test_a_folded_command_is_the_same_command(command: str) -> None:
    found = folded(command, 80)
    assert len(found) > 1
    assert all(line.endswith(" \\") for line in found[:-1])
    assert shlex.split("\n".join(found).replace("\\\n", "")) == shlex.split(command)


@pytest.mark.parametrize("command", ["kubectl get pods", "echo 'never closed " + "x" * 90, "# " + "x" * 90])
def test_what_cannot_be_folded_stays(command: str) -> None:
    assert folded(command, 80) == [command]


def test_the_width_is_the_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((40, 20)))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert show.width(100) == 40
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    assert show.width(100) == 100
