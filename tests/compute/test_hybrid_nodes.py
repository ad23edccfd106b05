from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.compute.base import Compute
from eks_blueprints.compute.hybrid_nodes import HybridNodes
from eks_blueprints.core.elements import element_class
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

ROLE = "arn:aws:iam::111122223333:role/edge"
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
AUTHORITY = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/12345678-1234-1234-1234-123456789012"
ANCHOR = "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/12345678-1234-1234-1234-123456789012"
BOUND = "arn:aws:iam::111122223333:policy/bound"
ARN = "arn:aws:eks:eu-west-1:111122223333:cluster/shop"

TYPICAL: dict[str, dict[str, Any]] = {
    "hybrid_minimal": {},
    "hybrid_activation": {"ssm": {"activation": {"registration_limit": 20}}, "tags": {"site": "factory"}},
    "hybrid_certificates": {"iam_roles_anywhere": {"ca_bundle": PEM}},
}


def hybrid(**fields: Any) -> HybridNodes:
    return HybridNodes.model_validate({"name": "edge"} | fields)


def attached(fields: dict[str, Any], **cluster: Any) -> Recorded:
    return recorded(hybrid(**fields).attach, **cluster)


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        hybrid(**fields)
    return "\n".join(map(str, problems_of(caught.value)))


def test_the_kind_is_the_class() -> None:
    assert element_class(Compute, "hybrid_nodes") is HybridNodes


@pytest.mark.parametrize("case", TYPICAL)
def test_typical_ways_in(case: str, golden: Any) -> None:
    golden(attached(TYPICAL[case], arn=ARN), case)


def test_their_role_has_an_entry_of_its_own_kind() -> None:
    attached({}).one("AccessEntry").has(type="HYBRID_LINUX")


def test_systems_manager_acts_for_this_account_alone() -> None:
    trust = attached({}, arn=ARN).one("iam.Role")
    condition = trust["assumeRolePolicy.Statement[0].Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert condition["ArnEquals"] == {"aws:SourceArn": "arn:aws:ssm:eu-west-1:111122223333:*"}


def test_certificates_are_of_ones_own_authority() -> None:
    plan = attached(TYPICAL["hybrid_certificates"])
    statement = plan.one("iam.Role")["assumeRolePolicy.Statement[0]"]
    assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": "${shop-edge-trust-anchor.arn}"}
    plan.none("Activation").one("rolesanywhere.Profile").has(acceptRoleSessionName=True)
    plan.none("RolePolicyAttachment", "session-manager")


def test_an_authority_of_aws_will_do() -> None:
    anchor = attached({"iam_roles_anywhere": {"acm_pca_arn": AUTHORITY}}).one("TrustAnchor")
    anchor.has({"source.sourceType": "AWS_ACM_PCA", "source.sourceData.acmPcaArn": AUTHORITY})


def test_a_trust_anchor_that_is_there_will_do() -> None:
    plan = attached({"iam_roles_anywhere": {"trust_anchor_arn": ANCHOR}}).none("TrustAnchor")
    assert plan.one("iam.Role")["assumeRolePolicy.Statement[0].Condition.ArnEquals"] == {"aws:SourceArn": ANCHOR}


def test_anchor_and_profile_are_what_is_said_of_them() -> None:
    bound = {"actions": ["eks:DescribeCluster"], "resources": ["*"]}
    said: dict[str, Any] = {"trust_anchor_name": "factory", "profile_name": "machines", "session_policy": [bound]}
    said |= {"managed_policy_arns": [BOUND], "require_instance_properties": True, "duration_seconds": 7200}
    notice = {"event": "CA_CERTIFICATE_EXPIRY", "threshold": 30}
    plan = attached({"iam_roles_anywhere": {"ca_bundle": PEM, "notification_settings": [notice], **said}})
    plan.one("TrustAnchor").has(name="factory", notificationSettings=[{**notice, "enabled": True}])
    profile = plan.one("rolesanywhere.Profile")
    profile.has(name="machines", managedPolicyArns=[BOUND], requireInstanceProperties=True, durationSeconds=7200)
    document = profile["sessionPolicy"]
    document = json.loads(document) if isinstance(document, str) else document
    assert document["Statement"] == [{"Effect": "Allow", "Action": ["eks:DescribeCluster"], "Resource": ["*"]}]


def test_the_activation_marks_machines_as_the_clusters() -> None:
    attached(TYPICAL["hybrid_activation"], arn=ARN).one("Activation").has({"tags.EKSClusterARN": ARN})


def test_a_role_that_is_there_is_used() -> None:
    plan = attached({"role_arn": ROLE, "ssm": {"activation": {}}})
    plan.none("iam.Role").one("Activation").has(iamRole="edge")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ssm": {}, "iam_roles_anywhere": {"ca_bundle": PEM}}, "ssm: cannot be combined with iam_roles_anywhere"),
        (
            {"iam_roles_anywhere": {}},
            "iam_roles_anywhere: accepts one of ca_bundle, acm_pca_arn and trust_anchor_arn; got none of them",
        ),
        ({"iam_roles_anywhere": {"ca_bundle": PEM, "trust_anchor_arn": ANCHOR}}, "got ca_bundle and trust_anchor_arn"),
        ({"iam_roles_anywhere": {"trust_anchor_arn": "x"}}, "is not a valid ARN of a trust anchor"),
        (
            {"iam_roles_anywhere": {"trust_anchor_arn": ANCHOR, "trust_anchor_name": "a"}},
            "trust_anchor_name: is for the trust anchor that is created",
        ),
        (
            {
                "iam_roles_anywhere": {
                    "ca_bundle": PEM,
                    "notification_settings": [{"event": "CA_CERTIFICATE_EXPIRY"}] * 2,
                }
            },
            "notification_settings: lists one event twice",
        ),
        ({"iam_roles_anywhere": {"ca_bundle": "x"}}, "is not a PEM certificate"),
        ({"iam_roles_anywhere": {"acm_pca_arn": "x"}}, "is not a valid ARN of a private certificate authority"),
        ({"iam_roles_anywhere": {"ca_bundle": PEM, "duration_seconds": 5}}, "is too small"),
        ({"ssm": {"activation": {"registration_limit": 0}}}, "is too small"),
        ({"ssm": {"activation": {"expiration_date": "tomorrow"}}}, "is not a valid time with a zone"),
        ({"ssm": {"activation": {"expiration_date": "2026-12-01T00:00:00"}}}, "is not a valid time with a zone"),
        ({"role_arn": ROLE, "policies": {"a": "arn:aws:iam::aws:policy/x"}}, "is for the role that is created"),
        ({"policies": {"ecr-pull": "arn:aws:iam::aws:policy/x"}}, "is not a valid name"),
        ({"instance_types": ["m5.large"]}, "no such field"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    assert message in problems(**fields)
