"""dev, prod and every example follow the rules in their profile, or say why not."""

from pathlib import Path

import pytest

from eks_blueprints.core.document import read
from eks_blueprints.policies.cli_support import judge_plan
from eks_blueprints.policies.settings import PolicySettings
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import program_target, stack_target
from tests import PROJECT, ROOT

EXAMPLES = sorted(path for path in ROOT.glob("examples/**/Pulumi.*.yaml"))
OWN = ROOT / "tests" / "policies" / "data" / "project.yaml"
SETTINGS = [OWN, *sorted(ROOT.glob("examples/**/policies.yaml"))]


def _stack(settings: Path) -> str:
    return settings.name.removeprefix("Pulumi.").removesuffix(".yaml")


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT / "examples")))
def test_an_example_follows_the_rules_or_says_why_not(file: Path) -> None:
    folder = next(path for path in file.parents if (path / "Pulumi.yaml").is_file())
    report = judge_plan(preview(program_target(folder, _stack(file))).plan, file.parent)
    assert report.profile == ("production" if _stack(file) in ("prod", "hub", "spoke") else "baseline")
    assert [f"{each.policy} {each.resource}: {each.message}" for each in report.failed()] == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_our_platforms_do_too(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    report = judge_plan(preview(stack_target(stack)).plan, PROJECT / "stacks", file=OWN)
    assert report.profile == ("production" if stack == "prod" else "baseline")
    assert [f"{each.policy} {each.resource}: {each.message}" for each in report.failed()] == []


@pytest.mark.parametrize("file", SETTINGS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_not_followed_has_a_reason(file: Path) -> None:
    settings = PolicySettings.model_validate(read(file).data)
    for part in (settings, *settings.stacks.values()):
        for rule, setting in part.rules.items():
            assert setting.enforcement == "disabled", rule
            assert setting.reason, rule
            assert len(setting.reason) >= 15, rule
