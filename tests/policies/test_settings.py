"""policies.yaml: profiles, changes to rules, and located errors."""

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.settings import Judgement, RuleSetting, read_settings
from eks_blueprints.policies.stack import Stack
from tests.policies.build import cluster, workload

GOOD = """
profile: production
rules:
  required-tags: {parameters: {required: [Owner]}}
  k8s-cpu-limit-policy: {enforcement: disabled}
stacks:
  dev:
    profile: baseline
    rules:
      required-tags: {enforcement: mandatory}
"""


def _read(tmp_path: Path, text: str, stack: str = "prod") -> Judgement:
    path = tmp_path / "policies.yaml"
    path.write_text(text)
    return read_settings(path, stack)


def _problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        _read(tmp_path, text)
    return [str(each).removeprefix(f"{tmp_path}/") for each in error.value.problems]


def test_no_file_is_the_baseline(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "policies.yaml", "prod").profile == "baseline"


def test_a_stack_has_its_own_settings_over_those_of_all(tmp_path: Path) -> None:
    prod, dev = _read(tmp_path, GOOD), _read(tmp_path, GOOD, "dev")
    assert (prod.profile, dev.profile) == ("production", "baseline")
    assert prod.rules["required-tags"].enforcement is None
    assert dev.rules["required-tags"] == RuleSetting(enforcement="mandatory", parameters={"required": ["Owner"]})


def test_errors_have_their_line(tmp_path: Path) -> None:
    wrong = 'no such policy; got "k8s-pdb-require"; did you mean k8s-pdb-required?'
    found = _problems(tmp_path, "rules:\n  k8s-pdb-require: {}\n")
    assert found == [f"policies.yaml:2:20: rules.k8s-pdb-require: {wrong}"]
    assert _problems(tmp_path, "profil: baseline\n") == [
        'policies.yaml:1:1: profil: no such field; got "profil"; did you mean profile?'
    ]


def test_parameters_are_checked(tmp_path: Path) -> None:
    text = """
rules:
  required-tags: {parameters: {requird: [a], required: Owner}}
  vpc-dns-enabled: {parameters: {a: 1}}
"""
    first, second, third = _problems(tmp_path, text)
    assert "did you mean required?" in first
    assert 'needs a list of texts; got "Owner"' in second
    assert "the policy has none; remove it" in third


def test_a_waiver_needs_its_parts(tmp_path: Path) -> None:
    text = """
waivers:
  - policy: k8s-pdb-required
    resource: {}
    reason: because
    owner: me
    created: 2026-13-01
    expires: 2026-12-01
"""
    found = "\n".join(_problems(tmp_path, text))
    assert "waivers[0].resource: covers every resource" in found
    assert "waivers[0].reason" in found
    assert "waivers[0].created: is not a valid date" in found


def test_enforcement_and_parameters_reach_the_rules() -> None:
    stack = Stack([cluster(tags={"Owner": "a"}), workload("app")])
    rules = {
        "required-tags": RuleSetting(enforcement="mandatory", parameters={"required": ["Team"]}),
        "k8s-requests-set": RuleSetting(enforcement="disabled"),
    }
    report = check_stack(stack, Judgement("baseline", rules))
    (finding,) = report.failed("required-tags")
    assert finding.blocks
    assert "add Team" in finding.do
    assert not report.failed("k8s-requests-set")


def test_profiles_grow_stricter() -> None:
    stack = Stack([cluster(), workload("app")])
    blocked = {
        profile: sum(f.blocks for f in check_stack(stack, profile=profile).findings)
        for profile in ("baseline", "production", "regulated")
    }
    assert blocked["baseline"] < blocked["production"] < blocked["regulated"]
