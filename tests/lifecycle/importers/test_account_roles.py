"""Roles and the key of a cluster that runs: taken over, or by their ARN with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from eks_blueprints.lifecycle.importers.account import read_cluster
from eks_blueprints.lifecycle.importers.account.belongings import belongings
from eks_blueprints.lifecycle.importers.found.draft import Draft
from eks_blueprints.lifecycle.importers.found.model import ALIAS, ATTACHMENT, CLUSTER, KEY, ROLE, Found, Holdings
from eks_blueprints.lifecycle.importers.found.stack import drafted
from eks_blueprints.live.errors import LiveError
from tests.lifecycle.teardown import account as aws

from . import recorded

Answers = dict[str, Any]
CLUSTER_ROLE = f"{recorded.IAM}:role/platform/shop-cluster"


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[Any]:
    with aws.account() as found:
        yield found


class KeptClients:
    """A session that makes each client once: to make one takes longer than a test."""

    def __init__(self, session: Any) -> None:
        self.region_name = session.region_name
        self.client = cache(lambda service, **_: session.client(service))


@pytest.fixture(scope="module")
def kept(session: Any) -> KeptClients:
    return KeptClients(session)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, kept: KeptClients) -> Callable[[Answers], Draft]:
    """The stack file of the recorded cluster, with some answers changed."""

    def drafted_of(changed: Answers) -> Draft:
        recorded.play(monkeypatch, recorded.answers() | changed)
        return drafted(read_cluster(kept, recorded.NAME))

    return drafted_of


def taken(draft: Draft) -> set[str]:
    """Which roles and which key are taken over: logical names behind that of the stack."""
    return {name for _, name in draft.given}


def notes(draft: Draft) -> list[str]:
    """What is said of roles, keys and other clusters, without what is said of all that is read."""
    told = [f"{each.place}: {each.what}" for each in draft.notes]
    return [each for each in told if each.startswith(("role", "key", "other")) and "inline policies" not in each]


EVERY_ROLE = {"cluster-role", "general-role", "jobs-role"}
EVERYTHING = EVERY_ROLE | {"cluster-key"}


def test_what_nobody_else_uses_is_taken_over(read: Callable[[Answers], Draft]) -> None:
    draft = read({})
    assert taken(draft) == EVERYTHING
    assert notes(draft) == []
    cluster = draft.data["cluster"]
    # Tags that AWS sets itself are no tags of a program.
    assert cluster["iam_role"] == {
        "name": "shop-cluster",
        "path": "/platform/",
        "tags": {"Zuständig": "Plattform 基盤"},
    }
    assert cluster["role_permissions_boundary"] == recorded.BOUNDARY
    assert cluster["encryption_config"]["rotation_period_in_days"] == 180
    assert cluster["encryption_config"]["aliases"] == ["shop-secrets"]
    assert draft.data["compute"]["general"]["policies"] == {
        "eks-cni-policy": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    }
    assert any("inline policies" in each.what and "logs-to-s3" in each.what for each in draft.notes)


@pytest.mark.parametrize(
    ("operation", "code", "stay"),
    [
        ("GetRole", "AccessDenied", EVERY_ROLE),
        ("ListAttachedRolePolicies", "AccessDenied", EVERY_ROLE),
        ("ListRolePolicies", "AccessDenied", EVERY_ROLE),
        ("ListInstanceProfilesForRole", "AccessDenied", {"general-role"}),
        ("DescribeKey", "AccessDeniedException", {"cluster-key"}),
        ("GetKeyPolicy", "AccessDeniedException", {"cluster-key"}),
        ("GetKeyRotationStatus", "AccessDeniedException", {"cluster-key"}),
        ("ListResourceTags", "AccessDeniedException", {"cluster-key"}),
        ("ListAliases", "AccessDeniedException", {"cluster-key"}),
    ],
)
def test_a_permission_that_lacks_is_one_note_of_each_and_the_rest_is_read(
    read: Callable[[Answers], Draft], operation: str, code: str, stay: set[str]
) -> None:
    draft = read({operation: recorded.denied(operation, code)})
    assert taken(draft) == EVERYTHING - stay
    service = "kms" if stay == {"cluster-key"} else "iam"
    said = notes(draft)
    assert len(said) == len(stay)
    assert all(f"cannot be read, as the caller lacks {service}:{operation}" in each for each in said)
    assert not any("user/x" in each for each in said)
    assert draft.data["compute"]["general"].get("node_role_arn") == (
        f"{recorded.IAM}:role/shop-nodes" if "general-role" in stay else None
    )
    if "cluster-key" in stay:
        assert draft.data["cluster"]["encryption_config"] == {"key_arn": recorded.KEY}
    assert draft.holdings.one(ATTACHMENT, role="shop-nodes") is None or "general-role" not in stay


@pytest.mark.parametrize("operation", ["DescribeCluster", "ListNodegroups", "ListClusters"])
def test_without_a_look_at_other_clusters_all_stay_by_their_arn(
    read: Callable[[Answers], Draft], operation: str
) -> None:
    refused = recorded.denied(operation, "AccessDeniedException")
    every = recorded.answers()[operation]
    draft = read({operation: [*every[:1], ({}, refused)] if isinstance(every, list) else refused})
    assert taken(draft) == set()
    [said] = notes(draft)
    assert said.startswith(f"other clusters of eu-west-1: cannot be read, as the caller lacks eks:{operation}")


def test_a_cluster_that_is_deleted_meanwhile_uses_nothing(read: Callable[[Answers], Draft]) -> None:
    own = recorded.answers()["DescribeCluster"][0]
    gone = recorded.denied("DescribeCluster", "ResourceNotFoundException")
    assert taken(read({"DescribeCluster": [own, ({}, gone)]})) == EVERYTHING


def of_role(name: str, **more: Any) -> Answers:
    """IAM's answers, with one role changed."""
    every = recorded.belongings()["GetRole"]
    return {
        "GetRole": [
            (asked, {"Role": said["Role"] | (more if asked == {"RoleName": name} else {})}) for asked, said in every
        ]
    }


