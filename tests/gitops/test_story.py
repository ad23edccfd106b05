"""The two stories of GitOps on real Git repositories, with a reconcile of the rendered folder in place of an agent.

`tests/api_server/test_gitops.py` tells them with an API server and Flux's own controller.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from eks_blueprints.core import kustomize
from eks_blueprints.core.images import parts

from .platform import Remote, git, gitops
from .story import Story, a_release_reaches_the_cluster, what_is_deleted_comes_back


class Reconciled:
    """A cluster in memory: what is in the folder is applied, what is no longer in it is deleted, pods are pulled."""

    def __init__(self, manifests: Remote, registry: set[str], folder: Path) -> None:
        self._registry, self._folder = registry, folder
        git(folder.parent, "clone", "--quiet", str(manifests.bare), str(folder))
        self.objects: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.pods: list[str] = []

    def sees_git(self) -> None:
        git(self._folder, "pull", "--quiet", "--ff-only")
        wanted = kustomize.objects(self._folder / "clusters" / "prod") or []
        # All was made from Git, so that what is not in Git any more goes.
        self.objects = {self._key(each): copy.deepcopy(each) for each in wanted}

    def settles(self) -> None:
        deployment = self._deployment()
        image = deployment["spec"]["template"]["spec"]["containers"][0]["image"] if deployment else ""
        count = deployment["spec"]["replicas"] if deployment and image in self._registry else 0
        self.pods = [parts(image)[1]] * count

    def desired(self) -> str | None:
        deployment = self._deployment()
        return parts(deployment["spec"]["template"]["spec"]["containers"][0]["image"])[1] if deployment else None

    def running(self) -> list[str]:
        return list(self.pods)

    def delete_by_label(self, label: str) -> None:
        key, _, value = label.partition("=")
        for name, each in list(self.objects.items()):
            if each["kind"] == "Deployment" and each["metadata"].get("labels", {}).get(key) == value:
                del self.objects[name]
                self.pods = []

    def export(self) -> list[object]:
        return [each for each in self.objects.values() if each["kind"] == "Deployment"]

    def _deployment(self) -> dict[str, Any] | None:
        return self.objects.get(("Deployment", "shop", "web"))

    @staticmethod
    def _key(each: dict[str, Any]) -> tuple[str, str, str]:
        return each["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"]


def test_a_release_reaches_the_cluster_and_what_is_deleted_comes_back(tmp_path: Path) -> None:
    story = Story(tmp_path)
    cluster = Reconciled(story.manifests, story.registry, tmp_path / "agent")
    a_release_reaches_the_cluster(story, cluster)
    what_is_deleted_comes_back(story, cluster)


def test_the_platform_is_rendered_again_and_keeps_what_the_pipeline_released(tmp_path: Path) -> None:
    story = Story(tmp_path)
    gitops("bump", story.in_git_image("v3.1"), "--repo", story.manifests.bare)
    git(story.manifests.clone, "pull", "--quiet", "--ff-only")
    story.stack.write_text(story.stack.read_text().replace("replicas: 3", "replicas: 5"))
    assert gitops("render", story.stack, "--to", story.manifests.clone).exit_code == 0
    story.manifests.push("five of them")
    assert story.in_git() == "v3.1"
    assert "replicas: 5" in story.manifests.text("clusters/prod/web/deployment.shop.web.yaml")


def test_an_empty_cluster_is_built_from_the_repository_alone(tmp_path: Path) -> None:
    story = Story(tmp_path)
    first = Reconciled(story.manifests, story.registry, tmp_path / "first")
    first.sees_git()
    second = Reconciled(story.manifests, story.registry, tmp_path / "second")
    second.sees_git()
    second.settles()
    assert second.objects == first.objects
    assert second.running() == ["v3.0"] * 3
