"""Pods that the workloads of a stack ask for: how many, how large, with what priority, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.policies.stack import Resource
from tests.capacity.read.stacks import GIB, MIB, daemon, demand, platform, resources, scaled, scaler
from tests.policies.build import UNKNOWN, chart, object_, res, workload


def test_a_workload_asks_for_its_replicas() -> None:
    web = workload("web", c=resources("250m", "256Mi"), s={"replicas": 3})
    found = demand(platform(web), "shop/Deployment/web")
    assert (found.least, found.most, found.scaled_by, found.asked) == (3, 3, "", "")
    assert found.shape.requests == {"cpu": 250, "memory": 256 * MIB}
    assert found.shape.labels == {"app": "web"}


COUNTS: dict[str, tuple[list[Resource], tuple[int, int, str]]] = {
    "one-by-default": ([workload("web")], (1, 1, "")),
    "hpa": (
        [workload("web", s={"replicas": 7}), scaler("web", minReplicas=2, maxReplicas=9)],
        (2, 9, "HorizontalPodAutoscaler web"),
    ),
    "hpa-minimum-by-default": ([workload("web"), scaler("web", maxReplicas=4)], (1, 4, "HorizontalPodAutoscaler web")),
    "keda": ([workload("web"), scaled("web", minReplicaCount=1, maxReplicaCount=8)], (1, 8, "ScaledObject web")),
    "keda-by-default": ([workload("web"), scaled("web")], (0, 100, "ScaledObject web")),
    "keda-idle": (
        [workload("web"), scaled("web", idleReplicaCount=0, minReplicaCount=3, maxReplicaCount=5)],
        (0, 5, "ScaledObject web"),
    ),
    "keda-paused": (
        [
            workload("web"),
            scaled("web", metadata={"annotations": {"autoscaling.keda.sh/paused-replicas": "2"}}, maxReplicaCount=5),
        ],
        (2, 2, "ScaledObject web"),
    ),
}


@pytest.mark.parametrize("name", COUNTS)
def test_what_scales_a_workload_says_how_many_there_are(name: str) -> None:
    made, wanted = COUNTS[name]
    found = demand(platform(*made), "shop/Deployment/web")
    assert (found.least, found.most, found.scaled_by) == wanted


def job(kind: str, **spec: Any) -> Resource:
    template = {"metadata": {"labels": {"app": "run"}}, "spec": {"containers": [{"name": "run", **resources("1")}]}}
    specs = {
        "Job": ("batch/v1:Job", {"template": template, **spec}),
        "CronJob": ("batch/v1:CronJob", {"jobTemplate": {"spec": {"template": template, **spec}}}),
        "ScaledJob": (
            "keda.sh/v1alpha1:ScaledJob",
            {"jobTargetRef": {"template": template, **spec}, "maxReplicaCount": 4},
        ),
    }
    api, body = specs[kind]
    return object_(api, "run", spec=body)


JOBS: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    ("Job", {}, (1, 1)),
    ("Job", {"parallelism": 5}, (5, 5)),
    ("Job", {"parallelism": 5, "completions": 3}, (3, 3)),
    ("Job", {"parallelism": 5, "suspend": True}, (0, 0)),
    ("CronJob", {"parallelism": 2}, (0, 2)),
    ("ScaledJob", {"parallelism": 2}, (0, 8)),
]


@pytest.mark.parametrize(("kind", "spec", "wanted"), JOBS)
def test_jobs_ask_for_the_pods_of_their_runs(kind: str, spec: dict[str, Any], wanted: tuple[int, int]) -> None:
    found = demand(platform(job(kind, **spec)), f"shop/{kind}/run")
    assert (found.least, found.most) == wanted
    assert found.shape.requests == {"cpu": 1000}


def test_every_kind_of_workload_makes_pods() -> None:
    kinds = ("Deployment", "StatefulSet", "ReplicaSet", "Pod", "Rollout")
    found = platform(*(workload(kind.lower(), kind=kind) for kind in kinds))
    assert {each.name for each in found.demands} == {f"shop/{kind}/{kind.lower()}" for kind in kinds}


def test_daemon_sets_have_a_pod_on_each_node_and_tolerate_what_their_controller_adds() -> None:
    found = platform(workload("agent", kind="DaemonSet", c=resources("20m")))
    shape = daemon(found, "shop/DaemonSet/agent").shape
    assert found.demands == ()
    assert shape.requests == {"cpu": 20}
    assert "node.kubernetes.io/unschedulable" in {each.key for each in shape.tolerations}


def test_what_is_not_known_is_taken_for_nothing_and_said() -> None:
    web = workload("web", c={"resources": {"requests": {"cpu": UNKNOWN, "memory": "1Gi"}}}, s={"replicas": UNKNOWN})
    found = demand(platform(web), "shop/Deployment/web")
    assert found.shape.requests == {"memory": GIB}
    assert (found.least, found.most) == (1, 1)
    assert "spec.template.spec.containers[0].resources.requests.cpu" in found.asked
    assert "how many replicas it has is not known: taken for 1" in found.asked


def test_a_secret_is_never_quoted() -> None:
    web = workload("web", p={"nodeSelector": {"team": {"$secret": "hunter2"}}})
    found = platform(web)
    assert "hunter2" not in repr(found)
    assert "nodeSelector.team" in demand(found, "shop/Deployment/web").asked


def test_a_toleration_of_which_a_part_is_not_known_is_left_out_as_a_whole() -> None:
    # Without its key it would tolerate every taint.
    tolerations = [{"key": UNKNOWN, "operator": "Exists"}, {"key": "b", "operator": "Exists"}]
    web = workload("web", p={"tolerations": tolerations})
    found = demand(platform(web), "shop/Deployment/web")
    assert [each.key for each in found.shape.tolerations] == ["b"]
    assert "tolerations[0].key" in found.asked


def test_pods_without_a_form_are_said_and_not_counted() -> None:
    found = platform(workload("web", c=resources("many")), workload("api", p={"tolerations": [1]}))
    assert found.demands == ()
    assert any("shop/Deployment/web are not counted" in each and "many" in each for each in found.unknown)
    assert any("shop/Deployment/api are not counted" in each for each in found.unknown)


def test_a_pod_whose_template_is_not_known_is_said() -> None:
    lost = res("kubernetes:apps/v1:Deployment", "lost", {"metadata": {"name": "lost"}, "spec": {"template": UNKNOWN}})
    found = demand(platform(lost), "default/Deployment/lost")
    assert "spec.template" in found.asked


def test_classes_decide_about_priority() -> None:
    high = object_("scheduling.k8s.io/v1:PriorityClass", "high", ns=None, value=1000, preemptionPolicy="Never")
    usual = object_("scheduling.k8s.io/v1:PriorityClass", "usual", ns=None, value=10, globalDefault=True)
    made = [
        workload(name, p={} if name == "plain" else {"priorityClassName": name})
        for name in ("high", "plain", "system-cluster-critical", "elsewhere")
    ]
    found = platform(high, usual, *made)
    shapes = {each.name.rpartition("/")[2]: each.shape for each in found.demands}
    assert {name: (each.priority, each.preempts) for name, each in shapes.items()} == {
        "high": (1000, False),
        "plain": (10, True),
        "system-cluster-critical": (2_000_000_000, True),
        "elsewhere": (0, True),
    }
    assert "PriorityClass elsewhere is made elsewhere" in demand(found, "shop/Deployment/elsewhere").asked


def test_limit_ranges_fill_in_what_containers_do_not_say() -> None:
    limits = object_(
        "v1:LimitRange",
        "defaults",
        spec={
            "limits": [
                {"type": "Container", "default": {"memory": "512Mi"}, "defaultRequest": {"cpu": "100m"}},
                {"type": "Pod", "max": {"cpu": "4"}},
            ]
        },
    )
    bare, own = workload("bare"), workload("own", c={"resources": {"limits": {"cpu": "2", "memory": "1Gi"}}})
    found = platform(limits, bare, own)
    assert demand(found, "shop/Deployment/bare").shape.requests == {"cpu": 100, "memory": 512 * MIB}
    assert demand(found, "shop/Deployment/own").shape.requests == {"cpu": 2000, "memory": GIB}


def test_a_runtime_class_adds_its_overhead_and_its_nodes() -> None:
    runtime = object_(
        "node.k8s.io/v1:RuntimeClass",
        "kata",
        ns=None,
        overhead={"podFixed": {"cpu": "250m"}},
        scheduling={"nodeSelector": {"kata": "true"}},
    )
    found = demand(platform(runtime, workload("web", p={"runtimeClassName": "kata"})), "shop/Deployment/web")
    assert not found.asked
    assert found.shape.requests == {"cpu": 250}
    assert [(each.key, each.values) for each in found.shape.selects] == [("kata", frozenset({"true"}))]


def vertical(name: str, *policies: dict[str, Any], mode: str = "Recreate") -> Resource:
    spec = {
        "targetRef": {"kind": "Deployment", "name": name},
        "updatePolicy": {"updateMode": mode},
        "resourcePolicy": {"containerPolicies": list(policies)},
    }
    return object_("autoscaling.k8s.io/v1:VerticalPodAutoscaler", name, spec=spec)


def test_a_vertical_autoscaler_says_how_large_a_pod_becomes() -> None:
    web = workload("web", c=resources("250m", "256Mi"))
    bound = vertical("web", {"containerName": "app", "maxAllowed": {"cpu": "2", "memory": "128Mi"}})
    found = demand(platform(web, bound), "shop/Deployment/web")
    assert found.largest is not None
    # What it requests already is more than what it may become of memory.
    assert found.largest.requests == {"cpu": 2000, "memory": 256 * MIB}
    assert (found.largest.labels, found.asked) == (found.shape.labels, "")


def test_a_vertical_autoscaler_without_bounds_says_so_and_one_that_is_off_changes_nothing() -> None:
    web = workload("web", c=resources("250m", "256Mi"))
    open_ = demand(platform(web, vertical("web", {"containerName": "*"})), "shop/Deployment/web")
    assert "sets no maxAllowed of cpu and memory" in open_.asked
    off = demand(platform(web, vertical("web", mode="Off")), "shop/Deployment/web")
    assert off.largest is None
    alone = demand(
        platform(web, vertical("web", {"containerName": "app", "mode": "Off", "maxAllowed": {"cpu": "9"}})),
        "shop/Deployment/web",
    )
    assert alone.largest is not None
    assert alone.largest.requests == alone.shape.requests


def test_pods_are_kept_apart_from_those_of_their_service_and_owner() -> None:
    service = object_("v1:Service", "web", spec={"selector": {"app": "web"}})
    other = object_("v1:Service", "api", spec={"selector": {"app": "api"}})
    shape = demand(platform(workload("web"), service, other), "shop/Deployment/web").shape
    assert shape.alike.of({"app": "web"})
    assert not shape.alike.of({"app": "api"})
    bare = demand(platform(workload("one", kind="Pod")), "shop/Pod/one").shape
    assert bare.alike.nothing


def test_objects_inside_others_count_too() -> None:
    inner = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "inner", "namespace": "shop"},
        "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "a", **resources("1")}]}}},
    }
    found = platform(res("kubernetes:yaml/v2:ConfigGroup", "files", {"objs": [inner]}))
    assert demand(found, "shop/Deployment/inner").least == 2


def test_a_scheduler_of_its_own_is_said() -> None:
    found = demand(platform(workload("web", p={"schedulerName": "volcano"})), "shop/Deployment/web")
    assert "the scheduler volcano places it" in found.asked


TAKEN_FOR: dict[str, tuple[dict[str, Any], str]] = {
    "gated": ({"schedulingGates": [{"name": "example.com/quota"}]}, "while its scheduling gates are there"),
    "devices": ({"resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "gpu"}]}, "(resourceClaims) are not"),
    "runtime": ({"runtimeClassName": "gvisor"}, "the RuntimeClass gvisor is made elsewhere"),
}


@pytest.mark.parametrize("name", TAKEN_FOR)
def test_what_a_pod_waits_for_or_needs_that_is_not_in_the_stack_is_said(name: str) -> None:
    spec, said = TAKEN_FOR[name]
    assert said in demand(platform(workload("web", p=spec)), "shop/Deployment/web").asked


def test_two_objects_of_one_name_keep_their_pods_apart() -> None:
    twice = [workload("web"), workload("web")]
    twice[1].urn += "-2"
    assert [each.name for each in platform(*twice).demands] == ["shop/Deployment/web", "shop/Deployment/web (2)"]


def test_pods_that_nobody_can_count_are_said() -> None:
    kafka = object_("kafka.strimzi.io/v1beta2:Kafka", "events", spec={"kafka": {"replicas": 3}})
    secret = object_("external-secrets.io/v1:ExternalSecret", "token", spec={"refreshInterval": "1h"})
    git = object_("argoproj.io/v1alpha1:Application", "shop", spec={"source": {"repoURL": "https://x", "path": "a"}})
    folder = res("kubernetes:kustomize/v2:Directory", "kustomized", {"directory": "https://example.com/x"})
    found = platform(kafka, secret, git, folder, chart("x", "some-chart"))
    said = "\n".join(found.unknown)
    assert "operator makes of 1 Kafka" in said
    assert "ExternalSecret" not in said
    assert "Application shop brings from Git is not counted" in said
    assert "what kustomized brings is not counted" in said
    assert "what the chart some-chart runs is not counted" in said


def test_workloads_of_another_cluster_are_not_its_own() -> None:
    from eks_blueprints.capacity.read.plan import platforms_of
    from eks_blueprints.policies.stack import Stack
    from eks_blueprints.review.cost.prices import list_prices
    from tests.policies.build import cluster

    two = [cluster("one", name="one"), cluster("two", name="two")]
    provider = res("pulumi:providers:kubernetes", "p", {}, dependencies=[two[1].urn])
    web = workload("web")
    web.provider = provider.urn
    lost = workload("lost")
    one, other = platforms_of(Stack([*two, provider, web, lost]), list_prices())
    assert [each.name for each in other.demands if each.name.startswith("shop/")] == ["shop/Deployment/web"]
    assert not [each for each in one.demands if each.name.startswith("shop/")]
    assert any("not known on which cluster" in each and "lost" in each for each in one.unknown)


def test_what_fargate_refuses_of_a_spec_is_kept() -> None:
    web = workload("web", c={"securityContext": {"privileged": True}})
    found = demand(platform(web), "shop/Deployment/web")
    assert [predicate for predicate, _ in found.barred] == ["privileged"]