def about_key(**more: Any) -> Answers:
    about: Answers = recorded.belongings()["DescribeKey"][-1][1]["KeyMetadata"]
    return about | more


def of_key(**more: Any) -> Answers:
    return {"DescribeKey": recorded.key_answers(about_key(**more))}


def of_other_cluster(**more: Any) -> Answers:
    own, (asked, other) = recorded.answers()["DescribeCluster"]
    return {"DescribeCluster": [own, (asked, {"cluster": other["cluster"] | more})]}


def trust(principal: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]})


def profile(name: str) -> Answers:
    [found] = recorded.belongings()["ListInstanceProfilesForRole"]["InstanceProfiles"]
    return {"ListInstanceProfilesForRole": {"InstanceProfiles": [found | {"InstanceProfileName": name}]}}


NOT_OURS = f"arn:aws:kms:{recorded.REGION}:210987654321:key/{recorded.KEY_ID}"
REPLICA = {"MultiRegionKeyType": "REPLICA", "PrimaryKey": {"Arn": NOT_OURS, "Region": "us-east-1"}}


@pytest.mark.parametrize(
    ("changed", "stays", "said"),
    [
        (of_other_cluster(roleArn=CLUSTER_ROLE), "cluster-role", "is a role of other too"),
        (
            of_other_cluster(encryptionConfig=[{"resources": ["secrets"], "provider": {"keyArn": recorded.KEY}}]),
            "cluster-key",
            "is the key of other too",
        ),
        (
            {"ListNodegroups": {"nodegroups": ["general"]}},  # of both clusters
            "general-role",
            "role shop-nodes: is a role of other too",
        ),
        (profile("web"), "general-role", "is a role of instances by the profile web too"),
        (
            of_role("shop-cluster", RoleLastUsed={"LastUsedDate": recorded.NOW, "Region": "us-east-1"}),
            "cluster-role",
            "is a role of something in us-east-1, where it was used last, too",
        ),
        (
            of_role(
                "shop-nodes", AssumeRolePolicyDocument=trust({"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]})
            ),
            "general-role",
            "lets ec2.amazonaws.com, ssm.amazonaws.com take it on",
        ),
        (of_role("shop-nodes", Path="/aws-service-role/eks/"), "general-role", "of roles that AWS manages"),
        (of_role("shop-nodes", Path="/aws-reserved/sso/"), "general-role", "of roles that AWS manages"),
        (of_role("shop-nodes", Arn=f"{recorded.IAM}:role/new/shop-nodes"), "general-role", "is not there: the role of"),
        (of_key(KeyState="PendingDeletion", DeletionDate=recorded.NOW), "cluster-key", "is deleted on 2026-11-01, and"),
        (of_key(KeyManager="AWS"), "cluster-key", "is managed by AWS"),
        (of_key(Enabled=False, KeyState="Disabled"), "cluster-key", "isEnabled: no field says this of a key"),
        (of_key(Origin="EXTERNAL"), "cluster-key", "its material is from elsewhere (origin EXTERNAL)"),
        (of_key(MultiRegion=True, MultiRegionConfiguration=REPLICA), "cluster-key", f"is a replica of {NOT_OURS}"),
        (
            {"DescribeKey": recorded.key_answers(about_key(), about_key(Arn=NOT_OURS))},
            "cluster-key",
            f"the stack would give it alias/eks/shop, which is the alias of {NOT_OURS}",
        ),
        (of_key(Arn=NOT_OURS), "cluster-key", f"is another name of the key {NOT_OURS}"),
        (
            {"DescribeKey": recorded.denied("DescribeKey", "NotFoundException")},
            "cluster-key",
            "is not there (AWS says NotFoundException)",
        ),
    ],
)
def test_what_is_not_the_clusters_alone_stays_by_its_arn(
    read: Callable[[Answers], Draft], changed: Answers, stays: str, said: str
) -> None:
    draft = read(changed)
    assert taken(draft) == EVERYTHING - {stays}
    [told] = notes(draft)
    assert said in told
    assert "by its ARN" in told


def test_services_that_may_use_the_key_are_told(read: Callable[[Answers], Draft]) -> None:
    draft = read({"GetKeyPolicy": {"Policy": trust({"Service": "logs.eu-west-1.amazonaws.com"})}})
    assert taken(draft) == EVERYTHING
    [said] = notes(draft)
    assert "policy lets logs.eu-west-1.amazonaws.com use it too" in said


def test_profiles_that_eks_makes_are_no_other_users(read: Callable[[Answers], Draft]) -> None:
    assert taken(read(profile("eks-eu-west-1-shop-4067990795380418201"))) == EVERYTHING


def test_a_key_of_another_account_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, kept: KeptClients) -> None:
    config = [{"resources": ["secrets"], "provider": {"keyArn": NOT_OURS}}]
    called = recorded.play(monkeypatch, recorded.answers(encryptionConfig=config))
    draft = drafted(read_cluster(kept, recorded.NAME))
    assert draft.data["cluster"]["encryption_config"] == {"key_arn": NOT_OURS}
    assert notes(draft) == [f"key {recorded.KEY_ID}: is of account 210987654321: stays as it is, by its ARN"]
    assert "DescribeKey" not in called


def test_the_text_of_inline_policies_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, kept: KeptClients) -> None:
    called = recorded.play(monkeypatch, recorded.answers())
    read_cluster(kept, recorded.NAME)
    assert not {"GetRolePolicy", "GetPolicyVersion"} & set(called)


def test_all_pages_are_read(read: Callable[[Answers], Draft]) -> None:
    attached = {"AttachedPolicies": [{"PolicyName": "edge", "PolicyArn": recorded.BOUNDARY}]}
    first = {"AttachedPolicies": [], "IsTruncated": True, "Marker": "2"}
    alias = {"AliasName": "alias/second", "TargetKeyId": recorded.KEY_ID}
    tags = {"Tags": [{"TagKey": "late", "TagValue": "yes"}]}
    draft = read(
        {
            "ListAttachedRolePolicies": [({"Marker": "2"}, attached), ({}, first)],
            "ListAliases": [
                ({"Marker": "2"}, {"Aliases": [alias]}),
                ({}, {"Aliases": [], "Truncated": True, "NextMarker": "2"}),
            ],
            "ListResourceTags": [({"Marker": "2"}, tags), ({}, {"Tags": [], "Truncated": True, "NextMarker": "2"})],
        }
    )
    assert draft.data["compute"]["general"]["policies"] == {"edge": recorded.BOUNDARY}
    assert draft.data["cluster"]["encryption_config"]["aliases"] == ["second"]
    assert draft.data["cluster"]["encryption_config"]["tags"] == {"late": "yes"}


def test_throttling_is_no_note(monkeypatch: pytest.MonkeyPatch, kept: KeptClients) -> None:
    """What stays by its ARN must not depend on how busy the account is."""
    recorded.play(monkeypatch, recorded.answers() | {"GetRole": recorded.denied("GetRole", "Throttling")})
    with pytest.raises(LiveError, match=r"AWS says Throttling: .*; others ask AWS too: wait a minute"):
        read_cluster(kept, recorded.NAME)


POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


@pytest.fixture(scope="module")
def made(session: Any) -> Found:
    """A cluster whose role and key are in an account of moto's."""
    iam, kms = session.client("iam"), session.client("kms")
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=POLICY)
    role = iam.create_role(
        RoleName="shop",
        Path="/teams/platform/",
        AssumeRolePolicyDocument=trust({"Service": "eks.amazonaws.com"}),
        PermissionsBoundary=boundary["Policy"]["Arn"],
        Tags=[{"Key": "команда", "Value": "プラットフォーム"}],
    )["Role"]
    iam.attach_role_policy(RoleName="shop", PolicyArn=boundary["Policy"]["Arn"])
    iam.put_role_policy(RoleName="shop", PolicyName="own", PolicyDocument=POLICY)
    key = kms.create_key(Description="shop", Tags=[{"TagKey": "команда", "TagValue": "x"}])["KeyMetadata"]
    kms.enable_key_rotation(KeyId=key["KeyId"])
    kms.create_alias(AliasName="alias/shop", TargetKeyId=key["KeyId"])
    properties = {
        "name": "shop",
        "arn": f"arn:aws:eks:{aws.REGION}:{role['Arn'].split(':')[4]}:cluster/shop",
        "roleArn": role["Arn"],
        "encryptionConfig": {"provider": {"keyArn": key["Arn"]}},
    }
    return Found.of(CLUSTER, "cluster shop", properties)


def test_what_an_account_holds_is_what_was_made(session: Any, made: Found) -> None:
    own = belongings(session, [made])
    held = Holdings(tuple(Found.of(*row) for row in own.rows), "test", tuple(own.doubts), own.users)
    assert (held.doubts, held.users) == ((), {})
    role, key = held.one(ROLE), held.one(KEY)
    assert role is not None
    assert key is not None
    assert (role.id, role.get("path"), role.get("tags")) == (
        "shop",
        "/teams/platform/",
        {"команда": "プラットフォーム"},
    )
    assert role.get("permissionsBoundary").endswith(":policy/edge")
    assert role.get("inlinePolicies") == [{"name": "own"}]
    assert json.loads(role.get("assumeRolePolicy"))["Statement"][0]["Principal"] == {"Service": "eks.amazonaws.com"}
    assert key.get("arn") == made.get("encryptionConfig.provider.keyArn")
    assert (key.get("enableKeyRotation"), key.get("tags")) == (True, {"команда": "x"})
    [alias] = held.of(ALIAS, targetKeyId=key.id)
    assert alias.id == "alias/shop"
    assert len(list(held.of(ATTACHMENT, role="shop"))) == 1


def test_where_aws_throttles_it_is_asked_again(monkeypatch: pytest.MonkeyPatch, session: Any, made: Found) -> None:
    refused = [0]
    monkeypatch.setattr("time.sleep", lambda _: None)

    def throttled(request: Any, **_: Any) -> AWSResponse | None:
        if refused[0] == 6:  # more often than boto3 asks by itself
            return None
        refused[0] += 1
        code = "<ErrorResponse><Error><Code>Throttling</Code><Message>slow down</Message></Error></ErrorResponse>"
        response = AWSResponse(request.url, 400, {}, None)
        response._content = code.encode()
        return response

    session.events.register_first("before-send.iam.GetRole", throttled)
    try:
        own = belongings(session, [made])
    finally:
        session.events.unregister("before-send.iam.GetRole", throttled)
    assert refused == [6]
    assert ROLE in {type_ for type_, _, _ in own.rows}
