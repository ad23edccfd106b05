"""Shards of a project on several machines, joined: byte for byte what one run without shards gives."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.check import command as check
from eks_blueprints.cli.diff import command as diff
from eks_blueprints.cli.preview import command as preview
from eks_blueprints.cli.report import command as report
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.printed import document
from eks_blueprints.review.comment.validated import validated
from eks_blueprints.review.diff.base import from_file
from eks_blueprints.review.preview.shard import Shard
from eks_blueprints.review.shards.schema import schema
from tests import ROOT
from tests.review.diff.test_base import PROGRAM, STACK, git

STACKS = ("dev", "eu", "prod", "us")
FORMS = {
    diff: ("text", "markdown", "json", "html", "mermaid"),
    preview: ("text", "json"),
    check: ("text", "markdown", "json", "sarif", "github", "junit"),
}


@pytest.fixture(scope="module")
def as_it_was(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with four stacks, and the plans of five that were there before."""
    folder = tmp_path_factory.mktemp("project") / "shop"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    (folder / "stacks" / "__main__.py").write_text(PROGRAM)
    for name in (*STACKS, "old"):
        (folder / "stacks" / f"{name}.yaml").write_text(STACK)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("PYTHONPATH", str(ROOT))
        (folder / "base.json").write_text(run(preview, "--all", "--format", "json").stdout)
    (folder / "stacks" / "old.yaml").unlink()
    for name in ("dev", "us"):
        edit(folder, "m7g.large", "m7g.xlarge", name)
    return folder


