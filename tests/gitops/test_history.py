"""The changes of a cluster, as a real repository of manifests records them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.gitops.history import history

from .platform import IMAGE, Remote, git, gitops


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    found = Remote.made(tmp_path, "manifests")
    for stack, tag in (("prod", "v3.0"), ("dev", "v9")):
        folder = found.clone / "clusters" / stack
        folder.mkdir(parents=True)
        (folder / "web.yaml").write_text(f"kind: Deployment\nspec: {{image: '{IMAGE}:{tag}'}}\n")
    found.push("first")
    return found


def test_each_change_has_its_author_request_reviewers_and_images(remote: Remote) -> None:
    file = remote.clone / "clusters/prod/web.yaml"
    file.write_text(file.read_text().replace("v3.0", "v3.1"))
    remote.push("web: v3.0 -> v3.1 (#12)\n\nReviewed-by: Ada <ada@example.com>")
    (remote.clone / "clusters/dev/web.yaml").write_text("kind: Deployment\n")
    remote.push("dev alone")
    newest, first = history(remote.clone, ["prod"])

    assert (newest.request, newest.reviewers, newest.signature) == ("#12", "Ada <ada@example.com>", "none")
    assert newest.images == (f"{IMAGE} v3.0 -> v3.1",)
    assert newest.files == ("clusters/prod/web.yaml",)
    assert (first.request, first.images) == ("", (f"{IMAGE} absent -> v3.0",))
    assert [each.subject for each in history(remote.clone, [], most=1)] == ["dev alone"]
    with pytest.raises(InputError, match="holds nothing of prd"):
        history(remote.clone, ["prd"])


def test_a_merge_is_told_by_the_request_that_it_merges(remote: Remote) -> None:
    git(remote.clone, "checkout", "--quiet", "-b", "change")
    (remote.clone / "clusters/prod/other.yaml").write_text("kind: ConfigMap\n")
    git(remote.clone, "add", "--all")
    git(remote.clone, "commit", "--quiet", "--message", "a step")
    git(remote.clone, "checkout", "--quiet", "main")
    git(remote.clone, "merge", "--quiet", "--no-ff", "--message", "Merge pull request #7 from acme/change", "change")
    result = gitops("log", "prod", "--to", str(remote.clone), "--format", "json")

    newest, _ = json.loads(result.output)
    assert (newest["request"], newest["files"]) == ("#7", ["clusters/prod/other.yaml"])
    assert "| #7 |" in gitops("log", "--to", str(remote.clone), "--format", "markdown").output
