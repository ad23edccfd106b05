"""What an agent reads: each behaviour by itself, and the whole as recorded trees."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.testing import Recorded

from .said import ADDONS, SPOKE, SPOKE_ROLE, everything, made

GOLDEN = Path(__file__).parent / "golden"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
KUSTOMIZATION = "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization"
HELD = "kubernetes:core/v1:Secret"
OPEN = {"url": "https://github.com/acme/open"}
ONE: dict[str, Any] = {"repositories": {"open": OPEN}, "applications": {"a": {"repository": "open"}}}


def named(recorded: Recorded, end: str) -> Any:
    (found,) = [each for each in recorded.all() if each.name == f"acme-gitops-{end}"]
    return found


@pytest.mark.parametrize("by", ["argocd", "flux"])
def test_everything_is_recorded(by: str, golden: Callable[..., None]) -> None:
    golden(made(everything(by), ADDONS[by]), by, GOLDEN)


@pytest.mark.parametrize("by", ["argocd", "flux"])
def test_no_secret_is_readable(by: str) -> None:
    found = made(everything(by), ADDONS[by])
    assert "hidden-" not in json.dumps([dict(each.inputs) for each in found.all()], default=str)


@pytest.mark.parametrize("by", ["argocd", "flux"])
def test_an_application_that_comes_changes_no_other(by: str) -> None:
    before, said = made(everything(by), ADDONS[by]), everything(by)
    first = {"early": {"repository": "platform", "path": "early", "project": "platform"}}
    said["applications"] = {**first, **said["applications"]}
    made(said, ADDONS[by]).adds_only(before, "application-early")


@pytest.mark.parametrize("by", ["argocd", "flux"])
def test_applications_wait_for_what_they_stand_on(by: str) -> None:
    found = made(everything(by), ADDONS[by])
    root, shop, podinfo = (named(found, f"application-{name}") for name in ("root", "shop", "podinfo"))
    assert shop.waits_for(root)
    assert shop.waits_for(named(found, "project-shop"))
    assert shop.waits_for(named(found, "repository-shop"))
    assert podinfo.waits_for(named(found, "cluster-spoke"))
    assert root.waits_for(found.one("kubernetes:helm.sh/v3:Release", "argocd-release" if by == "argocd" else "fluxcd"))
    assert "pulumi.com/waitFor" in root["metadata.annotations"]
    assert "pulumi.com/waitFor" not in shop.get("metadata.annotations", {})


def test_applications_heal_and_prune_and_take_their_objects_with_them() -> None:
    application = made(ONE, {"argocd": {}}).one(APPLICATION)
    assert application["spec.syncPolicy.automated"] == {"prune": True, "selfHeal": True}
    assert application["spec.syncPolicy.retry.limit"] == 5
    assert application["metadata.finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    assert application["spec.destination"] == {"server": "https://kubernetes.default.svc"}
    assert application["spec.project"] == "default"
    # It is deleted before a cluster that is replaced, while what it has deployed can still be reached.
    assert application.has_option(deleted_with=None)


def test_what_is_kept_is_not_taken_away() -> None:
    said = copy.deepcopy(ONE)
    said["applications"]["a"] |= {"keep_objects": True, "sync": {"prune": False, "automated": True}}
    application = made(said, {"argocd": {}}).one(APPLICATION)
    application.lacks("metadata.finalizers")
    assert application["spec.syncPolicy.automated.prune"] is False
    kustomization = made(said, {"fluxcd": {}}).one(KUSTOMIZATION)
    assert kustomization["spec.prune"] is False
    assert kustomization["spec.deletionPolicy"] == "Orphan"


def test_a_sync_that_people_start() -> None:
    said = copy.deepcopy(ONE)
    said["applications"]["a"]["sync"] = {"automated": False, "create_namespace": True, "options": ["PruneLast=true"]}
    application = made(said, {"argocd": {}}).one(APPLICATION)
    application.lacks("spec.syncPolicy.automated")
    options = ["CreateNamespace=true", "ServerSideApply=true", "PruneLast=true"]
    assert application["spec.syncPolicy.syncOptions"] == options
    assert made(said, {"fluxcd": {}}).one(KUSTOMIZATION)["spec.suspend"] is True


def test_one_project_is_that_of_all_applications() -> None:
    said = {**ONE, "projects": {"all": {"repositories": ["open"], "destinations": [{"namespaces": ["*"]}]}}}
    assert made(said, {"argocd": {}}).one(APPLICATION)["spec.project"] == "all"
    found = made(said, {"fluxcd": {}})
    assert found.one(KUSTOMIZATION)["spec.serviceAccountName"] == "all"
    binding = found.one("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "project-all")
    assert binding["roleRef.name"] == "edit"


def test_a_project_denies_what_bounds_namespaces_and_all_that_is_of_the_cluster() -> None:
    project = named(made(everything("argocd"), ADDONS["argocd"]), "project-shop")
    denied = [{"group": "", "kind": "LimitRange"}, {"group": "", "kind": "ResourceQuota"}]
    assert project["spec.namespaceResourceBlacklist"] == denied
    assert project["spec.clusterResourceWhitelist"] == []
    assert project["spec.destinations"] == [{"server": "https://kubernetes.default.svc", "namespace": "shop"}]
    assert project["spec.sourceRepos"] == ["git@github.com:acme/shop.git"]


def test_roles_of_a_project_are_lines_of_its_policy() -> None:
    (role,) = named(made(everything("argocd"), ADDONS["argocd"]), "project-platform")["spec.roles"]
    assert role["groups"] == ["platform-team"]
    assert role["policies"] == [
        "p, proj:platform:deployer, applications, get, platform/*, allow",
        "p, proj:platform:deployer, applications, sync, platform/*, allow",
        "p, proj:platform:deployer, logs, get, platform/*, allow",
    ]


def test_a_spoke_is_entered_by_its_role_and_no_token() -> None:
    found = made(everything("argocd"), ADDONS["argocd"])
    (statement,) = found.one("aws:iam/rolePolicy:RolePolicy", "argocd-hub-role")["policy.Statement"]
    assert statement["Resource"] == [SPOKE_ROLE]
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    accounts = [each.inputs["serviceAccount"] for each in found.all("PodIdentityAssociation", "hub-identity")]
    assert sorted(accounts) == ["argocd-application-controller", "argocd-server"]
    release = found.one("kubernetes:helm.sh/v3:Release", "argocd-release")
    for each in found.all("PodIdentityAssociation", "hub-identity"):
        assert release.waits_for(each)  # a pod that starts earlier never gets the role


def test_the_secret_of_a_spoke_names_its_role() -> None:
    from eks_blueprints.agents.argocd import objects
    from eks_blueprints.agents.drawn import Agent
    from eks_blueprints.agents.spec import GitOpsArgs

    args = GitOpsArgs.model_validate(everything("argocd"))
    drawn = {each.key: each.manifest for each in objects(args, Agent("argocd", "argocd", False))}
    held = drawn["cluster-spoke"]["stringData"]
    assert json.loads(held["config"]) == {
        "awsAuthConfig": {"clusterName": "spoke", "roleARN": SPOKE_ROLE},
        "tlsClientConfig": {"insecure": False, "caData": "QUJDREVGR0hJSktMTU5PUA=="},
    }
    assert drawn["cluster-spoke"]["metadata"]["labels"]["argocd.argoproj.io/secret-type"] == "cluster"


def test_a_hub_without_spokes_has_its_role() -> None:
    found = made({}, {"argocd": {"spoke_role_arns": []}})
    assert found.outputs["gitops_agent_role_arn"] == "${acme-argocd-hub-role.arn}"
    assert not found.all("aws:iam/rolePolicy:RolePolicy", "argocd-hub-role")
    assert not made({}, {"argocd": {}}).all("aws:iam/role:Role", "argocd")


def test_a_hub_of_flux_asks_eks_where_its_spokes_are() -> None:
    found = made(everything("flux"), ADDONS["flux"])
    (statement,) = found.one("aws:iam/rolePolicy:RolePolicy", "fluxcd-hub-role")["policy.Statement"]
    assert (statement["Action"], statement["Resource"]) == (["eks:DescribeCluster"], [SPOKE])
    assert named(found, "cluster-spoke")["data"] == {"provider": "aws", "cluster": SPOKE}
    release = named(found, "application-podinfo")
    assert release["spec.kubeConfig"] == {"configMapRef": {"name": "cluster-spoke"}}
    release.lacks("spec.serviceAccountName")


def test_a_spoke_lets_in_one_role_and_no_other() -> None:
    hub = "arn:aws:iam::444455556666:role/hub"
    found = made({"hub": {"principal_arn": hub}}, {})
    role = found.one("aws:iam/role:Role", "gitops-hub-role")
    (statement,) = role["assumeRolePolicy.Statement"]
    assert statement["Principal"] == {"AWS": hub}
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    entry = found.one("aws:eks/accessEntry:AccessEntry", "gitops")
    assert entry["principalArn"] == "${acme-gitops-hub-role.arn}"
    assert found.outputs["gitops_role_arn"] == "${acme-gitops-hub-role.arn}"
    assert found.outputs["cluster_certificate_authority"] == "${acme-cluster.certificateAuthority.data}"


def test_a_spoke_of_a_capability_lets_in_its_role_within_namespaces() -> None:
    hub = "arn:aws:iam::444455556666:role/hub"
    said = {"principal_arn": hub, "through_role": False, "policy": "admin", "namespaces": ["shop-*"]}
    found = made({"hub": said}, {})
    assert not found.all("aws:iam/role:Role", "gitops")
    assert found.one("aws:eks/accessEntry:AccessEntry", "gitops")["principalArn"] == hub
    policy = found.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "gitops")
    assert policy["accessScope"] == {"type": "namespace", "namespaces": ["shop-*"]}


def test_the_capability_names_clusters_by_arn_and_registers_its_own() -> None:
    said = {**ONE, "clusters": {"far": {"arn": SPOKE}}}
    said["applications"] = {**ONE["applications"], "b": {"repository": "open", "cluster": "far"}}
    found = made(said, ADDONS["capability"])
    assert named(found, "application-a")["spec.destination"] == {"name": "in-cluster"}
    assert named(found, "application-b")["spec.destination"] == {"name": "far"}
    own = found.one(HELD, "argocd-capability-in-cluster")
    assert own["metadata.labels"] == {"argocd.argoproj.io/secret-type": "cluster"}
    assert named(found, "application-a").waits_for(own)
    policy = found.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "argocd-capability")
    assert policy["principalArn"] == "${acme-argocd-capability-role.arn}"
    assert found.outputs["gitops_agent_role_arn"] == "${acme-argocd-capability-role.arn}"


def test_notifications_are_ours_and_not_the_charts() -> None:
    found = made(everything("argocd"), ADDONS["argocd"])
    values = found.one("kubernetes:helm.sh/v3:Release", "argocd-release")["values"]
    assert values["notifications"] == {"cm": {"create": False}, "secret": {"create": False}}
    assert values["configs"]["params"]["applicationsetcontroller.enable.progressive.syncs"] is True
    held = named(found, "notifications")["data"]
    assert held["service.slack.chat"] == "token: $token-chat\n"
    # Of the two, one is for all applications, and the other's are named.
    assert '"chat:deployments"' in held["subscriptions"]
    assert "pager" not in held["subscriptions"]
    annotations = named(found, "application-shop")["metadata.annotations"]
    assert annotations["notifications.argoproj.io/subscribe.on-degraded.pager"] == ""


def test_image_updater_reads_the_registries_of_its_images() -> None:
    found = made(everything("argocd"), ADDONS["argocd"])
    values = found.one("kubernetes:helm.sh/v3:Release", "argocd-image-updater-release")["values"]
    (registry,) = values["config"]["registries"]
    assert registry["prefix"] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    token, images = found.one("aws:iam/rolePolicy:RolePolicy", "image-updater")["policy.Statement"]
    assert token["Action"] == ["ecr:GetAuthorizationToken"]
    assert images["Resource"] == ["arn:aws:ecr:eu-west-1:111122223333:repository/*"]
    spec = named(found, "image-update-web")["spec"]["applicationRefs"][0]
    assert spec["images"][0]["imageName"].endswith("shop/web:~1.4")
    assert spec["writeBackConfig"] == {
        "method": "git",
        "gitConfig": {"branch": "main", "writeBackTarget": "kustomization"},
    }


def test_flux_installs_its_image_controllers_where_images_are_updated() -> None:
    values = made(everything("flux"), ADDONS["flux"]).one("kubernetes:helm.sh/v3:Release", "fluxcd")["values"]
    assert values["imageAutomationController"]["create"] is True


def test_people_sign_on_by_oidc_and_their_groups_have_roles() -> None:
    oidc = {"issuer": "https://id.example.com", "client_id": "argocd", "client_secret": {"secret": "sso"}}
    rbac = {"default_role": "readonly", "groups": {"platform-team": "admin"}}
    said = {"domain": "argocd.example.com", "sso": {"oidc": oidc}, "rbac": rbac}
    values = made({}, {"argocd": said}).one("kubernetes:helm.sh/v3:Release", "argocd")["values"]["configs"]
    assert json.loads(values["cm"]["oidc.config"])["clientSecret"] == "$oidc.clientSecret"
    assert values["rbac"]["policy.default"] == "role:readonly"
    assert values["rbac"]["policy.csv"] == "g, platform-team, role:admin\n"
    assert "hidden" not in json.dumps(values, default=str)


def test_secrets_of_type_cluster_and_repository_are_all_there() -> None:
    found = made(everything("argocd"), ADDONS["argocd"])
    ends = {each.name.removeprefix("acme-gitops-") for each in found.all(HELD, "gitops")}
    assert ends == {"repository-platform", "repository-shop", "cluster-spoke", "notifications-secret"}
    stored = found.one("kubernetes:external-secrets.io/v1:ExternalSecret", "repository-charts")
    template = stored["spec.target.template"]
    assert template["metadata"]["labels"] == {"argocd.argoproj.io/secret-type": "repository"}
    assert template["data"]["enableOCI"] == "true"
    assert template["data"]["url"] == "ghcr.io/acme/charts"
