"""Deployments by a commit, on a real repository of Git: the image is changed there, and taken back if that fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines.stages.verify import Verify
from tests.pipelines.bash import Machine
from tests.pipelines.jobs import job

OLD, NEW = "sha256:" + "a" * 64, "sha256:" + "b" * 64
IMAGE = {"registry": "h.example.com", "repository": "shop/web", "tag": "t", "digest": NEW, "platforms": {}}
DEPLOYMENT = f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  template:
    spec:
      containers:
        - name: web
          image: h.example.com/shop/web@{OLD}  # the shop
"""


def git(folder: Path, *words: str) -> str:
    call = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(folder), *words]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.program("python3", "")  # it would install the package, which is here
    made.program("eks-blueprints", f'exec {sys.executable} -m eks_blueprints "$@"')
    made.write("artifacts/build/image.json", IMAGE)
    origin, work = tmp_path / "manifests.git", tmp_path / "work"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", str(origin))
    git(tmp_path, "clone", "--quiet", str(origin), str(work))
    git(work, "checkout", "--quiet", "-B", "main")
    (work / "clusters/staging").mkdir(parents=True)
    (work / "clusters/staging/web.yaml").write_text(DEPLOYMENT)
    git(work, "add", "-A")
    git(work, "commit", "--quiet", "-m", "start")
    git(work, "push", "--quiet", "origin", "main")
    made.variables["REPOSITORY_OF_MANIFESTS"] = str(origin)
    return made


def deploy(machine: Machine, stage: str = "deploy", **more: Any) -> Any:
    url = "https://git.example.com/acme/manifests.git"
    there = {"staging": {"gitops": {"url": url, "path": "clusters/staging"}}}
    build = {"kind": "build", "image": {"repository": "shop/web"}}
    found = job(stage, {"build": build, "deploy": {"environment": "staging"}, **more}, there)
    assert not any("kubectl" in tool or "helm" in tool for tool in found.tools if stage == "deploy")
    local = machine.variables["REPOSITORY_OF_MANIFESTS"]
    changed = tuple(each.replace(url, local) for each in found.commands)
    return machine.run(found.but(commands=changed))


def desired(machine: Machine) -> str:
    return git(Path(machine.variables["REPOSITORY_OF_MANIFESTS"]), "show", "main:clusters/staging/web.yaml")


def test_a_commit_changes_the_image_and_nothing_else(machine: Machine) -> None:
    done = deploy(machine)

    assert done.returncode == 0, done.stderr
    assert desired(machine) == DEPLOYMENT.replace(OLD, NEW)
    noted: Any = machine.read("artifacts/deploy/rollout.json")
    assert noted["method"] == "gitops"
    assert noted["commit"]


def test_the_same_image_makes_no_commit(machine: Machine) -> None:
    deploy(machine)
    done = deploy(machine)

    assert "the repository has these images already" in done.stdout
    assert machine.read("artifacts/deploy/rollout.json")["commit"] is None  # type: ignore[index]


def test_a_verification_that_fails_takes_the_commit_back(machine: Machine) -> None:
    deploy(machine)
    verify = {"environment": "staging", "commands": ["false"]}
    done = deploy(machine, "verify", verify=verify, roll_back={})

    assert done.returncode != 0
    assert desired(machine) == DEPLOYMENT


def test_several_images_are_one_commit_that_is_taken_back_as_one(machine: Machine) -> None:
    work, other = machine.root / "work", {**IMAGE, "repository": "shop/worker"}
    both = DEPLOYMENT + f"        - name: worker\n          image: h.example.com/shop/worker@{OLD}\n"
    (work / "clusters/staging/web.yaml").write_text(both)
    git(work, "commit", "--quiet", "-am", "two")
    git(work, "push", "--quiet", "origin", "main")
    machine.write("artifacts/worker/image.json", other)
    worker = {"worker": {"kind": "build", "after": ["source"], "image": {"repository": "shop/worker"}}}
    into = {"environment": "staging", "inputs": ["build", "worker"]}
    done = deploy(machine, **worker, deploy=into)

    assert done.returncode == 0, done.stderr
    assert desired(machine) == both.replace(OLD, NEW)
    origin = Path(machine.variables["REPOSITORY_OF_MANIFESTS"])
    assert git(origin, "rev-list", "--count", "main").strip() == "3"
    verify = {"environment": "staging", "inputs": ["deploy"], "commands": ["false"]}
    deploy(machine, "verify", **worker, deploy=into, verify=verify, roll_back={})
    assert desired(machine) == both


def test_a_chart_with_a_place_for_a_tag_alone_gets_the_tag(machine: Machine) -> None:
    values = "image:\n  repository: h.example.com/shop/web\n  tag: v5\n"
    work = machine.root / "work"
    (work / "clusters/staging/web.yaml").write_text(values)
    git(work, "commit", "--quiet", "-am", "values")
    git(work, "push", "--quiet", "origin", "main")
    assert "without a digest" in deploy(machine).stderr
    done = deploy(machine, deploy={"environment": "staging", "gitops": {"image_by": "tag"}})

    assert done.returncode == 0, done.stderr
    assert desired(machine) == values.replace("v5", "t")


@pytest.mark.parametrize("more", [{}, {"contains": "v3"}, {"contains_commit": True}])
def test_addresses_that_the_version_before_answers_too_are_warned_of(more: dict[str, Any]) -> None:
    url = "https://git.example.com/acme/manifests.git"
    there = Environment.model_validate({"gitops": {"url": url, "path": "clusters/staging"}})
    asked = Verify.model_validate({"name": "v", "environment": "s", "urls": [{"url": "https://a.example.com", **more}]})
    found = [each for each in asked.problems_in(there, {}) if each.severity == "warning"]

    assert [each.path for each in found] == ([] if more else [("urls",)])
    assert asked.summary_in(there) == "addresses"
    assert asked.summary_in(None) == "rollout, addresses"
