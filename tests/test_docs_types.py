"""Every Python block of the README and the docs, and a new repository, pass `mypy --strict` as a user's own files."""

import re
import subprocess
import sys
from pathlib import Path

from eks_blueprints.starter.answers import Answers
from eks_blueprints.starter.repository import repository
from tests import ROOT
from tests.test_docs import FENCE, PAGES

LISTS = """
from eks_blueprints import BlueprintArgs, ClusterArgs, ExistingNetworkArgs, NetworkArgs, RoleArgs, StatementArgs
from eks_blueprints.addons import ExternalDns, MetricsServer
from eks_blueprints.compute import Compute, Karpenter, ManagedNodes, SelfManagedNodes

types: list[str] = ["m7g.large"]
statement = StatementArgs(actions=["s3:GetObject"], resources=["*"], conditions={"StringEquals": {"aws:a": ["b"]}})
RoleArgs(allow=[statement], deny=(statement,))
NetworkArgs(zones=["eu-west-1a", "eu-west-1b"], secondary_cidrs=["100.64.0.0/16"])
ExistingNetworkArgs(vpc_id="vpc-0123456789abcdef0", subnet_ids={"private": ["subnet-0123456789abcdef0"]})
ClusterArgs(version="1.35", public_access_cidrs=["203.0.113.0/24"], security_groups=["office"])
ManagedNodes(name="a", instance_types=types, security_group_ids=["sg-0123456789abcdef0"], zones=["eu-west-1a"])
SelfManagedNodes(name="b", target_group_arns=["arn"], enabled_metrics=["GroupMinSize"])
ExternalDns(zone_arns=["arn:aws:route53:::hostedzone/Z1"])

nodes = [ManagedNodes(name="a"), ManagedNodes(name="b")]
declared: list[ManagedNodes] = nodes
mixed: list[Compute] = [*nodes, Karpenter()]
cluster = ClusterArgs(version="1.35")
BlueprintArgs(region="eu-west-1", cluster=cluster, compute=declared, addons=[MetricsServer()])
BlueprintArgs(region="eu-west-1", cluster=cluster, compute=mixed)
BlueprintArgs(region="eu-west-1", cluster=cluster, compute=[ManagedNodes(name="a"), Karpenter()])
"""
WRONG = """
from eks_blueprints import BlueprintArgs, ClusterArgs
from eks_blueprints.addons import MetricsServer

BlueprintArgs(region="eu-west-1", cluster=ClusterArgs(version="1.35"), compute=[MetricsServer()])
"""

SETTINGS = """
[mypy]
strict = True
python_version = 3.11
warn_unused_configs = False
disallow_subclassing_any = False

[mypy-pulumi_aws.*,pulumi_kubernetes.*,pulumi_eks.*]
follow_imports = skip
"""
"""As strict as can be; the providers' own modules, which take minutes to read, are taken for what they are not."""


def test_every_block_and_a_new_repository_pass_strict_mypy(tmp_path: Path) -> None:
    texts = {"lists": LISTS, "wrong": WRONG}
    for page in PAGES:
        for number, match in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")), 1):
            if match[1] == "python":
                texts[re.sub(r"\W", "_", f"{page.relative_to(ROOT)}_{number}")] = match[3]
    for path, text in repository(Answers(name="shop", requirement="x")).items():
        if path in ("team/__init__.py", "team/platform.py"):
            texts[path.removesuffix(".py")] = text
    for name, text in texts.items():
        file = tmp_path / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(SETTINGS)
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", ROOT / ".mypy_cache" / "docs"]
    done = subprocess.run([*command, "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line.partition(":")[0] for line in errors] == ["wrong.py"], done.stdout + done.stderr
    assert 'incompatible type "MetricsServer"' in errors[0]
