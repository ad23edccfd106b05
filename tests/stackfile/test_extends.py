"""Stack files that extend others: one platform, and where each of its parts is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from eks_blueprints.cli.check import command as check
from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import stack_target
from eks_blueprints.stackfile import open_stack
from eks_blueprints.stackfile.find import stack_file, stack_files, stacks_of
from eks_blueprints.testing import record_stack

BASE = """\
region: eu-west-1
cluster: {version: "1.35"}
compute:
  system:
    kind: managed_nodes
    min_size: 3
    max_size: 6
addons: {metrics_server: {}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n")
    folder = tmp_path / "stacks"
    folder.mkdir()
    (folder / "__main__.py").write_text(
        "import pulumi\nfrom eks_blueprints import stackfile\nstackfile.deploy(f'{pulumi.get_stack()}.yaml')\n"
    )
    (folder / "base.yaml").write_text(BASE)
    monkeypatch.chdir(tmp_path)
    return folder


def told(file: Path) -> str:
    with pytest.raises(InputError) as error:
        open_stack(file)
    return str(error.value)


def test_a_stack_is_its_file_over_the_one_that_it_extends(project: Path) -> None:
    (project / "prod.yaml").write_text("extends: base.yaml\ncompute: {system: {max_size: 9}}\n")
    args = open_stack("stacks/prod.yaml").args
    (system,) = args.compute
    assert (system.min_size, system.max_size, args.cluster.version) == (3, 9, "1.35")  # type: ignore[attr-defined]


def test_a_chain_of_files_is_read_from_its_end(project: Path) -> None:
    (project / "common").mkdir()
    (project / "common" / "eu.yaml").write_text("extends: ../base.yaml\ntags: {a: eu, b: eu}\n")
    (project / "prod.yaml").write_text("tags: {b: prod}\nextends: common/eu.yaml\n")
    assert open_stack("stacks/prod.yaml").args.tags == {"a": "eu", "b": "prod"}


def test_each_problem_is_told_where_it_is_written(project: Path) -> None:
    (project / "base.yaml").write_text(BASE.replace("min_size: 3", "min_size: x"))
    (project / "prod.yaml").write_text("extends: base.yaml\ncluster: {versoin: '1.35'}\n")
    lines = told(Path("stacks/prod.yaml")).splitlines()
    assert lines[0].startswith("stacks/prod.yaml:2:11: cluster.versoin: no such field")
    assert lines[1].startswith("stacks/base.yaml:6:15: compute.system.min_size: needs a whole number")
    assert lines[1].endswith("(extended by stacks/prod.yaml)")


def test_what_is_missing_is_told_at_the_stack_itself(project: Path) -> None:
    (project / "base.yaml").write_text("tags: {a: b}\n")
    (project / "prod.yaml").write_text("extends: base.yaml\nregion: eu-west-1\n")
    assert told(Path("stacks/prod.yaml")) == "stacks/prod.yaml:1:1: cluster: is required; got nothing; add it"


def test_null_on_a_required_field_makes_it_missing(project: Path) -> None:
    (project / "prod.yaml").write_text("extends: base.yaml\ncluster: {version: null}\n")
    assert "stacks/prod.yaml:2:1: cluster.version: is required" in told(Path("stacks/prod.yaml"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "extends: [base.yaml]",
            '1:10: extends: needs one file; got ["base.yaml"]; each file can extend the next, in a chain',
        ),
        ("extends: 3", "1:10: extends: needs a path; got 3"),
        ("extends: null", "1:10: extends: needs a path; got null"),
        ("extends: {a: b}", '1:10: extends: needs a path; got {"a": "b"}'),
        ('extends: ""', '1:10: extends: needs a path; got ""'),
        ('extends: "a\\0b"', "1:10: extends: needs a path"),
        ('extends: "\\ud800"', "1:10: extends: needs a path"),
        (
            "extends: /etc/base.yaml",
            '1:10: extends: needs a relative path, which is the same on every machine; got "/etc',
        ),
        ("extends: prod.yaml", "extends itself; got stacks/prod.yaml -> stacks/prod.yaml; remove one of them"),
        ("extends: gone.yaml", "1:10: extends: names stacks/gone.yaml, which does not exist; got nothing"),
        ("extends: ..", "1:10: extends: names ., which cannot be read; got a folder"),
        (f"extends: {'x' * 3000}", "1:10: extends: names a file that cannot be read; got File name too long"),
        ("extends: list.yaml", "stacks/list.yaml:1:1: needs a mapping at the top"),
        ("extends: empty.yaml", "stacks/empty.yaml:1:1: needs one YAML document; got an empty file"),
        ("extends: broken.yaml", "stacks/broken.yaml:"),
        ("extends: base.yaml\nextends: base.yaml", "2:1: extends: is given twice"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_where_it_is_written(project: Path, text: str, says: str) -> None:
    (project / "list.yaml").write_text("[1]")
    (project / "empty.yaml").write_text("")
    (project / "broken.yaml").write_text("a: {")
    (project / "prod.yaml").write_text(text + "\n")
    assert says in told(Path("stacks/prod.yaml"))


def test_circles_and_endless_chains_are_refused(project: Path) -> None:
    (project / "a.yaml").write_text("extends: b.yaml\n")
    (project / "b.yaml").write_text("extends: ./a.yaml\n")
    circle = "extends itself; got stacks/a.yaml -> stacks/b.yaml -> stacks/a.yaml"
    assert f"stacks/b.yaml:1:10: extends: {circle}" in told(Path("stacks/a.yaml"))
    for number in range(12):
        (project / f"c{number}.yaml").write_text(f"extends: c{number + 1}.yaml\n")
    assert "stacks/c9.yaml:1:10: extends: makes a chain of more than 10 files" in told(Path("stacks/c0.yaml"))


@pytest.mark.parametrize(
    ("addons", "says"),
    [
        ("{nope: null}", "addons.nope: removes nothing: no file beneath this one has it; got null"),
        ("{metrics_servr: null}", "did you mean metrics_server?"),
        ("{metrics_server: }", "addons.metrics_server: is empty, and stacks/base.yaml has a value; got nothing"),
        ("{coredns: }", "write coredns: {} for its defaults, or coredns: null to leave it out"),
    ],
)
def test_null_among_elements_removes_and_nothing_else(project: Path, addons: str, says: str) -> None:
    (project / "prod.yaml").write_text(f"extends: base.yaml\naddons: {addons}\n")
    assert says in told(Path("stacks/prod.yaml"))


def test_files_that_are_extended_are_no_stacks(project: Path) -> None:
    (project / "common").mkdir()
    (project / "common" / "eu.yaml").write_text("extends: ../base.yaml\n")
    for stack in ("dev", "prod"):
        (project / f"{stack}.yaml").write_text("extends: common/eu.yaml\n")
    assert [file.name for file in stack_files(Path.cwd())] == ["dev.yaml", "prod.yaml"]
    assert stacks_of(project / "base.yaml") == [Path("stacks/dev.yaml"), Path("stacks/prod.yaml")]
    assert stacks_of(project / "common" / "eu.yaml") == stacks_of(project / "base.yaml")
    for named in ("base", "stacks/base.yaml"):
        with pytest.raises(InputError, match="is not a stack; got a file that dev, prod extend; name one of these"):
            stack_file(named)


def test_a_stack_that_another_extends_stays_one_by_its_settings(project: Path) -> None:
    (project / "prod.yaml").write_text("extends: base.yaml\n")
    (project / "staging.yaml").write_text("extends: prod.yaml\n")
    (project / "Pulumi.prod.yaml").write_text("config: {}\n")
    assert [file.name for file in stack_files(Path.cwd())] == ["prod.yaml", "staging.yaml"]
    assert stack_file("prod") == Path("stacks/prod.yaml")


def test_files_in_a_circle_are_not_lost(project: Path) -> None:
    (project / "a.yaml").write_text("extends: b.yaml\n")
    (project / "b.yaml").write_text("extends: a.yaml\n")
    (project / "s.yaml").write_text("extends: s.yaml\n")
    assert [file.name for file in stack_files(Path.cwd())] == ["a.yaml", "b.yaml", "base.yaml", "s.yaml"]


def test_resources_come_from_the_file_that_their_part_is_written_in(project: Path) -> None:
    (project / "prod.yaml").write_text(
        "extends: base.yaml\ncompute:\n  general: {kind: managed_nodes}\naddons: {metrics_server: {replicas: 3}}\n"
    )
    plan = record_stack(Path("stacks/prod.yaml")).is_valid().recording.plan()
    places = {each.name: f"{each.source.file}:{each.source.line}" for each in plan.resources if each.source}
    assert places["prod-system-group"] == "stacks/base.yaml:4"
    assert places["prod-general-group"] == "stacks/prod.yaml:3"
    assert places["prod-metrics-server"] == "stacks/prod.yaml:4"
    assert "stacks/prod.yaml:1" in places.values()


def test_checking_a_shared_file_checks_the_stacks_that_extend_it(project: Path) -> None:
    for stack in ("dev", "prod"):
        (project / f"{stack}.yaml").write_text("extends: base.yaml\n")
    done = CliRunner().invoke(check, ["stacks/base.yaml", "stacks/dev.yaml"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "stacks/dev.yaml" in done.output
    assert "stacks/prod.yaml" in done.output
    (project / "base.yaml").write_text(BASE.replace("max_size: 6", "max_size: 1"))
    done = CliRunner().invoke(check, [], catch_exceptions=False)
    assert done.exit_code == 2
    assert "2 problems in 2 stack files" in done.output


def test_a_secret_of_a_shared_file_stays_one(project: Path) -> None:
    external = "  external_dns: {zone_arns: [{secret: zone}]}\n"
    (project / "base.yaml").write_text(BASE.replace("addons: {metrics_server: {}}\n", f"addons:\n{external}"))
    (project / "prod.yaml").write_text("extends: base.yaml\n")
    (project / "Pulumi.prod.yaml").write_text("config: {shop:zone: {secure: AAABAM}}\n")
    text = preview(stack_target("prod")).plan.to_json()
    assert "[secret]" in text or "$secret" in text
    assert "AAABAM" not in text
