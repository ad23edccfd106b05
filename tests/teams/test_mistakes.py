"""What is said about teams that are wrong or doubtful, and where."""

from __future__ import annotations

from typing import Any

import pytest

from .said import ADDONS, DEV, READ, WEB, told

HPA = {"min_replicas": 2, "max_replicas": 30, "cpu": 70}


def one(*args: Any, **kwargs: Any) -> str:
    (found,) = told(*args, **kwargs)
    return found


def test_two_teams_cannot_have_one_namespace() -> None:
    said = one({"shop": {}, "data": {"namespaces": {"shop": {}}}})
    assert said.startswith("teams.data.namespaces.shop: is a namespace that teams.shop makes too; got shop")


def test_a_team_and_the_platform_cannot_make_one_namespace() -> None:
    said = one({"shop": {}}, namespaces={"shop": {}})
    assert said.startswith("teams.shop: is a namespace that namespaces.shop makes too; got shop; remove it there")


def test_a_principal_has_one_entry_in_all_of_the_platform() -> None:
    team = {"access": {"dev": {"principal_arn": DEV}}}
    said = one({"shop": team, "data": team})
    assert said.startswith("teams.data.access.dev.principal_arn: is also used by teams.shop.access.dev")
    said = one({"shop": team}, access={"all": {"principal_arn": DEV}})
    assert said.startswith("teams.shop.access.dev.principal_arn: is also used by access.all")


def test_two_teams_cannot_have_one_repository() -> None:
    said = one({"shop": {"ecr_repositories": {"web": {}}}, "data": {"ecr_repositories": {"a": {"name": "shop/web"}}}})
    assert said.startswith("teams.data.ecr_repositories.a.name: has the name of teams.shop.ecr_repositories.web")


@pytest.mark.parametrize(
    ("team", "where"),
    [
        ({"ecr_repositories": {"web": {"name": "Shop/Web"}}}, "ecr_repositories.web.name: is not a valid name"),
        ({"ecr_repositories": {"web": {"image_tag_exclusions": ["a*"]}}}, "ecr_repositories.web.image_tag_exclusions"),
        ({"ecr_repositories": {"web": {"lifecycle_policy": [{}]}}}, "ecr_repositories.web.lifecycle_policy[0]"),
        ({"ecr_repositories": {"web": {"pull": [DEV, DEV]}}}, "ecr_repositories.web.pull: lists one role twice"),
        (
            {"ecr_pull_through_caches": {"a": {"upstream_registry_url": "registry-1.docker.io"}}},
            "ecr_pull_through_caches.a.credential_arn: is required for registry-1.docker.io",
        ),
        (
            {"ecr_pull_through_caches": {"a": {"upstream_registry_url": "cgr.dev"}}},
            "ecr_pull_through_caches.a.credential_arn: is required for cgr.dev",
        ),
        (
            {
                "ecr_pull_through_caches": {
                    "a": {
                        "upstream_registry_url": "quay.io",
                        "prefix": "ROOT",
                        "upstream_repository_prefix": "acme",
                    }
                }
            },
            "ecr_pull_through_caches.a.upstream_repository_prefix: cannot be set with prefix: ROOT",
        ),
        ({"access": {"a": {"principal_arn": "deployer"}}}, "access.a.principal_arn: is the role that deploys"),
        ({"access": {"a": {"principal_arn": DEV, "policy": "vieww"}}}, "access.a.policy"),
        ({"access": {"a": {"principal_arn": DEV, "namespaces": ["b"]}}}, "access.a.namespaces[0]: is not a namespace"),
        ({"namespaces": {}, "access": {"a": {"principal_arn": DEV}}}, "access.a.policy: has no namespace to hold in"),
        ({"role_bindings": {"a": {}}}, "role_bindings.a.groups: is required"),
        ({"service_accounts": {"a": {}}}, "service_accounts.a.policy_arns: is required"),
        ({"service_accounts": {"a": {"allow": [READ], "namespace": "b"}}}, "service_accounts.a.namespace: is not"),
        (
            {"namespaces": {"a": {}, "b": {}}, "service_accounts": {"c": {"allow": [READ]}}},
            "service_accounts.c.namespace: is required where a team has not just one namespace; got a, b; name one",
        ),
        ({"workloads": {"web": {**WEB, "namespace": "other"}}}, "workloads.web.namespace: is not a namespace of this"),
        ({"workloads": {"web": {"kind": "deployment"}}}, "workloads.web.image: is required"),
        (
            {"namespaces": {"a": {"limit_range": {"min": {"cpu": 2}, "max": {"cpu": 1}}}}},
            "namespaces.a.limit_range.max",
        ),
        ({"namespaces": {"kube-system": {}}}, "namespaces.kube-system: exists in every cluster"),
        ({"namespaces": {"a": {"labels": {"team": "b"}}}}, "namespaces.a.labels.team: is set to the team's name"),
        ({"secrets": {"a": {}}}, "secrets.a.data: is required"),
        ({"secrets": {"a": {"data": {"b": "c"}}}}, "secrets.a: needs what reads Secrets Manager"),
        ({"gitops": {"url": "https://a.b/c"}}, "gitops: needs Argo CD or Flux on the cluster"),
        ({"gitops": {"url": "ftp://a.b/c"}}, "gitops.url"),
        ({"manifests": {"a": {"kind": "ConfigMap"}}}, "manifests.a.apiVersion: needs text"),
        (
            {"manifests": {"a": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "dat": {}}}},
            "manifests.a.dat",
        ),
        ({"roles": {"a": [{"apiGroups": [""], "resource": ["pods"], "verbs": ["get"]}]}}, "roles.a[0].resource"),
        ({"kind": "aplication_team"}, "kind: "),
        ({"namespace": {}}, 'namespace: no such field; got "namespace"; write namespaces'),
        ({"resource_quota": {}}, 'resource_quota: no such field; got "resource_quota"; write it for a namespace'),
        ({"teamSecrets": {}}, 'teamSecrets: no such field; got "teamSecrets"; write secrets'),
        ({"tags": {"team": "a"}}, "tags.team: is set to the team's name"),
        (
            {"ecr_pull_through_caches": {"a" * 30: {"upstream_registry_url": "quay.io"}}},
            f"ecr_pull_through_caches.{'a' * 30}.prefix",
        ),
    ],
)
def test_a_mistake_is_told_where_it_stands(team: dict[str, Any], where: str) -> None:
    assert any(each.startswith(f"teams.shop.{where}") for each in told({"shop": team})), told({"shop": team})