@pytest.fixture
def project(as_it_was: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to work in."""
    folder = tmp_path / "shop"
    shutil.copytree(as_it_was, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return folder


def run(command: click.Command, *arguments: str) -> Result:
    jobs = () if command in (check, report) else ("--jobs", "1")
    return CliRunner().invoke(command, [*arguments, *jobs], catch_exceptions=False)


def merge(*arguments: str) -> Result:
    return CliRunner().invoke(report, ["merge", *arguments], catch_exceptions=False)


def edit(project: Path, old: str, new: str, stack: str) -> None:
    file = project / "stacks" / f"{stack}.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def sharded(command: click.Command, total: int, *arguments: str) -> list[str]:
    """The files of all shards."""
    files = []
    for index in range(1, total + 1):
        done = run(command, *arguments, "--all", "--shard", f"{index}/{total}", "--format", "json")
        files.append(f"{command.name}-{index}.json")
        Path(files[-1]).write_text(done.stdout)
    return files


@pytest.mark.parametrize(
    ("command", "arguments"),
    [(diff, ("--base", "base.json")), (preview, ()), (check, ("--profile", "production"))],
    ids=["diff", "preview", "check"],
)
def test_joined_shards_are_what_one_run_gives(
    project: Path, command: click.Command, arguments: tuple[str, ...]
) -> None:
    files = sharded(command, 3, *arguments)
    for form in FORMS[command]:
        alone, joined = run(command, *arguments, "--format", form), merge(*reversed(files), "--format", form)
        said = joined.stdout if form != "junit" else without_time(joined.stdout)
        assert said == (alone.stdout if form != "junit" else without_time(alone.stdout))
        assert joined.stderr == alone.stderr
        assert joined.exit_code == alone.exit_code
    if command is preview:
        assert alone.stdout == document(json.loads(alone.stdout)) + "\n"
    for file in files:
        data = json.loads(Path(file).read_text())
        jsonschema.validate(data, schema(command.name))


def without_time(text: str) -> str:
    return re.sub(r'time="[\d.]+"', "", text)


def test_files_of_a_diff_and_its_gates(project: Path) -> None:
    files = sharded(diff, 2, "--base", "base.json")
    alone = run(diff, "--base", "base.json", "-o", "a.json", "-o", "a.md", "-o", "a.html", "--fail-on", "replace")
    joined = merge(*files, "-o", "b.json", "-o", "b.md", "-o", "b.html", "--fail-on", "replace")
    assert (alone.exit_code, joined.exit_code) == (3, 3)
    assert joined.stdout == alone.stdout
    assert joined.stderr == alone.stderr
    for form in ("json", "md", "html"):
        assert Path(f"b.{form}").read_bytes() == Path(f"a.{form}").read_bytes()
    assert merge(*files, "--exit-code").exit_code == 4
    assert merge(*files, "--fail-on", "create").exit_code == 0
    assert validated(Path("b.json").read_text(), "b.json")["counts"]["replace"] == 2


def test_a_stack_that_is_gone_is_in_one_shard_alone(project: Path) -> None:
    told = [json.loads(Path(file).read_text()) for file in sharded(diff, 3, "--base", "base.json")]
    names = [stack["stack"] for data in told for stack in data["report"]["stacks"]]
    assert sorted(names) == sorted((*STACKS, "old"))


def test_a_part_says_that_it_is_one(project: Path) -> None:
    done = run(diff, "--shard", "1/2", "--base", "base.json", "-o", "part.md", "-o", "part.txt")
    assert "shard 1/2: " in Path("part.md").read_text()
    assert "of 5 stacks; report merge joins all shards" in Path("part.txt").read_text()
    assert "eks-blueprints diff --base base.json --shard 1/2" in Path("part.md").read_text()
    assert "shard 1/2: 2 of 4 stacks" in done.stderr


def test_more_shards_than_stacks(project: Path) -> None:
    empty = next(n for n in range(1, 8) if not Shard(n, 7).of(STACKS))
    done = run(preview, "--all", "--shard", f"{empty}/7")
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"shard {empty}/7: nothing to do; there are 4 stacks for 7 shards" in done.stderr
    assert run(check, "--shard", f"{empty}/7").exit_code == 0
    files = sharded(preview, 7)
    assert merge(*files).stdout == run(preview, "--all").stdout


def test_a_missing_shard_is_never_no_change(project: Path) -> None:
    edit(project, "m7g.xlarge", "m7g.large", "dev")
    edit(project, "m7g.xlarge", "m7g.large", "us")
    files = sharded(diff, 5, "--base", "base.json")
    lacking = Shard(3, 5).of(STACKS) + Shard(3, 5).of(["old"])
    done = merge(*files[:2], *files[3:], "-o", "joined.json", "-o", "joined.md")
    assert done.exit_code == 2
    assert "shard 3/5 left no report; got 4 of 5; run it again, or give its file" in done.stderr
    data = validated(Path("joined.json").read_text(), "joined.json")
    assert data["level"] == "danger"
    assert [*data["errors"]] == lacking
    assert "cannot be rendered" in data["verdict"]
    assert merge(*files[:2], *files[3:], "--exit-code", "--fail-on", "replace").exit_code == 2


@pytest.mark.parametrize("command", [preview, check], ids=["preview", "check"])
def test_a_missing_shard_of_other_commands(project: Path, command: click.Command) -> None:
    files = sharded(command, 2)
    done = merge(files[1])
    assert done.exit_code == 2
    assert "shard 1/2 left no report; got 1 of 2" in done.stderr


def test_a_missing_shard_without_stacks_is_missing_all_the_same(project: Path) -> None:
    empty = next(n for n in range(1, 8) if not Shard(n, 7).of(STACKS))
    files = sharded(preview, 7)
    del files[empty - 1]
    assert merge(*files).exit_code == 2


def test_an_invalid_stack_is_told_by_the_joined_report(project: Path) -> None:
    edit(project, "eu-west-1", "eu-west-99", "eu")
    for command, arguments in ((diff, ("--base", "base.json")), (preview, ()), (check, ())):
        files = sharded(command, 2, *arguments)
        for form in ("text", "json"):
            alone, joined = run(command, *arguments, "--format", form), merge(*files, "--format", form)
            assert (joined.exit_code, joined.stdout, joined.stderr) == (2, alone.stdout, alone.stderr)


def test_what_the_base_does_not_tell_is_told(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    (project / ".gitignore").write_text("*.json\n")
    for name in ("dev", "prod", "us"):
        edit(project, "region: ", "regoin: ", name)
    git(project, "add", ".")
    git(project, "commit", "-qm", "broken")
    for name in ("dev", "prod"):
        edit(project, "regoin: ", "region: ", name)
    (project / "stacks" / "us.yaml").unlink()
    arguments = ("--base", "main", "--fail-on", "replace")
    files = sharded(diff, 2, *arguments[:2])
    alone, joined = run(diff, *arguments), merge(*files, *arguments[2:])
    assert (alone.exit_code, joined.exit_code) == (2, 2)
    assert joined.stdout == alone.stdout
    assert joined.stderr == alone.stderr
    assert "us is deleted, and what it holds is not known" in joined.stdout


def refused(*arguments: str) -> str:
    with pytest.raises(InputError) as error:
        merge(*arguments)
    return str(error.value)


def test_a_shard_that_is_given_twice(project: Path) -> None:
    first, second = sharded(preview, 2)
    Path("again.json").write_text(Path(first).read_text())
    assert f"again.json: is shard 1/2 again; got {first} as well; give each shard once" in refused(
        first, second, "again.json"
    )


def test_shards_of_different_runs(project: Path) -> None:
    first = run(diff, "--shard", "1/2", "--base", "base.json", "--format", "json").stdout
    Path("1.json").write_text(first)

    def other(*arguments: str, command: click.Command = diff) -> str:
        done = run(command, "--shard", "2/2", *arguments, "--format", "json")
        Path("2.json").write_text(done.stdout)
        return refused("1.json", "2.json")

    assert "is of another --no-policies than 1.json" in other("--base", "base.json", "--no-policies")
    assert "is of another --cost-threshold than 1.json" in other("--base", "base.json", "--cost-threshold", "1%,1")
    assert "is of another command than 1.json" in other(command=preview)
    Path("2.json").write_text(run(diff, "--shard", "2/3", "--base", "base.json", "--format", "json").stdout)
    assert "is of another number of shards than 1.json; got 3, there 2" in refused("1.json", "2.json")
    edit(project, "m7g.large", "m7g.2xlarge", "prod")
    assert "is of another working tree than 1.json" in other("--base", "base.json")
    (project / "stacks" / "more.yaml").write_text(STACK)
    said = other("--base", "base.json")
    assert "knows other stacks than 1.json; got more in one alone" in said
    (project / "stacks" / "more.yaml").unlink()
    edit(project, "m7g.2xlarge", "m7g.large", "prod")
    plans = json.loads((project / "base.json").read_text())
    (project / "base.json").write_text(json.dumps([each for each in plans if each["stack"] != "old"]))
    said = other("--base", "base.json")
    assert "is of another --base than 1.json" in said
    assert "knows other deleted stacks than 1.json; got old in one alone" in said


def test_shards_of_different_commits(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "first")
    first, second = sharded(preview, 2)
    git(project, "commit", "-qm", "second", "--allow-empty")
    again, _ = sharded(preview, 2)
    Path(second).write_text(json.dumps(json.loads(Path(second).read_text())))
    assert first == again
    (project / "stacks" / "__main__.py").write_text(PROGRAM + "# another program\n")
    Path("edited.json").write_text(run(preview, "--shard", "2/2", "--format", "json").stdout)
    assert "edited.json: is of another working tree than preview-1.json" in refused(first, "edited.json")


def test_files_that_are_no_shards(project: Path) -> None:
    (file,) = sharded(diff, 1, "--base", "base.json")
    good = json.loads(Path(file).read_text())

    def said(change: Callable[[Any], Any]) -> str:
        data = json.loads(Path(file).read_text())
        Path("bad.json").write_text(json.dumps(change(data) or data))
        return refused("bad.json")

    Path("bad.json").write_text("{")
    assert "bad.json: is no report of a shard; got text that is no JSON" in refused("bad.json")
    assert 'is no report of a shard; got "eks-blueprints/diff"' in said(lambda _: good["report"])
    assert "is of another version of eks_blueprints" in said(lambda data: data["same"].update(eks_blueprints="0.0.1"))
    assert "is of another version of eks_blueprints" in said(lambda data: data.update(version=2))
    assert "lacks parts" in said(lambda data: data.pop("parts") and None)
    assert '"report"."counts"."create" needs integer' in said(lambda data: data["report"]["counts"].update(create="1"))
    assert "has shards from 1 to 1; got 2/1" in said(lambda data: data.update(shard=2))
    assert "got a report that is not the one of its parts" in said(lambda d: d["report"].update(verdict="no changes"))
    assert "got other stacks than those of its shard" in said(lambda data: data["stacks"].append("more"))
    assert "is damaged; parts.stacks needs a list" in said(lambda data: data["parts"].update(stacks={}))


def test_a_part_is_neither_a_base_nor_a_comment(project: Path) -> None:
    (file,) = sharded(diff, 1, "--base", "base.json")
    with pytest.raises(
        InputError, match="one shard; got no plan of all stacks; join them all: eks-blueprints report merge"
    ):
        from_file(Path(file))
    with pytest.raises(InputError, match="is the report of one shard; got no report of all stacks"):
        validated(Path(file).read_text(), file)


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        (diff, ("dev", "--shard", "1/2"), "--shard selects every stack; got names as well"),
        (check, ("dev", "--all"), "--all selects every stack; got names as well"),
        (preview, ("--shard", "1/2", "--program", "."), "--shard takes the stacks of a project; got --program as well"),
        (preview, ("--shard", "1/2", "--engine"), "--shard takes the stacks of a project; got --engine as well"),
        (check, ("--shard", "1/2", "--plan", "base.json"), "--shard takes the stacks of a project; got --plan as well"),
    ],
)
def test_what_does_not_go_with_a_shard(
    project: Path, command: click.Command, arguments: tuple[str, ...], said: str
) -> None:
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "html"), "preview has no format html; got files of preview; use text, json"),
        (("--fail-on", "replace"), "--fail-on is of diff; got files of preview; leave it out"),
        (("-o", "x.md"), "-o is of diff; got files of preview"),
        (("--strict",), "--strict is of check; got files of preview"),
    ],
)
def test_options_of_other_commands(project: Path, arguments: tuple[str, ...], said: str) -> None:
    done = merge(*sharded(preview, 1), *arguments)
    assert done.exit_code == 2
    assert said in done.output


def test_the_checked_in_schema_is_current() -> None:
    file = ROOT / "docs" / "reference" / "shard.schema.json"
    wanted = {key: value for key, value in schema().items() if key != "$defs"}
    assert json.loads(file.read_text()) == wanted, "run python -m eks_blueprints.review.shards.schema"
