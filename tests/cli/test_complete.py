"""Shell completion: commands, stacks, add-ons, policies and presets."""

from pathlib import Path

import pytest

from tests import PROJECT

from .test_commands import call


def offered(*words: str, cwd: Path = PROJECT) -> list[str]:
    line = " ".join(["eks-blueprints", *words])
    done = call(cwd=cwd, _EKS_BLUEPRINTS_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words)))
    assert done.stderr == ""
    return [item.partition(",")[2] for item in done.stdout.splitlines() if item]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["ini"], ["init"]),
        (["preview", "p"], ["prod"]),
        (["check", "d"], ["dev"]),
        (["addons", "show", "external_d"], ["external_dns"]),
        (["policy", "show", "k8s-pdb-req"], ["k8s-pdb-required"]),
        (["init", "--preset", "k"], ["karpenter"]),
    ],
)
def test_names_are_offered(words: list[str], wanted: list[str]) -> None:
    assert offered(*words) == wanted


def test_outside_a_project_nothing_is_offered_and_nothing_fails(tmp_path: Path) -> None:
    assert offered("preview", "p", cwd=tmp_path) == []
