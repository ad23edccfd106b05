"""What access entries take, and what they say about what they do not take."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.access.policies import aws_name, names, service_linked
from eks_blueprints.access.spec import AccessArgs, AccessEntry, check_reach
from eks_blueprints.core.errors import problems_of

ROLE = "arn:aws:iam::111122223333:role/ops"
USER = "arn:aws:iam::111122223333:user/ann"


def problems(**entries: Any) -> list[str]:
    try:
        AccessArgs.model_validate({"entries": entries})
    except ValidationError as error:
        return [str(problem).removeprefix("entries.") for problem in problems_of(error)]
    return []


def entry(**fields: Any) -> dict[str, Any]:
    return {"principal_arn": ROLE} | fields


REFUSED: list[tuple[dict[str, Any], str]] = [
    (entry(principal_arn=5), "a.principal_arn: needs text"),
    (entry(principal_arn="ops"), "a.principal_arn: is not a valid ARN of an IAM principal"),
    (
        entry(principal_arn="arn:aws:sts::111122223333:assumed-role/ops/me"),
        "a.principal_arn: is a session and not a role",
    ),
    (entry(principal_arn="arn:aws:iam::111122223333:group/devs"), "a.principal_arn: cannot be a group"),
    (
        entry(principal_arn="arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/X"),
        "a.principal_arn: cannot be a service-linked role",
    ),
    (entry(principal_arn="arn:aws:iam::1111:role/ops"), "a.principal_arn: is not a valid ARN of an IAM principal"),
    (entry(type="EC2_Linux"), "a.type: is not one of the allowed values"),
    (entry(type="EC2_LINUX", principal_arn=USER), "a.principal_arn: must be a role for EC2_LINUX"),
    (entry(type="EC2_WINDOWS", kubernetes_groups=["x"]), "a.kubernetes_groups: is only for STANDARD"),
    (entry(type="FARGATE_LINUX", user_name="x"), "a.user_name: is only for STANDARD"),
    (entry(type="HYBRID_LINUX", policies=[{"policy": "view"}]), "a.policies: are given by EKS itself"),
    (entry(type="EC2"), "a.policies: must be auto_node alone for EC2"),
    (entry(kubernetes_groups=["system:masters"]), "a.kubernetes_groups: begins with system:"),
    (entry(kubernetes_groups=[""]), "a.kubernetes_groups: has an empty name"),
    (entry(kubernetes_groups=["x", "x"]), "a.kubernetes_groups: lists one group twice"),
    (entry(user_name="EKS:me"), "a.user_name: begins with eks:"),
    (entry(user_name="me{{SessionName}}"), "a.user_name: needs a colon before {{SessionName}}"),
    (
        entry(policies=[{"policy": "veiw"}]),
        'a.policies[0].policy: no such access policy; got "veiw"; did you mean view?',
    ),
    (
        entry(policies=[{"policy": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]),
        "a.policies[0].policy: is not a valid ARN of an access",
    ),
    (entry(policies=[{"policy": "compute"}]), "a.policies[0].policy: is only for service-linked roles of AWS"),
    (entry(policies=[{"policy": "view"}, {"policy": "AmazonEKSViewPolicy"}]), "a.policies: lists one policy twice"),
    (entry(policies=[{"policy": "view", "namespaces": []}]), "a.policies[0].namespaces: needs at least one namespace"),
    (entry(policies=[{"policy": "view", "namespaces": ["Dev"]}]), "a.policies[0].namespaces: has a name that no"),
    (
        entry(policies=[{"policy": "view", "namespaces": ["a", "a"]}]),
        "a.policies[0].namespaces: lists one namespace twice",
    ),
    (entry(policies=["view"]), "a.policies[0]: needs a mapping"),
    (entry(tags={"k": "v" * 257}), "a.tags.k: has a bad value"),
    (entry(polices=[]), "a.polices: no such field"),
    (entry(principal_arn="arn:aws:iam::111122223333:root"), "a.principal_arn: cannot be an account's root"),
    (
        entry(principal_arn="arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0a1b2c3d"),
        ("a.principal_arn: is a role of IAM Identity Center without its path",),
    ),
]


@pytest.mark.parametrize(("fields", "said"), REFUSED, ids=[f"{n}" for n, _ in enumerate(REFUSED)])
def test_a_refused_entry_has_one_clear_error(fields: dict[str, Any], said: str) -> None:
    found = problems(a=fields)
    assert len(found) == 1, found
    assert found[0].startswith(said)


@pytest.mark.parametrize(
    "fields",
    [
        entry(),
        entry(principal_arn=USER, user_name="ann", kubernetes_groups=["devs"]),
        entry(principal_arn="arn:aws-cn:iam::111122223333:role/a/path/ops"),
        entry(
            principal_arn="arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b2c3d"
        ),
        entry(
            principal_arn="arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_A_1"
        ),
        entry(principal_arn={"config": "opsRole"}, type="EC2_LINUX"),
        entry(type="EC2", policies=[{"policy": "auto_node"}]),
        entry(user_name="ops:{{SessionName}}"),
        entry(policies=[{"policy": "admin", "namespaces": ["dev-*"]}, {"policy": "view"}]),
        entry(policies=[{"policy": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSBrandNewPolicy"}]),
    ],
)
def test_what_eks_takes_is_taken(fields: dict[str, Any]) -> None:
    assert problems(a=fields) == []


def test_two_entries_cannot_share_a_principal() -> None:
    assert problems(a=entry(), b=entry()) == [
        f'b.principal_arn: is also used by a; got "{ROLE}"; EKS accepts each principal once: combine the two'
    ]


def test_two_names_cannot_become_one() -> None:
    assert problems(a_b=entry(), **{"A-b": entry(principal_arn=USER)}) == [
        'A-b: clashes with a_b; got "A-b"; rename one of them'
    ]


@pytest.mark.parametrize("name", ["é", "1st", "a b", "", "a" * 41])
def test_a_name_that_resources_cannot_have_is_refused(name: str) -> None:
    assert [": is not a valid name" in problem for problem in problems(**{name: entry()})] == [True]


def test_every_policy_has_a_short_name_of_its_own() -> None:
    for short, name in names().items():
        if name not in service_linked():
            assert aws_name(short) == aws_name(name) == name


def reach(bootstrap: bool, **fields: Any) -> list[str]:
    return [str(problem) for problem in check_reach([AccessEntry.model_validate(entry(**fields))], bootstrap)]


def test_somebody_must_be_able_to_administer_the_cluster() -> None:
    scoped = [{"policy": "cluster_admin", "namespaces": ["dev"]}]
    assert reach(False, policies=scoped)[0].startswith("access: leaves the cluster without an administrator")
    assert reach(False, policies=[{"policy": "cluster_admin"}]) == []
    assert reach(True) == []


def test_a_role_of_identity_center_is_told_with_its_path() -> None:
    [found] = problems(a=entry(principal_arn="arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0a1b2c3d"))
    path = "role/aws-reserved/sso.amazonaws.com/<region>/AWSReservedSSO_Admin_0a1b2c3d"
    assert f"write arn:aws:iam::111122223333:{path}, with the region of IAM Identity Center" in found
