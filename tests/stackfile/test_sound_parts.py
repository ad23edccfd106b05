"""A part that cannot be read does not hide what is wrong with the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.core.document import read
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.stackfile.load import open_stack
from eks_blueprints.stackfile.sound_parts import problems_of_the_rest
from tests.stack_files import StackFiles

BAD_GROUP = "compute: {system: {kind: managed_nodes, instance_types: [m7g.lrge]}}"


def told(folder: Path, text: str) -> list[str]:
    file = folder / "prod.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as found:
        open_stack(file)
    return [str(problem).partition(".yaml:")[2] for problem in found.value.problems]


@pytest.mark.parametrize(
    ("rest", "beside"),
    [
        ('region: eu-wst-1\ncluster: {version: "1.35"}', "1:9: region: has no known zones"),
        (
            'region: eu-west-1\nnetwork: {cidr: 10.0.0.0/27}\ncluster: {version: "1.35"}',
            "2:17: network.cidr: is too small for the layout",
        ),
    ],
)
def test_what_the_ground_has_wrong_is_reported_beside_a_bad_element(tmp_path: Path, rest: str, beside: str) -> None:
    found = told(tmp_path, f"{rest}\n{BAD_GROUP}\n")
    assert len(found) == 2
    assert any(line.startswith(beside) for line in found), found


@pytest.mark.parametrize("missing", ["", "cluster: {}\n", "cluster: {version: 7}\n"])
def test_a_region_is_checked_without_a_cluster(tmp_path: Path, missing: str) -> None:
    found = told(tmp_path, f"region: eu-wst-1\n{missing}")
    assert len(found) == 2, found
    assert any("did you mean eu-west-1" in line for line in found), found


def test_nothing_is_guessed_of_a_part_that_is_wrong(tmp_path: Path) -> None:
    foreign = "network: {zones: [us-east-1a, us-east-1b]}"
    found = told(tmp_path, f'region: [x]\n{foreign}\ncluster: {{version: "1.35"}}\n')
    assert [line.split(" ")[1] for line in found] == ["region:"], found
    assert len(told(tmp_path, f'region: eu-west-1\n{foreign}\ncluster: {{version: "1.35"}}\n{BAD_GROUP}\n')) > 1


@pytest.mark.parametrize("group", ["{ingress: {}}", "{ingress: {a: {}}}"])
def test_a_security_group_that_the_cluster_names_is_there_whether_or_not_it_can_be_read(
    tmp_path: Path, group: str
) -> None:
    cluster = 'cluster: {version: "1.35", security_groups: [db]}'
    found = told(tmp_path, f"region: eu-west-1\n{cluster}\nsecurity_groups: {{db: {group}}}\n{BAD_GROUP}\n")
    assert not [line for line in found if "cluster.security_groups" in line], found


def test_who_deploys_is_not_guessed_where_the_account_is_wrong(tmp_path: Path) -> None:
    role = "account: {role_arn: [x]}\naccess: {me: {principal_arn: deployer, policies: [{policy: view}]}}"
    found = told(tmp_path, f'region: eu-west-1\ncluster: {{version: "1.35"}}\n{role}\n')
    assert not [line for line in found if "access" in line], found


def test_a_sound_platform_has_nothing_wrong_without_one_of_its_parts(tmp_path: Path) -> None:
    files, file, tried = StackFiles(seed=11), tmp_path / "prod.yaml", 0
    while tried < 8:
        _, text = files.one()
        try:
            file.write_text(text, encoding="utf-8")
            data = dict(read(file).data)
            BlueprintArgs.model_validate(data)
        except ValueError:  # an InputError, a ValidationError, or a text that cannot be encoded
            continue
        tried += 1
        for key in ("compute", "cluster", "network", "addons", "access"):
            assert problems_of_the_rest(data, [Problem((key,), "is wrong")]) == [], (key, text)
