"""The old side: files, and commits rendered from a worktree."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.diff.base import Rendering, from_file
from eks_blueprints.review.diff.commits import BaseError, Ref, add_worktree, remove_worktree, resolve
from tests import ROOT
from tests.commands import called
from tests.plans import ROLE, plan, resource

STACK = 'region: eu-west-1\nnetwork: {zone_count: 2}\ncluster: {version: "1.35"}\n'
STACK += "compute: {nodes: {kind: managed_nodes, instance_types: [m7g.large]}}\n"
PROGRAM = """from pathlib import Path

import pulumi

from eks_blueprints import stackfile
from tests import ROOT

stackfile.deploy(Path(__file__).with_name(f"{pulumi.get_stack()}.yaml"))
"""


def git(folder: Path, *arguments: str) -> str:
    if shutil.which("git") is None:
        pytest.skip("git is not on the PATH: a commit cannot be a base")
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "repository"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    (folder / "stacks" / "__main__.py").write_text(PROGRAM)
    (folder / "stacks" / "prod.yaml").write_text(STACK)
    (folder / "requirements.lock").write_text("a==1\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    yield folder
    assert git(folder, "worktree", "list").count("\n") == 0


def test_a_saved_plan(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    old = plan(resource(ROLE, "r"))
    file.write_text(old.to_json())
    assert from_file(file).plan(plan()) == old


def test_saved_plans_of_many_stacks(tmp_path: Path) -> None:
    file = tmp_path / "plans.json"
    both = [json.loads(plan(stack=stack).to_json()) for stack in ("dev", "prod")]
    file.write_text(json.dumps(both))
    base = from_file(file)
    assert base.plan(plan(stack="dev")) == plan(stack="dev")
    assert base.plan(plan(stack="new")) is None


def test_a_secret_in_plain_text_that_changes_is_a_change(repository: Path) -> None:
    """The old side is read from a pipe with its secrets; no report shows them."""
    values = 'addons: {keda: {values: {password: "hush-1111"}}}\n'
    (repository / "stacks" / "prod.yaml").write_text(STACK + values)
    git(repository, "commit", "-qam", "with a secret")
    (repository / "stacks" / "prod.yaml").write_text(STACK + values.replace("1111", "2222"))
    for form in ("text", "markdown", "json"):
        done = called("diff", "prod", "--base", "HEAD", "--exit-code", "--format", form, cwd=repository)
        assert done.returncode == 4, done.stdout + done.stderr
        assert "hush" not in done.stdout + done.stderr


def test_a_saved_plan_says_that_its_secrets_are_masked(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(plan(resource(ROLE, "r", {"description": "[plain-secret]"})).to_json())
    assert "whether one of them changes is not known" in from_file(file).notes[0]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"kind": "eks-blueprints/plan", "version": 9}', "\x00"])
def test_any_other_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(InputError, match=r"is not a plan or an exported stack|is a plan of another version"):
        from_file(file)


def test_a_ref_that_is_none(repository: Path) -> None:
    with pytest.raises(InputError, match="no commit of this repository"):
        resolve("nowhere", repository)


def test_a_name_that_is_a_tag_and_a_branch_is_refused(repository: Path) -> None:
    git(repository, "tag", "release")
    git(repository, "branch", "release")
    assert resolve("release", repository).commit == git(repository, "rev-parse", "HEAD")
    git(repository, "commit", "-qm", "newer", "--allow-empty")
    git(repository, "branch", "-qf", "release", "HEAD")
    with pytest.raises(InputError, match="is a tag and a branch, at different commits; got release; write refs/tags/"):
        resolve("release", repository)
    assert resolve("refs/heads/release", repository).commit == git(repository, "rev-parse", "HEAD")
    assert resolve("refs/tags/release", repository).commit == git(repository, "rev-parse", "HEAD~1")


def test_the_commit_where_the_branch_began(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-qb", "change")
    git(repository, "commit", "-qm", "mine", "--allow-empty")
    git(repository, "checkout", "-q", "main")
    git(repository, "commit", "-qm", "theirs", "--allow-empty")
    git(repository, "checkout", "-q", "change")
    found = resolve("main", repository)
    assert (found.commit, found.merge_base) == (first, True)


def shallow(repository: Path, folder: Path) -> Path:
    """A clone as CI systems make it: the newest commit of one branch alone."""
    git(repository, "checkout", "-qb", "change")
    git(repository, "commit", "-qm", "mine", "--allow-empty")
    git(repository, "checkout", "-q", "main")
    git(repository, "commit", "-qm", "theirs", "--allow-empty")
    git(folder, "clone", "-q", "--depth=1", "--branch=change", f"file://{repository}", "clone")
    return folder / "clone"


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("main", "git fetch --depth=1000 origin main$"),
        ("origin/main", "git fetch --depth=1000 origin main:refs/remotes/origin/main$"),
        ("0" * 40, "git fetch --depth=1000 origin 0{40}$"),
    ],
)
def test_a_commit_that_a_shallow_clone_lacks(repository: Path, tmp_path: Path, name: str, command: str) -> None:
    clone = shallow(repository, tmp_path)
    with pytest.raises(InputError, match=f"no commit that this shallow clone holds; got {name}; run {command}"):
        resolve(name, clone)


def test_the_command_that_is_named_mends_a_shallow_clone(repository: Path, tmp_path: Path) -> None:
    clone = shallow(repository, tmp_path)
    git(clone, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    found = resolve("origin/main", clone)
    assert (found.merge_base, found.unmet) == (False, True)
    [note] = Rendering(found, clone)._of_history()
    assert "this clone is shallow and does not hold where the branches parted" in note
    command = note.rpartition("; run git ")[2]
    git(clone, *command.split())
    assert (resolve("origin/main", clone).merge_base, resolve("origin/main", clone).unmet) == (False, True)
    git(clone, "fetch", "-q", "--unshallow", "origin")
    assert resolve("origin/main", clone).merge_base


def test_submodules_are_filled_from_the_clones_at_hand(repository: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "shared.py").write_text("OLD = True\n")
    git(library, "init", "-q", "-b", "main")
    git(library, "add", ".")
    git(library, "commit", "-qm", "library")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", f"file://{library}", "lib")
    git(repository, "commit", "-qm", "with a library")
    (repository / "lib" / "shared.py").write_text("OLD = False\n")
    ref, tree = resolve("HEAD", repository), tmp_path / "tree"
    add_worktree(ref, tree)
    try:
        assert (tree / "lib" / "shared.py").read_text() == "OLD = True\n"
        assert not list(Rendering(ref, repository)._of_submodules(tree))
        (tree / "lib" / "shared.py").unlink()
        [note] = Rendering(ref, repository)._of_submodules(tree)
        assert note.startswith("the submodule lib is empty on the old side")
    finally:
        remove_worktree(ref, tree)


def test_two_runs_at_once_do_not_meet(repository: Path, tmp_path: Path) -> None:
    ref = resolve("HEAD", repository)
    trees = [tmp_path / str(number) for number in range(8)]

    def run(tree: Path) -> bool:
        add_worktree(ref, tree)
        there = (tree / "stacks" / "prod.yaml").is_file()
        remove_worktree(ref, tree)
        return there and not tree.exists()

    with ThreadPoolExecutor(len(trees)) as pool:
        assert all(pool.map(run, trees))


def test_a_worktree_is_a_checkout_like_any_other(repository: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    git(repository, "worktree", "add", "-q", "-b", "change", str(own))
    ref, tree = resolve("main", own), tmp_path / "tree"
    assert ref.root == own.resolve()
    add_worktree(ref, tree)
    remove_worktree(ref, tree)
    git(repository, "worktree", "remove", str(own))


def test_a_commit_is_rendered_as_it_was(repository: Path) -> None:
    (repository / "stacks" / "prod.yaml").write_text("broken: [")
    (repository / "requirements.lock").write_text("a==2\n")
    with Rendering(resolve("HEAD", repository), repository).started() as running:
        base = running.wait()
    assert list(base.plans) == ["prod"]
    assert any(each.type.endswith(":Vpc") for each in base.plans["prod"].resources)
    assert "requirements.lock" in base.notes[0]


def test_a_stack_that_the_commit_lacks_is_new(repository: Path) -> None:
    with Rendering(resolve("HEAD", repository), repository, ("stacks/new.yaml",)).started() as running:
        assert running.wait().plan(plan(stack="new")) is None


def test_a_commit_that_cannot_be_rendered_is_said(repository: Path) -> None:
    (repository / "stacks" / "prod.yaml").write_text("region: 7\n")
    git(repository, "commit", "-qam", "broken")
    with Rendering(resolve("HEAD", repository), repository).started() as running:
        base = running.wait()
    with pytest.raises(BaseError, match="region"):
        base.plan(plan())


def test_a_commit_whose_program_does_not_run_is_said(repository: Path, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    python.chmod(0o755)
    ref = resolve("HEAD", repository)
    rendering = Rendering(ref, repository, python=str(python))
    with rendering.started() as running, pytest.raises(BaseError, match="no such module"):
        running.wait()


def test_the_given_interpreter_is_used(repository: Path, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ntouch "{tmp_path}/used"\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    with Rendering(resolve("HEAD", repository), repository, python=str(python)).started() as running:
        assert running.wait().plans
    assert (tmp_path / "used").exists()


def test_a_shared_file_is_compared_with_its_former_version(repository: Path) -> None:
    stacks = repository / "stacks"
    (stacks / "base.yaml").write_text(STACK)
    (stacks / "prod.yaml").write_text("extends: base.yaml\ntags: {environment: prod}\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "shared")
    (stacks / "base.yaml").write_text(STACK.replace("m7g.large", "m7g.xlarge"))
    done = called("diff", "--base", "main", "--format", "json", "--no-policies", cwd=repository)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [stack["stack"] for stack in report["stacks"]] == ["prod"]
    text = done.stdout
    assert "stacks/base.yaml:4" in text
    assert "compute.nodes.instance_types" in text


def test_a_worktree_that_was_never_finished_is_forgotten(repository: Path, tmp_path: Path) -> None:
    """Git locks one while it is made, and keeps the lock where it is ended then."""
    found, tree = resolve("HEAD", repository), tmp_path / "half"
    git(repository, "worktree", "add", "-q", "--detach", str(tree))
    (known,) = (repository / ".git" / "worktrees").iterdir()
    (known / "locked").write_text("initializing")
    (tree / ".git").unlink()
    remove_worktree(found, tree)
    assert not tree.exists()
    assert git(repository, "worktree", "list").count("\n") == 0


def test_what_git_has_started_ends_with_it(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`git worktree add` has another git fill the folder, which went on after an interrupt and made it anew."""
    ended: list[int] = []

    def stopped(process: Any, *_: Any, **__: Any) -> Any:
        ended.append(process.pid)
        raise KeyboardInterrupt

    def kill(group: int, sign: int) -> None:
        ended.append(-group)
        os.kill(group, sign)

    found = Ref("HEAD", "HEAD", repository, False)
    with monkeypatch.context() as patched:
        patched.setattr(subprocess.Popen, "communicate", stopped)
        patched.setattr(os, "killpg", kill)
        with pytest.raises(KeyboardInterrupt):
            add_worktree(found, repository / "tree")
    assert ended[1] == -ended[0]
    remove_worktree(found, repository / "tree")
    assert git(repository, "worktree", "list").count("\n") == 0
