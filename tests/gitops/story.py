"""The two stories of GitOps, step by step, whoever reconciles: two repositories, a registry, and a cluster.

A developer's change goes from the application's repository to the image registry, from there as a tag to the manifests'
repository, and from there by an agent to the cluster. What somebody deletes there by hand comes back from Git.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

from .platform import ECR, IMAGE, STACK, Remote, git, gitops, stack_file

WITHOUT_CHARTS = STACK.replace("  keda: {}\n", "")
"""The platform without charts, which an agent alone does not install."""
WEB = "clusters/prod/web/deployment.shop.web.yaml"


class Cluster(Protocol):
    """A cluster with an agent that reads the manifests' repository."""

    def sees_git(self) -> None:
        """Have the agent look at the repository."""

    def desired(self) -> str | None:
        """The tag that the Deployment on the cluster asks for; None where there is no Deployment."""

    def running(self) -> list[str]:
        """The tags of the containers that run."""

    def settles(self) -> None:
        """Have the cluster do what its Deployment asks for."""

    def delete_by_label(self, label: str) -> None:
        """What somebody does by hand: `kubectl delete deployment -l`."""

    def export(self) -> list[object]:
        """The Deployments as `kubectl get` shows them."""


class Story:
    """Both repositories and the registry; everything is at v3.0."""

    def __init__(self, folder: Path, stack: str = WITHOUT_CHARTS) -> None:
        self.folder = folder
        self.stack = stack_file(folder / "platform", stack)
        self.app, self.manifests = Remote.made(folder, "app"), Remote.made(folder, "manifests")
        self.registry: set[str] = set()
        self.merge("v3.0")
        self.build()
        assert gitops("render", self.stack, "--to", self.manifests.clone).exit_code == 0
        self.manifests.push("the platform as it is declared")

    def merge(self, version: str) -> None:
        """A pull request to the application is approved and merged."""
        (self.app.clone / "version.txt").write_text(f"{version}\n")
        self.app.push(f"MyApp {version}")

    def build(self) -> str:
        """The pipeline builds what is merged, and pushes the image."""
        version = self.app.text("version.txt")
        self.registry.add(f"{ECR}/shop/web:{version}")
        return version

    def in_git(self) -> str:
        """The tag in the manifests' repository."""
        line = next(line for line in self.manifests.text(WEB).splitlines() if IMAGE in line)
        return line.rpartition(":")[2].strip('"')

    def in_git_image(self, tag: str) -> str:
        """The image with another tag."""
        return f"{IMAGE}:{tag}"

    def state(self, cluster: Cluster) -> tuple[str, bool, str, str | None, list[str]]:
        """The application's version, whether its image is there, the tags in Git, asked for, and running."""
        version = self.app.text("version.txt")
        pushed = f"{IMAGE}:{version}" in self.registry
        return version, pushed, self.in_git(), cluster.desired(), cluster.running()


def a_release_reaches_the_cluster(story: Story, cluster: Cluster) -> None:
    """From v3.0 to v3.1, with the state after each step."""
    old, new = ["v3.0"] * 3, ["v3.1"] * 3
    cluster.sees_git()
    cluster.settles()
    assert story.state(cluster) == ("v3.0", True, "v3.0", "v3.0", old)

    story.merge("v3.1")
    assert story.state(cluster) == ("v3.1", False, "v3.0", "v3.0", old)

    version = story.build()
    assert story.state(cluster) == ("v3.1", True, "v3.0", "v3.0", old)

    done = gitops("bump", f"{IMAGE}:{version}", "--repo", story.manifests.bare, "--path", "clusters/prod")
    assert done.exit_code == 0, done.output
    assert story.state(cluster)[2:] == ("v3.1", "v3.0", old)

    cluster.sees_git()
    assert story.state(cluster)[2:4] == ("v3.1", "v3.1")

    cluster.settles()
    assert story.state(cluster) == ("v3.1", True, "v3.1", "v3.1", new)


def what_is_deleted_comes_back(story: Story, cluster: Cluster) -> None:
    """A Deployment is deleted by hand; the alarm tells of it; the agent brings it back as it is in Git."""
    before = story.state(cluster)
    commits = story.manifests.commits
    cluster.delete_by_label("app=MyApp")
    assert (cluster.desired(), cluster.running()) == (None, [])

    live = story.folder / "live.json"
    live.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*cluster.export(), QUOTA]}))
    clone = story.folder / "audit"
    git(story.folder, "clone", "--quiet", str(story.manifests.bare), str(clone))
    alarm = gitops("diff", story.stack, "--to", clone, "--cluster", live, "--exit-code")
    assert alarm.exit_code == 4
    assert "+ Deployment shop/web" in alarm.output
    assert "no change to" in alarm.output  # of Git itself: nobody has changed it

    cluster.sees_git()
    cluster.settles()
    assert story.state(cluster) == before
    assert story.manifests.commits == commits


QUOTA = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "other", "namespace": "shop"}, "spec": {}}
"""Something that is on the cluster in any case."""
