"""A preview imports what its stack uses, and nothing else: `aws.ec2` alone takes a third of a second."""

import subprocess
import sys
from pathlib import Path

STACK = """
region: eu-west-1
network:
  vpc_id: vpc-0123456789abcdef0
  subnets:
    a: {role: private, id: subnet-0123456789abcdef0, zone: eu-west-1a}
    b: {role: private, id: subnet-0123456789abcdef1, zone: eu-west-1b}
cluster: {version: "1.35", encryption_config: null, enabled_cluster_log_types: []}
core_addons: [kube_proxy]
"""
CODE = """
import sys
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import stack_target
preview(stack_target("plain.yaml"))
# A placeholder stands for each module; it has modules below it once it is loaded.
loaded = {name.split(".")[1] for name in sys.modules if name.startswith("pulumi_aws.") and name.count(".") == 2}
print(*sorted(loaded - {"config"}))
print("pulumi_eks" in sys.modules)
"""


def test_typed_modules_are_loaded_only_where_the_stack_uses_them(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(STACK)
    done = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["eks", "iam", "False"]
