"""Clusters from before whose provider for Kubernetes was told apart by the endpoint: they go on as they are."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from .edits import CORE, PLATFORMS
from .harness import Engine, Project

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
from eks_blueprints import stackfile


def as_before(args):
    if args.type_ != "pulumi:providers:kubernetes":
        return None
    opts = args.opts
    opts.ignore_changes = None
    return pulumi.ResourceTransformationResult({**args.props, "cluster_identifier": opts.parent.endpoint}, opts)


pulumi.runtime.register_stack_transformation(as_before)
stackfile.deploy("dev.yaml")
"""
TRANSFORMED = "pulumi.runtime.register_stack_transformation(as_before)\n"

PLATFORM = PLATFORMS["karpenter"] | {
    "addons": CORE | {"quotas": PLATFORMS["karpenter"]["addons"]["quotas"], "aws_load_balancer_controller": {}}
}


def identifier(project: Project) -> Any:
    (found,) = [each for each in project.export() if each["type"] == "pulumi:providers:kubernetes"]
    return found["inputs"]["clusterIdentifier"]


def write(project: Project, **cluster: Any) -> None:
    platform = PLATFORM | {"cluster": PLATFORM["cluster"] | cluster}
    (project.folder / "dev.yaml").write_text(yaml.safe_dump(platform, sort_keys=False))


def test_a_cluster_from_before_keeps_its_provider_and_all_that_is_in_it(engine: Engine) -> None:
    project = engine.program(PROGRAM)
    write(project)
    project.up()
    endpoint = identifier(project)
    assert endpoint.startswith("https://")
    project.edit("__main__.py", TRANSFORMED, "")
    assert project.preview().unchanged
    assert project.up().unchanged
    assert identifier(project) == endpoint
    # The identifier that stays is that of the old cluster; a replaced one takes its objects along all the same.
    write(project, name="other")
    change = project.up().changed()
    assert change["dev-cluster"] == "replace"
    assert change.get("dev-kubernetes") != "replace"
    assert identifier(project) == endpoint
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []
