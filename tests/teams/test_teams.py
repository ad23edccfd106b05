"""What is made of teams: each behaviour by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints import Blueprint, BlueprintArgs, ClusterRef, StatementArgs
from eks_blueprints.teams import ApplicationTeam, EcrRepository, OnboardedTeam, PlatformTeam, Team, TeamServiceAccount
from eks_blueprints.testing import Recorded, record
from eks_blueprints.workloads import Deployment

from .said import BASE, DEV, OPS, READ, SSO, WEB, made

NAMESPACE = "kubernetes:core/v1:Namespace"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
RBAC = "rbac.authorization.k8s.io/v1"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
ENTRY = "aws:eks/accessEntry:AccessEntry"
ACCESS_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
REPOSITORY = "aws:ecr/repository:Repository"


def names(recorded: Recorded, kind: str) -> list[str]:
    return [each.inputs["metadata"]["name"] for each in recorded.all(kind)]


def test_a_team_has_one_closed_namespace_with_its_name() -> None:
    found = made({"Shop_Web": {}})
    namespace = found.one(NAMESPACE)
    assert namespace.inputs["metadata"]["name"] == "shop-web"
    labels = namespace.inputs["metadata"]["labels"]
    assert labels["team"] == "shop-web"
    modes = ("enforce", "audit", "warn")
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in modes} == {"restricted"}
    hard = found.one("kubernetes:core/v1:ResourceQuota").inputs["spec"]["hard"]
    assert {"requests.cpu", "requests.memory", "pods"} <= set(hard)
    assert found.one("kubernetes:core/v1:LimitRange").inputs["spec"]["limits"][0]["defaultRequest"]
    assert "default-deny" in names(found, POLICY)


def test_what_closes_a_namespace_is_changed_and_turned_off() -> None:
    open_ = {"pod_security": None, "resource_quota": {}, "limit_range": None, "network_policy": None}
    found = made({"shop": {"namespaces": {"a": open_, "b": {"resource_quota": {"pods": 5}}}}})
    first, second = found.all(NAMESPACE)
    assert first.inputs["metadata"]["labels"] == {"team": "shop"}
    assert second.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert found.one("kubernetes:core/v1:ResourceQuota").inputs["spec"]["hard"] == {"pods": "5"}
    assert {each.inputs["metadata"]["namespace"] for each in found.all(POLICY)} == {"b"}


def test_a_namespace_keeps_its_urn_when_it_moves_into_a_team() -> None:
    (before,) = made({}, namespaces={"shop": {}}).all(NAMESPACE)
    (after,) = made({"shop": {}}).all(NAMESPACE)
    assert before.urn == after.urn


def test_principals_have_an_access_policy_in_the_namespaces_of_the_team_alone() -> None:
    access = {
        "dev": {"principal_arn": DEV},
        "sso": {"principal_arn": SSO, "policy": "view", "namespaces": ["a"]},
        "ops": {"principal_arn": OPS, "kubernetes_groups": ["ops"]},
    }
    bindings = {"ops": {"role": "view", "groups": ["ops"]}}
    found = made({"shop": {"namespaces": {"a": {}, "b": {}}, "access": access, "role_bindings": bindings}})
    assert {each.inputs["principalArn"] for each in found.all(ENTRY)} >= {DEV, SSO, OPS}
    given = {each.inputs["principalArn"]: each.inputs for each in found.all(ACCESS_POLICY)}
    assert given[DEV]["accessScope"] == {"type": "namespace", "namespaces": ["a", "b"]}
    assert given[DEV]["policyArn"].endswith("/AmazonEKSEditPolicy")
    assert given[SSO]["accessScope"] == {"type": "namespace", "namespaces": ["a"]}
    assert OPS not in given


def test_a_platform_team_administers_the_cluster_and_has_no_namespace() -> None:
    team = {"kind": "platform_team", "access": {"ops": {"principal_arn": OPS}}}
    team["cluster_role_bindings"] = {"readers": {"role": "view", "groups": ["auditors"]}}
    found = made({"ops": team})
    given = next(each.inputs for each in found.all(ACCESS_POLICY) if each.inputs["principalArn"] == OPS)
    assert given["accessScope"] == {"type": "cluster"}
    assert given["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert found.all(NAMESPACE) == []
    binding = found.one("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding").inputs
    assert binding["metadata"]["name"] == "ops-readers"
    assert binding["roleRef"]["name"] == "view"


def test_roles_of_its_own_and_of_kubernetes_are_bound_in_each_namespace() -> None:
    team = {
        "namespaces": {"a": {}, "b": {}},
        "roles": {"logs": [{"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}]},
        "role_bindings": {
            "logs": {"role": "logs", "groups": ["dev"]},
            "edit": {"role": "edit", "users": ["amy"], "service_accounts": ["ci"], "namespaces": ["b"]},
        },
    }
    found = made({"shop": team})
    assert len(found.all(ROLE)) == 2
    bound = [each.inputs for each in found.all(BINDING)]
    kinds = {(each["metadata"]["name"], each["metadata"]["namespace"]): each["roleRef"]["kind"] for each in bound}
    assert kinds == {("logs", "a"): "Role", ("logs", "b"): "Role", ("edit", "b"): "ClusterRole"}
    (edit,) = [each for each in bound if each["metadata"]["name"] == "edit"]
    assert {each["kind"] for each in edit["subjects"]} == {"User", "ServiceAccount"}


def test_service_accounts_get_a_role_by_pod_identity_or_where_asked_by_oidc() -> None:
    accounts = {"reader": {"allow": [READ]}, "old": {"allow": [READ], "identity": "irsa"}}
    found = made({"shop": {"service_accounts": accounts}})
    association = found.one(ASSOCIATION, "acme-team-shop-service-account-reader-association")
    association.has({"namespace": "shop", "serviceAccount": "reader"})
    account = found.one("kubernetes:core/v1:ServiceAccount", "acme-team-shop-service-account-old-service-account")
    assert "eks.amazonaws.com/role-arn" in account.inputs["metadata"]["annotations"]
    account.waits_for("acme-namespace-shop-namespace")


def test_session_tags_and_a_target_role_are_sayable() -> None:
    tag = "${aws:PrincipalTag/kubernetes-namespace}"
    allow = {**READ, "conditions": {"StringEquals": {"s3:ExistingObjectTag/ns": [tag]}}}
    target = "arn:aws:iam::444455556666:role/billing"
    found = made({"shop": {"service_accounts": {"a": {"allow": [allow], "target_role_arn": target}}}})
    assert found.one(ASSOCIATION, "acme-team-shop-service-account-a-association").inputs["targetRoleArn"] == target
    policy = found.one("aws:iam/rolePolicy:RolePolicy", "acme-team-shop-service-account-a-role-policy").inputs["policy"]
    assert tag in policy
    assert target in policy


def test_a_prefix_of_its_own_keeps_repositories_of_two_clusters_apart() -> None:
    team = {"ecr_prefix": "prod/shop", "ecr_repositories": {"web": {}, "own": {"name": "own"}}}
    found = made({"shop": team}).all("aws:ecr/repository:Repository")
    assert {each.inputs["name"] for each in found} == {"prod/shop/web", "own"}


def test_a_repository_is_immutable_scanned_and_cleaned_and_its_pipeline_may_push() -> None:
    found = made({"shop": {"ecr_repositories": {"web": {"push": [DEV], "pull": [OPS]}}}})
    one = found.one(REPOSITORY).inputs
    assert (one["name"], one["imageTagMutability"]) == ("shop/web", "IMMUTABLE")
    assert one["imageScanningConfiguration"] == {"scanOnPush": True}
    rules = json.loads(found.one("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"])["rules"]
    assert [each["rulePriority"] for each in rules] == [1, 2]
    policy = json.loads(found.one("aws:ecr/repositoryPolicy:RepositoryPolicy").inputs["policy"])
    allowed = {each["Principal"]["AWS"][0]: set(each["Action"]) for each in policy["Statement"]}
    assert "ecr:PutImage" in allowed[DEV]
    assert "ecr:PutImage" not in allowed[OPS]
    assert "ecr:BatchGetImage" in allowed[OPS]


def test_repositories_are_encrypted_kept_mutable_and_named_as_asked() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/0f0f0f0f-1111-2222-3333-444444444444"
    fields = {
        "name": "acme/web",
        "kms_key_arn": key,
        "image_tag_mutability": "IMMUTABLE_WITH_EXCLUSION",
        "image_tag_exclusions": ["cache-*"],
        "lifecycle_policy": [],
        "protect": True,
    }
    found = made({"shop": {"ecr_repositories": {"web": fields}}})
    one = found.one(REPOSITORY)
    assert one.inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": key}]
    assert one.inputs["imageTagMutabilityExclusionFilters"] == [{"filter": "cache-*", "filterType": "WILDCARD"}]
    assert found.all("aws:ecr/lifecyclePolicy:LifecyclePolicy") == []


def test_public_repositories_are_made_where_their_api_is() -> None:
    found = made({"shop": {"ecr_public_repositories": {"cli": {"description": "Our CLI", "push": [DEV]}}}})
    found.one("aws:ecrpublic/repository:Repository").has({"repositoryName": "shop/cli", "region": "us-east-1"})
    policy = found.one("aws:ecrpublic/repositoryPolicy:RepositoryPolicy").inputs["policy"]
    assert "ecr-public:PutImage" in policy


def test_pull_through_caches_make_repositories_of_the_teams_form() -> None:
    caches = {"hub": {"upstream_registry_url": "public.ecr.aws", "pull": [OPS]}}
    found = made({"shop": {"ecr_pull_through_caches": caches}})
    rule = found.one("aws:ecr/pullThroughCacheRule:PullThroughCacheRule")
    rule.has({"ecrRepositoryPrefix": "shop/hub", "upstreamRegistryUrl": "public.ecr.aws"})
    template = found.one("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate").inputs
    assert template["resourceTags"]["team"] == "shop"
    assert OPS in template["repositoryPolicy"]


@pytest.mark.parametrize(
    ("prefix", "repositories"), [("ROOT", ":repository/*"), ("hub/", ":repository/hub/*"), ("hub", ":repository/hub/*")]
)
def test_ecr_may_create_the_repositories_of_each_prefix_that_it_accepts(prefix: str, repositories: str) -> None:
    caches = {"hub": {"upstream_registry_url": "public.ecr.aws", "prefix": prefix}}
    found = made({"shop": {"ecr_pull_through_caches": caches}})
    found.one("aws:ecr/pullThroughCacheRule:PullThroughCacheRule").has({"ecrRepositoryPrefix": prefix})
    (policy,) = [each for each in found.all("aws:iam/rolePolicy:RolePolicy") if "ecr-cache" in each.urn]
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert str(statement["Resource"]).strip("[]'").endswith(repositories)


def test_secrets_are_read_with_the_operators_own_role_where_that_is_said() -> None:
    secrets = {"db": {"data": {"password": "shop/db#password"}}}
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*"
    team = {"secrets": secrets, "secrets_identity": "pod_identity"}
    found = made({"shop": team}, {"external_secrets": {"secret_arns": [arn]}})
    store = found.one("kubernetes:external-secrets.io/v1:SecretStore")
    assert store.inputs["spec"]["provider"]["aws"] == {"service": "SecretsManager", "region": "eu-west-1"}
    assert found.one("kubernetes:external-secrets.io/v1:ExternalSecret")
    assert not [each for each in found.all("kubernetes:core/v1:ServiceAccount") if "secrets-manager" in each.urn]
    own = found.all("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert [each.inputs["serviceAccount"] for each in own if each.inputs["namespace"] == "external-secrets"] == [
        "external-secrets"
    ]


def test_secrets_are_read_by_the_operator_with_a_role_for_these_alone() -> None:
    secrets = {"db": {"data": {"password": "shop/db#password"}}, "all": {"extract": ["shop/all"]}}
    found = made({"shop": {"secrets": secrets, "workloads": {"web": WEB}}}, {"external_secrets": {}})
    store = found.one("kubernetes:external-secrets.io/v1:SecretStore")
    aws = store.inputs["spec"]["provider"]["aws"]
    assert aws["auth"]["jwt"]["serviceAccountRef"] == {"name": "secrets-manager"}
    assert aws["region"] == "eu-west-1"
    store.waits_for("acme-external-secrets-release")
    copies = found.all("kubernetes:external-secrets.io/v1:ExternalSecret")
    by_name = {each.inputs["metadata"]["name"]: each for each in copies}
    assert by_name["db"].inputs["spec"]["data"] == [
        {"secretKey": "password", "remoteRef": {"key": "shop/db", "property": "password"}}
    ]
    found.one("kubernetes:apps/v1:Deployment", "acme-team-shop-web-deployment").waits_for(by_name["db"])
    (policy,) = [each for each in found.all("aws:iam/rolePolicy:RolePolicy") if "secrets-manager" in each.urn]
    read = [each["Resource"] for each in json.loads(policy.inputs["policy"])["Statement"]]
    statement = next(each for each in read if "db-" in str(each))
    assert {each.rpartition(":secret:")[2] for each in statement} == {"shop/db-??????"}


def test_an_account_that_is_known_later_makes_no_policy_too_long(capfd: pytest.CaptureFixture[str]) -> None:
    secrets = {f"s{number}": {"extract": [f"shop/{number}"]} for number in range(40)}
    assert made({"shop": {"secrets": secrets}}, {"external_secrets": {}}).all("aws:iam/rolePolicy:RolePolicy")
    assert "__str__" not in "".join(capfd.readouterr())


def test_secrets_are_mounted_with_the_csi_driver_where_that_is_on_the_cluster() -> None:
    team = {
        "service_accounts": {"web": {"allow": [READ]}},
        "secrets": {"db": {"data": {"password": "shop/db#password", "cert": "shop/cert"}, "readers": ["web"]}},
    }
    addons = {"secrets_store_csi_driver": {}, "secrets_store_csi_driver_provider_aws": {}}
    found = made({"shop": team}, addons)
    spec = found.one("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass").inputs["spec"]
    assert spec["parameters"]["usePodIdentity"] == "true"
    objects = {each["objectName"]: each for each in json.loads(spec["parameters"]["objects"])}
    assert objects["shop/db"]["jmesPath"] == [{"path": "password", "objectAlias": "password"}]
    assert objects["shop/cert"]["objectAlias"] == "cert"
    policy = found.one("aws:iam/rolePolicy:RolePolicy", "acme-team-shop-service-account-web-role-policy").inputs[
        "policy"
    ]
    assert "secretsmanager:GetSecretValue" in policy
    assert "secret:shop/db-??????" in policy


GITOPS: dict[str, Any] = {"gitops": {"url": "https://github.com/acme/shop", "revision": "v1.2.0", "path": "prod"}}


def test_argo_cd_is_held_to_the_namespaces_of_the_team() -> None:
    team = {**GITOPS, "namespaces": {"a": {}, "b": {}}, "gitops": {**GITOPS["gitops"], "namespace": "a"}}
    found = made({"shop": team}, {"argocd": {"namespace": "gitops"}})
    project = found.one("kubernetes:argoproj.io/v1alpha1:AppProject").inputs
    assert project["metadata"] == {"name": "shop", "namespace": "gitops"}
    assert {each["namespace"] for each in project["spec"]["destinations"]} == {"a", "b"}
    assert project["spec"]["sourceRepos"] == ["https://github.com/acme/shop"]
    assert project["spec"]["clusterResourceWhitelist"] == []
    application = found.one("kubernetes:argoproj.io/v1alpha1:Application")
    assert application.inputs["spec"]["project"] == "shop"
    assert application.inputs["spec"]["source"]["targetRevision"] == "v1.2.0"
    application.waits_for("acme-argocd-release")


def test_flux_acts_as_a_service_account_that_has_rights_in_the_namespaces_alone() -> None:
    found = made({"shop": GITOPS}, {"fluxcd": {}})
    source = found.one("kubernetes:source.toolkit.fluxcd.io/v1:GitRepository").inputs["spec"]
    assert source["ref"] == {"tag": "v1.2.0"}
    applied = found.one("kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization").inputs["spec"]
    assert (applied["serviceAccountName"], applied["targetNamespace"], applied["path"]) == ("gitops", "shop", "./prod")
    assert found.one(BINDING).inputs["roleRef"]["name"] == "edit"


@pytest.mark.parametrize(
    ("revision", "ref"),
    [
        ("main", {"branch": "main"}),
        ("1.2.3", {"tag": "1.2.3"}),
        ("a" * 40, {"commit": "a" * 40}),
        ("refs/heads/x", {"name": "refs/heads/x"}),
        ("version-two", {"branch": "version-two"}),
    ],
)
def test_flux_is_told_what_a_revision_is(revision: str, ref: dict[str, str]) -> None:
    found = made({"shop": {"gitops": {**GITOPS["gitops"], "revision": revision}}}, {"fluxcd": {}})
    assert found.one("kubernetes:source.toolkit.fluxcd.io/v1:GitRepository").inputs["spec"]["ref"] == ref


def test_manifests_go_to_the_namespace_of_the_team() -> None:
    manifests = {
        "settings": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}},
        "reader": {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "r"},
            "rules": [],
        },
    }
    found = made({"shop": {"manifests": manifests}})
    assert found.one("kubernetes:core/v1:ConfigMap", "acme-team-shop-manifest-settings").inputs["metadata"] == {
        "name": "settings",
        "namespace": "shop",
    }
    role = found.one("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "acme-team-shop-manifest-reader")
    assert role.inputs["metadata"] == {"name": "r"}


def test_workloads_run_in_the_namespace_of_the_team_with_its_label() -> None:
    found = made({"shop": {"workloads": {"web": WEB}}, "data": {"workloads": {"web": WEB}}})
    one, two = found.all("kubernetes:apps/v1:Deployment")
    assert {one.inputs["metadata"]["namespace"], two.inputs["metadata"]["namespace"]} == {"shop", "data"}
    assert one.inputs["spec"]["template"]["metadata"]["labels"]["team"] in ("shop", "data")
    assert "team" not in one.inputs["spec"]["selector"]["matchLabels"]
    found.one("kubernetes:apps/v1:Deployment", "acme-team-shop-web-deployment").waits_for(
        "acme-namespace-shop-namespace"
    )


def test_all_that_costs_carries_the_name_of_the_team() -> None:
    team = {
        "tags": {"cost-center": "42"},
        "access": {"dev": {"principal_arn": DEV}},
        "service_accounts": {"reader": {"allow": [READ]}},
        "ecr_repositories": {"web": {}},
    }
    found = made({"shop": team}, tags={"owner": "acme"})
    tagged = [each for each in found.all() if "team-shop" in each.urn and "tags" in each.inputs]
    assert {each.urn.split("::")[-2].split("$")[-1] for each in tagged} == {
        ENTRY,
        ASSOCIATION,
        REPOSITORY,
        "aws:iam/role:Role",
    }
    for each in tagged:
        assert {"team": "shop", "cost-center": "42", "owner": "acme"}.items() <= each.inputs["tags"].items()


EVERYTHING: dict[str, Any] = {
    "access": {"dev": {"principal_arn": DEV}},
    "service_accounts": {"reader": {"allow": [READ]}},
    "ecr_repositories": {"web": {}},
    "workloads": {"web": WEB},
    "secrets": {"db": {"data": {"password": "shop/db"}}},
    "role_bindings": {"dev": {"role": "edit", "groups": ["dev"]}},
    **GITOPS,
}


def urns(recorded: Recorded) -> set[str]:
    return {each.urn for each in recorded.all()}


def test_teams_come_go_and_change_places_without_touching_anything_else() -> None:
    addons = {"external_secrets": {}, "argocd": {}}
    other = {"workloads": {"web": WEB}}
    alone = urns(made({"shop": EVERYTHING}, addons))
    both = urns(made({"shop": EVERYTHING, "data": other}, addons))
    turned = urns(made({"data": other, "shop": EVERYTHING}, addons))
    none = urns(made({}, addons))
    assert both == turned
    assert none < alone < both
    assert all("data" in urn for urn in both - alone)
    assert all("shop" in urn for urn in alone - none)


class AcmeTeam(ApplicationTeam):
    """A team as Acme has them."""

    cost_center: str = "0"

    def extend(self, onboarded: OnboardedTeam, cluster: ClusterRef) -> None:
        import pulumi_aws as aws

        aws.s3.Bucket(f"{onboarded.pulumi_resource_name}-bucket", tags={"cc": self.cost_center}, opts=onboarded.child())


def test_a_class_of_ones_own_adds_resources_and_keeps_the_token() -> None:
    team = {"kind": "tests.teams.test_teams.AcmeTeam", "cost_center": "7"}
    found = made({"shop": team})
    found.one("aws:s3/bucket:Bucket").has({"tags.cc": "7"})
    (team_urn,) = [each.urn for each in found.all() if each.urn.endswith("::acme-team-shop")]
    assert team_urn.split("::")[-2].endswith("$eks-blueprints:index:ApplicationTeam")


def test_a_team_is_onboarded_to_a_cluster_that_was_there() -> None:
    reader = TeamServiceAccount(allow=(StatementArgs(actions=("s3:GetObject",), resources=("*",)),))
    team = ApplicationTeam(
        name="shop",
        service_accounts={"reader": reader},
        ecr_repositories={"web": EcrRepository()},
        workloads=(Deployment(name="web", namespace="shop", image="example.com/web:1.0"),),
    )

    def program() -> None:
        onboarded = team.onboard(ClusterRef.existing("there", region="eu-west-1", version="1.35"))
        assert set(onboarded.namespaces) == {"shop"}
        assert set(onboarded.repository_urls) == {"web"}

    found = record(program).is_valid()
    found.one(NAMESPACE, "there-namespace-shop-namespace")
    found.one("kubernetes:apps/v1:Deployment", "there-team-shop-web-deployment")


def test_teams_in_python_are_the_same_as_in_a_stack_file() -> None:
    team: Team = PlatformTeam(name="ops")
    args = BlueprintArgs.model_validate({**BASE, "teams": (team, ApplicationTeam(name="shop"))})
    found = record(lambda: Blueprint("acme", args)).is_valid()
    assert names(found, NAMESPACE) == ["shop"]
