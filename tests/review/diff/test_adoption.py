"""The check of pull requests that adopt what exists: the first one imports it, the next one ends the adoption."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest

from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.diff.plans import diff_plans
from eks_blueprints.review.report.gates import Gates
from eks_blueprints.review.report.mermaid import graph
from eks_blueprints.review.report.model import Report
from tests import ROOT
from tests.commands import called
from tests.plans import CLUSTER, ROLE, plan, resource, with_options
from tests.review.report.reports import report, stack

from .test_base import PROGRAM, git

ENCRYPTION = "arn:aws:iam::123456789012:policy/shop-ClusterEncryption"
STACK = f"""region: eu-west-1
network: {{vpc_id: vpc-0aaaaaaa, subnet_ids: {{private: [subnet-0aaaaaaa, subnet-0bbbbbbb]}}}}
cluster:
  name: shop
  version: "1.35"
  iam_role: {{name: shop-cluster, policy_arns: {{encryption: "{ENCRYPTION}"}}}}
core_addons: []
"""
ADOPTION = f"""adopted: false
resources:
  aws:eks/cluster:Cluster:
    prod-cluster: {{id: shop}}
  aws:iam/role:Role:
    prod-cluster-role: {{id: shop-cluster, keep: [name]}}
  aws:iam/rolePolicyAttachment:RolePolicyAttachment:
    prod-cluster-role-AmazonEKSClusterPolicy: {{id: "shop-cluster/arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}}
    prod-cluster-role-encryption: {{id: "shop-cluster/{ENCRYPTION}"}}
"""
MORE = "arn:aws:iam::aws:policy/AdministratorAccess"
RULE = "eks-cluster-role-least-privilege"

Seen = tuple[Any, str, dict[str, str]]
"""The report as data, what the command said, and the other forms."""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """A branch that adopts, compared with the main branch, where the stack is not."""
    folder = tmp_path_factory.mktemp("adoption")
    (folder / "stacks").mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    (folder / "stacks" / "__main__.py").write_text(PROGRAM)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    git(folder, "checkout", "-qb", "adopt")
    (folder / "stacks" / "prod.yaml").write_text(STACK)
    (folder / "stacks" / "prod.adopt.yaml").write_text(ADOPTION)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "adopt")
    forms = {name: folder / "out" / f"r.{name}" for name in ("json", "md", "html")}
    outputs = [word for file in forms.values() for word in ("-o", str(file))]
    gates = ("--fail-on", "replace,delete,policy,security,cost>1")
    done = called("diff", "--base", "main", *outputs, *gates, cwd=folder, PYTHONPATH=os.fspath(ROOT))
    texts = {name: file.read_text() for name, file in forms.items()}
    return json.loads(texts["json"]), f"{done.returncode} {done.stderr}", texts


def test_imports_are_counted_on_their_own(first: Seen) -> None:
    data, _, texts = first
    assert data["verdict"] == "imports 4 resources, changes none of them"
    assert (data["counts"]["import"], data["counts"]["replace"]) == (4, 0)
    kinds = {each["name"]: each["kind"] for each in data["stacks"][0]["resources"]}
    assert kinds["prod-cluster"] == "import"
    assert kinds["prod-aws"] == "create"
    assert "| stack | create | import | update |" in texts["md"]
    assert "  = eks.Cluster prod-cluster" in texts["md"]
    assert '<span class="pill import">=4</span>' in texts["html"]
    assert 'class="plane import"' in texts["html"]


def test_what_exists_is_nothing_new_to_policies_security_and_cost(first: Seen) -> None:
    data, said, _ = first
    (stack,) = data["stacks"]
    assert said.startswith("0 ")
    assert not any(each["policy"] == RULE for each in stack["policies"]["new"])
    assert stack["policies"]["standing"] > 0
    assert not any("ClusterEncryption" in each["text"] for each in stack["security"])
    assert stack["cost"]["before"]["low"] > 70
    assert [each["name"] for each in stack["cost"]["lines"]] == ["prod-cluster-key"]


TAKEN = {"ignore_changes": ["*"]}
CLUSTER_ROLE = resource(ROLE, "role", {"name": "shop"})
TAKES = resource(CLUSTER, "cluster", {"roleArn": "arn:aws:iam::123456789012:role/shop", "name": "shop"})
ATTACHED = resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "more", {"role": "shop", "policyArn": MORE})
PLAN = (CLUSTER_ROLE, TAKES, ATTACHED)


def taken(*names: str) -> Plan:
    """A plan in which some are taken over as they are."""
    return plan(*(with_options(each, **TAKEN, import_id="x") if each.name in names else each for each in PLAN))


def judged(old: Plan | None, new: Plan) -> Report:
    return report(stack(old, new, policies=True))


def new_findings(old: Plan | None, new: Plan) -> list[str]:
    policies = judged(old, new).stacks[0].policies
    assert policies is not None
    return [each.resource for each in policies.new if each.policy == RULE]


ALL = taken("role", "cluster", "more")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (None, ALL, []),
        (plan(), ALL, []),
        (plan(CLUSTER_ROLE, TAKES), taken("more"), []),
        (ALL, ALL, []),
        # What the stack itself attaches, to whatever role, is its own.
        (None, taken("role", "cluster"), ["more"]),
        (taken("role", "cluster"), taken("role", "cluster"), []),
        # An import whose changes are carried out may change what exists.
        (None, plan(*(with_options(each, import_id="x") for each in PLAN)), ["more"]),
        # From here on the stack file is carried out.
        (ALL, plan(*PLAN), ["more"]),
        (ALL, taken("role", "cluster"), ["more"]),
        (plan(*PLAN), plan(*PLAN), []),
    ],
)
def test_only_what_is_taken_over_as_it_is_was_there_before(old: Plan | None, new: Plan, found: list[str]) -> None:
    assert new_findings(old, new) == found


def test_the_end_of_an_adoption_is_told_and_closes_the_gates_about_changes() -> None:
    found = judged(ALL, plan(*PLAN))
    assert found.verdict.endswith("mandatory policies not met; 1 outcome not known")
    (told,) = found.stacks[0].attention
    assert (told.title, told.led) == ("adoption ends", ("role", "cluster", "more"))
    for gate in ("replace", "update", "security", "cost>1"):
        (said,) = Gates.parse(gate).closed(found)
        assert said.startswith("prod: what changes about resources that were adopted is not known; give --base what is")
    assert not [*Gates.parse("delete,create").closed(found)]
    assert not judged(plan(*PLAN), plan(*PLAN)).stacks[0].attention


def test_an_import_may_change_what_is_not_taken_over_as_it_is() -> None:
    both = plan(with_options(CLUSTER_ROLE, import_id="a"), with_options(TAKES, **TAKEN, import_id="b"))
    assert report(stack(None, both)).verdict == "imports 2 resources, may change 1 of them"
    one = plan(with_options(CLUSTER_ROLE, import_id="a"))
    assert report(stack(None, one)).verdict == "imports 1 resource, may change it"
    assert [*Gates.parse("import,create").closed(report(stack(None, one)))] == ["import: 1"]


def test_a_graph_outlines_what_is_imported_of_a_new_stack_too() -> None:
    part = resource("eks-blueprints:index:Cluster", "part", custom=False)
    for options, colour in ({"import_id": "a"}, "#2458c5"), ({}, None):
        new = plan(part, resource(ROLE, "role", parent=part.urn, options=options))
        assert re.findall("stroke:(#[0-9a-f]+)", graph(new, diff_plans(None, new))) == [*filter(None, [colour])]
