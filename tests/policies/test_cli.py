"""`eks-blueprints policy`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.policy import command
from eks_blueprints.core.document import parse
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.cli_support import judge_state, refused, settings_of
from eks_blueprints.policies.settings import PolicySettings

STATE = json.dumps(
    {
        "deployment": {
            "resources": [
                {
                    "urn": "urn:pulumi:prod::shop::aws:eks/cluster:Cluster::shop",
                    "type": "aws:eks/cluster:Cluster",
                    "inputs": {"version": "1.35"},
                }
            ]
        }
    }
)


def _run(*args: str) -> Result:
    return CliRunner().invoke(command, args)


def test_list_names_every_rule_and_its_enforcement() -> None:
    result = _run("list", "--profile", "production")
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[0] for line in lines] == list(rules())
    assert next(line for line in lines if line[0] == "karpenter-ami-alias-pinned")[1:3] == ["high", "mandatory"]


def test_list_is_json_too() -> None:
    data = json.loads(_run("list", "--subject", "waivers", "--format", "json").stdout)
    assert [each["id"] for each in data] == ["waiver-valid"]
    assert data[0]["parameters"]["max_days"] == 180


def test_show_tells_all_about_a_rule() -> None:
    text = _run("show", "k8s-pdb-required").stdout
    assert "Create PDB maxUnavailable: 1 or 25%" in " ".join(text.split())
    assert "production: mandatory" in text


def test_typos_are_named() -> None:
    result = _run("show", "k8s-pdb-require")
    assert result.exit_code == 2
    assert "did you mean k8s-pdb-required?" in result.output
    assert "did you mean fargate?" in _run("list", "--subject", "fargat").output


def test_path_is_the_pack() -> None:
    assert (Path(_run("path").stdout.strip()) / "PulumiPolicy.yaml").is_file()


def test_baseline_of_a_state_is_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "state.json").write_text(STATE)
    result = _run("baseline", "prod", "--owner", "platform", "--state", "state.json")
    assert result.exit_code == 0
    settings = PolicySettings.model_validate(parse(result.stdout).data)
    assert "eks-control-plane-audit-logging" in {each.policy for each in settings.waivers}
    (tmp_path / "policies.yaml").write_text(result.stdout)
    report = judge_state(STATE, "prod", tmp_path)
    assert {f.severity for f in report.failed() if f.blocks} == {"critical"}


def test_the_owner_approves_nothing() -> None:
    assert "let someone else approve it" in _run("baseline", "x", "--owner", "me", "--approved-by", "me").output


def test_a_report_that_blocks_is_refused(tmp_path: Path) -> None:
    report = judge_state(STATE, "prod", tmp_path)
    assert refused([report])
    (tmp_path / "policies.yaml").write_text("profile: production\n")
    assert settings_of("prod", tmp_path).profile == "production"
