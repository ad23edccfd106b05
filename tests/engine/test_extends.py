"""A stack file taken apart into a shared file and its own on the real engine: nothing changes by that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import PROJECT

from .harness import Engine, Project

pytestmark = pytest.mark.engine

WHOLE = """\
region: eu-west-1
cluster: {version: "1.35"}
compute:
  nodes: {kind: managed_nodes, min_size: 2, max_size: 4, instance_types: [m7g.large]}
addons: {vpc_cni: {}, kube_proxy: {}, eks_pod_identity_agent: {}, coredns: {}, metrics_server: {}}
"""
BASE = """\
region: us-east-1
cluster: {version: "1.35"}
compute:
  nodes: {kind: managed_nodes, min_size: 2, max_size: 3}
addons: {metrics_server: {}, cert_manager: {}}
"""
PROD = """\
extends: common/base.yaml
region: eu-west-1
compute:
  nodes: {max_size: 4, instance_types: {config: types}}
addons: {cert_manager: null}
"""


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> Project:
    stacks = tmp_path / "shop" / "stacks"
    (stacks / "common").mkdir(parents=True)
    (stacks.parent / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n")
    (stacks / "__main__.py").write_text((PROJECT / "stacks" / "__main__.py").read_text())
    (stacks / "prod.yaml").write_text(WHOLE)
    (stacks / "Pulumi.prod.yaml").write_text("config:\n  shop:types: [m7g.large]\n")
    return engine.project(stacks.parent, stack="prod")


def test_a_file_in_two_parts_deploys_what_the_whole_deploys(project: Project) -> None:
    assert "prod-metrics-server-addon" in project.up().order("create")
    stacks = project.folder / "stacks"
    (stacks / "common" / "base.yaml").write_text(BASE)
    (stacks / "prod.yaml").write_text(PROD)
    assert project.up().unchanged

    (stacks / "common" / "base.yaml").write_text(BASE.replace("min_size: 2", "min_size: x"))
    refused = project.up(check=False)
    assert not refused.ok
    assert "stacks/common/base.yaml:4:42: compute.nodes.min_size: needs a whole number" in refused.errors
    assert "(extended by stacks/prod.yaml)" in refused.errors
    assert "Traceback" not in refused.errors
