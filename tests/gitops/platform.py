"""A platform whose workloads come from a Git repository, and the repositories of the story."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from eks_blueprints.cli.gitops import command

ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
IMAGE = f"{ECR}/shop/web"
STACK = f"""\
region: eu-west-1
cluster: {{version: "1.35"}}
compute:
  nodes: {{kind: managed_nodes}}
addons:
  argocd: {{}}
  keda: {{}}
  quotas:
    kind: manifests
    manifests:
      shop:
        apiVersion: v1
        kind: ResourceQuota
        metadata: {{name: shop, namespace: shop}}
        spec: {{hard: {{pods: "9"}}}}
namespaces: {{shop: {{}}}}
workloads:
  web:
    kind: deployment
    namespace: shop
    image: {IMAGE}:v3.0  # the version that customers see
    replicas: 3
    ports: {{http: 8080}}
    labels: {{app: MyApp}}
addon_defaults:
  delivery: {{by: argocd, repository: https://github.com/acme/manifests}}
"""
FLUX = STACK.replace("argocd: {}", "fluxcd: {}").replace("by: argocd", "by: flux")


def stack_file(folder: Path, text: str = STACK, name: str = "prod") -> Path:
    """A stack file in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def gitops(*words: object) -> Result:
    """`eks-blueprints gitops` with these words; errors of input are raised."""
    return CliRunner().invoke(command, [str(each) for each in words], catch_exceptions=False)


def git(folder: Path, *words: str) -> str:
    """What git answers, whatever the machine's own settings are."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | identity()
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True, env=env)
    return done.stdout.strip()


def identity() -> dict[str, str]:
    """Settings for git that depend on no machine."""
    people = {f"GIT_{who}_{what}": said for who in ("AUTHOR", "COMMITTER") for what, said in _PERSON.items()}
    return {**people, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


_PERSON = {"NAME": "Pipeline", "EMAIL": "pipeline@acme.example"}


@dataclass(frozen=True, slots=True)
class Remote:
    """A bare repository with one clone."""

    bare: Path
    clone: Path

    @classmethod
    def made(cls, folder: Path, name: str) -> Remote:
        bare, clone = folder / f"{name}.git", folder / name
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
        git(folder, "clone", "--quiet", str(bare), str(clone))
        git(clone, "symbolic-ref", "HEAD", "refs/heads/main")
        return cls(bare, clone)

    def push(self, message: str) -> str:
        """Commit all of the clone and push it; gives the commit."""
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "--message", message)
        git(self.clone, "push", "--quiet", "origin", "main")
        return git(self.clone, "rev-parse", "HEAD")

    def text(self, path: str, ref: str = "main") -> str:
        """A file as the bare repository has it."""
        return git(self.bare, "show", f"{ref}:{path}")

    @property
    def commits(self) -> int:
        """How many commits the branch has."""
        return int(git(self.bare, "rev-list", "--count", "main"))
