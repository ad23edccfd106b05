"""A stack that another one extends, without settings: that it is none any more is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.check import command as check
from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.targets import all_targets
from eks_blueprints.stackfile import find
from eks_blueprints.stackfile.find import named_files, project_of, stack_file
from eks_blueprints.stackfile.unmeant import is_none_because, unmeant

STACK = 'region: eu-west-1\ncluster: {version: "1.35"}\ncompute: {nodes: {kind: managed_nodes}}\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "stacks"


def warnings(project: Path) -> list[str]:
    found = project_of(project)
    assert found is not None
    return [str(each) for each in unmeant(found)]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(check, arguments, catch_exceptions=False)


def test_a_stack_that_another_extends_is_named_with_the_file_that_is_missing(project: Path) -> None:
    (project / "prod.yaml").write_text(STACK)
    (project / "staging.yaml").write_text("extends: prod.yaml\ntags: {a: b}\n")
    said = "stacks/prod.yaml:1:1: is no stack, because staging extends it and it has no settings; "
    said += (
        "got no stacks/Pulumi.prod.yaml; create that file if prod is a stack, or move this one to a folder "
        "below, such as shared/"
    )
    assert warnings(project) == [said]
    assert "warning: is no stack, because staging extends it" in run().stderr
    assert "is no stack" not in run("staging").stderr
    assert (run().exit_code, run("--strict").exit_code) == (0, 2)
    (project / "Pulumi.prod.yaml").write_text("config: {}\n")
    assert warnings(project) == []


@pytest.mark.parametrize("name", ["base", "eu-base", "common", "_eu", "shared_eu", "defaults", "platform"])
def test_a_file_that_is_called_a_shared_one_is_meant_as_such(project: Path, name: str) -> None:
    (project / f"{name}.yaml").write_text(STACK)
    (project / "prod.yaml").write_text(f"extends: {name}.yaml\n")
    assert warnings(project) == []


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        (f"# yaml-language-server: $schema=../docs/overlay.schema.json\n{STACK}", False),
        (f"# yaml-language-server: $schema=../docs/stack.schema.json\n{STACK}", True),
        ("region: eu-west-1\ntags: {a: b}\n", False),
        ('cluster: {version: "1.35"}\n', False),
    ],
)
def test_what_a_file_says_of_itself_counts(project: Path, text: str, warned: bool) -> None:
    (project / "eu.yaml").write_text(text)
    (project / "prod.yaml").write_text(f"extends: eu.yaml\n{STACK}")
    assert bool(warnings(project)) is warned


def test_a_file_below_is_never_a_stack(project: Path) -> None:
    (project / "shop").mkdir()
    (project / "shop" / "prod.yaml").write_text(STACK)
    (project / "staging.yaml").write_text("extends: shop/prod.yaml\n")
    assert warnings(project) == []


def test_why_a_stack_is_gone(project: Path) -> None:
    (project / "eu.yaml").write_text(STACK)
    (project / "prod.yaml").write_text("extends: eu.yaml\n")
    found = project_of(project)
    assert found is not None
    assert is_none_because("eu", found) == (
        "because prod extends it and it has no settings; got no stacks/Pulumi.eu.yaml"
    )
    assert is_none_because("prod", found) is None
    assert is_none_because("nope", found) is None


def test_settings_are_told_from_stack_files(project: Path) -> None:
    (project / "prod.yaml").write_text(STACK)
    for name in ("prod", "dev"):
        (project / f"Pulumi.{name}.yaml").write_text("config: {aws:region: eu-west-1}\n")
    (project / "policies.yaml").write_text("profile: production\n")
    for path, said in {
        "stacks/Pulumi.prod.yaml": "is Pulumi's settings file of the stack prod; got no stack file; the stack file is "
        "stacks/prod.yaml",
        "stacks/Pulumi.dev.yaml": "is Pulumi's settings file of the stack dev; got no stack file; the stack file is "
        "stacks/dev.yaml, which does not exist",
        "Pulumi.yaml": "is Pulumi's file of the project; got no stack file; name a stack or a stack file",
        "stacks/policies.yaml": "holds the settings of policies; got no stack file; name a stack or a stack file",
    }.items():
        with pytest.raises(InputError) as error:
            stack_file(path)
        assert str(error.value) == f"{path}: {said}"


def test_all_names_that_mean_nothing_are_told_at_once(project: Path) -> None:
    (project / "prod.yaml").write_text(STACK)
    with pytest.raises(InputError) as error:
        named_files(["prdo", "stacks/dev.yaml", "prod"])
    assert "did you mean prod?" in str(error.value)
    assert "stacks/dev.yaml: does not exist" in str(error.value)


def test_what_is_wrong_with_a_merge_hides_nothing_of_the_merged_file(project: Path) -> None:
    (project / "base.yaml").write_text(f"{STACK}addons:\n  metrics_server: {{}}\n")
    text = 'extends: base.yaml\nregion: eu-west-99\ncluster:\n  version: "1.3"\naddons:\n'
    (project / "prod.yaml").write_text(f"{text}  metrics_server:\n  nope: null\n")
    said = run().stderr
    assert "stacks/prod.yaml:6:3: addons.metrics_server: is empty, and stacks/base.yaml has a value" in said
    assert "stacks/prod.yaml:7:3: addons.nope: removes nothing: no file beneath this one has it" in said
    assert "stacks/prod.yaml:2:9: region: " in said
    assert "stacks/prod.yaml:4:12: cluster.version: " in said
    assert "4 problems in 1 stack file" in said


def test_an_unclear_merge_alone_is_an_error(project: Path) -> None:
    (project / "base.yaml").write_text(f"{STACK}addons:\n  coredns: {{}}\n")
    (project / "prod.yaml").write_text("extends: base.yaml\naddons:\n  coredns:\n")
    done = run()
    assert done.exit_code == 2
    assert "addons.coredns: is empty" in done.stderr
    assert "1 problem in 1 stack file" in done.stderr


def test_many_files_are_found_by_reading_their_folder_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"prod{number}" for number in range(20)]
    for name in names:
        (project / f"{name}.yaml").write_text(STACK)
    read: list[Path] = []
    before = find.extended

    def counted(file: Path) -> Iterator[Path]:
        read.append(file)
        return before(file)

    monkeypatch.setattr(find, "extended", counted)
    assert [file.stem for file in named_files([f"stacks/{name}.yaml" for name in names])] == names
    assert len(named_files(names)) == len(names)
    assert len(all_targets()) == len(names)
    assert len(read) == 3 * len(names)