def test_a_name_that_no_namespace_can_have_is_told() -> None:
    assert one({"a-": {}}).startswith("teams.a-.namespaces.a-: is not a valid name of a namespace")


def test_a_quota_that_is_too_small_is_told_with_figures() -> None:
    web = {**WEB, "requests": {"cpu": "500m", "memory": "1Gi"}, "horizontal_pod_autoscaler": HPA}
    quota = {"requests.cpu": "4", "requests.memory": "64Gi", "pods": 100}
    team = {"namespaces": {"shop": {"resource_quota": quota}}, "workloads": {"web": web}}
    said = one({"shop": team}, {"metrics_server": {}})
    assert said == (
        "warning: teams.shop.namespaces.shop.resource_quota: is less than what the workloads ask for at their most: "
        "requests.cpu 19; got 4; raise it to 19, or let the workloads ask for less"
    )


def test_replicas_sidecars_and_defaults_of_the_namespace_count() -> None:
    side = {"image": "example.com/log:1", "requests": {"cpu": "100m", "memory": "100Mi"}}
    web = {**WEB, "replicas": 4, "requests": {"cpu": "400m", "memory": "412Mi"}, "sidecars": {"log": side}}
    quota = {"requests.cpu": "2500m", "requests.memory": "2560Mi", "pods": 5}
    plain = {"kind": "deployment", "image": "example.com/b:1", "replicas": 1}
    team = {"namespaces": {"shop": {"resource_quota": quota}}, "workloads": {"web": web}}
    assert told({"shop": team}) == []
    more = {**team, "workloads": {"web": web, "b": plain}}
    assert {each.split(": ")[3].split(" ")[0] for each in told({"shop": more})} == {
        *("requests.cpu", "requests.memory", "pods")
    }


