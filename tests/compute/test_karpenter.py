"""Karpenter: what it may do, what tells it of interruptions, where it runs, and in which order all of it goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.compute.karpenter import Karpenter
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.iam import policy_document
from eks_blueprints.core.refs import ClusterRef, NetworkRef
from eks_blueprints.karpenter.permissions import Scope, permissions
from eks_blueprints.karpenter.releases import check, default_release, oldest_for
from eks_blueprints.recording import ProgramError
from eks_blueprints.testing.recorded import Recorded
from tests.builders import SUBNETS, recorded

ROLE = "arn:aws:iam::111122223333:role/nodes"
AL2023 = {"ami_selector_terms": [{"alias": "al2023@v20251103"}]}
REPAIR = {"node_repair": True, "terminate_first_repair": True}
LIMITS = {"limits": {"cpu": "100"}}
SEVERAL: dict[str, Any] = {
    "node_pools": {
        "general": {"capacity_types": ["spot", "on-demand"], "weight": 10, **LIMITS},
        "arm": {"architectures": ["arm64"], "weight": 50, **LIMITS},
        "windows": {"node_class": "windows", "architectures": ["amd64"], **LIMITS},
        "fixed": {"replicas": 3, "node_class": "named"},
    },
    "node_classes": {
        "default": AL2023,
        "windows": {"ami_selector_terms": [{"alias": "windows2022@latest"}]},
        "named": {**AL2023, "role": "shop-nodes"},
        "profiled": {**AL2023, "instance_profile": "shop-profile"},
    },
    "node_role_arns": [ROLE],
    "node_policies": {"logs": "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"},
    "identity": "irsa",
    "namespace": "karpenter",
    "replicas": 1,
    "resources": {"cpu": "500m", "memory": "2Gi"},
    "settings": {"batch_max_duration": "30s", "reserved_enis": 1, "vm_memory_overhead_percent": 0.05},
    "feature_gates": {"spot_to_spot_consolidation": True},
    "values": {"logLevel": "debug", "settings": {"amiRefreshInterval": "5m"}},
    "tags": {"cost": "nodes"},
    "drain_timeout_minutes": 90,
}


def made(fields: dict[str, Any] | None = None, **changes: Any) -> Recorded:
    return recorded(Karpenter.model_validate(fields or {}).attach, **changes)


def refused(**fields: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Karpenter.model_validate(fields)
    return [str(problem) for problem in problems_of(caught.value)]


def values(found: Recorded) -> dict[str, Any]:
    return dict(found.one("Release", "controller")["values"])


@pytest.mark.parametrize(("name", "fields"), [("karpenter", {}), ("karpenter_several", SEVERAL)])
def test_it_is_what_was_reviewed(name: str, fields: dict[str, Any], golden: Callable[..., None]) -> None:
    golden(made(fields), name)


def test_it_goes_in_the_order_in_which_nodes_can_go() -> None:
    found = made(SEVERAL)
    for pool in found.all("NodePool"):
        pool.waits_for("shop-karpenter-controller")
    found.one("NodePool", "windows").waits_for("shop-karpenter-class-windows")
    for node_class in found.all("EC2NodeClass"):
        node_class.waits_for("shop-karpenter-controller")
        node_class.waits_for("shop-karpenter-node-role-access")
    controller = found.one("shop-karpenter-controller")
    for other in ("crds", "controller-role-iam-integration", "queue-policy", "spot-interruption-target"):
        controller.waits_for(f"shop-karpenter-{other}")


def test_what_owns_nodes_never_merely_goes_with_the_cluster() -> None:
    found = made(SEVERAL)
    for owner in [*found.all("NodePool"), *found.all("EC2NodeClass")]:
        assert "deleted_with" not in owner.planned.options


def test_pools_go_before_a_replaced_cluster_and_classes_come_again_in_the_new_one() -> None:
    found = made(SEVERAL)
    cluster = found.one("eks.Cluster")
    for pool in found.all("NodePool"):
        assert pool.planned.options["replace_with"] == [cluster.urn]
    for node_class in found.all("EC2NodeClass"):
        assert node_class.planned.options["replacement_trigger"] == "${shop-cluster.endpoint}"
        assert node_class.planned.options["delete_before_replace"]
    for release in ("crds", "controller"):
        assert found.one(f"shop-karpenter-{release}").planned.options["deleted_with"] == cluster.urn


def test_kinds_have_a_release_of_their_own_and_are_kept() -> None:
    found = made()
    crds = found.one("shop-karpenter-crds")
    crds.has({"values.additionalAnnotations": {"helm.sh/resource-policy": "keep"}}, name="karpenter-crd")
    found.one("shop-karpenter-controller").has(skipCrds=True, version=crds["version"])


def test_it_runs_on_no_node_of_its_own() -> None:
    terms = values(made())["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    expression = terms["nodeSelectorTerms"][0]["matchExpressions"][0]
    assert expression == {"key": "karpenter.sh/nodepool", "operator": "DoesNotExist"}


def test_it_needs_no_dns_of_the_cluster() -> None:
    assert values(made())["dnsPolicy"] == "Default"


def test_further_values_are_merged() -> None:
    found = values(made(SEVERAL))
    assert found["logLevel"] == "debug"
    assert found["settings"]["amiRefreshInterval"] == "5m"
    assert found["settings"]["reservedENIs"] == "1"


def test_a_static_pool_turns_its_gate_on() -> None:
    assert values(made(SEVERAL))["settings"]["featureGates"] == {
        "spotToSpotConsolidation": True,
        "staticCapacity": True,
    }
    assert "featureGates" not in values(made())["settings"]
    pools = {"fixed": {"replicas": 1}}
    [problem] = refused(node_pools=pools, feature_gates={"static_capacity": False})
    assert problem.startswith("node_pools.fixed.replicas: is for feature_gates.static_capacity")


def test_a_pool_that_becomes_static_is_made_anew() -> None:
    found = made(SEVERAL)
    found.one("NodePool", "fixed").has_option(replacement_trigger="static", delete_before_replace=True)
    found.one("NodePool", "general").has_option(replacement_trigger="dynamic")


def test_windows_and_linux_have_roles_of_their_own() -> None:
    found = made(SEVERAL)
    assert found.one("AccessEntry", "windows")["type"] == "EC2_WINDOWS"
    assert found.one("shop-karpenter-node-role-access")["type"] == "EC2_LINUX"
    assert found.one("EC2NodeClass", "windows")["spec.role"] == "${shop-karpenter-windows-node-role.name}"
    assert found.one("EC2NodeClass", "default")["spec.role"] == "${shop-karpenter-node-role.name}"
    assert found.one("EC2NodeClass", "named")["spec.role"] == "shop-nodes"
    found.one("EC2NodeClass", "profiled").lacks("spec.role")


def test_no_role_is_made_that_no_class_needs() -> None:
    found = made({"node_classes": {"default": {**AL2023, "role": "shop-nodes"}}})
    found.none("AccessEntry")
    assert [role.name for role in found.all("iam.Role")] == ["shop-karpenter-controller-role"]


def test_where_iam_is_out_of_reach_instance_profiles_are_made_here() -> None:
    found = made({"settings": {"isolated_vpc": True}})
    profile = found.one("iam.InstanceProfile").has(role="${shop-karpenter-node-role.name}")
    node_class = found.one("EC2NodeClass").waits_for(profile)
    node_class.has({"spec.instanceProfile": "${shop-karpenter-node-role-profile.name}"}).lacks("spec.role")
    made().none("iam.InstanceProfile")


def test_without_roles_it_may_pass_none() -> None:
    found = made({"node_classes": {"default": {**AL2023, "instance_profile": "shop"}}})
    assert "iam:PassRole" not in found.one("RolePolicy", "iam-integration")["policy"]


def test_it_may_give_nodes_their_roles_and_no_other() -> None:
    statement = made(SEVERAL).one("RolePolicy", "iam-integration")["policy.Statement[0]"]
    assert statement["Action"] == ["iam:PassRole"]
    assert set(statement["Resource"]) == {
        "${shop-karpenter-node-role.arn}",
        "${shop-karpenter-windows-node-role.arn}",
        "arn:aws:iam::123456789012:role/shop-nodes",
        ROLE,
    }


def test_what_it_may_do_is_bound_to_its_cluster() -> None:
    scope = Scope(partition="aws", region="eu-west-1", account="1", cluster="shop", queue_arn="q", node_role_arns=["r"])
    for allowed in permissions(scope)["node-lifecycle"][1:]:
        assert any("kubernetes.io/cluster/shop" in key for keys in allowed.when.values() for key in keys)
    text = json.dumps([policy_document(each) for each in permissions(scope).values()])
    assert ':*"' not in text.replace("eu-west-1:*:", "")


@pytest.mark.parametrize("length", [1, 100])
def test_its_policies_keep_within_the_size_that_iam_allows_a_role(length: int) -> None:
    scope = Scope(
        partition="aws-us-gov",
        region="us-gov-west-1",
        account="111122223333",
        cluster="x" * length,
        queue_arn=f"arn:aws-us-gov:sqs:us-gov-west-1:111122223333:{'q' * 80}",
        node_role_arns=[f"arn:aws-us-gov:iam::111122223333:role/{'r' * 64}"] * 5,
    )
    assert sum(len(str(policy_document(each))) for each in permissions(scope).values()) < 10_240


def test_notices_reach_an_encrypted_queue() -> None:
    found = made()
    found.one("sqs.Queue").has(sqsManagedSseEnabled=True, messageRetentionSeconds=300)
    details = {rule["eventPattern.detail-type[0]"] for rule in found.all("EventRule")}
    assert details == {
        "AWS Health Event",
        "EC2 Spot Instance Interruption Warning",
        "EC2 Instance Rebalance Recommendation",
        "EC2 Instance State-change Notification",
        "EC2 Capacity Reservation Instance Interruption Warning",
    }
    assert {target["arn"] for target in found.all("EventTarget")} == {"${shop-karpenter-queue.arn}"}
    deny = found.one("QueuePolicy")["policy.Statement[1]"]
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_long_names_are_shortened_alike_in_every_run() -> None:
    prefix = "a-very-long-name-of-a-platform-that-nobody-would-like-to-type-twice"
    found = made(prefix=prefix)
    assert len(found.one("sqs.Queue")["namePrefix"]) + 26 <= 80
    rules = [rule["namePrefix"] for rule in found.all("EventRule")]
    assert all(len(name) + 26 <= 64 for name in rules)
    assert len(set(rules)) == len(rules)
    assert made(prefix=prefix).one("sqs.Queue")["namePrefix"] == found.one("sqs.Queue")["namePrefix"]


def test_subnets_are_found_by_tag_where_the_platform_tags_them_and_named_elsewhere() -> None:
    tagged = NetworkRef(vpc_id="vpc-1", subnets=SUBNETS, discovery="shop")
    term = made(network=tagged).one("EC2NodeClass")["spec.subnetSelectorTerms[0]"]
    assert term == {"tags": {"karpenter.sh/discovery": "shop"}}
    terms = made().one("EC2NodeClass")["spec.subnetSelectorTerms"]
    assert terms == [{"id": subnet.id} for subnet in SUBNETS if subnet.role == "private"]


def test_a_network_without_private_subnets_needs_them_named() -> None:
    public = NetworkRef(vpc_id="vpc-1", subnets=SUBNETS[:3])
    with pytest.raises(
        ProgramError, match=r"compute\.karpenter\.node_classes\.default\.subnet_selector_terms: is neede"
    ):
        made(network=public)
    named = {"node_classes": {"default": {**AL2023, "subnet_selector_terms": [{"id": "subnet-1"}]}}}
    assert made(named, network=public).one("EC2NodeClass")["spec.subnetSelectorTerms"] == [{"id": "subnet-1"}]


def test_the_security_group_of_the_cluster_is_tagged() -> None:
    made().one("ec2.Tag").has(resourceId="sg-0123456789abcdef0", key="karpenter.sh/discovery")


def test_irsa_ties_the_role_to_the_service_account() -> None:
    found = made(SEVERAL)
    found.none("PodIdentityAssociation")
    account = values(found)["serviceAccount"]
    assert account["annotations"] == {"eks.amazonaws.com/role-arn": "${shop-karpenter-controller-role.arn}"}
    trust = found.one("shop-karpenter-controller-role")["assumeRolePolicy"]
    assert "system:serviceaccount:karpenter:karpenter" in trust
    with pytest.raises(ProgramError, match=r"compute\.karpenter\.identity: irsa needs"):
        made(SEVERAL, oidc_provider_arn=None)


def test_another_pool_changes_no_other_resource() -> None:
    before = made({"node_pools": {"a": LIMITS}})
    made({"node_pools": {"b": LIMITS, "a": LIMITS}}).adds_only(before, "pool-b")


def test_in_china_nodes_are_china_s() -> None:
    found = made(partition="aws-cn", region="cn-north-1")
    assert "ec2.amazonaws.com.cn" in found.one("shop-karpenter-node-role")["assumeRolePolicy"]
    assert found.one("RolePolicy", "eks-integration")["policy.Statement[0].Resource[0]"].startswith("arn:aws-cn:eks:")


def test_an_existing_cluster_will_do() -> None:
    made(name="shop", resource=None, ready=(), endpoint="https://shop.example").one("NodePool")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"version": "v1.14"}, "version: is not a valid release of Karpenter"),
        ({"version": "1.8.4"}, "version: is a broken release"),
        ({"version": "0.37.0"}, "version: is not a valid release of Karpenter"),
        ({"namespace": "Karpenter"}, "namespace: is not a valid name of a namespace"),
        ({"repository": "https://charts.example.com"}, "repository: is not a valid registry of charts"),
        ({"replicas": 0}, "replicas: is too small"),
        ({"settings": {"batch_max_duration": "10"}}, "settings.batch_max_duration: is not a valid duration"),
        ({"settings": {"reserved_enis": "1"}}, "settings.reserved_enis: needs a whole number"),
        ({"node_policies": {"ecr-pull": ROLE}}, "node_policies.ecr-pull: is not a valid ARN of a policy"),
        (
            {"node_policies": {"ecr-pull": "arn:aws:iam::aws:policy/X"}},
            "node_policies.ecr-pull: is not a valid name",
        ),
        ({"node_pools": {"default": {"weight": 101}}}, "node_pools.default.weight: is too large"),
        ({"node_pools": {"default": {"name": "x"}}}, "node_pools.default.name: no such field"),
        ({"node_pools": {"My_Pool": {}}}, "node_pools.My_Pool.name: is not a valid name of an object"),
        ({"node_pools": {"default": 3}}, "node_pools.default: needs a mapping"),
        ({"node_pools": [{"name": "default"}]}, "node_pools: needs a mapping"),
        (
            {"node_pools": {"a": {"node_class": "defualt"}}},
            "node_pools.a.node_class: names a class of nodes that does not exist",
        ),
        ({"node_classes": {"default": {}}}, "node_classes.default.ami_selector_terms: is required"),
        ({"node_clases": {}}, "node_clases: no such field"),
        ({"identity": "node_role"}, "identity: is not one of the allowed values"),
    ],
)
def test_mistakes_are_told_at_their_place(fields: dict[str, Any], message: str) -> None:
    found = refused(**fields)
    assert any(problem.startswith(message) for problem in found), found


def test_an_empty_pool_is_one_with_the_defaults() -> None:
    assert Karpenter.model_validate({"node_pools": {"a": None}}).pools[0].name == "a"


def test_releases_fit_kubernetes() -> None:
    assert oldest_for("1.35") == "1.9.0"
    assert oldest_for("1.29") == "0.37.0"
    assert oldest_for("1.60") is None
    [problem] = check("1.8.2", "1.35")
    assert str(problem).startswith("version: does not run on Kubernetes 1.35; got 1.8.2; use 1.9.0")
    assert [p.severity for p in check("1.14.1", "1.60")] == ["warning"]
    assert not list(check("1.10.0", "1.35"))
    assert not list(check("1.14.1", "1.36"))
    assert not list(check("1.15.0", "1.37"))


@pytest.mark.parametrize("version", ["1.99.0", default_release().rpartition(".")[0] + ".99"])
def test_a_release_newer_than_the_table_is_told_with_what_was_not_checked(version: str) -> None:
    [problem] = check(version, "1.36")
    assert problem.severity == "warning"
    assert "fields, labels, settings, permissions and Kubernetes versions were not checked" in problem.message


def test_what_is_newer_than_the_release_is_refused() -> None:
    def told(version: str, **fields: Any) -> list[str]:
        return [str(p) for p in Karpenter.model_validate({"version": version, **fields})._too_new()]

    classes = {"default": {"ami_selector_terms": [{"alias": "al2023@latest"}], "enclave_options": {"enabled": True}}}
    assert told("1.15.0", node_classes=classes) == []
    [found] = told("1.14.1", node_classes=classes)
    at, _, why = found.partition(": ")
    assert at == "node_classes.default.enclave_options"
    assert why == "is new in Karpenter 1.15.0; got version 1.14.1; use 1.15.0 or newer, or remove it"
    kubelet = {"max_pods": 50, "serialize_image_pulls": False}
    classes = {"default": {"ami_selector_terms": [{"alias": "al2023@latest"}], "kubelet": kubelet}}
    [found] = told("1.14.1", node_classes=classes)
    assert found.startswith("node_classes.default.kubelet.serialize_image_pulls: is new in Karpenter 1.15.0")
    budgets = {"budgets": [{"nodes": "1", "reasons": ["Empty", "Unhealthy"]}]}
    [found] = told("1.14.1", node_pools={"default": {"disruption": budgets}})
    assert found.startswith('node_pools.default.disruption.budgets[0].reasons[1]: is new in Karpenter 1.15.0; got "Un')
    tenancy = {"key": "karpenter.k8s.aws/instance-tenancy", "operator": "In", "values": ["dedicated"]}
    processors = {"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gte", "values": ["4"]}
    found = told("1.8.0", node_pools={"default": {"requirements": [tenancy, processors]}})
    assert [text.split(":")[0].rpartition(".")[2] for text in found] == ["key", "operator"]
    overlays = {"gpu": {"requirements": [], "capacity": {"nvidia.com/gpu": 4}}}
    assert told("1.6.0", node_overlays=overlays)[0].startswith("node_overlays.gpu: is new in Karpenter 1.7.0")
    assert told("1.7.0", node_overlays=overlays) == []
    [found] = told("1.14.1", feature_gates={"terminate_first_drift": True})
    assert found.startswith("feature_gates.terminate_first_drift: is new in Karpenter 1.15.0")
    [found] = told("1.12.0", settings={"ami_refresh_interval": "5m"})
    assert found.startswith("settings.ami_refresh_interval: is new in Karpenter 1.13.0")


def test_overlays_are_objects_of_their_own_and_turn_their_gate_on() -> None:
    overlay = {"weight": 10, "price_adjustment": "+45%", "requirements": [], "metadata": {"labels": {"team": "a"}}}
    karpenter = Karpenter.model_validate({"node_overlays": {"dear": overlay}})
    found = recorded(karpenter.attach)
    made = next(r for r in found.all() if r.inputs.get("kind") == "NodeOverlay")
    assert made.name == "shop-karpenter-overlay-dear"
    assert made.inputs["metadata"] == {"name": "dear", "labels": {"team": "a"}}
    assert made.inputs["spec"] == {"weight": 10, "priceAdjustment": "+45%", "requirements": []}
    releases = [r.inputs["values"] for r in found.all() if r.inputs.get("chart", "").endswith("/karpenter")]
    assert [values["settings"]["featureGates"] for values in releases] == [{"nodeOverlay": True}]
    with pytest.raises(ValidationError, match=r"feature_gates\.node_overlay"):
        Karpenter.model_validate({"node_overlays": {"dear": overlay}, "feature_gates": {"node_overlay": False}})


def test_settings_that_exclude_each_other() -> None:
    for fields in (
        {"settings": {"enable_dra": True, "ignore_dra_requests": False}},
        {"settings": {"enable_dra": True}, "feature_gates": {"dra_efa": True}},
        {"feature_gates": {"reboot_for_repair": True}},
        {
            "settings": {"legacy_node_repair": True},
            "feature_gates": {"node_repair": True, "terminate_first_repair": True},
        },
        {"settings": {"subnet_refresh_interval": "30s"}},
    ):
        with pytest.raises(ValidationError):
            Karpenter.model_validate(fields)


def test_it_may_reboot_nodes_only_where_it_repairs_them_so() -> None:
    def allowed(**gates: bool) -> str:
        found = recorded(Karpenter.model_validate({"feature_gates": gates}).attach)
        return str(next(r for r in found.all() if r.name.endswith("role-node-lifecycle")).inputs["policy"])

    assert "ec2:RebootInstances" in allowed(node_repair=True, reboot_for_repair=True)
    assert "ec2:RebootInstances" not in allowed(node_repair=True)


def test_what_its_nodes_are() -> None:
    several = Karpenter.model_validate(SEVERAL)
    assert several.architectures == frozenset()
    taint = {"key": "team", "value": "a", "effect": "NoSchedule"}
    tainted = {"architectures": ["arm64"], "instance_types": ["m7g.large"], "taints": [taint]}
    one = Karpenter.model_validate(
        {"node_pools": {"a": tainted, "b": {**tainted, "taints": [taint, {**taint, "key": "x"}]}}}
    )
    assert one.architectures == {"arm64"}
    assert one.node_instance_types == ("m7g.large",)
    assert [(t.key, t.value, t.effect) for t in one.node_taints] == [("team", "a", "NO_SCHEDULE")]


def test_a_role_named_later_may_be_passed_too() -> None:
    import pulumi

    def attach(cluster: ClusterRef) -> None:
        late = {**AL2023, "role": pulumi.Output.from_input("late")}
        Karpenter.model_validate({"node_classes": {"default": late}}).attach(cluster)

    statement = recorded(attach).one("RolePolicy", "iam-integration")["policy.Statement[0]"]
    assert statement["Resource"] == ["arn:aws:iam::123456789012:role/late"]


def test_a_copy_for_another_network_keeps_its_zones() -> None:
    zoned = NetworkRef(vpc_id="vpc-1", subnets=tuple(replace(s, zone=None) for s in SUBNETS))
    assert len(made(network=zoned).one("EC2NodeClass")["spec.subnetSelectorTerms"]) == 3
