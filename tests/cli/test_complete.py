"""Shell completion: commands, stacks, add-ons, policies, presets and fields."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT, ROOT

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
        (["addons", "external_d"], ["external_dns"]),
        (["addons", "fin"], ["find"]),
        (["explain", "nodes"], ["nodes"]),
        (["explain", "network.vpc_i"], ["network.vpc_id"]),
        (["explain", "compute.managed_nodes.max_s"], ["compute.managed_nodes.max_size"]),
        (["explain", "addons.external_d"], ["addons.external_dns"]),
        (["explain", "obs"], ["observability"]),
        (["explain", "no.such.fie"], []),
        (["policy", "show", "k8s-pdb-req"], ["k8s-pdb-required"]),
        (["init", "--preset", "k"], ["karpenter"]),
    ],
)
def test_names_are_offered(words: list[str], wanted: list[str]) -> None:
    assert offered(*words) == wanted


def test_names_of_fields_are_offered_without_loading_the_pulumi_sdk() -> None:
    code = "import sys; from eks_blueprints.reference.field_help import field_names; "
    code += "assert 'vpc_id' in field_names('network'); assert 'external_dns' in field_names('addons'); "
    code += "print([m for m in sys.modules if m == 'pulumi' or m.startswith('eks_blueprints.addons.external_')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_outside_a_project_nothing_is_offered_and_nothing_fails(tmp_path: Path) -> None:
    assert offered("preview", "p", cwd=tmp_path) == []