def over(team: dict[str, Any], quota: dict[str, Any], **fields: Any) -> dict[str, str]:
    """What each amount of a quota comes to, of those that are too small."""
    home = {"namespaces": {"shop": {"resource_quota": quota, "network_policy": None}}}
    found = [each for each in told({"shop": {**home, **team}}, **fields) if "at their most" in each]
    return dict(each.split("at their most: ")[1].split(";")[0].split(" ") for each in found)


@pytest.mark.parametrize(
    ("said", "pods"),
    [
        ({}, {"pods": "5"}),  # 25 % of 4, rounded up
        ({"strategy": {"rollingUpdate": {"maxSurge": 3}}}, {"pods": "7"}),
        ({"strategy": {"rollingUpdate": {"maxSurge": "60%"}}}, {"pods": "7"}),
        ({"strategy": {"rollingUpdate": {"maxSurge": 0}}}, {}),
        ({"strategy": {"type": "Recreate"}}, {}),
    ],
)
def test_a_quota_has_room_for_what_a_rolling_update_starts_besides(said: dict[str, Any], pods: dict[str, str]) -> None:
    web = {**WEB, "replicas": 4, "spec": said}
    assert over({"workloads": {"web": web}}, {"pods": 4}) == pods


@pytest.mark.parametrize(
    ("said", "pods"),
    [
        ({}, {"pods": "7"}),
        ({"spec": {"updateStrategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}}}, {"pods": "8"}),
        ({"pod": {"tolerations": [{"key": "gpu", "operator": "Exists"}]}}, {"pods": "9"}),
        ({"pod": {"nodeSelector": {"pool": "b"}}}, {"pods": "4"}),
    ],
)
def test_a_daemon_set_has_a_pod_on_each_node_that_takes_it(said: dict[str, Any], pods: dict[str, str]) -> None:
    compute = {
        "a": {"kind": "managed_nodes", "max_size": 3, "labels": {"pool": "a"}},
        "b": {"kind": "managed_nodes", "max_size": 4, "labels": {"pool": "b"}},
        "gpu": {
            "kind": "managed_nodes",
            "max_size": 2,
            "labels": {"pool": "gpu"},
            "taints": [{"key": "gpu", "effect": "NO_SCHEDULE"}],
        },
    }
    agent = {"kind": "daemon_set", "image": "example.com/agent:1.0", **said}
    assert over({"workloads": {"agent": agent}}, {"pods": 1}, compute=compute) == pods


AGENT: dict[str, Any] = {"kind": "daemon_set", "image": "example.com/agent:1.0", "requests": {"cpu": "100m"}}


def room(pool: dict[str, Any], quota: dict[str, Any], **agent: Any) -> list[str]:
    """What is said of a DaemonSet's room on a pool of Karpenter beside three nodes."""
    compute = {
        "nodes": {"kind": "managed_nodes", "max_size": 3},
        "pools": {"kind": "karpenter", "node_pools": {"any": pool}},
    }
    home = {"namespaces": {"shop": {"resource_quota": quota, "network_policy": None}}}
    found = told({"shop": {**home, "workloads": {"agent": {**AGENT, **agent}}}}, compute=compute)
    return [each for each in found if each.startswith("warning: teams.shop.namespaces.shop.resource_quota")]


def test_a_pool_with_a_bound_counts_and_one_without_is_said_to_have_none() -> None:
    assert room({"limits": {"nodes": "5"}}, {"pods": 8}) == []
    (line,) = room({"limits": {"nodes": "6"}}, {"pods": 8})
    assert "at their most: pods 9; got 8" in line
    assert room({"replicas": 5}, {"pods": 8}) == []
    (line,) = room({"limits": {"cpu": "100"}}, {"pods": 10, "requests.cpu": "500m"})
    assert "has room for the pods of DaemonSet agent on 2 further nodes, and there may be more of them" in line
    assert "got pools/any without a bound, and requests.cpu 500m" in line


def test_what_a_quota_or_a_pool_does_not_concern_is_not_told() -> None:
    assert room({}, {"services": 1}) == []
    tainted = {"taints": [{"key": "gpu", "effect": "NoSchedule"}]}
    assert room(tainted, {"pods": 10}) == []
    assert len(room(tainted, {"pods": 10}, pod={"tolerations": [{"operator": "Exists"}]})) == 1
    assert room({"labels": {"pool": "x"}}, {"pods": 10}, pod={"nodeSelector": {"pool": "y"}}) == []


def test_the_pools_of_auto_mode_have_no_bound() -> None:
    home = {"namespaces": {"shop": {"resource_quota": {"pods": 10}, "network_policy": None}}}
    cluster = {"version": "1.35", "auto_mode": {}, "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}}
    team = {"shop": {**home, "workloads": {"agent": AGENT}}}
    found = [each for each in told(team, compute={}, cluster=cluster) if "further nodes" in each]
    assert len(found) == 1
    assert "got the pool general-purpose of EKS Auto Mode without a bound, and pods 10" in found[0]


def test_manifests_of_a_team_and_of_the_platform_count_in_their_namespace() -> None:
    def deployment(name: str, **metadata: Any) -> dict[str, Any]:
        resources = {"requests": {"cpu": "250m"}, "limits": {"memory": "1Gi"}}
        pod = {"containers": [{"name": "a", "image": "example.com/a:1.0", "resources": resources}]}
        template = {"metadata": {"labels": {"app": name}}, "spec": pod}
        spec = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template}
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, **metadata}, "spec": spec}

    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "a"},
        "spec": {"maxReplicas": 8, "scaleTargetRef": target},
    }
    team = {"manifests": {"a": deployment("a"), "scaler": scaler}}
    quota = {"requests.cpu": "1", "limits.memory": "1Gi", "pods": 9}
    assert over(team, quota) == {"requests.cpu": "2500m", "limits.memory": "10Gi", "pods": "10"}
    others = {"objects": {"kind": "manifests", "manifests": {"b": deployment("b", namespace="shop")}}}
    assert over(team, {"pods": 10}, addons=others) == {"pods": "13"}
    elsewhere = {"objects": {"kind": "manifests", "manifests": {"b": deployment("b")}}}
    assert over(team, {"pods": 10}, addons=elsewhere) == {}


