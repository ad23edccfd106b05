"""IAM roles as a company demands them: what holds for all of them, and what is said about one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.testing import Recorded, Resource, record

ROLE = "aws:iam/role:Role"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
ENTRY = "aws:eks/accessEntry:AccessEntry"
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
OTHER = "arn:aws:iam::111122223333:policy/other"
READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
IAM: dict[str, Any] = {
    "role_name_prefix": "acme-",
    "path": "/platform/",
    "permissions_boundary": BOUNDARY,
    "max_session_duration": 7200,
    "tags": {"owner": "identity"},
}
NODES: dict[str, Any] = {"g": {"kind": "managed_nodes"}}
OPEN = {"office": {"cidr": "10.0.0.0/8"}}
EVERYTHING: dict[str, Any] = {
    "network": {"flow_logs": {}},
    "cluster": {"version": "1.34", "endpoint_access": OPEN, "remote_node_networks": ["10.200.0.0/16"]},
    "compute": {
        "system": {"kind": "managed_nodes"},
        "own": {"kind": "self_managed_nodes"},
        "fargate": {"selectors": [{"namespace": "serverless"}]},
        "karpenter": {"settings": {"isolated_vpc": True}},
        "edge": {"kind": "hybrid_nodes", "ssm": {"activation": {}}},
    },
    "addons": {
        **{key: {} for key in ("kube_proxy", "eks_pod_identity_agent", "coredns", "aws_ebs_csi_driver")},
        "vpc_cni": {"identity": "irsa"},
        "aws_load_balancer_controller": {},
        "ack_capability": {},
    },
    "pod_identity_associations": {
        "a": {"namespace": "shop", "service_account": "a", "policy_arns": {"s3": READ}},
        "b": {"namespace": "shop", "service_account": "b", "policy_arns": {"s3": READ}, "identity": "irsa"},
    },
    "node_roles": {"shared": {}},
}
AUTO: dict[str, Any] = {
    "cluster": {"version": "1.34", "endpoint_access": OPEN, "auto_mode": {}},
    "compute": {"auto_mode": {"node_classes": {"own": {}}, "node_pools": {"own": {"node_class": "own"}}}},
    "core_addons": [],
}


def said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"region": "eu-west-1", "cluster": {"version": "1.34", "endpoint_access": OPEN}, "core_addons": [], **fields}


def made(fields: Mapping[str, Any], name: str = "shop") -> Recorded:
    args = BlueprintArgs.model_validate(said(fields))
    return record(lambda: Blueprint(name, args)).is_valid()


def told(fields: Mapping[str, Any]) -> list[str]:
    try:
        BlueprintArgs.model_validate(said(fields))
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return []


def roles(found: Recorded) -> dict[str, Resource]:
    return {resource.name: resource for resource in found.all(ROLE)}


@pytest.mark.parametrize("platform", [EVERYTHING, AUTO])
def test_every_role_is_what_the_platform_says_of_all(platform: dict[str, Any]) -> None:
    found = made({**platform, "iam": IAM, "tags": {"owner": "shop", "stage": "prod"}})
    assert len(found.all(ROLE)) >= (13 if platform is EVERYTHING else 3)
    for role in found.all(ROLE):
        assert role.inputs["namePrefix"].startswith("acme-shop"), role.name
        assert len(role.inputs["namePrefix"]) <= 38, role.name
        assert role.inputs["path"] == "/platform/", role.name
        assert role.inputs["permissionsBoundary"] == BOUNDARY, role.name
        assert role.inputs["maxSessionDuration"] == 7200, role.name
        assert role.inputs["tags"]["owner"] == "identity", role.name
        assert role.inputs["tags"]["stage"] == "prod", role.name
    for profile in found.all(PROFILE):
        assert profile.inputs["namePrefix"].startswith("acme-shop"), profile.name
        assert profile.inputs["path"] == "/platform/", profile.name
        assert profile.inputs["tags"]["owner"] == "identity", profile.name
    assert len(found.all(PROFILE)) == (2 if platform is EVERYTHING else 0)


def test_two_roles_whose_names_are_shortened_stay_apart() -> None:
    found = made({"iam": IAM, "compute": {"system": {"kind": "managed_nodes"}}}, name="a-platform-with-a-long-name")
    prefixes = [role.inputs["namePrefix"] for role in found.all(ROLE)]
    assert len(set(prefixes)) == len(prefixes) == 2


OWN: dict[str, Any] = {
    "name": "named",
    "path": "/own/",
    "description": "Für alle",
    "max_session_duration": 3600,
    "tags": {"owner": "me"},
    "policy_arns": {"read": READ},
    "allow": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::shop/*"]}],
}
PLACES: list[tuple[str, dict[str, Any]]] = [
    ("shop-cluster-role", {"cluster": {**EVERYTHING["cluster"], "iam_role": OWN}}),
    ("shop-auto-mode-node-role", {**AUTO, "cluster": {**AUTO["cluster"], "auto_mode": {"node_iam_role": OWN}}}),
    (
        "shop-auto-mode-node-role",
        {**AUTO, "compute": {"auto_mode": {"node_classes": {"own": {}}, "node_iam_role": OWN}}, "iam": {}},
    ),
    ("shop-system-role", {"compute": {"system": {"kind": "managed_nodes", "iam_role": OWN}}}),
    ("shop-own-role", {"compute": {"own": {"kind": "self_managed_nodes", "iam_role": OWN}}}),
    ("shop-fargate-role", {"compute": {"fargate": {**EVERYTHING["compute"]["fargate"], "iam_role": OWN}}}),
    (
        "shop-karpenter-controller-role",
        {"compute": {"system": {"kind": "managed_nodes"}, "karpenter": {"controller_iam_role": OWN}}},
    ),
    (
        "shop-karpenter-node-role",
        {"compute": {"system": {"kind": "managed_nodes"}, "karpenter": {"node_iam_role": OWN}}},
    ),
    (
        "shop-edge-role",
        {"cluster": EVERYTHING["cluster"], "compute": {"edge": {"kind": "hybrid_nodes", "iam_role": OWN}}},
    ),
    ("shop-vpc-cni-role", {"addons": {"vpc_cni": {"iam_role": OWN}, "eks_pod_identity_agent": {}}}),
    (
        "shop-aws-load-balancer-controller-role",
        {"addons": {**EVERYTHING["addons"], "aws_load_balancer_controller": {"iam_role": OWN}}},
    ),
    ("shop-ack-capability-role", {"addons": {"ack_capability": {"iam_role": OWN}}}),
    ("shop-network-flow-logs-role", {"network": {"flow_logs": {"iam_role": OWN}}}),
    ("shop-node-role-shared", {"node_roles": {"shared": {"iam_role": OWN}}}),
]


@pytest.mark.parametrize(("name", "fields"), PLACES)
def test_one_role_is_what_is_said_of_it(name: str, fields: dict[str, Any]) -> None:
    found = made({"addons": {"eks_pod_identity_agent": {}}, "compute": NODES, "iam": IAM, **fields})
    [role] = [each for each in found.all(ROLE) if each.inputs.get("name") == "named"]
    assert role.name.startswith(name)
    assert "namePrefix" not in role.inputs
    assert (role.inputs["path"], role.inputs["description"]) == ("/own/", "Für alle")
    assert role.inputs["maxSessionDuration"] == 3600
    assert role.inputs["tags"]["owner"] == "me"
    role.has_option(delete_before_replace=True)
    attached = [each.inputs["policyArn"] for each in found.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")]
    assert READ in attached
    inline = found.all("aws:iam/rolePolicy:RolePolicy")
    mine = [each for each in inline if each.inputs["role"] == "named"]
    statements = [statement for each in mine for statement in json.loads(str(each.inputs["policy"]))["Statement"]]
    assert {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::shop/*"]} in statements


def test_a_service_account_has_a_role_by_its_name() -> None:
    a = {**EVERYTHING["pod_identity_associations"]["a"], "iam_role": {"name": "reader", "path": "/pods/"}}
    found = made({"pod_identity_associations": {"a": a}, "iam": IAM, "addons": {"eks_pod_identity_agent": {}}})
    assert [each.inputs["path"] for each in found.all(ROLE) if each.inputs.get("name") == "reader"] == ["/pods/"]


@pytest.mark.parametrize(
    ("role", "message"),
    [
        ({"name": "x" * 65}, "iam_role.name: is not a valid name of a role"),
        ({"name": "a b"}, "iam_role.name: is not a valid name of a role"),
        ({"name": "a/b"}, "iam_role.name: is not a valid name of a role"),
        ({"path": "platform"}, "iam_role.path: is not a valid path of IAM"),
        ({"path": "/aws-reserved/x/"}, "iam_role.path: is a path that AWS reserves"),
        ({"description": "日本"}, "iam_role.description: is refused by IAM"),
        ({"max_session_duration": 60}, "iam_role.max_session_duration: "),
        ({"policy_arns": {"worker-node": READ}}, "iam_role.policy_arns.worker-node: is the name of a policy that the"),
        ({"policy_arns": {f"p{n}": READ for n in range(21)}}, "iam_role.policy_arns: can have at most 20 policies"),
        ({"allow": [{"actions": ["s3"], "resources": ["*"]}]}, "iam_role.allow[0].actions[0]: is not a valid action"),
        (
            {"allow": [{"sid": "A", "actions": ["s3:Get*"], "resources": ["*"]}] * 2},
            "iam_role.allow: uses one sid twice",
        ),
        (
            {"trust_statements": [{"principals": {}, "actions": ["sts:AssumeRole"]}]},
            "iam_role.trust_statements[0].prin",
        ),
        (
            {"trust_statements": [{"principals": {"AWS": ["111122223333"]}, "actions": ["s3:Get*"]}]},
            "iam_role.trust_statements[0].actions[0]: is not an action of sts; got s3:Get*; write one such as sts:",
        ),
        ({"nmae": "x"}, "iam_role.nmae: "),
    ],
)
def test_a_role_that_iam_would_refuse_is_refused(role: dict[str, Any], message: str) -> None:
    [found] = told({"compute": {"g": {"kind": "managed_nodes", "iam_role": role}}})
    assert found.startswith(f"compute.g.{message}")


def test_a_prefix_or_path_that_cannot_be_is_refused() -> None:
    found = told({"iam": {"role_name_prefix": "a b", "path": "x/", "tags": {"aws:x": "y"}}})
    assert [each.split(":")[0] for each in found] == ["iam.role_name_prefix", "iam.path", "iam.tags.aws"]


@pytest.mark.parametrize(
    "element",
    [
        {"compute": {"g": {"kind": "managed_nodes", "node_role_arn": "arn:aws:iam::111122223333:role/a"}}},
        {"compute": {"g": {"kind": "managed_nodes", "node_role": "shared"}}, "node_roles": {"shared": {}}},
        {"addons": {"metrics_server": {}}},
        {"addons": {"ack_capability": {"role_arn": "arn:aws:iam::111122223333:role/a"}}},
        {"addons": {"vpc_cni": {"identity": "node_role"}}},
    ],
)
def test_a_role_that_is_not_made_has_nothing_said_about_it(element: dict[str, Any]) -> None:
    group = "compute" if "compute" in element else "addons"
    [(name, fields)] = element[group].items()
    base: dict[str, Any] = {"compute": NODES if group == "addons" else {}}
    assert told({**base, **element}) == []
    [found] = told({**base, **element, group: {name: {**fields, "iam_role": {"path": "/x/"}}}})
    assert found.startswith(f"{group}.{name}.iam_role: is for the role that is created")


def test_two_roles_cannot_have_one_name() -> None:
    groups = {
        key: {"kind": "managed_nodes", "iam_role": {"name": name}} for key, name in (("a", "Named"), ("b", "named"))
    }
    [found] = told({"compute": groups})
    assert found.startswith("compute.b.iam_role.name: is also used by compute.a.iam_role; got named")


def test_tags_of_all_layers_are_counted() -> None:
    many = {f"k{n}": "v" for n in range(20)}
    fields = {"tags": many, "iam": {"tags": {f"i{n}": "v" for n in range(20)}}}
    assert told(fields) == []
    role = {"tags": {f"r{n}": "v" for n in range(11)}}
    [found] = told({**fields, "compute": {"g": {"kind": "managed_nodes", "iam_role": role}}})
    assert found.startswith("compute.g.iam_role.tags: leave no room")


def test_a_boundary_of_another_account_is_refused() -> None:
    account = {"id": "444455556666"}
    assert [each.split(":")[0] for each in told({"account": account, "iam": IAM})] == ["iam.permissions_boundary"]


def test_what_a_part_says_wins_over_the_platform() -> None:
    group = {"kind": "managed_nodes", "permissions_boundary": OTHER}
    found = roles(made({"iam": IAM, "compute": {"g": group}}))
    assert found["shop-g-role"].inputs["permissionsBoundary"] == OTHER
    assert found["shop-cluster-role"].inputs["permissionsBoundary"] == BOUNDARY


SHARED: dict[str, Any] = {
    "node_roles": {"shared": {"policies": {"s3": READ}}},
    "compute": {
        "a": {"kind": "managed_nodes", "node_role": "shared"},
        "b": {"kind": "managed_nodes", "node_role": "shared"},
    },
}


def test_groups_have_one_role_together() -> None:
    found = made(SHARED)
    assert [name for name in roles(found) if "node" in name] == ["shop-node-role-shared-role"]
    arns = {group.inputs["nodeRoleArn"] for group in found.all("aws:eks/nodeGroup:NodeGroup")}
    assert arns == {"${shop-node-role-shared-role.arn}"}
    # EKS makes the entry of managed groups itself.
    assert not found.all(ENTRY)


def test_the_entry_of_a_shared_role_is_made_once() -> None:
    own = {key: {"kind": "self_managed_nodes", "node_role": "shared"} for key in ("c", "d")}
    found = made({**SHARED, "compute": {**SHARED["compute"], **own}})
    [entry] = found.all(ENTRY)
    assert (entry.name, entry.inputs["type"]) == ("shop-node-role-shared-access", "EC2_LINUX")
    for group in found.all("aws:autoscaling/group:Group"):
        group.waits_for(entry)
    assert {each.inputs["role"] for each in found.all(PROFILE)} == {"${shop-node-role-shared-role.name}"}


def test_a_shared_role_is_there_and_is_of_one_system() -> None:
    compute = {**SHARED["compute"], "w": {"kind": "managed_nodes", "ami_type": "WINDOWS_CORE_2022_x86_64"}}
    compute["w"] |= {"node_role": "shared"}
    [found] = told({**SHARED, "compute": compute})
    assert found.startswith("node_roles.shared: cannot be the role of Linux and of Windows nodes")
    [found] = told({**SHARED, "node_roles": {"shard": {}}, "compute": {"a": SHARED["compute"]["a"]}})
    assert found.startswith("compute.a.node_role: ")
    assert "shard" in found


def test_a_changed_path_replaces_roles_and_what_cannot_change_its_role() -> None:
    one = made({"compute": {"g": {"kind": "managed_nodes"}}, "iam": {"path": "/a/"}})
    two = made({"compute": {"g": {"kind": "managed_nodes"}}, "iam": {"path": "/b/"}})
    changes = {each.name: each.kind for each in diff_plans(one.plan, two.plan).resources}
    assert {changes[name] for name in ("shop-cluster-role", "shop-g-role", "shop-cluster", "shop-g-group")} == {
        "replace"
    }


def test_a_first_prefix_replaces_roles_and_a_description_does_not() -> None:
    before = made({})
    prefixed = diff_plans(before.plan, made({"iam": {"role_name_prefix": "acme-"}}).plan)
    assert {each.name: each.kind for each in prefixed.resources}["shop-cluster-role"] == "replace"
    cluster = {**said({})["cluster"], "iam_role": {"description": "Control plane"}}
    described = diff_plans(before.plan, made({"cluster": cluster}).plan)
    assert [(each.name, each.kind) for each in described.resources] == [("shop-cluster-role", "update")]


def test_systems_manager_knows_a_role_by_its_path() -> None:
    edge = {"edge": {"kind": "hybrid_nodes", "ssm": {"activation": {}}}}
    found = made({"cluster": EVERYTHING["cluster"], "compute": edge, "iam": {"path": "/acme/edge/"}})
    role = found.one("aws:ssm/activation:Activation").inputs["iamRole"]
    assert role == "acme/edge/${shop-edge-role.name}"


def test_what_holds_for_all_roles_holds_on_a_cluster_that_is_there() -> None:
    from eks_blueprints import ClusterRef, IamArgs
    from eks_blueprints.addons import VpcCni

    def program() -> None:
        iam = IamArgs.model_validate(IAM)
        VpcCni().install(ClusterRef.existing("old", region="eu-west-1", version="1.34", iam=iam))

    [role] = record(program).is_valid().all(ROLE)
    assert (role.inputs["path"], role.inputs["permissionsBoundary"]) == ("/platform/", BOUNDARY)
