from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.compute.base import Compute
from eks_blueprints.compute.fargate import Fargate
from eks_blueprints.core.elements import element_class
from eks_blueprints.core.errors import problems_of
from eks_blueprints.recording import ProgramError
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

ROLE = "arn:aws:iam::111122223333:role/fargate"
SELECTORS = [{"namespace": "batch-*"}, {"namespace": "shop", "labels": {"tier": "web-?"}}]

TYPICAL: dict[str, dict[str, Any]] = {
    "fargate_minimal": {},
    "fargate_logging": {
        "logging": {
            "cloudwatch_logs": {"retention_in_days": 30},
            "filters_conf": "[FILTER]\n    Name grep\n    Match *\n    Exclude log healthz\n",
            "parsers_conf": "[PARSER]\n    Name crio\n    Format regex\n",
        },
        "zones": ["eu-west-1a"],
        "policies": {"extra": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"},
        "tags": {"cost": "batch"},
    },
    "fargate_own_role": {
        "pod_execution_role_arn": ROLE,
        "subnet_ids": ["subnet-0123456789abcdef0"],
        "logging": {"output_conf": "[OUTPUT]\n    Name es\n    Match *\n    Host logs.example.com\n"},
    },
}


def fargate(**fields: Any) -> Fargate:
    return Fargate.model_validate({"name": "batch", "selectors": SELECTORS} | fields)


def attached(fields: dict[str, Any], **cluster: Any) -> Recorded:
    return recorded(fargate(**fields).attach, **cluster)


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        fargate(**fields)
    return "\n".join(map(str, problems_of(caught.value)))


def test_the_kind_is_the_class() -> None:
    assert element_class(Compute, "fargate") is Fargate


@pytest.mark.parametrize("case", TYPICAL)
def test_typical_profiles(case: str, golden: Any) -> None:
    golden(attached(TYPICAL[case]), case)


def test_pods_stand_in_private_subnets() -> None:
    ids = attached({}).one("FargateProfile")["subnetIds"]
    assert ids == ["subnet-20000001", "subnet-20000002", "subnet-20000003"]


def test_nobody_elses_profile_can_use_the_role() -> None:
    trust = attached({}, arn="arn:aws:eks:eu-west-1:111122223333:cluster/shop").one("iam.Role")
    condition = trust["assumeRolePolicy"]
    assert '"ArnLike":{"aws:SourceArn":"arn:aws:eks:eu-west-1:111122223333:fargateprofile/shop/*"}' in condition


def test_the_profile_waits_for_logging_and_role() -> None:
    plan = attached(TYPICAL["fargate_logging"])
    profile = plan.one("FargateProfile").waits_for(plan.one("ConfigMap")).waits_for(plan.one("Namespace"))
    for attachment in plan.all("RolePolicyAttachment"):
        profile.waits_for(attachment)
    plan.one("Namespace").has({"metadata.labels.aws-observability": "enabled"})


def test_the_role_writes_to_its_log_group_alone() -> None:
    policy = attached(TYPICAL["fargate_logging"]).one("RolePolicy")
    assert policy["policy.Statement[0].Resource"] == ["${shop-fargate-logs.arn}", "${shop-fargate-logs.arn}:*"]
    attached({}).none("RolePolicy")


def test_fluent_bits_own_log_needs_groups_that_it_makes() -> None:
    logging = {"output_conf": "[OUTPUT]\n  Name firehose\n", "flb_log_cw": True}
    attached({"logging": logging}).one("RolePolicy")


def test_what_a_cluster_has_once_is_the_same_whichever_profile_has_it_made() -> None:
    def shared(name: str) -> set[str]:
        found = attached(TYPICAL["fargate_logging"] | {"name": name})
        return {found.one(kind).urn for kind in ("LogGroup", "Namespace", "ConfigMap")}

    assert shared("batch") == shared("jobs")
    renamed = attached(TYPICAL["fargate_logging"]).one("LogGroup").planned.options["aliases"]
    assert renamed == [{"name": "shop-batch-logs"}]


def test_logging_goes_with_the_cluster() -> None:
    plan = attached(TYPICAL["fargate_logging"])
    for kind in ("Namespace", "ConfigMap"):
        assert plan.one(kind).planned.options["deleted_with"] == plan.one("eks.Cluster").urn


@pytest.mark.parametrize(("prefix", "fixed"), [("shop", False), ("eks-shop", True), ("x" * 90, True)])
def test_names_are_such_as_eks_takes(prefix: str, fixed: bool) -> None:
    profile = attached({}, prefix=prefix).one("FargateProfile")
    name = profile.get("fargateProfileName")
    assert (name is not None) == fixed
    if name:
        assert len(name) <= 100
        assert not name.startswith("eks-")
        profile.has_option(delete_before_replace=True)


def test_another_profile_changes_no_urn() -> None:
    one = recorded(lambda c: fargate(name="a").attach(c))
    two = recorded(lambda c: [fargate(name=name).attach(c) for name in ("b", "a")])
    two.adds_only(one, "shop-b")


@pytest.mark.parametrize(
    ("namespace", "labels", "runs"),
    [
        ("batch-nightly", {}, True),
        ("batch", {}, False),
        ("shop", {"tier": "web-1"}, True),
        ("shop", {"tier": "web-12"}, False),
        ("shop", {}, False),
        ("shop", None, True),
        ("other", None, False),
    ],
)
def test_it_can_tell_which_pods_it_takes(namespace: str, labels: Any, runs: bool) -> None:
    assert fargate().runs(namespace, labels) is runs


def test_a_public_subnet_of_the_network_is_refused() -> None:
    with pytest.raises(ProgramError, match=r"compute.batch.subnet_ids\[0\]: is a public subnet"):
        attached({"subnet_ids": ["subnet-10000001"]})


def test_a_network_without_private_subnets_is_refused() -> None:
    from eks_blueprints.core.refs import NetworkRef

    with pytest.raises(ProgramError, match=r"compute.batch.subnets: needs private subnets"):
        attached({}, network=NetworkRef(vpc_id="vpc-1", subnets=()))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"selectors": []}, "selectors: needs at least 1 entry"),
        ({"selectors": [{"namespace": f"n{n}"} for n in range(6)]}, "selectors: can have at most 5 entries"),
        ({"selectors": [{"namespace": "a"}, {"namespace": "a"}]}, "selectors[1]: is the same as selectors[0]"),
        (
            {"selectors": [{"namespace": "Shop"}]},
            "selectors[0].namespace: is not a valid name that a namespace can have",
        ),
        ({"selectors": [{"labels": {"a": "b"}}]}, "selectors[0].namespace: is required"),
        ({"selectors": [{"namespace": "a", "labels": {"b c": "d"}}]}, "is not a label"),
        ({"selectors": [{"namespace": "a", "labels": {f"l{n}": "x" for n in range(6)}}]}, "at most 5"),
        ({"subnets": "public"}, "subnets: must be private: EKS accepts no public subnets for Fargate"),
        ({"ami_id": "ami-1"}, 'ami_id: is not for Fargate; got "ami-1"; Fargate has no image'),
        ({"image": {"id": "ami-1"}}, "image: is not for Fargate"),
        ({"update_config": {}}, "update_config: is not for Fargate; got {}; Fargate has no nodes to update"),
        ({"instance_types": ["m5.large"]}, "instance_types: is not for Fargate"),
        ({"ami_type": "x", "selectors": []}, "selectors: needs at least 1 entry"),
        ({"zones": ["a"], "subnet_ids": ["subnet-01234567"]}, "zones: cannot be combined with subnet_ids"),
        ({"subnet_ids": ["sn-1"]}, "is not a valid id of a subnet"),
        ({"pod_execution_role_arn": ROLE, "permissions_boundary": "arn:aws:iam::aws:policy/x"}, "is for the role"),
        ({"policies": {"logs": "arn:aws:iam::aws:policy/x"}}, "policies.logs: is not a valid name"),
        ({"logging": {}}, "logging: accepts either cloudwatch_logs or output_conf; got neither"),
        ({"logging": {"output_conf": "x"}}, "logging.output_conf: has no section"),
        ({"logging": {"output_conf": "[OUTPUT]\n Name s3\n"}}, 'names a plugin that Fargate does not have; got "s3"'),
        ({"logging": {"output_conf": "[INPUT]\n Name es\n"}}, "accepts only [OUTPUT] sections; got [INPUT]"),
        ({"logging": {"cloudwatch_logs": {}, "filters_conf": "[FILTER]\n Name lua\n"}}, 'got "lua"'),
        ({"logging": {"cloudwatch_logs": {}, "parsers_conf": "[PARSER]\n" + "x" * 5300}}, "is too long for Fargate"),
        ({"logging": {"cloudwatch_logs": {"retention_in_days": 8}}}, "is not one of the allowed values"),
        ({"logging": {"cloudwatch_logs": {"log_group_name": "a b"}}}, "is not a valid name for a log group"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    assert message in problems(**fields)


def test_a_bad_selector_is_told_once() -> None:
    assert problems(selectors=[{"namespace": "Shop"}]).count("\n") == 0


def test_how_long_to_wait_can_be_said() -> None:
    plan = attached({"timeouts": {"create": "30m"}})
    plan.one("FargateProfile").has_option(custom_timeouts={"create": "30m"})
    assert "custom_timeouts" not in attached({}).one("FargateProfile").planned.options
