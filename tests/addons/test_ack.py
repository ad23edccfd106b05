"""ACK's controllers: what each may do, and how that is narrowed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.addons._ack import AckController, AckRolePasser, controllers
from eks_blueprints.addons.ack_acm import AckAcm
from eks_blueprints.addons.ack_eks import AckEks
from eks_blueprints.addons.ack_iam import AckIam
from eks_blueprints.addons.ack_lambda import AckLambda
from eks_blueprints.addons.ack_rds import AckRds
from eks_blueprints.addons.ack_route53 import AckRoute53
from eks_blueprints.addons.ack_s3 import AckS3
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import element_class
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

SERVICES = sorted(controllers())
ROLE = "arn:aws:iam::111122223333:role/functions"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/abc"
# Of all inline policies of a role together, without white space.
POLICY_LIMIT = 10_240


def controller(service: str, **fields: Any) -> AckController:
    cls: Any = element_class(AddOn, f"ack_{service}")
    made: AckController = cls(unbounded=True, **fields)
    return made


def statements(addon: AckController, **cluster: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(recorded(addon.install, **cluster).one("RolePolicy")["policy"])[
        "Statement"
    ]
    return found


def allowed(addon: AckController, action: str) -> dict[str, Any]:
    return next(each for each in statements(addon) if action in each["Action"])


def values(addon: AckController) -> Any:
    return installed(addon).one("Release")["values"]


def installed(addon: AckController) -> Recorded:
    return recorded(addon.install)


@pytest.mark.parametrize("service", SERVICES)
def test_its_chart_and_account_are_those_of_the_table(service: str) -> None:
    plan = installed(controller(service))
    plan.one("Release").has(
        chart=f"oci://public.ecr.aws/aws-controllers-k8s/{service}-chart", version=controllers()[service]["version"]
    )
    plan.one("PodIdentityAssociation").has(serviceAccount=f"ack-{service}-controller", namespace="ack-system")


@pytest.mark.parametrize("service", SERVICES)
def test_its_policy_fits_into_a_role_and_names_every_action(service: str) -> None:
    found = statements(controller(service))
    assert len(json.dumps(found, separators=(",", ":"))) < POLICY_LIMIT
    assert not [action for each in found for action in each["Action"] if action.endswith("*")]


@pytest.mark.parametrize("service", SERVICES)
def test_what_knows_resources_is_not_allowed_on_all(service: str) -> None:
    on_all = [each["Action"] for each in statements(controller(service)) if each["Resource"] == ["*"]]
    table = controllers()[service]
    assert not [action for actions in on_all for action in actions if action in table["actions"]]


@pytest.mark.parametrize("service", SERVICES)
def test_other_partitions_and_regions_have_their_own_arns(service: str) -> None:
    found = statements(controller(service), partition="aws-cn", region="cn-north-1")
    assert not [arn for each in found for arn in each["Resource"] if arn != "*" and not arn.startswith("arn:aws-cn:")]
    assert "eu-west-1" not in json.dumps(found)


def test_it_is_narrowed_to_what_is_named() -> None:
    bucket = "arn:aws:s3:::shop-*"
    assert allowed(AckS3(resource_arns=(bucket,)), "s3:CreateBucket")["Resource"] == [bucket]


def test_what_is_named_is_an_arn() -> None:
    with pytest.raises(ValidationError, match='is not a valid ARN; got "shop"'):
        AckS3.model_validate({"resource_arns": ["shop"]})


@pytest.mark.parametrize("service", SERVICES)
def test_it_is_told_what_it_may_manage_or_that_all_is_meant(service: str) -> None:
    cls: Any = element_class(AddOn, f"ack_{service}")
    with pytest.raises(ValidationError, match=r"resource_arns\n.*is required: .*; got none; name what it may"):
        cls()
    kinds = tuple(arn.format(partition="aws", region="eu-west-1") for arn in controllers()[service]["resources"])
    with pytest.raises(
        ValidationError, match=r"matches every resource of a kind; got .*; start it with a name of your own, or set"
    ):
        cls(resource_arns=kinds)
    kept = cls(resource_arns=kinds[:1], unbounded=True)
    assert [each for each in statements(kept) if each["Resource"] == [kinds[0]]]


@pytest.mark.parametrize(
    ("service", "arn", "named"),
    [
        ("s3", "arn:aws:s3:::*", False),
        ("s3", "arn:aws:s3:::*-logs", True),
        ("s3", "arn:aws:s3:::*/*", False),
        ("sqs", "arn:aws:sqs:eu-west-1:111122223333:*", False),
        ("sqs", "arn:aws:sqs:eu-west-1:111122223333:shop-*", True),
        ("dynamodb", "arn:aws:dynamodb:eu-west-1:111122223333:table/*", False),
        ("dynamodb", "arn:aws:dynamodb:eu-west-1:111122223333:tab*", False),
        ("dynamodb", "arn:aws:dynamodb:eu-west-1:111122223333:table/shop-*", True),
        ("ec2", "arn:aws:ec2:eu-west-1:111122223333:vpc/*", False),
        ("ec2", "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0123456789abcdef0", True),
        ("kms", "arn:aws:kms:eu-west-1:111122223333:alias/shop-*", True),
    ],
)
def test_a_pattern_for_all_of_a_kind_names_nothing(service: str, arn: str, named: bool) -> None:
    cls: Any = element_class(AddOn, f"ack_{service}")
    if named:
        assert cls(resource_arns=(arn,)).resource_arns == (arn,)
        with pytest.raises(ValidationError, match="is set on a controller that is bounded; got true; remove it"):
            cls(resource_arns=(arn,), unbounded=True)
    else:
        with pytest.raises(ValidationError, match="matches every resource of a kind"):
            cls(resource_arns=(arn,))


def test_a_change_of_records_is_asked_about_whatever_zones_are_named() -> None:
    zone = "arn:aws:route53:::hostedzone/Z0123456789ABC"
    found = statements(AckRoute53(resource_arns=(zone,)))
    asks = [each["Resource"] for each in found if "route53:GetChange" in each["Action"]]
    assert ["arn:aws:route53:::change/*"] in asks


def test_it_hands_over_no_role_unless_it_is_named() -> None:
    assert "iam:PassRole" not in json.dumps(statements(AckLambda(unbounded=True)))
    passed = allowed(AckLambda(unbounded=True, pass_role_arns=(ROLE,)), "iam:PassRole")
    assert passed["Resource"] == [ROLE]
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com"]}}


def test_only_controllers_that_pass_roles_take_them() -> None:
    takers = {service for service in SERVICES if isinstance(controller(service), AckRolePasser)}
    assert {"lambda", "eks", "sfn"} <= takers
    assert not {"sqs", "dynamodb", "kms"} & takers


def test_it_looks_at_the_roles_that_it_hands_over_to_eks() -> None:
    assert allowed(AckEks(unbounded=True, pass_role_arns=(ROLE,)), "iam:GetRole")["Resource"] == [ROLE]


def test_service_linked_roles_are_made_for_its_service_only() -> None:
    made = allowed(AckRds(unbounded=True), "iam:CreateServiceLinkedRole")
    assert made["Condition"] == {"StringLike": {"iam:AWSServiceName": ["rds.amazonaws.com"]}}


def test_private_certificates_are_signed_by_the_authorities_that_are_named() -> None:
    authority = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/*"
    assert "acm-pca" not in json.dumps(statements(AckAcm(unbounded=True)))
    signing = allowed(AckAcm(unbounded=True, certificate_authority_arns=(authority,)), "acm-pca:IssueCertificate")
    assert signing["Resource"] == [authority]


def test_it_may_use_keys_for_aws_only() -> None:
    granted = allowed(AckRds(unbounded=True, kms_key_arns=(KEY,)), "kms:CreateGrant")
    assert granted["Resource"] == [KEY]
    assert granted["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_the_region_is_the_clusters_unless_it_is_said() -> None:
    assert values(AckRds(unbounded=True))["aws"] == {"region": "eu-west-1"}
    elsewhere = AckRds(unbounded=True, region="us-east-1")
    assert values(elsewhere)["aws"] == {"region": "us-east-1"}
    assert allowed(elsewhere, "rds:CreateDBInstance")["Resource"][1].startswith("arn:aws:rds:us-east-1:*:")


def test_kinds_are_those_of_the_controller() -> None:
    with pytest.raises(ValidationError, match="did you mean Role"):
        AckIam.model_validate({"kinds": ["Roles"], "unbounded": True})
    assert values(AckIam(kinds=("Role", "Policy"), unbounded=True))["reconcile"] == {"resources": ["Role", "Policy"]}


def test_it_can_be_kept_to_some_namespaces() -> None:
    assert values(AckS3(unbounded=True, watch_namespaces=("data", "ml")))["watchNamespace"] == "data,ml"


def test_it_goes_before_the_cluster_does() -> None:
    installed(AckS3(unbounded=True)).one("Release").has_option(deleted_with=None)


def test_several_stand_in_one_namespace() -> None:
    releases = {controller(service).release_name for service in SERVICES}
    assert len(releases) == len(SERVICES)


TEAMS = "arn:aws:iam::111122223333:role/teams/*"
BOUNDARY = "arn:aws:iam::111122223333:policy/team-boundary"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {},
            "resource_arns\n.*is required: without it, anyone who can write its objects can change everything",
        ),
        (
            {},
            "boundary_of_made\n.*is required: without it, anyone who can write its objects can become an administrator",
        ),
        ({"resource_arns": [TEAMS]}, "boundary_of_made\n.*or set unbounded: true if that is intended"),
        ({"boundary_of_made": BOUNDARY}, "resource_arns\n.*is required"),
        ({"boundary_of_made": BOUNDARY, "resource_arns": [f"{BOUNDARY[:-8]}*"]}, "covers boundary_of_made"),
        (
            {"boundary_of_made": BOUNDARY, "resource_arns": [TEAMS], "unbounded": True},
            "is set on a controller that is bounded",
        ),
    ],
)
def test_a_controller_of_iam_is_bounded_or_said_not_to_be(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        AckIam.model_validate(fields)


def test_whom_it_gives_permissions_to_is_bounded() -> None:
    bounded = AckIam.model_validate({"boundary_of_made": BOUNDARY, "resource_arns": [TEAMS]})
    found = statements(bounded)
    giving = [each for each in found if "iam:AttachRolePolicy" in each["Action"]]
    assert [each["Condition"] for each in giving] == [{"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}]
    assert "Boundary" not in str([each["Action"] for each in found if each not in giving])
    assert all(each["Resource"] == [TEAMS] for each in giving)