def test_claims_count_with_their_size_and_by_class() -> None:
    volumes = {"data": {"mount_path": "/data", "claim": {"size": "20Gi", "storage_class": "gp3"}}}
    database = {"kind": "stateful_set", "image": "example.com/db:1.0", "replicas": 3, "volumes": volumes}
    found = over(
        {"workloads": {"db": database}},
        {
            "requests.storage": "50Gi",
            "persistentvolumeclaims": 2,
            "gp3.storageclass.storage.k8s.io/requests.storage": "60Gi",
        },
        addons={"aws_ebs_csi_driver": {}, "storage_classes": {}},
    )
    assert found == {"requests.storage": "60Gi", "persistentvolumeclaims": "3"}


SECRET = {"secrets": {"db": {"data": {"password": "shop/db#password"}}}, "secrets_identity": "pod_identity"}


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("shop/db-??????", True),
        ("shop/*", True),
        ("shop/db", False),
        ("other/*", False),
    ],
)
def test_the_operators_own_role_has_to_read_the_secrets_of_teams(name: str, readable: bool) -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}"
    found = told({"shop": SECRET}, {"external_secrets": {"secret_arns": [arn]}})
    assert [each.partition(";")[0] for each in found] == (
        [] if readable else ["teams.shop.secrets_identity: has an operator that may not read shop/db with its own role"]
    )


