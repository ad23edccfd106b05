"""Who may do more than before, and who can be reached: what a change brings to both."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.review.report.gained import gained
from tests.policies.build import aws, cluster, object_
from tests.reach.built import cni, pods, policy
from tests.reach.test_doors import NLB, service

RBAC = "rbac.authorization.k8s.io/v1:"
ARN = "arn:aws:iam::111122223333:role/dev"


def entry(**more: Any) -> Resource:
    return aws("eks/accessEntry:AccessEntry", "dev", clusterName="${shop.name}", principalArn=ARN, **more)


def policy_of(name: str, *namespaces: str) -> Resource:
    scope = {"type": "namespace", "namespaces": list(namespaces)} if namespaces else {"type": "cluster"}
    arn = f"arn:aws:eks::aws:cluster-access-policy/{name}"
    return aws(
        "eks/accessPolicyAssociation:AccessPolicyAssociation",
        f"dev-{name}",
        clusterName="${shop.name}",
        principalArn=ARN,
        policyArn=arn,
        accessScope=scope,
    )


def role(name: str, *verbs: str, of: str = "secrets", names: tuple[str, ...] = ()) -> Resource:
    rule = {"apiGroups": [""], "resources": [of], "verbs": list(verbs), **({"resourceNames": names} if names else {})}
    return object_(f"{RBAC}Role", name, rules=[{**rule, **({"resourceNames": list(names)} if names else {})}])


def binding(to: str, *groups: str, kind: str = "Role") -> Resource:
    subjects = [{"kind": "Group", "name": each} for each in groups]
    return object_(f"{RBAC}RoleBinding", to, roleRef={"kind": kind, "name": to}, subjects=subjects)


def told(old: list[Resource], new: list[Resource]) -> list[str]:
    sides = tuple(Stack([cluster("shop"), cni(), *side]) for side in (old, new))
    return [f"{'+' if s.added else '-'} {s.level} {s.subject} {s.text}" for s in gained(sides)]  # type: ignore[arg-type]


MUCH = (
    "act as others, read Secrets, open shells in pods, make tokens of service accounts, change Secrets, "
    "change what pods run, change network policies"
)
"""What the ClusterRole edit gives."""
MEMBER = {"kubernetesGroups": ["shop-dev"]}

CASES: dict[str, tuple[list[Resource], list[Resource], list[str]]] = {
    "nothing changes": ([entry(**MEMBER), role("r", "get"), binding("r", "shop-dev")],) * 2 + ([],),  # type: ignore[dict-item]
    "a role reads Secrets": (
        [entry(**MEMBER), role("r", "get", of="pods"), binding("r", "shop-dev")],
        [entry(**MEMBER), role("r", "get"), binding("r", "shop-dev")],
        ["+ warning role/dev may now read Secrets in namespace shop"],
    ),
    "and no longer": (
        [entry(**MEMBER), role("r", "get"), binding("r", "shop-dev")],
        [entry(**MEMBER), binding("r", "shop-dev")],
        ["- note role/dev may no longer read Secrets in namespace shop"],
    ),
    "a named Secret": (
        [entry(**MEMBER)],
        [entry(**MEMBER), role("r", "get", names=("db",)), binding("r", "shop-dev")],
        ["+ warning role/dev may now read Secrets named db in namespace shop"],
    ),
    "a group of an entry": (
        [entry(), role("r", "create", of="pods/exec"), binding("r", "shop-dev")],
        [entry(**MEMBER), role("r", "create", of="pods/exec"), binding("r", "shop-dev")],
        ["+ warning role/dev may now open shells in pods in namespace shop"],
    ),
    "a policy in one more namespace": (
        [entry(), policy_of("AmazonEKSViewPolicy", "shop")],
        [entry(), policy_of("AmazonEKSViewPolicy", "shop", "pay")],
        [],
    ),
    "an administrator": (
        [entry(), policy_of("AmazonEKSEditPolicy", "shop")],
        [entry(), policy_of("AmazonEKSClusterAdminPolicy")],
        ["+ danger role/dev may now do everything in every namespace"],
    ),
    "no administrator any more": (
        [entry(), policy_of("AmazonEKSClusterAdminPolicy")],
        [entry(), policy_of("AmazonEKSViewPolicy")],
        ["- note role/dev may no longer do everything in every namespace"],
    ),
    "a ClusterRole of Kubernetes": (
        [entry(**MEMBER)],
        [entry(**MEMBER), binding("edit", "shop-dev", kind="ClusterRole")],
        [
            f"+ warning role/dev may now {MUCH} in namespace shop",
        ],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_rights_that_come_and_go(old: list[Resource], new: list[Resource], expected: list[str]) -> None:
    assert told(old, new) == expected


def closed(*more: Resource) -> list[Resource]:
    deny = policy("deny", "x", podSelector={"matchLabels": {"pod": "a"}}, policyTypes=["Ingress"])
    return [*pods(), deny, *more]


def test_a_workload_that_more_can_reach() -> None:
    rule = {"from": [{"namespaceSelector": {"matchLabels": {"ns": "y"}}}], "ports": [{"port": 80}]}
    allow = policy("allow", "x", podSelector={"matchLabels": {"pod": "a"}}, ingress=[rule])
    assert told(closed(), closed(allow)) == ["+ warning x/a can now be reached from y/a, y/b, y/c on 80/tcp"]
    assert told(closed(allow), closed()) == ["- note x/a can no longer be reached from y/a, y/b, y/c on 80/tcp"]


def test_a_workload_that_the_internet_can_reach() -> None:
    public = service("LoadBalancer", {f"{NLB}type": "external", f"{NLB}scheme": "internet-facing"})
    (line,) = told(pods(), [*pods(), public])
    assert line == "+ danger x/a can now be reached from the internet by NLB for Service x/web on 80/tcp"


def test_policies_that_nothing_enforces_any_more() -> None:
    old = Stack([cluster("shop"), cni(), *closed()])
    new = Stack([cluster("shop"), cni(env={}), *closed()])
    (line,) = [each.text for each in gained((old, new)) if each.added]
    assert line == "can now be reached from x/b, x/c, y/a and 5 others on all ports"


def test_a_new_workload_that_reaches_others_is_not_told() -> None:
    assert told(pods()[:-1], pods()) == []


def test_a_form_that_cannot_be_read_ends_nothing() -> None:
    broken = object_("networking.k8s.io/v1:NetworkPolicy", "odd", "x", spec={"ingress": [["a"]], "podSelector": []})
    assert all("is not compared" in line for line in told(pods(), [*pods(), broken]))
