"""One image's tag, changed in a real repository."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.gitops import bump as bumping
from eks_blueprints.gitops.bump import Bump, bump
from eks_blueprints.gitops.repository import GitError, Repository
from eks_blueprints.gitops.tags import New, places, replaced

from .platform import IMAGE, STACK, Remote, git, gitops

DIGEST = "sha256:" + "a1" * 32


@pytest.mark.parametrize(
    ("text", "image", "expected"),
    [
        ("image: a.b/web:v1  # pinned\n", "a.b/web:v2", "image: a.b/web:v2  # pinned\n"),
        ("image:   'a.b/web:v1'\n", "a.b/web:v2", "image:   'a.b/web:v2'\n"),
        ('{"image": "a.b/web:v1", "n": [1,2]}', "a.b/web:v2", '{"image": "a.b/web:v2", "n": [1,2]}'),
        ("image: a.b/web:v1\r\nx: 1\r\n", "a.b/web:v2", "image: a.b/web:v2\r\nx: 1\r\n"),
        ("# a.b/web:v1\nimage: a.b/web:v1\n", "a.b/web:v2", "# a.b/web:v1\nimage: a.b/web:v2\n"),
        ("image: a.b/web2:v1\n", "a.b/web:v2", "image: a.b/web2:v1\n"),
        ("image: localhost:5000/web:v1\n", "localhost:5000/web:v2", "image: localhost:5000/web:v2\n"),
        ("image: a.b/web:v1\n", f"a.b/web@{DIGEST}", f"image: a.b/web@{DIGEST}\n"),
        (f"image: a.b/web:v1@{DIGEST}\n", "a.b/web:v2", "image: a.b/web:v2\n"),
        ("a: &i a.b/web:v1\nb: *i\n", "a.b/web:v2", "a: &i a.b/web:v2\nb: *i\n"),
        ("x: 1\n---\nimage: a.b/web:v1\n---\n", "a.b/web:v2", "x: 1\n---\nimage: a.b/web:v2\n---\n"),
        ("images:\n- name: a.b/web\n  newTag: v1 # x\n", "a.b/web:v2", "images:\n- name: a.b/web\n  newTag: v2 # x\n"),
        ("images:\n- name: web\n  newName: a.b/web\n  newTag: v1\n", "a.b/web:3.10",
         'images:\n- name: web\n  newName: a.b/web\n  newTag: "3.10"\n'),
        (f"images:\n- name: a.b/web\n  digest: {DIGEST}\n", f"a.b/web@{DIGEST[:-2]}ff",
         f"images:\n- name: a.b/web\n  digest: {DIGEST[:-2]}ff\n"),
        ("image: {repository: a.b/web, tag: v1}\n", "a.b/web:v2", "image: {repository: a.b/web, tag: v2}\n"),
        ("image:\n  registry: a.b\n  repository: web\n  tag: 'v1'\n", "a.b/web:v2",
         "image:\n  registry: a.b\n  repository: web\n  tag: 'v2'\n"),
        ("ü: ☃ # ☃\nimage: a.b/web:v1\n", "a.b/web:v2", "ü: ☃ # ☃\nimage: a.b/web:v2\n"),
    ],
)  # fmt: skip
def test_the_tag_alone_changes(text: str, image: str, expected: str) -> None:
    assert replaced(text, places(text, New.parse(image))) == expected


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    found = Remote.made(tmp_path, "manifests")
    for stack in ("prod", "dev"):
        folder = found.clone / "clusters" / stack
        folder.mkdir(parents=True)
        (folder / "web.yaml").write_text(f"# {stack}\nkind: Deployment\nspec: {{image: '{IMAGE}:v3.0'}} # here\n")
    (found.clone / "chart.yaml").write_text("{{ if .Values.x }}\nimage: web\n{{ end }}\n")
    found.push("first")
    return found


def test_it_is_committed_and_pushed_and_says_what(remote: Remote) -> None:
    done = gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.clone)
    assert done.exit_code == 0
    assert "was v3.0 in clusters/dev/web.yaml, clusters/prod/web.yaml" in done.output
    assert remote.text("clusters/prod/web.yaml") == f"# prod\nkind: Deployment\nspec: {{image: '{IMAGE}:v3.1'}} # here"
    message = git(remote.bare, "log", "-1", "--format=%B", "main")
    assert message.startswith("web: v3.0 -> v3.1\n\n" + f"{IMAGE}:v3.1")
    assert "- clusters/prod/web.yaml" in message


def test_the_run_of_ci_is_named(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_URL", "https://jenkins.acme.example/job/web/7/")
    gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.bare)
    assert git(remote.bare, "log", "-1", "--format=%B", "main").endswith(
        "From: https://jenkins.acme.example/job/web/7/"
    )


def test_the_same_tag_makes_no_commit(remote: Remote) -> None:
    gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.bare)
    done = gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.bare)
    assert (done.exit_code, remote.commits) == (0, 2)
    assert "is there already; no commit made" in done.output


def test_a_folder_of_the_repository_alone(remote: Remote) -> None:
    gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.bare.as_uri(), "--path", "clusters/prod/")
    assert ":v3.0" in remote.text("clusters/dev/web.yaml")
    with pytest.raises(
        InputError, match=r"is there with several tags; got :v3\.0 in clusters/dev/web\.yaml:3, :v3\.1 in"
    ):
        gitops("bump", f"{IMAGE}:v3.2", "--repo", remote.bare)


def test_a_stack_file_too(remote: Remote) -> None:
    (remote.clone / "stacks").mkdir()
    (remote.clone / "stacks/prod.yaml").write_text(STACK)
    remote.push("platform")
    gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.clone, "--path", "stacks/prod.yaml")
    assert remote.text("stacks/prod.yaml") == STACK.replace("v3.0", "v3.1").strip()


def test_where_others_push_in_between_it_begins_anew(remote: Remote, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", str(remote.bare), str(other))
    pauses = []

    def push_first(_seconds: float) -> None:
        pauses.append(1)

    waiting = [1, 2]
    push = Repository.push

    def pushed(self: Repository) -> None:
        if waiting:
            (other / f"note-{waiting.pop()}.md").write_text("x")
            git(other, "add", "--all")
            git(other, "commit", "--quiet", "--message", "note")
            git(other, "push", "--quiet", "origin", "main")
        push(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Repository, "push", pushed)
        found = bump(Bump((f"{IMAGE}:v3.1",), str(remote.clone), pause=push_first))
    assert (found.pushed, found.tries, len(pauses)) == (True, 3, 2)
    assert remote.text("note-1.md") == "x"
    assert ":v3.1" in remote.text("clusters/prod/web.yaml")
    assert remote.commits == 4


def test_it_gives_up_in_one_line(remote: Remote) -> None:
    def never(_self: Repository) -> None:
        raise bumping.NotPushedError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Repository, "push", never)
        with pytest.raises(GitError, match="others pushed in between, 2 times; run it again"):
            bump(Bump((f"{IMAGE}:v3.1",), str(remote.clone), tries=2, pause=lambda _: None))
    assert git(remote.clone, "status", "--porcelain") == ""
    assert remote.commits == 1


def test_who_may_not_push_is_told_and_leaves_no_commit(remote: Remote) -> None:
    hook = remote.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'main is protected' >&2\nexit 1\n")
    hook.chmod(0o755)
    done = gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.clone)
    assert done.exit_code == 1
    assert "cannot be pushed to; git says:" in done.output
    assert len(done.output.splitlines()) == 1
    assert git(remote.clone, "rev-parse", "HEAD") == git(remote.bare, "rev-parse", "main")
    assert git(remote.clone, "status", "--porcelain") == ""


def test_a_commit_that_an_earlier_run_could_not_push_is_pushed(remote: Remote) -> None:
    gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.clone, "--no-push")
    assert remote.commits == 1
    done = gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.clone)
    assert "the commit of an earlier run is pushed" in done.output
    assert remote.commits == 2


def refused(image: str, repo: Path | str, *options: str) -> str:
    with pytest.raises(InputError) as error:
        gitops("bump", image, "--repo", repo, *options)
    return str(error.value)


def test_what_is_refused(remote: Remote, tmp_path: Path) -> None:
    wrong = IMAGE.replace("web", "wbe")
    assert f"is not there; got {wrong}; known are {IMAGE}" in refused(f"{wrong}:v1", remote.clone)
    assert "needs a tag or a digest" in refused(IMAGE, remote.clone)
    assert "is not a valid image" in refused("Web:", remote.clone)
    assert "stands at another branch; got main" in refused(f"{IMAGE}:v1", remote.clone, "--branch", "next")
    assert "is no Git repository" in refused(f"{IMAGE}:v1", tmp_path)
    assert "does not exist" in refused(f"{IMAGE}:v1", tmp_path / "nowhere")
    (remote.clone / "chart.yaml").write_text("x")
    assert "has uncommitted changes; got chart.yaml" in refused(f"{IMAGE}:v1", remote.clone)


def test_a_tag_beside_a_digest_is_refused(remote: Remote) -> None:
    file = remote.clone / "clusters" / "prod" / "kustomization.yaml"
    file.write_text(f"images:\n- name: {IMAGE}\n  newTag: v3.0\n  digest: {DIGEST}\n")
    remote.push("pinned")
    assert "digest, which wins over the tag" in refused(
        f"{IMAGE}:v3.1", remote.clone, "--path", str(file.relative_to(remote.clone))
    )


def test_a_repository_that_is_not_there_says_so_without_the_login(remote: Remote) -> None:
    done = gitops("bump", f"{IMAGE}:v3.1", "--repo", "https://me:geheim@localhost:1/x.git")
    assert done.exit_code == 1
    assert "cannot be cloned" in done.output
    assert "geheim" not in done.output


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen on the PATH signs here")
def test_the_commit_is_signed_as_git_is_configured(remote: Remote, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    git(remote.clone, "config", "gpg.format", "ssh")
    git(remote.clone, "config", "user.signingkey", str(key))
    gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.clone, "--sign")
    assert "gpgsig -----BEGIN SSH SIGNATURE-----" in git(remote.bare, "cat-file", "commit", "main")


def test_a_key_that_does_not_sign_leaves_nothing_behind(remote: Remote, tmp_path: Path) -> None:
    git(remote.clone, "config", "gpg.format", "ssh")
    git(remote.clone, "config", "user.signingkey", str(tmp_path / "none"))
    done = gitops("bump", f"{IMAGE}:v3.1", "--repo", remote.clone, "--sign")
    assert (done.exit_code, remote.commits) == (1, 1)
    assert git(remote.clone, "status", "--porcelain") == ""


def test_several_images_are_one_commit(remote: Remote) -> None:
    file = remote.clone / "clusters/prod/web.yaml"
    file.write_text(f"a: {{image: '{IMAGE}:v3.0'}}\nb: {{image: '{IMAGE}-worker:v1'}}\n")
    remote.push("second")
    found = bump(Bump((f"{IMAGE}:v3.1", f"{IMAGE}-worker:v2"), str(remote.clone), paths=("clusters/prod",)))

    assert found.olds == (":v3.0", ":v1")
    assert file.read_text() == f"a: {{image: '{IMAGE}:v3.1'}}\nb: {{image: '{IMAGE}-worker:v2'}}\n"
    assert "v3.0 -> v3.1, " in git(remote.clone, "log", "-1", "--format=%s")
    with pytest.raises(InputError, match="is named twice"):
        bump(Bump((f"{IMAGE}:v3.1", f"{IMAGE}:v4"), str(remote.clone)))
    with pytest.raises(InputError, match=r"--path: is not there; got clusters/prd; did you mean clusters/prod\?"):
        bump(Bump((f"{IMAGE}:v3.1",), str(remote.clone), paths=("clusters/prd",)))