def test_a_secret_of_another_region_is_not_the_operators_to_read() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/*"
    assert "may not read shop/db" in one({"shop": SECRET}, {"external_secrets": {"secret_arns": [arn]}})
    own = "arn:aws:iam::111122223333:role/reads"
    assert told({"shop": SECRET}, {"external_secrets": {"service_account_role_arn": own}}) == []


def test_the_operators_own_role_serves_all_teams_which_is_doubtful() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*"
    said = one({"shop": SECRET, "data": {}}, {"external_secrets": {"secret_arns": [arn]}})
    assert said.startswith("warning: teams.shop.secrets_identity: lets every team that may create a SecretStore read")
    assert said.endswith("use irsa, unless you trust data with it")


def test_without_an_oidc_provider_secrets_are_read_by_pod_identity() -> None:
    addons = {"external_secrets": {"secret_arns": ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*"]}}
    cluster = {"version": "1.35", "oidc_provider": False, "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}}
    irsa = {**SECRET, "secrets_identity": "irsa"}
    said = [each for each in told({"shop": irsa}, addons, cluster=cluster) if "secrets_identity" in each]
    assert [each.rpartition("; ")[2] for each in said] == ["give it one, or set secrets_identity: pod_identity"]
    assert told({"shop": SECRET}, addons, cluster=cluster) == []


def test_a_workload_of_the_platform_in_a_teams_namespace_is_doubtful() -> None:
    from .said import platform

    args = platform({"shop": {}}, workloads={"web": {**WEB, "namespace": "shop"}})
    (said,) = [str(each) for each in args.warnings if each.path[0] == "workloads"]
    assert said.startswith("workloads.web.namespace: runs in the namespace of a team")


def test_roles_that_nothing_makes_and_groups_without_a_role_are_doubtful() -> None:
    team = {
        "access": {"dev": {"principal_arn": DEV, "kubernetes_groups": ["devs"]}},
        "role_bindings": {"a": {"role": "vieww", "groups": ["dev"]}},
    }
    role, group = told({"shop": team})
    assert role.startswith("warning: teams.shop.role_bindings.a.role: is a ClusterRole that nothing here makes")
    assert group.startswith("warning: teams.shop.access.dev.kubernetes_groups[0]: is a group to which no role is bound")


def test_workloads_that_a_network_policy_keeps_from_their_work_are_doubtful() -> None:
    web = {**WEB, "ports": {"http": 8080}, "service": {"type": "LoadBalancer"}}
    web["service_account"] = {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
    addons = {"aws_load_balancer_controller": {}}
    one_, two = told({"shop": {"workloads": {"web": web}}}, addons)
    assert one_.startswith("warning: teams.shop.workloads.web.network_policy: is offered outside of its namespace")
    assert two.startswith("warning: teams.shop.workloads.web.service_account.rules: may call the Kubernetes API")
    opened = {"shop": {"network_policy": {"api_server": True}}}
    web["network_policy"] = {"ingress": [{"ports": [{"port": "http"}]}]}
    assert told({"shop": {"namespaces": opened, "workloads": {"web": web}}}, addons) == []


def test_network_policies_that_nothing_enforces_are_doubtful() -> None:
    assert "vpc_cni" in ADDONS
    said = one({"shop": {}}, {"vpc_cni": {}})
    assert said.startswith("warning: teams.shop: has network policies that nothing on the cluster enforces")


def test_what_is_checked_of_a_platform_is_checked_of_its_teams() -> None:
    team = {"service_accounts": {"a": {"allow": [READ]}}}
    without = told({"shop": team}, {"eks_pod_identity_agent": None})
    assert any(each.startswith("teams.shop.service_accounts.a: gets its AWS permissions") for each in without), without
    said = one({"shop": {"workloads": {"web": {**WEB, "run_on": "nodez"}}}})
    assert said.startswith("teams.shop.workloads.web.run_on")


def test_what_is_found_is_told_once() -> None:
    role = {"name": "shop-reader"}
    broad = {"actions": ["s3:*"], "resources": ["*"]}
    accounts = {"reader": {"allow": [broad], "iam_role": role}}
    said = one({"shop": {"service_accounts": accounts}})
    assert said.startswith("warning: teams.shop.service_accounts.reader.allow[0].actions[0]: allows every action of s3")
    web = {**WEB, "service_account": {"allow": [broad]}}
    said = one({"shop": {"workloads": {"web": web}}})
    assert said.startswith("warning: teams.shop.workloads.web.service_account.allow[0].actions[0]")
    twice = {"shop": {"service_accounts": accounts}, "data": {"service_accounts": accounts}}
    assert any("is also used by" in each for each in told(twice))


def test_the_name_of_a_secret_is_no_secret() -> None:
    data = {"api-token": "shop/api-token", "password": "shop/db#password"}
    assert told({"shop": {"secrets": {"db": {"data": data}}}}, {"external_secrets": {}}) == []
    external = {"external": {"store": "aws", "data": data}}
    assert told({"shop": {"workloads": {"web": {**WEB, "secrets": {"db": external}}}}}, {"external_secrets": {}}) == []


def test_a_good_team_is_told_nothing() -> None:
    team = {"access": {"dev": {"principal_arn": DEV}}, "workloads": {"web": WEB}, "ecr_repositories": {"web": {}}}
    assert told({"shop": team}) == []
