"""Image repositories that two stack files of one account would make."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.check import command
from eks_blueprints.stackfile.clashes import clashes

STACK = """\
region: {region}
account: {account}
cluster: {{version: "1.35", endpoint_access: {{office: {{cidr: 10.0.0.0/8}}}}}}
compute: {{nodes: {{kind: managed_nodes}}}}
addons: {{vpc_cni: {{network_policy: standard}}}}
teams:
  shop:
    {prefix}
    ecr_repositories:
      web: {{}}
      other: {{name: own/{name}}}
"""
ONE, TWO = '{id: "111122223333"}', '{id: "444455556666"}'


def files(folder: Path, *stacks: dict[str, str]) -> list[Path]:
    found = []
    for name, each in zip(("dev", "prod"), stacks, strict=True):
        said = {"region": "eu-west-1", "account": ONE, "prefix": "", "name": name, **each}
        (folder / f"{name}.yaml").write_text(STACK.format(**said))
        found.append(folder / f"{name}.yaml")
    return found


def run(*paths: Path) -> Result:
    return CliRunner().invoke(command, [str(each) for each in paths])


def test_two_stacks_of_one_account_cannot_make_one_repository(tmp_path: Path) -> None:
    found = files(tmp_path, {}, {})
    (problem,) = clashes(found)
    assert (problem.line, problem.severity) == (10, "error")
    assert problem.message == (
        f"has the name of {found[0]}: teams.shop.ecr_repositories.web, and the registry of an account has it once; "
        'got "shop/web"; declare it in one of them, or set ecr_prefix of the team'
    )
    done = run(*found)
    assert done.exit_code == 2
    assert "1 problem in 2 stack files" in done.output


@pytest.mark.parametrize(
    "other",
    [{"account": TWO}, {"region": "eu-central-1"}, {"prefix": "ecr_prefix: prod/shop"}],
    ids=["account", "region", "prefix"],
)
def test_another_account_region_or_prefix_keeps_them_apart(other: dict[str, str], tmp_path: Path) -> None:
    found = files(tmp_path, {}, other)
    assert clashes(found) == []
    assert run(*found).exit_code == 0


def test_accounts_that_are_not_named_make_it_a_warning(tmp_path: Path) -> None:
    (problem,) = clashes(files(tmp_path, {"account": "{}"}, {"account": "{}"}))
    assert problem.severity == "warning"
    assert "which fails if both are in one account" in problem.message
    assert "name the accounts (account.id) if they differ" in problem.message


def test_names_that_are_given_count_and_so_does_what_a_file_extends(tmp_path: Path) -> None:
    dev, prod = files(tmp_path, {"name": "same", "prefix": "ecr_prefix: dev"}, {"name": "same"})
    (problem,) = clashes([dev, prod])
    assert 'got "own/same"' in problem.message
    third = tmp_path / "third.yaml"
    third.write_text("extends: dev.yaml\n")
    assert {each.path[-1] for each in clashes([dev, third])} == {"web", "other"}


def test_public_repositories_have_one_registry_for_all_regions(tmp_path: Path) -> None:
    found = files(tmp_path, {"region": "eu-west-1"}, {"region": "eu-central-1"})
    for each in found:
        each.write_text(each.read_text().replace("ecr_repositories", "ecr_public_repositories"))
    assert [each.path[-1] for each in clashes(found)] == ["web"]


def test_a_file_that_cannot_be_read_is_left_to_others(tmp_path: Path) -> None:
    dev, prod = files(tmp_path, {}, {})
    dev.write_text("ecr_: [")
    assert clashes([dev, prod]) == []
